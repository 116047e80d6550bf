/* The memory's triangle on the stage: its chart, the names of its rows, the outline of the chosen writer, and a number for the step at the playhead beside each row below. Shows what it is given. */

import { memoryChart, memoryPlaces, rowsThatFit } from "../charts/memory.js";
import { gradient } from "../charts/ramps.js";
import { brief, fit } from "../digits.js";
import { $, h, setText } from "../dom.js";
import { exactTips } from "../exact.js";
import { exact, num, sgn, visible } from "../format.js";
import { pieces } from "../formula.js";
import { digitsFor, triangleRows } from "./ledger.js";
import { word } from "../words.js";

/** Pointer moves less than this between press and release are a click, px. */
const STILL = 4;
/** So many characters of a token have room beside its step's number; of one of several numbers, each gets so many. */
const [ROOM, EACH] = [6, 5];

export function triangleStage({ stage, labels, scales }, store, choose) {
  const plot = h("div", { class: "triangle", role: "img" });
  const lines = h("div", { class: "lines" });
  const ring = h("div", { class: "chosen", hidden: true });
  const [ground, names, margin] = [h("div", {}, lines, plot, ring), h("div"), h("div")];
  stage.append(ground);
  labels.append(names);
  scales.append(margin);
  const tips = exactTips(stage);
  let held = null; // what is shown: the ledger with its rows and places
  let readouts = [];

  const chart = memoryChart(plot, () => (held && held.geo === store.get().geo ? held : null));

  /** The steps that are drawn, and those of them that can be seen. */
  const columns = ({ trace, geo, view }) => {
    const from = Math.min(view.from, trace.length - 1);
    const to = Math.min(view.to, trace.length);
    const first = Math.floor($("#columns").scrollLeft / geo.cw);
    return { window: { from, to }, seen: { from: Math.max(from, first), to: Math.min(to, Math.ceil(first + geo.room / geo.cw)) } };
  };

  function draw(ledger, also) {
    const state = store.get();
    const { geo, trace, view } = state;
    if (!geo || !view || !ledger || ledger.trace !== trace) return;
    const { identity, memory, limits } = ledger;
    const { window, seen } = columns(state);
    const triangle = triangleRows(memory, { ...window, seen, most: rowsThatFit(geo, identity.keeper !== null), also });
    const places = memoryPlaces(geo, triangle.writers.length, triangle.rest !== null, identity.keeper !== null);
    const low = identity.writer.min === 0 ? 0 : -identity.writer.max;
    const slice = (list) => list.slice(window.from, window.to);
    held = {
      ledger, geo, window, places, triangle, left: { quantity: identity.quantity, low: -limits.left, high: limits.left }, sum: { quantity: identity.quantity, low: -limits.sum, high: limits.sum },
      kept: identity.keeper && { quantity: identity.keeper, low: 0, high: 1, values: slice(memory.kept) },
      wrote: { quantity: identity.writer, low, high: identity.writer.max, values: slice(memory.wrote) },
    };
    plot.style.top = `${places.top}px`;
    plot.setAttribute("aria-label", word("memory.triangle", { u: ledger.unit, n: trace.length, rows: triangle.writers.length, table: word("memory.who") }));
    name();
    chart();
  }

  function name() {
    const { geo, places, triangle, ledger, left, sum, kept, wrote } = held;
    const { trace, identity } = ledger;
    const { k } = geo;
    const middle = (y, height) => `top:${y + height / 2}px`;
    const rowAt = (n) => places.top + n * places.height;
    const writer = (s, n) => h("span", { class: "writer", dataset: { place: s + 1 }, style: middle(rowAt(n), places.height) },
      h("small", {}, s < 0 ? "" : String(s)), s < 0 ? h("b", { class: "before" }, word("memory.before")) : label(trace, s));
    const under = (tree, text, [y, height]) => h("span", { class: "under", style: middle(y, height) }, h("span", { class: "of" }, ...pieces(tree).map((p) => (p.kind === "var" ? h("i", { class: `m q-${p.name}` }, identity.quantities.get(p.name)?.symbol ?? p.name) : p.text.replaceAll(" ", "")))), h("small", {}, text));
    names.replaceChildren(
      ...(geo.narrow ? [] : [h("span", { class: "about", style: `top:${places.top}px;--high:${places.height}px` }, word("memory.writtenAt"))]),
      ...triangle.writers.map(writer),
      ...(places.rest ? [h("span", { class: "under rest", style: middle(...places.rest), title: word("memory.others.why", { n: triangle.others }) }, h("small", {}, word(geo.narrow ? "memory.others.short" : "memory.others", { n: triangle.others })))] : []),
      under({ op: "var", name: identity.state }, word("memory.sum"), places.sum),
      ...(kept ? [under(identity.keep, word("memory.kept"), places.kept)] : []), under(identity.write, word("memory.wrote"), places.wrote),
    );
    lines.replaceChildren(...triangle.writers.map((s, n) => h("i", { style: `top:${rowAt(n)}px;width:${n === 0 ? 0 : geo.x(Math.max(0, s))}px` })));
    readouts = [
      { q: identity.quantity, at: sum.high === left.high ? places.sum : [places.sum[0], places.sum[1] - 11 * k], read: (t) => ledger.total(t), write: (v) => sgn(v, digitsFor(ledger.limits.left)) },
      ...(kept ? [{ q: kept.quantity, at: places.kept, read: (t) => ledger.memory.kept[t], write: (v) => brief(v, [0, 1]) }] : []),
      { q: wrote.quantity, at: places.wrote, read: (t) => ledger.memory.wrote[t], write: (v) => (wrote.low < 0 ? sgn(v, 2) : num(v, 2)) },
    ].map((one) => ({ ...one, node: h("span", { class: `now q-${one.q.key}`, style: middle(...one.at) }) }));
    const high = Math.min(places.rows * places.height, 160 * k);
    const lim = (text, y) => h("span", { class: "lim", style: `top:${y}px`, title: word("memory.scale", { limit: `±${left.high}` }) }, text);
    margin.replaceChildren(
      h("span", { class: `ramp q-${identity.state}`, style: `top:${places.top}px;height:${high}px;background:${gradient(identity.quantity)}` }),
      lim(`+${left.high}`, places.top), lim(`−${left.high}`, places.top + high - 10 * k),
      ...(sum.high === left.high ? [] : [...(places.rest ? [[places.rest[0] + places.rest[1] / 2 - 5 * k]] : []), [places.sum[0] + places.sum[1] - 11 * k]].map(([y]) => h("span", { class: "own", style: `top:${y}px`, title: word("memory.scale.sum", { limit: `±${sum.high}` }) }, `±${sum.high}`))),
      ...readouts.map(({ node }) => node),
    );
  }

  /** A step's token in the margin. */
  function label(trace, s) {
    const token = trace.start.tokens[s];
    if (typeof token !== "string") return h("b", { class: "number" }, [token].flat().map((v) => fit(v, EACH)).join(" "));
    return h("b", {}, token.length > ROOM ? `${token.slice(0, ROOM - 1)}…` : visible(token));
  }

  /** What hangs on the step: the chosen row's outline as far as the playhead, the numbers on the right. */
  function move(t, chosen) {
    if (!held) return;
    const { places, triangle, geo } = held;
    const n = triangle.writers.indexOf(chosen - 1);
    const [top, height] = n >= 0 ? [places.top + n * places.height, places.height] : places.rest ?? [0, 0];
    ring.hidden = chosen === null || (n < 0 && !places.rest);
    const from = n >= 0 ? Math.max(0, chosen - 1) : held.window.from;
    Object.assign(ring.style, { top: `${top - 1}px`, height: `${height}px`, left: `${geo.x(from) - 0.5}px`, width: `${Math.max(1, t - from + 1) * geo.cw}px` });
    for (const { node, read, write } of readouts) {
      const v = read(t);
      setText(node, write(v));
      node.title = exact(v);
    }
    for (const label of names.querySelectorAll(".writer")) {
      const place = Number(label.dataset.place);
      label.classList.toggle("now", place === chosen);
      label.classList.toggle("later", place > t + 1);
    }
  }

  /** The step and the writer's place under a pointer. */
  const under = (event) => {
    if (!held || stage.hidden || ground.hidden) return null;
    const { geo, places, triangle } = held;
    const box = stage.getBoundingClientRect();
    const [t, y] = [Math.floor((event.clientX - box.left) / geo.cw), event.clientY - box.top];
    const n = Math.floor((y - places.top) / places.height);
    const s = n >= 0 && n < triangle.writers.length ? triangle.writers[n] : null;
    return t >= 0 && t < geo.n ? { t, s, column: t - held.window.from, n } : null;
  };

  const tell = (event) => {
    const at = under(event);
    const v = at?.s != null ? held.triangle.z[at.n][at.column] : null;
    const { trace } = held?.ledger ?? {};
    if (v == null) return tips.put(null, "");
    return tips.put({ left: event.clientX, width: 0, top: event.clientY - 6 }, word(at.s < 0 ? "memory.tip.before" : "memory.tip", { s: at.s, token: at.s < 0 ? "" : trace.token(at.s), t: at.t, value: exact(v) }));
  };

  const track = $("#columns");
  let pressed = null;
  track.addEventListener("pointerdown", (event) => { pressed = event; });
  track.addEventListener("click", (event) => {
    const at = under(event);
    const still = pressed && Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) < STILL;
    if (still && at?.s != null && at.s <= at.t) choose(at.s + 1);
  });
  track.addEventListener("pointermove", tell);
  track.addEventListener("pointerleave", () => tips.put(null, ""));
  labels.addEventListener("click", (event) => {
    const place = event.target.closest("[data-place]")?.dataset.place;
    if (place) choose(Number(place));
  });

  return {
    draw,
    move,
    /** Whether a writer could have a row of its own and has none. */
    lacks: (place) => Boolean(held?.places.rest) && place <= held.window.to && !held.triangle.writers.includes(place - 1),
    show: (on) => { for (const part of [ground, names, margin]) part.hidden = !on; },
  };
}
