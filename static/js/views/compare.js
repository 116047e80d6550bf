/* Several runs side by side: models of one task over the same input, or one model over two inputs. Asks for the other runs and for what two differ by; draws them on the stage under each other. */

import * as api from "../api.js";
import { createBoard, modelName } from "../compare/board.js";
import { createCompanions } from "../compare/companions.js";
import { findWhereTheyDiffer } from "../compare/find.js";
import { createInputs, differing } from "../compare/inputs.js";
import { createDifference } from "../compare/difference.js";
import { chosenRivals, memoryKey, rivalsOf } from "../compare/measure.js";
import { bestOf, otherInputs } from "../compare/other.js";
import { createShown, shownKeys } from "../compare/shown.js";
import { createStage } from "../compare/stage.js";
import { h, setText } from "../dom.js";
import { windowEdits } from "../edits.js";
import { stepHead } from "../head.js";
import { clean, isNumeric, readInput, tokensInput, tokensText } from "../input.js";
import { latest } from "../latest.js";
import { accuracyText } from "../names.js";
import { problemText } from "../problem.js";
import { runBody } from "../trace.js";
import { word } from "../words.js";

export const takesStage = true;

/** A run that is longer is drawn while it comes, not more often than this (ms), and its difference is asked of the quantity that is shown alone. */
const [SHORT, REDRAW] = [1000, 250];
const quantity = (card, key) => card.quantities.find((q) => q.key === key);

export function mount({ panel, store, actions, ...places }) {
  const head = stepHead(actions, store, { id: "compare-title", title: "compare.title" });
  const modes = ["models", "inputs"].map((mode) => h("button", { type: "button", dataset: { key: mode, mode }, on: { click: () => actions.compare({ second: mode === "models" ? null : store.get().second ?? "" }) } }));
  const group = h("div", { class: "modes-of", role: "group" }, ...modes);
  const note = h("p", { class: "note", role: "status" });
  const board = createBoard({ choose: (rivals) => actions.compare({ rivals }), find: () => find() });
  const inputs = createInputs({ take: (text) => take(text), suggest: () => suggest(), pick: (unit) => actions.select({ unit }) });
  const shown = createShown(store, actions, () => draw());
  panel.append(head.node, group, note, board.node, inputs.node, shown.node);
  const stage = createStage(places, store);
  const companions = createCompanions(() => arrive());
  const difference = createDifference({ came: () => draw(), failed: (error, signal) => complain(error, signal), long: SHORT });
  const [askOther, askFind] = [latest(0), latest(0)];
  let now = null; // what stands there: { mode, main, entries, all: [traces] }
  let wanted = null; // what was asked for, until all of it has begun to come
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
    if (first) compareRuns();
    clearTimeout(timer);
    const due = first || ready.every(({ done }) => done) ? 0 : REDRAW - (performance.now() - drawnAt);
    if (due <= 0) draw();
    else timer = setTimeout(draw, due);
    return undefined;
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

  const cards = () => (now.mode === "models" ? now.all.map(({ card }) => card) : [now.main.card]);
  const keys = () => shownKeys(cards(), store.get().shows);

  /** The answer about the two inputs that stand there, or null. */
  const known = () => (now.mode === "inputs" ? difference.of(now.main, now.all[1], store.get().layer, keys()[0]) : null);

  function compareRuns() {
    if (now?.mode === "inputs" && !known()) difference.ask(now.main, now.all[1], store.get().layer, keys()[0]);
  }

  function parts() {
    const withUnit = (run) => (shown.line() ? [run, { kind: "unit", trace: run.trace, key: run.key }] : [run]);
    if (now.mode === "models") return now.all.flatMap((trace, n) => withUnit({ kind: "run", trace, key: keys()[n], name: modelName(trace.card, cards()), sub: trace.card.trained ? accuracyText(trace.card) : "", says: n > 0 }));
    const [a, b] = now.all;
    const [key] = keys();
    const sizes = known()?.quantities[key].size;
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
    const { main, mode: what } = now;
    shown.print(cards(), what === "models");
    if (main.edits.length) setText(note, word(what === "models" ? "compare.unedited" : "compare.edited"));
    if (known()) inputs.print(known(), quantity(main.card, keys()[0]), main.card.quantities, isNumeric(main.card));
  }

  /** What hangs on the step alone. */
  function step() {
    const { t, trace } = store.get();
    head.say();
    if (!now || now.main !== trace) return;
    stage.move();
    if (now.mode === "inputs") {
      if (known()) inputs.tell(known(), quantity(trace.card, keys()[0]), t);
      return;
    }
    const runs = now.all.map((one) => ({ trace: one, name: modelName(one.card, cards()) }));
    if (runs.every((run) => t < run.trace.arrived)) board.print(runs, t);
  }

  store.watch((s) => s.lang, () => {
    group.setAttribute("aria-label", word("compare.what"));
    modes.forEach((button) => setText(button, word(`compare.mode.${button.dataset.mode}`)));
    inputs.words();
  });
  store.watch((s) => [s.trace, s.rivals, s.second, s.models, s.lang], load);
  store.watch((s) => [s.t, s.arrived > s.t], step);
  store.watch((s) => [s.geo, s.window, s.theme, s.present, s.seen, s.charts, s.scale, s.layer, s.unit, s.rows, s.shows, s.lang, s.running], draw);
  store.watch((s) => s.view, () => now?.main === store.get().trace && stage.scrolled());
  store.watch((s) => [s.layer, s.shows], compareRuns);
}
