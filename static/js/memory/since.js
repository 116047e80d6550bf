/* What one step wrote and how much of it has been kept since, as a product: in symbols, in numbers, in a sentence. Reads the formulas of the ledger's identity; knows no cell. */

import { term } from "../digits.js";
import { h } from "../dom.js";
import { evaluate, names, pieces } from "../formula.js";
import { num, percent } from "../format.js";
import { word, wordParts } from "../words.js";

const DIGITS = 3;
/** So many factors are written out; of more, the first and the last. */
const OUT = 3;
/** Of what is gone, the step that took more than this part (on a logarithmic scale, where losses add up) is named, if at least LOST is gone. */
const [MAIN, LOST] = [0.5, 0.1];

/** The step after s, up to t, at which most was lost, or null where no one step stands out. */
export function lossAt(kept, s, t) {
  const since = kept.slice(s + 1, t + 1);
  const whole = since.reduce((product, f) => product * f, 1);
  if (whole > 1 - LOST) return null;
  const least = since.reduce((at, f, n) => (f < since[at] ? n : at), 0);
  return since[least] === 0 || Math.log(since[least]) < MAIN * Math.log(whole) ? s + 1 + least : null;
}

/** A quantity's symbol with a step below it. */
const at = (key, s, quantities) => h("span", { class: `sym q-${key}` }, h("i", { class: "m" }, quantities.get(key)?.symbol ?? key), h("sub", {}, String(s).replace("-", "−")));
const boundsOf = (key, quantities) => { const q = quantities.get(key); return q && q.min !== null && q.max !== null ? [q.min, q.max] : null; };
const coloured = (key, text) => h("span", { class: `q-${key}` }, text);
/** A number of step s that leads to what made it. */
const leading = (key, s, text, open) => h("button", { type: "button", class: `made q-${key}`, dataset: { key: `made ${key} ${s}` }, "aria-description": word("workings.open"), on: { click: () => open(key, s) } }, text);

/**
 * The nodes of "written then, kept since" for what step s wrote (−1: the state before the run), at step t. shown is the printed amount; value(key, s) a number of the run;
 * identity {state, keep, write} with keep and write as trees; nameOf(s) a node with its token; open(key, s) shows what made a number. Where an edit set the state, the product would not be what was computed, and only the sentence stands.
 */
export function writtenThen({ identity, quantities, kept, written, s, t, shown, value, nameOf, amount, open }) {
  const { state, keep, write } = identity;
  const since = kept.slice(s + 1, t + 1);
  const product = since.reduce((all, f) => all * f, 1);
  const [keeper] = names(keep);
  const fades = keeper !== undefined && since.length > 0;
  const text = {};
  const print = (name) => {
    text[name] = term(value(name, s), DIGITS, boundsOf(name, quantities));
    return text[name].startsWith("<−") ? `(${text[name]})` : text[name];
  };
  const formula = s < 0 ? [at(state, -1, quantities)] : pieces(write).map((p) => (p.kind === "var" ? at(p.name, s, quantities) : p.text));
  const factor = (k) => [" · ", at(keeper, k, quantities)];
  const factors = !fades ? [] : since.length <= OUT ? since.flatMap((_, n) => factor(s + 1 + n)) : [...factor(s + 1), " ⋯ ", at(keeper, t, quantities)];
  const numbers = s < 0 ? [coloured(state, num(written, DIGITS))] : pieces(write, print).map((p) => (p.kind === "var" ? leading(p.name, s, p.text, open) : p.text));
  const keptText = fades ? term(product, DIGITS, [0, 1]) : "1";
  const byHand = (s < 0 ? written : evaluate(write, Object.fromEntries(Object.entries(text).map(([name, v]) => [name, Number(v.replace("<", "").replace("−", "-"))])))) * Number(keptText.replace(/^[<>]/, ""));
  const same = (a, b) => Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(b));
  const made = (s < 0 || same(evaluate(write, Object.fromEntries(names(write).map((name) => [name, value(name, s)]))), written)) && since.every((f, n) => !fades || same(value(keeper, s + 1 + n), f));
  const equals = amount(byHand) === shown ? " = " : " ≈ ";
  return [
    ...(made ? [h("p", { class: "product" }, ...formula, ...factors, h("br"), "= ", ...numbers, ...(fades ? [" · ", coloured(keeper, keptText)] : []), equals, h("b", {}, shown))] : []),
    ...said({ since, product, keeper, written: amount(written), lost: made ? lossAt(kept, s, t) : null, kept, nameOf, quantities, open }).map((nodes) => h("p", {}, ...nodes)),
  ];
}

function said({ since, product, keeper, written, lost, kept, nameOf, quantities, open }) {
  if (since.length === 0) return [[word("memory.then.now", { written })]];
  if (keeper === undefined) return [[word("memory.then.whole", { written })]];
  const whole = [word("memory.then.left", { written, p: `${percent(product)}\u00a0%` })];
  return lost === null ? [whole] : [whole, wordParts("memory.then.lost", { s: String(lost), token: nameOf(lost), f: at(keeper, lost, quantities), value: leading(keeper, lost, term(kept[lost], DIGITS, [0, 1]), open) })];
}
