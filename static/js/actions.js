/* What a person can do, as functions that change the store and ask the server. Draws nothing. */

import { createAddress } from "./address.js";
import * as api from "./api.js";
import { createBefore } from "./before.js";
import { carried, clipped, sameEdits } from "./edits.js";
import { rowOf, unitAt } from "./geometry.js";
import { alike, allows, clean, commonSteps, exampleOf, firstInput, inputText, isNumeric, readInput, tokensText } from "./input.js";
import { sameThing } from "./pointing.js";
import { createPre } from "./pre.js";
import { firstScale } from "./scale.js";
import { onward, placeOf } from "./trail.js";
import { Trace } from "./trace.js";
import { cardNamed } from "./zoo.js";

/** A run this long at most is drawn when it has come whole, with the colour scale that suits it; a longer one while it comes, with the task's. */
const DRAWN_WHOLE = 1000;

const clamp = (v, low, high) => Math.max(low, Math.min(high, v));
/** What an answer of the server does not take back: that the charts did not arrive. */
const ofCharts = (banner) => (banner === "banner.noCharts" ? banner : null);

export function createActions(store) {
  let controller = null;
  let last = null;
  const get = store.get;
  const { syncLink, syncNow, leaveLink, openLink, followLink } = createAddress(store, { run, select, setModel });

  /* ---------- running ---------- */

  /**
   * Runs text through a model. Nothing of the new run enters the store before its first step has come: until then, and when it fails, the last picture stays whole.
   * A newer run aborts this one; a late answer is dropped. from says who asked: "enter", "pause" (typing paused), "example", "edit", "link". Without edits, those in force go on
   * where they still mean something. Resolves to true when it ran.
   */
  async function run(text, { card = get().card, edits: wanted, from = "enter", t = 0, unit, layer, play = true, history = "push", notice = null } = {}) {
    const written = text;
    text = clean(card, text);
    const { input, fault } = readInput(card, text);
    const edits = carried(wanted ?? get().edits, { card, input, from: wanted ? null : get().trace });
    const asked = { text, card, edits, from, t, unit, layer, play, history, notice: dropped(edits, wanted ?? get().edits) ?? notice };
    controller?.abort();
    const mine = (controller = new AbortController());
    if (fault && !(from === "pause" && fault.unfinished)) return refuse(fault, { text: written, from });
    if (fault && input.length === 0) return false;
    last = asked;
    let trace = null;
    const onMessages = (messages) => {
      for (const m of messages) {
        if (m.type === "start") trace = new Trace(m, card, input);
        else if (m.type === "step") trace.push(m);
      }
      if (!trace?.arrived) return;
      if (get().trace === trace) store.set({ arrived: trace.arrived });
      else show(trace, asked);
    };
    const done = (patch = {}) => {
      const { t, arrived, scale, trace: shown } = get();
      store.set({ running: false, t: Math.min(t, Math.max(0, arrived - 1)), scale: scale ?? (shown && firstScale(shown)), ...patch });
    };
    try {
      await api.stream({ model: card.name, input, ...(edits.length ? { edits: clipped(edits, [...input].length) } : {}) }, { signal: mine.signal, onMessages });
      if (controller === mine) done({ banner: ofCharts(get().banner) });
      return controller === mine;
    } catch (error) {
      if (error.name === "AbortError" || controller !== mine) return false;
      done();
      report(error, { text: written, from });
      return false;
    }
  }

  const dropped = (kept, all) => (kept.length < all.length ? { key: "notice.editsDropped", params: { n: all.length - kept.length } } : null);

  function show(trace, { text, card, edits, from, t, unit, layer, play, history, notice }) {
    const now = get();
    const input = tokensText(card, trace.input);
    const symbols = !isNumeric(card);
    const typedOn = from !== "example" && from !== "link" && clean(card, now.text) !== text;
    const written = symbols || from === "link" ? input : text;
    const same = input === now.input && card === now.card;
    const shown = exampleOf(card, input) ?? {};
    store.set({
      trace, card, input, edits, before: before.of(trace, edits, input), arrived: trace.arrived, running: true, problem: null, banner: ofCharts(now.banner), pre: {},
      text: typedOn || now.composing ? now.text : written, notice: symbols && input !== text && !notice ? { key: "notice.normalised", params: {} } : notice,
      t: clamp(t, 0, trace.length - 1), layer: clamp(layer ?? (same ? undefined : shown.layer) ?? now.layer, 0, trace.start.layers - 1), unit: clamp(unit ?? (same ? undefined : shown.unit) ?? now.unit, 0, trace.hidden - 1),
      playing: play && trace.length > 1, zoomed: card === now.card ? now.zoomed : null, rows: card === now.card ? now.rows : null, output: from === "link" || String(card.outputs) === String(now.card?.outputs) ? now.output : null,
      scale: now.scaleChosen || (same && from === "edit") ? now.scale : trace.length > DRAWN_WHOLE ? "task" : null,
    });
    if (history) syncLink(same && sameEdits(edits, now.edits) ? "replace" : history);
  }

  /** Runs the same input with other edits, and shows the same place in it; the entry before in the history is the run as it was. */
  const edit = (edits, history = "push") => run(get().input, { edits, from: "edit", t: get().t, play: get().playing, history });

  /** Says what is wrong with a text; the text stays in the field, the last picture stays whole. */
  function refuse(problem, { text, from }) {
    store.set({ running: false, text: from === "pause" ? get().text : text, problem: { ...problem, text, from } });
    return false;
  }

  function report(error, asked) {
    if (error instanceof api.Problem) refuse({ ...error.body, slug: error.slug }, asked);
    else if (error instanceof api.Unreachable) store.set({ banner: "banner.lost", playing: false });
    else throw error;
  }

  const needPre = createPre(store, (error) => report(error, { text: get().text }));
  const before = createBefore(store, (error) => report(error, { text: get().text }));

  /** Typing paused: run from the first step that changed, so the network is seen to read what was just typed. */
  function typed(text) {
    const { card, input, trace } = get();
    if (text.trim() === "") return;
    const { input: read, fault } = readInput(card, text);
    if (inputText(card, read) === input && (!fault || fault.unfinished)) return;
    const same = trace ? commonSteps(card, text, input) : 0;
    run(text, { t: Math.max(0, same - 1), from: "pause", history: last?.from === "pause" ? "replace" : "push" });
  }

  function retry(more = {}) {
    const { banner, models } = get();
    store.set({ banner: null });
    if (models.length === 0) location.reload();
    else if (banner === "banner.noCharts") store.set({ charts: {} });
    else if (last) run(last.text, { ...last, ...more });
  }

  /* ---------- moving ---------- */

  /** quantity: the one whose workings are shown; only a view that shows them listens. */
  function select({ t, layer, unit, quantity }) {
    const { trace, ...now } = get();
    if (!trace) return;
    store.set({
      t: clamp(t ?? now.t, 0, Math.max(0, (now.running ? trace.length : now.arrived) - 1)), // a step on its way is shown when it comes
      layer: clamp(layer ?? now.layer, 0, trace.start.layers - 1),
      unit: clamp(unit ?? now.unit, 0, trace.hidden - 1),
      quantity: quantity ?? now.quantity,
      playing: t === undefined ? now.playing : false,
    });
    if (!get().playing) syncLink("replace");
  }

  const seek = (t) => select({ t });
  const step = (by) => seek(get().t + by);

  /** The next unit, or the one before, in the order in which the score shows them. */
  function turnUnit(by) {
    const { trace, unit, rows } = get();
    if (trace) select({ unit: unitAt(rows, (rowOf(rows, unit) + by + trace.hidden) % trace.hidden) });
  }

  const turnLayer = (by) => select({ layer: get().layer + by });

  function play(on = !get().playing) {
    const { trace, t, running, arrived } = get();
    if (!trace) return;
    if (on && t >= (running ? trace.length : arrived) - 1) store.set({ t: 0 });
    store.set({ playing: on && trace.length > 1 });
    if (!on) syncLink("replace");
  }

  function setSpeed(speed) {
    store.set({ speed });
    syncLink("replace");
  }

  /* ---------- models and examples ---------- */

  /** Another model: what was typed stays where it can be read, and so does the place in it. */
  function setModel(name) {
    const { models, text, input, t, trace } = get();
    const card = cardNamed(models, name);
    if (!card || card === get().card) return undefined;
    const keep = trace && alike(card, get().card) && allows(card, text);
    const same = keep && inputText(card, readInput(card, text).input) === input;
    if (keep) return run(text, { card, from: "example", t: same ? t : 0, layer: 0, play: false });
    return run(firstInput(card), { card, from: "example", layer: card.examples[0]?.layer ?? 0 });
  }

  const playExample = (example) => run(inputText(get().card, example.input), { from: "example", unit: example.unit, layer: example.layer });

  /** Draws an input of the model's task and plays it; without parameters, with those of the last time. */
  async function fresh(parameters) {
    const { card, drawnWith } = get();
    const chosen = parameters ?? drawnWith[card.task] ?? {};
    store.set({ drawnWith: { ...drawnWith, [card.task]: chosen } });
    try {
      return await run(inputText(card, (await api.example(card.name, chosen)).input), { card, from: "example" });
    } catch (error) {
      return report(error, { text: get().text });
    }
  }

  /* ---------- appearance ---------- */

  function appear(patch) {
    store.set(patch);
    syncLink("replace");
  }

  /** What the run is compared with: rivals (names of models; null for the usual ones), second (another input; null for none, "" for one that is to be found). */
  function compare(patch, how = "push") {
    store.set(patch);
    syncLink(how);
  }

  function openTab(tab) {
    if (get().tabs.includes(tab)) appear({ tab });
  }

  /** Shows what made a value, as a new entry of the history: Back leads back to where it was asked. Before the first step there is nothing to show. */
  function takeApart({ t = get().t, ...place }) {
    if (!get().trace || t < 0) return;
    syncNow();
    const { tab, trail } = get();
    const here = placeOf(get());
    store.set({ tab: "arithmetic", pointed: null });
    select({ t, ...place });
    store.set({ trail: tab === "arithmetic" ? onward(trail, here, placeOf(get())) : { at: null, back: [] } });
    syncLink("push");
  }

  /** Points at a thing of the cell (pointing.js), or at nothing with null. */
  function point(pointed) {
    if (!sameThing(pointed, get().pointed)) store.set({ pointed });
  }

  return { run, edit, needBefore: before.need, syncLink, typed, retry, needPre, select, seek, step, turnUnit, turnLayer, play, setSpeed, setModel, playExample, fresh, appear, compare, openTab, takeApart, point, leaveLink, openLink, followLink, syncNow };
}
