/* What-if edits: changes made to a run while it runs, as the API takes them with every default filled in. Reads and writes them as a link has them, and says which still apply. Runs nothing. */

/** At most so many in one run. */
export const MOST_EDITS = 64;

const NUMBER = "-?\\d{1,7}(?:\\.\\d{1,20})?(?:e-?\\d{1,2})?";
const LAYER = "(?:,l(?<layer>\\d{1,2}))?";
const UNITS = "(?:,u(?<units>\\d{1,6}(?:\\.\\d{1,6})*))?";
const SPAN = "(?:,t(?<from>\\d{1,6})(?<on>-(?<to>\\d{1,6})?)?)?";
const KEY = "(?<quantity>[A-Za-z]\\w{0,30})";

/** How each kind stands in a link: f=1,l1,u3.7,t0-5 · off,u7,t4- · C@4=0.5,u3 · x@2='[ (a symbol) or x@2=0.5,1 (numbers). */
const FORMS = [
  ["token", `x@(?<t>\\d{1,6})=(?:'(?<symbol>.)|(?<numbers>${NUMBER}(?:,${NUMBER})*))`],
  ["set", `${KEY}@(?<t>\\d{1,6})=(?<value>${NUMBER})${LAYER}${UNITS}`],
  ["ablate", `off${LAYER}${UNITS}${SPAN}`],
  ["clamp", `${KEY}=(?<value>${NUMBER})${LAYER}${UNITS}${SPAN}`],
].map(([kind, form]) => [kind, new RegExp(`(?:${form})(?=;|$)`, "suy")]);

const whole = (text) => Number(text ?? 0);
const units = (text) => text?.split(".").map(Number) ?? null;
const span = ({ from, on, to }) => ({ from: whole(from), to: from === undefined ? null : to !== undefined ? whole(to) : on ? null : whole(from) });

const MADE = {
  clamp: (g) => ({ kind: "clamp", quantity: g.quantity, value: Number(g.value), layer: whole(g.layer), units: units(g.units), ...span(g) }),
  ablate: (g) => ({ kind: "ablate", layer: whole(g.layer), units: units(g.units), ...span(g) }),
  set: (g) => ({ kind: "set", quantity: g.quantity, value: Number(g.value), layer: whole(g.layer), units: units(g.units), t: whole(g.t) }),
  token: (g) => {
    const numbers = g.numbers?.split(",").map(Number);
    return { kind: "token", t: whole(g.t), token: g.symbol ?? (numbers.length === 1 ? numbers[0] : numbers) };
  },
};

/** The edits that a link's text says, or null where any part of it makes no sense: half of what was meant would be another run. */
export function readEdits(text) {
  const edits = [];
  for (let at = 0; text !== ""; at++) {
    const found = FORMS.map(([kind, form]) => {
      form.lastIndex = at;
      return { kind, match: form.exec(text) };
    }).find(({ match }) => match);
    if (!found || edits.length === MOST_EDITS) return null;
    edits.push(MADE[found.kind](found.match.groups));
    at += found.match[0].length;
    if (at === text.length) break;
  }
  return edits.every((e) => e.to === undefined || e.to === null || e.to >= e.from) ? edits : null;
}

/** Edits as the text that reads as these. */
export function writeEdits(edits) {
  return edits.map((e) => {
    if (e.kind === "token") return `x@${e.t}=${typeof e.token === "string" ? `'${e.token}` : [e.token].flat().join(",")}`;
    const where = (e.layer ? `,l${e.layer}` : "") + (e.units ? `,u${e.units.join(".")}` : "");
    if (e.kind === "set") return `${e.quantity}@${e.t}=${e.value}${where}`;
    const all = e.from === 0 && e.to === null;
    const when = all ? "" : `,t${e.from}${e.to === null ? "-" : e.to === e.from ? "" : `-${e.to}`}`;
    return (e.kind === "ablate" ? "off" : `${e.quantity}=${e.value}`) + where + when;
  }).join(";");
}

export const sameEdits = (a, b) => writeEdits(a) === writeEdits(b);

/** What of a cell an edit of each kind can hold: gates and candidates are held, a state that runs on is set. */
export const clampable = (card) => card.quantities.filter((q) => q.kind !== "state");
export function settable(card) {
  const states = card.quantities.filter((q) => q.kind === "state");
  return states.filter((q) => q.key === "C").concat(states.some((q) => q.key === "C") ? [] : states);
}

/** A typed symbol as the model reads it: a full-width one as the plain one. */
const known = (card, token) => (typeof token === "string" && !card.alphabet.includes(token) ? token.normalize("NFKC") : token);
const steps = (input) => (typeof input === "string" ? [...input] : input);

/** Whether an edit can be made to a run of so many steps. */
function fits(e, card, length) {
  if (e.kind === "token") return e.t < length && (card.alphabet ? card.alphabet.includes(e.token) : [e.token].flat().length === card.input_size && [e.token].flat().every((v) => typeof v === "number"));
  if (e.layer >= card.layers || e.units?.some((u) => u >= card.hidden_size) || (e.t ?? e.from) >= length) return false;
  if (e.kind === "ablate") return true;
  const q = (e.kind === "set" ? settable(card) : clampable(card)).find(({ key }) => key === e.quantity);
  return q !== undefined && e.value >= (q.min ?? -Infinity) && e.value <= (q.max ?? Infinity);
}

/**
 * Which of the edits hold for an input of a model. from: the trace they were made to, null where they come with the input. To another model only edits of all units go along, and
 * all or none, as a unit's number means nothing there and half a preset would mislead; a token is replaced only where what it replaces is still there.
 */
export function carried(edits, { card, input, from = null }) {
  const tokens = steps(input);
  const other = from !== null && from.card !== card;
  const there = (e) => e.kind !== "token" || from === null || String(known(card, tokens[e.t])) === String(from.input[e.t]);
  const kept = edits.filter((e) => fits(e, card, tokens.length) && !(other && e.units) && there(e));
  return (other || from === null) && kept.length < edits.length ? [] : kept;
}

/** The input of a run, a token a step, before its edits replaced some; input is what was asked for. */
export function unedited(card, start, input) {
  const tokens = [...start.tokens];
  for (const e of start.edits ?? []) if (e.kind === "token") tokens[e.t] = known(card, steps(input)[e.t]);
  return tokens;
}

/** The edits as they are for steps [from, to) of a run taken as a run of their own; replaced tokens are its input already. */
export function windowEdits(edits, from, to) {
  return edits.flatMap((e) => {
    if (e.kind === "token") return [];
    if (e.kind === "set") return e.t >= from && e.t < to ? [{ ...e, t: e.t - from }] : [];
    if (e.from >= to || (e.to !== null && e.to < from)) return [];
    return [{ ...e, from: Math.max(0, e.from - from), to: e.to === null || e.to >= to ? null : e.to - from }];
  });
}

/** The same edits for a run of so many steps: an edit may name more than the input has now, a request may not. */
export const clipped = (edits, length) => edits.map((e) => (e.to >= length ? { ...e, to: length - 1 } : e));

/** The first and last step of an edit in a run of so many. */
export const spanOf = (e, length) => (e.from === undefined ? [e.t, e.t] : [e.from, Math.min(e.to ?? length - 1, length - 1)]);

/** Whether a quantity of a unit was held, silenced or set at a step, whatever its formula gives there. */
export const editedAt = (edits, key, { layer, t, unit }) =>
  edits.some((e) => e.layer === layer && key === (e.kind === "ablate" ? "h" : e.quantity) && (e.units === null || e.units.includes(unit)) && t >= (e.t ?? e.from) && t <= (e.t ?? e.to ?? t));

/** A preset's edits in one layer, for some units (null: all) and steps. */
export const placed = (preset, { layer, units, from, to }) => preset.edits.map((e) => ({ ...e, layer, units, from, to }));

const within = (e, { layer, units, from, to }) =>
  e.layer === layer && (units === null || e.units?.every((u) => units.includes(u))) && e.from >= from && (to === null || (e.to !== null && e.to <= to));

/** Whether all of these are among the edits. */
export const holds = (edits, these) => these.length > 0 && these.every((one) => edits.some((e) => sameEdits([e], [one])));

/**
 * The edits with a preset in a place: it takes the place of every clamp there of a quantity that it holds itself, or that another preset of the card holds together with one of
 * its own, so that one preset follows the other. Where it was in force already it is taken away.
 */
export function withPreset(edits, preset, presets, place) {
  const these = placed(preset, place);
  if (holds(edits, these)) return edits.filter((e) => !holds(these, [e]));
  const of = (p) => p.edits.map((e) => e.quantity);
  const rivals = new Set(presets.filter((p) => of(p).some((key) => of(preset).includes(key))).flatMap(of));
  return [...edits.filter((e) => !(e.kind === "clamp" && rivals.has(e.quantity) && within(e, place))), ...these];
}

/** The same edit but for what it holds, sets or reads. */
const target = (e) => JSON.stringify([e.kind, e.quantity, e.layer, e.units, e.from, e.to, e.t]);
export const sameTarget = (a, b) => target(a) === target(b);

/** The edits with one more, in place of the one of the same target. */
export const withEdit = (edits, one) => (edits.some((e) => sameTarget(e, one)) ? edits.map((e) => (sameTarget(e, one) ? one : e)) : [...edits, one]);
