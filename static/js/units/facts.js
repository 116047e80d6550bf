/* The facts of units as columns of a table: which there are for a cell, what each says, and how the rows are sorted by it. Numbers and texts only. */

import { num, percent, sgn } from "../format.js";

/** The part of its steps at which a gate of the unit is saturated, over all gates. */
export const saturated = ({ saturation }, unit) => saturation.reduce((sum, { units }) => sum + units.low[unit] + units.high[unit], 0) / saturation.length;

/** What a unit writes where it reads one input: its mean, or the mean size with both signs where the signs differ. */
export const written = ({ mean, size }) => (Math.abs(mean) > 0.9 * size ? sgn(mean, 2) : `±${num(size, 2)}`);
/** A share in per cent, short enough for a table: never a 0 or a 100 that it is not. */
export function portion(p) {
  if (p > 0 && p < 0.001) return "<0.1";
  if (p < 1 && p > 0.999) return ">99.9";
  return percent(p);
}
export const share = ({ mean }) => `${portion(mean)} %`;

/**
 * The columns for an answer, in their order: { name, of(unit) } gives what rows are sorted by, and down: whether the first click puts the largest on top. Facts that a cell
 * does not have are left out: it has no gates, no half-life, no output gate.
 */
export function columns(answer) {
  const { units, saturation, identity, output_gate: output } = answer;
  return [
    { name: "unit", of: (u) => u, down: false },
    { name: "mean", of: (u) => units[u].mean, down: true },
    { name: "range", of: (u) => units[u].max - units[u].min, down: true },
    ...(identity ? [{ name: "half_life", of: (u) => units[u].half_life ?? Infinity, down: true }] : []),
    { name: identity ? "writes" : "changes", of: (u) => units[u].writes[0].size, down: true },
    ...(identity && identity.keep !== "1" ? [{ name: "resets", of: (u) => units[u].resets[0].mean, down: false }] : []),
    ...(output ? [{ name: "opens", of: (u) => units[u].opens[0].mean, down: true }] : []),
    ...(saturation.length ? [{ name: "saturated", of: (u) => saturated(answer, u), down: true }] : []),
  ];
}

/** The units in the order of a column; of equal ones the lower first. rows: the order of the score, which stands where no column is chosen. */
export function sorted(answer, rows, sort) {
  const units = rows ?? answer.units.map(({ unit }) => unit);
  const column = sort && columns(answer).find(({ name }) => name === sort.name);
  if (!column) return units;
  return answer.units.map(({ unit }) => unit).sort((a, b) => {
    const [x, y] = [column.of(a), column.of(b)];
    return x === y ? a - b : (x < y ? -1 : 1) * (sort.down ? -1 : 1);
  });
}

/** Another click on a column turns it round. */
export const turned = (sort, { name, down }) => ({ name, down: sort?.name === name ? !sort.down : down });

/** The range of all units' states, zero inside. */
export const spanOf = ({ units }) => [Math.min(0, ...units.map(({ min }) => min)), Math.max(0, ...units.map(({ max }) => max))];

/** Where dots of all units stand in a square: [unit, low, high]; and the units of those at the least distance from a place in it. */
export function nearest({ units }, [x, y]) {
  const far = units.low.map((low, u) => Math.hypot(low - x, units.high[u] - y));
  const least = Math.min(...far);
  return far.flatMap((d, u) => (d <= least + 1e-9 ? [u] : []));
}
