/* Several runs side by side: models of one task over the same input, or one model over two inputs. Asks for the other runs and for what two differ by; draws them on the stage under each other. */

import * as api from "../api.js";
import { createBoard, modelName } from "../compare/board.js";
import { createCompanions } from "../compare/companions.js";
import { findWhereTheyDiffer } from "../compare/find.js";
import { createInputs, differing } from "../compare/inputs.js";
import { choices, chosenRivals, memoryKey, rivalsOf } from "../compare/measure.js";
import { bestOf, otherInputs } from "../compare/other.js";
import { createStage } from "../compare/stage.js";
import { h, rebuild, setText } from "../dom.js";
import { windowEdits } from "../edits.js";
import { stepHead } from "../head.js";
import { clean, isNumeric, readInput, tokensInput, tokensText } from "../input.js";
import { latest } from "../latest.js";
import { accuracyText, quantityWord } from "../names.js";
import { problemText } from "../problem.js";
import { hasScales } from "../scale.js";
import { runBody } from "../trace.js";
import { word } from "../words.js";

export const takesStage = true;

/** A run that is longer is drawn while it comes, not more often than this (ms), and its difference is asked of the quantity that is shown alone. */
const [SHORT, REDRAW] = [1000, 250];
const NEXT_SCALE = { task: "run", run: "unit", unit: "task" };

export function mount({ panel, store, actions, ...places }) {
  const head = stepHead(actions, store, { id: "compare-title", title: "compare.title" });
  const modes = ["models", "inputs"].map((mode) => h("button", { type: "button", dataset: { key: mode, mode }, on: { click: () => actions.compare({ second: mode === "models" ? null : store.get().second ?? "" }) } }));
  const group = h("div", { class: "modes-of", role: "group" }, ...modes);
  const shown = h("div", { class: "shown" });
  const note = h("p", { class: "note", role: "status" });
  const board = createBoard({ choose: (rivals) => actions.compare({ rivals }), find: () => find() });
  const inputs = createInputs({ take: (text) => take(text), suggest: () => suggest(), pick: (unit) => actions.select({ unit }) });
  panel.append(head.node, group, note, board.node, inputs.node, shown);
  const stage = createStage(places, store);
  const companions = createCompanions(() => arrive());
  const [askDifference, askOther, askFind] = [latest(), latest(0), latest(0)];
  let now = null; // what stands there: { mode, main, entries, all: [traces] }
  let wanted = null; // what was asked for, until all of it has begun to come
  let choice = "memory";
  let unitLine = false;
  let difference = null;
  let proposed = null;
  let drawnAt = 0;
  let timer = 0;

  const mode = () => (store.get().second === null ? "models" : "inputs");

  /* ---------- asking ---------- */

  /** Asks for the runs that the state names; what stands there stays until they have begun to come. */
  function load() {
    const { trace, models, rivals, second, card } = store.get();
    if (!trace || trace.card !== card) return;
    const main = trace.card;
    setText(note, "");
    for (const button of modes) button.setAttribute("aria-pressed", String(button.dataset.mode === mode()));
    board.node.hidden = mode() !== "models";
    inputs.node.hidden = mode() === "models";
    if (mode() === "models") {
      const offered = rivalsOf(main, models, tokensText(main, trace.start.tokens));
      const chosen = chosenRivals(main, offered, rivals);
      board.offer({ main, rivals: offered, chosen });
      wanted = { mode: "models", main: trace, entries: companions.ask(chosen.map((one) => ({ card: one, body: runBody(trace, one.name) }))) };
      arrive();
    } else if (second === "" || (second === proposed?.text && proposed.of !== trace)) suggest();
    else {
      inputs.fill(second);
      const { input, fault } = readInput(main, second);
      if (fault) return refuse(fault);
      wanted = { mode: "inputs", main: trace, entries: companions.ask([{ card: main, body: secondBody(trace, input) }]) };
      arrive();
    }
    return undefined;
  }

  /** The second input is read by the network as it is in the run above: with its edits, but for replaced tokens, which are of the other input. */
  function secondBody(trace, input) {
    const edits = windowEdits(trace.edits, 0, [...input].length);
    return { model: trace.card.name, input, ...(edits.length ? { edits } : {}) };
  }

  const refuse = (problem) => inputs.complain(problem.slug === "unreachable" ? word("banner.lost") : problemText(problem, store.get().card));

  function take(text) {
    const second = clean(store.get().card, text);
    if (second !== store.get().second) actions.compare({ second });
    else load();
  }

  /** Another input like the one of the score; which candidate stays in the task, the server says. */
  function suggest() {
    const { trace } = store.get();
    const { card } = trace;
    const candidates = otherInputs(trace).slice(0, trace.length > SHORT ? 1 : undefined);
    if (!candidates.length) return;
    askOther(async (signal) => {
      try {
        const ask = (tokens) => api.trace({ model: card.name, input: tokensInput(card, tokens), include: [memoryKey(card)] }, signal);
        const starts = candidates.length > 1 ? (await Promise.all(candidates.map(ask))).map(({ start }) => start) : [{ steps: trace.length, off_task: null }];
        if (signal.aborted || store.get().trace !== trace) return;
        proposed = { text: tokensText(card, candidates[bestOf(starts)]), of: trace };
        inputs.field.value = proposed.text;
        actions.compare({ second: proposed.text }, "replace");
        load();
      } catch (error) {
        complain(error, signal);
      }
    });
  }

  function complain(error, signal) {
    if (signal?.aborted) return;
    if (error instanceof api.Problem) refuse({ ...error.body, slug: error.slug });
    else if (error instanceof api.Unreachable) refuse({ slug: "unreachable" });
    else throw error;
  }

  /** Something has come: when all that is wanted has begun, it takes the place of what stands there; what grows is drawn now and then. */
  function arrive() {
    if (!wanted) return;
    const { main, entries } = wanted;
    const bad = entries.find(({ problem }) => problem);
    if (wanted.mode === "inputs" && !entries[0].problem) inputs.complain(null);
    if (bad) {
      if (wanted.mode === "inputs") return refuse(bad.problem);
      setText(note, `${modelName(bad.card)}: ${bad.problem.slug === "unreachable" ? word("banner.lost") : problemText(bad.problem, bad.card)}`);
    }
    const ready = entries.filter(({ problem }) => !problem);
    if (ready.some(({ trace, done }) => !trace?.arrived || (!done && trace.length <= SHORT))) return undefined;
    const all = [main, ...ready.map(({ trace }) => trace)];
    const first = now?.main !== main || now.mode !== wanted.mode || now.all.length !== all.length || now.all.some((one, n) => one !== all[n]);
    now = { mode: wanted.mode, main, all };
    if (first && now.mode === "inputs") compareRuns();
    clearTimeout(timer);
    const due = first || ready.every(({ done }) => done) ? 0 : REDRAW - (performance.now() - drawnAt);
    if (due <= 0) draw();
    else timer = setTimeout(draw, due);
    return undefined;
  }

  function compareRuns() {
    const { main, all: [, other] } = now;
    const { layer } = store.get();
    const key = shownKeys()[0];
    askDifference(async (signal) => {
      try {
        const body = { ...runBody(main), other_input: tokensInput(other.card, other.start.tokens), layer, ...(main.length > SHORT ? { include: [key] } : {}) };
        const answer = await api.difference(body, signal);
        if (signal.aborted) return;
        difference = { answer, of: other, main, layer };
        draw();
      } catch (error) {
        complain(error, signal);
      }
    });
  }

  /** Looks for an input on which the models that stand there differ, and plays it at the step where they do. */
  function find() {
    const { all, main } = now;
    setText(note, word("compare.searching"));
    askFind(async (signal) => {
      try {
        const found = await findWhereTheyDiffer(all.map(({ card }) => card), store.get().input, signal);
        if (signal.aborted || store.get().card !== main.card) return;
        if (found.text === null) setText(note, word("compare.notFound", { n: found.tried }));
        else await actions.run(found.text, { from: "example", t: found.t, play: false });
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof api.Problem || error instanceof api.Unreachable)) throw error;
        setText(note, error instanceof api.Problem ? problemText({ ...error.body, slug: error.slug }, main.card) : word("banner.lost"));
      }
    });
  }

  /* ---------- showing ---------- */

  const offeredChoices = () => choices(now.mode === "models" ? now.all.map(({ card }) => card) : [now.main.card]);
  const shownKeys = () => (offeredChoices().find(({ id }) => id === choice) ?? offeredChoices()[0]).keys;
  const quantity = (card, key) => card.quantities.find((q) => q.key === key);

  function parts() {
    const keys = shownKeys();
    const withUnit = (run) => (unitLine ? [run, { kind: "unit", trace: run.trace, key: run.key }] : [run]);
    if (now.mode === "models") return now.all.flatMap((trace, n) => withUnit({ kind: "run", trace, key: keys[n], name: modelName(trace.card, now.all.map(({ card }) => card)), sub: trace.card.trained ? accuracyText(trace.card) : "", says: n > 0 }));
    const [a, b] = now.all;
    const [key] = keys;
    const mine = difference?.of === b && difference.main === a ? difference.answer : null;
    const sizes = mine?.quantities[key]?.size;
    return [
      { kind: "run", trace: a, key, name: word("compare.first") }, { kind: "run", trace: b, key, name: word("compare.other"), tokens: true, says: true, differs: differing(a, b) },
      { kind: "difference", a, b, key, name: word("compare.difference") }, ...(sizes ? [{ kind: "size", a, b, key, sizes, name: word("compare.size") }] : []),
    ];
  }

  function draw() {
    clearTimeout(timer);
    drawnAt = performance.now();
    const { geo, trace } = store.get();
    if (!now || !geo || now.main !== trace || geo.n !== trace.length) return;
    stage.show(parts());
    print();
    step();
  }

  /** What is shown of the runs, and on which scale. */
  function print() {
    const { unit, scale } = store.get();
    const all = now.mode === "models" ? now.all.map(({ card }) => card) : [now.main.card];
    const name = ({ id, keys }) => (id === "memory" ? word("compare.memory", { symbols: [...new Set(keys.map((key, n) => quantity(all[n], key).symbol))].join(", ") }) : `${quantity(all[0], id).symbol}  ${quantityWord(quantity(all[0], id))}`);
    const offered = offeredChoices();
    if (!offered.some(({ id }) => id === choice)) choice = "memory";
    const select = h("select", { id: "compare-quantity", dataset: { key: "quantity" }, on: { change: () => { choice = select.value; if (now.mode === "inputs" && !difference?.answer.quantities[shownKeys()[0]]) compareRuns(); draw(); } } }, ...offered.map((one) => h("option", { value: one.id }, name(one))));
    select.value = choice;
    const free = shownKeys().some((key, n) => hasScales(quantity(all[n], key)));
    const how = h("button", { type: "button", class: "quiet", dataset: { key: "scale" }, title: word(`scale.${scale ?? "task"}.title`), on: { click: () => store.set({ scale: NEXT_SCALE[scale ?? "task"], scaleChosen: true }) } }, word(`scale.${scale ?? "task"}`));
    const line = h("label", {}, h("input", { type: "checkbox", checked: unitLine, dataset: { key: "line" }, on: { change: (event) => { unitLine = event.target.checked; draw(); } } }), h("span", {}, word("compare.line", { unit })));
    rebuild(shown, h("label", { for: "compare-quantity" }, word("compare.shown")), select, ...(free ? [how] : []), ...(now.mode === "models" ? [line] : []));
    if (now.main.edits.length) setText(note, word(now.mode === "models" ? "compare.unedited" : "compare.edited"));
    if (now.mode === "models") return;
    const mine = difference?.of === now.all[1] && difference.main === now.main;
    const [key] = shownKeys();
    if (mine && difference.answer.quantities[key]) inputs.print(difference.answer, quantity(now.main.card, key), now.main.card.quantities, isNumeric(now.main.card));
  }

  /** What hangs on the step alone. */
  function step() {
    const { t, trace } = store.get();
    head.say();
    if (!now || now.main !== trace) return;
    stage.move();
    if (now.mode === "inputs") {
      const [key] = shownKeys();
      if (difference?.of === now.all[1] && difference.main === trace && difference.answer.quantities[key]) inputs.tell(difference.answer, quantity(trace.card, key), t);
      return;
    }
    const runs = now.all.map((one) => ({ trace: one, name: modelName(one.card, now.all.map(({ card }) => card)) }));
    if (runs.every((run) => t < run.trace.arrived)) board.print(runs, t);
  }

  store.watch((s) => s.lang, () => {
    group.setAttribute("aria-label", word("compare.what"));
    modes.forEach((button) => setText(button, word(`compare.mode.${button.dataset.mode}`)));
    inputs.words();
  });
  store.watch((s) => [s.trace, s.rivals, s.second, s.models, s.lang], load);
  store.watch((s) => [s.t, s.arrived > s.t], step);
  store.watch((s) => [s.geo, s.window, s.theme, s.present, s.seen, s.charts, s.scale, s.layer, s.unit, s.lang, s.running], draw);
  store.watch((s) => s.view, () => now?.main === store.get().trace && stage.scrolled());
  store.watch((s) => s.layer, () => now?.mode === "inputs" && compareRuns());
}
