/* Finds an input on which models of one task differ in what they have right: among the prepared ones and some that are drawn. Knows nothing of the page. */

import * as api from "../api.js";
import { inputText, readInput } from "../input.js";

/** So many inputs are drawn, and none longer than this is tried. */
const [DRAWN, LONGEST] = [16, 600];

/** The step at which the first of the models is right and another is not; else one at which they differ; null where none is. Each list has a step's right, true, false or null. */
export function wherePartly([first, ...others]) {
  const at = (differs) => first.findIndex((right, t) => others.some((other) => other[t] !== undefined && differs(right, other[t])));
  const found = [at((a, b) => a === true && b === false), at((a, b) => a === false && b === true)];
  return found.find((t) => t >= 0) ?? null;
}

/** { text, t, tried } of an input other than `not` on which the cards differ, or { text: null, tried }. The first card's input is what counts. */
export async function findWhereTheyDiffer(cards, not, signal) {
  let tried = 0;
  const [card] = cards;
  async function look(text) {
    const { input } = readInput(card, text);
    if (text === not || input.length > LONGEST) return null;
    tried++;
    const runs = await Promise.all(cards.map((one) => api.trace({ model: one.name, input, include: ["h"] }, signal)));
    const t = wherePartly(runs.map(({ steps }) => steps.map(({ y }) => y.right)));
    return t === null ? null : { text, t };
  }
  for (const example of card.examples) {
    const found = await look(inputText(card, example.input));
    if (found) return { ...found, tried };
  }
  for (let n = 0; n < DRAWN && card.generator !== null; n++) {
    const drawn = await api.example(card.name, {}).catch((error) => (error instanceof api.Problem ? null : Promise.reject(error)));
    const found = drawn && (await look(inputText(card, drawn.input)));
    if (!drawn) break;
    if (found) return { ...found, tried };
  }
  return { text: null, tried };
}
