/* How numbers are printed: a true minus sign, never "−0.00", and the exact value where someone asks for it. */

/** A symbol so that it can be seen: a space as ␣. */
export const visible = (symbol) => (symbol === " " ? "␣" : symbol);

export const minus = (text) => text.replace(/^-/, "−");

export function num(v, digits = 2) {
  const text = v.toFixed(digits);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

export function sgn(v, digits = 2) {
  const text = num(v, digits);
  return text.startsWith("−") ? text : "+" + text;
}

/** The shortest decimal that names this float32 and no other, as a program reads it. */
export function shortest(v) {
  const f = Math.fround(v);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(f.toPrecision(digits));
    if (Math.fround(short) === f) return String(short);
  }
  return String(Number(f.toPrecision(9)));
}

/** The same as a person reads it. */
export const exact = (v) => minus(shortest(v));

/** A share in per cent: whole unless that would say 0 or 100 of something that is not. */
export function percent(p, digits = 0) {
  const text = (100 * p).toFixed(digits);
  if (digits < 3 && ((Number(text) === 100 && p < 1) || (Number(text) === 0 && p > 0))) return percent(p, digits + 1);
  return text;
}

/** A probability in per cent to one digit, but never as the 0 or the 100 it is not. */
export function share(p) {
  if (p === 0 || p === 1) return `${100 * p} %`;
  const text = num(100 * p, 1);
  return text === "0.0" ? "<0.1 %" : text === "100.0" ? ">99.9 %" : `${text} %`;
}

/**
 * A bounded value to so many digits, but never as the bound it has not reached: 0.9997 and not 1.00, ">0.9999" beyond four digits; a real 1 is "1".
 * bounds is the quantity's [min, max], or null where there are none: then it prints like any number.
 */
export function bounded(v, digits, bounds) {
  if (!bounds) return num(v, digits);
  if (bounds.includes(v)) return num(v, 0);
  const limit = Math.max(4, digits);
  for (let d = digits; d <= limit; d++) if (!bounds.includes(Number(v.toFixed(d)))) return num(v, d);
  const [min, max] = bounds;
  const step = 10 ** -limit;
  return max - v < v - min ? `>${num(max - step, limit)}` : `<${num(min + step, limit)}`;
}
