/* The card of a model: how often it is right and where it fails, beside the others of its task, and how it was trained. */

import { accuracyChart } from "../charts/accuracy.js";
import { h } from "../dom.js";
import { percent } from "../format.js";
import { accuracyText, axisWord, cellName, cellWord, placeText, taskName } from "../names.js";
import { hasWord, say, word } from "../words.js";
import { comparable, rnnAsWell, rnnBetter, siblings } from "../zoo.js";
import { unitsPart } from "./units.js";

const percentText = (v) => `${v === 1 ? "100" : percent(v, 2)} %`;
const count = (n) => n?.toLocaleString("en") ?? "–";
const short = (v) => String(Number(v.toPrecision(4)));

/** A table of rows of texts; columns are [heading, whether it holds numbers]. */
function table(columns, rows) {
  const cells = (tag, texts) => h("tr", {}, ...texts.map((text, n) => h(tag, { class: columns[n][1] ? "num" : null, scope: tag === "th" ? "col" : null }, text)));
  return h("table", {}, h("thead", {}, cells("th", columns.map(([text]) => text))), h("tbody", {}, ...rows.map((texts) => cells("td", texts))));
}

/** The models of the task to go to, this one pressed. */
function others(card, models, { open }) {
  if (models.length < 2) return "";
  return h("div", { class: "cells", role: "group", "aria-label": word("card.others") }, ...models.map((m) => h("button", { type: "button", class: "choice", "aria-pressed": String(m === card), dataset: m === card ? { first: "" } : {}, title: m.name, on: { click: () => open("card", m) } }, h("b", {}, cellWord(m.cell)), h("span", {}, accuracyText(m)))));
}

/** How often it is right in all, and how often chance would be. */
function rightPart({ accuracy, trained, guess, tolerance }) {
  if (!trained) return [h("p", {}, word("card.untrained"))];
  if (!accuracy) return [];
  const { value, low, high, n } = accuracy;
  const more = [tolerance === null ? "" : word("card.tolerance", { tolerance: String(tolerance) }), guess === null ? "" : word("card.guess", { p: `${Number(percent(guess, 2))} %` })].filter(Boolean);
  return [h("p", {}, h("b", {}, word("card.rightOf", { p: percentText(value), total: count(n) })), " ", h("span", { class: "whole" }, word("card.interval", { low: percentText(low), high: percentText(high) }))), more.length ? h("p", {}, more.join(" ")) : ""];
}

/** The measure beside right and wrong, this network's among its rivals', the best first. */
function measurePart({ name, unit, value, n, rivals }, card) {
  const rows = [{ name: word("card.thisNetwork", { cell: cellWord(card.cell) }), value, ours: true }, ...rivals.map((r) => ({ name: say(r.name), value: r.value }))].sort((a, b) => a.value - b.value);
  return h("section", {}, h("h3", {}, word("card.measure", { name: say(name), unit: say(unit) })), h("p", { class: "dim" }, word("card.measureSays", { n, count: count(n) })),
    table([[word("card.who")], [say(unit), true]], rows.map((r) => [r.ours ? h("b", {}, r.name) : r.name, short(r.value)])));
}

/** What the figures say of the simple RNN beside the LSTM, a sentence each. */
function verdicts(peers, { by, guess }) {
  const plain = (v) => `${Number(percent(v, 2))} %`;
  const better = rnnBetter(peers);
  const places = better.map(({ x, rnn, lstm }) => word("card.rnn.at", { axis: axisWord(by), x: placeText(by, x), rnn: plain(rnn), lstm: plain(lstm) })).join(word("card.rnn.and"));
  const key = guess !== null && better.every(({ rnn }) => rnn <= guess) ? "card.rnn.betterYetGuessing" : "card.rnn.better";
  const asWell = rnnAsWell(peers);
  return [asWell ? word(`card.rnn.${asWell}`) : "", better.length ? word(key, { places }) : ""].filter(Boolean);
}

function chartPart(card, models, store) {
  const peers = comparable(card, models);
  if (!peers.length) return "";
  const cut = siblings(card, models).filter((m) => m.trained && m.accuracy && !peers.includes(m));
  return h("section", {}, h("h3", {}, word("card.chart", { axis: axisWord(card.by) })), accuracyChart(peers, store), ...verdicts(peers, card).map((text) => h("p", {}, text)),
    cut.length ? h("p", { class: "dim" }, word("card.otherSize", { names: cut.map((m) => m.name).join(", ") })) : "");
}

/** What it took to train it, a line a fact; a card that does not know one has no line for it. */
function trainingPart(training) {
  const { tries = [], seeds = [] } = training;
  const seedLine = seeds.length ? word("card.seedsOf", { n: seeds.length, kept: training.seed, seeds: seeds.map((one) => one.seed).join(", "), good: seeds.filter((one) => one.succeeded).length }) : training.seed;
  const facts = [
    ["batches", training.batch_size ? word("card.batchesOf", { batches: count(training.batches), size: training.batch_size, sequences: count(training.sequences ?? training.batches * training.batch_size) }) : count(training.batches)],
    ["initialisation", training.initialisation && (hasWord(`card.init.${training.initialisation}`) ? word(`card.init.${training.initialisation}`) : training.initialisation)],
    ["optimiser", training.optimiser && [training.optimiser, training.learning_rate && word("card.rateIs", { rate: training.learning_rate }), training.schedule === "half a cosine, to 0" ? word("card.halfCosine") : training.schedule, training.clip && word("card.clipIs", { clip: training.clip })].filter(Boolean).join(", ")],
    ["seed", seedLine], ["triesLine", tries.length ? word("card.triesOf", { n: tries.length, good: tries.filter((one) => one.succeeded).length }) : undefined],
  ].filter(([, text]) => text !== undefined && text !== null);
  return h("section", {}, h("h3", {}, word("card.trained")), h("dl", { class: "facts" }, ...facts.flatMap(([name, text]) => [h("dt", {}, word(`card.${name}`)), h("dd", {}, String(text))])), tries.length ? triesPart(training) : "");
}

/** The settings that were tried, and in plain words what the initialisations are. */
function triesPart({ batches, initialisation, learning_rate: rate, tries }) {
  const chosen = (one) => one.initialisation === initialisation && one.learning_rate === rate;
  const row = (one) => [one.initialisation ?? "–", String(one.learning_rate ?? "–"), count(one.batches), one.accuracy === undefined ? "–" : percentText(one.accuracy), [word(one.succeeded ? "card.succeeded" : "card.failed"), chosen(one) ? word("card.chosen") : ""].filter(Boolean).join("; ")];
  const kinds = [...new Set(tries.map((one) => one.initialisation))].filter((kind) => hasWord(`card.init.${kind}`));
  return h("details", {}, h("summary", {}, word("card.tries")), h("p", { class: "dim" }, word("card.search", { search: count(tries[0].batches), batches: count(batches) })),
    table([[word("card.initialisation")], [word("card.rate"), true], [word("card.batches"), true], [word("card.right"), true], [word("card.outcome")]], tries.map(row)),
    h("ul", { class: "dim" }, ...kinds.map((kind) => h("li", {}, word(`card.init.${kind}`)))));
}

export function face(tools) {
  const { store, open, close, actions, about } = tools;
  const { models, card: now } = store.get();
  const card = about ?? now;
  const watch = async (layer, unit) => {
    close();
    if (card !== now) await actions.setModel(card.name);
    actions.select({ layer, unit });
  };
  const act = (name, on) => h("button", { type: "button", class: "act", on: { click: on } }, word(name));
  return [
    `${taskName(card)} · ${cellName(card)}`,
    h("div", { class: "acts" }, act("card.all", () => open("models")), card === now ? "" : act("card.show", () => { close(); actions.setModel(card.name); })),
    others(card, siblings(card, models), tools),
    h("section", { class: "card" }, card.about ? h("p", { class: "dim" }, say(card.about)) : "", ...rightPart(card), card.fails ? h("p", {}, say(card.fails)) : ""),
    card.accuracy?.measure ? measurePart(card.accuracy.measure, card) : "",
    chartPart(card, models, store),
    unitsPart(card, watch),
    card.training ? trainingPart(card.training) : "",
  ];
}
