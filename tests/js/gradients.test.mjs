// The gradients' plain functions: how numbers beyond a double are written, what stands on an axis, which models stand together, what is the strongest.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { gatesLimit, linesOf, places, stepPeak } from "../../static/js/charts/gradients.js";
import { dependsText, largest } from "../../static/js/gradients/depends.js";
import { perStep, reading, verdict } from "../../static/js/gradients/vanish.js";
import { latest } from "../../static/js/latest.js";
import { decade, decades, extent, fall, limitOf, powerText, sizeText } from "../../static/js/powers.js";
import { lookFrom, outputName, strongest, watchSaliency } from "../../static/js/saliency.js";
import { createStore } from "../../static/js/store.js";
import { loadWords, setLanguage } from "../../static/js/words.js";
import { besides, readers } from "../../static/js/zoo.js";

loadWords(Object.fromEntries(["en", "ja"].map((lang) => [lang, JSON.parse(readFileSync(new URL(`../../app/words/${lang}.json`, import.meta.url)))])));
setLanguage("en");

test("numbers that no double holds are written, and those that are near 1 as they are", () => {
  assert.equal(powerText(-600), "1.0·10⁻⁶⁰⁰");
  assert.equal(powerText(Math.log10(1.27e-9)), "1.3·10⁻⁹");
  assert.equal(powerText(Math.log10(9.97e-9)), "1.0·10⁻⁸"); // never "10.0·10⁻⁹"
  assert.equal(powerText(Math.log10(9.97e-9), 2), "1·10⁻⁸");
  assert.equal(powerText(0), "1");
  assert.equal(powerText(Math.log10(0.37412)), "0.374");
  assert.equal(powerText(Math.log10(2345.6)), "2350");
  assert.equal(powerText(5), "1.0·10⁵");
  assert.equal(powerText(null), "0");
  assert.deepEqual([decade(0), decade(1), decade(-50), decade(123)], ["1", "10", "10⁻⁵⁰", "10¹²³"]);
  assert.deepEqual([sizeText(-0.0123), sizeText(4e-7), sizeText(0)], ["−0.0123", "+4.0·10⁻⁷", "0"]);
});

test("an axis holds every norm and the 1, and has no more ticks than fit; a short one is divided finer", () => {
  const range = extent([[-200, -3, null, 0.6], [-1, 0.75]]);
  assert.ok(range[0] < -200 && range[1] > 0.75);
  for (const most of [2, 5, 9]) {
    const found = decades(range, most);
    assert.ok(found.length <= most && found.includes(0), String(found));
    assert.ok(found.every((n) => Number.isInteger(n) && n >= range[0] && n <= range[1]));
    assert.equal(new Set(found.slice(1).map((n, k) => n - found[k])).size <= 1, true);
  }
  assert.deepEqual(decades([-0.75, 0.8], 9).map((log) => Number((10 ** log).toPrecision(3))), [0.2, 0.5, 1, 2, 5]);
  assert.ok(extent([[0.5, 0.6]])[0] <= 0 && extent([[null]])[1] - extent([[null]])[0] >= 1);
});

test("a scale's end holds its value with two digits", () => {
  for (const [v, end] of [[0.8123, 0.82], [0.8, 0.8], [12.3, 13], [3e-7, 3e-7], [0, 1]]) assert.equal(limitOf(v), end);
  const gates = { f: [[0.1, -0.44], [0, 0]], o: [[0.2, 0.3], [0, -0.0003]] };
  assert.equal(gatesLimit(gates), 0.44);
  assert.deepEqual([stepPeak(gates, 0), stepPeak(gates, 1), stepPeak({ f: [[0]] }, 0)], [0.44, 0.0003, 1]);
  assert.deepEqual(largest(gates), { key: "f", s: 0, unit: 1, v: -0.44 });
  assert.equal(largest({ f: [[0, 0]] }), null);
});

test("how a line falls is told from its first number that is not 0", () => {
  assert.deepEqual(fall([null, null, -4, -2, 0]), { from: 2, first: -4, last: 0, step: 2 });
  assert.equal(fall([0.6]).step, 0);
  assert.deepEqual([perStep(Math.log10(1.8)), perStep(Math.log10(0.5)), perStep(2)], ["÷ 1.8", "× 2", "÷ 100"]);
  assert.deepEqual([[-9, 0.6], [-2, 0.6], [0.1, 0.6], [3, 0.6]].map(([first, last]) => verdict({ first, last })), ["gone", "faint", "kept", "grown"]);
});

test("the sentence names the line that ends lowest, the one that ends highest, and where one is exactly 0", () => {
  const line = (name, log10) => ({ name, answer: { total: { log10 } } });
  const said = reading([line("LSTM", [0.5, 0.6, 0.7]), line("RNN", [null, -9, 0.6]), line("GRU", [0.1, 0.3, 0.6])]);
  assert.match(said, /^At step 1 the line of the RNN is at 1\.0·10⁻⁹, 4\.0·10⁹ times less with each step back: .*next to nothing.* At step 0 the line of the LSTM is at 3\.16: .*still felt.* Before step 1 the norm of the RNN is exactly 0\.$/);
  assert.doesNotMatch(said, /GRU/);
  assert.match(reading([line("LSTM", [0.5, 0.6]), line("GRU", [0.4, 0.6])]), /line of the GRU is at 2\.51.*So it is with the LSTM, at 3\.16\.$/);
});

test("the strongest steps come largest first, of equal ones the later, and none that is 0", () => {
  assert.deepEqual(strongest([0.5, 2, 0, 2, 0.1], 3).map(({ s }) => s), [3, 1, 0]);
  const trace = { card: { outputs: ["a", "]"] }, token: (t) => "(["[t], y: () => ({}) };
  assert.equal(dependsText(trace, { output: 1, inputs: [0.25, 3.2] }), "‘]’ depends most on step 1 ‘[’: 3.2.");
  assert.match(dependsText(trace, { output: 1, inputs: [0, 0] }), /exactly 0/);
  assert.deepEqual([outputName(trace.card, 1), outputName({ outputs: null }, 0), outputName({ outputs: null }, 1, 2)], ["]", "y", "y1"]);
});

test("beside a model stand a trained one of each classic cell that reads the same, of its size if there is one", () => {
  const card = (name, cell, more = {}) => ({ name, cell, task: "r", trained: true, alphabet: ["a", "b"], input_size: 2, hidden_size: 16, layers: 1, ...more });
  const models = [card("l", "lstm"), card("g8", "gru", { hidden_size: 8 }), card("g", "gru"), card("r8", "rnn", { hidden_size: 8 }), card("p", "lstm-peephole"), card("u", "lstm", { trained: false }), card("o", "rnn", { alphabet: ["a", "c"] }), card("x", "rnn", { task: "s" })];
  const named = (list) => list.map((m) => m.name);
  assert.deepEqual(named(readers(models[0], models)), ["l", "g8", "g", "r8", "p", "u"]);
  assert.deepEqual(named(besides(models[0], models)), ["l", "g", "r8"]);
  assert.deepEqual(named(besides(models[4], models)), ["p", "l", "g", "r8"]);
  assert.deepEqual(named(besides(models[5], models)), ["u", "l", "g", "r8"]);
  assert.deepEqual(named(besides(models[7], models)), ["x"]);
});

test("plot and staves stand one under the other inside the score, and a stave's rows are whole pixels", () => {
  const geo = { k: 1, narrow: false, stavesTop: 100, bottom: 760 };
  for (const [gates, hidden] of [[4, 16], [1, 16], [4, 128], [0, 16]]) {
    const { heads, norms, staves } = places(geo, gates, hidden);
    assert.ok(heads[0] >= 100 && norms.top > heads[0] && heads[1] >= norms.top + norms.height && staves.top > heads[1] && staves.top + staves.height <= 761, `${gates} × ${hidden}`);
    assert.ok(norms.height > 150);
    assert.ok(staves.rows.every(({ height }) => hidden > height || height % hidden === 0));
  }
});

test("a model's own parts are drawn where they are asked for, the states of it by themselves", () => {
  const norms = (n) => ({ log10: [n] });
  const answer = { total: norms(1), direct: norms(2), blocks: [{ of: "h", by: "h", ...norms(3) }, { of: "h", by: "C", ...norms(4) }, { of: "C", by: "C", ...norms(5) }] };
  assert.deepEqual(linesOf(answer, true).map(({ key, logs }) => [key, logs[0]]), [["total", 1], ["direct", 2], ["h", 3], ["C", 5]]);
  assert.deepEqual(linesOf({ ...answer, direct: null }, false).map(({ key }) => key), ["total"]);
});

const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

test("only the last of several questions is asked, and an older answer that is on its way is aborted", async () => {
  const asked = [];
  const ask = latest(5);
  const question = (name) => async (signal) => { asked.push([name, signal]); await wait(20); if (signal.aborted) throw new Error("dropped"); };
  ask(question("a"));
  ask(question("b"));
  await wait(12);
  assert.deepEqual(asked.map(([name]) => name), ["b"]);
  ask(question("c"));
  await wait(40);
  ask(null);
  assert.deepEqual(asked.map(([name, signal]) => [name, signal.aborted]), [["b", true], ["c", true]]);
  ask(question("d"), "same");
  await wait(12);
  ask(question("e"), "same");
  await wait(40);
  assert.deepEqual(asked.slice(2).map(([name, signal]) => [name, signal.aborted]), [["d", false]], "the same question goes on");
  ask(question("f"), "same");
  await wait(12);
  assert.equal(asked.length, 4, "and can be asked again when it has been answered");
});

test("a question is asked at once, and one that follows it only when the state has rested", async () => {
  const asked = [];
  const ask = latest(40);
  const question = (name) => async () => { asked.push(name); };
  ask(question("a"));
  await wait(0);
  assert.deepEqual(asked, ["a"], "without the rest");
  ask(question("b"));
  ask(null);
  ask(question("c"));
  await wait(10);
  assert.deepEqual(asked, ["a"], "a key may be held");
  await wait(60);
  assert.deepEqual(asked, ["a", "c"]);
});

test("what an output depends on is asked for once a place, and not at each step while the gates play", async () => {
  const sent = [];
  let slow = 0;
  globalThis.fetch = async (path, { body }) => {
    sent.push(JSON.parse(body));
    await wait(slow);
    return new Response(JSON.stringify({ output: 1, inputs: [1] }), { headers: { "Content-Type": "application/json" } });
  };
  const trace = { card: { name: "m", alphabet: ["a", "b"], outputs: ["a", "b"] }, length: 9, input: ["a", "b"], edits: [], start: { tokens: ["a", "b"] } };
  const store = createStore({ trace, t: 3, layer: 0, arrived: 9, playing: false, tab: "gates", output: null, glanced: null, saliency: null });
  watchSaliency(store);
  const rest = async (patch) => { store.set(patch); await wait(70); };
  await rest({});
  assert.equal(sent.length, 0);
  await rest({ glanced: 1 });
  assert.deepEqual(sent, [{ model: "m", input: "ab", t: 3, layer: 0, output: 1 }]);
  assert.equal(store.get().saliency.t, 3);
  await rest({ glanced: null });
  assert.equal(store.get().saliency, null);
  await rest({ glanced: 1 });
  assert.equal(sent.length, 1, "known already");
  await rest({ output: 1, glanced: null, playing: true, t: 4 });
  await rest({ t: 5 });
  assert.equal(sent.length, 1, "nothing while it plays");
  assert.equal(store.get().saliency.t, 3, "the old picture stays");
  await rest({ playing: false });
  assert.deepEqual(sent.slice(1).map(({ t }) => t), [5]);
  slow = 60;
  for (const t of [5, 6, 7]) { store.set({ tab: "gradients", output: null, playing: true, t }); await wait(50); }
  await wait(100);
  assert.deepEqual(sent.slice(2), [{ model: "m", input: "ab", t: 8, layer: 0 }], "the whole of what is played, once, though steps go by while its answer is on its way");
  assert.equal(lookFrom({ trace, t: 2, playing: false }), 2);
});
