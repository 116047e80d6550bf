/* What a person types, as the API wants it: symbols as they are, numbers as lists. */

import { compact, readNumbers, writeNumbers } from "./numbers.js";

const points = (text) => [...text];

export const isNumeric = (card) => card.alphabet === null;

/** Typed text as the request's "input", with the fault of what is no number (see readNumbers; the input then ends before it). Symbols are the server's to check. */
export function readInput(card, text) {
  if (!isNumeric(card)) return { input: text, fault: null };
  const { steps, fault } = readNumbers(text, card.input_size);
  return { input: steps, fault };
}

export const parseInput = (card, text) => readInput(card, text).input;

/** The [from, to) in the text of what a problem is about, or null: its own place, else that of its step. */
export function placeOf(card, text, { at, position }) {
  if (at) return at;
  if (position === undefined) return null;
  if (isNumeric(card)) return readNumbers(text, card.input_size).places[position] ?? null;
  let step = 0;
  let from = 0;
  for (const c of points(text)) {
    if (isRead(card, c) && step++ === position) return [from, from + c.length];
    from += c.length;
  }
  return null;
}

/** The text that gives these tokens again. */
export const tokensText = (card, tokens) => (isNumeric(card) ? writeNumbers(tokens, card.input_size) : tokens.join(""));

/** An input of the API, such as an example's, as the text that gives it. */
export const inputText = (card, input) => (typeof input === "string" ? input : tokensText(card, input));

/** The example whose input a text is. */
export const exampleOf = (card, text) => card.examples.find((e) => inputText(card, e.input) === text);

/** The same text as short as a link wants it. */
export const linkText = (card, text) => (isNumeric(card) ? compact(text) : text);

/** Steps [from, to) of a run as an input of their own. */
export const tokensInput = (card, tokens) => (isNumeric(card) ? tokens : tokens.join(""));

/** Whether the model can read all of the text; of symbols, full-width forms included. */
export function allows(card, text) {
  if (isNumeric(card)) return text.trim() !== "" && readInput(card, text).fault === null;
  const known = new Set(card.alphabet);
  return text !== "" && points(text).every((c) => known.has(c) || known.has(c.normalize("NFKC")));
}

/** Whether a text means the same to two models: symbols to both, or as many numbers a step. */
export const alike = (a, b) => (isNumeric(a) ? isNumeric(b) && a.input_size === b.input_size : !isNumeric(b));

/** Whether a typed character is a step: white space that the model has no symbol for is none. */
const isRead = (card, c) => !/\s/.test(c) || card.alphabet.includes(c);

/** Typed or pasted text with its steps alone. */
export const clean = (card, text) => (isNumeric(card) ? text : points(text).filter((c) => isRead(card, c)).join(""));

/** Pasted lines as one, with the symbol that the model reads for a line break; null where the text has one line or the model no such symbol. */
export function pastedLines(card, text) {
  const lines = text.trim().split(/\r\n?|\n/);
  if (lines.length < 2 || !card?.line_break) return null;
  return lines.map((line) => line.trim()).join(card.line_break);
}

/** What a model plays when nobody has said what: its first example, else a few symbols or numbers it knows. */
export function firstInput(card) {
  if (card.examples.length) return inputText(card, card.examples[0].input);
  if (!isNumeric(card)) return card.alphabet.slice(0, 8).join("");
  return tokensText(card, [1, 0, 0, 0, 0].map((v) => (card.input_size === 1 ? v : Array(card.input_size).fill(v))));
}

/** How many leading steps two texts share. */
export function commonSteps(card, a, b) {
  const steps = (text) => (isNumeric(card) ? parseInput(card, text).map(String) : points(text));
  const [x, y] = [steps(a), steps(b)];
  let n = 0;
  while (n < x.length && n < y.length && x[n] === y[n]) n++;
  return n;
}
