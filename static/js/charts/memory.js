/* A unit's memory as one Plotly figure on the columns of the score: the triangle "written at step s × read at t", and under it what it adds up to, what was kept and what was written. */

import { brief } from "../digits.js";
import { num, sgn } from "../format.js";
import { panelsChart } from "./panels.js";
import { colorscale, resolve, rgb } from "./ramps.js";

/** px at the page's base size: the least and the most of a row of the triangle, the rows under it, and the air between. */
const [LEAST, MOST, SUM, ROW, GAP] = [15, 44, 28, 24, 10];
const TEXT = 12;

/** Heights of the rows under the triangle, and of what the triangle has above them, px. */
function below(geo, hasKept) {
  const heights = [SUM, ...(hasKept ? [ROW] : []), ROW].map((height) => Math.round(height * geo.k));
  const top = Math.round(geo.stavesTop + 3 * geo.k);
  return { heights, top, room: geo.bottom - top - heights.reduce((a, b) => a + b, 0) - (2 * GAP + 2) * geo.k };
}

/** How many rows that can be read have room in the triangle. */
export const rowsThatFit = (geo, hasKept) => Math.max(2, Math.floor(below(geo, hasKept).room / (LEAST * geo.k)));

/** Where so many rows of writers stand, px from the top of the track: {rows, height, top, rest, sum, kept, wrote: [top, height] or null}; `rest` is the row of all others. */
export function memoryPlaces(geo, rows, hasRest, hasKept) {
  const { k } = geo;
  const { heights, top, room } = below(geo, hasKept);
  const height = Math.max(Math.round(LEAST * k), Math.min(Math.round(MOST * k), Math.floor(room / (rows + (hasRest ? 1 : 0)))));
  const gap = Math.round(GAP * k);
  let y = top + rows * height;
  const place = (size, air) => { const at = [y + air, size]; y += air + size; return at; };
  const rest = hasRest ? place(height, 0) : null;
  const sum = place(heights[0], gap);
  const kept = hasKept ? place(heights[1], gap) : null;
  return { rows, height, top, rest, sum, kept, wrote: place(heights.at(-1), hasKept ? Math.round(2 * k) : gap) };
}

/** How many digits a number in a cell has, on a scale to this limit: fewer than in a table. */
const digitsIn = (limit) => (limit >= 100 ? 0 : limit >= 10 ? 1 : Math.max(2, 1 - Math.floor(Math.log10(limit))));

/**
 * Draws into a node on the stage. make() gives null, or {geo, window, places, triangle, left, sum, kept, wrote}: triangle as ledger.js makes it for the steps of the window; the others
 * {quantity, low, high} with the quantity whose hue they have, kept and wrote with their values at the window's steps.
 */
export const memoryChart = (node, make) => panelsChart(node, () => {
  const wanted = make();
  return wanted && figure(wanted);
});

function figure({ geo, window, places, triangle, left, sum, kept, wrote }) {
  const { k } = geo;
  const signed = (limit) => (v) => (v === null || Math.abs(v) < 0.5 * 10 ** -digitsIn(limit) ? "" : sgn(v, digitsIn(limit)));
  const panel = (name, [top, height], z, { quantity, low, high }, text) => {
    const written = z.map((row) => row.map(text));
    const longest = written.flat().reduce((most, one) => Math.max(most, one.length), 0);
    const readable = geo.cw >= (7 * longest + 8) * k && height / z.length >= LEAST * k;
    return { name, top: top - places.top, height, z, low, high, colorscale: colorscale(quantity), gap: geo.cw < 10 ? 0 : 1, ...(readable ? { texts: written, textsize: TEXT * k } : {}) };
  };
  const [bottom, size] = places.wrote;
  const height = bottom + size - places.top;
  const panels = [
    panel("left", [places.top, places.rows * places.height], triangle.z, left, signed(left.high)),
    ...(places.rest ? [panel("rest", places.rest, [triangle.rest], sum, signed(sum.high))] : []),
    panel("sum", places.sum, [triangle.total], sum, signed(sum.high)),
    ...(places.kept ? [panel("kept", places.kept, [kept.values], kept, (v) => brief(v, [0, 1]))] : []),
    panel("wrote", places.wrote, [wrote.values], wrote, wrote.low < 0 ? signed(wrote.high) : (v) => num(v, 2)),
  ];
  return { geo, window, height, panels };
}

/** The row of one state over time, and its line below, for a cell without a ledger: px from the top of the track, [top, height] each. */
export function statePlaces(geo) {
  const top = Math.round(geo.stavesTop + 3 * geo.k);
  const row = Math.round(MOST * geo.k);
  return { row: [top, row], line: [top + row + Math.round(2 * GAP * geo.k), Math.min(Math.round(180 * geo.k), geo.bottom - top - row - 3 * GAP * geo.k)] };
}

/** Draws them into a node whose top is that of the row; make() gives null, or {geo, window, quantity, values}. */
export const stateChart = (node, make) => panelsChart(node, () => {
  const wanted = make();
  if (!wanted) return null;
  const { geo, window, quantity, values } = wanted;
  const { row, line } = statePlaces(geo);
  const { min: low, max: high } = quantity;
  const x = values.map((_, n) => window.from + n);
  const grid = [low, 0, high].map((y) => ({ y, color: rgb(resolve(y === 0 ? "var(--line2)" : "var(--line)")) }));
  const texts = geo.cw >= 44 * geo.k ? [values.map((v) => brief(v, [low, high]))] : undefined;
  return {
    geo, window, height: line[0] + line[1] - row[0],
    panels: [
      { name: quantity.key, top: 0, height: row[1], z: [values], low, high, colorscale: colorscale(quantity), gap: geo.cw < 10 ? 0 : 1, texts, textsize: TEXT * geo.k },
      { top: line[0] - row[0], height: line[1], lines: [{ x, y: values, color: rgb(resolve("var(--q)", `q-${quantity.key}`)), width: 1.75 * geo.k, name: quantity.key }], range: [low - 0.06, high + 0.06], grid },
    ],
  };
});
