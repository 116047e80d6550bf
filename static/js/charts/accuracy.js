/* How often the models of one task are right, along its axis: one Plotly chart with a line a cell, its legend, and the same numbers as a table. Knows cards, not the page. */

import { h } from "../dom.js";
import { percent } from "../format.js";
import { axisWord, cellWord, placeText } from "../names.js";
import { word } from "../words.js";
import { curves } from "../zoo.js";
import { CONFIG, inTurn, layout, whenPlotly } from "./plotly.js";
import { resolve, rgb } from "./ramps.js";

/** The hue, dash and marker of each kind of cell, so that no two differ by colour alone; a kind that is not here takes the last. */
const LOOK = {
  lstm: ["--blue", "solid", "circle"], rnn: ["--vermilion", "dash", "square"], gru: ["--green", "dot", "diamond"], lstm1997: ["--purple", "dashdot", "triangle-up"], "lstm1997-open": ["--purple", "longdash", "triangle-down"],
  "lstm-peephole": ["--ochre", "longdash", "cross"], "lstm-coupled": ["--sky", "longdashdot", "x"],
};
export const lookOf = (cell) => LOOK[cell] ?? ["--ink3", "dot", "star"];
const DASHES = { solid: "", dash: "8 4", dot: "2 3", dashdot: "8 3 2 3", longdash: "12 4", longdashdot: "12 3 2 3" };
const [HEIGHT, LEFT, BOTTOM] = [220, 52, 36];

const share = (v) => `${v === 1 ? "100" : percent(v, 2)} %`;

const sample = (cell) => {
  const [hue, dash] = lookOf(cell);
  const [node, line] = [document.createElementNS("http://www.w3.org/2000/svg", "svg"), document.createElementNS("http://www.w3.org/2000/svg", "path")];
  for (const [name, value] of Object.entries({ width: 36, height: 10, "aria-hidden": "true" })) node.setAttribute(name, value);
  for (const [name, value] of Object.entries({ d: "M0 5h36", fill: "none", "stroke-width": 2.5, "stroke-dasharray": DASHES[dash] })) line.setAttribute(name, value);
  line.style.stroke = `var(${hue})`;
  node.append(line);
  return node;
};

/** One curve as Plotly traces: a light band for the intervals under a line with markers. */
function drawn({ model }, points, { open, k }) {
  const [hue, dash, symbol] = lookOf(model.cell);
  const [r, g, b] = resolve(`var(${hue})`);
  const color = rgb([r, g, b]);
  const xs = points.map((e) => e.x);
  const band = { type: "scatter", mode: "lines", x: [...xs, ...xs.toReversed()], y: [...points.map((e) => e.high), ...points.map((e) => e.low).toReversed()], fill: "toself", fillcolor: `rgba(${r},${g},${b},.15)`, line: { width: 0 }, hoverinfo: "skip" };
  const line = { type: "scatter", mode: "lines+markers", x: xs, y: points.map((e) => e.value), line: { color, width: 2 * k, dash: open ? "dot" : dash }, marker: { color, symbol: open ? `${symbol}-open` : symbol, size: 8 * k }, name: model.cell, hoverinfo: "skip", cliponaxis: false };
  return [...(xs.length > 1 ? [band] : []), line];
}

function figure(found, guess, width, k) {
  const { xs, log, from, end, apart, series } = found;
  const data = series.flatMap((s) => (apart ? [...drawn(s, s.inside, { k }), ...drawn(s, s.beyond, { k, open: true })] : drawn(s, [...s.inside, ...s.beyond], { k })));
  const at = (x) => (log ? Math.log10(x) : x);
  const pad = (at(xs.at(-1)) - at(xs[0])) * 0.03 || 0.5;
  const grid = rgb(resolve("var(--line)"));
  const font = { family: getComputedStyle(document.body).fontFamily, size: 12 * k, color: rgb(resolve("var(--ink2)")) };
  const room = (width - (LEFT + 16) * k) / (26 * k);
  const ticks = [];
  for (const x of xs.toReversed()) if (!ticks.length || (at(ticks.at(-1)) - at(x)) / (at(xs.at(-1)) - at(xs[0]) || 1) >= 1 / room) ticks.push(x);
  const line = (more, color, dash) => ({ type: "line", layer: "below", line: { color: rgb(resolve(color)), width: 1.5 * k, dash }, ...more });
  const shapes = [
    ...(end === null ? [] : [line({ x0: end, x1: end, yref: "paper", y0: 0, y1: 1 }, "var(--ink2)", "solid")]),
    ...(guess !== null && guess >= from ? [line({ xref: "paper", x0: 0, x1: 1, y0: guess, y1: guess }, "var(--ink3)", "dash")] : []),
  ];
  const label = (text, more) => ({ text, showarrow: false, font: { ...font, size: 11 * k }, ...more });
  const annotations = [
    ...(end === null ? [] : [label(word("chart.end"), { x: at(end), xref: "x", xanchor: "center", yref: "paper", y: 1, yanchor: "bottom" })]),
    ...(guess !== null && guess >= from ? [label(word("chart.guess"), { xref: "paper", x: 0, xanchor: "left", y: guess, yanchor: "bottom" })] : []),
  ];
  const axis = { fixedrange: true, zeroline: false, gridcolor: grid, tickfont: font, automargin: false, ticks: "" };
  return {
    data,
    layout: layout(width, HEIGHT * k, {
      margin: { l: LEFT * k, r: 16 * k, t: 22 * k, b: BOTTOM * k, pad: 0 }, font, shapes, annotations,
      xaxis: { ...axis, type: log ? "log" : "linear", range: [at(xs[0]) - pad, at(xs.at(-1)) + pad], tickmode: "array", tickvals: ticks, ticktext: ticks.map((x) => placeText(found.axis, x)), showgrid: false, title: { text: axisWord(found.axis), font, standoff: 4 } },
      yaxis: { ...axis, range: [from - (1 - from) * 0.03, 1 + (1 - from) * 0.03], tickformat: 1 - from < 0.02 ? ",.1%" : ",.0%", nticks: 6 },
    }),
  };
}

/** The same numbers in rows: a place, then a share a model, those beyond training named so. */
function table({ axis, apart, series }) {
  const rows = (part) => {
    const xs = [...new Set(series.flatMap((s) => s[part].map((e) => e.x)))].sort((a, b) => a - b);
    return xs.map((x) => h("tr", {}, h("th", { scope: "row", class: "num" }, placeText(axis, x)), ...series.map((s) => {
      const e = s[part].find((one) => one.x === x);
      return h("td", { class: "num", title: e ? word("card.interval", { low: share(e.low), high: share(e.high) }) : null }, e ? share(e.value) : "–");
    })));
  };
  const beyond = rows("beyond");
  const head = h("tr", {}, h("th", { scope: "col", class: "num" }, axisWord(axis)), ...series.map(({ model }) => h("th", { scope: "col", class: "num" }, cellWord(model.cell))));
  const middle = beyond.length ? [h("tr", { class: "between" }, h("th", { colspan: series.length + 1, scope: "colgroup" }, word(apart ? "card.beyond" : "chart.beyond")))] : [];
  return h("table", { class: "figures" }, h("thead", {}, head), h("tbody", {}, ...rows("inside"), ...middle, ...beyond));
}

/** The chart of models that stand on the same axes (see zoo.comparable); it draws itself when it has a width and again when the look changes. */
export function accuracyChart(models, store) {
  const found = curves(models);
  const { guess } = models[0];
  const cells = models.map((m) => cellWord(m.cell)).join(", ");
  const plot = h("div", { class: "accuracy-plot", role: "img", "aria-label": word("chart.label", { cells, axis: axisWord(found.axis) }) });
  const legend = h("div", { class: "legend", "aria-hidden": "true" }, ...models.map((m) => h("span", {}, sample(m.cell), " ", cellWord(m.cell))), found.apart ? h("span", { class: "dim" }, word("chart.apart")) : "");
  const details = h("details", {}, h("summary", {}, word("chart.table")), table(found));
  let size = 0;
  const draw = async () => {
    const Plotly = await whenPlotly().catch(() => null);
    if (!Plotly || !plot.isConnected || !size) return;
    const k = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const { data, layout: look } = figure(found, guess, size, k);
    await Plotly.react(plot, data, look, CONFIG);
  };
  const watch = new ResizeObserver(([entry]) => {
    if (!plot.isConnected) return stop();
    if (Math.round(entry.contentRect.width) === size) return;
    size = Math.round(entry.contentRect.width);
    inTurn(draw);
  });
  const unwatch = store.watch((s) => s.theme, () => size && inTurn(draw));
  const stop = () => { watch.disconnect(); unwatch(); };
  watch.observe(plot);
  return h("figure", { class: "accuracy" }, legend, plot, details);
}
