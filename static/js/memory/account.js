/* A unit's ledger as the page keeps it, and the account of one step: amounts, shares, and how they are printed. Asks nobody and draws nothing. */

import { h } from "../dom.js";
import { names, parse } from "../formula.js";
import { shortToken } from "../trace.js";
import { word } from "../words.js";
import { digitsFor, extremes, left, memoryOf, roundedUp, shares, together } from "./ledger.js";
import { shareTexts } from "./remembered.js";
import { listed } from "./writers.js";

/** While the state goes no further than this many times the largest write, both have one scale. */
const APART = 2.5;

/**
 * What the page keeps of the API's answer: the memory of one unit through a run, {kept, wrote, …}, its colour scales `limits` {left, sum}, the ends of its bars, and the identity with its formulas
 * as trees and the quantities whose hues they have. memory is null for a cell without a ledger.
 */
export function ledgerOf({ identity, memory, unit, layer }, trace) {
  if (!memory) return { trace, unit, layer, memory: null };
  const quantities = new Map(trace.card.quantities.map((q) => [q.key, q]));
  const [keep, write] = [parse(identity.keep), parse(identity.write)];
  const own = memoryOf(memory);
  const { wrote, state } = extremes(own);
  const [written, held] = [wrote, state].map(([low, high]) => Math.max(-low, high));
  const totals = [];
  own.wrote.forEach((v, t) => totals.push(own.kept[t] * (t ? totals[t - 1] : own.first) + v));
  const most = Math.max(written, held);
  return {
    trace, unit, layer, memory: own, peak: held, total: (t) => totals[t],
    ends: [Math.min(wrote[0], state[0]), Math.max(wrote[1], state[1])], limits: { left: roundedUp(held <= APART * written ? most : written), sum: roundedUp(most) },
    identity: { state: identity.state, keep, write, quantities, quantity: quantities.get(identity.state), keeper: quantities.get(names(keep)[0]) ?? null, writer: names(write).map((name) => quantities.get(name)).find((q) => q.kind === "candidate") },
  };
}

/**
 * The account of step t, in places (0 the state before the run, s + 1 what step s wrote): amounts and shares as in ledger.js; places, those with a line of their own, at most `most`; rest, the
 * others together; shown, these amounts as they are printed, which add up to totalShown; largest, and chosen, the writer that is followed, else the largest.
 */
export function accountAt({ memory, unit, peak, ends, limits, trace, identity, total }, t, { chosen, most }) {
  const amounts = left(memory, t);
  const { share, partner } = shares(amounts);
  const weights = share ?? amounts.map(Math.abs);
  const largest = weights.reduce((at, v, place) => (v > weights[at] ? place : at), amounts.length - 1);
  const followed = chosen !== null && chosen < amounts.length ? chosen : largest;
  const digits = digitsFor(limits.left);
  const places = listed(amounts, { most, first: memory.first, chosen: followed, digits });
  const own = new Set(places);
  const rest = amounts.reduce((sum, v, place) => (own.has(place) ? sum : sum + v), 0);
  return {
    t, unit, amounts, share, partner, largest, chosen: followed, places, rest, digits, peak, ends, first: memory.first, wrote: memory.wrote,
    shown: together([...places.map((place) => amounts[place]), rest], total(t), digits), total: total(t), totalShown: Math.round(total(t) * 10 ** digits) / 10 ** digits,
    texts: share ? shareTexts(share) : amounts.map(() => ""),
    nameOf: (place) => (place === 0 ? word("memory.before") : shortToken(trace, place - 1)), stepOf: (place) => (place === 0 ? "" : String(place - 1)),
    symbol: () => h("i", { class: `m q-${identity.state}` }, identity.quantity.symbol),
  };
}
