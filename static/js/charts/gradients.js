/* The two pictures of the gradients, on the columns of the score: norms of Jacobians on a log axis, a line a model; and a stave of gradients a gate. Knows answers of the API, not the page. */

import { decades, extent, limitOf } from "../powers.js";
import { lookOf } from "./accuracy.js";
import { colorscale, resolve, rgb } from "./ramps.js";

const HEAD = 20;
const GAP = 26;

/** Where the plot of norms and the staves of so many gates stand, px from the top of the score; heads are the lines of text above them. */
export function places(geo, gates, hidden) {
  const { k, narrow } = geo;
  const head = (narrow ? 34 : HEAD) * k;
  const top = geo.stavesTop + 6 * k;
  const room = geo.bottom - top - 2 * head - GAP * k;
  const gap = Math.round((narrow ? 5 : 7) * k);
  const most = Math.min(hidden * 16, 110) * k;
  const each = Math.max(12, Math.min(most, Math.floor((room * 0.54 - gap * (gates - 1)) / Math.max(1, gates))));
  const snapped = each >= hidden * 2 ? Math.floor(each / hidden) * hidden : each;
  const staves = gates * snapped + gap * Math.max(0, gates - 1);
  const norms = { top: top + head, height: Math.round(Math.min(room - staves, 420 * k)) };
  const second = norms.top + norms.height + GAP * k;
  return { heads: [top, second], norms, staves: { top: second + head, height: staves, rows: Array.from({ length: gates }, (_, n) => ({ top: n * (snapped + gap), height: snapped })) } };
}

/** How a model's lines look: { ink, symbol }. The shown model's are the darkest, the cell is told by its symbol: a hue would be a quantity's. */
export const lookAmong = (card, shown) => ({ ink: card.name === shown.name ? "--ink" : "--ink3", symbol: card.trained ? lookOf(card.cell)[2] : `${lookOf(card.cell)[2]}-open` });

/** The lines of a model's answer: [{ key, logs, dash, width }]; its parts by state, in the state's hue, only where asked for. */
export function linesOf({ total, direct, blocks }, parts) {
  const own = parts ? blocks.filter(({ of, by }) => of === by) : [];
  return [
    { key: "total", logs: total.log10, dash: "solid", width: 2.25 },
    ...(direct ? [{ key: "direct", logs: direct.log10, dash: "dash", width: 1.5 }] : []),
    ...own.map(({ of, log10 }) => ({ key: of, logs: log10, dash: "dot", width: 1.75 })),
  ];
}

/** A model's symbol stands on its line about so often, px. */
const APART = 64;

/** What panelsFigure draws of the norms; series: [{ card, lines }]. */
export function normsPanels({ geo, window, present, card: shown }, series, { height }) {
  const range = extent(series.flatMap(({ lines }) => lines.map(({ logs }) => logs)));
  const from = Math.max(0, window.from - 1);
  const most = Math.max(2, Math.round(((window.to - window.from) * geo.cw) / (APART * geo.k)));
  const lines = series.flatMap(({ card, lines: own }) => own.map(({ logs, dash, width, key }) => {
    const y = logs.slice(from, window.to + 1);
    const { ink, symbol } = lookAmong(card, shown);
    const color = rgb(key === "total" || key === "direct" ? resolve(`var(${ink})`) : resolve("var(--q)", `q-${key}`));
    return { x: y.map((_, n) => from + n), y, color, width: width * (present ? 1.6 : 1), dash, name: `${card.name} ${key}`, ...(key === "total" ? { symbol, size: 8 * geo.k, most } : {}) };
  }));
  const [grid, one] = [rgb(resolve("var(--line)")), rgb(resolve("var(--ink3)"))];
  const lined = decades(range, mostTicks(height, geo.k)).map((y) => ({ y, color: y === 0 ? one : grid }));
  return { geo, window, height, panels: [{ name: "norms", top: 0, height, lines, range, grid: lined }] };
}

export const mostTicks = (height, k) => Math.max(2, Math.floor(height / (26 * k)));

/** The end of the one scale of all gates: it holds every gradient of the answer. */
export const gatesLimit = (gates) => limitOf(Math.max(0, ...Object.values(gates).map((rows) => rows.reduce((most, row) => row.reduce((m, v) => Math.max(m, Math.abs(v)), most), 0))));

/** A gate's gradients have either sign: its ramp is a state's, in the gate's own hue. */
export const signed = (quantity) => ({ ...quantity, min: null });

/** The largest |gradient| of one step by all gates; 1 where all are 0, so that it can divide. */
export const stepPeak = (gates, s) => Math.max(...Object.values(gates).map((rows) => rows[s].reduce((m, v) => Math.max(m, Math.abs(v)), 0))) || 1;

/** What panelsFigure draws of the gates: quantities are those of the answer's gates, in the order of the staves; own: each step as shares of its largest. */
export function gatesPanels({ geo, window }, gates, quantities, { height, rows }, own) {
  const high = own ? 1 : gatesLimit(gates);
  const peaks = own ? gates[quantities[0].key].slice(window.from, window.to).map((_, s) => stepPeak(gates, window.from + s)) : null;
  const panels = quantities.map((q, n) => {
    const steps = gates[q.key].slice(window.from, window.to);
    const z = gates[q.key][0].map((_, unit) => Array.from({ length: window.to - window.from }, (_, s) => (steps[s] ? steps[s][unit] / (peaks?.[s] ?? 1) : null)));
    return { name: q.key, ...rows[n], z, low: -high, high, colorscale: colorscale(signed(q)) };
  });
  return { geo, window, height, panels };
}
