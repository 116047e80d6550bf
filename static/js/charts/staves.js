/* The staves: one Plotly heatmap a quantity, units × steps, drawn when data arrives and never while playing. */

import { $, h } from "../dom.js";
import { num } from "../format.js";
import { inRows } from "../geometry.js";
import { word } from "../words.js";
import { CONFIG, bareAxis, inTurn, layout, whenPlotly } from "./plotly.js";
import { hasScales, limits } from "../scale.js";
import { colorscale } from "./ramps.js";
import { runRows } from "./runs.js";

/** At least this long between two drawings of a growing trace, ms. */
const REDRAW = 250;

/** Texts for the cells of an enlarged stave, where they are large enough to be read. */
function cellTexts(trace, layer, key, { from, to }) {
  const stop = Math.max(from, Math.min(to, trace.arrived));
  return Array.from({ length: trace.hidden }, (_, unit) => Array.from(trace.column(layer, key, unit, from, stop), (v) => num(v, 2)));
}

function figure({ trace, card, layer, rows, geo, window, scale, zoomed }) {
  const width = (window.to - window.from) * geo.cw;
  const shapes = { xaxis: bareAxis([window.from - 0.5, window.to - 0.5]) };
  const data = card.quantities.map((q, n) => {
    const { top, height, from, to } = geo.staves[n];
    const id = n === 0 ? "" : String(n + 1);
    const own = scale === "unit" && hasScales(q);
    const { low, high } = limits(q, trace, scale);
    shapes["yaxis" + id] = bareAxis([to - 0.5, from - 0.5], { domain: [1 - (top + height) / geo.stavesHeight, 1 - top / geo.stavesHeight] });
    const readable = n === zoomed && geo.cw >= 34 * geo.k && height / (to - from) >= 13 * geo.k;
    return {
      ...(readable ? { text: inRows(rows, cellTexts(trace, layer, q.key, window)), texttemplate: "%{text}", textfont: { size: 11 * geo.k } } : {}),
      type: "heatmap", z: inRows(rows, runRows(trace, layer, q.key, window, own)), x0: window.from, dx: 1, y0: 0, dy: 1, xaxis: "x", yaxis: "y" + id,
      zmin: low, zmax: high, zauto: false, colorscale: colorscale(q), showscale: false, zsmooth: false, hoverinfo: "skip", name: q.key,
    };
  });
  return { data, layout: layout(width, geo.stavesHeight, shapes) };
}

export function stavesChart(store) {
  const root = $("#staves");
  const plot = h("div", { id: "staves-plot", role: "img" });
  const bars = h("div", { class: "bars" });
  const ground = h("div", { class: "ground" });
  root.append(ground, plot, bars);
  let drawnSteps = 0;
  let timer = 0;
  let waits = false;
  let at = 0;

  const draw = async () => {
    waits = false;
    const Plotly = await whenPlotly().catch(() => null);
    if (!Plotly) return;
    const state = store.get();
    const { trace, geo, window, card } = state;
    if (!trace || !geo || !window || trace.card !== card || state.scale === null || geo.staves.length !== card.quantities.length) return;
    const { data, layout: shape } = figure(state);
    lay();
    bars.hidden = geo.cw < 10;
    plot.setAttribute("aria-label", word("score.staves", { symbols: card.quantities.map((q) => q.symbol).join(" "), units: trace.hidden, n: trace.length }));
    drawnSteps = trace.arrived;
    at = performance.now();
    await Plotly.react(plot, data, shape, CONFIG);
    document.documentElement.dataset.ready = "staves";
  };

  /** Pale bands where the staves will be: the score has its shape before Plotly has come. */
  const lay = () => {
    const { geo, window } = store.get();
    if (!geo || !window) return;
    Object.assign(root.style, { top: `${geo.stavesTop}px`, left: `${window.from * geo.cw}px`, width: `${(window.to - window.from) * geo.cw}px`, height: `${geo.stavesHeight}px` });
    ground.replaceChildren(...geo.staves.map(({ top, height }) => h("i", { style: `top:${top}px;height:${height}px` })));
  };

  const soon = () => {
    if (waits || store.get().staged) return; // a view stands in its place
    waits = true;
    inTurn(draw);
  };
  store.watch((s) => [s.geo, s.window, s.geo?.staves], () => document.documentElement.dataset.ready !== "staves" && lay());
  store.watch((s) => [s.geo, s.window, s.layer, s.rows, s.scale, s.theme, s.present], ([geo]) => geo && store.get().seen && soon());
  store.watch((s) => [s.seen, s.charts, s.staged], ([seen]) => seen && soon());
  store.watch((s) => [s.arrived, s.running], ([arrived, running]) => {
    const { window, geo, seen } = store.get();
    if (!seen || !geo || !window || arrived <= drawnSteps || drawnSteps >= window.to) return;
    if (!running) soon();
    else timer ||= setTimeout(() => { timer = 0; soon(); }, Math.max(0, REDRAW - (performance.now() - at)));
  });
  return plot;
}
