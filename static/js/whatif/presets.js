/* The presets of a cell as buttons, each with one sentence. Which there are and what they hold comes with the card. */

import { holds, placed, withPreset } from "../edits.js";
import { h, setAttribute, setText } from "../dom.js";
import { hasWord, word } from "../words.js";
import { shortText } from "./sentences.js";

const nameOf = ({ name }) => (hasWord(`whatif.preset.${name}`) ? word(`whatif.preset.${name}`) : name);
const whatOf = ({ name }) => (hasWord(`whatif.preset.${name}.what`) ? word(`whatif.preset.${name}.what`) : "");

export function presetButtons(store, actions, scope) {
  const title = h("h3", { id: "whatif-presets" });
  const none = h("p", { class: "dim" });
  const list = h("div", { class: "presets", role: "group", "aria-labelledby": "whatif-presets" });
  const node = h("section", {}, title, none, list);
  let built = null;
  let buttons = [];

  const build = (card) => {
    built = card;
    buttons = card.presets.map((preset) => {
      const [name, what, holding] = [h("b", {}), h("span", {}), h("span", { class: "holding" })];
      const press = () => actions.edit(withPreset(store.get().edits, preset, card.presets, scope.get()));
      return { preset, name, what, holding, button: h("button", { type: "button", class: "preset", dataset: { preset: preset.name }, on: { click: press } }, name, " ", holding, " ", what) };
    });
    list.replaceChildren(...buttons.map(({ button }) => button));
  };

  function say() {
    const { trace, edits } = store.get();
    if (!trace) return;
    const { card } = trace;
    if (built !== card) build(card);
    setText(title, word("whatif.presets"));
    setText(none, word("whatif.noPresets"));
    none.hidden = card.presets.length > 0;
    for (const { preset, name, what, holding, button } of buttons) {
      setText(name, nameOf(preset));
      setText(what, whatOf(preset));
      setText(holding, shortText(placed(preset, scope.get()), card));
      setAttribute(button, "aria-pressed", String(holds(edits, placed(preset, scope.get()))));
    }
  }
  return { node, say };
}
