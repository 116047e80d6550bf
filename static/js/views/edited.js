/* Says on the score that a run has been edited, whichever view is open: a notice above it, a bar under the tokens of the steps concerned, hatching where values were held or set. */

import { spanOf } from "../edits.js";
import { $, h, setText } from "../dom.js";
import { rowOf, rowTop } from "../geometry.js";
import { visible } from "../format.js";
import { word } from "../words.js";

/** Spans [first, last] as those that do not meet. */
export function merged(spans) {
  const out = [];
  for (const [low, high] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (out.length && low <= out.at(-1)[1] + 1) out.at(-1)[1] = Math.max(out.at(-1)[1], high);
    else out.push([low, high]);
  }
  return out;
}

export function editedView(store, actions) {
  const said = h("button", { type: "button", class: "what", on: { click: () => actions.openTab("whatif") } });
  const away = h("button", { type: "button", on: { click: () => actions.edit([]) } });
  const told = h("span", { class: "sr", role: "status" });
  const notice = h("div", { class: "edited", id: "edited", hidden: true }, said, away);
  $(".lead").append(notice, told);
  const marks = h("div", { id: "edit-marks", "aria-hidden": "true" });
  $("#stages").before(marks);

  const box = (name, [first, last], top, height, { geo, from, to }) => {
    const [low, high] = [Math.max(first, from), Math.min(last, to - 1)];
    return low > high ? null : h("i", { class: name, style: `left:${geo.x(low)}px;width:${(high - low + 1) * geo.cw - 1}px;top:${top}px;height:${height}px` });
  };

  /** The boxes over the staves of the layer that is shown: of what was held, silenced or set. */
  function boxes({ edits, trace, layer, geo, rows }, shown) {
    return edits.filter((e) => e.layer === layer).flatMap((e) => {
      const n = trace.card.quantities.findIndex(({ key }) => key === (e.kind === "ablate" ? "h" : e.quantity));
      const stave = geo.staves[n];
      const held = e.units === null ? [[0, trace.hidden - 1]] : merged(e.units.map((unit) => [rowOf(rows, unit), rowOf(rows, unit)]));
      return held.flatMap(([a, b]) => {
        const [low, high] = [Math.max(a, stave.from), Math.min(b, stave.to - 1)];
        const top = geo.stavesTop + rowTop(stave, low);
        return low > high ? [] : [box("held", spanOf(e, trace.length), top, rowTop(stave, high + 1) - rowTop(stave, low), shown)];
      });
    });
  }

  function draw() {
    const state = store.get();
    const { edits, trace, geo, window } = state;
    marks.replaceChildren();
    if (!trace || !geo || !window || edits.length === 0 || trace.edits.length === 0 || geo.staves.length !== trace.card.quantities.length) return;
    const shown = { geo, ...window };
    const { chip, chipHeight, tokens } = geo.strip;
    const replaced = edits.filter((e) => e.kind === "token" && trace.card.alphabet && geo.cw >= 40 * geo.k && e.t >= window.from && e.t < window.to);
    const old = replaced.map((e) => h("s", { dataset: { t: e.t }, style: `left:${geo.x(e.t)}px;width:${geo.cw / 2 - 7 * geo.k}px;top:${tokens[0]}px` }, visible(trace.input[e.t])));
    marks.append(...[...boxes(state, shown), ...merged(edits.map((e) => spanOf(e, trace.length))).map((span) => box("at", span, chip + chipHeight + 1, 3, shown))].filter(Boolean), ...old);
    move();
  }

  /** The playhead's token is white on ink, and so is what it replaced. */
  const move = () => { for (const node of marks.querySelectorAll("s")) node.classList.toggle("now", Number(node.dataset.t) === store.get().t); };

  store.watch((s) => [s.edits, s.lang], ([edits]) => {
    notice.hidden = edits.length === 0;
    setText(told, edits.length ? word("edited.notice", { n: edits.length }) : "");
    setText(said, word("edited.notice", { n: edits.length }));
    said.title = word("edited.open");
    setText(away, word("edited.remove"));
  });
  store.watch((s) => [s.edits, s.trace, s.geo, s.window, s.layer, s.rows], draw);
  store.watch((s) => s.t, move);
}
