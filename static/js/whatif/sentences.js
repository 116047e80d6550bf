/* Edits as sentences in the reader's language. Knows their form and the catalogue's keys. */

import { minus, visible } from "../format.js";
import { word } from "../words.js";

export const written = (v) => minus(String(v));
const tokenText = (token) => [token].flat().map((v) => (typeof v === "number" ? written(v) : visible(v))).join(", ");

function who({ units, layer }, card) {
  const said = units === null ? word("whatif.all") : units.length === 1 ? word("whatif.unit", { u: units[0] }) : word("whatif.units", { list: units.join(", ") });
  return card.layers > 1 ? word("whatif.inLayer", { who: said, layer }) : said;
}

function when({ from, to }) {
  if (from === to) return word("whatif.when.at", { t: from });
  if (to !== null) return word("whatif.when.span", { from, to });
  return from === 0 ? word("whatif.when.all") : word("whatif.when.from", { t: from });
}

const symbolOf = (e, card) => card.quantities.find(({ key }) => key === e.quantity)?.symbol ?? e.quantity;

/** One edit of a trace as a sentence without its full stop. */
export function editText(e, trace) {
  const { card } = trace;
  if (e.kind === "token") return word("whatif.said.token", { t: e.t, from: tokenText(trace.input[e.t]), to: tokenText(e.token) });
  if (e.kind === "set") return word("whatif.said.set", { symbol: symbolOf(e, card), who: who(e, card), value: written(e.value), t: e.t });
  if (e.kind === "ablate") return word("whatif.said.ablate", { who: who(e, card), when: when(e) });
  return word("whatif.said.clamp", { symbol: symbolOf(e, card), who: who(e, card), value: written(e.value), when: when(e) });
}

/** A few clamps as the equations that they are, f = 1 and i = 0; anything else as how many edits there are. */
export function shortText(edits, card) {
  if (edits.length > 3 || edits.some((e) => e.kind !== "clamp")) return word("whatif.these", { n: edits.length });
  return edits.map((e) => `${symbolOf(e, card)} = ${written(e.value)}`).join(", ");
}
