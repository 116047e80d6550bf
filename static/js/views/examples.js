/* The examples of a model, each with what to look for, and a fresh one where its task can make some. */

import { $, h } from "../dom.js";
import { taskName } from "../names.js";
import { say, word } from "../words.js";

function freshForm({ store, actions, close }) {
  const { card } = store.get();
  if (!card.generator?.length) return "";
  const fields = card.generator.map((p) => h("label", {}, word(`generator.${p.name}`, p), " ", h("input", { type: "number", name: p.name, min: p.min, max: p.max, value: p.default, step: 1, required: true })));
  const form = h("form", { method: "dialog", class: "lagrow" }, ...fields, h("button", { class: "act", type: "submit" }, word("examples.make")));
  form.addEventListener("submit", () => { close(); actions.fresh(Object.fromEntries(new FormData(form))); });
  return h("section", {}, h("h3", {}, word("examples.fresh")), form);
}

export function examplesFace(tools) {
  const { store, actions, close } = tools;
  const { card, input } = store.get();
  const choice = (example) => h("button", { type: "button", class: "example", "aria-pressed": String(example.input === input), on: { click: () => { close(); actions.playExample(example); } } }, h("kbd", {}, example.input), h("span", {}, say(example.note)));
  const about = card.about ? h("p", { class: "dim" }, say(card.about)) : "";
  const list = card.examples.length ? h("div", { class: "choices" }, ...card.examples.map(choice)) : h("p", {}, word("examples.none"));
  return [`${word("examples.title")} · ${taskName(card)}`, about, freshForm(tools), h("section", {}, list)];
}

/** The line under the header: what to look for in an example, else what the task is. */
export function leadView(store) {
  const root = $("#lead");
  store.watch((s) => [s.card, s.input, s.lang], ([card, input]) => {
    if (!card) return;
    const example = card.examples.find((e) => e.input === input);
    const text = example ? say(example.note) : card.about && card.trained ? say(card.about) : card.trained ? "" : word("lead.untrained");
    root.textContent = text;
    root.title = text;
  });
}
