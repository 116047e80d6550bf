/* Panels of one Plotly figure, one above the other on the columns of the score: heatmaps of rows × steps, and lines over steps. Knows where they stand, not what they show. */

import { CONFIG, bareAxis, inTurn, layout, whenPlotly } from "./plotly.js";
import { inkAt } from "./ramps.js";

const axis = (n) => (n === 0 ? "" : String(n + 1));

/** A heatmap's part of the figure: z has one array a row for the steps of the window, colours from low to high; texts, if any, alike, stand in the cells. */
const heatmap = (panel, n, window) => [{
  type: "heatmap", z: panel.z, x0: window.from, dx: 1, y0: panel.from ?? 0, dy: 1, xaxis: "x", yaxis: "y" + axis(n),
  zmin: panel.low, zmax: panel.high, zauto: false, colorscale: panel.colorscale, showscale: false, zsmooth: false, hoverinfo: "skip", name: panel.name, xgap: panel.gap ?? 0, ygap: panel.gap ?? 0,
}, ...(panel.texts ? [texts(panel, n, window)] : [])];

/** What stands in a heatmap's cells, black or white on each; null or "" stands nowhere. */
function texts({ z, texts: rows, textsize, low, high, colorscale, from = 0 }, n, window) {
  const cells = rows.flatMap((row, y) => row.flatMap((text, x) => (text ? [{ x: window.from + x, y: from + y, text, ink: inkAt(colorscale, (z[y][x] - low) / (high - low)) }] : [])));
  const column = (key) => cells.map((cell) => cell[key]);
  return { type: "scatter", mode: "text", x: column("x"), y: column("y"), text: column("text"), textfont: { family: getComputedStyle(document.documentElement).getPropertyValue("--ui"), size: textsize, color: column("ink") }, hoverinfo: "skip", xaxis: "x", yaxis: "y" + axis(n) };
}

/** Lines' part of the figure: each { x, y, color, width, dash, name }; null in y breaks a line. With a symbol, that stands on it, in so many places at most. */
const lines = (panel, n) => panel.lines.map(({ x, y, color, width = 1.75, dash = "solid", name, symbol, size, most }) => ({
  type: "scatter", mode: symbol ? "lines+markers" : x.length === 1 ? "markers" : "lines", x, y, hoverinfo: "skip", name, connectgaps: false, xaxis: "x", yaxis: "y" + axis(n), line: { color, width, dash },
  marker: { color, ...(symbol ? { symbol, size, maxdisplayed: most, line: { color, width: 1.5 } } : {}) },
}));

/**
 * The figure of panels in a box as wide as the window's columns. A panel: { name, top, height } in px and either heatmap's { z, low, high, colorscale, texts, textsize }
 * (rows from the top, the first `from`) or lines' { lines, range: [low, high], grid: [{ y, color }] }.
 */
export function panelsFigure({ geo, window, height, panels }) {
  const width = (window.to - window.from) * geo.cw;
  const half = panels.some((panel) => panel.lines) && !panels.some((panel) => panel.z) ? 0.5 / geo.cw : 0;
  const axes = { xaxis: bareAxis([window.from - 0.5 + half, window.to - 0.5 + half]), shapes: [] };
  const data = panels.flatMap((panel, n) => {
    const domain = [1 - (panel.top + panel.height) / height, 1 - panel.top / height];
    const first = panel.from ?? 0;
    axes["yaxis" + axis(n)] = bareAxis(panel.lines ? panel.range : [first + panel.z.length - 0.5, first - 0.5], { domain });
    for (const { y, color } of panel.grid ?? []) axes.shapes.push({ type: "line", xref: "paper", yref: "y" + axis(n), x0: 0, x1: 1, y0: y, y1: y, layer: "below", line: { width: 1, color } });
    return panel.lines ? lines(panel, n) : heatmap(panel, n, window);
  });
  return { data, layout: layout(width, height, axes) };
}

/** Draws panels into a node, after the frame that is being made and in turn with the other charts; make() gives panelsFigure's argument, or null for nothing. Returns the function that asks for it. */
export function panelsChart(node, make) {
  let waits = false;
  const draw = async () => {
    waits = false;
    const Plotly = await whenPlotly().catch(() => null);
    const wanted = Plotly && make();
    if (!wanted) return;
    const { data, layout: shape } = panelsFigure(wanted);
    Object.assign(node.style, { left: `${wanted.window.from * wanted.geo.cw}px`, width: `${shape.width}px`, height: `${shape.height}px` });
    await Plotly.react(node, data, shape, CONFIG);
    node.dataset.drawn = String(Number(node.dataset.drawn ?? 0) + 1);
  };
  return () => {
    if (waits) return;
    waits = true;
    inTurn(draw);
  };
}
