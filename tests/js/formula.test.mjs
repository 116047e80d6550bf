// The page's formula language: what it reads, what it computes, what it writes.
import assert from "node:assert/strict";
import { test } from "node:test";

import { evaluate, FormulaError, names, parse, pieces, range, rename } from "../../static/js/formula.js";

const value = (text, values = {}) => evaluate(parse(text), values);
const written = (text, numbers) => pieces(parse(text), numbers ? (name) => numbers[name] : null).map((piece) => piece.text).join("");

test("operators bind as in mathematics", () => {
  assert.equal(value("2 + 3 * 4"), 14);
  assert.equal(value("(2 + 3) * 4"), 20);
  assert.equal(value("10 - 3 - 2"), 5);
  assert.equal(value("-2 * 3 + 1"), -5);
  assert.equal(value("2 - -3"), 5);
  assert.equal(value("0.25 * 4"), 1);
});

test("sigmoid and tanh are the logistic function and the hyperbolic tangent, to the ends of the range", () => {
  assert.equal(value("sigmoid(0)"), 0.5);
  // 1 / (1 + e^-2) and tanh(1/2), from a table
  assert.ok(Math.abs(value("sigmoid(2)") - 0.8807970779778823) < 1e-15);
  assert.ok(Math.abs(value("tanh(0.5)") - 0.46211715726000973) < 1e-15);
  assert.equal(value("sigmoid(-1000)"), 0);
  assert.equal(value("sigmoid(1000)"), 1);
});

test("the LSTM's, the GRU's and the RNN's formulas give what the paper's equations give", () => {
  const lstm = { f: 0.9, "prev.C": -1.5, i: 0.25, C_tilde: 0.8, o: 0.5, C: -1.15 };
  assert.ok(Math.abs(value("f * prev.C + i * C_tilde", lstm) - (0.9 * -1.5 + 0.25 * 0.8)) < 1e-15);
  assert.ok(Math.abs(value("o * tanh(C)", lstm) - 0.5 * Math.tanh(-1.15)) < 1e-15);
  const gru = { "pre.x": 0.4, "pre.b_ih": -0.1, r: 0.5, "pre.h": 1.2, "pre.b_hh": 0.2, z: 0.75, n: -0.5, "prev.h": 0.6 };
  assert.ok(Math.abs(value("tanh(pre.x + pre.b_ih + r * (pre.h + pre.b_hh))", gru) - Math.tanh(1.0)) < 1e-15);
  assert.ok(Math.abs(value("(1 - z) * n + z * prev.h", gru) - 0.325) < 1e-15);
});

test("a name without a value makes the whole not a number, never a wrong one", () => {
  assert.ok(Number.isNaN(value("f * prev.C", { f: 1 })));
});

test("names are listed once, in reading order, and can be renamed for a whole cell", () => {
  assert.deepEqual(names(parse("tanh(pre.x + pre.b_ih + r * (pre.h + r))")), ["pre.x", "pre.b_ih", "r", "pre.h"]);
  const tree = rename(parse("sigmoid(pre.x + r)"), (name) => name.replace("pre.", "pre.f."));
  assert.deepEqual(names(tree), ["pre.f.x", "r"]);
});

test("what is not a formula is refused with the formula in the message", () => {
  for (const bad of ["", "f *", "f f", "(f", "f)", "exp(f)", "constructor(f)", "f ** 2", "f / 2", "f; alert(1)", "f.g.h", ".5"]) {
    assert.throws(() => parse(bad), (error) => error instanceof FormulaError && error.message.includes(`"${bad}"`), bad);
  }
});

test("symbols are written with typographic operators and only the parentheses they need", () => {
  assert.equal(written("f * prev.C + i * C_tilde"), "f · prev.C + i · C_tilde");
  assert.equal(written("((1 - z) * n) + (z * prev.h)"), "(1 − z) · n + z · prev.h");
  assert.equal(written("o * tanh(C)"), "o · tanh\u2009C");
  assert.equal(written("sigmoid(pre.x + pre.h)"), "σ(pre.x + pre.h)");
  assert.equal(written("a - (b - c)"), "a − (b − c)");
  assert.equal(written("a - b - c"), "a − b − c");
  assert.equal(written("a * (b + c)"), "a · (b + c)");
  assert.equal(written("-(a + b)"), "−(a + b)");
});

test("negative numbers stand in parentheses, positive ones do not", () => {
  assert.equal(written("f * prev.C + i * C_tilde", { f: "0.425", "prev.C": "2.010", i: "0.999", C_tilde: "−0.107" }), "0.425 · 2.010 + 0.999 · (−0.107)");
  assert.equal(written("o * tanh(C)", { o: "0.5", C: "−1.15" }), "0.5 · tanh\u2009(−1.15)");
});

test("what is written reads back as the same formula", () => {
  for (const text of ["f * prev.C + i * C_tilde", "o * tanh(C)", "(1 - z) * n + z * prev.h", "tanh(pre.x + pre.b_ih + r * (pre.h + pre.b_hh))", "a - (b + c) * -d - (e - f)"]) {
    const again = written(text).replaceAll("·", "*").replaceAll("−", "-").replaceAll("σ", "sigmoid").replace(/tanh\u2009(\S+)/g, "tanh($1)");
    assert.deepEqual(parse(again), parse(text));
  }
});

test("the range of a formula is the one it cannot leave, and none where there is none", () => {
  const table = new Map([["z", { min: 0, max: 1 }], ["n", { min: -1, max: 1 }], ["C", { min: null, max: null }]]);
  assert.deepEqual(range(parse("z"), table), [0, 1]);
  assert.deepEqual(range(parse("prev.n"), table), [-1, 1]);
  assert.deepEqual(range(parse("1 - z"), table), [0, 1]);
  assert.deepEqual(range(parse("tanh(C)"), table), [-1, 1]);
  assert.deepEqual(range(parse("sigmoid(pre.x)"), table), [0, 1]);
  assert.equal(range(parse("C"), table), null);
  assert.equal(range(parse("z * C"), table), null);
  assert.equal(range(parse("pre.x"), table), null);
});
