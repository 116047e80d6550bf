/* The symbols that tell cells apart on the lines of a chart, for the words beside it: as Plotly draws them, in the colour of the text. */

import { svg } from "../dom.js";

/** Outlines in a square of 12, by Plotly's names. */
const OUTLINES = {
  circle: "M2 6a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", square: "M2 2h8v8h-8z", diamond: "M6 .8l5.2 5.2l-5.2 5.2l-5.2 -5.2z", "triangle-up": "M6 1.5l5 8.5h-10z", "triangle-down": "M6 10.5l5 -8.5h-10z",
  cross: "M4 1h4v3h3v4h-3v3h-4v-3h-3v-4h3z", x: "M3.2 .8l2.8 2.8l2.8 -2.8l2.4 2.4l-2.8 2.8l2.8 2.8l-2.4 2.4l-2.8 -2.8l-2.8 2.8l-2.4 -2.4l2.8 -2.8l-2.8 -2.8z",
  star: "M6 .5l1.5 3.9h4l-3.2 2.5l1.2 4.1l-3.5 -2.4l-3.5 2.4l1.2 -4.1l-3.2 -2.5h4z",
};

/** A symbol, of "circle", "circle-open" and so on, as a small picture that is as high as the letters. */
export function symbolNode(symbol) {
  const open = symbol.endsWith("-open");
  const outline = OUTLINES[symbol.replace("-open", "")] ?? OUTLINES.star;
  return svg("svg", { class: "symbol", viewBox: "0 0 12 12", "aria-hidden": "true", "data-symbol": symbol }, svg("path", { d: outline, fill: open ? "none" : "currentColor", stroke: "currentColor", "stroke-width": open ? 1.5 : 0 }));
}
