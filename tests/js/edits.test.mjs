import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_EDITS, carried, clipped, editedAt, readEdits, sameEdits, spanOf, windowEdits, withEdit, withPreset, writeEdits } from "../../static/js/edits.js";
import { readLink, writeLink } from "../../static/js/link.js";
import { Trace, runBody, windowBody } from "../../static/js/trace.js";
import { changes, differs, pairs } from "../../static/js/whatif/changes.js";
import { loadWords } from "../../static/js/words.js";

loadWords({ en: {} });

const clamp = (more = {}) => ({ kind: "clamp", quantity: "f", value: 1, layer: 0, units: null, from: 0, to: null, ...more });
const ablate = (more = {}) => ({ kind: "ablate", layer: 0, units: null, from: 0, to: null, ...more });
const set = (more = {}) => ({ kind: "set", quantity: "C", value: 0.5, layer: 0, units: null, t: 4, ...more });
const token = (more = {}) => ({ kind: "token", t: 2, token: "[", ...more });

const TEXTS = [
  ["f=1", clamp()],
  ["f=1,u3,t0-5", clamp({ units: [3], to: 5 })],
  ["C_tilde=-0.25,l1,u3.7,t4-", clamp({ quantity: "C_tilde", value: -0.25, layer: 1, units: [3, 7], from: 4 })],
  ["i=1e-7,t9", clamp({ quantity: "i", value: 1e-7, from: 9, to: 9 })],
  ["off", ablate()],
  ["off,u7,t3-9", ablate({ units: [7], from: 3, to: 9 })],
  ["C@4=0.5,u3", set({ units: [3] })],
  ["h@0=-12.25,l2", set({ quantity: "h", value: -12.25, layer: 2, t: 0 })],
  ["x@2='[", token()],
  ["x@0=';", token({ t: 0, token: ";" })],
  ["x@0='1", token({ t: 0, token: "1" })],
  ["x@3='😀", token({ t: 3, token: "😀" })],
  ["x@7=-0.5", token({ t: 7, token: -0.5 })],
  ["x@7=0.5,1", token({ t: 7, token: [0.5, 1] })],
];

test("an edit stands in a link as a few letters and reads as it was", () => {
  for (const [text, edit] of TEXTS) {
    assert.deepEqual(readEdits(text), [edit], text);
    assert.equal(writeEdits([edit]), text);
  }
  const all = TEXTS.map(([, edit]) => edit);
  assert.deepEqual(readEdits(writeEdits(all)), all);
  assert.deepEqual(readEdits(""), []);
  assert.ok(sameEdits(all, structuredClone(all)) && !sameEdits(all, all.slice(1)));
});

test("a text that is not edits through and through is refused whole", () => {
  const nonsense = ["f", "f=", "f=x", "f=1,", "f=1;", ";f=1", "f=1;;i=0", "f=1 ", "=1", "f=1,u", "f=1,u3.", "f=1,t", "f=1,t5-3", "f=1,t-3", "f=1,u3,l1", "f=Infinity", "f=1e999", "off=,u3", "off,u-1", "C@=1", "C@4", "C@4=0.5,t4", "x@2=", "x@2='", "x@2='ab", "x@2=a", "x@2=1,", "f=1,t9999999", "9=1"];
  for (const text of nonsense) assert.equal(readEdits(text), null, text);
  const many = (n) => Array(n).fill("f=1").join(";");
  assert.equal(readEdits(many(MOST_EDITS)).length, MOST_EDITS);
  assert.equal(readEdits(many(MOST_EDITS + 1)), null);
});

test("a link carries the edits of a run as they can be read, and says that it has some which cannot", () => {
  const state = { model: "m", input: "([a])", edits: [clamp({ units: [3], to: 5 }), token(), set({ units: [3] })], t: 0, unit: 0, speed: 4, lang: "en", theme: "dark", tab: "whatif" };
  const { fragment } = writeLink(state);
  assert.match(fragment, /&e=f=1,u3,t0-5;x@2='%5B;C@4=0.5,u3&/);
  assert.deepEqual(readLink(fragment).edits, state.edits);
  assert.equal(readLink(fragment).input, "([a])");
  assert.ok(!("edits" in readLink(writeLink({ ...state, edits: [] }).fragment)));
  assert.equal(readLink("#m=a&i=b&e=f=1;nonsense").edits, null);
});

const quantity = (key, kind, min, max) => ({ key, kind, min, max });
const lstm = { layers: 1, hidden_size: 4, alphabet: ["(", ")", "["], input_size: 3, quantities: [quantity("f", "gate", 0, 1), quantity("i", "gate", 0, 1), quantity("C", "state", null, null), quantity("h", "state", -1, 1)] };
const gru = { ...lstm, quantities: [quantity("z", "gate", 0, 1), quantity("h", "state", -1, 1)] };

test("edits stay with what they can still be made to, and go where they mean nothing", () => {
  const here = { card: lstm, input: ["(", "(", ")", ")", ")"] };
  const to = (edits, card, input, from = here) => carried(edits, { card, input, from });
  const all = [clamp(), clamp({ quantity: "i", value: 0, units: [3], from: 2 }), set({ units: [1] }), token()];
  assert.deepEqual(to(all, lstm, "(()))"), all);
  assert.deepEqual(to(all, lstm, "(())"), [all[0], all[1], all[3]], "step 4 is gone");
  assert.deepEqual(to(all, lstm, "(([))"), all.slice(0, 3), "what stood at step 2 is another symbol now");
  assert.deepEqual(to(all, lstm, "((）))"), all, "a full-width symbol is the same symbol");
  const other = { ...lstm };
  assert.deepEqual(to([clamp(), clamp({ quantity: "i", value: 0 })], other, "()"), [clamp(), clamp({ quantity: "i", value: 0 })]);
  assert.deepEqual(to([clamp(), clamp({ units: [3] })], other, "()"), [], "unit 3 of another network is another unit");
  assert.deepEqual(to([ablate(), clamp()], gru, "()"), [], "all or none");
});

test("edits of a link are made only where all of them can be", () => {
  const given = (edits, card, input) => carried(edits, { card, input });
  for (const edit of [clamp({ value: 1.5 }), clamp({ quantity: "C" }), clamp({ layer: 1 }), clamp({ units: [4] }), clamp({ from: 5 }), set({ quantity: "h" }), set({ t: 5 }), set({ quantity: "f" }), token({ token: "x" }), token({ t: 5 }), token({ token: 1 })])
    assert.deepEqual(given([ablate(), edit], lstm, "((())"), [], JSON.stringify(edit));
  assert.equal(given([ablate(), set({ value: -300 }), token()], lstm, "((())").length, 3);
  assert.equal(given([set({ quantity: "h" })], gru, "((())").length, 1);
  const numbers = { ...gru, alphabet: null, input_size: 2 };
  assert.equal(given([token({ t: 0, token: [1, 2] })], numbers, [[0, 0]]).length, 1);
  assert.equal(given([token({ t: 0, token: 1 })], numbers, [[0, 0]]).length, 0);
  assert.equal(given([token({ t: 0, token: "[" })], numbers, [[0, 0]]).length, 0);
});

test("a window of a run has the edits of its steps, counted from its start", () => {
  const edits = [clamp(), clamp({ from: 10, to: 300 }), clamp({ from: 300, to: 400 }), clamp({ from: 0, to: 255 }), ablate({ from: 511 }), ablate({ from: 512 }), set({ t: 256 }), set({ t: 255 }), token({ t: 300 })];
  assert.deepEqual(windowEdits(edits, 256, 512), [clamp(), clamp({ from: 0, to: 44 }), clamp({ from: 44, to: 144 }), ablate({ from: 255 }), set({ t: 0 })]);
  assert.deepEqual(windowEdits([clamp({ from: 500, to: 600 })], 256, 512), [clamp({ from: 244 })]);
  assert.deepEqual([spanOf(clamp({ from: 2 }), 9), spanOf(clamp({ from: 2, to: 99 }), 9), spanOf(set(), 9)], [[2, 8], [2, 8], [4, 4]]);
});

test("a request about a run has its own input and its edits; one about a window the tokens that were read and the state before them", () => {
  const edits = [token({ t: 0 }), clamp({ from: 1, to: 1 })];
  const start = { steps: 3, hidden_size: 1, layers: 1, tokens: ["[", ")", ")"], edits };
  const trace = new Trace(start, { ...lstm, name: "toy" }, "（))");
  for (let t = 0; t < 3; t++) trace.push({ t, layers: [{ f: [1], i: [0], C: [t], h: [0.5 * t] }], y: {} });
  assert.deepEqual(runBody(trace), { model: "toy", input: "())", edits });
  assert.deepEqual(windowBody(trace, 0, 256, ["C", "h"]), { model: "toy", input: "[))", edits: [clamp({ from: 1, to: 1 })] });
  assert.deepEqual(windowBody(trace, 1, 2, ["C", "h"]), { model: "toy", input: ")", edits: [clamp({ to: 0 })], initial_state: { C: [[0]], h: [[0]] } });
  assert.deepEqual(runBody(trace, "other"), { model: "other", input: "[))" });
  const plain = new Trace({ ...start, edits: [] }, { ...lstm, name: "toy" });
  assert.deepEqual(runBody(plain), { model: "toy", input: "[))" });
});

const presets = [
  { name: "remember", edits: [{ kind: "clamp", quantity: "f", value: 1 }, { kind: "clamp", quantity: "i", value: 0 }] },
  { name: "forget", edits: [{ kind: "clamp", quantity: "f", value: 0 }] },
  { name: "hide", edits: [{ kind: "clamp", quantity: "o", value: 0 }] },
];
const everywhere = { layer: 0, units: null, from: 0, to: null };

test("a preset takes the place of another of the same gates, adds to one of other gates, and is taken away when pressed again", () => {
  const press = (edits, n, place = everywhere) => withPreset(edits, presets[n], presets, place);
  const remember = press([], 0);
  assert.equal(writeEdits(remember), "f=1;i=0");
  assert.equal(writeEdits(press(remember, 1)), "f=0", "forgetting does not leave the input gate shut");
  assert.equal(writeEdits(press(remember, 2)), "f=1;i=0;o=0");
  assert.equal(writeEdits(press(press(remember, 2), 0)), "o=0");
  const unit = { ...everywhere, units: [3], from: 2 };
  assert.equal(writeEdits(press(press([], 0, unit), 1)), "f=0", "all units and steps hold this unit and these steps");
  assert.equal(writeEdits(press(remember, 1, unit)), "f=1;i=0;f=0,u3,t2-", "where two meet the later one holds");
  assert.equal(writeEdits(press([ablate(), token()], 1)), "off;x@2='[;f=0");
});

test("an edit takes the place of the one that does the same to another value", () => {
  const edits = [clamp({ value: 0.2 }), set()];
  assert.equal(writeEdits(withEdit(edits, clamp({ value: 0.7 }))), "f=0.7;C@4=0.5");
  assert.equal(writeEdits(withEdit(edits, clamp({ value: 0.7, from: 1 }))), "f=0.2;C@4=0.5;f=0.7,t1-");
  assert.equal(writeEdits(withEdit(edits, set({ value: -1 }))), "f=0.2;C@4=-1");
  assert.deepEqual(clipped([clamp({ to: 9 }), clamp({ to: 2 }), clamp(), set({ t: 4 })], 5), [clamp({ to: 4 }), clamp({ to: 2 }), clamp(), set({ t: 4 })]);
});

/** A trace that says one symbol, or one number, at each step. */
function saying(list, card = { quantities: [], outputs: ["a", "b", "c"], alphabet: ["a", "b", "c"] }) {
  const trace = new Trace({ steps: list.length, hidden_size: 1, layers: 1, tokens: list.map(() => "a") }, card);
  list.forEach((y, t) => trace.push({ t, layers: [{}], y }));
  return trace;
}
const says = (symbol, answer = null, p = 0.5) => ({ top: [[symbol, p], ["c", 0.25], [symbol === "a" ? "b" : "a", 0.125]], answer, right: answer === null ? null : symbol === answer, next: { symbol, p } });

test("what edits did: how many steps are right, from where on something else is said, how many bits the text takes", () => {
  const before = saying([says("a", "a"), says("b", "b"), says("a"), says("a", "a")]);
  const after = saying([says("a", "a"), says("b", "b", 0.25), says("b"), says("b", "a", 0.25)]);
  const told = changes(before, after);
  assert.deepEqual([told.first, told.before.n, told.before.right, told.after.n, told.after.right], [2, 3, 3, 3, 2]);
  assert.deepEqual([told.before.bits, told.after.bits], [1, 1.5]);
  assert.equal(changes(before, before).first, null);
  const several = (list, answer) => ({ says: list, answer });
  assert.ok(!differs(several(["a", "b"]), several(["b", "a"]), {}), "of several right symbols the order says nothing");
  assert.ok(differs(several(["a", "b"]), several(["a", "c"]), {}));
  assert.ok(!differs(several(["a", "b"]), several(["a"]), {}));
  assert.deepEqual([differs({ says: 0.5 }, { says: 0.53 }, { tolerance: 0.04 }), differs({ says: 0.5 }, { says: 0.55 }, { tolerance: 0.04 })], [false, true]);
});

test("the symbols before and after stand in pairs in the order of the outputs, and one that is not known says what it is below", () => {
  const y0 = { top: [["b", 0.5], ["a", 0.3], ["d", 0.1]] };
  const y1 = { top: [["c", 0.7], ["a", 0.2], ["b", 0.05]], answer: "b" };
  assert.deepEqual(pairs(y0, y1, ["a", "b", "c", "d"]), [
    { symbol: "a", before: 0.3, after: 0.2, due: false }, { symbol: "b", before: 0.5, after: 0.05, due: true },
    { symbol: "c", before: { below: 0.1 }, after: 0.7, due: false }, { symbol: "d", before: 0.1, after: { below: 0.05 }, due: false },
  ]);
  assert.deepEqual(pairs(y0, y1, ["a", "b", "c", "d"], 2).map(({ symbol }) => symbol), ["b", "c"]);
});

test("a value was edited where an edit reaches its quantity, layer, unit and step", () => {
  const edits = [clamp({ units: [3], from: 2, to: 5 }), ablate({ from: 4 }), set(), token()];
  const at = (key, t, unit = 3, layer = 0) => editedAt(edits, key, { layer, t, unit });
  assert.deepEqual([1, 2, 5, 6].map((t) => at("f", t)), [false, true, true, false]);
  assert.deepEqual([at("f", 3, 2), at("f", 3, 3, 1), at("i", 3)], [false, false, false]);
  assert.deepEqual([3, 4, 99].map((t) => at("h", t)), [false, true, true]);
  assert.deepEqual([3, 4, 5].map((t) => at("C", t)), [false, true, false]);
});
