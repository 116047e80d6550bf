/* What a person types, as the API wants it: symbols as they are, numbers as "0.5, 1; 0.2, 0" (steps parted by ";", inputs by ","). */

const points = (text) => [...text];

export const isNumeric = (card) => card.alphabet === null;

/** The request's "input" for typed text; for a model of numbers what is no number goes as null, so that the server can say where it stands. */
export function parseInput(card, text) {
  if (!isNumeric(card)) return text;
  if (!text.trim()) return [];
  const toNumber = (part) => (part.trim() === "" || Number.isNaN(Number(part)) ? null : Number(part));
  const separator = card.input_size === 1 ? /[,;\s]+/ : /[;\n]+/;
  const steps = text.trim().split(separator).filter((part) => part.trim());
  return steps.map((step) => (card.input_size === 1 ? toNumber(step) : step.split(",").map(toNumber)));
}

/** The text that gives these tokens again. */
export const tokensText = (card, tokens) =>
  isNumeric(card) ? tokens.map((v) => [v].flat().join(", ")).join(card.input_size === 1 ? ", " : "; ") : tokens.join("");

/** Steps [from, to) of a run as an input of their own. */
export const tokensInput = (card, tokens) => (isNumeric(card) ? tokens : tokens.join(""));

/** Whether every symbol of the text is one the model knows, full-width forms included. */
export function allows(card, text) {
  if (isNumeric(card)) return !parseInput(card, text).flat().includes(null);
  const known = new Set(card.alphabet);
  return text !== "" && points(text).every((c) => known.has(c) || known.has(c.normalize("NFKC")));
}

/** Typed or pasted text without the white space that the model has no symbol for. */
export const clean = (card, text) => (isNumeric(card) ? text : points(text).filter((c) => !/\s/.test(c) || card.alphabet.includes(c)).join(""));

/** What a model plays when nobody has said what: its first example, else a few symbols or numbers it knows. */
export function firstInput(card) {
  if (card.examples.length) return card.examples[0].input;
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
