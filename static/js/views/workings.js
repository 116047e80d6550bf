/*
 * The arithmetic of one value: its equation in symbols and in numbers, then every product of its sum or every step of its formula, each number leading to what made it.
 * The symbols and the numbers of the equation come from the page; products and steps from the server, asked when the step rests.
 */

import * as api from "../api.js";
import { brief, term } from "../digits.js";
import { h, setText } from "../dom.js";
import { exactTips } from "../exact.js";
import { exact } from "../format.js";
import { names, numeric, parse, range, squashing, symbol } from "../formula.js";
import { latest } from "../latest.js";
import { draw, equation } from "../mathml.js";
import { quantityWhat, quantityWord } from "../names.js";
import { named, pointable, thing } from "../pointing.js";
import { problemText } from "../problem.js";
import { stepsList } from "../workings/steps.js";
import { shares, termsTable } from "../workings/terms.js";
import { backFrom, chosen, placeOf } from "../trail.js";
import { windowBody } from "../trace.js";
import { readings } from "../values.js";
import { word } from "../words.js";

/** Steps of a run that plays are asked about when they rest this long, ms; else a held key is waited for. */
const [RESTS, HELD] = [120, 20];
const DIGITS = 3;
/** So many answers of a run are kept: the way back is shown at once. */
const KEPT = 60;

const hasSum = (tree) => names(tree).some((name) => name.startsWith("pre."));

export function mount({ panel, store, actions }) {
  const [paused, played] = [latest(HELD), latest(RESTS)];
  const known = new WeakMap();
  const way = h("nav", { class: "way", hidden: true });
  const choice = h("div", { class: "which", role: "group" });
  const title = h("h2", { tabindex: "-1" });
  const what = h("p", { class: "note" });
  const says = h("p", { class: "note", role: "status" });
  const lines = h("div", { class: "equation" });
  const body = h("div", { class: "worked" });
  panel.append(way, choice, h("div", { class: "titled" }, title, what), lines, says, body);
  const tips = exactTips(panel);
  const [above, below] = [pointable(lines, actions.point), pointable(body, actions.point)];
  let shown = null; // the quantity: {key, tree, quantities, bounds, line, value}
  let choices = [];
  let open = false; // whether the small terms are shown one by one

  const go = (place) => {
    actions.takeApart(place);
    title.focus();
  };

  /** A number that a person can click: it leads to where it was made, unless that is before the run. */
  function number({ v, text = "", name, from, props = {} }) {
    const prev = name?.startsWith("prev.");
    const target = from ?? (name ? { quantity: name.replace("prev.", ""), t: store.get().t - (prev ? 1 : 0) } : null);
    const can = target && target.t >= 0;
    const node = can ? h("button", { type: "button", class: `number ${props.class ?? `q-${target.quantity}`}`, "aria-description": word("workings.open"), on: { click: () => go(target) } }, text) : h("span", props, text);
    return tip(node, () => exact(v));
  }

  const tip = (node, text) => {
    tips.show(node, text);
    return node;
  };

  /* ---------- the equation: once a quantity ---------- */

  function build(card, key) {
    const quantities = new Map(card.quantities.map((q) => [q.key, q]));
    const quantity = quantities.get(key);
    const tree = parse(quantity.formula);
    above.clear();
    shown = { key, tree, quantities, quantity, card, values: {} };
    const math = draw(equation(tree, quantities, key), (node, part) => {
      above.add(node, thing(part, { of: key }));
      node.classList.add("part");
      if (part.op !== "var") return;
      node.setAttribute("tabindex", "0");
      tips.show(node, () => (Number.isNaN(shown.values[part.name]) ? "" : exact(shown.values[part.name])));
    });
    const make = (props, name) => above.add(name.startsWith("pre.") ? tip(h("span", props), () => exact(shown.values[name])) : numberOf(props, name), named(name, { of: key }));
    shown.line = numeric(tree, make);
    shown.value = tip(h("span", { class: `val q-${key}` }), () => exact(shown.values[key]));
    lines.replaceChildren(h("div", { class: "symbols" }, math), h("div", { class: "numbers" }, "= ", ...shown.line.nodes));
    choices = card.quantities.map((q) => ({ q, value: document.createTextNode("") }));
    choice.replaceChildren(...choices.map(({ q, value }) => h("button", { type: "button", class: `q-${q.key}`, "data-key": q.key, "aria-pressed": String(q.key === key), title: quantityWord(q), on: { click: () => actions.select({ quantity: q.key }) } }, h("i", { class: "m" }, q.symbol), " ", value)));
    choice.setAttribute("aria-label", word("workings.quantities"));
    title.replaceChildren(`${quantityWord(quantity)} `, symbol(key, quantities), " = ", shown.value);
    setText(what, quantityWhat(quantity, card.cell));
    what.hidden = !what.textContent;
  }

  /** An operand of the equation's line of numbers: a button that goes where the step is, whenever it is pressed. */
  function numberOf(props, name) {
    const back = name.startsWith("prev.") ? 1 : 0;
    const press = () => go({ quantity: name.replace("prev.", ""), t: store.get().t - back });
    return tip(h("button", { ...props, type: "button", class: `number ${props.class}`, "aria-description": word("workings.open"), on: { click: press } }), () => exact(shown.values[name]));
  }

  /* ---------- the numbers: every step ---------- */

  const full = (name) => (name.startsWith("pre.") ? `pre.${shown.key}.${name.slice(4)}` : name);

  function print(state, parts = null) {
    const { trace } = state;
    const all = [...names(shown.tree), ...shown.quantities.keys()];
    const values = readings(trace, state, all.map(full));
    shown.values = Object.fromEntries(all.map((name) => [name, values[full(name)]]));
    const write = (name) => {
      const v = shown.values[name];
      const part = parts?.[name.replace("pre.", "")];
      return name.startsWith("pre.") && part !== undefined ? term(part, DIGITS, null) : Number.isNaN(v) ? "–" : term(v, DIGITS, range({ op: "var", name }, shown.quantities));
    };
    shown.line.print(write);
    for (const { node, name } of shown.line.vars) if (name.startsWith("prev.")) node.disabled = state.t === 0;
    setText(shown.value, write(shown.key));
    for (const { q, value } of choices) {
      const text = brief(shown.values[q.key], range({ op: "var", name: q.key }, shown.quantities));
      if (value.data !== text) value.data = text;
    }
    tips.refresh();
  }

  /* ---------- the way back ---------- */

  function printWay({ trail, ...state }) {
    const here = placeOf(state);
    const places = backFrom(trail, here);
    way.hidden = places.length === 0;
    way.setAttribute("aria-label", word("workings.way"));
    const several = new Set([...places, here].map(({ layer, unit }) => `${layer} ${unit}`)).size > 1;
    const name = ({ quantity, t, unit, layer }) => [symbol(quantity, shown.quantities), " ", word(!several ? "workings.at" : state.trace.start.layers > 1 ? "workings.at_layer" : "workings.at_unit", { t, u: unit, layer })];
    way.replaceChildren(h("ol", {}, ...places.map((place) => h("li", {}, h("button", { type: "button", class: "number", on: { click: () => go(place) } }, ...name(place)))), h("li", { "aria-current": "location" }, ...name(here))));
  }

  /* ---------- products and steps: the server's ---------- */

  const id = ({ t, layer, unit, quantity }) => [t, layer, unit, quantity].join();

  async function load(trace, place, signal) {
    try {
      const { layer, unit, quantity, t } = place;
      const body = { ...windowBody(trace, t, t + 1, trace.card.quantities.filter((q) => q.kind === "state").map((q) => q.key)), layer, unit, t: 0 };
      const answer = await api.arithmetic(hasSum(shown.tree) ? { ...body, gate: quantity } : body, signal);
      const mine = known.get(trace);
      mine.set(id(place), answer);
      if (mine.size > KEPT) mine.delete(mine.keys().next().value);
      fill(answer, place);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof api.Problem || error instanceof api.Unreachable)) throw error;
      setText(says, error instanceof api.Problem ? problemText({ ...error.body, slug: error.slug }, trace.card) : word("banner.lost"));
    }
  }

  function fill(answer, place) {
    const line = answer.quantities.find(({ key }) => key === place.quantity);
    const { key, tree, quantities, card } = shown;
    const bounds = range({ op: "var", name: key }, quantities);
    const mark = (node, one) => below.add(node, one);
    below.clear();
    setText(says, line.edited ? word("workings.edited", { value: term(line.computed, DIGITS, bounds) }) : "");
    const content = answer.sum ? sumNodes(answer.sum, { ...place, key, tree, quantities, card }, line, bounds, mark) : [stepsList(line, { key, bounds, quantities, mark, number, tip }), h("p", { class: "note" }, word("workings.click"))];
    body.className = `worked q-${key}`;
    body.replaceChildren(...content);
    print(store.get(), answer.sum && answer.sum.parts.every(({ factor }) => factor === 1) ? shares(answer.sum) : null);
    light();
  }

  function sumNodes(sum, place, line, bounds, mark) {
    const { before, behind, apply } = squashing(place.tree);
    const total = term(sum.shown, DIGITS, null);
    const value = term(line.computed, DIGITS, bounds);
    const agrees = term(apply(sum.shown), DIGITS, bounds) === value;
    const squash = h("p", { class: "squash" }, `${before}(`, h("span", {}, total), `)${behind} ${agrees ? "=" : "≈"} `, tip(h("span", { class: `val q-${place.key}` }, value), () => exact(line.edited ? line.computed : line.value)));
    const layer = place.layer > 0 ? [h("p", { class: "note" }, word("workings.below", { layer: place.layer - 1 }))] : [];
    const table = termsTable(sum, place, { number, mark, tip, open, toggled: (now) => { open = now; light(); } });
    return [table, squash, ...layer, h("p", { class: "note" }, word("workings.rounding", { n: sum.decimals }))];
  }

  /* ---------- watching ---------- */

  function light() {
    const { pointed, unit } = store.get();
    if (!shown) return;
    above.light(pointed, { unit, quantities: shown.quantities });
    below.light(pointed, { unit, quantities: shown.quantities });
  }

  function update() {
    const state = store.get();
    const { trace, t, arrived, playing } = state;
    if (!trace || !shown || t >= arrived) return;
    const place = placeOf(state);
    printWay(state);
    if (!known.has(trace)) known.set(trace, new Map());
    const answer = known.get(trace).get(id(place));
    for (const ask of [paused, played]) ask(null);
    if (answer && !playing) return fill(answer, place);
    print(state);
    body.classList.add("stale");
    return (playing ? played : paused)((signal) => (answer ? fill(answer, place) : load(trace, place, signal)));
  }

  store.watch((s) => [s.trace?.card ?? s.card, s.lang, s.card && chosen(s.trace?.card ?? s.card, s.quantity)], ([card, , key]) => {
    if (card) build(card, key);
  });
  store.watch((s) => [s.trace, s.t, s.layer, s.unit, s.quantity, s.pre, s.t < s.arrived, s.playing, s.lang], update);
  store.watch((s) => s.trail, () => shown && store.get().trace && printWay(store.get()));
  store.watch((s) => [s.pointed, s.unit], light);
}
