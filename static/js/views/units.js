/* The view of all units at a glance: what happens in the step as a sentence, the facts of the selected unit, how far the gates are saturated, all units as a table, and the order of the rows in the score. */

import { saturationChart } from "../charts/saturation.js";
import { h, rebuild, setText } from "../dom.js";
import { num } from "../format.js";
import { stepHead } from "../head.js";
import { ORDERS } from "../link.js";
import { quantityWord } from "../names.js";
import { problemText } from "../problem.js";
import { endingMark, telling } from "../units/telling.js";
import { shortToken } from "../trace.js";
import { portion, share, written } from "../units/facts.js";
import { unitTable } from "../units/table.js";
import { word, wordParts } from "../words.js";

/** Why there are no facts, as a sentence. */
function refusal(fault, card) {
  if (!fault.body) return word("banner.lost");
  const { steps, limit } = fault.body.params ?? {};
  if (fault.slug === "too-many-steps") return word("units.tooLong", { steps: steps.toLocaleString("en"), limit: limit.toLocaleString("en") });
  return problemText({ ...fault.body, slug: fault.slug }, card);
}

export function mount({ panel, store, actions }) {
  const head = stepHead(actions, store, { id: "units-title", title: "units.title" });
  const told = h("p", { class: "telling", "aria-live": "off" });
  const facts = h("dl", { class: "unit-facts" });
  const squares = h("div", { class: "saturation" });
  const captions = h("div", { class: "saturation-captions" });
  const gates = h("section", { class: "unit-gates" }, h("h3", {}), h("p", { class: "hd" }), captions, squares);
  const orders = ORDERS.map((order) => h("button", { type: "button", dataset: { key: order }, on: { click: () => actions.appear({ order }) } }));
  const list = h("h3", {});
  const choice = h("div", { class: "unit-order", role: "group" }, h("span", { class: "hd" }), ...orders);
  const table = unitTable(actions, store);
  const body = h("div", { class: "units-body", hidden: true }, facts, h("section", {}, h("div", { class: "units-head" }, list, choice), table.node), gates);
  const fault = h("p", { class: "note", role: "status" });
  panel.append(head.node, told, fault, body);
  const chart = saturationChart(squares, { choose: (unit) => actions.select({ unit }), label: (answer) => answer.saturation.map((one) => whole(one)).join("; ") });

  const go = (key, text, act, more = {}) => h("button", { type: "button", class: "to", dataset: { key }, on: { click: act }, ...more }, text);
  const tokenNode = (t) => h("b", { class: "tok" }, shortToken(store.get().trace, t));
  const unitNode = (unit) => go(`unit ${unit}`, word("cell.unit", { u: unit }), () => actions.select({ unit }), { "aria-pressed": String(unit === store.get().unit) });
  const stepNode = (t) => go(`step ${t}`, String(t), () => actions.seek(t));
  const symbolOf = (key) => h("i", { class: `m q-${key}` }, store.get().card.quantities.find((q) => q.key === key).symbol);
  const whole = ({ gate, low, high }) => word("units.gate", { gate: quantityWord(store.get().card.quantities.find((q) => q.key === gate)), low: portion(low), high: portion(high) });

  /** The answer that belongs to what the page shows now; an older one is only looked at. */
  const current = () => {
    const { glance, trace, layer } = store.get();
    return glance?.answer && glance.trace === trace && glance.layer === layer ? glance.answer : null;
  };

  const say = () => {
    head.say();
    const { trace, t, arrived } = store.get();
    const answer = current();
    if (!trace || !answer || t >= arrived) return;
    rebuild(told, ...telling({ t, events: answer.steps[t].events, mark: endingMark(trace.start.marks, t), unitNode, tokenNode, stepNode }));
  };

  /** The three inputs on which a unit does something, with what it does there. */
  const onTokens = (list, value) => list.flatMap((on, n) => [n ? " · " : "", go(`on ${on.t}`, tokenNode(on.t), () => actions.seek(on.t), { "aria-label": word("units.onToken", { token: store.get().trace.token(on.t), t: on.t }) }), ` ${value(on)}`]);

  const sayFacts = () => {
    const answer = current();
    if (!answer) return;
    const { unit } = store.get();
    const { mean, min, max, half_life: half, writes, resets, opens } = answer.units[unit];
    const row = (key, ...what) => [h("dt", {}, word(key)), h("dd", {}, ...what)];
    const symbol = symbolOf(answer.state);
    rebuild(facts,
      ...row("units.holds", ...wordParts("units.between", { state: symbol, min: num(min, 3), max: num(max, 3), mean: num(mean, 3) })),
      ...row("units.keeps", !answer.identity ? word("units.half.rnn") : half === null ? word("units.half.none") : word("units.half", { n: half })),
      ...row(answer.identity ? "units.writesOn" : "units.changesOn", ...onTokens(writes, written)),
      ...(answer.identity && answer.identity.keep !== "1" ? row("units.resetsOn", ...onTokens(resets, share)) : []),
      ...(opens ? row("units.opensOn", ...onTokens(opens, share)) : []),
    );
  };

  const sayGates = () => {
    const answer = current();
    if (!answer) return;
    const { card, unit } = store.get();
    gates.hidden = answer.saturation.length === 0;
    captions.replaceChildren(...answer.saturation.map(({ gate, low, high, units }) => h("div", {},
      h("span", {}, symbolOf(gate), " ", quantityWord(card.quantities.find((q) => q.key === gate))),
      h("small", {}, word("units.shares", { who: word("units.layer"), low: portion(low), high: portion(high) })),
      h("small", { class: "mine" }, word("units.shares", { who: word("cell.unit", { u: unit }), low: portion(units.low[unit]), high: portion(units.high[unit]) })))));
    chart.pick(unit);
  };

  const show = () => {
    const { glance, card, trace } = store.get();
    const wrong = glance?.fault && glance.trace === trace ? glance.fault : null;
    setText(fault, wrong ? refusal(wrong, card) : "");
    fault.hidden = !wrong;
    body.hidden = Boolean(wrong) || !glance;
    const answer = current();
    if (wrong) told.replaceChildren();
    if (!answer) return;
    setText(list, word("units.all", { n: answer.units.length }));
    say();
    sayFacts();
    sayGates();
    if (answer.saturation.length) chart.show(answer, card);
    table.show(answer);
  };

  const relabel = () => {
    setText(gates.querySelector("h3"), word("units.saturation"));
    setText(gates.querySelector(".hd"), word("units.saturationSay"));
    setText(choice.firstChild, word("units.order"));
    choice.setAttribute("aria-label", word("units.order"));
    orders.forEach((button, n) => setText(button, word(`units.order.${ORDERS[n]}`)));
  };

  store.watch((s) => s.lang, relabel);
  store.watch((s) => s.order, (order) => orders.forEach((button, n) => button.setAttribute("aria-pressed", String(order === ORDERS[n]))));
  store.watch((s) => [s.glance, s.trace, s.layer, s.lang], show);
  store.watch((s) => [s.t, s.arrived > s.t, s.unit], say);
  store.watch((s) => s.unit, () => { sayFacts(); sayGates(); });
  store.watch((s) => [s.theme, s.present], () => chart.look());
}
