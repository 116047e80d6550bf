/* Who wrote into a unit's memory, and how much of it is left at each step: the numbers of lstm/explain/ledger.py for any step of a run, from what every step kept and wrote. Draws nothing, has no words. */

/** Two amounts of opposite sign whose sum is less than this part of the larger are a pair: one took the other back. */
export const PAIR = 0.06;
/** What is less than this part of the largest amount is not looked at for pairs. */
const FAINT = 0.01;
/** Where pairs leave less than this part of all amounts, nothing is left to have a share in. */
const SPENT = 0.05;
/** What never is more than this part of the largest amount needs no row of its own. */
const SLIGHT = 0.02;

const sumOf = (values) => values.reduce((sum, v) => sum + v, 0);
const sizeOf = (values) => values.reduce((sum, v) => sum + Math.abs(v), 0);

/** An answer of the API's ledger as {first, kept, wrote, halfLife}: the state before the run, and a number for each step. */
export const memoryOf = ({ writers, kept, wrote, half_life: halfLife }) => ({ first: writers.find(({ t }) => t < 0)?.written ?? 0, kept, wrote, halfLife });

/** What is left at step t: first of the state before the run, then of what each step 0 … t wrote. So what step s wrote stands in place s + 1. */
export function left({ first, kept, wrote }, t) {
  const amounts = new Array(t + 2);
  let product = 1;
  for (let s = t; s >= 0; s--) {
    amounts[s + 1] = product * wrote[s];
    product *= kept[s];
  }
  amounts[0] = product * first;
  return amounts;
}

/**
 * Whose the memory is, by amount: {share, partner}. Each pair is set aside first, what little is left of both counting for the earlier; then a share is a part of the
 * sum of sizes, whatever the signs. share is null where pairs leave next to nothing; partner has the place of the other one of a pair, −1 where there is none.
 */
export function shares(amounts) {
  const largest = amounts.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const rest = [...amounts];
  const partner = amounts.map(() => -1);
  const alone = [];
  amounts.forEach((v, later) => {
    if (Math.abs(v) < FAINT * largest) return;
    const at = alone.findLastIndex((k) => Math.abs(amounts[k] + v) < PAIR * Math.max(Math.abs(amounts[k]), Math.abs(v)));
    if (at < 0) {
      alone.push(later);
      return;
    }
    const [found] = alone.splice(at, 1);
    [partner[later], partner[found]] = [found, later];
    rest[found] += v;
    rest[later] = 0;
  });
  const whole = sizeOf(rest);
  return { share: whole === 0 || whole < SPENT * sizeOf(amounts) ? null : rest.map((v) => Math.abs(v) / whole), partner };
}

/**
 * The rows of the triangle for the steps [from, to): {writers, z, rest, others, total}. When there are more writers than `most`, those of which much is left at one
 * of the steps in `seen` have a row, `also` among them, and rest has the others together, else it is null. z and rest have a number a step, null before there is anything.
 */
export function triangleRows(memory, { from, to, seen = { from, to }, most, also = [] }) {
  const places = Array.from({ length: to + 1 }, (_, place) => place).slice(memory.first === 0 ? 1 : 0);
  const chosen = places.length <= most ? places : mattering(memory, { ...seen, places, most: most - 1, also });
  const z = chosen.map(() => []);
  const [sums, total] = [[], []];
  const own = new Set(chosen);
  const others = places.filter((place) => !own.has(place));
  each(memory, from, to, (amounts) => {
    chosen.forEach((place, n) => z[n].push(amounts[place] ?? null));
    sums.push(others[0] < amounts.length ? others.reduce((sum, place) => sum + (amounts[place] ?? 0), 0) : null);
    total.push(sumOf(amounts));
  });
  return { writers: chosen.map((place) => place - 1), z, rest: others.length ? sums : null, others: others.length, total };
}

/** At most so many places, in the order of writing: those of `also`, and those with the largest amounts at one of the steps, but none with next to nothing. */
function mattering(memory, { from, to, places, most, also }) {
  const peaks = new Array(places.at(-1) + 1).fill(0);
  each(memory, from, to, (amounts) => amounts.forEach((v, place) => { if (Math.abs(v) > peaks[place]) peaks[place] = Math.abs(v); }));
  const wanted = new Set(also.map((s) => s + 1).filter((place) => places.includes(place)).slice(0, most));
  const largest = peaks.reduce((a, b) => Math.max(a, b));
  const bySize = places.filter((place) => peaks[place] > 0 && peaks[place] >= SLIGHT * largest).sort((a, b) => peaks[b] - peaks[a] || a - b);
  for (const place of bySize) if (wanted.size < most) wanted.add(place);
  return [...wanted].sort((a, b) => a - b);
}

/** Calls back with what is left at each of the steps [from, to). */
function each(memory, from, to, callback) {
  const amounts = left(memory, from);
  callback(amounts);
  for (let t = from + 1; t < to; t++) {
    for (let place = 0; place < amounts.length; place++) amounts[place] *= memory.kept[t];
    amounts.push(memory.wrote[t]);
    callback(amounts);
  }
}

/** The least and the most of what is written and of the state over the whole run, 0 among them: {wrote: [low, high], state: [low, high]}. Nothing is kept more than whole, so each write is largest when it is written. */
export function extremes({ first, kept, wrote }) {
  let state = first;
  const states = wrote.map((v, t) => (state = kept[t] * state + v));
  const ends = (values) => values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [0, 0]);
  return { wrote: ends([first, ...wrote]), state: ends([first, ...states]) };
}

const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The end of a colour scale that holds a peak: rounded up to one of few round numbers; 1 where there is nothing to hold. */
export function roundedUp(peak) {
  if (peak === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(peak));
  return Number((ROUND.find((n) => n * power >= peak) * power).toPrecision(2));
}

/** Values rounded to so many digits, each down or up to a neighbour, so that they add up to the rounded total: those with the largest rest go up. */
export function together(values, total, digits) {
  const unit = 10 ** digits;
  const floors = values.map((v) => Math.floor(v * unit));
  const up = Math.round(total * unit) - sumOf(floors);
  const byRest = values.map((v, n) => [v * unit - floors[n], n]).sort(([a], [b]) => b - a);
  for (const [, n] of byRest.slice(0, Math.max(0, up))) floors[n] += 1;
  return floors.map((n) => n / unit || 0);
}

/** How many digits an amount has in a table, on a scale to this limit. */
export const digitsFor = (limit) => Math.max(0, Math.min(8, limit < 10 ? Math.max(3, 2 - Math.floor(Math.log10(limit))) : 3 - Math.floor(Math.log10(limit))));
