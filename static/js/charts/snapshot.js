/* All units at the current step: one small Plotly heatmap, quantities × units, on the colours of the staves. A click chooses a unit. */

import { quantityWord } from "../diagram.js";
import { h, setText } from "../dom.js";
import { exactTips } from "../exact.js";
import { exact } from "../format.js";
import { word } from "../words.js";
import { CONFIG, bareAxis, inTurn, layout, whenPlotly } from "./plotly.js";
import { limits } from "../scale.js";
import { colorscale } from "./ramps.js";

/** Each row has its own ramp inside the one colour scale: row n takes [n, n + 1] less a margin, so that no colour runs into the next row's. */
const MARGIN = 0.05;
const place = (n, part) => n + MARGIN + (1 - 2 * MARGIN) * part;

/** Of three drawings' time, at least two stay free: when steps come faster than that, some are not drawn, and the last always is. */
const REST = 2;
/** While playing, at least this long between two drawings, ms: each takes most of a frame. */
const PLAYING = 400;

/** Values of one step as rows of numbers on the shared scale: row n in [n, n + 1]. */
export function snapshotRows(trace, layer, t, scale = "task") {
  return trace.card.quantities.map((q, n) => {
    const { low, high } = limits(q, trace, scale === "unit" ? "run" : scale);
    return Array.from(trace.row(layer, q.key, t), (v) => place(n, Math.max(0, Math.min(1, (v - low) / (high - low)))));
  });
}

/** One Plotly colour scale that holds every row's ramp, one after another. */
export function jointScale(quantities, ramp = colorscale) {
  const count = quantities.length;
  const stops = quantities.flatMap((q, n) => ramp(q).map(([part, color]) => [place(n, part) / count, color]));
  return [[0, stops[0][1]], ...stops, [1, stops.at(-1)[1]]];
}

export function snapshotView(root, store, actions) {
  const title = h("h3");
  const names = h("div", { class: "snapshot-names", "aria-hidden": "true" });
  const plot = h("div", { class: "snapshot-plot", role: "img" });
  const ring = h("div", { class: "snapshot-ring" });
  const box = h("div", { class: "snapshot-box" }, plot, ring);
  const units = h("div", { class: "snapshot-units", "aria-hidden": "true" });
  const [first, mine, last] = [h("span"), h("b"), h("span")];
  units.append(first, mine, last);
  root.append(title, h("div", { class: "snapshot" }, names, box, units));
  const tips = exactTips(root);
  const drawn = { figure: "", step: "" };
  let [waits, free, visible] = [false, 0, true];
  let size = { width: 0, height: 0 };

  const ready = ({ trace, t, arrived, seen }) => seen && visible && trace && t < arrived && size.width > 0;

  async function draw() {
    waits = false;
    const state = store.get();
    if (!ready(state)) return;
    const { trace, layer, t, theme, present } = state;
    const { quantities } = trace.card;
    const { width, height } = size;
    const Plotly = await whenPlotly().catch(() => null);
    if (!Plotly) return;
    const figure = [trace.card.name, theme, present, width, height].join();
    const start = performance.now();
    const z = snapshotRows(trace, layer, t, state.scale ?? "task");
    if (figure === drawn.figure) await Plotly.restyle(plot, { z: [z] }, [0]);
    else {
      const data = [{ type: "heatmap", z, zmin: 0, zmax: quantities.length, zauto: false, colorscale: jointScale(quantities), showscale: false, zsmooth: false, hoverinfo: "skip", xgap: trace.hidden > 64 ? 0 : 1, ygap: 2 }];
      const axes = { xaxis: bareAxis([-0.5, trace.hidden - 0.5]), yaxis: bareAxis([quantities.length - 0.5, -0.5]) };
      await Plotly.react(plot, data, layout(width, height, axes), CONFIG);
      drawn.figure = figure;
    }
    const end = performance.now();
    free = end + Math.max(REST * (end - start), store.get().playing ? PLAYING : 0);
  }

  function soon() {
    if (waits) return;
    waits = true;
    setTimeout(() => inTurn(draw), Math.max(0, free - performance.now()));
  }

  function label() {
    const { trace, t, unit } = store.get();
    if (!trace) return;
    const count = trace.hidden;
    const { quantities } = trace.card;
    setText(title, word("snapshot.title", { n: count, t }));
    plot.setAttribute("aria-label", word("snapshot.label", { n: count, t }));
    root.style.setProperty("--rows", quantities.length);
    if (names.children.length !== quantities.length || names.dataset.cell !== trace.card.cell) {
      names.dataset.cell = trace.card.cell;
      names.replaceChildren(...quantities.map((q) => h("i", { class: `m q-${q.key}` }, q.symbol)));
    }
    ring.style.left = `${(100 * unit) / count}%`;
    ring.style.width = `${100 / count}%`;
    mine.style.left = `${(100 * (unit + 0.5)) / count}%`;
    setText(first, unit / count > 0.06 ? "0" : "");
    setText(mine, String(unit));
    setText(last, (unit + 1) / count < 0.94 ? String(count - 1) : "");
  }

  const at = (event) => {
    const { trace } = store.get();
    const frameBox = box.getBoundingClientRect();
    const part = (value, count) => Math.max(0, Math.min(count - 1, Math.floor(value * count)));
    return { unit: part((event.clientX - frameBox.left) / frameBox.width, trace.hidden), row: part((event.clientY - frameBox.top) / frameBox.height, trace.card.quantities.length) };
  };
  box.addEventListener("click", (event) => store.get().trace && actions.select({ unit: at(event).unit }));
  box.addEventListener("pointermove", (event) => {
    const { trace, layer, t, arrived } = store.get();
    if (!trace || t >= arrived) return;
    const { unit, row } = at(event);
    const q = trace.card.quantities[row];
    tips.put({ left: event.clientX, width: 0, top: event.clientY - 4 }, `${word("cell.unit", { u: unit })}: ${quantityWord(q.key, new Map([[q.key, q]]))} ${q.symbol} = ${exact(trace.value(layer, q.key, t, unit))}`);
  });
  box.addEventListener("pointerleave", () => tips.put(null, ""));

  new IntersectionObserver(([entry]) => { visible = entry.isIntersecting; if (visible) soon(); }).observe(box);
  new ResizeObserver(([entry]) => { size = entry.contentRect; soon(); }).observe(box);
  store.watch((s) => [s.trace, s.t, s.unit, s.lang], label);
  store.watch((s) => [s.trace, s.t, s.layer, s.playing, s.t < s.arrived, s.theme, s.scale, s.present, s.seen, s.charts], soon);
}
