/*
 * A formula as MathML. mathml() makes a plain tree of {tag, props, children}, in which `part` names the part of the formula that a node shows; draw() makes
 * elements of it, line() a line of text. A part of a pre-activation is written as what it is: W x from the input, U h(t−1), p C through a peephole, b.
 */

import { FUNCTIONS, seenState, strength, symbolOf } from "./formula.js";

const MATH = "http://www.w3.org/1998/Math/MathML";
const TIMES = "\u2062"; // invisible, as in W x
const APPLY = "\u2061";
const OPERATOR = { "+": "+", "-": "−", "*": "·" };

const node = (tag, ...children) => ({ tag, props: {}, children });
const styled = (tag, props, ...children) => ({ tag, props, children });
const mo = (text, props = {}) => styled("mo", props, text);
const inside = (...children) => node("mrow", mo("(", { stretchy: "false" }), ...children, mo(")", { stretchy: "false" }));
const sub = (base, ...below) => node("msub", base, below.length === 1 ? below[0] : node("mrow", ...below));

/** A quantity's symbol in its hue; one step earlier with the subscript t−1. */
function symbol(name, quantities) {
  const { key, symbol: text, sub: earlier } = symbolOf(name, quantities);
  const letter = styled("mi", { class: `q-${key}` }, text);
  return earlier ? sub(letter, node("mi", "t"), mo("−", { lspace: "0", rspace: "0" }), node("mn", "1")) : letter;
}

/** The parts of the pre-activation of the quantity `key`. */
function share(part, key, quantities) {
  const own = () => node("mi", quantities.get(key).symbol);
  const weight = (letter) => sub(node("mi", letter), own());
  const bias = (mark) => sub(node("mi", `b${mark}`), own());
  const forms = {
    x: () => [weight("W"), mo(TIMES), node("mi", "x")],
    h: () => [weight("U"), mo(TIMES), symbol("prev.h", quantities)],
    c: () => [weight("p"), mo("·"), symbol(seenState(key, quantities), quantities)],
    b: () => [weight("b")],
    b_ih: () => [bias("′")],
    b_hh: () => [bias("″")],
  };
  return node("mrow", ...forms[part]());
}

/** The tree as MathML; key: the quantity whose formula it is, or part of; it gives "pre.x" its subscript. */
export function mathml(tree, quantities, key) {
  const shown = (one) => ({ ...build(one), part: one });
  const operand = (one, weakest) => (strength(one) < weakest ? inside(shown(one)) : shown(one));
  const build = (one) => {
    switch (one.op) {
      case "num": return node("mn", String(one.value));
      case "neg": return node("mrow", mo("−", { form: "prefix" }), operand(one.of, 3));
      case "var": return one.name.startsWith("pre.") ? share(one.name.split(".").at(-1), key, quantities) : node("mrow", symbol(one.name, quantities));
      case "call": {
        const bare = one.fn === "tanh" && one.of.op === "var";
        return node("mrow", styled("mi", { class: "fn" }, FUNCTIONS[one.fn].shown), mo(APPLY, bare ? { rspace: "0.17em" } : {}), bare ? shown(one.of) : inside(shown(one.of)));
      }
      default: {
        const own = strength(one);
        return node("mrow", operand(one.left, own), mo(OPERATOR[one.op]), operand(one.right, own + (one.op === "+" ? 0 : 1)));
      }
    }
  };
  return shown(tree);
}

/** "key = formula" as one <math>. */
export const equation = (tree, quantities, key) => node("math", { ...node("mrow", symbol(key, quantities)), part: { op: "var", name: key } }, mo("="), mathml(tree, quantities, key));

/** Elements of it; live(element, part) is told of each that shows a part of the formula. */
export function draw({ tag, props, children, part }, live = () => {}) {
  const element = document.createElementNS(MATH, tag);
  for (const [name, value] of Object.entries(props)) element.setAttribute(name, value);
  element.append(...children.map((child) => (typeof child === "string" ? child : draw(child, live))));
  if (part) live(element, part);
  return element;
}

/** A line of text of it; write(name) gives the text of a variable, and without it its letters are written. */
export function line({ children, part }, write = null) {
  if (write && part?.op === "var") return write(part.name);
  return children.map((child) => (typeof child === "string" ? child : line(child, write))).join("");
}
