/* The models side by side in numbers: which are shown, what each says at the step, how many it has right, and what it gave to the right answer. Draws a panel; asks nobody. */

import { cell as digits } from "../digits.js";
import { h, rebuild, setText } from "../dom.js";
import { num, share, visible } from "../format.js";
import { accuracyText, cellWord, either } from "../names.js";
import { word, wordParts } from "../words.js";
import { MOST_MODELS, chance, measureOf, tally } from "./measure.js";

/** Rows of the table of predictions: the most probable symbols of each model, together at most so many. */
const [EACH, ROWS] = [3, 6];

/** What a model is called beside others: its cell, and its own name where another is of the same cell. */
export function modelName(card, cards = []) {
  const twin = cards.some((one) => one !== card && one.cell === card.cell && one.trained === card.trained);
  const name = twin ? `${cellWord(card.cell)} ${card.name}` : cellWord(card.cell);
  return card.trained ? name : word("compare.untrained", { name });
}

const join = (parts) => parts.flatMap((part, n) => (n ? [word("compare.comma"), ...part] : part));
const mark = (right) => (right === null ? "" : h("span", { class: right ? "tick" : "cross" }, ` ${right ? "✓" : "✗"}`));
const quoted = (text) => h("b", { class: "token" }, text);
const saidText = (says) => (typeof says === "number" ? digits(says) : says.join(""));

/** The step in a sentence, and how it stands so far; runs: [{ name, trace }] that all have the step. */
export function sentenceNodes(runs, t) {
  const [{ trace }] = runs;
  const measure = measureOf(trace);
  const { answer } = trace.said(t);
  const each = (key, more) => join(runs.map((run) => wordParts(key, { name: h("b", {}, run.name), ...more(run.trace) })));
  const now = [];
  if (measure === "bits") {
    const came = trace.y(t).next;
    now.push(...(came ? wordParts("compare.came", { t: String(t), token: quoted(visible(came.symbol)), list: h("span", {}, ...each("compare.gave", (one) => ({ p: share(one.y(t).next?.p ?? 0) }))) }) : [word("compare.end")]));
  } else {
    const says = h("span", {}, ...each(typeof trace.said(t).says === "number" ? "compare.answers" : "compare.says", (one) => ({ said: h("span", {}, quoted(saidText(one.said(t).says)), mark(one.said(t).right)) })));
    now.push(...wordParts(measure === "none" ? "compare.only" : answer === null ? "compare.noneDue" : "compare.due", { t: String(t), list: says, answer: answer === null ? "" : quoted(typeof answer === "number" ? digits(answer) : either([answer].flat().map(visible))) }));
  }
  const sofar = (one) => {
    const sums = tally(one);
    return measure === "bits" ? { bits: num(sums.bits[t] / sums.coded[t], 2) } : { right: String(sums.right[t]), n: String(sums.judged[t]) };
  };
  const counted = measure === "bits" ? tally(trace).coded[t] > 0 : measure !== "none" && tally(trace).judged[t] > 0;
  if (!counted) return now;
  const before = wordParts(measure === "bits" ? "compare.bitsSoFar" : "compare.soFar", { list: h("span", {}, ...each(measure === "bits" ? "compare.bits" : "compare.score", sofar)) });
  return wordParts("compare.two", { first: h("span", {}, ...now), second: h("span", {}, ...before) });
}

/** The table of scores: a row a model. */
function scores(runs, t) {
  const measure = measureOf(runs[0].trace);
  const column = { right: "compare.col.chance", error: "compare.col.error", bits: "compare.col.came", none: null }[measure];
  const counts = measure !== "none";
  const head = ["compare.col.model", runs[0].trace.card.alphabet ? "compare.col.says" : "compare.col.answers", ...(counts ? [`compare.col.sofar.${measure === "bits" ? "bits" : "right"}`, "compare.col.all"] : []), ...(column ? [column] : [])];
  const row = ({ name, trace }) => {
    const { says, right, answer } = trace.said(t);
    const sums = tally(trace);
    const upTo = (n) => (measure === "bits" ? (sums.coded[n] ? num(sums.bits[n] / sums.coded[n], 2) : "–") : sums.judged[n] ? `${sums.right[n]} / ${sums.judged[n]}` : "–");
    return h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "said" }, typeof says === "number" ? digits(says) : says.join(""), mark(right)),
      ...(counts ? [h("td", { class: "number" }, upTo(t)), h("td", { class: "number" }, upTo(trace.arrived - 1))] : []),
      ...(column ? [measure === "error" ? h("td", { class: "number" }, answer === null ? "–" : digits(Math.abs(says - answer))) : probability(measure === "bits" ? trace.y(t).next : chance(trace.y(t)))] : []));
  };
  return h("table", { class: "scores" }, h("thead", {}, h("tr", {}, ...head.map((key) => h("th", { scope: "col" }, word(key))))), h("tbody", {}, ...runs.map(row)));
}

/** A probability of which only a bound is known: no more than p, or less. */
const bound = (sign, p) => (share(p).startsWith("<") ? share(p) : `${sign} ${share(p)}`);

const lane = (p, on, truth) => h("span", { class: "lane", "aria-hidden": "true" }, h("i", { class: on ? "on" : "", style: `width:${(100 * p).toFixed(2)}%` }), truth === undefined ? "" : h("b", { style: `left:${(100 * truth).toFixed(2)}%` }));

function probability(found) {
  if (!found) return h("td", { class: "chance" }, lane(0), h("span", { class: "number" }, "–"));
  return h("td", { class: "chance" }, lane(found.p, true), h("span", { class: "number", dataset: { p: String(found.p) } }, found.atMost ? bound("≤", found.p) : share(found.p)));
}

/** The most probable symbols of every model, a row a symbol, a column a model; null for numbers. */
function predictions(runs, t) {
  const [{ trace }] = runs;
  if (!trace.card.alphabet || !trace.y(t).top) return null;
  const due = [trace.said(t).answer ?? []].flat();
  const first = new Map();
  for (let rank = 0; rank < EACH; rank++) for (const run of runs) if (run.trace.y(t).top[rank] && first.size < ROWS) first.set(run.trace.y(t).top[rank][0], rank);
  const order = trace.card.outputs ?? [...first.keys()];
  const symbols = [...first.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const { truth } = trace.y(t);
  const of = (one, symbol) => one.y(t).top.find(([s]) => s === symbol)?.[1];
  const cell = (one, symbol) => {
    const p = of(one, symbol);
    return h("td", { class: "chance" }, lane(p ?? 0, due.includes(symbol), truth ? truth[symbol] ?? 0 : undefined), h("span", { class: "number" }, p === undefined ? bound("≤", one.y(t).top.at(-1)[1]) : share(p)));
  };
  return h("table", { class: "tops" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, h("span", { class: "sr" }, word("score.token"))), ...runs.map(({ name }) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, ...symbols.map((symbol) => h("tr", {}, h("th", { scope: "row", class: due.includes(symbol) ? "due" : "" }, h("span", {}, visible(symbol))), ...runs.map((run) => cell(run.trace, symbol))))));
}

/** choose(names) when others are chosen; find() when an input is wanted on which they differ. */
export function createBoard({ choose, find }) {
  const models = h("fieldset", { class: "choose-models" });
  const says = h("p", { class: "compare-says" });
  const [table, tops] = [h("div"), h("div")];
  const topsTitle = h("h3");
  const search = h("button", { type: "button", class: "quiet", on: { click: () => find() } });
  const node = h("div", { class: "board" }, models, says, search, table, h("section", {}, topsTitle, tops));

  /** main: the card of the score; rivals: those that can stand beside it; chosen: those that do. */
  function offer({ main, rivals, chosen }) {
    const all = [main, ...rivals];
    const box = (card) => {
      const mine = card === main;
      const on = mine || chosen.includes(card);
      const full = !on && chosen.length >= MOST_MODELS - 1;
      const change = () => choose((on ? chosen.filter((one) => one !== card) : [...chosen, card]).map((one) => one.name));
      return h("label", { class: full ? "full" : "", title: card.name }, h("input", { type: "checkbox", checked: on, disabled: mine || full, dataset: { key: card.name, model: card.name }, on: { change } }), h("span", {}, h("b", {}, modelName(card, all)), " ", h("small", {}, card.trained ? accuracyText(card) : "")));
    };
    rebuild(models, h("legend", {}, word(rivals.length ? "compare.models" : "compare.alone", { n: MOST_MODELS })), ...(rivals.length ? all.map(box) : []));
  }

  function print(runs, t) {
    const judged = ["right", "error"].includes(measureOf(runs[0].trace));
    says.replaceChildren(...sentenceNodes(runs, t));
    table.replaceChildren(scores(runs, t));
    const found = predictions(runs, t);
    topsTitle.hidden = !found;
    setText(topsTitle, word("compare.tops", { t }));
    tops.replaceChildren(...(found ? [found] : []));
    search.hidden = !judged || runs.length < 2;
    setText(search, word("compare.find"));
  }
  return { node, offer, print };
}
