/* Numbers as people type and paste them, read into steps, and written again. Text in, lists and places out; knows no model but for how many numbers a step has. */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** What may still become a number while it is being typed. */
const BEGUN = /^[+-]?\.?$|^[+-]?(\d+\.?\d*|\.\d+)e[+-]?$/i;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;

/** The same text, character for character, as a keyboard without full-width letters writes it; the brackets of a pasted list part its steps. */
export const plain = (text) =>
  text.replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[、､]/g, ",").replace(/[。｡]/g, ".").replace(/[−–ー]/g, "-").replace(/[[(]/g, " ").replace(/[\])]/g, ";");

/** Pasted columns as one line: a line a step. A field of one line would lose its line ends. */
export const oneLine = (text) => text.trim().split(/\s*[\r\n]+\s*/).map((line) => line.replace(/\s*\t\s*/g, ", ")).join("; ");

const pieces = (text, pattern, offset = 0) => [...text.matchAll(pattern)].map((m) => ({ text: m[0], from: offset + m.index, to: offset + m.index + m[0].length }));
const chunks = (text) => pieces(text, /[^\s;]+/g).map((c) => ({ ...c, text: c.text.replace(/,+$/, ""), to: c.to - (c.text.match(/,+$/)?.[0].length ?? 0) }));

/** The first number with a decimal comma where the commas can mean nothing else: no point anywhere, one comma a number, and something else between the numbers. */
function decimalComma(said) {
  if (said.includes(".")) return undefined;
  const all = chunks(said).filter((c) => c.text);
  const inside = all.filter((c) => c.text.includes(","));
  return all.length > 1 && inside.every((c) => DECIMAL_COMMA.test(c.text)) ? inside[0] : undefined;
}

/**
 * Reads text as steps of `size` numbers. For one number a step anything may stand between the numbers; else a ";" or a new line ends a step, and "," or a space stands between its numbers.
 * {steps, places, fault}: places are the [from, to) of each step in the text; fault is null, or the first thing not understood, after the steps that were: {slug, position (of the step),
 * at: [from, to], part (as typed), …}; unfinished where it ends the text and may still become right.
 */
export function readNumbers(text, size) {
  const said = plain(text);
  const [steps, places] = [[], []];
  const end = said.trimEnd().length;
  const fail = (slug, { from, to }, more = {}) => ({ steps, places, fault: { slug, position: steps.length, at: [from, to], part: text.slice(from, to), unfinished: false, ...more } });
  const comma = size === 1 ? decimalComma(said) : undefined;
  if (comma) return fail("decimal-comma", comma, { point: comma.text.replace(",", ".") });
  for (const row of pieces(said, size === 1 ? /[^\s,;]+/g : /[^;\r\n]+/g)) {
    const parts = pieces(row.text, /[^\s,]+/g, row.from);
    if (!parts.length) continue;
    const bad = parts.find((p) => !NUMBER.test(p.text));
    if (bad) return fail("no-number", bad, { unfinished: bad.to === end && BEGUN.test(bad.text) });
    const endless = parts.find((p) => !Number.isFinite(Number(p.text)));
    if (endless) return fail("not-finite", endless);
    const all = { from: parts[0].from, to: parts.at(-1).to };
    if (parts.length !== size) {
      const decimal = chunks(row.text).length === size ? decimalComma(row.text) : undefined;
      if (decimal) return fail("decimal-comma", { from: row.from + decimal.from, to: row.from + decimal.to }, { point: decimal.text.replace(",", ".") });
      return fail("number-count", all, { n: parts.length, unfinished: parts.length < size && row.to >= end });
    }
    steps.push(size === 1 ? Number(parts[0].text) : parts.map((p) => Number(p.text)));
    places.push([all.from, all.to]);
  }
  return { steps, places, fault: null };
}

/** The text that reads as these steps. */
export const writeNumbers = (steps, size) => steps.map((v) => [v].flat().join(", ")).join(size === 1 ? ", " : "; ");

/** The same without the spaces that only help to read, for a link. */
export const compact = (text) => text.trim().replace(/\s*([,;])\s*/g, "$1");
