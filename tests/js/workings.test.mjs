// The Arithmetic view's plain functions: which terms are shown, where a thing of the cell stands, the way back.
import assert from "node:assert/strict";
import { test } from "node:test";

import { madeIn, parse } from "../../static/js/formula.js";
import { isPointed, named, placesOf, sameThing, thing, thingAt } from "../../static/js/pointing.js";
import { backFrom, onward } from "../../static/js/trail.js";
import { folded, worked } from "../../static/js/workings/steps.js";
import { shares, split, together } from "../../static/js/workings/terms.js";

const table = (rows) => new Map(Object.entries(rows).map(([key, formula]) => [key, { key, symbol: key, formula, kind: "Ch".includes(key) ? "state" : "gate", min: key === "C" ? null : key === "h" ? -1 : 0, max: key === "C" ? null : 1 }]));
const PEEPHOLE = "sigmoid(pre.x + pre.h + pre.c + pre.b)";
const LSTM = table({ f: PEEPHOLE, i: PEEPHOLE, C_tilde: "tanh(pre.x + pre.h + pre.b)", C: "f * prev.C + i * C_tilde", o: PEEPHOLE, h: "o * tanh(C)" });
const GRU = table({ r: "sigmoid(pre.x)", z: "sigmoid(pre.x)", n: "tanh(pre.x + pre.b_ih + r * (pre.h + pre.b_hh))", h: "(1 - z) * n + z * prev.h" });
const NOW = { t: 5, unit: 3, layer: 0, quantities: LSTM };
const term = (part, shown) => ({ part, product: shown, shown });

test("the largest terms are shown and the rest adds up in decimals, with nothing lost and nothing twice", () => {
  const terms = Array.from({ length: 12 }, (_, n) => term("h", (n % 2 ? -1 : 1) * (12 - n) / 10)).concat(term("b_ih", 0), term("b_hh", 0));
  const { top, rest, shown } = split({ terms, decimals: 3 });
  assert.deepEqual(top.map((one) => one.shown), [1.2, -1.1, 1, -0.9, 0.8, -0.7, 0.6, -0.5]);
  assert.equal(rest.length, 6);
  assert.equal(shown, 0.2); // 0.4 - 0.3 + 0.2 - 0.1, which doubles add to 0.20000000000000004
  assert.equal(together([0.1, 0.2].map((v) => term("h", v)), 3), 0.3);
  assert.deepEqual(split({ terms: terms.slice(0, 9), decimals: 3 }).rest, [], "a line is not put away alone");
  assert.equal(split({ terms: [term("x", 1), term("b_ih", 0), term("b_hh", 0)], decimals: 3 }).rest.length, 2, "what is 0 is put away");
});

test("a part of the sum is what its shown terms come to; two biases are one where the formula has one", () => {
  const of = shares({ terms: [term("h", 0.1), term("h", 0.2), term("x", -0.5), term("b_ih", 0.7), term("b_hh", 0.05)], decimals: 3 });
  assert.deepEqual(of, { x: -0.5, h: 0.3, c: 0, b: 0.75, b_ih: 0.7, b_hh: 0.05 });
});

test("what is pointed at is marked wherever it stands, and nothing else is", () => {
  const place = { unit: 3, quantities: LSTM };
  const lit = (shown, pointed) => isPointed(shown, pointed, place);
  assert.ok(lit(named("prev.C"), named("prev.C")) && !lit(named("prev.C"), named("C")) && !lit(named("C"), null));
  assert.ok(lit(named("pre.x"), named("pre.x", { of: "f" })), "the slot of x is every gate's");
  assert.ok(!lit(named("pre.b", { of: "i" }), named("pre.b", { of: "f" })));
  assert.ok(lit(named("pre.c", { of: "f" }), named("prev.C")) && !lit(named("pre.c", { of: "f" }), named("C")), "f sees C of the step before");
  assert.ok(lit(named("pre.c", { of: "o" }), named("C")) && !lit(named("pre.c", { of: "o" }), named("prev.C")), "o sees C of this step");
  assert.ok(lit(named("pre.h"), named("prev.h", { unit: 7 })), "one unit's h(t−1) is part of all");
  assert.ok(lit(named("prev.h", { unit: 7 }), named("prev.h", { unit: 7 })) && !lit(named("prev.h", { unit: 8 }), named("prev.h", { unit: 7 })));
  assert.ok(lit(named("prev.h"), named("prev.h", { unit: 3 })) && !lit(named("prev.h"), named("prev.h", { unit: 7 })), "the selected unit's own");
  assert.ok(lit(thing(parse("f * prev.C")), thing(parse("f*prev.C"))) && !lit(named("f"), thing(parse("f * prev.C"))));
  assert.ok(sameThing(named("f"), named("f")) && !sameThing(named("f"), null) && !sameThing(named("prev.h", { unit: 1 }), named("prev.h", { unit: 2 })));
});

test("a thing has its places in the score: a cell, a column, the token; none before the first step", () => {
  assert.deepEqual(placesOf(named("f"), NOW), [{ key: "f", t: 5, unit: 3 }]);
  assert.deepEqual(placesOf(named("prev.C"), NOW), [{ key: "C", t: 4, unit: 3 }]);
  assert.deepEqual(placesOf(named("prev.C"), { ...NOW, t: 0 }), []);
  assert.deepEqual(placesOf(named("pre.h", { of: "f" }), NOW), [{ key: "h", t: 4, unit: null }]);
  assert.deepEqual(placesOf(named("prev.h", { unit: 9 }), NOW), [{ key: "h", t: 4, unit: 9 }]);
  assert.deepEqual(placesOf(named("pre.x"), NOW), [{ key: null, t: 5, unit: null }]);
  assert.deepEqual(placesOf(named("pre.x"), { ...NOW, layer: 1 }), [], "x of a layer above is no token");
  assert.deepEqual(placesOf(named("pre.c", { of: "o" }), NOW), [{ key: "C", t: 5, unit: 3 }]);
  assert.deepEqual(placesOf(named("pre.b", { of: "o" }), NOW), []);
  assert.deepEqual(placesOf(thing(parse("f * prev.C")), NOW).map(({ key, t }) => [key, t]), [["f", 5], ["C", 4]]);
});

test("a place of the score is the thing that has it", () => {
  for (const one of [named("f"), named("h"), named("prev.C"), named("prev.h", { unit: 9 }), named("pre.x")]) assert.deepEqual(thingAt(placesOf(one, NOW)[0], NOW), one);
  assert.equal(thingAt({ key: "f", t: 4, unit: 3 }, NOW), null, "a gate of the step before takes no part");
  assert.equal(thingAt({ key: "C", t: 4, unit: 8 }, NOW), null);
  assert.equal(thingAt({ key: "f", t: 5, unit: 8 }, NOW), null);
  assert.equal(thingAt({ key: null, t: 4, unit: null }, NOW), null);
});

test("every part of a drawing leads to the quantity that it is or is made in", () => {
  const made = (text, quantities, of) => madeIn(parse(text), quantities, of);
  assert.deepEqual(made("f", LSTM), { quantity: "f", back: 0 });
  assert.deepEqual(made("prev.C", LSTM), { quantity: "C", back: 1 });
  assert.deepEqual(["f * prev.C", "i*C_tilde", "tanh(C)"].map((text) => made(text, LSTM).quantity), ["C", "C", "h"]);
  assert.deepEqual(["1 - z", "z * prev.h"].map((text) => made(text, GRU).quantity), ["h", "h"]);
  assert.deepEqual(made("r * (pre.h + pre.b_hh)", GRU, "n"), { quantity: "n", back: 0 });
  assert.equal(made("f * o", LSTM), undefined);
});

test("a step of a formula has the results of the steps before it in their places", () => {
  const steps = [{ formula: "f * prev.C", value: 0.4 }, { formula: "i * C_tilde", value: -0.15 }, { formula: "f * prev.C + i * C_tilde", value: 0.25 }];
  const rows = worked(steps, { f: 0.8, "prev.C": 0.5, i: 0.3, C_tilde: -0.5 }, null, LSTM);
  assert.deepEqual(rows.map(({ fold }) => fold), [parse("f * prev.C"), parse("i * C_tilde"), { op: "+", left: { op: "var", name: "step.0" }, right: { op: "var", name: "step.1" } }]);
  assert.deepEqual(rows.map(({ text, last }) => [text, last]), [["0.400", false], ["−0.150", false], ["0.250", true]]);
  assert.deepEqual(folded(parse("o * tanh(C)"), ["tanh\u2009C"]), { op: "*", left: { op: "var", name: "o" }, right: { op: "var", name: "step.0" } });
});

test("the way back is kept along the way, shortened by going back and dropped by going elsewhere", () => {
  const at = (quantity, t) => ({ quantity, t, layer: 0, unit: 3 });
  const [f, h, C, other] = [at("f", 6), at("h", 5), at("C", 5), at("o", 1)];
  let trail = onward({ at: null, back: [] }, f, h);
  trail = onward(trail, h, C);
  assert.deepEqual(backFrom(trail, C), [f, h]);
  assert.deepEqual(backFrom(trail, h), [f], "Back");
  assert.deepEqual(backFrom(trail, other), []);
  assert.deepEqual(backFrom(onward(trail, C, f), f), [], "to the first");
  assert.deepEqual(backFrom(onward(trail, h, other), other), [f, h], "back, and on another way");
});
