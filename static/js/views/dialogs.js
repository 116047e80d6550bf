/* One dialog with several faces: models and their cards, help, and those it is given. Opened by name, closed by Escape. */

import { $, h } from "../dom.js";
import { percent } from "../format.js";
import { parse, pieces, seenState, symbol } from "../formula.js";
import { hasWord, say, word } from "../words.js";
import { accuracyText, cellName, cellWord, quantityWhat, quantityWord, taskName } from "../names.js";

/** Whether a model of the group does as well as each of the others: their 95 % intervals overlap. */
export function asWell(one, group) {
  const overlap = (a, b) => a.low <= b.high && b.low <= a.high;
  const others = group.filter((m) => m.cell !== one.cell && m.trained && m.accuracy);
  return Boolean(one.trained && one.accuracy && others.length && others.every((m) => overlap(one.accuracy, m.accuracy)));
}

function modelsFace({ store, actions, close }) {
  const { models, card } = store.get();
  const groups = Map.groupBy(models, (m) => m.task ?? m.name);
  const choice = (m) => h("button", { type: "button", class: "choice", "aria-pressed": String(m === card), on: { click: () => { close(); actions.setModel(m.name); } } },
    h("b", {}, cellWord(m.cell)), h("span", { class: "dim" }, m.name, h("span", { class: "units" }, " · ", word("picker.units", { n: m.hidden_size }), m.layers > 1 ? ` × ${m.layers}` : "")), h("span", {}, accuracyText(m)));
  const section = (group) => h("section", {}, h("h3", {}, taskName(group[0])), group[0].about ? h("p", { class: "dim" }, say(group[0].about)) : "",
    h("div", { class: "choices" }, ...group.map(choice)), group.some((m) => m.cell === "rnn" && asWell(m, group)) ? h("p", { class: "dim" }, word("card.rnnAsWell")) : "");
  return [word("models.title"), ...[...groups.values()].map(section), cardFace(card)];
}

const percentText = (v) => `${v === 1 ? "100" : percent(v, 2)} %`;
const count = (n) => n?.toLocaleString("en") ?? "–";

/** A table of rows of texts; columns are [heading, whether it holds numbers]. */
function table(columns, rows) {
  const cells = (tag, texts) => h("tr", {}, ...texts.map((text, n) => h(tag, { class: columns[n][1] ? "num" : null, scope: tag === "th" ? "col" : null }, text)));
  return h("table", {}, h("thead", {}, cells("th", columns.map(([text]) => text))), h("tbody", {}, ...rows.map((texts) => cells("td", texts))));
}

/** How much is right by depth, lag or length. */
function figures(by) {
  const axes = ["depth", "lag", "length"].filter((axis) => by.some((e) => e[axis] !== undefined));
  return table([...axes.map((a) => [word(`card.${a}`), true]), [word("card.right"), true], [word("card.of"), true]], by.map((e) => [...axes.map((axis) => count(e[axis])), percentText(e.value), count(e.n)]));
}

/** The settings that were tried, and in plain words what the initialisations are. */
function triesPart({ batches, initialisation, learning_rate: rate, tries }) {
  const chosen = (one) => one.initialisation === initialisation && one.learning_rate === rate;
  const row = (one) => [one.initialisation ?? "–", String(one.learning_rate ?? "–"), count(one.batches), one.accuracy === undefined ? "–" : percentText(one.accuracy), [word(one.succeeded ? "card.succeeded" : "card.failed"), chosen(one) ? word("card.chosen") : ""].filter(Boolean).join("; ")];
  const kinds = [...new Set(tries.map((one) => one.initialisation))].filter((kind) => hasWord(`card.init.${kind}`));
  return [
    h("h3", {}, word("card.tries")), h("p", { class: "dim" }, word("card.search", { search: count(tries[0].batches), batches: count(batches) })),
    table([[word("card.initialisation")], [word("card.rate"), true], [word("card.batches"), true], [word("card.right"), true], [word("card.outcome")]], tries.map(row)),
    h("ul", { class: "dim" }, ...kinds.map((kind) => h("li", {}, word(`card.init.${kind}`)))),
  ];
}

function cardFace(card) {
  const { by = [], beyond = [], low, high } = card.accuracy ?? {};
  const { training } = card;
  return h("section", { class: "card", "aria-label": word("card.title", { name: card.name }) },
    h("h3", {}, word("card.title", { name: card.name })),
    h("p", {}, `${taskName(card)} · ${cellName(card)} · `, accuracyText(card), ...(card.accuracy ? [" ", h("span", { class: "whole" }, word("card.interval", { low: percentText(low), high: percentText(high) }))] : [])),
    card.trained ? "" : h("p", {}, word("card.untrained")), card.fails ? h("p", {}, say(card.fails)) : "",
    by.length ? figures(by) : "",
    ...(beyond.length ? [h("h3", {}, word("card.beyond")), h("p", { class: "dim" }, word("card.beyondSays")), figures(beyond)] : []),
    training ? h("p", { class: "dim" }, word("card.training", { batches: count(training.batches), initialisation: training.initialisation ?? "–", seed: training.seed ?? "–" })) : "",
    ...(training?.tries?.length ? triesPart(training) : []));
}

/** The parts of a pre-activation as they are written: W x + U h + p C + b, each with the name of its quantity. */
const PARTS = { x: (sub) => ["W", sub, "\u2009x"], h: (sub, h1) => ["U", sub, "\u2009", h1], c: (sub, h1, seen) => ["p", sub, " · ", seen], b: (sub) => ["b", sub], b_ih: (sub) => ["b", sub, "′"], b_hh: (sub) => ["b", sub, "″"] };

/** A quantity's formula in symbols: the one that runs. */
function formula(q, quantities) {
  const part = (name) => PARTS[name.slice(4)](h("sub", {}, q.symbol), symbol("prev.h", quantities), symbol(seenState(q.key, quantities), quantities)).map((one) => (typeof one === "string" ? h("i", { class: "m" }, one) : one));
  const shown = pieces(parse(q.formula)).flatMap(({ kind, text, name }) => (kind !== "var" ? text : name.startsWith("pre.") ? part(name) : symbol(name, quantities)));
  return h("p", { class: "formula" }, symbol(q.key, quantities), " = ", ...shown);
}

function quantitiesPart(card) {
  const quantities = new Map(card.quantities.map((q) => [q.key, q]));
  return h("dl", { class: "quantities" }, ...card.quantities.flatMap((q) => [
    h("dt", {}, symbol(q.key, quantities), ` ${quantityWord(q)}`),
    h("dd", {}, h("p", {}, quantityWhat(q, card.cell)), formula(q, quantities)),
  ]));
}

function helpFace({ store }) {
  const { card } = store.get();
  const keys = [["space", "play"], ["← →", "step"], ["Home End", "ends"], ["PgUp PgDn", "clicker"], ["↑ ↓", "unit"], ["[ ]", "layer"], ["/", "input"], ["Esc", "leave"], ["?", "help"]];
  const says = (...names) => names.map((name) => h("p", {}, word(`help.${name}`)));
  return [word("help.title"), ...says("what", "score", "cell", "colour"),
    ...(card ? [h("h3", {}, word("help.quantities")), hasWord(`cell.about.${card.cell}`) ? h("p", {}, word(`cell.about.${card.cell}`)) : "", quantitiesPart(card), h("p", { class: "dim" }, word("help.unit", { n: card.hidden_size }))] : []),
    h("h3", {}, word("help.why")), ...says("rnn", "lstm"),
    h("h3", {}, word("help.keys")), h("table", {}, h("tbody", {}, ...keys.map(([key, name]) => h("tr", {}, h("td", {}, ...key.split(" ").flatMap((k) => [h("kbd", {}, k), " "])), h("td", {}, word(`keys.${name}`)))))),
    h("p", { class: "dim" }, word("help.api"), " ", h("a", { href: "docs" }, word("help.docs")))];
}

const FACES = { models: modelsFace, help: helpFace };

/** Opens a face by name; more are the faces that other files bring. */
export function dialogs(store, actions, charts, more) {
  const dialog = $("#dialog");
  const close = () => dialog.close();
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  return function open(name) {
    const [title, ...body] = ({ ...FACES, ...more })[name]({ store, actions, close, charts });
    dialog.replaceChildren(h("div", { class: "inner" }, h("header", {}, h("h2", { id: "dialog-title" }, title), h("button", { type: "button", class: "close", "aria-label": word("dialog.close"), on: { click: close } }, "✕")), ...body));
    dialog.setAttribute("aria-labelledby", "dialog-title");
    dialog.showModal();
    $("[aria-pressed=true]", dialog)?.focus();
  };
}
