/* The colour of a value: what is never negative on a ramp of one hue, as gates are; states from graphite over zero to their hue. Linear, never clipped, mixed in OKLab. */

import { fromZero } from "../scale.js";

let probe = null;

/** The rgb of a CSS colour as the page shows it now (theme and present mode included): [r, g, b] in 0…255. */
export function resolve(css, className = "") {
  probe ??= document.body.appendChild(Object.assign(document.createElement("i"), { hidden: true }));
  probe.className = className;
  probe.style.color = css;
  return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
}

export const rgb = ([r, g, b]) => `rgb(${Math.round(r)},${Math.round(g)},${Math.round(b)})`;

const linear = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const gamma = (c) => 255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);

function toOklab(color) {
  const [r, g, b] = color.map(linear);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}

function fromOklab([L, a, b]) {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s, -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s].map((c) => gamma(Math.max(0, Math.min(1, c))));
}

/** The colour p of the way from a to b, in OKLab; both [r, g, b]. */
export function mix(a, b, p) {
  const [x, y] = [toOklab(a), toOklab(b)];
  return fromOklab(x.map((v, n) => v + (y[n] - v) * p));
}

const STOPS = 16;

/** Plotly's colour scale of a quantity: [[0…1, "rgb(…)"], …] from its lowest to its highest value. */
export function colorscale(quantity) {
  const zero = resolve("var(--zero)");
  const top = resolve("var(--q)", `q-${quantity.key}`);
  const neg = resolve("var(--neg)");
  const at = (p) => (fromZero(quantity) ? mix(zero, top, p) : p >= 0.5 ? mix(zero, top, 2 * p - 1) : mix(zero, neg, 1 - 2 * p));
  return Array.from({ length: 2 * STOPS + 1 }, (_, n) => [n / (2 * STOPS), rgb(at(n / (2 * STOPS)))]);
}

/** The same ramp as a CSS gradient, highest value on top. */
export const gradient = (quantity) =>
  fromZero(quantity) ? "linear-gradient(in oklab to top, var(--zero), var(--q))" : "linear-gradient(in oklab to top, var(--neg), var(--zero), var(--q))";

/** Black or white, whichever can be read better on the colour that a colour scale [[0…1, "rgb(…)"], …] has at p. */
export function inkAt(scale, p) {
  const [, color] = scale[Math.round(Math.max(0, Math.min(1, p)) * (scale.length - 1))];
  const [r, g, b] = color.match(/\d+/g).map((v) => linear(Number(v)));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}
