/* How many digits a number gets where room is short: in the diagram, in the sums, in the table. The exact value is always one hover away. */

import { bounded, minus, num } from "./format.js";
import { powerText } from "./powers.js";

/** How many of so many digits after the point a number keeps when no more than `most` are to be significant. */
function places(v, digits, most) {
  const before = Math.abs(v) < 1 ? 0 : Math.floor(Math.log10(Math.abs(v))) + 1;
  return Math.max(0, Math.min(digits, most - before));
}

/**
 * A value beside its line in the diagram: two digits, a third where two would print a bound that was not reached, and beyond that ">.999",
 * "<−.999" or "<.001". Without bounds 279.8 has one digit and 1234 none.
 */
export function brief(v, bounds) {
  if (!bounds) return num(v, places(v, 2, 4));
  if (bounds.includes(v)) return num(v, 0);
  const text = [2, 3].map((digits) => v.toFixed(digits)).find((written) => !bounds.includes(Number(written)));
  if (text) return num(v, text.split(".")[1].length);
  const [min, max] = bounds;
  const end = max - v < v - min ? max - 0.001 : min + 0.001;
  return (end > v ? "<" : ">") + minus(end.toFixed(3).replace("0.", "."));
}

/**
 * A value without bounds beside a scale that ends at ±end: two digits after the point, fewer where it is large, and on a scale below ±0.1 as many as its end
 * needs for two significant ones; on one below ±0.001 as a power of ten.
 */
export function onScale(v, end) {
  if (end > 0 && end < 1e-3) return v === 0 ? "0" : (v < 0 ? "−" : "") + powerText(Math.log10(Math.abs(v)), 2);
  if (end > 0 && end < 0.1) return num(v, 1 - Math.floor(Math.log10(end)));
  return num(v, Math.abs(v) < 10 ? 2 : Math.abs(v) < 100 ? 1 : 0);
}

/** The end of a scale of a task or a run, with its sign: "+24.5", "−119", "+0.034". */
export const endText = (v) => (v > 0 ? "+" : "") + (Math.abs(v) < 0.1 ? onScale(v, Math.abs(v)) : num(v, v % 1 && Math.abs(v) < 100 ? 1 : 0));

/** A value in a line of arithmetic: so many digits after the point, but no more than five significant ones. */
export const term = (v, digits, bounds) => (bounds ? bounded(v, digits, bounds) : num(v, places(v, digits, 5)));

const UNITS = [["", 1], ["k", 1e3], ["M", 1e6], ["G", 1e9]];

/**
 * A number in at most so many characters, its sign and point among them, with no more than three digits after the point: 0.8374 in five is "0.837",
 * in three ".84"; 1234 in three is "1k"; what is too small to show is "≈0".
 */
export function fit(v, most) {
  for (const [unit, by] of UNITS) {
    const texts = [3, 2, 1, 0].map((digits) => minus(String(Number((v / by).toFixed(digits)) || 0)));
    const short = [...texts.slice(0, 2), ...texts.map((text) => text.replace(/^(−?)0\./, "$1."))].find((text) => text.length + unit.length <= most);
    if (short === "0" && v !== 0) return "≈0";
    if (short !== undefined) return short + unit;
  }
  return v < 0 ? "−∞" : "∞";
}

/** A value in a table: five significant digits and no more than five after the point. */
export const cell = (v, bounds) => (bounds ? bounded(v, 5, bounds) : num(v, places(v, 5, 5)));
