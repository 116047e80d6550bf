/* What single units follow, as the card's file says: each fact with the units to go and watch. */

import { h } from "../dom.js";
import { num, sgn } from "../format.js";
import { say, word } from "../words.js";

/** The part of a card's face; go(layer, unit) shows a unit on the page. "" where the card lists none. */
export function unitsPart({ units = [] }, go) {
  if (!units.length) return "";
  const button = ({ layer, unit, r }) => h("button", { type: "button", class: "choice", on: { click: () => go(layer, unit) } }, h("b", {}, word("card.follower", { layer, unit })), h("span", { class: "dim" }, `r = ${sgn(r, 2)}`));
  const row = (fact) => [h("dt", {}, say(fact.name), h("br"), h("small", {}, word("card.before", { r: num(fact.before, 2) }))), h("dd", { class: "acts" }, ...fact.units.map(button))];
  return h("section", {}, h("h3", {}, word("card.units")), h("p", { class: "dim" }, word("card.unitsSay", { state: units[0].state })), h("dl", { class: "facts" }, ...units.flatMap(row)));
}
