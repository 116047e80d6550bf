// All units at a glance: rows in another order, the sentence of a step, the columns of the table and their sorting, from made answers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { squares } from "../../static/js/charts/saturation.js";
import { inRows, rowOf, unitAt } from "../../static/js/geometry.js";
import { readLink, writeLink } from "../../static/js/link.js";
import { endingMark, telling } from "../../static/js/units/telling.js";
import { columns, nearest, portion, saturated, sorted, spanOf, turned, written } from "../../static/js/units/facts.js";
import { loadWords, setLanguage } from "../../static/js/words.js";

const WORDS = Object.fromEntries(["en", "ja"].map((lang) => [lang, JSON.parse(readFileSync(new URL(`../../app/words/${lang}.json`, import.meta.url), "utf-8"))]));
loadWords(WORDS);

test("a row has its unit and a unit its row, by number unless there is an order", () => {
  const rows = [2, 0, 3, 1];
  for (const order of [null, rows]) for (let row = 0; row < 4; row++) assert.equal(rowOf(order, unitAt(order, row)), row);
  assert.deepEqual([0, 1, 2, 3].map((row) => unitAt(rows, row)), rows);
  assert.equal(unitAt(null, 3), 3);
  assert.deepEqual(inRows(rows, ["a", "b", "c", "d"]), ["c", "a", "d", "b"]);
  const values = ["a", "b"];
  assert.equal(inRows(null, values), values, "by number nothing is made anew");
});

test("a link names the order of the rows unless it is by number, and no order that there is not", () => {
  const state = { model: "m", input: "a", t: 0, layer: 0, unit: 0, speed: 4, lang: "en", theme: "light", tab: "units" };
  assert.ok(!writeLink({ ...state, order: "number" }).fragment.includes("o="));
  assert.equal(readLink(writeLink({ ...state, order: "similarity" }).fragment).order, "similarity");
  assert.equal(readLink("#o=random").order, undefined);
});

const said = (lang, events, mark = null) => {
  setLanguage(lang);
  return telling({ t: 3, events, mark, unitNode: (unit) => `<${unit}>`, tokenNode: (t) => (t === 3 ? ")" : "("), stepNode: (t) => `#${t}` }).join("").replaceAll("\u00a0", " ");
};
const EVENTS = [{ unit: 7, kind: "forgets", amount: 0.912, change: -2 }, { unit: 3, kind: "writes", amount: -0.646, change: -0.646 }, { unit: 2, kind: "closes", amount: 0.04, change: -0.3 }];

test("a step's events are a sentence in both languages", () => {
  assert.equal(said("en", EVENTS, { from: 1, to: 3, kind: "pair" }), ") closes the ( of step #1: <7> forgets 91 %, <3> writes −0.65, <2> closes its output to 4 %.");
  assert.equal(said("en", EVENTS.slice(1, 2)), "): <3> writes −0.65.");
  assert.equal(said("ja", EVENTS.slice(0, 2), { from: 1, to: 3, kind: "pair" }), ") はステップ #1 の ( を閉じます：<7> が 91 % を忘れ、<3> が −0.65 を書き込みます。");
  assert.equal(said("en", [{ unit: 0, kind: "changes", amount: 0.5, change: 1.25 }]), "): <0> goes from −0.75 to 0.50.");
  assert.equal(said("en", []), "): no unit changes much.");
  for (const lang of ["en", "ja"]) for (const kind of ["forgets", "writes", "opens", "closes", "changes"]) {
    const sentence = said(lang, [{ unit: 1, kind, amount: 0.5, change: 0.1 }, { unit: 2, kind, amount: 0.5, change: 0.1 }]);
    assert.ok(sentence.includes("<1>") && sentence.includes("<2>") && !/[{}]|telling/.test(sentence), sentence);
  }
});

test("the mark that ends at a step is the one that began last, and one without words says nothing", () => {
  const marks = [{ from: 0, to: 9, kind: "pair" }, { from: 4, to: 9, kind: "pair" }, { from: 5, to: 9, kind: "never heard of" }, { from: 9, to: 12, kind: "pair" }];
  assert.equal(endingMark(marks, 9), marks[1]);
  assert.equal(endingMark(marks, 5), null);
  assert.equal(endingMark(null, 0), null);
});

const on = (mean, size = Math.abs(mean)) => [{ token: "a", t: 0, steps: 1, mean, size }];
const unit = (n, min, max, half, writes, keeps, opens) => ({ unit: n, mean: (min + max) / 2, min, max, half_life: half, writes: on(writes), resets: on(keeps), opens: on(opens) });
const ANSWER = {
  state: "C", identity: { state: "C", keep: "f", write: "i * C_tilde" }, output_gate: "o",
  saturation: [{ gate: "f", units: { low: [0, 0.5, 0.5], high: [1, 0, 0] } }, { gate: "o", units: { low: [0, 0, 0.5], high: [0, 0, 0.5] } }],
  units: [unit(0, -1, 3, null, 0.5, 0.9, 0.1), unit(1, 0.5, 1, 4, -0.7, 0.05, 0.9), unit(2, -2, 1, 1, 0.5, 0.3, 0.5)],
};

test("a table has the columns that the cell has facts for", () => {
  const names = (answer) => columns(answer).map(({ name }) => name);
  assert.deepEqual(names(ANSWER), ["unit", "mean", "range", "half_life", "writes", "resets", "opens", "saturated"]);
  assert.deepEqual(names({ ...ANSWER, output_gate: null, identity: { keep: "1" } }), ["unit", "mean", "range", "half_life", "writes", "saturated"]);
  assert.deepEqual(names({ ...ANSWER, output_gate: null, identity: null, saturation: [] }), ["unit", "mean", "range", "changes"]);
});

test("rows are sorted by a column, of equal ones the lower first, and stand as in the score where none is chosen", () => {
  assert.deepEqual(sorted(ANSWER, null, null), [0, 1, 2]);
  assert.deepEqual(sorted(ANSWER, [2, 0, 1], null), [2, 0, 1]);
  assert.deepEqual(sorted(ANSWER, [2, 0, 1], { name: "unit", down: false }), [0, 1, 2]);
  assert.deepEqual(sorted(ANSWER, null, { name: "half_life", down: true }), [0, 1, 2], "what the run does not show is the longest");
  assert.deepEqual(sorted(ANSWER, null, { name: "writes", down: true }), [1, 0, 2]);
  assert.deepEqual(sorted(ANSWER, null, { name: "writes", down: false }), [0, 2, 1]);
  assert.deepEqual(sorted(ANSWER, null, { name: "range", down: true }), [0, 2, 1]);
  const writes = columns(ANSWER).find(({ name }) => name === "writes");
  assert.deepEqual(turned(turned(null, writes), writes), { name: "writes", down: false });
});

test("what a unit writes has its sign where there is one; a share is never a 0 or 100 that it is not", () => {
  assert.deepEqual([written({ mean: -0.5, size: 0.5 }), written({ mean: 0.1, size: 0.5 })], ["−0.50", "±0.50"]);
  assert.deepEqual([0, 0.0004, 0.004, 0.5, 0.9996, 1].map(portion), ["0", "<0.1", "0.4", "50", ">99.9", "100"]);
  assert.deepEqual([0, 1, 2].map((u) => saturated(ANSWER, u)), [0.5, 0.25, 0.75]);
  assert.deepEqual(spanOf(ANSWER), [-2, 3]);
});

test("a click among the dots finds the nearest, and all that lie on it; squares stand side by side in their room", () => {
  assert.deepEqual(nearest(ANSWER.saturation[0], [0.45, 0.1]), [1, 2]);
  assert.deepEqual(nearest(ANSWER.saturation[0], [0.1, 0.8]), [0]);
  for (const [count, width, k] of [[1, 440, 1], [3, 440, 1], [3, 366, 1], [2, 700, 1.5]]) {
    const { size, lefts } = squares(count, width, k);
    assert.ok(size > 60 && lefts.every((left, n) => left + size <= (lefts[n + 1] ?? width)), `${count} in ${width}`);
  }
});
