/* The selected unit over time: one Plotly line a quantity, on the same columns as the staves. */

import { $, h } from "../dom.js";
import { num } from "../format.js";
import { word } from "../words.js";
import { CONFIG, bareAxis, layout, whenPlotly } from "./plotly.js";
import { resolve, rgb } from "./ramps.js";

/** The range of the unit's values over the trace, at least 0…1, with room for the line's own width. */
export function valueRange(trace, layer, unit, keys) {
  let [low, high] = [0, 1];
  for (const key of keys)
    for (let t = 0; t < trace.arrived; t++) {
      const v = trace.value(layer, key, t, unit);
      if (v < low) low = v;
      if (v > high) high = v;
    }
  const pad = 0.06 * (high - low);
  return { low: low - pad, high: high + pad };
}

/** Whole numbers (or rounder ones for a wide range) inside a range. */
export function ticks({ low, high }) {
  const step = [1, 2, 5, 10, 20, 50, 100, 1e3, 1e4, 1e5, 1e6].find((s) => (high - low) / s < 5) ?? 1e7;
  const out = [];
  for (let v = Math.ceil(low / step) * step; v <= high; v += step) out.push(v);
  return out;
}

export function linesChart(store) {
  const root = $("#lines");
  const plot = h("div", { id: "lines-plot", role: "img" });
  root.append(plot);
  let frame = 0;

  const draw = async () => {
    frame = 0;
    const Plotly = await whenPlotly().catch(() => null);
    if (!Plotly) return;
    const { trace, card, geo, window, layer, unit, linesRange: range, present } = store.get();
    if (!trace || !geo || !window || !range || trace.card !== card) return;
    const width = (window.to - window.from) * geo.cw;
    const to = Math.min(window.to, trace.arrived);
    const from = Math.max(0, window.from - 1);
    const xs = Array.from({ length: Math.max(0, to - from) }, (_, n) => from + n);
    const data = card.quantities.map((q) => ({
      type: "scatter", mode: to - from === 1 ? "markers" : "lines", x: xs, y: trace.column(layer, q.key, unit, from, Math.max(from, to)), hoverinfo: "skip", name: q.key,
      line: { color: rgb(resolve("var(--q)", `q-${q.key}`)), width: (q.kind === "state" && !q.key.startsWith("h") ? 2.5 : 1.75) * (present ? 1.6 : 1) },
    }));
    const grid = rgb(resolve("var(--line)"));
    const shapes = ticks(range).map((v) => ({ type: "line", xref: "paper", x0: 0, x1: 1, y0: v, y1: v, layer: "below", line: { width: 1, color: v === 0 ? rgb(resolve("var(--line2)")) : grid } }));
    Object.assign(root.style, { top: `${geo.lines.top}px`, left: `${window.from * geo.cw}px`, width: `${width}px`, height: `${geo.lines.height}px` });
    plot.setAttribute("aria-label", word("score.lines", { symbols: card.quantities.map((q) => q.symbol).join(" "), unit }));
    const half = 0.5 / geo.cw;
    await Plotly.react(plot, data, layout(width, geo.lines.height, { xaxis: bareAxis([window.from - 0.5 + half, window.to - 0.5 + half]), yaxis: bareAxis([range.low, range.high]), shapes }), CONFIG);
  };

  const soon = () => { if (store.get().seen) frame ||= requestAnimationFrame(draw); };
  const rangeNow = () => {
    const { trace, layer, unit, card } = store.get();
    if (!trace || trace.card !== card) return;
    store.set({ linesRange: valueRange(trace, layer, unit, trace.keys) });
    soon();
  };
  store.watch((s) => [s.trace, s.layer, s.unit, s.running], rangeNow);
  store.watch((s) => [s.geo, s.window, s.theme, s.present, s.seen, s.charts], soon);
  return plot;
}

/** Where a value stands in the chart, px from its top. */
export const lineY = (range, v, height) => ((range.high - v) / (range.high - range.low)) * height;
export const tickText = (v) => num(v, 0);
