// What the page makes of the cells beside LSTM, GRU and RNN: scaled functions, bounds, a part from C, sentences.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { byHand, parse, range, seenState, squashing } from "../../static/js/formula.js";
import { cellWord, quantityWhat } from "../../static/js/names.js";
import { fromZero, hasScales, limits } from "../../static/js/scale.js";
import { Trace } from "../../static/js/trace.js";
import { readings } from "../../static/js/values.js";
import { loadWords, setLanguage } from "../../static/js/words.js";
import { sumRows } from "../../static/js/views/arithmetic.js";
import { sentence } from "../../static/js/views/announcer.js";

const WORDS = Object.fromEntries(["en", "ja"].map((lang) => [lang, JSON.parse(readFileSync(new URL(`../../app/words/${lang}.json`, import.meta.url), "utf8"))]));
const quantity = (key, kind, min, max) => ({ key, symbol: key, kind, min, max });
const I = quantity("i", "gate", 0, 1);
const C = quantity("C", "state", null, null);
const H = quantity("h", "state", -1, 1);
const WIDE = quantity("C_tilde", "candidate", -2, 2);
const NARROW = quantity("C_tilde", "candidate", 0, 1);

/** A trace of one unit; each step gives each quantity's value. */
function traced(cell, quantities, ...steps) {
  const trace = new Trace({ steps: steps.length, layers: 1, hidden_size: 1, tokens: steps.map((_, t) => String(t)) }, { cell, quantities, limits: {}, alphabet: ["0"] });
  steps.forEach((values, t) => trace.push({ t, layers: [Object.fromEntries(Object.entries(values).map(([key, v]) => [key, [v]]))], y: null }));
  return trace;
}

test("a squashing function may be scaled and shifted: 4σ − 2 goes from −2 to 2, and back", () => {
  const g = squashing(parse("4 * sigmoid(pre.x + pre.h + pre.b) - 2"));
  assert.deepEqual([g.fn, g.before, g.behind, g.range], ["sigmoid", "4σ", " − 2", [-2, 2]]);
  // 4 / (1 + e^-1) - 2 = 2 tanh(1/2), from a table
  assert.ok(Math.abs(g.apply(1) - 2 * 0.46211715726000973) < 1e-15);
  assert.ok(Math.abs(g.inverse(2 * 0.46211715726000973) - 1) < 1e-14);
  assert.equal(g.apply(0), 0);
  const plain = squashing(parse("tanh(C)"));
  assert.deepEqual([plain.before, plain.behind, plain.range, plain.input], ["tanh", "", [-1, 1], { op: "var", name: "C" }]);
});

test("numbers scale and shift a range; two quantities have none", () => {
  const table = new Map([["C", C], ["i", I], ["C_tilde", WIDE]]);
  assert.deepEqual(range(parse("4 * sigmoid(C) - 2"), table), [-2, 2]);
  assert.deepEqual(range(parse("1 - 2 * C_tilde"), table), [-3, 5]);
  assert.equal(range(parse("i * C_tilde"), table), null);
  assert.equal(range(parse("2 * C"), table), null);
});

test("a scaled sum, and a sum with a part from C, are laid out in columns", () => {
  assert.deepEqual(sumRows(parse("4 * sigmoid(pre.x + pre.h + pre.b) - 2")), [{ factor: null, terms: { x: "pre.x", h: "pre.h", b: "pre.b" } }]);
  assert.deepEqual(sumRows(parse("sigmoid(pre.x + pre.h + pre.c + pre.b)")), [{ factor: null, terms: { x: "pre.x", h: "pre.h", c: "pre.c", b: "pre.b" } }]);
  assert.equal(sumRows(parse("o * (2 * sigmoid(C) - 1)")), null);
  assert.equal(sumRows(parse("2 * sigmoid(C) - 1")), null);
  assert.equal(sumRows(parse("C")), null);
});

test("a scaled sum is worked out by hand with its scale", () => {
  // 4 / (1 + e^-0.5) - 2 = 2 tanh(1/4) = 0.48983733
  assert.equal(byHand(parse("4 * sigmoid(pre.x + pre.h + pre.b) - 2"), { "pre.x": "+0.25", "pre.h": "−0.25", "pre.b": "+0.50" }, [-2, 2]), "0.490");
});

test("a gate before C in the table sees C of the step before, one behind it C of this step", () => {
  const table = new Map(["f", "i", "C_tilde", "C", "o", "h"].map((key) => [key, {}]));
  assert.deepEqual(["f", "i", "o"].map((key) => seenState(key, table)), ["prev.C", "prev.C", "C"]);
});

test("lines of a bounded quantity are widest at its bound, of another at the most the unit has reached", () => {
  const trace = traced("lstm1997", [WIDE, C], { C_tilde: 0.1, C: 2.2 });
  assert.deepEqual(readings(trace, { layer: 0, t: 0, unit: 0 }, ["scale.C_tilde", "scale.C"]), { "scale.C_tilde": 2, "scale.C": 2.5 });
});

test("what is never negative is coloured from zero, and only what has no bounds has scales to choose from", () => {
  assert.deepEqual([I, NARROW, WIDE, C].map(fromZero), [true, true, false, false]);
  assert.deepEqual([I, NARROW, WIDE, C].map(hasScales), [false, false, false, true]);
  const trace = traced("lstm1997-open", [NARROW, C], { C_tilde: 0.5, C: 0.2 });
  assert.deepEqual([limits(NARROW, trace, "task"), limits(WIDE, trace, "unit")].map(({ low, high }) => [low, high]), [[0, 1], [-2, 2]]);
});

for (const lang of ["en", "ja"]) {
  test(`every cell's step is told in numbers, none missing (${lang})`, () => {
    loadWords(WORDS);
    setLanguage(lang);
    const gates = { i: 0.5, C_tilde: 0.25, C: 1.5, h: -0.75 };
    const forms = {
      lstm: [{ f: 0.8, ...gates, o: 1 }, ["80", "+0.13", "1.50", "−0.75"]],
      "lstm-peephole": [{ f: 0.8, ...gates, o: 1 }, ["80", "+0.13", "1.50", "−0.75"]],
      "lstm-coupled": [{ f: 0.8, C_tilde: 0.25, C: 0.5, h: -0.75, o: 1 }, ["80", "+0.05", "0.50", "−0.75"]],
      lstm1997: [{ ...gates, o: 1 }, ["+0.13", "1.50", "−0.75"]],
      "lstm1997-open": [gates, ["+0.13", "1.50"]],
    };
    for (const [cell, [values, told]] of Object.entries(forms)) {
      const quantities = Object.keys(values).map((key) => ({ C, h: H }[key] ?? quantity(key, "gate", 0, 1)));
      const trace = traced(cell, quantities, values);
      trace.said = () => null;
      const text = sentence({ trace, card: trace.card, layer: 0, unit: 0, t: 0 });
      for (const number of told) assert.ok(text.includes(number), `${cell}: ${number} in ${text}`);
      assert.ok(!/NaN|undefined|\{/.test(text), text);
    }
  });
}

test("the bounds in a sentence about a quantity are the cell's own", () => {
  loadWords(WORDS);
  setLanguage("en");
  assert.match(quantityWhat(WIDE, "lstm1997"), /from −2 to 2$/);
  assert.match(quantityWhat(NARROW, "lstm1997-open"), /from 0 to 1$/);
  assert.match(quantityWhat(C, "lstm"), /no bounds$/);
  assert.doesNotMatch(quantityWhat(I, "lstm"), /from 0/);
  assert.notEqual(quantityWhat(quantity("f", "gate", 0, 1), "lstm-coupled"), quantityWhat(quantity("f", "gate", 0, 1), "lstm"));
  assert.deepEqual(["lstm", "lstm1997", "gru"].map(cellWord), ["LSTM", "LSTM 1997", "GRU"]);
});
