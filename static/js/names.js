/* What models, cells and quantities are called on the page, in the reader's language. */

import { percent } from "./format.js";
import { hasWord, say, word } from "./words.js";

export const taskName = (card) => (card.label ? say(card.label) : card.task ?? card.name);
export const cellName = (card) => `${card.cell.toUpperCase()} · ${word("picker.units", { n: card.hidden_size })}`;

/** How well the model does, in words short enough for a header. */
export function accuracyText(card) {
  if (!card.trained) return word("picker.untrained");
  const a = card.accuracy;
  return a ? word("picker.accuracy", { p: a.value === 1 ? "100" : percent(a.value, 1) }) : "";
}

/** The word for a quantity: the catalogue's, else the card's own (a cell may be newer than the words). */
export const quantityWord = (q) => (hasWord(`quantity.${q.key}`) ? word(`quantity.${q.key}`) : q.word);
