/* The head of a view: what it shows, at which step, and two pairs of buttons that choose layer and unit. Knows no view. */

import { h, setAttribute, setText, svg } from "./dom.js";
import { shortToken } from "./trace.js";
import { word } from "./words.js";

/** title: the key of its words, with {t} and {u}. Without units there is nothing to choose. say() tells the step that the store is at. */
export function stepHead(actions, store, { id, title, units: several = true }) {
  const words = document.createTextNode("");
  const chip = h("span", { class: "chip" });
  const layers = stepper("layer", (by) => actions.turnLayer(by));
  const units = stepper("unit", (by) => actions.turnUnit(by));
  const node = h("header", { class: "cell-head" }, h("h2", { id }, words, " ", chip), layers.node, ...(several ? [units.node] : []));
  return {
    node,
    say() {
      const { trace, t, layer, unit } = store.get();
      if (!trace) {
        setText(words, word("cell.waiting"));
        return;
      }
      const last = trace.start.layers - 1;
      setText(words, word(title, { t, u: unit }));
      setText(chip, shortToken(trace, t));
      layers.say(word("cell.layer", { n: layer }), last > 0, [layer === 0, layer === last]);
      units.say(word("cell.unit", { u: unit }), trace.hidden > 1);
    },
  };
}

/** Two buttons with what they change between them. */
function stepper(what, turn) {
  const text = h("span", {});
  const button = (by, d) => h("button", { type: "button", on: { click: () => turn(by) } }, svg("svg", { width: 10, height: 6, "aria-hidden": "true" }, svg("path", { d })));
  const buttons = [button(-1, "M1 5l4-4 4 4"), button(1, "M1 1l4 4 4-4")];
  const node = h("div", { class: "stepper", hidden: true }, buttons[0], text, buttons[1]);
  return {
    node,
    say(words, shown, ends = []) {
      node.hidden = !shown;
      setText(text, words);
      buttons.forEach((b, n) => {
        setAttribute(b, "aria-label", word(`cell.${what}_${n ? "next" : "previous"}`));
        setAttribute(b, "aria-disabled", String(Boolean(ends[n])));
      });
    },
  };
}
