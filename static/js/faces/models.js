/* The models to choose from: grouped by what they teach, a row a task, a button a cell. */

import { $$, h } from "../dom.js";
import { accuracyText, cellWord, taskName } from "../names.js";
import { say, word } from "../words.js";
import { grouped } from "../zoo.js";

const sizeText = (m) => `${m.layers > 1 ? `${m.layers} × ` : ""}${word("picker.units", { n: m.hidden_size })}`;

function choice(m, now, sized, { close, actions }) {
  const chosen = m === now;
  return h("button", { type: "button", class: "choice", dataset: { model: m.name, ...(chosen ? { first: "" } : {}) }, "aria-pressed": String(chosen), title: m.name, on: { click: () => { close(); actions.setModel(m.name); } } },
    h("b", {}, cellWord(m.cell)), ...(sized ? [] : [h("span", {}, sizeText(m))]), h("span", {}, accuracyText(m) || "–"));
}

function row(models, now, tools) {
  const name = taskName(models[0]);
  const about = models.includes(now) ? now : models[0];
  const sizes = new Set(models.map(sizeText));
  return h("section", { class: "task" },
    h("div", {}, h("h4", {}, name, sizes.size === 1 ? h("span", { class: "dim" }, ` · ${[...sizes][0]}`) : ""), models[0].about ? h("p", { class: "dim" }, say(models[0].about)) : "", h("button", { type: "button", class: "more", "aria-label": word("models.cardOf", { name }), on: { click: () => tools.open("card", about) } }, word("models.card"))),
    h("div", { class: "cells", role: "group", "aria-label": name }, ...models.map((m) => choice(m, now, sizes.size === 1, tools))));
}

/** Arrow keys go from choice to choice. */
function walk(event) {
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const all = $$(".choice", event.currentTarget);
  const at = all.indexOf(event.target);
  if (!by || at < 0) return;
  event.preventDefault();
  all[(at + by + all.length) % all.length].focus();
}

export function face(tools) {
  const { models, card } = tools.store.get();
  const section = ({ group, tasks }) => h("section", { class: "group" }, h("h3", {}, word(`group.${group ?? "other"}`)), h("p", { class: "dim" }, word(`group.${group ?? "other"}.about`)), ...tasks.map(({ models: mine }) => row(mine, card, tools)));
  return [word("models.title"), h("div", { class: "groups", on: { keydown: walk } }, ...grouped(models).map(section))];
}
