/* A step as a sentence, from what the server found in the numbers: which events, and in which words. Returns texts and the nodes they are given; knows no DOM. */

import { num, sgn } from "../format.js";
import { portion } from "./facts.js";
import { hasWord, word, wordParts } from "../words.js";

/** What each kind of event says of its amount. */
const SAID = {
  forgets: ({ amount }) => ({ amount: portion(amount) }),
  writes: ({ amount }) => ({ amount: sgn(amount, 2) }),
  opens: ({ amount }) => ({ amount: portion(amount) }),
  closes: ({ amount }) => ({ amount: portion(amount) }),
  changes: ({ amount, change }) => ({ amount: num(amount, 2), before: num(amount - change, 2) }),
};

/** The mark of a task that ends at a step, if there are words for its kind: the first of those that began last. */
export const endingMark = (marks, t) => (marks ?? []).filter((m) => m.to === t && hasWord(`mark.${m.kind}`)).sort((a, b) => b.from - a.from)[0] ?? null;

/** The words of a key as a list, with texts and nodes in the places of their names. */
const parts = (key, given) => wordParts(key, given).filter((part) => part !== "");

/**
 * The sentence as a list of texts and nodes. events: those of the step; mark: what ends here, or null. unitNode(unit), tokenNode(t) and stepNode(t) give what stands for
 * a unit, for the token of a step and for its number.
 */
export function telling({ t, events, mark, unitNode, tokenNode, stepNode }) {
  const lead = mark ? parts(`mark.${mark.kind}`, { token: tokenNode(t), other: tokenNode(mark.from), from: stepNode(mark.from) }) : [tokenNode(t)];
  if (!events.length) return [...lead, word("telling.colon"), word("telling.quiet")];
  const told = events.map((event, n) => parts(`telling.${event.kind}${n === events.length - 1 ? ".last" : ""}`, { unit: unitNode(event.unit), ...SAID[event.kind](event) }));
  return [...lead, word("telling.colon"), ...told.flatMap((one, n) => (n ? [word("telling.comma"), ...one] : one)), word("telling.stop")];
}
