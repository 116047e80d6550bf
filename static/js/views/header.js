/* The header: which model, what input, examples to try, and the page's own tools. */

import { $, h, rebuild, svg } from "../dom.js";
import { inputText } from "../input.js";
import { accuracyText, cellName, taskName } from "../names.js";
import { languages, say, word } from "../words.js";

const caret = () => svg("svg", { class: "caret", width: 10, height: 6, "aria-hidden": "true" }, svg("path", { d: "M1 1l4 4 4-4" }));
export function pickerView(store, open) {
  const button = $("#picker");
  button.addEventListener("click", () => open("models"));
  store.watch((s) => [s.card, s.lang], ([card]) => {
    if (!card) return;
    button.replaceChildren(h("b", {}, taskName(card)), h("span", {}, [cellName(card), accuracyText(card)].filter(Boolean).join(" · ")), caret());
    button.setAttribute("aria-label", word("picker.label", { now: `${taskName(card)}, ${cellName(card)}` }));
  });
}

export function chipsView(store, actions, open) {
  const root = $("#chips");
  store.watch((s) => [s.card, s.lang], ([card]) => {
    if (!card) return;
    const chip = (example) => {
      const text = inputText(card, example.input);
      return h("button", { type: "button", title: say(example.note), on: { click: () => actions.playExample(example) } }, text.length > 16 ? text.slice(0, 15) + "…" : text);
    };
    const some = card.examples.length > 0 || card.by;
    const random = card.by ? h("button", { type: "button", class: "all", id: "random", title: word("examples.randomWhy"), on: { click: () => actions.fresh() } }, word("examples.random")) : "";
    const all = some ? h("button", { type: "button", class: "all", id: "examples", "aria-haspopup": "dialog", on: { click: () => open("examples") } }, word("examples.all"), caret()) : "";
    root.replaceChildren(h("span", { class: "list" }, ...card.examples.slice(0, 6).map(chip)), all, random);
  });
}

export function toolsView(store, actions, open, present) {
  const root = $("#tools");
  const half = () => svg("svg", { width: 16, height: 16, "aria-hidden": "true" }, svg("circle", { cx: 8, cy: 8, r: 6.5, fill: "none", stroke: "currentColor", "stroke-width": 1.5 }), svg("path", { d: "M8 1.5a6.5 6.5 0 0 1 0 13z", fill: "currentColor" }));
  const names = { en: "EN", ja: "日本語" };
  const button = (text, props, click) => h("button", { type: "button", ...props, on: { click } }, text);
  store.watch((s) => [s.lang, s.theme], ([lang, theme]) => {
    rebuild(root,
      h("div", { class: "lang", role: "group", "aria-label": word("tools.language") }, ...languages().map((l) => button(names[l] ?? l, { lang: l, dataset: { key: l }, "aria-pressed": String(l === lang) }, () => actions.appear({ lang: l })))),
      button(half(), { class: "icon", id: "theme", dataset: { key: "theme" }, "aria-label": word("tools.theme"), title: word("tools.theme") }, () => actions.appear({ theme: theme === "dark" ? "light" : "dark" })),
      button(word("tools.share"), { id: "share", "aria-haspopup": "dialog" }, () => open("share")),
      button("?", { class: "icon", id: "help", "aria-haspopup": "dialog", "aria-label": word("tools.help"), title: word("tools.help") }, () => open("help")),
      button(word("tools.present"), { id: "present" }, present),
    );
  });
}
