/* A chart as a figure that stands alone, on a slide or in a paper: title, names, tokens, steps, scales. Takes the drawn figure's numbers and colours as they are. */

import { endText } from "../digits.js";
import { spread } from "../geometry.js";
import { quantityWord } from "../names.js";
import { fromZero, hasScales, limits } from "../scale.js";
import { shortToken } from "../trace.js";
import { word } from "../words.js";
import { linePanels, lineY, ticks, tickText } from "./lines.js";
import { resolve, rgb } from "./ramps.js";

/** Px: the plot's least width, its most (more where the columns would become narrower than a token), a stave's and the lines' least height, room above. */
const [NARROWEST, WIDEST, COLUMN, STAVE, LINES, TOP] = [480, 1600, 8, 64, 240, 100];
const MONO_WIDTH = 0.62;
const EVERY = [1, 2, 5, 10, 20, 50, 100, 200, 500];

const shown = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const sized = (px, text) => `<span style="font-size:${px}px">${text}</span>`;
const family = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).replaceAll('"', "").trim();
const hue = (q) => rgb(resolve("var(--q)", `q-${q.key}`));

/** The width of a text in the page's own letters, px. */
function widthOf(text, px) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${px}px ${family("--ui")}`;
  return pen.measureText(text).width;
}

/** The columns' own axis: tokens, and above them as many step numbers as there is room for. */
function columnsAxis(trace, { from, to }, cw, axis) {
  const steps = Array.from({ length: to - from }, (_, n) => from + n);
  const tokens = steps.map((t) => shortToken(trace, t));
  const size = Math.min(15, Math.max(11, cw * 1.5));
  const longest = tokens.reduce((most, text) => Math.max(most, text.length), 1);
  const wide = longest === 1 ? 1 : longest * size * MONO_WIDTH + 4;
  const some = EVERY.find((n) => n * cw >= wide) ?? EVERY.at(-1);
  const numbered = EVERY.find((n) => n % some === 0 && n * cw >= 6 * String(to).length + 8) ?? EVERY.at(-1);
  const kept = steps.filter((t) => t % some === 0);
  const text = (t) => `${sized(11, t % numbered === 0 ? t : "\u00a0")}<br>${shown(tokens[t - from])}`;
  return { ...axis, visible: true, side: "top", tickmode: "array", tickvals: kept, ticktext: kept.map(text), tickangle: 0, ticks: "", showgrid: false, zeroline: false, showline: false, tickfont: { family: family("--mono"), size, color: rgb(resolve("var(--ink)")) } };
}

const note = (text, more) => ({ text, showarrow: false, xref: "paper", yref: "paper", font: { color: rgb(resolve("var(--ink3)")), size: 11 }, ...more });
const symbolOf = (q, px) => `<i><span style="font-size:${px}px;font-family:${family("--math")}">${shown(q.symbol)}</span></i>`;

/** The frame that both charts have: size, title, columns and the names of the two rows above them. */
function frame(figure, { trace, window, layer }, { height, left, right, subject }) {
  const columns = window.to - window.from;
  const width = Math.max(NARROWEST, Math.min(figure.layout.width, Math.max(WIDEST, COLUMN * columns)));
  const total = width + left + right;
  const input = trace.start.tokens.length === trace.length ? trace.start.tokens.map((token, t) => (typeof token === "string" ? token : trace.token(t))) : [];
  const text = input.join(input.some((one) => one.length > 1) ? ", " : "");
  const room = Math.max(12, Math.floor((total - 40 - widthOf(`${trace.card.name}  ·  `, 16)) / 11));
  const parts = [subject, trace.layers.length > 1 ? word("cell.layer", { n: layer }) : "", columns < trace.length ? word("share.pictureSteps", { from: window.from, to: window.to - 1, n: trace.length.toLocaleString("en") }) : ""];
  const ink2 = rgb(resolve("var(--ink2)"));
  return {
    ...figure.layout, width: total, height: height + TOP + 20, margin: { l: left, r: right, t: TOP, b: 20, pad: 0 },
    paper_bgcolor: getComputedStyle(document.body).backgroundColor, font: { family: family("--ui"), size: 13, color: ink2 },
    title: { text: `<b>${shown(trace.card.name)}</b>  ·  ${shown(text.length > room ? text.slice(0, room - 1) + "…" : text)}<br>${sized(12, parts.filter(Boolean).join("  ·  "))}`, x: 0, xref: "container", xanchor: "left", y: 1 - 30 / (height + TOP + 20), yref: "container", yanchor: "top", pad: { l: 16 }, font: { size: 16, color: rgb(resolve("var(--ink)")) } },
    xaxis: columnsAxis(trace, window, width / columns, figure.layout.xaxis),
    annotations: [
      note(word("score.token"), { x: 0, y: 1, xanchor: "right", yanchor: "bottom", xshift: -10, yshift: 3 }),
      note(word("score.step"), { x: 0, y: 1, xanchor: "right", yanchor: "bottom", xshift: -10, yshift: 21 }),
    ],
  };
}

/** The staves: symbol, word and the ends of the units on the left of each, its colours and their ends on the right. */
function staves(figure, state) {
  const { trace, scale, rows } = state;
  const { quantities } = trace.card;
  const height = Math.max(figure.layout.height, STAVE * quantities.length);
  const left = 60 + Math.max(...quantities.map((q) => widthOf(quantityWord(q), 12)));
  const free = quantities.filter(hasScales);
  const layout = frame(figure, state, { height, left, right: 84, subject: [rows ? word("share.pictureAlike", { n: trace.hidden }) : word("share.pictureRows", { last: trace.hidden - 1 }), ...free.map((q) => `${shown(q.symbol)}: ${word(`scale.${scale ?? "task"}`)}`)].join("  ·  ") });
  const data = figure.data.map((one, n) => {
    const q = quantities[n];
    const id = `yaxis${n ? n + 1 : ""}`;
    const [low, high] = figure.layout[id].domain;
    const px = (high - low) * height;
    const { low: least, high: most } = limits(q, trace, scale ?? "task");
    const ends = scale === "unit" && hasScales(q) ? ["−max", "+max"] : fromZero(q) ? ["0", "1"] : [endText(least), endText(most)];
    const small = px < 30;
    layout[id] = { ...figure.layout[id], visible: true, showgrid: false, zeroline: false, showline: false, ticks: "", tickmode: "array", tickvals: small ? [] : [figure.layout[id].range[1] + 0.5, figure.layout[id].range[0] - 0.5], tickfont: { size: 10, color: rgb(resolve("var(--ink3)")) } };
    const beside = (text, y, more) => layout.annotations.push(note(text, { x: 0, y, xanchor: "right", yanchor: "middle", xshift: -24, ...more, font: { color: hue(q), size: 12 } }));
    beside(symbolOf(q, small ? 14 : 22), (low + high) / 2, { yshift: small ? 0 : 9 });
    if (!small) beside(shown(quantityWord(q)), (low + high) / 2, { yshift: -14 });
    const limit = (text, y, yanchor) => layout.annotations.push(note(text, { x: 1, y, xanchor: "left", yanchor, xshift: 25, yshift: { top: 5, middle: 0, bottom: -5 }[yanchor] }));
    if (small) limit(`${ends[0]} … ${ends[1]}`, (low + high) / 2, "middle");
    else [[ends[1], high, "top"], [ends[0], low, "bottom"], ...(fromZero(q) ? [] : [["0", (low + high) / 2, "middle"]])].forEach((one) => limit(...one));
    return { ...one, showscale: true, colorbar: { x: 1, xpad: 10, xanchor: "left", y: (low + high) / 2, yanchor: "middle", len: high - low, lenmode: "fraction", ypad: 0, thickness: 10, outlinewidth: 0, showticklabels: false, ticks: "" } };
  });
  return { data, layout };
}

/** The lines: values on the left, on the right each line's name where it ends. */
function lines(figure, state) {
  const { trace, window, layer, unit } = state;
  const { quantities } = trace.card;
  const panels = linePanels(trace, layer, unit);
  const height = Math.max(figure.layout.height, LINES);
  const right = 64 + Math.max(...quantities.map((q) => widthOf(quantityWord(q), 12)));
  const layout = frame(figure, state, { height, left: 64, right, subject: word("score.unitOverTime", { unit }) });
  panels.forEach((panel, n) => {
    const id = `yaxis${n ? n + 1 : ""}`;
    const at = ticks(panel);
    layout[id] = { ...figure.layout[id], visible: true, showgrid: false, zeroline: false, showline: false, ticks: "", tickmode: "array", tickvals: at, ticktext: at.map(tickText), tickfont: { size: 12 } };
  });
  const last = Math.min(window.to, trace.arrived) - 1;
  const values = quantities.map((q) => trace.value(layer, q.key, last, unit));
  const ys = quantities.map((q, n) => lineY(panels, q.key, values[n], height));
  const places = spread(ys, 20, 6, height - 6);
  const cw = (layout.width - 64 - right) / (window.to - window.from);
  layout.annotations.push(...quantities.map((q, n) => ({
    text: `${symbolOf(q, 18)}  ${sized(12, shown(quantityWord(q)))}`, x: last, y: values[n], xref: "x", yref: figure.data[n].yaxis, xanchor: "left", yanchor: "middle", ax: (window.to - 0.5 - last) * cw + 16, ay: places[n] - ys[n],
    showarrow: true, arrowhead: 0, arrowwidth: 0.75, arrowcolor: hue(q), standoff: 2, font: { color: hue(q) },
  })));
  return { data: figure.data, layout };
}

const FRAMED = { staves, lines };

/** The figure {data, layout} of "staves" or "lines" with its frame; state is the page's. */
export const framed = (name, figure, state) => FRAMED[name](figure, state);
