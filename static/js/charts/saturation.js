/* How far gates are saturated: one Plotly figure with a square a gate, in it a dot a unit (Karpathy, Johnson & Fei-Fei 2015, fig. 4), and the selected unit's dot as a ring. A click chooses a unit. Knows the server's answer, not the page. */

import { h } from "../dom.js";
import { nearest } from "../units/facts.js";
import { CONFIG, inTurn, layout, whenPlotly } from "./plotly.js";
import { resolve, rgb } from "./ramps.js";

/** Px at 16 px type: room left of the first square and under all for the ends of the axes, over and right of a square for a dot on its edge and the end of its axis; the largest square. */
const [LEFT, UNDER, OVER, RIGHT, LARGEST] = [36, 18, 6, 20, 112];

/** Where the squares stand in a node of this width, each at the left of an equal share of it: px. */
export function squares(count, width, k) {
  const column = (width - LEFT * k) / count;
  const size = Math.floor(Math.min(LARGEST * k, column - RIGHT * k));
  return { size, height: size + (OVER + UNDER) * k, lefts: Array.from({ length: count }, (_, n) => LEFT * k + n * column), top: OVER * k };
}

function figure(answer, card, width, k) {
  const { size, height, lefts, top } = squares(answer.saturation.length, width, k);
  const line = rgb(resolve("var(--line2)"));
  const font = { family: getComputedStyle(document.body).fontFamily, size: 11 * k, color: rgb(resolve("var(--ink3)")) };
  const axis = { fixedrange: true, range: [0, 1], showgrid: false, zeroline: false, tickmode: "array", tickvals: [0, 1], tickfont: font, ticks: "", automargin: false };
  const axes = {};
  const shapes = [];
  const data = answer.saturation.map(({ gate, units }, n) => {
    const id = n === 0 ? "" : String(n + 1);
    const x = [lefts[n] / width, (lefts[n] + size) / width];
    const y = [1 - (top + size) / height, 1 - top / height];
    axes[`xaxis${id}`] = { ...axis, domain: x, anchor: `y${id}`, ticktext: ["", "100 %"] };
    axes[`yaxis${id}`] = { ...axis, domain: y, anchor: `x${id}`, ticktext: ["0", "100 %"], showticklabels: n === 0 };
    const edge = (x0, y0, x1, y1, dash) => shapes.push({ type: "line", xref: `x${id}`, yref: `y${id}`, x0, y0, x1, y1, layer: "below", line: { width: k, color: line, dash } });
    edge(0, 0, 1, 0, "solid");
    edge(0, 0, 0, 1, "solid");
    edge(0, 1, 1, 0, "dot"); // both shares together are at most 1
    const [r, g, b] = resolve("var(--q)", `q-${gate}`);
    return {
      type: "scatter", mode: "markers", x: units.low, y: units.high, xaxis: `x${id}`, yaxis: `y${id}`, name: gate, hoverinfo: "skip", cliponaxis: false,
      marker: { size: 8 * k, color: `rgba(${r},${g},${b},.4)`, line: { width: k, color: rgb([r, g, b]) } },
    };
  });
  return { data, layout: layout(width, height, { ...axes, shapes, font }) };
}

/** Makes the chart in a node; choose(unit) is called on a click. Returns { show(answer, card), pick(unit) }. */
export function saturationChart(node, { choose, label }) {
  const plot = h("div", { class: "saturation-plot", role: "img" });
  let rings = [];
  let wanted = null;
  let unit = 0;
  let width = 0;
  let drawn = []; // what the picture is drawn from
  node.append(plot);
  const scale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const place = () => squares(wanted.answer.saturation.length, width, scale());

  const ring = () => {
    if (!wanted || !width) return;
    const { size, lefts, top } = place();
    wanted.answer.saturation.forEach(({ units }, n) => {
      rings[n].style.transform = `translate(${lefts[n] + units.low[unit] * size}px, ${top + (1 - units.high[unit]) * size}px)`;
    });
  };
  const draw = async () => {
    const Plotly = await whenPlotly().catch(() => null);
    const { theme, present } = document.documentElement.dataset;
    const now = [wanted?.answer, width, scale(), theme, present];
    if (!Plotly || !wanted || !width || now.every((one, n) => one === drawn[n])) return;
    drawn = now;
    const { data, layout: look } = figure(wanted.answer, wanted.card, width, scale());
    await Plotly.react(plot, data, look, CONFIG);
    plot.dataset.drawn = String(Number(plot.dataset.drawn ?? 0) + 1);
  };
  const lay = () => {
    if (!wanted || !width || !wanted.answer.saturation.length) return;
    const count = wanted.answer.saturation.length;
    if (rings.length !== count) {
      rings.forEach((one) => one.remove());
      rings = wanted.answer.saturation.map(() => node.appendChild(h("i", { class: "saturation-ring", "aria-hidden": "true" })));
    }
    plot.style.height = `${place().height}px`;
    plot.setAttribute("aria-label", label(wanted.answer));
    ring();
    inTurn(draw);
  };

  node.addEventListener("click", (event) => {
    if (!wanted || !width) return;
    const { size, lefts, top } = place();
    const box = node.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const n = lefts.findIndex((left) => x >= left - 10 && x <= left + size + 10);
    if (n < 0) return;
    const units = nearest(wanted.answer.saturation[n], [(x - lefts[n]) / size, 1 - (y - top) / size]);
    choose(units[(units.indexOf(unit) + 1) % units.length]); // dots on one place take turns
  });
  new ResizeObserver(([entry]) => {
    if (Math.round(entry.contentRect.width) === width) return;
    width = Math.round(entry.contentRect.width);
    lay();
  }).observe(node);
  return {
    show: (answer, card) => { wanted = { answer, card }; lay(); },
    look: lay,
    pick: (u) => { unit = u; ring(); },
  };
}
