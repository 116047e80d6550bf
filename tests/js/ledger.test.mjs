// Who wrote into a memory: what the page works out for every step is what the API answers at each, and its words say what the numbers do.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { digitsFor, extremes, left, memoryOf, roundedUp, shares, together, triangleRows } from "../../static/js/memory/ledger.js";
import { remembered, shareTexts } from "../../static/js/memory/remembered.js";
import { lossAt } from "../../static/js/memory/since.js";
import { listed } from "../../static/js/memory/writers.js";
import { loadWords, setLanguage, word } from "../../static/js/words.js";

const RECORDED = JSON.parse(readFileSync(new URL("recorded/ledger.json", import.meta.url), "utf8"));
loadWords(Object.fromEntries(["en", "ja"].map((lang) => [lang, JSON.parse(readFileSync(new URL(`../../app/words/${lang}.json`, import.meta.url), "utf8"))])));
const near = (a, b, apart = 1e-12) => assert.ok(Math.abs(a - b) <= apart * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

for (const { run, memory: answers } of RECORDED) {
  test(`one answer tells what the server says at every step (${run.model})`, () => {
    const memory = memoryOf(answers[0]);
    answers.forEach((answer, t) => {
      const amounts = left(memory, t);
      const { share, partner } = shares(amounts);
      near(amounts.reduce((sum, v) => sum + v, 0), answer.total);
      assert.equal(answer.writers.length, t + 1);
      for (const writer of answer.writers) {
        near(amounts[writer.t + 1], writer.left);
        near(share[writer.t + 1], writer.share);
        assert.equal(partner[writer.t + 1] < 0 ? null : partner[writer.t + 1] - 1, writer.partner);
      }
      assert.equal(memory.halfLife[t], answer.half_life[t]);
    });
  });

  test(`the rows of the triangle are the API's, and they add up to the state (${run.model})`, () => {
    const n = answers.length;
    const { writers, z, rest, total } = triangleRows(memoryOf(answers[0]), { from: 0, to: n, most: n });
    assert.deepEqual(writers, Array.from({ length: n }, (_, s) => s));
    assert.equal(rest, null);
    answers[0].triangle.forEach((column, t) => column.slice(1).forEach((v, s) => near(z[s][t], v, 1e-7)));
    z.forEach((row, s) => assert.deepEqual(row.slice(0, s), Array(s).fill(null)));
    answers.forEach(({ value }, t) => near(total[t], value, 2e-6));
  });
}

test("pairs are among what was recorded", () => assert.ok(RECORDED.some(({ memory }) => memory.some(({ writers }) => writers.some(({ partner }) => partner !== null)))));

test("the state before the run stands in the first place, and is kept as the others are", () => {
  const memory = { first: 8, kept: [0.5, 0.25], wrote: [1, -2] };
  assert.deepEqual(left(memory, 0), [4, 1]);
  assert.deepEqual(left(memory, 1), [1, 0.25, -2]);
  const { writers, z } = triangleRows(memory, { from: 0, to: 2, most: 9 });
  assert.deepEqual([writers, z], [[-1, 0, 1], [[4, 1], [1, 0.25], [null, -2]]]);
  assert.deepEqual(extremes(memory), { wrote: [-2, 8], state: [-0.75, 8] });
});

test("where rows are short of room those that matter have one, and the rest is one row: together they are the state", () => {
  const n = 60;
  const memory = { first: 0, kept: Array(n).fill(0.9), wrote: Array.from({ length: n }, (_, s) => (s % 7 === 0 ? 1 : 0.01)) };
  const { writers, z, rest, others, total } = triangleRows(memory, { from: 20, to: 40, most: 5, also: [22] });
  assert.deepEqual(writers, [21, 22, 28, 35]);
  assert.equal(others, 36);
  total.forEach((sum, column) => near(z.reduce((all, row) => all + (row[column] ?? 0), rest[column]), sum));
  near(total[0], left(memory, 20).reduce((sum, v) => sum + v, 0));
});

test("amounts that pairs leave nothing of have no shares", () => {
  assert.equal(shares([0, 1, -0.99]).share, null);
  assert.equal(shares([0, 0, 0]).share, null);
  assert.deepEqual(shares([0, 1, -0.5]).share, [0, 2 / 3, 1 / 3]);
  assert.deepEqual(shares([0, 1, 1, -1]).partner, [-1, -1, 3, 2]);
});

test("what is printed adds up, and each is rounded to a neighbour", () => {
  const values = [0.3333, 0.3333, 0.3333, -0.1234];
  const shown = together(values, 0.8765, 3);
  near(shown.reduce((sum, v) => sum + v, 0), 0.877);
  shown.forEach((v, n) => assert.ok(Math.abs(v - values[n]) < 0.001));
  assert.deepEqual(shareTexts([1 / 3, 1 / 3, 1 / 3]).map((text) => parseInt(text, 10)).reduce((a, b) => a + b), 100);
  assert.deepEqual(shareTexts([0.9999, 0.0001, 0]), [">99\u00a0%", "<1\u00a0%", "0\u00a0%"]);
});

test("scales end at round numbers, digits follow them", () => {
  assert.deepEqual([0, 0.0341, 0.65, 1, 1.67, 7.3, 10, 42].map(roundedUp), [1, 0.04, 0.8, 1, 2, 8, 10, 50]);
  assert.deepEqual([0.04, 0.8, 2, 10, 50].map(digitsFor), [4, 3, 3, 2, 2]);
});

test("of many writers the largest are listed, in the order of writing, and the one that is followed", () => {
  const amounts = [0, ...Array.from({ length: 30 }, (_, s) => s / 100)];
  assert.deepEqual(listed(amounts, { most: 4, first: 0, chosen: 2, digits: 3 }), [2, 29, 30]);
  assert.deepEqual(listed(amounts.slice(0, 4), { most: 4, first: 0, chosen: 2, digits: 3 }), [1, 2, 3]);
  assert.deepEqual(listed([0, 1e-9, 0.5, 1e-9], { most: 2, first: 0, chosen: 2, digits: 3 }), [2]);
});

test("the step that lost most is named where one did", () => {
  assert.equal(lossAt([1, 0.99, 0.2, 0.98], 0, 3), 2);
  assert.equal(lossAt([1, 0.6, 0.6, 0.6], 0, 3), null);
  assert.equal(lossAt([1, 0.99, 0.98, 0.98], 0, 3), null);
  assert.equal(lossAt([1, 0.5, 0, 0.5], 0, 3), 2);
});

test("the sentence follows the numbers", () => {
  setLanguage("en");
  const about = (amounts, more = {}) => {
    const { share, partner } = shares(amounts);
    return remembered({ t: amounts.length - 2, unit: 3, amounts, share, partner, texts: share && shareTexts(share), wrote: amounts.slice(1), peak: 1, ...more }, (s) => "abcdefghijklmnop"[s]);
  };
  assert.deepEqual(about([0, 0.97, 0.03]), { key: "memory.says", params: { u: 3, t: 1, share: "97\u00a0%", s: 0, token: "a" } });
  assert.equal(about([1, 0.2]).key, "memory.says.before");
  const two = about([0, 0.4, 0.45, 0.15]);
  assert.deepEqual([two.key, two.list.map(({ params }) => params.s)], ["memory.several", [1, 0]]);
  assert.deepEqual(about([0, 0.3, -0.25, 0.2, 0.15]).list.map(({ params }) => params.share), ["33\u00a0%", "28\u00a0%", "22\u00a0%"]);
  assert.deepEqual(about([0, ...Array(12).fill(0.5)]).params, { u: 3, t: 11, share: "9\u00a0%" });
  assert.equal(about([0, 1, -0.99]).key, "memory.spent");
  assert.equal(about([0, 0, 0]).key, "memory.nothing");
  assert.equal(about([0, 0, 0], { wrote: [1, 0] }).key, "memory.erased");
  assert.deepEqual(about([0, 0.003, 0.001], { peak: 2 }).params, { u: 3, t: 1, held: word("memory.holdsLittle"), value: "+0.00", peak: "2.00" });
});
