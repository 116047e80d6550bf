/* A sum term by term, as the API gives it: which lines are shown, what is put together in one, and the table of them. Every line is a product; all of them add up to what is shown of the sum. */

import { fit, term as written } from "../digits.js";
import { h } from "../dom.js";
import { minus, num, sgn, visible } from "../format.js";
import { range, seenState, symbol } from "../formula.js";
import { named } from "../pointing.js";
import { word } from "../words.js";

/** So many lines are shown at once: those of the largest products. */
export const MOST_TERMS = 8;
const DIGITS = 3;

/** Decimals added up as a person does it, without the dust of binary fractions. */
export function together(terms, decimals) {
  const unit = 10 ** decimals;
  return terms.reduce((total, { shown }) => total + Math.round(shown * unit), 0) / unit;
}

/** The largest terms that are not 0, and the rest with what it adds up to. One that is left over is shown as well: its line is no longer than one that puts it away. */
export function split({ terms, decimals }, most = MOST_TERMS) {
  const known = terms.filter(({ product }) => product !== 0);
  const top = known.slice(0, most);
  const rest = terms.filter((one) => !top.includes(one));
  if (rest.length === 1) return { top: [...top, ...rest], rest: [], shown: 0 };
  return { top, rest, shown: together(rest, decimals) };
}

/** What each part of a pre-activation comes to, in the numbers that are shown: part -> decimal. A bias is under its own name and, where the formula has one, under "b". */
export function shares({ terms, decimals }) {
  const of = (wanted) => together(terms.filter(({ part }) => wanted.includes(part)), decimals);
  return { x: of(["x"]), h: of(["h"]), c: of(["c"]), b: of(["b_ih", "b_hh"]), b_ih: of(["b_ih"]), b_hh: of(["b_hh"]) };
}

/** What a term is of: {name: nodes, thing, from}; from is where its value was made ({quantity, …}), null for what nobody made. */
function about({ part, index, symbol: letter }, { key, parts, t, layer, card, quantities }) {
  const own = (name) => named(name, { of: key });
  if (part === "h") {
    const from = t > 0 ? { quantity: "h", unit: index, t: t - 1 } : null;
    return { name: [symbol("prev.h", quantities), " ", word("workings.of_unit", { u: index })], thing: named("prev.h", { unit: index }), from };
  }
  if (part === "c") {
    const [first, second] = seenState(key, quantities).split(".");
    const from = { quantity: second ?? first, t: t - (second ? 1 : 0) };
    return { name: [symbol(seenState(key, quantities), quantities), " ", word("workings.peephole")], thing: own("pre.c"), from: from.t < 0 ? null : from };
  }
  if (part === "x" && layer > 0) {
    return { name: [h("i", { class: "m" }, "x"), " ", word("workings.of_below", { u: index })], thing: own("pre.x"), from: { quantity: "h", unit: index, layer: layer - 1, t } };
  }
  if (part === "x") {
    const which = letter !== null ? visible(letter) : card.input_size > 1 ? String(index) : "";
    return { name: [h("i", { class: "m" }, "x"), " ", word(letter !== null ? "workings.symbol" : "workings.input", { symbol: which, n: which })], thing: own("pre.x"), from: null };
  }
  return { name: [word("arithmetic.bias"), " ", h("i", { class: "m" }, "b"), h("sub", {}, part.slice(2))], thing: own(parts.includes(part) ? `pre.${part}` : "pre.b"), from: null };
}

/** A bar from the middle to the side of its sign, as long as its share of the largest. */
function bar(v, largest) {
  const share = largest > 0 ? (50 * Math.abs(v)) / largest : 0;
  return h("td", { class: "lane-cell", "aria-hidden": "true" }, h("span", { class: "signed" }, h("i", { class: v < 0 ? "negative" : "", style: `width:${share}%;${v < 0 ? "right" : "left"}:50%` })));
}

/** A node of a number behind a sign: in parentheses where it has a sign of its own. */
const around = (node, text) => (/^[−<>]/.test(text) ? [h("span", { class: "held" }, "(", node, ")")] : [node]);
const full = (v) => minus(String(v));

/**
 * The table of a sum. place has t, layer, card, quantities, key (the quantity) and its formula as a tree; number({v, text, from, name}) makes the node of a value; mark(node, thing) lets a row be
 * pointed at; tip(node, text) gives it an exact value.
 */
export function termsTable(sum, place, { number, mark, tip, open, toggled }) {
  const { decimals } = sum;
  const { top, rest, shown } = split(sum);
  const largest = Math.max(...top.map(({ product }) => Math.abs(product)), Math.abs(shown), 10 ** -decimals);
  const parts = sum.parts.map(({ part }) => part);
  const factors = Object.fromEntries(sum.parts.map(({ part, factor }) => [part, factor]));
  const bounds = range({ op: "var", name: "h" }, place.quantities);

  const row = (one) => {
    const { name, thing, from } = about(one, { ...place, parts });
    const factor = factors[one.part] ?? 1;
    const scale = factored(one.part, place.tree);
    const bias = one.part.startsWith("b");
    const text = one.symbol !== null ? "1" : one.part === "x" && place.layer === 0 ? fit(one.value, 6) : written(one.value, DIGITS, one.part === "c" ? null : bounds);
    const value = bias ? [] : [" × ", ...around(number({ v: one.value, text, from }), text)];
    const weight = tip(h("span", {}, num(one.weight, DIGITS)), () => full(one.weight));
    const times = scale ? [number({ v: factor, text: written(factor, DIGITS, [0, 1]), from: { quantity: scale, t: place.t } }), " · "] : [];
    return mark(h("tr", {}, h("th", { scope: "row" }, ...name), h("td", { class: scale ? "scaled" : null }, ...times, ...(scale ? around(weight, num(one.weight, DIGITS)) : [weight]), ...value), h("td", { class: "product" }, tip(h("span", {}, sgn(one.shown, decimals)), () => full(one.product))), bar(one.product, largest)), thing);
  };

  const more = h("tbody", { id: "terms-rest", hidden: !open }, open ? rest.map(row) : []);
  const button = h("button", { type: "button", class: "unfold", "aria-expanded": String(open), "aria-controls": "terms-rest" }, word("workings.rest", { n: rest.length }));
  button.addEventListener("click", () => {
    const now = button.getAttribute("aria-expanded") !== "true";
    if (now && !more.children.length) more.append(...rest.map(row));
    button.setAttribute("aria-expanded", String(now));
    more.hidden = !now;
    toggled(now);
  });
  const restRow = rest.length ? h("tbody", {}, h("tr", { class: "rest" }, h("th", { scope: "row", colspan: 2 }, button), h("td", { class: "product" }, sgn(shown, decimals)), bar(shown, largest))) : "";
  const heads = ["from", "weight", "product"].map((what) => h("th", { scope: "col" }, word(`workings.${what}`)));
  const total = h("tfoot", {}, h("tr", {}, h("th", { scope: "row", colspan: 2 }, word("arithmetic.sum")), h("td", { class: "product" }, tip(h("span", { class: "total" }, num(sum.shown, decimals)), () => full(sum.total))), h("td")));
  return h("table", { class: "terms" }, h("thead", {}, h("tr", {}, ...heads, h("td"))), h("tbody", {}, top.map(row)), restRow, more, total);
}

/** The quantity by which the formula multiplies a part (a GRU's r), or null: the API gives its value as the part's factor. */
function factored(part, tree) {
  const inside = (node) => (node.op === "var" ? node.name === `pre.${part}` : ["of", "left", "right"].some((side) => node[side] && inside(node[side])));
  const find = (node) => {
    if (node.op === "*" && node.left.op === "var" && inside(node.right)) return node.left.name;
    return ["of", "left", "right"].map((side) => node[side] && find(node[side])).find(Boolean) ?? null;
  };
  return find(tree);
}
