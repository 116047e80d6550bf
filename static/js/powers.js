/* Numbers far beyond what a double holds, given as their log10: how they are written, what they fall by, where the ticks of their axis stand. Knows no gradient. */

import { minus } from "./format.js";

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** A power of ten by its whole exponent: "1", "10", "10⁻⁵⁰". */
export const decade = (n) => (n === 0 ? "1" : n === 1 ? "10" : `10${[...String(n)].map((c) => RAISED[c]).join("")}`);

/** So many significant digits without zeros that say nothing. */
const short = (v, digits) => String(Number(v.toPrecision(digits)));

/** The number that a log10 stands for: "0.374", "1.2·10⁻⁹", with a digit less beside a power of ten; null is an exact 0. */
export function powerText(log, digits = 3) {
  if (log === null) return "0";
  if (log >= -3 && log < 4) return short(10 ** log, digits);
  const mantissa = (10 ** (log - Math.floor(log))).toFixed(digits - 2);
  return Number(mantissa) === 10 ? `${(1).toFixed(digits - 2)}·${decade(Math.floor(log) + 1)}` : `${mantissa}·${decade(Math.floor(log))}`;
}

/** A number of any size and sign in the same way. */
export const sizeText = (v, digits) => (v === 0 ? "0" : (v < 0 ? "−" : "+") + powerText(Math.log10(Math.abs(v)), digits));

/** The exact double as a person reads it. */
export const fullText = (v) => minus(String(v));

/** The first place of norms that are not exactly 0 (a zero stays zero further back), their log10 there, and by what they change a step from there to the last, as a log10. */
export function fall(logs) {
  const from = logs.findIndex((log) => log !== null);
  const last = logs.length - 1;
  return { from, first: logs[from], last: logs[last], step: last > from ? (logs[last] - logs[from]) / (last - from) : 0 };
}

/** The range of an axis that holds all logs and the 1, with a little room; at least a decade. */
export function extent(lists) {
  let [low, high] = [0, 0];
  for (const logs of lists) for (const log of logs) if (log !== null) [low, high] = [Math.min(low, log), Math.max(high, log)];
  low = Math.min(low, high - 1);
  const room = 0.05 * (high - low);
  return [low - room, high + room];
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** Where to write along an axis, at most so many, as log10 and the 0 among them: whole exponents, and on a short axis 1, 2 and 5 times each. */
export function decades([low, high], most) {
  const fine = Math.floor(high) - Math.floor(low) < 3 ? [-1, 0, 1, 2].flatMap((n) => [1, 2, 5].map((m) => Math.floor(low) + n + Math.log10(m))).filter((log) => log >= low && log <= high) : [];
  if (fine.length && fine.length <= most) return fine;
  const step = STEPS.find((s) => Math.floor(high / s) - Math.ceil(low / s) < most) ?? STEPS.at(-1);
  const out = [];
  for (let n = Math.ceil(low / step); n * step <= high; n++) out.push(n * step || 0);
  return out;
}

/** A limit for a scale that holds v: rounded up to two digits. */
export function limitOf(v) {
  if (v === 0) return 1;
  const unit = 10 ** (Math.floor(Math.log10(v)) - 1);
  return Number((Math.ceil(v / unit - 1e-9) * unit).toPrecision(2));
}
