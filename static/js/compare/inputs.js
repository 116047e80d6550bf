/* One model over two inputs: the field of the second, and what the two runs differ by in sentences and numbers. Draws a panel; what stands in it comes from the difference API. */

import { h, setAttribute, setText } from "../dom.js";
import { exact, num } from "../format.js";
import { quantityWord } from "../names.js";
import { powerText } from "../powers.js";
import { word, wordParts } from "../words.js";

/** A pause in typing this long takes what stands in the field, ms. */
const PAUSE = 400;

/** A size of a difference with two significant digits, and as many as that takes. */
export const sizeText = (v) => (v === 0 ? "0" : v >= 100 ? num(v, 0) : v < 1e-4 ? powerText(Math.log10(v)) : num(v, Math.max(0, 1 - Math.floor(Math.log10(v)))));

const m = (q) => h("i", { class: `m q-${q.key}` }, q.symbol);

/** What the answer of the difference API says of a quantity, as sentences: [{ key, params }] of the catalogue. */
export function sentencesOf({ tokens, steps, lengths, quantities, outputs, part }, key, numeric) {
  const one = quantities[key];
  const said = [];
  if (!tokens.length) said.push({ key: lengths[0] === lengths[1] ? "compare.same" : "compare.sameSoFar", params: { n: steps } });
  else said.push({ key: tokens.length === 1 ? "compare.differAt" : "compare.differFrom", params: { t: tokens[0], n: tokens.length } });
  if (lengths[0] !== lengths[1]) said.push({ key: "compare.shorter", params: { n: steps } });
  if (one.first === null) said.push({ key: "compare.noDifference", params: {} });
  else {
    said.push({ key: "compare.largest", params: { t: one.peak, size: sizeText(one.size[one.peak]), unit: one.unit[one.peak], most: sizeText(one.largest[one.peak]) } });
    const end = sizeText(one.size[steps - 1]);
    if (one.passed === null) said.push({ key: one.peak === steps - 1 ? "compare.largestLast" : "compare.stillThere", params: { end, n: one.travels } });
    else said.push({ key: "compare.passed", params: { t: one.passed, n: one.travels, part: num(100 * part, 0), end } });
  }
  if (outputs && tokens.length) {
    if (numeric) said.push({ key: "compare.saysApart", params: { end: sizeText(outputs.largest[steps - 1]) } });
    else said.push({ key: outputs.prediction === null ? "compare.samePrediction" : "compare.otherPrediction", params: { t: outputs.prediction } });
  }
  return said;
}

/** take(text) when another input is wanted, suggest() when one is asked for, pick(unit) when a unit is. */
export function createInputs({ take, suggest, pick }) {
  let timer = 0;
  let composing = false;
  const label = h("label", { for: "second-input" });
  const field = h("input", { id: "second-input", type: "text", spellcheck: "false", autocapitalize: "off", autocorrect: "off", autocomplete: "off", "aria-describedby": "second-says" });
  const propose = h("button", { type: "button", on: { click: () => suggest() } });
  const form = h("form", { class: "second" }, label, h("div", {}, field, propose));
  const fault = h("p", { id: "second-says", class: "fault", role: "status" });
  const says = h("p", { class: "compare-says" });
  const now = h("p", { class: "compare-now" });
  const facts = h("div");
  const notes = h("p", { class: "note" });
  const node = h("div", { class: "two-inputs" }, form, fault, says, now, facts, notes);
  const go = () => {
    clearTimeout(timer);
    if (!composing) take(field.value);
  };
  field.addEventListener("compositionstart", () => { composing = true; });
  field.addEventListener("compositionend", () => { composing = false; timer = setTimeout(go, PAUSE); });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (!composing && field.value.trim() !== "") timer = setTimeout(go, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") field.blur();
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });

  function words() {
    setText(label, word("compare.second"));
    setText(propose, word("compare.suggest"));
    setAttribute(propose, "title", word("compare.suggest.title"));
  }

  /** Text in the field, unless someone types there. */
  function fill(text) {
    if (field.value !== text && document.activeElement !== field) field.value = text;
  }

  function complain(text) {
    setText(fault, text ?? "");
    form.classList.toggle("wrong", Boolean(text));
    setAttribute(field, "aria-invalid", String(Boolean(text)));
  }

  /** The sentences and the table of an answer; q: the quantity that is shown; table: those that the answer has. */
  function print(answer, q, table, numeric) {
    const found = sentencesOf(answer, q.key, numeric);
    const made = found.map(({ key, params }) => h("span", {}, ...wordParts(key, { ...Object.fromEntries(Object.entries(params).map(([k, v]) => [k, h("b", {}, String(v))])), C: m(q) })));
    says.replaceChildren(...made.reduce((first, second) => h("span", {}, ...wordParts("compare.two", { first, second }))).childNodes);
    const at = (v) => (v === null ? "–" : String(v));
    const row = (one) => {
      const d = answer.quantities[one.key];
      const size = (t) => h("td", { class: "number", title: t === null ? null : String(d.size[t]) }, t === null ? "0" : sizeText(d.size[t]));
      return h("tr", { class: one.key === q.key ? "chosen" : "" }, h("th", { scope: "row", title: quantityWord(one) }, m(one)), h("td", { class: "number" }, at(d.first)), h("td", { class: "number" }, at(d.peak)), size(d.peak), size(d.first === null ? null : answer.steps - 1), h("td", { class: "number" }, d.first === null ? "–" : word(d.passed === null ? "compare.toTheEnd" : "compare.travels", { n: d.travels })));
    };
    facts.replaceChildren(h("table", { class: "scores travels" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, h("span", { class: "sr" }, word("compare.col.quantity"))), ...["first", "peak", "size", "end", "travels"].map((key) => h("th", { scope: "col" }, word(`compare.col.${key}`))))),
      h("tbody", {}, ...table.filter((one) => answer.quantities[one.key]).map(row))));
    setText(notes, word("compare.sizeIs", { part: num(100 * answer.part, 0) }));
  }

  /** The step in a line. */
  function tell(answer, q, t) {
    const one = answer.quantities[q.key];
    now.hidden = t >= answer.steps;
    if (now.hidden) return;
    const parts = one.largest[t] === 0 ? wordParts("compare.nowEqual", { t: String(t) }) : wordParts("compare.nowAt", {
      t: String(t), size: h("b", { title: String(one.size[t]) }, sizeText(one.size[t])), most: h("span", { title: exact(one.largest[t]) }, sizeText(one.largest[t])),
      unit: h("button", { type: "button", dataset: { key: "unit" }, on: { click: () => pick(one.unit[t]) } }, word("cell.unit", { u: one.unit[t] })),
    });
    now.replaceChildren(...parts);
  }

  const clear = () => [says, now, facts, notes].forEach((part) => part.replaceChildren());
  return { node, words, fill, complain, print, tell, clear, field };
}

/** The tokens of two runs that are not the same, as a set of steps. */
export function differing(a, b) {
  const out = new Set();
  for (let t = 0; t < Math.min(a.length, b.length); t++) if (String(a.start.tokens[t]) !== String(b.start.tokens[t])) out.add(t);
  return out;
}
