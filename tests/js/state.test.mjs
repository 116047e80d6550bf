import assert from "node:assert/strict";
import { test } from "node:test";
import { exact, num, percent, sgn, visible } from "../../static/js/format.js";
import { columnWidth, drawnWindow, pageTurn, rowTop, spread, staves, stripRows, rowOf, rowsShown, stripView, unitAt } from "../../static/js/geometry.js";
import { alike, allows, commonSteps, parseInput, pastedLines, placeOf, readInput, tokensText } from "../../static/js/input.js";
import { LONGEST_INPUT, readLink, writeLink } from "../../static/js/link.js";
import { createStore, during } from "../../static/js/store.js";
import { Trace, WINDOW } from "../../static/js/trace.js";
import { chooseLanguage, loadWords, setLanguage, word } from "../../static/js/words.js";

test("the store calls back once now, and later only when the watched slice changes", () => {
  const store = createStore({ a: 1, b: 1 });
  const seen = [];
  const stop = store.watch((s) => [s.a], ([a], before) => seen.push([a, before?.[0]]));
  store.set({ b: 2 });
  store.set({ a: 2 });
  store.set({ a: 2 });
  stop();
  store.set({ a: 3 });
  assert.deepEqual(seen, [[1, undefined], [2, 1]]);
});

test("the store of a view calls back when the view comes into sight and while it stays there", () => {
  const store = createStore({ tab: "gates", a: 1, b: 1 });
  const seen = [];
  during(store, (s) => s.tab === "memory").watch((s) => [s.a], ([a], before) => seen.push([a, before?.[0]]));
  store.set({ a: 2 });
  store.set({ tab: "memory" });
  store.set({ b: 2 });
  store.set({ a: 3 });
  store.set({ tab: "gates", a: 4 });
  store.set({ tab: "memory" });
  assert.deepEqual(seen, [[2, undefined], [3, 2], [4, undefined]]);
});

test("numbers print with a true minus and never as minus zero", () => {
  assert.equal(num(-0.001, 2), "0.00");
  assert.equal(num(-1.5, 1), "−1.5");
  assert.equal(sgn(0.25), "+0.25");
  assert.equal(exact(Math.fround(0.1)), "0.1");
  assert.equal(Math.fround(Number(exact(Math.fround(1 / 3)))), Math.fround(1 / 3));
  assert.equal(percent(0.9996), "99.96");
  assert.equal(percent(1), "100");
});

loadWords({ en: {}, ja: {} });

test("a link says what the state was, and refuses nonsense", () => {
  const state = { model: "brackets-lstm", input: "([a]) &#%", t: 3, layer: 1, unit: 7, speed: 0.5, lang: "ja", theme: "dark", present: true, tab: "memory" };
  const { fragment, tooLong } = writeLink(state);
  assert.equal(tooLong, false);
  assert.deepEqual(readLink(fragment), state);
  assert.deepEqual(readLink("#t=-1&u=1e9&s=3&theme=<b>&present=2&lang=xx"), { present: false });
  const long = writeLink({ ...state, input: "(".repeat(LONGEST_INPUT + 1) });
  assert.equal(long.tooLong, true);
  assert.equal(readLink(long.fragment).input, undefined);
});

const symbols = { alphabet: ["(", ")", "a"], input_size: 3 };
const numbers = { alphabet: null, input_size: 2 };

test("typed text becomes the request's input", () => {
  assert.equal(parseInput(symbols, "(a)"), "(a)");
  assert.deepEqual(parseInput(numbers, "0.5, 1; 0.2, 0"), [[0.5, 1], [0.2, 0]]);
  assert.deepEqual(readInput({ ...numbers, input_size: 1 }, "0.5, x").fault.at, [5, 6]);
  assert.equal(tokensText(numbers, [[0.5, 1], [0.2, 0]]), "0.5, 1; 0.2, 0");
  assert.ok(allows(symbols, "（ａ)"));
  assert.ok(!allows(symbols, "b"));
  assert.deepEqual([alike(symbols, symbols), alike(symbols, numbers), alike(numbers, { ...numbers, input_size: 1 }), alike(numbers, numbers)], [true, false, false, true]);
  assert.deepEqual(parseInput({ ...numbers, input_size: 1 }, "0.5; 1, 2"), [0.5, 1, 2]);
  assert.equal(commonSteps(symbols, "😀a", "😀b"), 1);
  assert.equal(commonSteps(numbers, "0.1, 0.2; 0.3, 4", "0.1, 0.2; 0.3, 45"), 1);
});

test("a problem's place in the text: its own, or that of its step, in symbols or in numbers", () => {
  assert.deepEqual(placeOf(symbols, "😀a😀", { position: 2 }), [3, 5]);
  assert.equal(placeOf(symbols, "a", { position: 1 }), null);
  assert.deepEqual(placeOf(symbols, "( a  😀a", { position: 2 }), [5, 7], "white space is no step, and stays where it was typed");
  assert.deepEqual(placeOf(numbers, "0.5, 1 ; 2e6, 0", { position: 1 }), [9, 15]);
  assert.deepEqual(placeOf(numbers, "0.5, x", { position: 0, at: [5, 6] }), [5, 6]);
  assert.equal(placeOf(numbers, "", {}), null);
});

test("columns fit when they can and are never too narrow to read", () => {
  assert.equal(columnWidth(744, 12, false), 62);
  assert.equal(columnWidth(744, 500, false), 18);
  assert.equal(columnWidth(744, 1, false), 150);
  assert.equal(columnWidth(2000, 500, false, 2), 36);
  assert.equal(columnWidth(744, 500, false, 1, true), 34);
});

test("the strip has a row for each number of a step and one for the right answer, none on another", () => {
  const strip = stripRows({ k: 1, cw: 34, slurs: 4, inputs: 2, answers: true });
  const rows = [strip.step, ...strip.tokens, strip.said, strip.answer, strip.bottom];
  rows.slice(1).forEach((y, n) => assert.ok(y - rows[n] >= 11, `row ${n + 1} at ${y}, the one before it at ${rows[n]}`));
  assert.ok(strip.tokens.at(-1) < strip.chip + strip.chipHeight);
  assert.equal(strip.chars, 4);
  assert.equal(stripRows({ k: 1, cw: 28, slurs: 4 }).answer, null);
});

test("the drawn window holds what is in view and stays while it can", () => {
  assert.deepEqual(drawnWindow(500, 480, 499, null), { from: 0, to: 500 });
  const first = drawnWindow(10_000, 0, 40, null);
  assert.deepEqual(first, { from: 0, to: 256 });
  assert.equal(drawnWindow(10_000, 200, 240, first), first);
  for (let t = 0; t < 10_000; t += 37) {
    const { from, to } = drawnWindow(10_000, t, Math.min(9_999, t + 40), first);
    assert.ok(from <= t && Math.min(9_999, t + 40) < to && to - from <= 256, `step ${t}: ${from}…${to}`);
  }
});

test("the strip has the columns in view and some beside them, and stays while they suffice", () => {
  const first = stripView(200, 0, 40, null);
  assert.deepEqual(first, { from: 0, to: 65 });
  assert.equal(stripView(200, 20, 60, first), first);
  assert.deepEqual(stripView(200, 170, 199, first), { from: 146, to: 200 });
});

test("a page turn always leaves the step in view", () => {
  for (const n of [50, 500, 10_000])
    for (const scroll of [0, 300, n * 18 - 744])
      for (let t = 0; t < n; t += 13) {
        const to = pageTurn(Math.max(0, scroll), 744, 18, t, n);
        assert.ok(t * 18 >= to && (t + 1) * 18 <= to + 744, `n ${n}, step ${t}, scrolled ${to}`);
      }
});

test("staves stand one under the other in the room they have, and labels that would meet are spread", () => {
  for (const zoomed of [null, 2]) {
    const list = staves(600, 6, 16, { gap: 10, zoomed, narrow: false });
    list.slice(1).forEach((s, n) => assert.equal(s.top, list[n].top + list[n].height + 10));
    assert.ok(list.at(-1).top + list.at(-1).height <= 600);
  }
  const ys = spread([50, 50, 50, 10], 10, 0, 100);
  const sorted = [...ys].sort((a, b) => a - b);
  sorted.slice(1).forEach((y, n) => assert.ok(y - sorted[n] >= 10 - 1e-9));
  assert.equal(ys[3], sorted[0]);
});

test("an enlarged stave of many units shows the group of the selected one, in rows that can be tapped", () => {
  assert.deepEqual(rowsShown(128, 480, 57), { from: 32, to: 64 });
  assert.deepEqual(rowsShown(128, 480, 127), { from: 96, to: 128 });
  assert.deepEqual(rowsShown(100, 480, 99), { from: 68, to: 100 });
  assert.deepEqual(rowsShown(64, 480, 57), { from: 0, to: 64 });
  assert.deepEqual(rowsShown(16, 60, 5), { from: 4, to: 8 });
  const list = staves(600, 6, 128, { gap: 10, zoomed: 2, narrow: false, row: 57 });
  const { top, height, from, to } = list[2];
  assert.deepEqual([from, to], [32, 64]);
  assert.ok(height / (to - from) >= 14 && Number.isInteger(height / (to - from)));
  assert.equal(rowTop(list[2], 33), top + height / 32);
  assert.deepEqual([list[0].from, list[0].to, rowTop(list[0], 64) - list[0].top], [0, 128, list[0].height / 2]);
});

test("a trace keeps the float32 values of the steps it was given", () => {
  const card = { alphabet: ["a"], quantities: [{ key: "h", kind: "state" }] };
  const trace = new Trace({ steps: 300, hidden_size: 2, layers: 1, tokens: Array(300).fill("a") }, card);
  for (let t = 0; t < 300; t++) trace.push({ t, layers: [{ h: [t / 7, -t] }], y: { top: [["a", 1]] } });
  assert.equal(trace.value(0, "h", 299, 0), Math.fround(299 / 7));
  assert.equal(trace.prev(0, "h", 0, 1), 0);
  assert.equal(trace.prev(0, "h", 5, 1), -4);
  assert.equal(trace.peak.h, 299);
  assert.deepEqual(trace.stateAfter(2, ["h"]), { h: [[Math.fround(2 / 7), -2]] });
  assert.equal(trace.pre(0, WINDOW), null);
  trace.setPre(1, [[{ h: { x: [1] } }]]);
  assert.deepEqual(trace.pre(0, WINDOW), { h: { x: [1] } });
});

test("a space can be seen wherever a symbol is printed", () => {
  const card = { alphabet: [" ", "a"], quantities: [] };
  const trace = new Trace({ steps: 2, hidden_size: 2, layers: 1, tokens: ["a", " "] }, card);
  trace.push({ t: 0, layers: [{}], y: { top: [[" ", 0.9], ["a", 0.1]] } });
  assert.deepEqual([trace.token(0), trace.token(1), trace.said(0).says], ["a", "␣", ["␣"]]);
  assert.deepEqual(["/", " ", "-"].map(visible), ["/", "␣", "-"]);
});

test("pasted lines become one where the model has a symbol for a line break", () => {
  const card = { alphabet: [" ", "/", "a"], line_break: "/" };
  assert.equal(pastedLines(card, "  A.\r\nTo be,  \n or not\n\nB.\rNo.\n"), "A./To be,/or not//B./No.");
  assert.equal(pastedLines(card, "one line\n"), null);
  assert.equal(pastedLines({ alphabet: ["a"], line_break: null }, "a\na"), null);
  assert.equal(pastedLines(null, "a\na"), null);
});

test("words take their parameters, their number and the reader's language", () => {
  loadWords({ en: { a: "{n} unit|{n} units", b: "x {y}" }, ja: { a: "{n} ユニット" } });
  setLanguage(chooseLanguage(["fr", "ja-JP", "en"]));
  assert.equal(word("a", { n: 1 }), "1 ユニット");
  setLanguage("en");
  assert.equal(word("a", { n: 1 }), "1 unit");
  assert.equal(word("a", { n: 16 }), "16 units");
  assert.equal(word("missing"), "missing");
});
