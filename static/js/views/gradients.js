/* The gradients of the run: how far back the state still matters, on what an output depends, and through which gates. Asks for norms when the step rests; the rest it reads from store.saliency. */

import * as api from "../api.js";
import { linesOf } from "../charts/gradients.js";
import { gradientsStage } from "../charts/gradientstage.js";
import { visible } from "../format.js";
import { stepHead } from "../head.js";
import { tokensInput } from "../input.js";
import { latest } from "../latest.js";
import { cellWord } from "../names.js";
import { dependsPart } from "../gradients/depends.js";
import { numbersPart } from "../gradients/numbers.js";
import { vanishPart } from "../gradients/vanish.js";
import { lookFrom, outputName } from "../saliency.js";
import { runBody } from "../trace.js";
import { word } from "../words.js";
import { besides, readers } from "../zoo.js";

export const takesStage = true;

/** What a model is called beside others: by its cell, and what else tells it apart from them. */
export function nameAmong(card, cards) {
  const twins = cards.filter((m) => m.cell === card.cell && m.trained === card.trained);
  const name = [cellWord(card.cell), twins.length > 1 ? String(card.hidden_size) : ""].filter(Boolean).join(" ");
  return card.trained ? name : word("gradients.untrained", { name });
}

export function mount({ panel, stage, labels, scales, store, actions }) {
  const head = stepHead(actions, store, { id: "gradients-title", title: "gradients.title" });
  const drawing = gradientsStage({ stage, labels, scales, store, actions });
  const found = new Map(); // name -> { trace, t, layer, answer } or { …, fault }
  const asks = new Map();
  let parts = false;
  let own = false;

  const vanish = vanishPart({
    choose: (name, on) => actions.compare({ rivals: models().slice(1).map((m) => m.name).filter((one) => one !== name).concat(on ? [name] : []) }),
    part: (on) => { parts = on; say(); },
  });
  const depends = dependsPart((output) => actions.appear({ output }), (on) => { own = on; say(); });
  const numbers = numbersPart(() => say());
  panel.append(head.node, vanish.node, depends.node, numbers.node);

  /** The models on the axes, the shown one first: beside it those it is compared with, which the link says, or the usual ones. */
  const models = () => {
    const { trace, models: all, rivals } = store.get();
    const able = readers(trace.card, all);
    const names = rivals?.filter((name) => able.some((m) => m.name === name));
    const beside = new Set(names && (names.length || !rivals.length) ? names : besides(trace.card, all).map((m) => m.name));
    return able.filter((m) => m.name === trace.card.name || beside.has(m.name));
  };

  const place = () => {
    const { trace, layer } = store.get();
    return { trace, layer, t: lookFrom(store.get()) };
  };

  const isOf = (one, { trace, layer, t }) => one?.trace === trace && one.t === t && one.layer === layer;

  const ask = (card, wanted) => async (signal) => {
    const { trace, t, layer } = wanted;
    const own = card.name === trace.card.name;
    const body = own ? runBody(trace) : { model: card.name, input: tokensInput(trace.card, trace.start.tokens) };
    const result = { ...wanted, card };
    try {
      result.answer = await api.jacobian({ ...body, layer: Math.min(layer, card.layers - 1), t }, signal);
    } catch (error) {
      if (!(error instanceof api.Problem || error instanceof api.Unreachable)) throw error;
      result.fault = error;
    }
    found.set(card.name, result);
    say();
  };

  const plan = () => {
    const wanted = place();
    if (!wanted.trace) return;
    const on = models();
    for (const [name, one] of asks) if (!on.some((m) => m.name === name)) one(null);
    for (const name of [...found.keys()]) if (!on.some((m) => m.name === name)) found.delete(name);
    for (const card of on) {
      if (!asks.has(card.name)) asks.set(card.name, latest());
      asks.get(card.name)(isOf(found.get(card.name), wanted) ? null : ask(card, wanted));
    }
  };

  /** Says and draws what is known of this run; the picture of the step before stays until the new one has come. */
  const say = () => {
    head.say();
    const { trace, models: all, saliency, unit } = store.get();
    if (!trace) return;
    const [cards, able] = [models(), readers(trace.card, all)];
    const mine = cards.map((card) => found.get(card.name)).filter((one) => one?.trace === trace);
    const series = mine.filter((one) => one.answer).map(({ card, t, answer }) => ({ card, t, answer, name: nameAmong(card, cards), lines: linesOf(answer, parts && card.name === trace.card.name) }));
    const faults = mine.filter((one) => one.fault).map(({ card, fault }) => ({ card, name: nameAmong(card, cards), fault }));
    const known = saliency?.trace === trace ? saliency : null;
    const answer = known?.answer ?? null;
    const quantities = trace.card.quantities.filter((q) => q.formula.includes("pre."));
    const t = (series[0] ?? known ?? place()).t;
    const output = answer ? visible(outputName(trace.card, answer.output, trace.y(0)?.value?.length)) : "";
    // The stage first: it asks the browser where things stand, which costs more the more has changed.
    if (series.length || answer) drawing.show({ trace, t, series, gates: answer?.gates ?? null, seen: known?.t, output, quantities, own });
    vanish.say({ trace, t, series, faults, parts, cards, all: able, nameOf: (card) => nameAmong(card, able) });
    depends.say({ trace, saliency: known, chosen: store.get().output, quantities, own });
    numbers.say({ trace, t, series, answer: answer && known.t === t ? answer : null, quantities, unit });
  };

  store.watch((s) => [s.trace, s.layer, s.models, s.rivals, s.trace && lookFrom(s)], plan);
  store.watch((s) => [s.trace, s.saliency, s.lang, s.unit, s.output, s.layer, s.rivals], say);
  store.watch((s) => s.t, () => head.say());
}
