/* The rows at the top of the stage: what the network said before the edits, marked where it says something else now, and what is right. Knows runs and where rows stand. */

import { fit } from "../digits.js";
import { svg } from "../dom.js";
import { differs } from "./changes.js";

/** px of a row at the page's base size. */
export const ROW = 18;

/** node for the stage; rows(state) are the names of the rows that there are; draw(state) draws the columns in view. */
export function saidRows() {
  const node = svg("svg", { class: "whatif-said", "aria-hidden": "true" });

  /** What is right has no row where nothing is, nor where it is a number: then it stands in the strip. */
  const rows = ({ geo, trace, edited }) => (!edited ? [] : geo.strip.answer !== null || trace.start.off_task?.from === 0 ? ["before"] : ["before", "right"]);

  function draw(state) {
    const { geo, trace, before, view, arrived } = state;
    const names = rows(state);
    if (names.length === 0) return node.replaceChildren();
    const { k, strip } = geo;
    const numeric = trace.card.outputs === null;
    const text = (says) => (typeof says === "number" ? fit(says, strip.chars) : strip.stacked ? says[0] : says.join(""));
    node.setAttribute("width", geo.width);
    node.setAttribute("height", names.length * ROW * k);
    node.style.top = `${geo.stavesTop}px`;
    const nodes = [];
    for (let t = view.from; t < Math.min(view.to, arrived, before.arrived); t++) {
      const [was, is] = [before.said(t), trace.said(t)];
      const other = differs(was, is, trace.card);
      const x = geo.centre(t);
      const width = Math.min(geo.cw - 3, (numeric ? 48 : 30) * k);
      const line = (name, n, said) => nodes.push(svg("text", { class: name, x, y: ((n + 1) * ROW - 5) * k, "text-anchor": "middle" }, text(said)));
      if (other) nodes.push(svg("rect", { class: "other", x: x - width / 2, y: 1.5 * k, width, height: (ROW - 3) * k, rx: 2 }));
      line(`was${other ? " differs" : ""}${numeric ? " number" : ""}`, 0, was.says);
      if (is.answer !== null && names.includes("right")) line(`due${is.right === false ? " missed" : ""}`, 1, [is.answer].flat());
    }
    return node.replaceChildren(...nodes);
  }
  return { node, rows, draw };
}
