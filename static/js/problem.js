/* What the server refused, as a sentence in the reader's words. Knows the catalogue's keys, not where the sentence stands. */

import { hasWord, word } from "./words.js";

/** So much of what was typed is repeated in a sentence about it. */
const SHOWN = 24;

/** Large whole numbers with their thousands apart. */
const grouped = (params) => Object.fromEntries(Object.entries(params).map(([k, v]) => [k, Number.isInteger(v) && v > 9999 ? v.toLocaleString("en") : v]));

/** A problem document in the reader's words: by its slug and parameters, else the server's own sentence. */
export function problemText(problem, card) {
  const many = card?.alphabet === null && card.input_size > 1 ? ".many" : "";
  const key = [`problem.${problem.slug}${many}`, `problem.${problem.slug}`].find(hasWord);
  if (!key) return problem.detail ?? word("problem.other");
  const { position, part = "" } = problem;
  const where = position === undefined ? "" : word("problem.where", { t: position });
  return word(key, { ...grouped({ ...problem.params, ...problem }), part: part.length > SHOWN ? `${part.slice(0, SHOWN - 1)}…` : part, allowed: [problem.allowed ?? []].flat().join(" "), where, inputs: card?.input_size });
}
