/* How the selected unit's values come about: each gate's sum in its parts, then the states in symbols and in numbers; every number leads to what made it. Reads the formulas of the gate table. */

import { term } from "../digits.js";
import { h, setText } from "../dom.js";
import { editedAt } from "../edits.js";
import { exactTips } from "../exact.js";
import { byHand, callIn, madeIn, names, numeric, parse, range, squashing, symbol, symbolic } from "../formula.js";
import { exact } from "../format.js";
import { named, pointable } from "../pointing.js";
import { readings } from "../values.js";
import { word } from "../words.js";

const TERM_DIGITS = 2;
const VALUE_DIGITS = 3;
const DASH = "–";
/** The most characters a line of numbers has at its full size. */
const LONG = 38;
const COLUMNS = ["x", "h", "c", "b"];

const signed = (text) => (text.startsWith("−") ? text : `+${text}`);

/** A gate's sum as rows of terms for the columns x, h, c and bias: [{factor, terms: {x, h, b}}], or null for a formula of another shape. */
export function sumRows(tree) {
  const call = callIn(tree);
  if (!call || !range(tree, new Map())) return null;
  const terms = (node) => (node.op === "+" ? [...terms(node.left), ...terms(node.right)] : [node]);
  const isPart = (node) => node.op === "var" && node.name.startsWith("pre.");
  const columns = (parts) => Object.fromEntries(parts.map(({ name }) => [COLUMNS.find((c) => name.slice(4).startsWith(c)), name]));
  const all = terms(call.of);
  if (!all.some(isPart)) return null;
  const rows = [{ factor: null, terms: columns(all.filter(isPart)) }];
  for (const node of all.filter((term) => !isPart(term))) {
    const inner = node.op === "*" && node.left.op === "var" ? terms(node.right) : [];
    if (inner.length === 0 || !inner.every(isPart)) return null;
    rows.push({ factor: node.left.name, terms: columns(inner) });
  }
  return rows;
}

export function arithmeticView(root, store, actions) {
  const tips = exactTips(root);
  const pointing = pointable(root, actions.point);
  let rows = [];
  let quantities = new Map();

  function build(card) {
    quantities = new Map(card.quantities.map((q) => [q.key, q]));
    pointing.clear();
    const [gates, states] = [[], []];
    const read = card.quantities.map((q) => ({ q, tree: parse(q.formula) })).map((row) => ({ ...row, sums: sumRows(row.tree) }));
    const columns = COLUMNS.filter((column) => column !== "c" || read.some(({ sums }) => sums?.some(({ terms }) => terms.c)));
    for (const { q, tree, sums } of read) (sums ? gates : states).push(createRow(q, tree, { sums, columns }, quantities, { button: live(q.key), tips }));
    const grid = h("div", { class: "sums", style: `--parts:${columns.length}` });
    const head = (...content) => h("span", { class: "hd" }, ...content);
    const rounded = h("span", { class: "hd rest", tabindex: "0" }, word("arithmetic.rounded"));
    tips.show(rounded, () => word("arithmetic.rounding", { terms: TERM_DIGITS, values: VALUE_DIGITS }));
    const from = (key, name, node) => { const [before, behind] = word(key).split(`{${name}}`); return head(before, node, behind); };
    const heads = {
      x: () => head(word("arithmetic.from_x")), h: () => from("arithmetic.from_h", "h", symbol("prev.h", quantities)),
      c: () => from("arithmetic.from_c", "c", symbol("C", quantities)), b: () => head(word("arithmetic.bias")),
    };
    grid.append(
      h("span", { class: "over" }), ...columns.map((column) => heads[column]()), rounded,
      ...gates.flatMap((row) => row.nodes), states.length ? h("hr") : "", ...states.flatMap((row) => row.nodes),
    );
    root.replaceChildren(h("h3", { class: "sr" }, word("arithmetic.title")), grid, tips.node);
    rows = [...gates, ...states];
  }

  /** Makes the button of a number in the row of a quantity: it leads to what made the number, and points at what it is. */
  const live = (key) => (props, name) => {
    const { quantity, back } = madeIn({ op: "var", name }, quantities, name.startsWith("pre.") ? key : undefined);
    const open = () => actions.takeApart({ quantity, t: store.get().t - back });
    return pointing.add(h("button", { type: "button", "aria-description": word("workings.open"), ...props, on: { click: open } }), named(name, { of: name.startsWith("pre.") ? key : null }));
  };

  function update(state) {
    const { trace } = state;
    for (const row of rows) row.print(readings(trace, state, row.names), editedAt(trace.edits, row.key, state));
    tips.refresh();
  }

  store.watch((s) => [s.trace?.card ?? s.card, s.lang], ([card]) => card && build(card));
  store.watch((s) => [s.trace, s.t, s.layer, s.unit, s.pre, s.t < s.arrived, s.lang], () => {
    const state = store.get();
    if (state.trace && state.t < state.arrived) update(state);
  });
  store.watch((s) => [s.pointed, s.unit], ([pointed, unit]) => pointing.light(pointed, { unit, quantities }));
}

/** One quantity's line or lines: its nodes for the grid, the names it reads, and print(values). */
function createRow(quantity, tree, { sums, columns }, quantities, { button, tips }) {
  const { key } = quantity;
  const own = names(tree).map((name) => (name.startsWith("pre.") ? name.replace("pre.", `pre.${key}.`) : name));
  const bounds = range({ op: "var", name: key }, quantities);
  const printed = {};
  let values = {};
  const full = (name) => (name.startsWith("pre.") ? name.replace("pre.", `pre.${key}.`) : name);
  const write = (name) => {
    const v = values[full(name)];
    if (Number.isNaN(v)) printed[name] = DASH;
    else if (name.startsWith("pre.")) printed[name] = signed(term(v, TERM_DIGITS, null));
    else printed[name] = term(v, VALUE_DIGITS, range({ op: "var", name }, quantities));
    return printed[name];
  };
  const tip = (node, name) => {
    tips.show(node, () => (Number.isNaN(values[full(name)]) ? "" : exact(values[full(name)])));
    return node;
  };
  const number = (props, name) => tip(button({ tabindex: "-1", ...props }, name), name); // Tab stops at the results alone: they lead to the same places
  const result = number({ class: `val q-${key}`, tabindex: "0" }, key);
  const equals = h("span", { class: "c" }, "=");
  const name = h("span", { class: "l" }, symbol(key, quantities));
  const body = sums ? gateNodes(squashing(tree), { sums, columns }, { name, equals, result, number }) : stateNodes(tree, quantities, { name, equals, result, number });
  return {
    key,
    nodes: body.nodes,
    names: [...own, key],
    /** held: an edit put the value in place of what the formula gives. */
    print(next, held) {
      values = next;
      body.print(write);
      const known = Object.values(values).every((v) => !Number.isNaN(v));
      const text = term(values[key], VALUE_DIGITS, bounds);
      setText(result, text);
      setText(equals, held ? "≠" : !known || byHand(tree, printed, bounds) === text ? "=" : "≈");
      equals.title = held ? word("arithmetic.held") : "";
    },
  };
}

/** σ( +0.79 +9.31 +2.67 ) = 0.999, in columns; a product inside the sum (a GRU's r) takes a row of its own in the same columns. */
function gateNodes({ before, behind }, { sums, columns }, { name, equals, result, number }) {
  const cells = [];
  const factors = [];
  const nodes = sums.flatMap(({ factor, terms }, n) => {
    const last = n === sums.length - 1;
    const parts = columns.map((column) => {
      if (!terms[column]) return h("span");
      const node = number({}, terms[column]);
      cells.push({ node, name: terms[column] });
      return node;
    });
    const open = h("span", { class: "fn" }, factor ? "" : `${before}\u2009(`);
    if (factor) {
      const node = number({ class: `q-${factor}` }, factor);
      open.append(node, "\u2009·\u2009(");
      factors.push({ node, name: factor });
    }
    const tail = last ? [h("span", { class: behind ? "c behind" : "c" }, ")".repeat(factor ? 2 : 1) + behind), equals, result] : [h("span"), h("span"), h("span")];
    return [n === 0 ? name : h("span"), h("span", { class: "c" }, n === 0 ? "=" : "+"), open, ...parts, ...tail];
  });
  return { nodes, print: (write) => [...cells, ...factors].forEach((cell) => setText(cell.node, write(cell.name))) };
}

/** C = f·C(t−1) + i·C̃ over its numbers; a short formula has both on one line. */
function stateNodes(tree, quantities, { name, equals, result, number }) {
  const numbers = numeric(tree, number);
  const short = names(tree).length < 3;
  const line = (...content) => h("span", { class: "wide" }, ...content);
  const shown = symbolic(tree, quantities);
  const first = short ? line(...shown, " = ", ...numbers.nodes) : line(...shown);
  const nodes = [name, h("span", { class: "c" }, "="), first];
  if (!short) nodes.push(h("span"), h("span"), h("span"), h("span", { class: "c" }, "="), line(...numbers.nodes));
  const numbered = short ? first : nodes.at(-1);
  return {
    nodes: [...nodes, equals, result],
    print(write) {
      numbers.print(write);
      numbered.classList.toggle("tight", numbered.textContent.length > LONG);
    },
  };
}
