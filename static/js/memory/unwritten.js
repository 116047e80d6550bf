/* The stage and the words of a cell whose memory cannot be parted, as a simple RNN's: its one state over time, and why nobody can be said to have written it. */

import { stateChart, statePlaces } from "../charts/memory.js";
import { gradient } from "../charts/ramps.js";
import { bounded, exact, num } from "../format.js";
import { h, setText } from "../dom.js";
import { quantityWord } from "../names.js";
import { word } from "../words.js";

export function unwrittenStage({ stage, labels, scales }, store, actions) {
  const plot = h("div", { class: "triangle", role: "img" });
  const [ground, names, margin] = [h("div", { class: "unwritten" }, plot), h("div", { class: "unwritten" }), h("div", { class: "unwritten" })];
  stage.append(ground);
  labels.append(names);
  scales.append(margin);
  const title = h("p", { class: "says-memory" });
  const why = [1, 2].map(() => h("p"));
  const onward = h("button", { type: "button", class: "onward", on: { click: () => actions.openTab("gradients") } });
  const node = h("div", { class: "unwritten-why", hidden: true }, title, ...why, onward);
  const now = h("span", { class: "now" });
  let shown = null;

  const quantity = () => shown.trace.card.quantities.find((q) => q.kind === "state");
  const chart = stateChart(plot, () => {
    const { geo, view, trace, arrived } = store.get();
    if (!shown || !geo || !view || trace !== shown.trace) return null;
    const window = { from: Math.min(view.from, trace.length - 1), to: Math.min(view.to, trace.length) };
    return { geo, window, quantity: quantity(), values: Array.from(trace.column(shown.layer, quantity().key, shown.unit, window.from, Math.max(window.from, Math.min(window.to, arrived)))) };
  });

  function draw() {
    const { geo } = store.get();
    if (!shown || !geo) return;
    const q = quantity();
    const { row, line } = statePlaces(geo);
    const middle = ([top, height]) => `top:${top + height / 2}px`;
    plot.style.top = `${row[0]}px`;
    plot.setAttribute("aria-label", word("memory.state", { symbol: q.symbol, u: shown.unit }));
    names.replaceChildren(h("span", { class: "under", style: middle(row) }, h("span", { class: "of" }, h("i", { class: `m q-${q.key}` }, q.symbol)), h("small", {}, quantityWord(q))), ...[q.min, 0, q.max].map((v) => h("span", { class: "row", style: `top:${line[0] + (line[1] * (q.max + 0.06 - v)) / (q.max - q.min + 0.12)}px` }, num(v, 0))));
    now.className = `now q-${q.key}`;
    now.style.top = `${row[0] + row[1] / 2}px`;
    margin.replaceChildren(h("span", { class: `ramp q-${q.key}`, style: `top:${line[0]}px;height:${line[1]}px;background:${gradient(q)}` }), h("span", { class: "lim", style: `top:${line[0]}px` }, `+${num(q.max, 0)}`), h("span", { class: "lim", style: `top:${line[0] + line[1] - 10 * geo.k}px` }, num(q.min, 0)), now);
    chart();
  }

  return {
    node,
    draw,
    /** Shows or hides it all: ledger is null while another cell is shown. */
    show(ledger) {
      shown = ledger;
      for (const part of [ground, names, margin, node]) part.hidden = !ledger;
      if (!ledger) return;
      setText(title, word("memory.none", { u: ledger.unit }));
      why.forEach((p, n) => setText(p, word(n ? "memory.none.instead" : "memory.none.why")));
      setText(onward, word("memory.none.onward"));
      onward.hidden = !store.get().tabs.includes("gradients");
    },
    move(t) {
      const v = shown.trace.value(shown.layer, quantity().key, t, shown.unit);
      setText(now, bounded(v, 2, [-1, 1]));
      now.title = exact(v);
    },
  };
}
