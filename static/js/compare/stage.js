/* The stage of several runs: under each other on the columns of the score, for each what it says and a stave; of two runs what they differ by. Knows parts, not why they are shown. */

import { lineOver, runPanel, sharedLimits, differencePanel, differencePeak, roundEnd, stack } from "../charts/runs.js";
import { gradient, resolve, rgb } from "../charts/ramps.js";
import { panelsChart } from "../charts/panels.js";
import { brief as short } from "../digits.js";
import { h, setText, svg } from "../dom.js";
import { exact, minus, num } from "../format.js";
import { inRows, rowOf, rowTop } from "../geometry.js";
import { quantityWord } from "../names.js";
import { powerText } from "../powers.js";
import { fromZero, unitPeak } from "../scale.js";
import { saysNode, tokenNode } from "../steprow.js";
import { word } from "../words.js";

const px = (v) => `${v}px`;
/** A value in the margin: two digits, of a small one the first two that count. */
const brief = (v) => {
  const size = Math.abs(v);
  return size !== 0 && size < 1e-4 ? (v < 0 ? "−" : "") + powerText(Math.log10(size), 2) : num(v, size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : size >= 0.01 ? 3 : 4);
};
/** The end of a scale: a round number, or a unit's own peak to two digits. */
const endText = (v) => (v > 0 ? "+" : "") + (v % 1 === 0 ? num(v, 0) : minus(String(Number(v.toPrecision(2)))));
const quantityOf = (trace, key) => trace.card.quantities.find((q) => q.key === key);
const layerOf = (trace, layer) => Math.min(layer, trace.start.layers - 1);

/** The largest |value| of a unit, the same unit of one network in every run of it. */
const ownPeak = (traces, layer, key) => (unit) => Math.max(...traces.map((trace) => unitPeak(trace, layer, key, unit)));

/**
 * parts: { kind: "run", trace, key, name, sub, tokens, says, differs } (tokens, says: whether it has such rows; differs: steps to mark in them), { kind: "difference", a, b, key, name },
 * { kind: "size", a, b, key, name, sizes } (a line over the steps), { kind: "unit", trace, key } (the selected unit's line under its run). show(parts) draws them.
 */
export function createStage({ stage, labels, scales }, store) {
  const plot = h("div", { class: "runs-plot", role: "img" });
  const bars = h("div", { class: "runs-bars" });
  const steps = svg("svg", { class: "steprows", "aria-hidden": "true" });
  stage.append(plot, bars, steps);
  let parts = [];
  let placed = [];
  let looks = [];
  let readouts = [];
  let nodes = [];
  let last = -1;

  /** The order of a part's rows: that of the score is of the units of its own network. */
  const orderOf = ({ trace, a }) => ((trace ?? a).card === store.get().card ? store.get().rows : null);
  const unitOf = ({ trace, a }) => Math.min(store.get().unit, (trace ?? a).hidden - 1);

  const heights = ({ strip, k, narrow }) => {
    const [tokens, says, name] = [strip.chipHeight + 4 * k, (strip.stacked ? 34 : 24) * k, narrow ? 15 * k : 0];
    return parts.map((part) => ({
      head: name + (part.tokens ? tokens : 0) + (part.says ? says : 0), tokens, says, name,
      ...(part.kind === "size" || part.kind === "unit" ? { height: (part.kind === "size" ? 56 : 36) * k } : { rows: (part.trace ?? part.a).hidden }),
    }));
  };

  const lookOf = (part, layer, scale) => {
    if (part.kind === "size") return { low: 0, high: roundEnd(Math.max(...part.sizes)) };
    if (part.kind === "difference") {
      const end = roundEnd(differencePeak(part.a, part.b, layer, part.key));
      return { low: -end, high: end };
    }
    const same = parts.filter((one) => one.kind === "run" && one.key === part.key).map((one) => one.trace);
    const look = sharedLimits(same, part.key, part.kind === "unit" && scale === "unit" ? "run" : scale);
    return { ...look, own: look.own && ownPeak(same.filter(({ card }) => card === part.trace.card), layer, part.key) };
  };

  function figure() {
    const { geo, window, layer, unit, present } = store.get();
    if (!geo || !window || !parts.length || placed.length !== parts.length) return null;
    const height = placed.at(-1).top + placed.at(-1).height;
    const width = present ? 3 : 2;
    const panels = parts.map((part, n) => {
      const place = { top: placed[n].top, height: placed[n].height };
      const [look, key] = [looks[n], part.key];
      const about = { layer: layerOf(part.trace ?? part.a, layer), key, window, place };
      const ordered = (panel) => ({ ...panel, z: inRows(orderOf(part), panel.z) });
      if (part.kind === "run") return ordered(runPanel(part.trace, { ...about, look }));
      if (part.kind === "difference") return ordered(differencePanel(part.a, part.b, { ...about, end: look.high }));
      const color = rgb(resolve("var(--q)", `q-${key}`));
      const [at, arrived] = part.kind === "size" ? [(t) => part.sizes[t], part.sizes.length] : [(t) => part.trace.value(layerOf(part.trace, layer), key, t, unitOf(part)), part.trace.arrived];
      const room = 0.06 * (look.high - look.low);
      return { name: part.kind, ...place, range: [look.low - room, look.high + room], lines: [lineOver(at, window, arrived, { color, width, name: key })], grid: [{ y: 0, color: rgb(resolve("var(--line2)")) }] };
    });
    return { geo, window, height, panels };
  }
  const chart = panelsChart(plot, figure);

  /* ---------- rows of words ---------- */

  /** Where the selected unit's row stands in a stave, px. */
  const rowAt = (part, { top, height }) => {
    const { hidden } = part.trace ?? part.a;
    return { y: store.get().geo.stavesTop + rowTop({ top, height, from: 0, to: hidden }, rowOf(orderOf(part), unitOf(part))), height: Math.max(2, height / hidden) };
  };

  const clear = (s, t) => s.trace && t < s.trace.arrived;

  function drawSteps() {
    const { geo, view } = store.get();
    last = -1;
    nodes = [];
    steps.setAttribute("width", geo.width);
    steps.setAttribute("height", geo.bottom);
    const all = parts.flatMap((part, n) => {
      if (!part.tokens && !part.says) return [];
      const top = geo.stavesTop + placed[n].head + placed[n].parts.name;
      const rows = geo.strip.tokens.map((y) => y - geo.strip.chip + top);
      const said = top + (part.tokens ? placed[n].parts.tokens : 0) + 16 * geo.k;
      return Array.from({ length: view.to - view.from }, (_, i) => view.from + i).flatMap((t) => {
        if (!clear(part, t)) return [];
        const differs = part.differs?.has(t);
        const box = differs ? svg("rect", { class: "differs", x: geo.x(t) + 1, y: top + 1, width: geo.cw - 3, height: geo.strip.chipHeight - 2, rx: 2 }) : null;
        const made = [part.tokens ? tokenNode(part.trace, t, geo, rows) : null, part.says ? saysNode(part.trace, t, geo, { said, answer: null }) : null].filter(Boolean);
        for (const node of made) {
          node.dataset.t = t;
          nodes.push({ t, node });
        }
        return [box, ...made].filter(Boolean);
      });
    });
    steps.replaceChildren(...all);
  }

  /* ---------- margins ---------- */

  const quantityName = (q, small) => h("span", { class: `of q-${q.key}` }, h("i", { class: "m" }, q.symbol), small ? "" : h("small", {}, quantityWord(q)));

  function drawLabels() {
    const { geo, layer, unit } = store.get();
    const made = parts.flatMap((part, n) => {
      const [place, { k }] = [placed[n], geo];
      const at = (y, ...content) => h("div", { class: "runs-name", style: `top:${px(geo.stavesTop + y)}` }, ...content);
      const own = quantityOf(part.trace ?? part.a, part.key);
      const q = { ...own, symbol: { size: `|Δ${own.symbol}|`, difference: `Δ${own.symbol}` }[part.kind] ?? own.symbol };
      if (part.kind === "unit") return [at(place.top, h("small", {}, word("cell.unit", { u: unitOf(part) })))];
      const named = geo.narrow ? [at(place.head, h("b", {}, part.name), " ", h("small", {}, part.sub ?? "")), at(place.top, quantityName(q, true))] : [at(place.top - 2 * k, h("b", {}, part.name), h("small", {}, part.sub ?? ""), quantityName(q, place.height < 62 * k || part.kind !== "run"))];
      const row = (key, y) => (geo.narrow ? [] : [h("span", { class: "runs-row", style: `top:${px(geo.stavesTop + y)}` }, word(key))]);
      const says = part.says ? row(part.trace.card.alphabet ? "score.says" : "score.answers", place.top - place.parts.says + 11 * k) : [];
      const tokens = part.tokens ? row(part.trace.card.alphabet ? "score.token" : part.trace.card.input_size === 1 ? "score.number" : "score.value", place.head + place.parts.name + place.parts.tokens / 2) : [];
      const mark = part.kind === "size" || geo.narrow ? null : rowAt(part, place);
      const number = mark ? [h("span", { class: "runs-row number", style: `top:${px(mark.y + mark.height / 2)}` }, String(unitOf(part)))] : [];
      return [...named, ...tokens, ...says, ...number];
    });
    const lines = parts.slice(1).map((part, n) => (part.kind === "unit" ? null : h("i", { class: "runs-line", style: `top:${px(geo.stavesTop + placed[n + 1].head - 5 * geo.k)}` })));
    labels.replaceChildren(...made, ...lines.filter(Boolean));
    labels.dataset.layer = layer;
  }

  /** The ends of a part's scale for the selected unit: its own where each unit has one. */
  function reach(part, { low, high, own }) {
    if (!own) return { low, high };
    const peak = own(unitOf(part));
    return { low: -peak, high: peak };
  }

  function drawScales() {
    const { geo } = store.get();
    readouts = parts.map((part, n) => {
      const { top, height } = placed[n];
      const q = quantityOf(part.trace ?? part.a, part.key);
      const { low, high } = reach(part, looks[n]);
      const ends = fromZero(q) && part.kind !== "difference" ? ["1", "0"] : [endText(high), low === 0 ? "0" : endText(low)];
      const y = geo.stavesTop + top;
      const now = h("span", { class: `now q-${q.key}` });
      const lims = ends.map((text, e) => h("span", { class: "lim", style: `top:${px(y + (e ? height - 9 * geo.k : 0))}` }, text));
      const ramp = part.kind === "run" || part.kind === "difference" ? [h("span", { class: `ramp q-${q.key}`, style: `top:${px(y)};height:${px(height)};background:${gradient(part.kind === "difference" ? { key: q.key, min: null } : q)}` })] : [];
      return { part, q, now, lims, low, high, all: [...ramp, ...lims, now] };
    });
    scales.replaceChildren(...readouts.flatMap(({ all }) => all));
  }

  /** The selected unit's value in every run at the step, and of a line its value. */
  function valueOf(part, { layer, unit, t }) {
    const of = (trace) => (clear({ trace }, t) ? trace.value(layerOf(trace, layer), part.key, t, Math.min(unit, trace.hidden - 1)) : NaN);
    if (part.kind === "size") return part.sizes[t] ?? NaN;
    return part.kind === "difference" ? of(part.b) - of(part.a) : of(part.trace);
  }

  function tell() {
    const state = store.get();
    const { geo } = state;
    readouts.forEach(({ part, q, now, lims, low, high }, n) => {
      const v = valueOf(part, state);
      const { top, height } = placed[n];
      now.hidden = Number.isNaN(v);
      if (now.hidden) return;
      const y = Math.max(4 * geo.k, Math.min(height - 4 * geo.k, ((high - v) / (high - low)) * height));
      setText(now, q.max === null || part.kind === "difference" || part.kind === "size" ? brief(v) : short(v, [q.min, q.max]));
      now.title = part.kind === "run" ? exact(v) : String(v).replace("-", "−");
      now.style.top = px(geo.stavesTop + top + y);
      lims.forEach((lim, e) => { lim.style.visibility = (e ? height - y : y) < 15 * geo.k ? "hidden" : ""; });
    });
  }

  const move = () => {
    const { t } = store.get();
    for (const { t: at, node } of nodes) if (last < 0 || (at > last) !== (at > t)) node.classList.toggle("future", at > t);
    last = t;
    tell();
  };

  function show(next) {
    parts = next;
    const { geo, view, window, layer, unit, scale } = store.get();
    stage.hidden = !parts.length;
    if (!geo || !view || !window || !parts.length) {
      for (const node of [steps, labels, scales, bars]) node.replaceChildren();
      return;
    }
    const sizes = heights(geo);
    placed = stack(sizes, geo.bottom - geo.stavesTop - 4 * geo.k, 10 * geo.k, Math.floor(22 * geo.k)).map((place, n) => ({ ...place, parts: sizes[n] }));
    looks = parts.map((part) => lookOf(part, layerOf(part.trace ?? part.a, layer), scale ?? "task"));
    plot.style.top = px(geo.stavesTop);
    plot.setAttribute("aria-label", parts.map(({ name, kind }) => name ?? kind).join(", "));
    const staves = parts.flatMap((part, n) => (part.kind === "run" || part.kind === "difference" ? [{ part, place: placed[n] }] : []));
    bars.replaceChildren(...staves.flatMap(({ part, place }) => [
      ...(geo.cw < 10 ? [] : [h("i", { class: "bars", style: `top:${px(geo.stavesTop + place.top)};left:${px(window.from * geo.cw)};width:${px((window.to - window.from) * geo.cw)};height:${px(place.height)}` })]),
      h("i", { class: "runs-unit", style: `top:${px(rowAt(part, place).y - 1)};width:${px(geo.width)};height:${px(rowAt(part, place).height + 2)}` }),
    ]));
    drawSteps();
    drawLabels();
    drawScales();
    move();
    chart();
  }

  /** Other columns are in view: their words alone are drawn anew. */
  function scrolled() {
    if (!parts.length || placed.length !== parts.length || !store.get().view) return;
    drawSteps();
    move();
  }

  return { show, move, scrolled };
}
