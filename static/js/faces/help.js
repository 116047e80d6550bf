/* Help: how to read the page, what this model's cell computes, what an LSTM is for, and the keys. */

import { h } from "../dom.js";
import { parse, pieces, seenState, symbol } from "../formula.js";
import { quantityWhat, quantityWord } from "../names.js";
import { hasWord, word } from "../words.js";

/** The parts of a pre-activation as they are written: W x + U h + p C + b, each with the name of its quantity. */
const PARTS = { x: (sub) => ["W", sub, "\u2009x"], h: (sub, h1) => ["U", sub, "\u2009", h1], c: (sub, h1, seen) => ["p", sub, " · ", seen], b: (sub) => ["b", sub], b_ih: (sub) => ["b", sub, "′"], b_hh: (sub) => ["b", sub, "″"] };

/** A quantity's formula in symbols: the one that runs. */
function formula(q, quantities) {
  const part = (name) => PARTS[name.slice(4)](h("sub", {}, q.symbol), symbol("prev.h", quantities), symbol(seenState(q.key, quantities), quantities)).map((one) => (typeof one === "string" ? h("i", { class: "m" }, one) : one));
  const shown = pieces(parse(q.formula)).flatMap(({ kind, text, name }) => (kind !== "var" ? text : name.startsWith("pre.") ? part(name) : symbol(name, quantities)));
  return h("p", { class: "formula" }, symbol(q.key, quantities), " = ", ...shown);
}

function quantitiesPart(card) {
  const quantities = new Map(card.quantities.map((q) => [q.key, q]));
  return h("dl", { class: "quantities" }, ...card.quantities.flatMap((q) => [
    h("dt", {}, symbol(q.key, quantities), ` ${quantityWord(q)}`),
    h("dd", {}, h("p", {}, quantityWhat(q, card.cell)), formula(q, quantities)),
  ]));
}

export function face({ store }) {
  const { card } = store.get();
  const keys = [["space", "play"], ["← →", "step"], ["Home End", "ends"], ["PgUp PgDn", "clicker"], ["↑ ↓", "unit"], ["[ ]", "layer"], ["1 2 3 …", "tabs"], ["/", "input"], ["Esc", "leave"], ["?", "help"]];
  const says = (...names) => names.map((name) => h("p", {}, word(`help.${name}`)));
  return [word("help.title"), ...says("what", "score", "cell", "colour"),
    ...(card ? [h("h3", {}, word("help.quantities")), hasWord(`cell.about.${card.cell}`) ? h("p", {}, word(`cell.about.${card.cell}`)) : "", quantitiesPart(card), h("p", { class: "dim" }, word("help.unit", { n: card.hidden_size }))] : []),
    h("h3", {}, word("help.why")), ...says("rnn", "lstm"),
    h("h3", {}, word("help.keys")), h("table", {}, h("tbody", {}, ...keys.map(([key, name]) => h("tr", {}, h("td", {}, ...key.split(" ").flatMap((k) => [h("kbd", {}, k), " "])), h("td", {}, word(`keys.${name}`)))))),
    h("p", { class: "dim" }, word("help.api"), " ", h("a", { href: "docs" }, word("help.docs")))];
}
