/* What the stage shows of the runs that stand side by side: which quantity, on which scale, whether the selected unit's line as well. A row of the panel; asks nobody. */

import { h, rebuild } from "../dom.js";
import { quantityWord } from "../names.js";
import { hasScales } from "../scale.js";
import { word } from "../words.js";
import { choices } from "./measure.js";

const NEXT_SCALE = { task: "run", run: "unit", unit: "task" };
const quantity = (card, key) => card.quantities.find((q) => q.key === key);

/** The keys of the quantity that is shown, one a card: shows is a quantity's key, or null for what remembers. */
export function shownKeys(cards, shows) {
  const offered = choices(cards);
  return (offered.find(({ id }) => id === shows) ?? offered[0]).keys;
}

/** changed() is called when the line of the unit comes or goes; print(cards, lines) writes the row for these cards, with a choice of the line or without. */
export function createShown(store, actions, changed) {
  const node = h("div", { class: "shown" });
  let line = false;

  const name = (cards, { id, keys }) => (id === "memory" ? word("compare.memory", { symbols: [...new Set(keys.map((key, n) => quantity(cards[n], key).symbol))].join(", ") }) : `${quantity(cards[0], id).symbol}  ${quantityWord(quantity(cards[0], id))}`);

  function print(cards, lines) {
    const { unit, scale, shows } = store.get();
    const offered = choices(cards);
    const choose = () => actions.appear({ shows: select.value === "memory" ? null : select.value });
    const select = h("select", { id: "compare-quantity", dataset: { key: "quantity" }, on: { change: choose } }, ...offered.map((one) => h("option", { value: one.id }, name(cards, one))));
    select.value = offered.some(({ id }) => id === shows) ? shows : "memory";
    const how = word(`scale.${scale ?? "task"}`);
    const scaled = shownKeys(cards, shows).some((key, n) => hasScales(quantity(cards[n], key)));
    const next = h("button", { type: "button", class: "quiet", dataset: { key: "scale" }, title: word(`scale.${scale ?? "task"}.title`), on: { click: () => store.set({ scale: NEXT_SCALE[scale ?? "task"], scaleChosen: true }) } }, how);
    const box = h("input", { type: "checkbox", checked: line, dataset: { key: "line" }, on: { change: (event) => { line = event.target.checked; changed(); } } });
    rebuild(node, h("label", { for: "compare-quantity" }, word("compare.shown")), select, ...(scaled ? [next] : []), ...(lines ? [h("label", {}, box, h("span", {}, word("compare.line", { unit })))] : []));
  }

  return { node, print, line: () => line };
}
