/* One dialog with several faces: models and their cards, a fresh example, help, and those it is given. Opened by name, closed by Escape. */

import { $, h } from "../dom.js";
import { percent } from "../format.js";
import { say, word } from "../words.js";
import { accuracyText, cellName, taskName } from "../names.js";

function modelsFace({ store, actions, close }) {
  const { models, card } = store.get();
  const groups = Map.groupBy(models, (m) => m.task ?? m.name);
  const choice = (m) => h("button", { type: "button", class: "choice", "aria-pressed": String(m === card), on: { click: () => { close(); actions.setModel(m.name); } } },
    h("b", {}, m.cell.toUpperCase()), h("span", { class: "dim" }, m.name, " · ", word("picker.units", { n: m.hidden_size }), m.layers > 1 ? ` × ${m.layers}` : ""), h("span", {}, accuracyText(m)));
  return [word("models.title"), ...[...groups.values()].map((group) => h("section", {}, h("h3", {}, taskName(group[0])), group[0].about ? h("p", { class: "dim" }, say(group[0].about)) : "", h("div", { class: "choices" }, ...group.map(choice)))), cardFace(card)];
}

const percentText = (v) => `${v === 1 ? "100" : percent(v, 2)} %`;

function cardFace(card) {
  const by = card.accuracy?.by ?? [];
  const axes = ["depth", "lag", "length"].filter((axis) => by.some((e) => e[axis] !== undefined));
  const rows = by.map((e) => h("tr", {}, ...axes.map((axis) => h("td", {}, String(e[axis] ?? "–"))), h("td", { class: "num" }, percentText(e.value)), h("td", { class: "num" }, e.n.toLocaleString("en"))));
  const tries = card.training?.tries ?? [];
  const chosen = (one) => one.initialisation === card.training.initialisation && one.learning_rate === card.training.learning_rate;
  const tryRow = (one) => h("tr", {}, h("td", {}, one.initialisation ?? "–"), h("td", { class: "num" }, String(one.learning_rate ?? "–")), h("td", { class: "num" }, one.batches?.toLocaleString("en") ?? "–"), h("td", { class: "num" }, one.accuracy === undefined ? "–" : percentText(one.accuracy)), h("td", {}, [one.succeeded ? word("card.succeeded") : word("card.failed"), chosen(one) ? word("card.chosen") : ""].filter(Boolean).join("; ")));
  const table = (heads, body) => h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((t) => h("th", {}, t)))), h("tbody", {}, ...body));
  return h("section", { class: "card", "aria-label": word("card.title", { name: card.name }) },
    h("h3", {}, word("card.title", { name: card.name })),
    h("p", {}, `${taskName(card)} · ${cellName(card)} · `, accuracyText(card), card.accuracy ? ` (${word("card.interval", { low: percentText(card.accuracy.low), high: percentText(card.accuracy.high) })})` : ""),
    card.trained ? "" : h("p", {}, word("card.untrained")), card.fails ? h("p", {}, say(card.fails)) : "",
    rows.length ? table([...axes.map((a) => word(`card.${a}`)), word("card.right"), word("card.of")], rows) : "",
    card.training ? h("p", { class: "dim" }, word("card.training", { batches: card.training.batches?.toLocaleString("en") ?? "–", initialisation: card.training.initialisation ?? "–", seed: card.training.seed ?? "–" })) : "",
    tries.length ? h("h3", {}, word("card.tries")) : "", tries.length ? h("p", { class: "dim" }, word("card.search", { search: tries[0].batches?.toLocaleString("en") ?? "–", batches: card.training.batches?.toLocaleString("en") ?? "–" })) : "", tries.length ? table([word("card.initialisation"), word("card.rate"), word("card.batches"), word("card.right"), ""], tries.map(tryRow)) : "");
}

function freshFace({ store, actions, close }) {
  const { card } = store.get();
  const fields = card.generator.map((p) => h("label", {}, word(`generator.${p.name}`, p), " ", h("input", { type: "number", name: p.name, min: p.min, max: p.max, value: p.default, step: 1, required: true })));
  const form = h("form", { method: "dialog", class: "lagrow" }, ...fields, h("button", { class: "act", type: "submit" }, word("examples.make")));
  form.addEventListener("submit", () => { close(); actions.fresh(Object.fromEntries(new FormData(form))); });
  return [word("examples.fresh"), h("p", { class: "dim" }, say(card.about)), form];
}

function helpFace() {
  const keys = [["space", "play"], ["← →", "step"], ["Home End", "ends"], ["PgUp PgDn", "clicker"], ["↑ ↓", "unit"], ["[ ]", "layer"], ["/", "input"], ["Esc", "leave"], ["?", "help"]];
  return [word("help.title"), ...["help.what", "help.score", "help.cell", "help.colour"].map((key) => h("p", {}, word(key))),
    h("h3", {}, word("help.keys")), h("table", {}, h("tbody", {}, ...keys.map(([key, name]) => h("tr", {}, h("td", {}, ...key.split(" ").flatMap((k) => [h("kbd", {}, k), " "])), h("td", {}, word(`keys.${name}`)))))),
    h("p", { class: "dim" }, word("help.api"), " ", h("a", { href: "docs" }, "docs"))];
}

const FACES = { models: modelsFace, fresh: freshFace, help: helpFace };

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
