// What the cards of several models say side by side.
import assert from "node:assert/strict";
import { test } from "node:test";
import { along, comparable, curves, grouped, rnnAsWell, rnnBetter, siblings, wilson } from "../../static/js/zoo.js";

const card = (task, cell, group, more = {}) => ({ name: `${task}-${cell}`, task, cell, group, hidden_size: 16, layers: 1, trained: true, by: "lag", accuracy: { by: [{ lag: 1, value: 1, low: 0.99, high: 1, n: 100 }], beyond: [] }, ...more });

test("models stand by what they teach and by task; what has no task comes last, each alone", () => {
  const models = [card("b", "lstm", "structure"), card("r", "lstm", "memory"), card(null, "rnn", null, { name: "x" }), card("r", "rnn", "memory"), card(null, "gru", "new", { name: "y" })];
  assert.deepEqual(grouped(models).map(({ group, tasks }) => [group, tasks.map(({ task, models: mine }) => [task, mine.map((m) => m.cell)])]), [["memory", [["r", ["lstm", "rnn"]]]], ["structure", [["b", ["lstm"]]]], [null, [["x", ["rnn"]], ["y", ["gru"]]]]]);
  assert.deepEqual(siblings(models[1], models).map((m) => m.name), ["r-lstm", "r-rnn"]);
  assert.deepEqual(siblings(models[2], models), [models[2]]);
});

test("only trained models of the same size stand on the same axes", () => {
  const models = [card("r", "lstm", "memory"), card("r", "gru", "memory", { hidden_size: 32 }), card("r", "rnn", "memory", { trained: false }), card("r", "lstm1997", "memory", { accuracy: null })];
  assert.deepEqual(comparable(models[0], models).map((m) => m.cell), ["lstm"]);
});

test("Wilson's interval is the one in the cards", () => {
  for (const [value, n, low, high] of [[0.895, 200, 0.84482, 0.930293], [1, 2000, 0.998083, 1], [0.4, 10, 0.168, 0.687]]) {
    const found = wilson(value, n);
    assert.ok(Math.abs(found.low - low) < 5e-4 && Math.abs(found.high - high) < 5e-4, `${value} of ${n}: ${found.low} … ${found.high}`);
  }
});

test("figures of one place are taken together by how many answers they are over", () => {
  const list = along([{ depth: 2, length: 30, value: 1, low: 0.9, high: 1, n: 300 }, { depth: 1, length: 30, value: 0.5, low: 0.4, high: 0.6, n: 10 }, { depth: 2, length: 200, value: 0.9, low: 0.8, high: 0.95, n: 100 }], "depth");
  assert.deepEqual(list.map(({ x, value, n }) => [x, value, n]), [[1, 0.5, 10], [2, 0.975, 400]]);
  assert.ok(list[1].low < 0.975 && list[1].low > 0.95 && list[1].high > 0.975 && list[1].high < 0.99);
});

test("curves end training where the axis goes on beyond it, are logarithmic beyond a decade and show their lowest share", () => {
  const entry = (lag, value) => ({ lag, value, low: value - 0.01, high: Math.min(1, value + 0.01), n: 100 });
  const recall = card("r", "lstm", "memory", { accuracy: { by: [entry(1, 1), entry(200, 0.97)], beyond: [entry(500, 0.93)] } });
  const found = curves([recall]);
  assert.deepEqual([found.xs, found.log, found.end, found.apart, found.from], [[1, 200, 500], true, 200, false, 0.9]);
  const brackets = card("b", "lstm", "structure", { accuracy: { by: [entry(1, 1), entry(6, 1)], beyond: [entry(1, 1), entry(6, 1)] } });
  const other = curves([brackets]);
  assert.deepEqual([other.log, other.end, other.apart, other.from], [false, null, true, 0.99]);
});

/** A trained model whose share of n answers is `value`, inside training and beyond it as in [[lag, share], …]. */
function shares(cell, value, inside, beyond, { n = 1000, measure } = {}) {
  const listed = (list) => list.map(([lag, share]) => ({ lag, value: share, n, ...wilson(share, n) }));
  return card("r", cell, "memory", { accuracy: { value, n, ...wilson(value, n), by: listed(inside), beyond: listed(beyond), ...(measure ? { measure: { value: measure } } : {}) } });
}

test("an RNN does as well as the LSTM where its share is nowhere more than a point lower, and beyond training where that holds there too", () => {
  const lstm = shares("lstm", 1, [[1, 1], [200, 1]], [[500, 0.99]]);
  assert.equal(rnnAsWell([lstm, shares("rnn", 0.995, [[1, 1], [200, 0.99]], [[500, 0.98]])]), "throughout");
  assert.equal(rnnAsWell([lstm, shares("rnn", 0.995, [[1, 1], [200, 0.99]], [[500, 0.97]])]), "inside");
  assert.equal(rnnAsWell([lstm, shares("rnn", 0.995, [[1, 1], [200, 0.98]], [[500, 0.99]])]), null, "two points lower at one place in training");
  assert.equal(rnnAsWell([lstm, shares("rnn", 0.98, [[1, 1], [200, 1]], [])]), null, "two points lower in all");
  assert.equal(rnnAsWell([shares("lstm", 0.9, [[1, 0.9]], []), shares("rnn", 0.95, [[1, 0.95]], [])]), "throughout", "better is at least as well");
  assert.equal(rnnAsWell([lstm]), null);
  assert.equal(rnnAsWell([lstm, { ...shares("rnn", 1, [[1, 1]], []), trained: false }]), null);
});

test("a few answers do not show that an RNN does as well, nor does a share whose measure is worse", () => {
  const pair = (other, few) => [shares("lstm", 0.75, [[1, 0.75]], [], few), shares("rnn", other, [[1, other]], [], few)];
  assert.equal(rnnAsWell(pair(0.61, { n: 36 })), null, "intervals that overlap only because they are wide");
  assert.equal(rnnAsWell(pair(0.75, { n: 36 })), null);
  assert.equal(rnnAsWell(pair(0.75, { n: 200 })), "throughout");
  const measured = (ours) => [shares("lstm", 0.75, [[1, 0.75]], [], { measure: 14 }), shares("rnn", 0.75, [[1, 0.75]], [], { measure: ours })];
  assert.deepEqual([13, 14.2, 14.4, undefined].map((ours) => rnnAsWell(measured(ours))), ["throughout", "throughout", null, null]);
});

test("an RNN does better beyond training where its interval lies wholly above the LSTM's", () => {
  const lstm = shares("lstm", 1, [[100, 0.2]], [[200, 0.95], [500, 0.3], [1000, 0.2]], { n: 500 });
  const rnn = shares("rnn", 0.97, [[100, 0.9]], [[200, 0.94], [500, 0.33], [1000, 0.955], [2000, 1]], { n: 500 });
  assert.deepEqual(rnnBetter([lstm, rnn]), [{ x: 1000, rnn: 0.955, lstm: 0.2 }], "not inside training, not where the intervals meet, not where only one was tried");
  assert.deepEqual(rnnBetter([lstm]), []);
});
