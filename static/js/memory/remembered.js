/* What a unit remembers at a step, and whose it is, as one plain sentence: the numbers it speaks of and the words for them. Draws nothing. */

import { sgn } from "../format.js";
import { together } from "./ledger.js";
import { word } from "../words.js";

/** From this share on one writer is named alone; where two or three have so much together, they are, and else none. */
const [MOST, TWO, THREE] = [0.5, 0.75, 1 / 3];
/** Less than this part of the most that a unit ever holds is next to nothing. */
const FADED = 0.02;

/** Shares as whole per cents that add up to 100; what is not quite none or all of it is not called so. */
export function shareTexts(share) {
  const whole = together(share.map((part) => 100 * part), 100, 0);
  return whole.map((p, n) => (p === 0 && share[n] > 0 ? "<1\u00a0%" : p === 100 && share[n] < 1 ? ">99\u00a0%" : `${p}\u00a0%`));
}

/**
 * The sentence about an account (see views/memory.js) as {key, params, list}: params are texts, those named in STRONG the ones that matter; list, where no one step wrote most of it, has the largest
 * writers as {key, params}. tokenOf(s) names the token of a step, amount(v) prints an amount.
 */
export function remembered({ t, unit, amounts, share, texts, wrote, peak }, tokenOf, amount = sgn) {
  const place = { u: unit, t };
  const size = amounts.reduce((sum, v) => sum + Math.abs(v), 0);
  if (size === 0) return { key: wrote.slice(0, t + 1).some((v) => v !== 0) ? "memory.erased" : "memory.nothing", params: { ...place, held: word("memory.holdsNothing") } };
  if (!share) return { key: "memory.spent", params: { ...place, held: word("memory.holdsLittle") } };
  if (size < FADED * peak) return { key: "memory.faded", params: { ...place, held: word("memory.holdsLittle"), value: amount(amounts.reduce((sum, v) => sum + v, 0)), peak: amount(peak).replace("+", "") } };
  const bySize = share.map((part, n) => n).sort((a, b) => share[b] - share[a]);
  const written = (key, n) => ({ key: n === 0 ? `${key}.before` : key, params: { ...place, share: texts[n], ...(n === 0 ? {} : { s: n - 1, token: tokenOf(n - 1) }) } });
  if (share[bySize[0]] >= MOST) return written("memory.says", bySize[0]);
  const three = bySize.slice(0, 3).filter((n) => share[n] > 0);
  const sum = (places) => places.reduce((all, n) => all + share[n], 0);
  if (sum(three) < THREE) return { key: "memory.many", params: { ...place, share: texts[bySize[0]] } };
  const named = sum(three.slice(0, 2)) >= TWO ? three.slice(0, 2) : three;
  return { key: "memory.several", params: place, list: named.map((n) => written("memory.part", n)) };
}

/** The parameters of a sentence that are set in bold. */
export const STRONG = ["share", "token", "held"];
