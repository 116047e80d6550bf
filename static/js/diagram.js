/*
 * Brings a cell's SVG to life. The SVG names its values by formulas in data attributes; nothing here knows which cell it is.
 *   data-wire, data-arrow   width 1 + 7·|v| / scale, graphite when negative; data-scale is a number or the key of a state with a scale of its own (default 1)
 *   data-valve              a ring filled to the value       data-sum   a plus sign
 *   data-box, data-at       the function drawn as a curve, a dot at its input; data-of names the gate whose pre.* are meant
 *   data-label              the formula in symbols and its value; data-number "x y" sets the number apart; with data-word, words in place of the symbols
 *   data-word               words of the catalogue
 * draw(values) sets geometry and may be called with values between two steps; print(values, named) sets digits and is given exact steps only;
 * with named, the exact values too are told to screen readers.
 */

import { svg } from "./dom.js";
import { evaluate, FUNCTIONS, names, parse, pieces, range, rename, symbolOf } from "./formula.js";
import { bounded, exact, num } from "./format.js";
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

/** Brings root's declared parts to life. quantities maps JSON keys to rows of the gate table; tips is exactTips() or null. */
export function createDiagram(root, quantities, tips) {
  const geometry = [];
  const prints = [];
  const wanted = new Set();

  const formula = (node, attribute) => {
    const of = node.dataset.of;
    const tree = rename(parse(node.dataset[attribute]), (name) => (name.startsWith("pre.") ? `pre.${of}.${name.slice(4)}` : name));
    names(tree).forEach((name) => wanted.add(name));
    return tree;
  };
  const width = (node, tree) => {
    const scale = node.dataset.scale ?? "1";
    if (Number.isNaN(Number(scale))) wanted.add(`scale.${scale}`);
    return (values) => {
      const v = evaluate(tree, values);
      const limit = Number(scale) || values[`scale.${scale}`];
      node.classList.toggle("negative", v < 0);
      node.classList.toggle("unknown", Number.isNaN(v));
      return 1 + 7 * Math.min(1, Math.abs(v) / limit) || 1;
    };
  };

  for (const node of root.querySelectorAll("[data-wire]")) {
    const set = setters(node);
    const measure = width(node, formula(node, "wire"));
    geometry.push((values) => set("stroke-width", measure(values).toFixed(2)));
  }
  for (const node of root.querySelectorAll("[data-arrow]")) {
    const set = setters(node);
    const measure = width(node, formula(node, "arrow"));
    geometry.push((values) => {
      const half = (measure(values) / 2 + 4).toFixed(2);
      set("d", `M0 -${half}L9 0L0 ${half}z`);
    });
  }
  for (const node of root.querySelectorAll("[data-valve]")) {
    const tree = formula(node, "valve");
    const arc = svg("circle", { class: "arc", r: RING, pathLength: 1, transform: "rotate(-90)" });
    node.append(svg("circle", { class: "hub", r: 15 }), arc, svg("path", { class: "sign", d: "M-4 -4l8 8m0-8l-8 8" }));
    const set = setters(arc);
    geometry.push((values) => set("stroke-dasharray", `${(evaluate(tree, values) || 0).toFixed(4)} 1`));
  }
  for (const node of root.querySelectorAll("[data-sum]")) {
    node.append(svg("circle", { class: "hub", r: 12 }), svg("path", { class: "sign", d: "M-6 0h12m-6-6v12" }));
  }
  for (const node of root.querySelectorAll("[data-box]")) addBox(node);
  for (const node of root.querySelectorAll("[data-label]")) addLabel(node);
  for (const node of root.querySelectorAll("[data-word]:not([data-label])")) node.append(...spans(inWords(node.dataset.word), quantities).out);

  /** The word for a quantity: the catalogue's, else the table's own (a cell may be newer than the words). */
  function quantityWord(key) {
    return hasWord(`quantity.${key}`) ? word(`quantity.${key}`) : (quantities.get(key)?.word ?? "");
  }

  function spoken({ kind, text, name }) {
    if (kind !== "var") return text;
    const { symbol, sub } = symbolOf(name, quantities);
    return sub ? `${symbol}(${sub})` : symbol;
  }

  function addBox(node) {
    const fn = FUNCTIONS[node.dataset.box];
    const { width: w, height: h } = CURVE;
    const domain = CURVE[node.dataset.box];
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
      svg("text", { class: "small", x: 24, y: 17, "text-anchor": "end" }, fn.shown),
    );
    const input = formula(node, "at");
    const of = node.dataset.of;
    const set = setters(dot);
    const inputOf = (values) => {
      const z = evaluate(input, values);
      return Number.isNaN(z) && of ? fn.inverse(values[of]) : z;
    };
    geometry.push((values) => {
      const z = inputOf(values);
      set("visibility", Number.isNaN(z) ? "hidden" : "visible");
      if (Number.isNaN(z)) return;
      set("cx", x(z).toFixed(2));
      set("cy", y(fn.apply(z)).toFixed(2));
    });
    let z = NaN;
    prints.push((values) => { z = evaluate(input, values); });
    tips?.show(node, () => (Number.isNaN(z) ? "" : `${fn.shown}(${num(z, 4)}) = ${exact(fn.apply(z))}`));
  }

  function addLabel(node) {
    const tree = formula(node, "label");
    const bounds = range(tree, quantities);
    const wide = node.dataset.word;
    const text = wide ? inWords(wide) : pieces(tree);
    const { out, dy } = spans(text, quantities);
    const digits = document.createTextNode("");
    const apart = node.dataset.number?.split(" ");
    node.append(...out, svg("tspan", apart ? { class: "digits", x: apart[0], y: apart[1] } : { class: "digits", dx: 5, dy }, digits));
    const name = (tree.op === "var" && !wide ? `${quantityWord(symbolOf(tree.name, quantities).key)} ` : "") + text.map(spoken).join("");
    const set = setters(node);
    set("role", "img");
    set("tabindex", "0");
    let value = NaN;
    prints.push((values, named) => {
      value = evaluate(tree, values);
      const shown = Number.isNaN(value) ? "–" : bounded(value, 2, bounds);
      if (digits.data !== shown) digits.data = shown;
      if (named) set("aria-label", `${name} = ${Number.isNaN(value) ? "–" : exact(value)}`);
    });
    tips?.show(node, () => (Number.isNaN(value) ? "" : `${name} = ${exact(value)}`));
  }

  return {
    names: wanted,
    draw: (values) => geometry.forEach((set) => set(values)),
    print: (values, named = true) => prints.forEach((set) => set(values, named)),
  };
}
