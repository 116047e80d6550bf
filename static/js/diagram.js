/*
 * Brings a cell's SVG to life. The SVG names its values by formulas in data attributes; nothing here knows which cell it is.
 *   data-wire, data-arrow   width 1 + 7·|v| / scale, graphite when negative; data-scale is a number or the key of a state with a scale of its own (default 1)
 *   data-valve              a ring filled to the value       data-sum   a plus sign
 *   data-box                a formula with one function: what it makes of the function's input as a curve, a dot at that input
 *   data-of                 in any of these names the gate whose pre.* are meant
 *   data-label              the formula in symbols and its value; data-number "x y" sets the number apart; with data-word, words in place of the symbols
 *   data-word               words of the catalogue
 * draw(values) sets geometry and may be called with values between two steps; print(values, named) sets digits and is given exact steps only;
 * with named, the exact values too are told to screen readers.
 */

import { brief } from "./digits.js";
import { svg } from "./dom.js";
import { evaluate, names, parse, pieces, range, rename, squashing, symbolOf } from "./formula.js";
import { exact, num } from "./format.js";
import { hasWord, word } from "./words.js";

const RING = 12;
const CURVE = { width: 44, height: 28, sigmoid: 6, tanh: 3 };

const setters = (node) => {
  const last = new Map();
  return (name, value) => {
    if (last.get(name) === value) return;
    last.set(name, value);
    node.setAttribute(name, value);
  };
};

/** Words and symbols as tspans; every symbol in math italic, t−1 lowered. "{h}" in words stands for the symbol h(t−1). */
export function spans(list, quantities) {
  let lowered = false;
  const span = (className, text, lower = false) => {
    const dy = lower === lowered ? null : lower ? 3 : -3;
    lowered = lower;
    return svg("tspan", { class: className, dy }, text);
  };
  const out = list.flatMap(({ kind, text, name }) => {
    if (kind !== "var") return [span(kind, text.replace(" · ", "·"))];
    const { symbol, sub } = symbolOf(name, quantities);
    return [span("msym", symbol), ...(sub ? [span("msym sub", sub, true)] : [])];
  });
  return { out, dy: lowered ? -3 : null };
}

function inWords(key) {
  return word(key).split(/(\{h\})/).filter(Boolean).map((part) => (part === "{h}" ? { kind: "var", text: "h", name: "prev.h" } : { kind: "text", text: part }));
}

/** The word for a quantity: the catalogue's, else the table's own (a cell may be newer than the words). */
export const quantityWord = (key, quantities) => (hasWord(`quantity.${key}`) ? word(`quantity.${key}`) : (quantities.get(key)?.word ?? ""));

/** How wide a line is: a function of the values, and the classes of a negative and of an unknown one set on the way. */
function lineWidth(node, tree, wanted) {
  const scale = node.dataset.scale ?? "1";
  if (Number.isNaN(Number(scale))) wanted.add(`scale.${scale}`);
  return (values) => {
    const v = evaluate(tree, values);
    const limit = Number(scale) || values[`scale.${scale}`];
    node.classList.toggle("negative", v < 0);
    node.classList.toggle("unknown", Number.isNaN(v));
    return Number.isNaN(v) ? 1 : 1 + 7 * Math.min(1, Math.abs(v) / limit);
  };
}

function wire(node, { formula, wanted }) {
  const set = setters(node);
  const width = lineWidth(node, formula(node, "wire"), wanted);
  return { draw: (values) => set("stroke-width", width(values).toFixed(2)) };
}

function arrow(node, { formula, wanted }) {
  const set = setters(node);
  const width = lineWidth(node, formula(node, "arrow"), wanted);
  return {
    draw(values) {
      const half = (width(values) / 2 + 4).toFixed(2);
      set("d", `M0 -${half}L9 0L0 ${half}z`);
    },
  };
}

function valve(node, { formula }) {
  const tree = formula(node, "valve");
  const arc = svg("circle", { class: "arc", r: RING, pathLength: 1, transform: "rotate(-90)" });
  const set = setters(arc);
  node.append(svg("circle", { class: "hub", r: 15 }), arc, svg("path", { class: "sign", d: "M-4 -4l8 8m0-8l-8 8" }));
  return { draw: (values) => set("stroke-dasharray", `${(evaluate(tree, values) || 0).toFixed(4)} 1`) };
}

function sum(node) {
  node.append(svg("circle", { class: "hub", r: 12 }), svg("path", { class: "sign", d: "M-6 0h12m-6-6v12" }));
  return {};
}

/** The function of a box and the dot on it. While a gate's pre-activations have not arrived, its input is worked out backwards from its value. */
function box(node, { formula, tips }) {
  const fn = squashing(formula(node, "box"));
  const { of } = node.dataset;
  const { width: w, height: h, [fn.fn]: domain } = CURVE;
  const [low, high] = fn.range;
  const x = (z) => (Math.max(-1, Math.min(1, z / domain)) * w) / 2;
  const y = (v) => h / 2 - (h * (v - low)) / (high - low);
  const curve = Array.from({ length: 33 }, (_, n) => (n / 16 - 1) * domain).map((z) => `${x(z).toFixed(1)} ${y(fn.apply(z)).toFixed(1)}`);
  const dot = svg("circle", { class: "needle", r: 4 });
  node.append(
    svg("rect", { class: "frame", x: -28, y: -21, width: 56, height: 42, rx: 2 }),
    svg("path", { class: "axes", d: `M0 ${-h / 2}V${h / 2}M${-w / 2} ${y(0)}H${w / 2}` }),
    svg("path", { class: "curve", d: `M${curve.join("L")}` }),
    dot,
    svg("text", fn.behind ? { class: "small", x: -24, y: -10 } : { class: "small", x: 24, y: 17, "text-anchor": "end" }, (fn.before + fn.behind).replaceAll(" ", "")),
  );
  const set = setters(dot);
  let exactly = NaN;
  tips.show(node, () => (Number.isNaN(exactly) ? "" : `${fn.before}(${num(exactly, 4)})${fn.behind} = ${exact(fn.apply(exactly))}`));
  return {
    draw(values) {
      const known = evaluate(fn.input, values);
      const z = Number.isNaN(known) && of ? fn.inverse(values[of]) : known;
      set("visibility", Number.isNaN(z) ? "hidden" : "visible");
      if (Number.isNaN(z)) return;
      set("cx", x(z).toFixed(2));
      set("cy", y(fn.apply(z)).toFixed(2));
    },
    print(values) { exactly = evaluate(fn.input, values); },
  };
}

/** A label's name in plain text, for tips and screen readers: the quantity's word and symbol, or the formula. */
function labelName(tree, text, words, quantities) {
  const plain = text.map(({ kind, text: written, name }) => {
    if (kind !== "var") return written;
    const { symbol, sub } = symbolOf(name, quantities);
    return sub ? `${symbol}(${sub})` : symbol;
  }).join("");
  return tree.op === "var" && !words ? `${quantityWord(symbolOf(tree.name, quantities).key, quantities)} ${plain}` : plain;
}

function label(node, { formula, quantities, tips }) {
  const tree = formula(node, "label");
  const bounds = range(tree, quantities);
  const words = node.dataset.word;
  const text = words ? inWords(words) : pieces(tree);
  const { out, dy } = spans(text, quantities);
  const digits = document.createTextNode("");
  const [x, y] = node.dataset.number?.split(" ") ?? [];
  // The gap is a space and not a dx, for a pointer in a gap without a letter would be on nothing.
  node.append(...out, ...(x ? [] : [svg("tspan", { dy }, "\u2002")]), svg("tspan", x ? { x, y } : {}, digits));
  const name = labelName(tree, text, words, quantities);
  const set = setters(node);
  set("role", "button");
  set("aria-description", word("workings.open"));
  set("aria-label", name);
  set("tabindex", "0");
  let value = NaN;
  tips.show(node, () => (Number.isNaN(value) ? "" : `${name} = ${exact(value)}`));
  return {
    print(values, named) {
      value = evaluate(tree, values);
      const shown = Number.isNaN(value) ? "–" : brief(value, bounds);
      if (digits.data !== shown) digits.data = shown;
      if (named) set("aria-label", `${name} = ${Number.isNaN(value) ? "–" : exact(value)}`);
    },
  };
}

function words(node, { quantities }) {
  node.append(...spans(inWords(node.dataset.word), quantities).out);
  return {};
}

const PARTS = { "[data-wire]": wire, "[data-arrow]": arrow, "[data-valve]": valve, "[data-sum]": sum, "[data-box]": box, "[data-label]": label, "[data-word]:not([data-label])": words };

/** Brings root's declared parts to life. quantities maps JSON keys to rows of the gate table; tips is exactTips(). names are those the values must have. */
export function createDiagram(root, quantities, tips) {
  const wanted = new Set();
  const formula = (node, attribute) => {
    const tree = rename(parse(node.dataset[attribute]), (name) => name.replace(/^pre\./, `pre.${node.dataset.of}.`));
    names(tree).forEach((name) => wanted.add(name));
    return tree;
  };
  const parts = Object.entries(PARTS).flatMap(([selector, make]) => [...root.querySelectorAll(selector)].map((node) => make(node, { formula, quantities, tips, wanted })));
  const [draws, prints] = ["draw", "print"].map((what) => parts.filter((part) => part[what]));
  return {
    names: wanted,
    draw: (values) => draws.forEach((part) => part.draw(values)),
    print: (values, named = true) => prints.forEach((part) => part.print(values, named)),
  };
}
