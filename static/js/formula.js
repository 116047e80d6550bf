// The formula language of the gate table (card.quantities[].formula): text to tree, tree to a number, tree to pieces to draw.
//   sum := product (("+" | "-") product)*     product := factor ("*" factor)*     factor := number | name | fn "(" sum ")" | "(" sum ")" | "-" factor
// A name is a quantity's JSON key ("C_tilde"), "prev." a key one step earlier, or "pre." a part of the quantity's own pre-activation.
// Knows no trace and no diagram; only symbolic(), symbol() and numeric() touch the DOM.
import { term } from "./digits.js";
import { h, setText } from "./dom.js";

export class FormulaError extends Error {}

export const FUNCTIONS = {
  sigmoid: { shown: "σ", apply: (z) => 1 / (1 + Math.exp(-z)), inverse: (v) => Math.log(v / (1 - v)), range: [0, 1] },
  tanh: { shown: "tanh", apply: Math.tanh, inverse: Math.atanh, range: [-1, 1] },
};

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)|([-+*()]))/y;

function tokenize(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw new FormulaError(`unexpected "${text.slice(at).trim()[0]}" in "${text}"`);
    tokens.push(found[1] ? { number: Number(found[1]) } : found[2] ? { name: found[2] } : { mark: found[3] });
  }
  return tokens;
}

/** Read a formula into a tree of {op: "num"|"var"|"call"|"neg"|"+"|"-"|"*"}; throws FormulaError. */
export function parse(text) {
  const tokens = tokenize(text);
  let at = 0;
  const next = (mark) => tokens[at]?.mark === mark && ++at;
  const close = () => { if (!next(")")) throw new FormulaError(`a ")" is missing in "${text}"`); };
  const chain = (marks, operand) => {
    let left = operand();
    while (marks.includes(tokens[at]?.mark)) left = { op: tokens[at++].mark, left, right: operand() };
    return left;
  };
  const sum = () => chain(["+", "-"], () => chain(["*"], factor));
  function factor() {
    const token = tokens[at];
    if (next("-")) return { op: "neg", of: factor() };
    if (next("(")) { const inside = sum(); close(); return inside; }
    at += 1;
    if (token?.number !== undefined) return { op: "num", value: token.number };
    if (!token?.name) throw new FormulaError(`"${text}" ends too early or has an operator out of place`);
    if (!next("(")) return { op: "var", name: token.name };
    if (!Object.hasOwn(FUNCTIONS, token.name)) throw new FormulaError(`"${token.name}" in "${text}" is no function of this language`);
    const of = sum();
    close();
    return { op: "call", fn: token.name, of };
  }
  const tree = sum();
  if (at < tokens.length) throw new FormulaError(`something follows the end of the formula in "${text}"`);
  return tree;
}

/** The tree's value, float64; values maps names to numbers, a name without a value makes the whole NaN. */
export function evaluate(tree, values) {
  switch (tree.op) {
    case "num": return tree.value;
    case "var": return values[tree.name] ?? NaN;
    case "neg": return -evaluate(tree.of, values);
    case "call": return FUNCTIONS[tree.fn].apply(evaluate(tree.of, values));
    case "+": return evaluate(tree.left, values) + evaluate(tree.right, values);
    case "-": return evaluate(tree.left, values) - evaluate(tree.right, values);
    default: return evaluate(tree.left, values) * evaluate(tree.right, values);
  }
}

/** Every variable name in the tree, in reading order, each once. */
export function names(tree) {
  if (tree.op === "var") return [tree.name];
  return [...new Set(["of", "left", "right"].flatMap((side) => (tree[side] ? names(tree[side]) : [])))];
}

/** The tree with its variables renamed: "pre.x" inside the row of f is one name, "pre.f.x", in a whole cell. */
export function rename(tree, name) {
  if (tree.op === "var") return { ...tree, name: name(tree.name) };
  const copy = { ...tree };
  for (const side of ["of", "left", "right"]) if (tree[side]) copy[side] = rename(tree[side], name);
  return copy;
}

/** The closed range the tree cannot leave, or null where it has none or is more than a bounded thing with numbers; quantities maps JSON keys to rows of the gate table. */
export function range(tree, quantities) {
  if (tree.op === "num") return [tree.value, tree.value];
  if (tree.op === "call") return FUNCTIONS[tree.fn].range;
  if (tree.op === "var") {
    const row = quantities.get(tree.name.replace(/^prev\./, ""));
    return row && row.min !== null && row.max !== null ? [row.min, row.max] : null;
  }
  if (tree.left?.op !== "num" && tree.right?.op !== "num") return null;
  const [left, right] = [range(tree.left, quantities), range(tree.right, quantities)];
  if (!left || !right) return null;
  const ends = left.flatMap((a) => right.map((b) => (tree.op === "*" ? a * b : tree.op === "+" ? a + b : a - b)));
  return [Math.min(...ends), Math.max(...ends)];
}

/** The one call of a function in a tree, or undefined. */
export const callIn = (tree) => (tree.op === "call" ? tree : ["of", "left", "right"].map((side) => tree[side] && callIn(tree[side])).find(Boolean));

/** The tree with its call replaced by another node. */
function around(tree, call, node) {
  if (tree === call) return node;
  const copy = { ...tree };
  for (const side of ["of", "left", "right"]) if (tree[side]) copy[side] = around(tree[side], call, node);
  return copy;
}

/**
 * A tree that squashes one input, "sigmoid(…)" or "4 * sigmoid(…) - 2": the input, what is written before and behind the input's parentheses, the range,
 * the function of the input and its inverse.
 */
export function squashing(tree) {
  const call = callIn(tree);
  const fn = FUNCTIONS[call.fn];
  const outer = around(tree, call, { op: "call", fn: call.fn, of: { op: "var", name: "z" } });
  const [low, high] = range(outer, new Map());
  const [fnLow, fnHigh] = fn.range;
  const [before, behind] = pieces(around(tree, call, { op: "var", name: "z" })).map(({ kind, text }) => (kind === "var" ? "\0" : text.replace(" · ", ""))).join("").split("\0");
  return {
    fn: call.fn, input: call.of, before: before + fn.shown, behind, range: [low, high],
    apply: (z) => evaluate(outer, { z }),
    inverse: (v) => fn.inverse(fnLow + ((v - low) / (high - low)) * (fnHigh - fnLow)),
  };
}

/** How strongly an operation binds, a leaf the strongest. */
const STRENGTH = { "+": 1, "-": 1, "*": 2, neg: 3 };
export const strength = (tree) => STRENGTH[tree.op] ?? 4;
const OPERATOR = { "+": " + ", "-": " − ", "*": " · " };

/** The tree as a flat list of {kind: "var"|"fn"|"text", text, name?}: what a line of text shows, with parentheses only where they are needed. */
export function pieces(tree, write = null, weakest = 0) {
  const text = (string) => ({ kind: "text", text: string });
  const inParentheses = (node) => [text("("), ...pieces(node, write), text(")")];
  const own = strength(tree);
  if (own < weakest) return inParentheses(tree);
  if (tree.op === "num") return [text(String(tree.value))];
  if (tree.op === "neg") return [text("−"), ...pieces(tree.of, write, 3)];
  if (tree.op === "var") {
    const shown = write ? write(tree.name) : tree.name;
    return [{ kind: "var", text: write && shown.startsWith("−") ? `(${shown})` : shown, name: tree.name }];
  }
  if (tree.op === "call") {
    const bare = tree.fn === "tanh" && tree.of.op === "var";
    return [{ kind: "fn", text: FUNCTIONS[tree.fn].shown }, ...(bare ? [text("\u2009"), ...pieces(tree.of, write)] : inParentheses(tree.of))];
  }
  return [...pieces(tree.left, write, own), text(OPERATOR[tree.op]), ...pieces(tree.right, write, own + (tree.op === "+" ? 0 : 1))];
}

/** The tree as one line of text with its variables' names: the same for the same formula, however it was typed. */
export const written = (tree) => pieces(tree).map(({ text }) => text).join("");

/** Every part of a tree, itself first. */
export const parts = (tree) => [tree, ...["of", "left", "right"].flatMap((side) => (tree[side] ? parts(tree[side]) : []))];

/**
 * Where the value of a formula is made: {quantity, back}, the quantity and how many steps earlier; undefined for what no quantity's formula contains.
 * of: the quantity whose own pre-activation it speaks of. A part such as "i * C_tilde" is made in the first formula that contains it.
 */
export function madeIn(tree, quantities, of) {
  if (of) return { quantity: of, back: 0 };
  if (tree.op === "var") return { quantity: tree.name.replace(/^prev\./, ""), back: tree.name.startsWith("prev.") ? 1 : 0 };
  const whole = [...quantities.values()].find((q) => parts(parse(q.formula)).some((part) => written(part) === written(tree)));
  return whole && { quantity: whole.key, back: 0 };
}

/** What a formula gives for the numbers as they are printed, to so many digits; its text tells whether a reader who checks by hand gets the same. */
export function byHand(tree, printed, bounds, digits = 3) {
  const values = Object.fromEntries(Object.entries(printed).map(([name, text]) => [name, Number(text.replace("−", "-").replace(/^[<>]/, ""))]));
  return term(evaluate(tree, values), digits, bounds);
}

/** How a variable is written: the key of its quantity, the symbol, and the subscript of one step earlier. */
export function symbolOf(name, quantities) {
  const previous = name.startsWith("prev.");
  const key = previous ? name.slice(5) : name;
  return { key, symbol: quantities.get(key)?.symbol ?? key, sub: previous ? "t−1" : "" };
}

/** The name of the cell state that a gate sees through its peephole ("pre.c"): of this step if C stands before the gate in the table, else of the step before. */
export function seenState(key, quantities) {
  const order = [...quantities.keys()];
  return order.indexOf("C") < order.indexOf(key) ? "C" : "prev.C";
}

/** The formula in symbols as DOM nodes: math italic in each quantity's colour, t−1 as a subscript. */
export function symbolic(tree, quantities) {
  return pieces(tree).map(({ kind, text, name }) => (kind === "var" ? symbol(name, quantities) : text));
}

/** One variable as a DOM node. */
export function symbol(name, quantities) {
  const { key, symbol: text, sub } = symbolOf(name, quantities);
  return h("span", { class: `sym q-${key}` }, h("i", { class: "m" }, text), sub ? h("sub", {}, sub) : null);
}

/** The formula in numbers, each in its quantity's colour: nodes once, then print(write) whenever they change; write(name) gives a number's text, make(props, name) its node. */
export function numeric(tree, make = (props) => h("span", props)) {
  const vars = [];
  const nodes = pieces(tree).map(({ kind, text, name }, at) => {
    if (kind !== "var") return text;
    const node = make({ class: `q-${name.replace(/^prev\./, "")}` }, name);
    vars.push({ at, name, node });
    return node;
  });
  return {
    nodes,
    vars,
    print(write) {
      const written = pieces(tree, write);
      for (const { at, node } of vars) setText(node, written[at].text);
    },
  };
}
