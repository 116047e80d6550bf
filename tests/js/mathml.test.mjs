// A formula as MathML: what stands there, read as a person reads it, is the formula and gives its value.
import assert from "node:assert/strict";
import { test } from "node:test";

import { evaluate, names, parse, parts, written } from "../../static/js/formula.js";
import { equation, line, mathml } from "../../static/js/mathml.js";

const table = (...rows) => new Map(rows.map((key) => [key, { key, symbol: { C_tilde: "C\u0303" }[key] ?? key, formula: "0" }]));
const LSTM = table("f", "i", "C_tilde", "C", "o", "h");
const GRU = table("r", "z", "n", "h");
/** The formulas of all cells, and some that no cell has. */
const FORMULAS = [
  "sigmoid(pre.x + pre.h + pre.b)", "tanh(pre.x + pre.h + pre.b)", "sigmoid(pre.x + pre.h + pre.c + pre.b)", "f * prev.C + i * C_tilde", "prev.C + i * C_tilde", "f * prev.C + (1 - f) * C_tilde",
  "o * tanh(C)", "o * (2 * sigmoid(C) - 1)", "4 * sigmoid(pre.x + pre.h + pre.b) - 2", "C", "i - (f - o)", "i - f - o", "-(i + f) * o", "i * (f * o)", "tanh(i) - -f",
];
const asTyped = (text) => text.replace(/[\u2061\u2062]/g, "").replaceAll("·", "*").replaceAll("−", "-").replaceAll("σ", "sigmoid");

test("what stands in the MathML, with numbers for its symbols, has the formula's value", () => {
  const all = [...FORMULAS.map((text) => [text, LSTM, "f"]), ["tanh(pre.x + pre.b_ih + r * (pre.h + pre.b_hh))", GRU, "n"], ["(1 - z) * n + z * prev.h", GRU, "h"]];
  for (const [text, quantities, key] of all) {
    const tree = parse(text);
    const values = Object.fromEntries(names(tree).map((name, n) => [name, [0.75, -0.5, 0.3, -1.25, 0.125][n]]));
    const seen = asTyped(line(mathml(tree, quantities, key), (name) => (values[name] < 0 ? `(${values[name]})` : ` ${values[name]}`))).replace(/tanh( [\d.]+)/g, "tanh($1)");
    assert.equal(evaluate(parse(seen), {}), evaluate(tree, values), `${text}: ${seen}`);
  }
});

test("it is written as in a book: the symbols of the table, t−1 below, W and U and b with the name of their gate", () => {
  const text = (formula, key, quantities = LSTM) => line(equation(parse(formula), quantities, key)).replace(/[\u2061\u2062]/g, "");
  assert.equal(text("f * prev.C + i * C_tilde", "C"), "C=f·Ct−1+i·C\u0303");
  assert.equal(text("o * tanh(C)", "h"), "h=o·tanhC");
  assert.equal(text("sigmoid(pre.x + pre.h + pre.c + pre.b)", "f"), "f=σ(Wfx+Ufht−1+pf·Ct−1+bf)");
  assert.equal(text("sigmoid(pre.x + pre.h + pre.c + pre.b)", "o"), "o=σ(Wox+Uoht−1+po·C+bo)");
  assert.equal(text("tanh(pre.x + pre.b_ih + r * (pre.h + pre.b_hh))", "n", GRU), "n=tanh(Wnx+b′n+r·(Unht−1+b″n))");
  assert.equal(text("4 * sigmoid(pre.x + pre.h + pre.b) - 2", "C_tilde"), "C\u0303=4·σ(WC\u0303x+UC\u0303ht−1+bC\u0303)−2");
});

test("every part of a formula is shown by one node that says which part it is", () => {
  const shown = ({ part, children }) => [...(part ? [written(part)] : []), ...children.flatMap((child) => (typeof child === "string" ? [] : shown(child)))];
  for (const text of FORMULAS) assert.deepEqual(shown(mathml(parse(text), LSTM, "f")), parts(parse(text)).map(written), text);
});

test("subscripts are of their symbol only, and a base has what its element needs", () => {
  const count = ({ tag, children }) => {
    const wanted = { msub: 2, mi: 1, mn: 1, mo: 1 }[tag];
    assert.ok(wanted === undefined || children.length === wanted, tag);
    for (const child of children) if (typeof child !== "string") count(child);
  };
  count(equation(parse("tanh(pre.x + pre.b_ih + r * (pre.h + pre.b_hh))"), GRU, "n"));
  count(equation(parse("sigmoid(pre.x + pre.h + pre.c + pre.b)"), LSTM, "o"));
});
