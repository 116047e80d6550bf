/* The examples of a model, each with what to look for, and a fresh one where its task can make some. */

import { h } from "../dom.js";
import { inputText } from "../input.js";
import { taskName } from "../names.js";
import { hasWord, say, word } from "../words.js";

/** What a parameter of a generator is called. */
const called = (p) => word(hasWord(`generator.${p.name}`) ? `generator.${p.name}` : "generator.other", { ...p, min: p.min.toLocaleString("en"), max: p.max.toLocaleString("en") });

function freshForm({ store, actions, close }) {
  const { card, drawnWith } = store.get();
  if (!card.by) return "";
  const last = drawnWith[card.task] ?? {};
  const fields = card.generator.map((p) => h("label", {}, h("span", {}, called(p)), h("input", { type: "number", inputmode: "numeric", name: p.name, min: p.min, max: p.max, value: last[p.name] ?? p.default, step: 1, required: true })));
  const form = h("form", { method: "dialog", class: "fresh" }, ...fields, h("button", { class: "act", type: "submit" }, word("examples.make")));
  form.addEventListener("submit", () => { close(); actions.fresh(Object.fromEntries(new FormData(form))); });
  return h("section", {}, h("h3", {}, word("examples.fresh")), form);
}

export function face(tools) {
  const { store, actions, close } = tools;
  const { card, input } = store.get();
  const choice = (example) => {
    const text = inputText(card, example.input);
    const now = text === input;
    return h("button", { type: "button", class: "example", "aria-pressed": String(now), dataset: now ? { first: "" } : {}, on: { click: () => { close(); actions.playExample(example); } } }, h("kbd", {}, text), h("span", {}, say(example.note)));
  };
  const about = card.about ? h("p", { class: "dim" }, say(card.about)) : "";
  const list = card.examples.length ? h("div", { class: "choices" }, ...card.examples.map(choice)) : h("p", {}, word("examples.none"));
  return [`${word("examples.title")} · ${taskName(card)}`, about, freshForm(tools), h("section", {}, list)];
}
