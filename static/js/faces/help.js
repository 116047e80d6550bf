/* Help: how to read the page, what this model's cell computes, what an LSTM is for, and the keys. */

import { h } from "../dom.js";
import { parse, symbol } from "../formula.js";
import { draw, equation } from "../mathml.js";
import { quantityWhat, quantityWord } from "../names.js";
import { hasWord, word } from "../words.js";

function quantitiesPart(card) {
  const quantities = new Map(card.quantities.map((q) => [q.key, q]));
  return h("dl", { class: "quantities" }, ...card.quantities.flatMap((q) => [
    h("dt", {}, symbol(q.key, quantities), ` ${quantityWord(q)}`),
    h("dd", {}, h("p", {}, quantityWhat(q, card.cell)), h("p", { class: "formula" }, draw(equation(parse(q.formula), quantities, q.key)))),
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
