/* The columns of the score before and after the edits: what the network said then and what is right, difference staves, the selected unit's lines. Draws with charts/; knows runs, not how an edit is made. */

import { differencePanel, differencePeak, lineOver, roundEnd, runPanel, sharedLimits, stack } from "../charts/runs.js";
import { panelsChart } from "../charts/panels.js";
import { gradient, resolve, rgb } from "../charts/ramps.js";
import { h, setText } from "../dom.js";
import { bounded, exact, minus, num, sgn } from "../format.js";
import { inRows, rowOf } from "../geometry.js";
import { fromZero } from "../scale.js";
import { word } from "../words.js";
import { ROW, saidRows } from "./saidrows.js";

/** px at the page's base size: a line of words over a part, the selected unit's lines and the most they take, the air between parts. */
const [HEAD, LINES, MOST_LINES, GAP] = [17, 66, 160, 10];

/** The parts of the stage, top first: { kind: "before" | "after" | "difference" | "lines", q }. which is a quantity's key, or null for the states. */
function partsOf(card, which, edited) {
  const chosen = card.quantities.filter((q) => (which === null ? q.kind === "state" : q.key === which));
  const staves = !edited ? ["after"] : which === null && chosen.length > 1 ? ["difference"] : ["before", "after", "difference"];
  return chosen.flatMap((q) => [...staves, "lines"].map((kind) => ({ kind, q })));
}

/** The ends of a chart of lines, with some air. */
function rangeOf(traces, layer, key, unit) {
  let [low, high] = [0, 0];
  for (const trace of traces) for (let t = 0; t < trace.arrived; t++) [low, high] = [Math.min(low, trace.value(layer, key, t, unit)), Math.max(high, trace.value(layer, key, t, unit))];
  if (high === low) high = 1;
  const air = 0.06 * (high - low);
  return [low - air, high + air];
}

/** How many digits a number beside a part has: two, more on a small scale and fewer on a large one. */
const digitsIn = ({ high, range }) => Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(high ?? Math.max(...range.map(Math.abs))))));

const bound = (v) => minus(String(Number(v.toPrecision(3))));

export function whatifStage({ stage, labels, scales }, store, choice) {
  const plot = h("div", { class: "whatif-plot", role: "img" });
  const ground = h("div", { class: "whatif-ground" });
  const words = h("div", { class: "whatif-words" });
  const said = saidRows();
  stage.append(ground, plot, said.node, words);
  let parts = [];
  let readouts = [];
  let laid = null; // the card whose quantities the parts are of

  /** What stands on the stage now, or null while something of it is missing. */
  function state() {
    const s = store.get();
    if (!s.trace || !s.geo || !s.window || !s.view || s.trace.card !== s.card || !s.lang) return null;
    return { ...s, edited: s.before !== null, traces: s.before ? [s.before, s.trace] : [s.trace] };
  }

  const topOf = (now) => now.geo.stavesTop + said.rows(now).length * ROW * now.geo.k;

  function place(now) {
    const { geo, trace, card, edited } = now;
    const { k } = geo;
    const top = topOf(now);
    const list = partsOf(card, choice.which(), edited);
    const shape = list.map(({ kind }) => ({ head: HEAD * k, ...(kind === "lines" ? { height: LINES * k } : { rows: trace.hidden }) }));
    const room = geo.bottom - top - 2 * k;
    const places = stack(shape, room, GAP * k);
    let shift = 0; // what whole rows leave over goes to the lines
    const spare = Math.floor((room - places.at(-1).top - places.at(-1).height) / list.filter(({ kind }) => kind === "lines").length);
    places.forEach((one, n) => {
      for (const at of ["head", "top"]) one[at] += shift;
      if (list[n].kind !== "lines") return;
      const more = Math.max(0, Math.min(spare, Math.round(MOST_LINES * k - one.height)));
      one.height += more;
      shift += more;
    });
    laid = card;
    parts = list.map((part, n) => ({ ...part, ...places[n], ...endsOf(part, now) }));
    return top;
  }

  /** Colour scale or range of a part. */
  function endsOf({ kind, q }, { traces, layer, unit, scale, before, trace }) {
    if (kind === "lines") return { range: rangeOf(traces, layer, q.key, unit) };
    if (kind === "difference") {
      const peak = differencePeak(before, trace, layer, q.key);
      const end = roundEnd(peak);
      return { peak, low: -end, high: end };
    }
    return sharedLimits(traces, q.key, scale === "unit" ? "run" : (scale ?? "task"));
  }

  function panels({ traces, layer, unit, rows, window, before, trace, present }) {
    const hue = (q) => rgb(resolve("var(--q)", `q-${q.key}`));
    const wide = present ? 1.6 : 1;
    return parts.map((part) => {
      const { kind, q, top, height } = part;
      const about = { layer, key: q.key, window, place: { top, height } };
      if (kind !== "lines") {
        const made = kind === "difference" ? differencePanel(before, trace, { ...about, end: part.high }) : runPanel(kind === "before" ? before : trace, { ...about, look: part });
        return { ...made, name: `${kind} ${q.key}`, z: inRows(rows, made.z) };
      }
      const line = (run, look) => lineOver((t) => run.value(layer, q.key, t, unit), window, run.arrived, { name: q.key, ...look });
      const lines = traces.map((run, n) => line(run, n < traces.length - 1 ? { color: rgb(resolve("var(--ink2)")), width: 1.25 * wide, dash: "dot" } : { color: hue(q), width: 2.25 * wide }));
      return { name: `lines ${q.key}`, top, height, lines, range: part.range, grid: [{ y: 0, color: rgb(resolve("var(--line2)")) }] };
    });
  }

  const ask = panelsChart(plot, () => {
    const now = state();
    if (!now || now.scale === null || (now.edits.length > 0) !== now.edited) return null;
    const top = place(now);
    lay(now, top);
    plot.style.top = `${top}px`;
    plot.setAttribute("aria-label", word(now.edited ? "whatif.stage" : "whatif.stagePlain", { symbols: [...new Set(parts.map(({ q }) => q.symbol))].join(" "), unit: now.unit, n: now.trace.length }));
    return { geo: now.geo, window: now.window, height: parts.at(-1).top + parts.at(-1).height, panels: panels(now) };
  });

  /* ---------- words, scales and numbers around the panels ---------- */

  const textOf = ({ kind, q, peak }, { unit, edited }) => word(kind === "difference" && peak === 0 ? "whatif.part.same" : kind === "lines" && !edited ? "whatif.part.line" : `whatif.part.${kind}`, { symbol: q.symbol, unit });

  function lay(now, top) {
    const { geo, unit, trace, rows } = now;
    const { k } = geo;
    const rowAt = (part) => ({ y: top + part.top + (rowOf(rows, unit) * part.height) / trace.hidden, height: Math.max(2, part.height / trace.hidden) });
    const staves = parts.filter(({ kind }) => kind !== "lines");
    words.replaceChildren(
      ...parts.map((part) => h("div", { class: `head-of q-${part.q.key}`, style: `top:${top + part.head}px;width:${geo.width}px` }, h("span", {}, textOf(part, now)))),
      ...staves.map((part) => { const { y, height } = rowAt(part); return h("div", { class: "row-of", style: `top:${y - 1}px;height:${height + 2}px;width:${geo.width}px` }); }),
    );
    ground.replaceChildren(...staves.map((part) => h("i", { style: `top:${top + part.top}px;height:${part.height}px;width:${geo.width}px` })));
    labels.replaceChildren(
      ...parts.map((part) => h("span", { class: `name q-${part.q.key}`, style: `top:${top + part.top + part.height / 2}px` }, part.kind === "difference" ? "Δ" : "", h("i", { class: "m" }, part.q.symbol), ...(part.kind === "lines" ? [h("sub", {}, String(unit))] : []))),
      ...staves.map((part) => h("span", { class: "unit-of", style: `top:${rowAt(part).y + rowAt(part).height / 2}px` }, geo.narrow ? "" : String(unit))),
      ...said.rows(now).map((name, n) => h("span", { class: "row-name", style: `top:${geo.stavesTop + (n + 0.5) * ROW * k}px` }, word(`whatif.row.${name}${geo.narrow ? ".short" : ""}`))),
    );
    readouts = parts.map((part) => ({ part, node: h("span", { class: `now q-${part.q.key}` }), old: h("span", { class: "now old" }), ends: part.kind === "lines" ? [] : [h("span", { class: "lim", style: `top:${top + part.top}px` }), h("span", { class: "lim low", style: `top:${top + part.top + part.height}px` })] }));
    scales.replaceChildren(
      ...readouts.filter(({ ends }) => ends.length).flatMap(({ part, ends }) => {
        const [high, low] = part.kind === "difference" ? [sgn(part.high, 3).replace(/\.?0+$/, ""), minus(bound(part.low))] : fromZero(part.q) ? ["1", "0"] : [`+${bound(part.high)}`, bound(part.low)];
        const about = part.kind === "difference" ? { key: part.q.key, min: null, max: null } : part.q;
        setText(ends[0], high);
        setText(ends[1], low);
        return [h("span", { class: `ramp q-${part.q.key}`, style: `top:${top + part.top}px;height:${part.height}px;background:${gradient(about)}` }), ...ends];
      }),
      ...readouts.flatMap(({ node, old }) => [node, old]),
    );
    move();
  }

  /** The selected unit's numbers at this step, beside each part. */
  function move() {
    const now = state();
    if (!now || now.card !== laid) return;
    const { t, layer, unit, before, trace, geo } = now;
    const top = topOf(now);
    const value = (run, q) => (run && t < run.arrived ? run.value(layer, q.key, t, unit) : null);
    for (const { part, node, old, ends } of readouts) {
      const [a, b] = [value(before, part.q), value(trace, part.q)];
      const v = { before: a, after: b, lines: b, difference: a === null || b === null ? null : b - a }[part.kind];
      node.hidden = v === null;
      old.hidden = part.kind !== "lines" || a === null;
      if (v === null) continue;
      const digits = digitsIn(part);
      const brief = (x) => (part.q.max === null ? num(x, digits) : bounded(x, 2, [part.q.min, part.q.max]));
      setText(node, part.kind !== "difference" ? brief(v) : v === 0 ? "0" : sgn(v, digits));
      node.title = part.kind === "difference" ? minus(String(Math.fround(v))) : exact(v);
      const middle = top + part.top + part.height / 2;
      if (part.kind !== "lines") {
        const f = (part.high - v) / (part.high - part.low);
        const y = Math.max(5 * geo.k, Math.min(part.height - 5 * geo.k, f * part.height));
        node.style.top = `${top + part.top + y}px`;
        ends.forEach((end, e) => { end.style.visibility = (e ? part.height - y : y) < 19 * geo.k ? "hidden" : ""; });
        continue;
      }
      node.style.top = `${middle + (a === null ? 0 : 8 * geo.k)}px`;
      if (a === null) continue;
      setText(old, brief(a));
      old.title = exact(a);
      old.style.top = `${middle - 8 * geo.k}px`;
    }
  }

  const draw = () => {
    const now = state();
    if (!now || (now.edits.length > 0) !== now.edited) return; // the last picture stays until the run without edits is there
    said.draw(now);
    ask();
  };
  store.watch((s) => [s.trace, s.before, s.running, s.geo, s.window, s.layer, s.unit, s.rows, s.shows, s.scale, s.theme, s.present, s.lang, s.seen, s.charts], draw);
  store.watch((s) => [s.view, s.arrived], () => { const now = state(); if (now && (now.edits.length > 0) === now.edited) said.draw(now); });
  store.watch((s) => s.t, move);
}
