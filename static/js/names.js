/* What models, cells and quantities are called on the page, in the reader's language. */

import { num, percent } from "./format.js";
import { hasWord, say, word } from "./words.js";

export const taskName = (card) => (card.label ? say(card.label) : card.task ?? card.name);
/** What a kind of cell is called: the catalogue's name for it, else its own in capitals. */
export const cellWord = (cell) => (hasWord(`cell.name.${cell}`) ? word(`cell.name.${cell}`) : cell.toUpperCase());
export const cellName = (card) => `${cellWord(card.cell)} · ${card.layers > 1 ? `${card.layers} × ` : ""}${word("picker.units", { n: card.hidden_size })}`;

/** What a card's axis is called, and a place on it: a year as it is, any other number in groups of three digits. */
export const axisWord = (axis) => (hasWord(`card.${axis}`) ? word(`card.${axis}`) : axis);
export const placeText = (axis, x) => (axis === "year" ? String(x) : x.toLocaleString("en"));

/** Several things of which any is right, as words. */
export const either = (list) => [list].flat().reduce((a, b) => word("list.or", { a, b }));

/** How well the model does, in words short enough for a header. */
export function accuracyText(card) {
  if (!card.trained) return word("picker.untrained");
  const a = card.accuracy;
  return a ? word("picker.accuracy", { p: a.value === 1 ? "100" : percent(a.value, 1) }) : "";
}

/** The word for a quantity: the catalogue's, else the card's own (a cell may be newer than the words). */
export const quantityWord = (q) => (hasWord(`quantity.${q.key}`) ? word(`quantity.${q.key}`) : q.word);

/** What a quantity is good for in this cell, with its bounds unless it is a gate; "" where the catalogue has no sentence. */
export function quantityWhat(q, cell) {
  const key = [`quantity.${q.key}.what.${cell}`, `quantity.${q.key}.what`].find(hasWord);
  if (!key || q.kind === "gate") return key ? word(key) : "";
  return q.max === null ? word("quantity.no_bounds", { what: word(key) }) : word("quantity.bounds", { what: word(key), min: num(q.min, 0), max: num(q.max, 0) });
}
