// What is counted when runs stand side by side, and what another input is like.
import assert from "node:assert/strict";
import { test } from "node:test";
import { wherePartly } from "../../static/js/compare/find.js";
import { differing, sentencesOf, sizeText } from "../../static/js/compare/inputs.js";
import { chance, choices, chosenRivals, measureOf, memoryKey, tally } from "../../static/js/compare/measure.js";
import { bestOf, otherInputs } from "../../static/js/compare/other.js";
import { readLink, writeLink } from "../../static/js/link.js";
import { Trace } from "../../static/js/trace.js";

const q = (key, kind = "gate", max = 1) => ({ key, kind, min: kind === "gate" ? 0 : null, max: kind === "gate" ? max : null });
const LSTM = { cell: "lstm", trained: true, quantities: [q("f"), q("i"), q("C", "state"), q("h", "state")] };
const RNN = { cell: "rnn", trained: true, quantities: [q("h", "state")] };
const GRU = { cell: "gru", trained: true, quantities: [q("r"), q("h", "state")] };

function run(tokens, outputs, { alphabet = ["(", ")", "[", "]", "a", "b"], marks = [], off_task = null } = {}) {
  const trace = new Trace({ steps: tokens.length, hidden_size: 1, layers: 1, tokens, marks, off_task }, { alphabet, input_size: [tokens[0]].flat().length, quantities: [] });
  outputs.forEach((y, t) => trace.push({ t, layers: [{}], y }));
  return trace;
}

test("right answers are counted up to each step, and the bits of what came", () => {
  const y = (answer, right, p) => ({ top: [["a", 0.5]], value: null, answer, right, next: p ? { symbol: "a", p } : null });
  const trace = run([..."(a)b"], [y(")", true, 0.5), y(")", false, 0.25), y(null, null, 0.125), y(["a", "b"], true, null)]);
  assert.deepEqual(tally(trace), { judged: [1, 2, 2, 3], right: [1, 1, 1, 2], bits: [1, 3, 6, 6], coded: [1, 2, 3, 3] });
});

test("what the right answer was given is exact, or no more than the least that was sent", () => {
  const top = [["a", 0.5], ["b", 0.3], ["c", 0.1]];
  assert.deepEqual(chance({ top, next: null, answer: "b" }), { p: 0.3 });
  assert.deepEqual(chance({ top, next: { symbol: "d", p: 0.04 }, answer: "d" }), { p: 0.04 });
  assert.deepEqual(chance({ top, next: null, answer: "e" }), { p: 0.1, atMost: true });
  assert.deepEqual(chance({ top, next: null, answer: ["a", "e"] }), { p: 0.6, atMost: true });
  assert.equal(chance({ top, next: null, answer: null }), null);
});

test("runs are measured by what their task says", () => {
  assert.equal(measureOf(run(["("], [])), "right");
  assert.equal(measureOf(run(["("], [], { off_task: { from: 1 } })), "right");
  assert.equal(measureOf(run(["a"], [], { off_task: { from: 0 } })), "bits");
  assert.equal(measureOf(run([[1, 0]], [], { alphabet: null })), "error");
  assert.equal(measureOf(run([1], [], { alphabet: null, marks: null })), "none");
});

test("beside an LSTM stands the simple RNN unless someone chooses, and what remembers is shown of each", () => {
  const rivals = [{ ...LSTM, name: "u", trained: false }, { ...GRU, name: "g" }, { ...RNN, name: "r" }];
  const names = (list) => list.map(({ name }) => name);
  assert.deepEqual(names(chosenRivals(LSTM, rivals, null)), ["r"]);
  assert.deepEqual(names(chosenRivals(RNN, [{ ...GRU, name: "g" }, { ...LSTM, name: "l" }], null)), ["l"]);
  assert.deepEqual(names(chosenRivals(LSTM, rivals.slice(0, 1), null)), ["u"]);
  assert.deepEqual(names(chosenRivals(LSTM, rivals, ["g", "u", "r"])), ["g", "u"]);
  assert.deepEqual(names(chosenRivals(LSTM, rivals, ["gone"])), ["r"]);
  assert.deepEqual(names(chosenRivals(LSTM, rivals, [])), []);
  assert.deepEqual([LSTM, RNN, GRU].map(memoryKey), ["C", "h", "h"]);
  assert.deepEqual(choices([LSTM, RNN]), [{ id: "memory", keys: ["C", "h"] }, { id: "h", keys: ["h", "h"] }]);
  assert.deepEqual(choices([LSTM, LSTM]).map(({ id }) => id), ["memory", "f", "i", "h"]);
});

test("another input changes a symbol for one of its kind, and what belongs to it", () => {
  const brackets = otherInputs(run([..."([a])"], [], { marks: [{ from: 0, to: 4 }, { from: 1, to: 3 }] })).map((tokens) => tokens.join(""));
  assert.deepEqual(brackets.slice(0, 3), ["[[a]]", "((a))", "([b])"]);
  const same = otherInputs(run([..."BTXTE"], [], { alphabet: [..."BTPXE"], marks: [{ from: 1, to: 3 }] }))[0].join("");
  assert.equal(same, "BPXPE");
  const numbers = run([[0.25, -1], [0.75, 1], [0.5, 1]], [], { alphabet: null });
  assert.deepEqual(otherInputs(numbers), [[[0.25, -1], [0.25, 1], [0.5, 1]]]);
  assert.deepEqual(otherInputs(run([0.1, 2], [], { alphabet: null })), [[0.6, 2]]);
  assert.equal(bestOf([{ steps: 5, off_task: { from: 2 } }, { steps: 5, off_task: null }, { steps: 5, off_task: null }]), 1);
  assert.deepEqual([...differing(run([..."([a])"], []), run([..."([b])a"], []))], [2]);
});

test("the step at which models differ is one where the first is right, if there is one", () => {
  assert.equal(wherePartly([[null, true, true], [null, true, false]]), 2);
  assert.equal(wherePartly([[false, true, true], [true, false, true], [true, true, false]]), 1);
  assert.equal(wherePartly([[false, true], [true, true]]), 0);
  assert.equal(wherePartly([[true, null], [true, false]]), null);
});

test("what the difference API says becomes sentences", () => {
  const C = { first: 2, last: 4, peak: 3, passed: null, travels: 3, size: [0, 0, 0.1, 0.3, 0.12], largest: [0, 0, 0.2, 0.84, 0.2], unit: [0, 0, 1, 5, 5] };
  const answer = { tokens: [2], steps: 5, lengths: [5, 7], part: 0.1, quantities: { C }, outputs: { prediction: 4, largest: [0, 0, 0, 0, 0.5] } };
  const said = sentencesOf(answer, "C", false);
  assert.deepEqual(said.map(({ key }) => key.slice(8)), ["differAt", "shorter", "largest", "stillThere", "otherPrediction"]);
  assert.deepEqual(said[2].params, { t: 3, size: "0.30", unit: 5, most: "0.84" });
  assert.deepEqual(said[3].params, { end: "0.12", n: 3 });
  const gone = { ...C, passed: 4, travels: 2 };
  assert.deepEqual(sentencesOf({ ...answer, lengths: [5, 5], quantities: { C: gone } }, "C", true).map(({ key }) => key.slice(8)), ["differAt", "largest", "passed", "saysApart"]);
  assert.deepEqual(sentencesOf({ ...answer, tokens: [], lengths: [5, 5], quantities: { C: { ...C, first: null } } }, "C", false).map(({ key }) => key.slice(8)), ["same", "noDifference"]);
  assert.deepEqual([0, 0.0321, 0.84, 12.34, 1234, 0.00005].map(sizeText), ["0", "0.032", "0.84", "12", "1234", "5.0·10⁻⁵"]);
});

test("a link carries what is compared, and nothing by default", () => {
  const state = { model: "m", input: "a", t: 0, unit: 0, speed: 4, lang: "en", theme: "dark", tab: "compare" };
  assert.ok(!/[#&][cj]=/.test(writeLink(state).fragment));
  for (const more of [{ rivals: ["m-rnn", "m.2"] }, { rivals: [], second: "" }, { second: "(a) &" }]) assert.deepEqual(readLink(writeLink({ ...state, ...more }).fragment), { ...readLink(writeLink(state).fragment), ...more });
});
