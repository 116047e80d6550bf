/* What stands in the score's columns while gradients are shown: the norms over the gates' staves, with ticks, names and scales beside them. Knows where things stand; is told what to show. */

import { $, h, setText, svg } from "../dom.js";
import { spread } from "../geometry.js";
import { quantityWord } from "../names.js";
import { decade, decades, extent, fullText, powerText, sizeText } from "../powers.js";
import { word } from "../words.js";
import { gatesLimit, gatesPanels, lookAmong, mostTicks, normsPanels, places, signed, stepPeak } from "./gradients.js";
import { panelsChart } from "./panels.js";
import { gradient } from "./ramps.js";
import { symbolNode } from "./symbols.js";

/** A stave has room for its name and both ends of its scale from this height on, the heads for whole sentences from this width, px. */
const [TALL, SPACIOUS] = [44, 690];
/** A longer name takes two lines in the margin. */
const LONG = 8;

/**
 * Makes the stage; show(picture) draws { trace, t, series: [{ card, name, lines }], gates, seen, output, quantities, own }: the step looked back from, the models' lines,
 * the gradients by gate of the shown model (null while they are on their way) with the step and the output that they are of, the quantities of
 * those gates, and whether each step is coloured by its own largest.
 */
export function gradientsStage({ stage, labels, scales, store, actions }) {
  const [normsHead, gatesHead] = [0, 1].map(() => h("p", {}));
  const heads = [normsHead, gatesHead].map((text) => h("div", { class: "heading" }, text));
  const norms = h("div", { class: "plot norms", role: "img" });
  const gates = h("div", { class: "plot gates", role: "img" });
  const [bars, from] = [h("div", { class: "bars" }), h("div", { class: "from" })];
  const [zeros, inside, rows] = [h("div", { class: "notes" }), h("div", { class: "notes" }), h("div", { class: "notes" })];
  const tip = h("div", { class: "tip", "aria-hidden": "true", hidden: true });
  stage.append(norms, gates, bars, rows, zeros, inside, from, ...heads, tip);
  const columns = $("#columns");
  let picture = null;
  let at = null;
  let range = [-1, 0];
  let readouts = [];

  const yOf = (log, [low, high] = range) => at.norms.top + ((high - log) / (high - low)) * at.norms.height;
  const ready = () => picture && store.get().geo && store.get().window && store.get().trace === picture.trace;
  const askNorms = panelsChart(norms, () => (ready() && picture.series.length ? normsPanels(store.get(), picture.series, at.norms) : null));
  const askGates = panelsChart(gates, () => (ready() && picture.gates ? gatesPanels(store.get(), picture.gates, picture.quantities, at.staves, picture.own) : null));

  /** Names at the left ends of the lines, where they lie apart; all of them meet at the step looked back from. */
  const drawNames = () => {
    const { geo } = store.get();
    if (!ready()) return;
    const first = geo.fits ? 0 : Math.ceil(columns.scrollLeft / geo.cw);
    const ends = picture.series.flatMap(({ card, name, lines }) => lines.filter(({ key }) => key !== "direct").flatMap(({ key, logs }) => {
      const step = logs.findIndex((log, s) => s >= first && log !== null);
      const { ink, symbol } = lookAmong(card, picture.trace.card);
      const whole = key === "total";
      return step < 0 ? [] : [{ color: whole ? `var(${ink})` : "var(--q)", hue: whole ? "" : `q-${key}`, y: yOf(logs[step]), text: whole ? [symbolNode(symbol), "\u00a0", name] : [`${name} `, h("i", { class: "m" }, key)], step }];
    }));
    const { k, narrow, margin: right } = geo;
    const long = ends.some(({ text }) => text.at(-1).length > LONG);
    const spots = spread(ends.map(({ y }) => y - (narrow ? 9 * k : 0)), (narrow ? 14 : long ? 26 : 16) * k, at.norms.top + 6 * k, at.norms.top + at.norms.height - 6 * k);
    const label = ({ color, hue, text }, n, left) => h("span", { class: `end ${hue}`, "aria-hidden": "true", style: `color:${color};top:${spots[n]}px;${left === null ? "" : `left:${left}px`}` }, ...text);
    if (narrow) return inside.replaceChildren(...ends.map((end, n) => label(end, n, Math.max(geo.x(first), geo.centre(end.step)) + 6)));
    const leaders = svg("svg", { width: right, height: geo.bottom, "aria-hidden": "true" }, ...ends.map(({ color, hue, y }, n) => svg("line", { class: hue, x1: right - 54 * k, y1: spots[n], x2: right - 46 * k, y2: y, style: `stroke:${color}` })));
    inside.replaceChildren();
    $(".ends", labels)?.replaceChildren(leaders, ...ends.map((end, n) => label(end, n, null)));
    return undefined;
  };

  const drawLabels = () => {
    const { geo } = store.get();
    const ticks = decades(range, mostTicks(at.norms.height, geo.k)).map((n) => h("span", { class: "tick", style: `top:${yOf(n)}px` }, Number.isInteger(n) ? decade(n) : powerText(n)));
    const names = at.staves.rows.map(({ top, height }, n) => {
      const q = picture.quantities[n];
      return h("span", { class: `gate q-${q.key}`, style: `top:${at.staves.top + top + height / 2}px` }, h("i", { class: "m" }, q.symbol), geo.narrow || height < TALL * geo.k ? "" : h("small", {}, quantityWord(q)));
    });
    labels.replaceChildren(...ticks, h("div", { class: "ends" }), ...names);
    drawNames();
  };

  const drawScales = () => {
    const { geo } = store.get();
    const high = picture.gates ? gatesLimit(picture.gates) : null;
    const limits = [];
    const parts = at.staves.rows.flatMap(({ top, height }, n) => {
      const q = picture.quantities[n];
      const y = at.staves.top + top;
      const written = picture.own ? [] : height > TALL * geo.k ? [sizeText(high), sizeText(-high)] : [`±${powerText(Math.log10(high))}`];
      const ends = written.map((text, e) => h("span", { class: "lim", style: `top:${y + (e ? height - 9 * geo.k : 0)}px` }, text));
      limits.push(ends);
      return [h("span", { class: `ramp q-${q.key}`, style: `top:${y}px;height:${height}px;background:${gradient(signed(q))}` }), ...ends];
    });
    readouts = at.staves.rows.map(({ top, height }, n) => ({ key: picture.quantities[n].key, top: at.staves.top + top, height, high, limits: limits[n], node: h("span", { class: `now q-${picture.quantities[n].key}` }) }));
    scales.replaceChildren(...(high === null ? [] : [...parts, ...readouts.map(({ node }) => node)]));
    move();
  };

  /** The selected unit's gradients at the playhead, beside the ramps, and its rows; the step looked back from is marked where the playhead is elsewhere. */
  const move = () => {
    const { geo, t, unit } = store.get();
    if (!ready()) return;
    from.hidden = t === picture.t;
    Object.assign(from.style, { left: `${geo.centre(picture.t)}px`, top: `${at.norms.top}px`, height: `${at.staves.top + at.staves.height - at.norms.top}px` });
    const row = picture.gates && Object.values(picture.gates)[0].length > t;
    for (const { key, top, height, high, limits, node } of readouts) {
      const v = row ? picture.gates[key][t][unit] : null;
      node.hidden = v === null || height < 24 * geo.k;
      if (v === null) continue;
      setText(node, sizeText(v, 2));
      node.title = fullText(v);
      const end = picture.own ? stepPeak(picture.gates, t) : high;
      const y = Math.max(4 * geo.k, Math.min(height - 4 * geo.k, ((end - v) / (2 * end)) * height));
      node.classList.toggle("tight", geo.narrow || node.textContent.length > 7);
      node.style.top = `${top + y}px`;
      limits.forEach((limit, e) => { limit.style.visibility = (e ? height - y : y) < 15 * geo.k ? "hidden" : ""; });
    }
  };

  const drawRows = () => {
    const { unit, trace } = store.get();
    if (!ready()) return;
    rows.replaceChildren(...at.staves.rows.map(({ top, height }) => h("div", { class: "unitrow", style: `top:${at.staves.top + top + (unit * height) / trace.hidden - 1}px;height:${Math.max(2, height / trace.hidden) + 2}px` })));
    move();
  };

  const drawZeros = () => {
    const { geo } = store.get();
    zeros.replaceChildren(...picture.series.flatMap(({ card, lines }) => lines.filter(({ key, logs }) => key === "total" && logs[0] === null).map(({ logs }) => {
      const first = logs.findIndex((log) => log !== null);
      return h("span", { class: "zero", style: `color:var(${lookAmong(card, picture.trace.card).ink});left:${geo.centre(first)}px;top:${yOf(logs[first])}px` }, "0 ←");
    })));
  };

  let drawn = {};
  /** Whether a plot would be drawn from other things than the last time. */
  const anew = (plot, from) => {
    const same = drawn[plot]?.length === from.length && from.every((one, n) => one === drawn[plot][n]);
    drawn = { ...drawn, [plot]: from };
    return !same;
  };

  const draw = () => {
    if (!ready()) return;
    const { geo, window, trace, present, theme, charts } = store.get();
    at = places(geo, picture.quantities.length, trace.hidden);
    range = extent(picture.series.flatMap(({ lines }) => lines.map(({ logs }) => logs)));
    heads.forEach((node, n) => { node.style.top = `${at.heads[n]}px`; });
    heads.forEach(({ firstChild }) => { firstChild.style.maxWidth = `${Math.min(geo.room, geo.width)}px`; });
    norms.style.top = `${at.norms.top}px`;
    Object.assign(gates.style, { top: `${at.staves.top}px` });
    Object.assign(bars.style, { top: `${at.staves.top}px`, height: `${at.staves.height}px`, left: `${window.from * geo.cw}px`, width: `${(window.to - window.from) * geo.cw}px` });
    bars.hidden = geo.cw < 10 || !picture.gates;
    const brief = present || Math.min(geo.room, geo.width) < SPACIOUS * geo.k;
    setText(normsHead, word(brief ? "gradients.normsShort" : "gradients.norms", { t: picture.t }));
    const key = trace.card.outputs === null ? "gradients.gatesNumber" : brief || picture.own ? "gradients.gatesShort" : "gradients.gates";
    setText(gatesHead, picture.gates ? [word(key, { out: picture.output, t: picture.seen }), picture.own ? word("gradients.ownScale") : ""].filter(Boolean).join(" · ") : "");
    norms.setAttribute("aria-label", word("gradients.normsLabel", { t: picture.t, models: picture.series.map(({ name }) => name).join(", ") }));
    gates.setAttribute("aria-label", word("gradients.gatesLabel", { out: picture.output, t: picture.seen, symbols: picture.quantities.map((q) => q.symbol).join(" ") }));
    drawLabels();
    drawScales();
    drawRows();
    drawZeros();
    const look = [geo, window, present, theme, charts];
    if (anew("norms", [...look, ...picture.series.flatMap(({ lines }) => lines.map(({ logs }) => logs))])) askNorms();
    if (anew("gates", [...look, picture.gates, picture.own])) askGates();
  };

  /** What is under the pointer, exactly. */
  const told = (event) => {
    const { geo, trace } = store.get();
    const box = stage.getBoundingClientRect();
    const [s, y] = [Math.floor((event.clientX - box.left) / geo.cw), event.clientY - box.top];
    if (s < 0 || s > picture.t) return null;
    const place = { s, token: trace.token(s) };
    const values = picture.series.filter(({ lines }) => s < lines[0].logs.length).map(({ name, lines }) => `${name} ${powerText(lines[0].logs[s])}`);
    if (event.currentTarget === norms) return { text: word("gradients.tipNorms", { ...place, values: values.join(" · ") }) };
    const row = at.staves.rows.findIndex(({ top, height }) => y >= at.staves.top + top && y < at.staves.top + top + height);
    if (row < 0 || !picture.gates || s > picture.seen) return null;
    const { top, height } = at.staves.rows[row];
    const unit = Math.max(0, Math.min(trace.hidden - 1, Math.floor(((y - at.staves.top - top) / height) * trace.hidden)));
    const q = picture.quantities[row];
    return { unit, text: word("gradients.tipGate", { ...place, symbol: q.symbol, unit, value: fullText(picture.gates[q.key][s][unit]) }) };
  };
  const tell = (event) => {
    const found = ready() && at ? told(event) : null;
    tip.hidden = !found;
    if (!found) return;
    tip.textContent = found.text;
    const [box, view] = [stage.getBoundingClientRect(), columns.getBoundingClientRect()];
    tip.style.left = `${Math.max(view.left, Math.min(event.clientX + 14, view.right - tip.offsetWidth)) - box.left}px`;
    tip.style.top = `${event.clientY - box.top - 34}px`;
  };
  for (const node of [norms, gates]) {
    node.addEventListener("pointermove", tell);
    node.addEventListener("pointerleave", () => { tip.hidden = true; });
  }
  gates.addEventListener("click", (event) => {
    const found = ready() && at && told(event);
    if (found) actions.select({ unit: found.unit });
  });
  columns.addEventListener("scroll", () => !stage.hidden && at && drawNames(), { passive: true });
  store.watch((s) => [s.geo, s.window, s.theme, s.present, s.lang, s.charts], draw);
  store.watch((s) => s.unit, drawRows);
  store.watch((s) => s.t, move);
  return {
    show(next) {
      picture = next;
      draw();
    },
  };
}
