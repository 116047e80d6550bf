/* What is counted when runs stand side by side: how many answers are right so far, what a run gave to the right one. Only runs and cards in and numbers out. */

import { allows } from "../input.js";
import { readers } from "../zoo.js";

/** At most so many models side by side. */
export const MOST_MODELS = 3;

const list = (answer) => [answer ?? []].flat();
const seen = new WeakMap();

/** For each step that has come, over all steps up to it: `right` of `judged` answers, and `bits`, the sum of −log₂ p of what came next over `coded` steps. */
export function tally(trace) {
  const sums = seen.get(trace) ?? { right: [], judged: [], bits: [], coded: [] };
  seen.set(trace, sums);
  for (let t = sums.right.length; t < trace.arrived; t++) {
    const { answer, right, next } = trace.y(t);
    const add = (name, v) => sums[name].push((sums[name].at(-1) ?? 0) + v);
    add("judged", list(answer).length ? 1 : 0);
    add("right", list(answer).length && right ? 1 : 0);
    add("coded", next ? 1 : 0);
    add("bits", next ? -Math.log2(next.p) : 0);
  }
  return sums;
}

/** What a step gave to the right answers: { p } or, where not all of them are among those that were sent, { p, atMost: true }; null where nothing is due. */
export function chance({ top, next, answer }) {
  const due = list(answer);
  if (!top || !due.length) return null;
  const given = due.map((symbol) => top.find(([one]) => one === symbol)?.[1] ?? (next?.symbol === symbol ? next.p : null));
  const missing = given.filter((p) => p === null).length;
  const p = given.reduce((sum, v) => sum + (v ?? 0), 0) + missing * top.at(-1)[1];
  return missing ? { p, atMost: true } : { p };
}

/**
 * In what runs of one input are measured: "right" (answers of symbols), "error" (of numbers), "bits" (text without right answers: the probability of what came), or
 * "none" (numbers of a model without a task).
 */
export function measureOf({ card, start }) {
  const judged = start.marks !== null && start.off_task?.from !== 0;
  if (card.alphabet === null) return judged ? "error" : "none";
  return judged ? "right" : "bits";
}

/** The state of a cell that remembers: C where it has one, else its h. */
export const memoryKey = (card) => (card.quantities.some((q) => q.key === "C") ? "C" : card.quantities.find((q) => q.kind === "state").key);

/** The models that can stand beside the card on a text, in the order in which they are offered. */
export const rivalsOf = (card, models, text) => readers(card, models).slice(1).filter((m) => allows(m, text));

/** Of those, the ones that do unless someone chooses: the simple RNN (beside an RNN the LSTM); where there is none, whatever is first. */
export function usualRivals(card, rivals) {
  const trained = rivals.filter((m) => m.trained);
  const first = trained.find((m) => m.cell === (card.cell === "rnn" ? "lstm" : "rnn")) ?? trained[0] ?? rivals[0];
  return first ? [first] : [];
}

/** The rivals that names mean, null for the usual ones; names that are not among them are left out. */
export function chosenRivals(card, rivals, names) {
  const found = names?.map((name) => rivals.find((m) => m.name === name)).filter(Boolean).slice(0, MOST_MODELS - 1);
  return found && (found.length || !names.length) ? found : usualRivals(card, rivals);
}

/** What can be shown of several models: their memories, and each quantity that all of them have, as [{ id, keys }] with a key a model. */
export function choices(cards) {
  const memory = { id: "memory", keys: cards.map(memoryKey) };
  const shared = cards[0].quantities.map((q) => q.key).filter((key) => cards.every((card) => card.quantities.some((q) => q.key === key)));
  return [memory, ...shared.filter((key) => memory.keys.some((one) => one !== key)).map((key) => ({ id: key, keys: cards.map(() => key) }))];
}
