// The panel's plain functions: what the bars, the sums, the snapshot and the table show is worked out from numbers alone.
import assert from "node:assert/strict";
import { test } from "node:test";

import { jointScale, snapshotRows } from "../../static/js/charts/snapshot.js";
import { brief, cell, endText, fit, onScale, term } from "../../static/js/digits.js";
import { bounded, share } from "../../static/js/format.js";
import { byHand, parse } from "../../static/js/formula.js";
import { Trace } from "../../static/js/trace.js";
import { createTween } from "../../static/js/tween.js";
import { peak, readings } from "../../static/js/values.js";
import { sumRows } from "../../static/js/views/arithmetic.js";
import { ends, errorText, runEnds } from "../../static/js/answer.js";
import { nextRows, runLimit, scaleLimit } from "../../static/js/views/next.js";
import { tableWindow } from "../../static/js/views/table.js";

const QUANTITIES = [
  { key: "f", kind: "gate", min: 0, max: 1 },
  { key: "C", kind: "state", min: null, max: null },
  { key: "h", kind: "state", min: -1, max: 1 },
];

/** A trace of two units: f, C, h of each step as given. */
function traced(...steps) {
  const trace = new Trace({ steps: steps.length, layers: 1, hidden_size: 2, tokens: steps.map((_, t) => String(t)) }, { quantities: QUANTITIES, limits: { C: 4 } });
  steps.forEach((layer, t) => trace.push({ t, layers: [layer], y: { top: [] } }));
  return trace;
}

test("the bars' scale is the smallest limit that holds every probability", () => {
  assert.equal(scaleLimit([0.05, 0.1]), 0.1);
  assert.equal(scaleLimit([0.11]), 0.25);
  assert.equal(scaleLimit([0.25, 0.01]), 0.25);
  assert.equal(scaleLimit([0.2500001]), 0.5);
  assert.equal(scaleLimit([0.4, 0.5]), 0.5);
  assert.equal(scaleLimit([0.51]), 1);
  assert.equal(scaleLimit([1, 0]), 1);
  assert.equal(scaleLimit([1.0000001]), 1);
  assert.equal(scaleLimit([]), 0.1);
});

test("a share never claims a 0 or a 100 it is not", () => {
  assert.equal(share(0), "0 %");
  assert.equal(share(1), "100 %");
  assert.equal(share(0.39712), "39.7 %");
  assert.equal(share(0.0001), "<0.1 %");
  assert.equal(share(0.99999), ">99.9 %");
  assert.equal(share(0.0005), "0.1 %");
});

test("a step's rows carry the truth, the symbol that is due and whether the first is it", () => {
  const top = [["]", 0.5], ["(", 0.3]];
  const outputs = ["a", "]", "("];
  const right = nextRows({ top, truth: { "]": 0.4 }, answer: "]", right: true }, outputs);
  assert.deepEqual(right[0], { symbol: "]", p: 0.5, truth: 0.4, due: true, right: true, wrong: false });
  assert.deepEqual(right[1], { symbol: "(", p: 0.3, truth: 0, due: false, right: false, wrong: false });
  const wrong = nextRows({ top, truth: null, answer: "(", right: false }, outputs);
  assert.deepEqual([wrong[0].wrong, wrong[0].due, wrong[1].due, wrong[1].right, wrong[1].truth], [true, false, true, false, null]);
  const none = nextRows({ top, truth: null, answer: null, right: null }, outputs);
  assert.ok(none.every((row) => !row.due && !row.right && !row.wrong && row.truth === null));
});

test("of several right symbols each is due, and those that rank where one of them should are wrong", () => {
  const outputs = ["B", "T", "P", "S"];
  const rows = nextRows({ top: [["S", 0.5], ["T", 0.3], ["P", 0.2]], truth: null, answer: ["T", "P"], right: false }, outputs);
  assert.deepEqual(rows.map(({ symbol, due, right, wrong }) => [symbol, due, right, wrong]), [["T", true, false, false], ["P", true, false, false], ["S", false, false, true]]);
  const right = nextRows({ top: [["P", 0.5], ["T", 0.3], ["S", 0.2]], truth: null, answer: ["T", "P"], right: true }, outputs);
  assert.deepEqual(right.map(({ due, right: is }) => [due, is]), [[true, true], [true, true], [false, false]]);
});

test("a symbol keeps its place among the rows whatever its probability, and wrong stays with the most probable", () => {
  const outputs = ["A", "B", "C"];
  const rows = nextRows({ top: [["C", 0.6], ["A", 0.3], ["B", 0.1]], truth: null, answer: "A", right: false }, outputs);
  assert.deepEqual(rows.map(({ symbol }) => symbol), outputs);
  assert.deepEqual(rows.map(({ wrong }) => wrong), [false, false, true]);
});

test("the bars have one scale for a run, which holds all that has arrived and never shrinks", () => {
  const step = (p, truth) => ({ top: [["A", p], ["B", 0.1]], truth });
  const outputs = [step(0.3, null)];
  const trace = { get arrived() { return outputs.length; }, y: (t) => outputs[t] };
  assert.equal(runLimit(trace), 0.5);
  outputs.push(step(0.2, { A: 0.4 }));
  assert.equal(runLimit(trace), 0.5);
  outputs.push(step(0.2, { B: 0.7 }), step(0.1, null));
  assert.equal(runLimit(trace), 1);
  outputs.push(step(0.1, null));
  assert.equal(runLimit(trace), 1);
  assert.equal(runLimit({ arrived: 1, y: () => ({ value: 3 }) }), 0.1);
});

test("the diagram's numbers are short and never a bound that was not reached", () => {
  const [gate, state] = [[0, 1], [-1, 1]];
  assert.equal(brief(0.7135, gate), "0.71");
  assert.equal(brief(0.9979, gate), "0.998");
  assert.equal(brief(0.99951, gate), ">.999");
  assert.equal(brief(1, gate), "1");
  assert.equal(brief(0.0004, gate), "<.001");
  assert.equal(brief(0.0006, gate), "0.001");
  assert.equal(brief(-0.99996, state), "<−.999");
  assert.equal(brief(0.99996, state), ">.999");
  assert.equal(brief(-0.0004, state), "0.00");
  assert.equal(brief(-1, state), "−1");
  assert.deepEqual([1.695, -40.863, -279.781, 1234.5].map((v) => brief(v, null)), ["1.70", "−40.86", "−279.8", "1235"]);
});

test("no end of a scale that is not zero is printed as zero, and a value beside it has as many digits", () => {
  const printed = (end) => [endText(end), onScale(end, end), onScale(-end, end), onScale(-end / 2, end)];
  assert.deepEqual(printed(119), ["+119", "119", "−119", "−59.5"]);
  assert.deepEqual(printed(24.5), ["+24.5", "24.5", "−24.5", "−12.3"]);
  assert.deepEqual(printed(0.5), ["+0.5", "0.50", "−0.50", "−0.25"]);
  assert.deepEqual(printed(0.034), ["+0.034", "0.034", "−0.034", "−0.017"]);
  assert.deepEqual(printed(0.0042), ["+0.0042", "0.0042", "−0.0042", "−0.0021"]);
  assert.deepEqual(printed(4e-7), ["+4·10⁻⁷", "4·10⁻⁷", "−4·10⁻⁷", "−2·10⁻⁷"]);
  assert.deepEqual([onScale(0, 4e-7), onScale(-1e-9, 0.0042), onScale(-0.001, 2), endText(-0.02)], ["0", "0.0000", "0.00", "−0.020"]);
});

test("a large number has no more than five significant digits in a sum and in the table", () => {
  assert.deepEqual([-0.8524, -40.8634, -279.7814, 1234.56, 123456].map((v) => term(v, 3, null)), ["−0.852", "−40.863", "−279.78", "1234.6", "123456"]);
  assert.equal(term(0.99973, 3, [0, 1]), "0.9997");
  assert.deepEqual([0.123456789, -1.23456789, 379.4567].map((v) => cell(v, null)), ["0.12346", "−1.2346", "379.46"]);
  assert.deepEqual([cell(0.9999999, [0, 1]), cell(0.123456, [0, 1]), cell(1, [0, 1])], [">0.99999", "0.12346", "1"]);
});

test("a bounded value is never printed as the bound it has not reached", () => {
  const gate = [0, 1];
  assert.equal(bounded(0.7135, 2, gate), "0.71");
  assert.equal(bounded(0.9951, 2, gate), "0.995");
  assert.equal(bounded(0.9997, 2, gate), "0.9997");
  assert.equal(bounded(0.9997, 3, gate), "0.9997");
  assert.equal(bounded(0.99999, 2, gate), ">0.9999");
  assert.equal(bounded(1, 2, gate), "1");
  assert.equal(bounded(0.0004, 2, gate), "0.0004");
  assert.equal(bounded(1e-9, 2, gate), "<0.0001");
  assert.equal(bounded(0, 3, gate), "0");
  assert.equal(bounded(-0.99999, 2, [-1, 1]), "<−0.9999");
  assert.equal(bounded(-0.0004, 2, [-1, 1]), "0.00");
  assert.equal(bounded(-1, 2, [-1, 1]), "−1");
  assert.equal(bounded(1.0004, 2, null), "1.00");
});

test("a gate's sum is laid out in the columns x, h and bias", () => {
  assert.deepEqual(sumRows(parse("sigmoid(pre.x + pre.h + pre.b)")), [{ factor: null, terms: { x: "pre.x", h: "pre.h", b: "pre.b" } }]);
  assert.deepEqual(sumRows(parse("tanh(pre.x + pre.b_ih + r * (pre.h + pre.b_hh))")), [
    { factor: null, terms: { x: "pre.x", b: "pre.b_ih" } },
    { factor: "r", terms: { h: "pre.h", b: "pre.b_hh" } },
  ]);
  assert.equal(sumRows(parse("f * prev.C + i * C_tilde")), null);
  assert.equal(sumRows(parse("tanh(C)")), null);
  assert.equal(sumRows(parse("tanh(pre.x - pre.h)")), null);
});

test("working by hand with the printed numbers gives the printed result, or is seen not to", () => {
  const gate = parse("sigmoid(pre.x + pre.h + pre.b)");
  const printed = { "pre.x": "−1.28", "pre.h": "+0.46", "pre.b": "+0.52" };
  // sigma(-0.30) = 0.42556
  assert.equal(byHand(gate, printed, [0, 1]), "0.426");
  assert.equal(byHand(parse("f * prev.C + i * C_tilde"), { f: "0.425", "prev.C": "2.010", i: ">0.9999", C_tilde: "−0.107" }, null), "0.747");
});

test("readings follow names into the step, the step before, the parts and the scale", () => {
  const trace = traced({ f: [0.5, 0.25], C: [1, -3], h: [0, 0] }, { f: [0.75, 1], C: [2, 0.5], h: [0.1, 0.2] });
  const place = { layer: 0, t: 1, unit: 1 };
  assert.deepEqual(readings(trace, place, ["f", "prev.C", "scale.C", "pre.f.x"]), { f: 1, "prev.C": -3, "scale.C": 3, "pre.f.x": NaN });
  assert.equal(readings(trace, { ...place, t: 0 }, ["prev.C"])["prev.C"], 0);
  trace.setPre(0, [[{}], [{ f: { x: [7, 8] } }]]);
  assert.equal(readings(trace, place, ["pre.f.x"])["pre.f.x"], 8);
});

test("a unit's lines are scaled by its largest value so far, rounded up to a half, and at least 1", () => {
  const trace = new Trace({ steps: 3, layers: 1, hidden_size: 1, tokens: ["a", "b", "c"] }, { quantities: [QUANTITIES[1]] });
  const seen = [0.2, -1.7, 2.0].map((v, t) => {
    trace.push({ t, layers: [{ C: [v] }], y: null });
    return peak(trace, 0, "C", 0);
  });
  assert.deepEqual(seen, [1, 2, 2]);
});

test("the snapshot's rows stay apart on the one colour scale and keep the staves' limits", () => {
  const trace = traced({ f: [0, 1], C: [-4, 0], h: [1, -1] });
  const [f, C, h] = snapshotRows(trace, 0, 0);
  assert.deepEqual(f.map((v) => Number(v.toFixed(3))), [0.05, 0.95]);
  assert.deepEqual(C.map((v) => Number(v.toFixed(3))), [1.05, 1.5]);
  assert.deepEqual(h.map((v) => Number(v.toFixed(3))), [2.95, 2.05]);
  const scale = jointScale(QUANTITIES, ({ key }) => [[0, `${key} low`], [1, `${key} high`]]);
  const stops = scale.map(([at]) => at);
  assert.deepEqual(stops, [...stops].sort((a, b) => a - b));
  assert.deepEqual([stops[0], stops.at(-1)], [0, 1]);
  const colour = new Map(scale.map(([at, name]) => [at.toFixed(6), name]));
  assert.equal(colour.get((f[0] / 3).toFixed(6)), "f low");
  assert.equal(colour.get((h[0] / 3).toFixed(6)), "h high");
  assert.equal(colour.get((C[0] / 3).toFixed(6)), "C low");
});

test("the table shows all of a short run and a window around the playhead of a long one", () => {
  assert.deepEqual(tableWindow(200, 150), { from: 0, to: 200 });
  assert.deepEqual(tableWindow(1000, 500), { from: 400, to: 600 });
  assert.deepEqual(tableWindow(1000, 0), { from: 0, to: 200 });
  assert.deepEqual(tableWindow(1000, 999), { from: 800, to: 1000 });
  const current = { from: 400, to: 600 };
  assert.equal(tableWindow(1000, 510, current), current);
  assert.notEqual(tableWindow(1000, 590, current), current);
  assert.deepEqual(tableWindow(1000, 700, current), { from: 600, to: 800 });
});

test("between two steps the picture moves from what is shown, and ends on exactly the new values", (t) => {
  const frames = [];
  let now = 0;
  t.mock.method(performance, "now", () => now);
  globalThis.requestAnimationFrame = (fn) => frames.push(fn);
  globalThis.cancelAnimationFrame = () => { frames.length = 0; };
  t.after(() => { delete globalThis.requestAnimationFrame; delete globalThis.cancelAnimationFrame; });
  const drawn = [];
  const tween = createTween((values) => drawn.push(values));
  const advance = (to) => { now = to; frames.splice(0).forEach((fn) => fn(now)); };
  tween.to({ f: 0 }, 160);
  assert.deepEqual(drawn, [{ f: 0 }]);
  tween.to({ f: 1 }, 160);
  advance(80);
  assert.ok(drawn.at(-1).f > 0.5 && drawn.at(-1).f < 1);
  const held = drawn.at(-1).f;
  tween.to({ f: 0.25, g: 3 }, 160);
  advance(81);
  assert.ok(Math.abs(drawn.at(-1).f - held) < 0.05, "starts from where it was");
  assert.equal(drawn.at(-1).g, 3, "a value without a past is shown at once");
  advance(240);
  assert.deepEqual(drawn.at(-1), { f: 0.25, g: 3 });
  assert.equal(frames.length, 0, "no frame runs when nothing changes");
  tween.to({ f: 0.5, g: 3 }, 0);
  assert.deepEqual(drawn.at(-1), { f: 0.5, g: 3 });
  assert.equal(frames.length, 0);
});

test("a number is as short as its column asks, never 0 when it is not, and no longer than it is", () => {
  for (const [v, most, text] of [[0.8374, 5, "0.837"], [0.8374, 4, "0.84"], [0.8374, 3, ".84"], [-0.8374, 3, "−.8"], [112, 3, "112"], [1234, 3, "1k"], [1234, 4, "1234"], [0.5, 5, "0.5"], [-1, 3, "−1"], [0, 3, "0"], [0.0004, 3, "≈0"], [-1e-9, 5, "≈0"], [999.6, 3, "1k"], [-123456, 5, "−123k"], [1e6, 3, "1M"], [1.5, 3, "1.5"], [0.999, 3, "1"]]) assert.equal(fit(v, most), text, `${v} in ${most}`);
});

test("the line of a run holds every answer and every right one with its tolerance, has rounded ends and never shrinks", () => {
  assert.deepEqual(ends([0.13, 0.92]), { low: 0.1, high: 1, step: 0.1 });
  assert.deepEqual(ends([104, 199]), { low: 100, high: 200, step: 20 });
  const flat = ends([0.5, 0.5]);
  assert.ok(flat.low <= 0 && flat.high >= 1);
  const said = [{ says: 0.3, answer: null }];
  const trace = { card: { tolerance: 0.04 }, get arrived() { return said.length; }, said: (t) => said[t] };
  const first = runEnds(trace);
  assert.ok(first.low <= 0.3 && first.high >= 0.3);
  said.push({ says: 0.4, answer: 0.99 });
  const { low, high } = runEnds(trace);
  assert.ok(low <= 0.3 && high >= 1.03 && high < 1.5, `${low} … ${high}`);
  assert.equal(errorText(0.45, 0.5), "−0.05000");
  assert.equal(errorText(0.75, 0.5), "+0.25000");
});

test("a trace says what its network says and which of its inputs only points at steps", () => {
  const card = { alphabet: null, quantities: [] };
  const trace = new Trace({ steps: 2, hidden_size: 1, layers: 1, tokens: [[0.5, -1, 2], [1, 1, 0]] }, card);
  trace.push({ t: 0, layers: [{}], y: { top: null, value: [0.25], answer: null, right: null } });
  trace.push({ t: 1, layers: [{}], y: { top: null, value: [0.5], answer: 0, right: false } });
  assert.deepEqual([0, 1, 2].map((n) => trace.isMarker(n)), [false, true, false]);
  assert.deepEqual(trace.said(0), { says: 0.25, answer: null, right: null });
  assert.deepEqual(trace.said(1), { says: 0.5, answer: 0, right: false });
  assert.equal(trace.token(0), "0.5, −1, 2");
  trace.push({ t: 2, layers: [], y: { top: [["T", 0.5], ["P", 0.4], ["S", 0.1]], answer: ["P", "T"], right: true } });
  assert.deepEqual(trace.said(2), { says: ["T", "P"], answer: ["P", "T"], right: true });
});
