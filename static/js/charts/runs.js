/* Staves of several runs one under the other on the columns of the score, and of what two runs differ by: panels for panels.js. Knows runs and colours, not where a run comes from. */

import { hasScales, limits, unitPeak } from "../scale.js";
import { colorscale } from "./ramps.js";

const quantity = (trace, key) => trace.card.quantities.find((q) => q.key === key);

/** Rows of a heatmap for steps [from, to): one array a unit; steps that have not come, or that the run has not, are null. own: as shares of the unit's largest value, or of what own(unit) says. */
export function runRows(trace, layer, key, { from, to }, own = false) {
  const stop = Math.max(from, Math.min(to, trace.arrived));
  return Array.from({ length: trace.hidden }, (_, unit) => {
    const row = Array.from(trace.column(layer, key, unit, from, stop));
    if (own) {
      const peak = own === true ? unitPeak(trace, layer, key, unit) : own(unit);
      for (let n = 0; n < row.length; n++) row[n] /= peak;
    }
    while (row.length < to - from) row.push(null);
    return row;
  });
}

/** The same of b − a, two runs of one network: null where either has no value. */
export function differenceRows(a, b, layer, key, { from, to }) {
  const stop = Math.max(from, Math.min(to, a.arrived, b.arrived));
  return Array.from({ length: a.hidden }, (_, unit) =>
    Array.from({ length: to - from }, (_, n) => (from + n < stop ? b.value(layer, key, from + n, unit) - a.value(layer, key, from + n, unit) : null)));
}

/** The largest |b − a| of any unit at the steps that both have. */
export function differencePeak(a, b, layer, key) {
  const [x, y] = [a.layers[layer][key], b.layers[layer][key]];
  let peak = 0;
  for (let n = 0; n < Math.min(a.arrived, b.arrived) * a.hidden; n++) peak = Math.max(peak, Math.abs(y[n] - x[n]));
  return peak;
}

/** A round number, 1, 2 or 5 times a power of ten, that is no less: the end of a scale without bounds; 1 for 0. */
export function roundEnd(peak) {
  if (!(peak > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(peak));
  return Number((([1, 2, 5].find((n) => n * power >= peak) ?? 10) * power).toPrecision(1));
}

/** The ends of the one colour scale of a quantity in several runs, { low, high, own }: the widest that any of them would have alone; own where each unit has its own ("unit"). */
export function sharedLimits(traces, key, scale) {
  const all = traces.map((trace) => limits(quantity(trace, key), trace, scale));
  return { low: Math.min(...all.map(({ low }) => low)), high: Math.max(...all.map(({ high }) => high)), own: scale === "unit" && hasScales(quantity(traces[0], key)) };
}

/** A panel of a run: place is { top, height } in px, look { low, high, own } as sharedLimits gives it. */
export const runPanel = (trace, { layer, key, window, place, look }) => ({ name: key, ...place, z: runRows(trace, layer, key, window, look.own), low: look.low, high: look.high, colorscale: colorscale(quantity(trace, key)) });

/** A panel of b − a, from −end to end with zero in the middle, in the hue of the quantity. */
export const differencePanel = (a, b, { layer, key, window, place, end }) => ({ name: `Δ${key}`, ...place, z: differenceRows(a, b, layer, key, window), low: -end, high: end, colorscale: colorscale({ key, min: null, max: null }) });

/** Values over the steps of a window and one beside it, as one of a panel's lines. */
export function lineOver(at, { from, to }, arrived, look) {
  const first = Math.max(0, from - 1);
  const x = Array.from({ length: Math.max(0, Math.min(to + 1, arrived) - first) }, (_, n) => first + n);
  return { x, y: x.map(at), ...look };
}

/**
 * Where parts stand one under the other in so many px: each part has `head`, px above it (a row of words), and either `rows`, so many rows of a heatmap that share what is
 * left, or `height`; no row is higher than `most`. Returns for each { head, top, height }, all from the top of the room; a row is a whole number of px where it can be.
 */
export function stack(parts, room, gap, most = 18) {
  const fixed = parts.reduce((sum, { head = 0, height = 0 }) => sum + head + height, 0) + gap * (parts.length - 1);
  const staves = parts.filter(({ rows }) => rows).length;
  const each = Math.max(12, Math.floor((room - fixed) / Math.max(1, staves)));
  let y = 0;
  return parts.map(({ head = 0, rows, height }) => {
    const high = rows ? Math.min(each, rows * most) : height;
    const place = { head: y, top: y + head, height: rows && high >= 2 * rows ? Math.floor(high / rows) * rows : high };
    y = place.top + place.height + gap;
    return place;
  });
}
