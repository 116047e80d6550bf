/* The selected unit over time: one Plotly line a quantity, on the same columns as the staves. */

import { $, h } from "../dom.js";
import { num } from "../format.js";
import { word } from "../words.js";
import { CONFIG, bareAxis, inTurn, layout, whenPlotly } from "./plotly.js";
import { resolve, rgb } from "./ramps.js";

/** A quantity without bounds that goes beyond this has a panel of its own, so that the others are not squeezed into a line. */
const APART = 2.5;
const GAP = 0.08;

function range(trace, layer, unit, keys, least) {
  let [low, high] = least;
  for (const key of keys)
    for (let t = 0; t < trace.arrived; t++) {
      const v = trace.value(layer, key, t, unit);
      if (v < low) low = v;
      if (v > high) high = v;
    }
  const pad = 0.06 * (high - low);
  return { low: low - pad, high: high + pad };
}

/** The panels of the chart, top first: [{keys, low, high, from, to}], where from and to are shares of the height. */
export function linePanels(trace, layer, unit) {
  const wide = trace.card.quantities.filter((q) => q.max === null).map((q) => q.key);
  const all = range(trace, layer, unit, trace.keys, [0, 1]);
  if (Math.max(Math.abs(all.low), all.high) <= APART || wide.length === 0 || wide.length === trace.keys.length) return [{ keys: trace.keys, ...all, from: 0, to: 1 }];
  const rest = trace.keys.filter((key) => !wide.includes(key));
  return [{ keys: wide, ...range(trace, layer, unit, wide, [0, 0]), from: 0, to: 0.46 }, { keys: rest, ...range(trace, layer, unit, rest, [0, 1]), from: 0.46 + GAP, to: 1 }];
}

/** Whole numbers (or rounder ones for a wide range) inside a range. */
export function ticks({ low, high, from, to }) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 1e4, 1e5, 1e6].find((s) => (high - low) / s < 6 * (to - from)) ?? 1e7;
  const out = [];
  for (let v = Math.ceil(low / step) * step; v <= high; v += step) out.push(v);
  return out;
}

export function linesChart(store) {
  const root = $("#lines");
  const plot = h("div", { id: "lines-plot", role: "img" });
  root.append(plot);
  let waits = false;

  const draw = async () => {
    waits = false;
    const Plotly = await whenPlotly().catch(() => null);
    if (!Plotly) return;
    const { trace, card, geo, window, layer, unit, linePanels: panels, present } = store.get();
    if (!trace || !geo || !window || !panels || trace.card !== card) return;
    const width = (window.to - window.from) * geo.cw;
    const to = Math.min(window.to, trace.arrived);
    const from = Math.max(0, window.from - 1);
    const xs = Array.from({ length: Math.max(0, to - from) }, (_, n) => from + n);
    const panelOf = (key) => panels.findIndex((p) => p.keys.includes(key));
    const axis = (n) => (n === 0 ? "" : String(n + 1));
    const data = card.quantities.map((q) => ({
      type: "scatter", mode: to - from === 1 ? "markers" : "lines", x: xs, y: trace.column(layer, q.key, unit, from, Math.max(from, to)), hoverinfo: "skip", name: q.key, yaxis: "y" + axis(panelOf(q.key)),
      line: { color: rgb(resolve("var(--q)", `q-${q.key}`)), width: (q.kind === "state" && !q.key.startsWith("h") ? 2.5 : 1.75) * (present ? 1.6 : 1) },
    }));
    const grid = rgb(resolve("var(--line)"));
    const shapes = panels.flatMap((p, n) => ticks(p).map((v) => ({ type: "line", xref: "paper", yref: "y" + axis(n), x0: 0, x1: 1, y0: v, y1: v, layer: "below", line: { width: 1, color: v === 0 ? rgb(resolve("var(--line2)")) : grid } })));
    const axes = Object.fromEntries(panels.map((p, n) => ["yaxis" + axis(n), bareAxis([p.low, p.high], { domain: [1 - p.to, 1 - p.from] })]));
    Object.assign(root.style, { top: `${geo.lines.top}px`, left: `${window.from * geo.cw}px`, width: `${width}px`, height: `${geo.lines.height}px` });
    plot.setAttribute("aria-label", word("score.lines", { symbols: card.quantities.map((q) => q.symbol).join(" "), unit }));
    const half = 0.5 / geo.cw;
    await Plotly.react(plot, data, layout(width, geo.lines.height, { xaxis: bareAxis([window.from - 0.5 + half, window.to - 0.5 + half]), ...axes, shapes }), CONFIG);
  };

  const soon = () => {
    if (waits || !store.get().seen || store.get().staged) return;
    waits = true;
    inTurn(draw);
  };
  const rangeNow = () => {
    const { trace, layer, unit, card } = store.get();
    if (!trace || trace.card !== card) return;
    store.set({ linePanels: linePanels(trace, layer, unit) });
    soon();
  };
  store.watch((s) => [s.trace, s.layer, s.unit, s.running], rangeNow);
  store.watch((s) => [s.geo, s.window, s.theme, s.present, s.seen, s.charts, s.staged], soon);
  return plot;
}

/** Where a value of a quantity stands in the chart, px from its top. */
export function lineY(panels, key, v, height) {
  const { low, high, from, to } = panels.find((p) => p.keys.includes(key)) ?? panels.at(-1);
  return height * (from + ((high - v) / (high - low)) * (to - from));
}
export const tickText = (v) => num(v, 0);
