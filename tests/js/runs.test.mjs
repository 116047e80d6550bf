import assert from "node:assert/strict";
import { test } from "node:test";
import { differencePeak, differenceRows, lineOver, roundEnd, runRows, sharedLimits, stack } from "../../static/js/charts/runs.js";
import { Trace } from "../../static/js/trace.js";

const quantities = [{ key: "C", kind: "state", min: null, max: null }, { key: "h", kind: "state", min: -1, max: 1 }];

/** A run of two units whose C is given step by step; h is its half. */
function run(values, steps = values.length, limit = 2) {
  const trace = new Trace({ steps, hidden_size: 2, layers: 1, tokens: Array(steps).fill("a") }, { alphabet: ["a"], quantities, limits: { C: limit } });
  values.forEach((C, t) => trace.push({ t, layers: [{ C, h: C.map((v) => v / 2) }], y: { top: [["a", 1]] } }));
  return trace;
}

test("rows of a run and of what two runs differ by end where the runs do", () => {
  const a = run([[1, 0], [2, 0.5], [4, 0]], 4);
  const b = run([[1, 0], [2.5, 0.5]]);
  assert.deepEqual(runRows(a, 0, "C", { from: 1, to: 5 }), [[2, 4, null, null], [0.5, 0, null, null]]);
  assert.deepEqual(runRows(a, 0, "C", { from: 0, to: 3 }, true), [[0.25, 0.5, 1], [0, 1, 0]]);
  assert.deepEqual(differenceRows(a, b, 0, "C", { from: 0, to: 3 }), [[0, 0.5, null], [0, 0, null]]);
  assert.deepEqual([differencePeak(a, b, 0, "C"), differencePeak(b, a, 0, "h"), differencePeak(a, a, 0, "C")], [0.5, 0.25, 0]);
  assert.deepEqual(lineOver((t) => 10 * t, { from: 1, to: 2 }, 2, { name: "C" }), { x: [0, 1], y: [0, 10], name: "C" });
});

test("runs share the widest scale of a quantity, and a difference ends at a round number", () => {
  const [small, large] = [run([[1, 0]]), run([[-3.2, 0]])];
  assert.deepEqual(sharedLimits([small, large], "C", "task"), { low: -3.5, high: 3.5, own: false });
  assert.deepEqual(sharedLimits([small, run([[1, 0]], 1, 5)], "C", "task"), { low: -5, high: 5, own: false });
  assert.deepEqual(sharedLimits([small, large], "C", "unit"), { low: -1, high: 1, own: true });
  assert.deepEqual(sharedLimits([small, large], "h", "unit"), { low: -1, high: 1, own: false });
  assert.deepEqual([0, 0.84, 1, 0.0012, 4.1, 7, 2e-7].map(roundEnd), [1, 1, 1, 0.002, 5, 10, 2e-7]);
});

test("parts stand one under the other, rows of whole pixels, in the room there is", () => {
  const places = stack([{ head: 20, rows: 16 }, { head: 20, rows: 16 }, { rows: 16 }, { height: 40 }], 500, 10);
  for (const [n, { head, top, height }] of places.entries()) {
    assert.equal(top - head, n < 2 ? 20 : 0);
    if (n) assert.equal(head, places[n - 1].top + places[n - 1].height + 10);
    assert.ok(n === 3 ? height === 40 : height % 16 === 0);
  }
  assert.ok(places.at(-1).top + places.at(-1).height <= 500);
  assert.equal(stack([{ rows: 2 }], 500, 10)[0].height, 36);
});
