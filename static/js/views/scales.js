/* Left and right of the score: names of the staves, the selected unit's number, and the colour ramps that are readouts of its value now. */

import { $, h, rebuild, setText, svg } from "../dom.js";
import { endText, onScale } from "../digits.js";
import { bounded, exact, num } from "../format.js";
import { gradient } from "../charts/ramps.js";
import { fromZero, hasScales, limits, unitPeak } from "../scale.js";
import { lineY, tickText, ticks } from "../charts/lines.js";
import { rowOf, rowTop, spread, unitAt } from "../geometry.js";
import { quantityWhat, quantityWord } from "../names.js";
import { word } from "../words.js";

const NEXT_SCALE = { task: "run", run: "unit", unit: "task" };
const px = (v) => `${v}px`;

/** What a row of the strip holds. */
const inputWord = (trace, n) => word(trace.card.alphabet ? "score.token" : trace.card.input_size === 1 ? "score.number" : trace.isMarker(n) ? "score.marker" : "score.value");

export function scalesView(store, actions) {
  const labels = $("#labels");
  const scales = $("#scales");
  let units = [];
  let readouts = [];

  const nameOf = (q, n, geo) => {
    const zoomed = store.get().zoomed === n;
    const { top, height } = geo.staves[n];
    return h("button", {
      class: `name q-${q.key}`, type: "button", dataset: { key: `name ${n}` }, style: `top:${geo.stavesTop + top + height / 2}px;translate:0 -50%`, "aria-pressed": String(zoomed), title: [quantityWhat(q, store.get().card.cell), word(zoomed ? "score.unzoom" : "score.zoom", { name: quantityWord(q) })].filter(Boolean).join("\n"),
      on: { click: () => store.set({ zoomed: zoomed ? null : n }) },
    }, h("span", { class: height > 26 * geo.k ? "msym" : "msym small" }, q.symbol), height > 30 * geo.k ? h("small", {}, quantityWord(q)) : "");
  };

  const turn = (by) => h("button", { type: "button", dataset: { key: `turn ${by}` }, "aria-label": word(by < 0 ? "cell.unit_previous" : "cell.unit_next"), on: { click: () => actions.turnUnit(by) } }, by < 0 ? "‹" : "›");

  const drawLabels = () => {
    const { geo, card, trace, unit, lang } = store.get();
    if (!geo || !card || !trace || !lang || geo.staves.length !== card.quantities.length) return;
    units = card.quantities.map((q, n) => h("span", { class: "unitno", "aria-hidden": "true" }));
    const head = (text, y, wide) => h("span", { class: wide ? "row wide" : "row", style: `top:${y}px` }, text);
    const panels = store.get().linePanels;
    rebuild(labels,
      head(word("score.step"), geo.strip.step - 4 * geo.k, true), ...geo.strip.tokens.map((y, n) => head(inputWord(trace, n), y - 6 * geo.k, true)),
      head(word(card.alphabet ? "score.says" : "score.answers"), geo.strip.said - 5 * geo.k, true), ...(geo.strip.answer === null ? [] : [head(word("score.answer"), geo.strip.answer - 5 * geo.k, true)]),
      ...card.quantities.map((q, n) => nameOf(q, n, geo)), ...units,
      ...card.quantities.flatMap((q, n) => (hasScales(q) && geo.staves[n].height > 40 * geo.k ? [scaleToggle(q, geo.staves[n], geo)] : [])),
      ...(panels ?? []).flatMap((p) => ticks(p).map((v) => head(tickText(v), geo.lines.top + lineY(panels, p.keys[0], v, geo.lines.height)))),
      ...rowNumbers(geo),
      geo.narrow ? h("span", { class: "lines narrow", style: `top:${geo.lines.top - 19}px` }, turn(-1), h("b", {}, word("score.unitOverTime", { unit })), turn(1))
        : h("span", { class: "lines", style: `top:${geo.lines.top + geo.lines.height / 2}px` }, h("b", {}, word("score.unit", { unit })), word("score.overTime")),
    );
    placeUnits();
  };

  /** The numbers of an enlarged stave's rows. */
  const rowNumbers = (geo) => {
    const { zoomed, unit, rows } = store.get();
    const stave = zoomed === null ? null : geo.staves[zoomed];
    if (!stave || stave.height / (stave.to - stave.from) < 11 * geo.k) return [];
    const all = Array.from({ length: stave.to - stave.from }, (_, n) => stave.from + n);
    const below = (n) => (rowTop(stave, n + 0.5) - stave.top - stave.height / 2) / geo.k;
    // the name, where the margin is narrow, and the word for the scale under it have no room for a number beside them
    const free = (n) => (geo.narrow ? below(n) < -16 || below(n) > 26 : Math.abs(below(n) - 32) > 8);
    return all.filter((n) => unitAt(rows, n) !== unit && free(n)).map((n) => h("span", { class: "row", style: `top:${geo.stavesTop + rowTop(stave, n + 0.5)}px` }, String(unitAt(rows, n))));
  };

  const placeUnits = () => {
    const { geo, unit, rows } = store.get();
    units.forEach((node, n) => {
      setText(node, geo.narrow ? "" : String(unit));
      node.style.top = px(geo.stavesTop + rowTop(geo.staves[n], rowOf(rows, unit) + 0.5));
    });
  };

  const scaleToggle = (q, { top, height }, geo) => {
    const { trace } = store.get();
    const scale = store.get().scale ?? "task";
    const { widened } = limits(q, trace, scale);
    const tight = !geo.narrow && height <= 60 * geo.k;
    const at = geo.stavesTop + top + height / 2 + (tight ? -12 : geo.narrow ? 14 : 25) * geo.k;
    const choose = () => store.set({ scale: NEXT_SCALE[scale], scaleChosen: true });
    return h("button", { class: tight ? "how beside" : "how", type: "button", dataset: { key: "how" }, style: `top:${at}px`, title: word(`scale.${scale}.title`), on: { click: choose } }, word(geo.narrow || tight ? `scale.${scale}.short` : widened ? "scale.wider" : `scale.${scale}`));
  };

  const drawScales = () => {
    const { geo, card, trace, scale, linePanels: panels, layer, unit, arrived, lang } = store.get();
    if (!geo || !card || !trace || !lang || geo.staves.length !== card.quantities.length) return;
    const parts = [];
    readouts = card.quantities.map((q, n) => {
      const stave = geo.staves[n];
      const own = scale === "unit" && hasScales(q);
      const { low, high, widened, known } = limits(q, trace, scale ?? "task");
      const at = geo.stavesTop + stave.top;
      const sign = (v) => (fromZero(q) ? num(v, 0) : endText(v));
      const reach = own ? unitPeak(trace, layer, q.key, unit) : high;
      const words = own ? ["+" + onScale(reach, reach), onScale(-reach, reach)] : [sign(high), sign(low)];
      const why = widened && !own ? word("scale.widened", { from: num(known, 1), to: num(high, 1) }) : null;
      const lims = words.map((text, e) => h("span", { class: "lim", style: `top:${at + (e ? stave.height - 9 * geo.k : 0)}px`, title: why }, text));
      const now = h("span", { class: `now q-${q.key}` });
      const tall = stave.height > 26 * geo.k;
      if (!tall) lims.length = 0;
      parts.push(!tall ? "" : h("span", { class: `ramp q-${q.key}`, style: `top:${at}px;height:${stave.height}px;background:${gradient(q)}` }), ...lims, now);
      return { q, stave, now, lims, low: own ? -reach : low, high: reach };
    });
    if (panels && arrived) parts.push(...ends(geo, card, trace, panels, layer, unit, arrived));
    scales.replaceChildren(...parts.filter(Boolean));
    show();
  };

  const ends = (geo, card, trace, panels, layer, unit, arrived) => {
    const lastShown = Math.min(arrived, trace.length) - 1;
    const ys = card.quantities.map((q) => geo.lines.top + lineY(panels, q.key, trace.value(layer, q.key, lastShown, unit), geo.lines.height));
    const at = spread(ys, 17 * geo.k, geo.lines.top + 6 * geo.k, geo.bottom - 4 * geo.k);
    const leaders = svg("svg", { width: 12, height: geo.bottom, "aria-hidden": "true" }, ...card.quantities.map((q, n) => svg("line", { class: `leader q-${q.key}`, x1: 3 - geo.cw / 2, y1: ys[n], x2: 9, y2: at[n] })));
    return [geo.fits && !geo.narrow ? leaders : "", ...card.quantities.map((q, n) => h("span", { class: `endlabel q-${q.key}`, style: `top:${at[n]}px`, "aria-hidden": "true" }, q.symbol))].filter(Boolean);
  };

  const show = () => {
    const { geo, trace, layer, unit, t, arrived } = store.get();
    if (!trace || t >= arrived) return;
    for (const { q, stave, now, lims, low, high } of readouts) {
      const v = trace.value(layer, q.key, t, unit);
      const f = (high - v) / (high - low);
      const y = Math.max(0, Math.min(1, f)) * stave.height;
      setText(now, q.max === null ? onScale(v, high) : bounded(v, 2, [q.min, q.max]));
      now.title = exact(v);
      now.style.top = px(geo.stavesTop + stave.top + Math.max(4 * geo.k, Math.min(stave.height - 4 * geo.k, y)));
      lims.forEach((lim, e) => { lim.style.visibility = (e ? stave.height - y : y) < 15 * geo.k ? "hidden" : ""; });
    }
  };

  store.watch((s) => [s.geo, s.card, s.lang, s.linePanels, s.unit, s.rows, s.scale], drawLabels);
  store.watch((s) => [s.geo, s.card, s.lang, s.linePanels, s.scale, s.running, s.layer, s.theme], drawScales);
  store.watch((s) => s.t, show);

  return { y: (key, v, height) => (store.get().linePanels ? lineY(store.get().linePanels, key, v, height) : 0) };
}
