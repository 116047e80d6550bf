/* What a person can do, as functions that change the store and ask the server. Draws nothing. */

import * as api from "./api.js";
import { allows, commonPrefix, firstInput, parseInput, tokensInput, tokensText } from "./input.js";
import { readLink, writeLink } from "./link.js";
import { firstScale } from "./scale.js";
import { Trace, WINDOW } from "./trace.js";

const clamp = (v, low, high) => Math.max(low, Math.min(high, v));
export const cardNamed = (models, name) => models.find((m) => m.name === name);
export const stateKeys = (card) => card.quantities.filter((q) => q.kind === "state").map((q) => q.key);

export function createActions(store) {
  let controller = null;
  let last = null;
  const get = store.get;

  /* ---------- running ---------- */

  /** Runs text through the current model. A newer run aborts this one; a late answer is dropped. Resolves to true when it ran. */
  async function run(text, { t = 0, play = true, history = "push", from = "enter", notice = null } = {}) {
    const { card } = get();
    controller?.abort();
    if (history === "push" && text === get().input) history = "replace";
    const mine = (controller = new AbortController());
    last = { text, options: { t, play, history, from, notice } };
    let trace = null;
    store.set({ text, running: true });
    const onMessages = (messages) => {
      if (mine.signal.aborted) return;
      for (const m of messages) {
        if (m.type === "start") trace = new Trace(m, card);
        else if (m.type === "step") trace.push(m);
      }
      if (!trace || trace.arrived === 0) return;
      if (get().trace === trace) store.set({ arrived: trace.arrived });
      else show(trace, { t, play, history, notice, typed: text });
    };
    try {
      await api.stream({ model: card.name, input: parseInput(card, text) }, { signal: mine.signal, onMessages });
      if (controller === mine) store.set({ running: false, banner: null, scale: get().scaleChosen ? get().scale : firstScale(trace) });
      return true;
    } catch (error) {
      if (error.name === "AbortError" || controller !== mine) return false;
      store.set({ running: false, playing: trace ? get().playing : false });
      report(error, { text, from });
      return false;
    }
  }

  function show(trace, { t, play, history, notice, typed }) {
    const now = get();
    const input = tokensText(trace.card, trace.start.tokens);
    store.set({
      trace, input, arrived: trace.arrived, problem: null, banner: null,
      text: input, notice: input === typed || trace.card.alphabet === null ? notice : { key: "notice.normalised", params: {} },
      t: clamp(t, 0, trace.length - 1), layer: clamp(now.layer, 0, trace.start.layers - 1),
      unit: clamp(now.unit, 0, trace.hidden - 1), playing: play && trace.length > 1, pre: {},
    });
    if (history) syncLink(history);
  }

  function report(error, { text, from }) {
    if (error instanceof api.Problem) store.set({ problem: { ...error.body, slug: error.slug, text, from } });
    else if (error instanceof api.Unreachable) store.set({ banner: "banner.lost", playing: false });
    else throw error;
  }

  /** Typing paused: run from the first symbol that changed, so the network is seen to read what was just typed. */
  function typed(text) {
    const { input, trace } = get();
    if (text === input || text === "") return;
    const same = trace ? commonPrefix(text, input) : 0;
    const typing = last?.options.from === "pause";
    run(text, { t: Math.max(0, same - 1), from: "pause", history: typing ? "replace" : "push" });
  }

  const retry = () => (get().models.length ? last && run(last.text, last.options) : location.reload());

  /* ---------- pre-activations, a window at a time ---------- */

  const asked = new WeakMap();

  async function needPre(t) {
    const { trace } = get();
    if (!trace) return;
    const window = Math.floor(t / WINDOW);
    const from = window * WINDOW;
    const mine = asked.get(trace) ?? new Set();
    asked.set(trace, mine);
    if (mine.has(window) || trace.arrived < from || t >= trace.length) return;
    mine.add(window);
    const body = { model: trace.card.name, input: tokensInput(trace.card, trace.start.tokens.slice(from, from + WINDOW)), include: ["pre"] };
    const state = trace.stateAfter(from - 1, stateKeys(trace.card));
    try {
      const answer = await api.trace(state ? { ...body, initial_state: state } : body);
      trace.setPre(window, answer.steps.map((step) => step.layers.map((layer) => layer.pre)));
      if (get().trace === trace) store.set({ pre: {} });
    } catch (error) {
      mine.delete(window);
      report(error, { text: get().text });
    }
  }

  /* ---------- moving ---------- */

  function select({ t, layer, unit }) {
    const { trace, ...now } = get();
    if (!trace) return;
    store.set({
      t: clamp(t ?? now.t, 0, Math.max(0, now.arrived - 1)),
      layer: clamp(layer ?? now.layer, 0, trace.start.layers - 1),
      unit: clamp(unit ?? now.unit, 0, trace.hidden - 1),
      playing: t === undefined ? now.playing : false,
    });
    if (!get().playing) syncLink("replace");
  }

  const seek = (t) => select({ t });
  const step = (by) => seek(get().t + by);
  const turnUnit = (by) => get().trace && select({ unit: (get().unit + by + get().trace.hidden) % get().trace.hidden });
  const turnLayer = (by) => select({ layer: get().layer + by });

  function play(on = !get().playing) {
    const { trace, t } = get();
    if (!trace) return;
    if (on && t >= trace.length - 1) store.set({ t: 0 });
    store.set({ playing: on && trace.length > 1 });
    if (!on) syncLink("replace");
  }

  function setSpeed(speed) {
    store.set({ speed });
    syncLink("replace");
  }

  /* ---------- models and examples ---------- */

  /** Another model: what was typed stays where its alphabet allows, and so does the place in it. */
  function setModel(name) {
    const { models, text, input, t, trace } = get();
    const card = cardNamed(models, name);
    if (!card || card === get().card) return undefined;
    const keep = allows(card, text);
    store.set({ card, problem: null, notice: null, layer: 0, zoomed: null });
    if (keep) return run(text, { t: text === input && trace ? t : 0, play: false });
    store.set({ unit: card.examples[0]?.unit ?? 0 });
    return run(firstInput(card), {});
  }

  function playExample(example) {
    if (example.unit !== undefined) store.set({ unit: example.unit });
    return run(example.input, {});
  }

  async function fresh(parameters) {
    try {
      return await run((await api.example(get().card.name, parameters)).input, {});
    } catch (error) {
      return report(error, { text: get().text });
    }
  }

  /* ---------- appearance and link ---------- */

  function appear(patch) {
    store.set(patch);
    syncLink("replace");
  }

  const linkState = () => ({ ...get(), model: get().card.name });

  function syncLink(how) {
    if (!get().card) return;
    const { fragment, tooLong } = writeLink(linkState());
    store.set({ linkTooLong: tooLong });
    if (fragment === location.hash) return;
    if (how === "push" && location.hash) history.pushState(null, "", fragment);
    else history.replaceState(null, "", fragment);
  }

  /** Shows exactly what a link says, paused; what it does not say stays. Returns whether it named something to run. */
  function openLink(fragment) {
    const said = readLink(fragment);
    const { model, input, ...rest } = said;
    const { models } = get();
    const card = cardNamed(models, model) ?? get().card ?? models[0];
    const missing = model !== undefined && !cardNamed(models, model);
    const notice = missing ? { key: "notice.noModel", params: { model } } : null;
    store.set({ ...rest, card, notice, problem: null, zoomed: card === get().card ? get().zoomed : null, present: rest.present ?? false });
    if (input === undefined) return false;
    run(input, { t: rest.t ?? 0, play: false, history: null, notice });
    return true;
  }

  return { run, typed, retry, needPre, select, seek, step, turnUnit, turnLayer, play, setSpeed, setModel, playExample, fresh, appear, openLink, syncLink };
}
