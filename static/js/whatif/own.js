/* The reader's own edits: hold a gate, set the state, silence units, replace a token. Four small forms; what they apply to is the scope's, the step the playhead's. */

import { clampable, sameTarget, settable, withEdit } from "../edits.js";
import { h, setAttribute, setText } from "../dom.js";
import { visible } from "../format.js";
import { quantityWord } from "../names.js";
import { word } from "../words.js";

/** A slider that is dragged asks for a run at most so often, ms. */
const DRAG = 120;
const STATE_BOUND = 1e6;

/** A slider and a number that are one value; moved() is called while it changes. */
function valueField(label, moved) {
  const range = h("input", { type: "range", step: 0.01 });
  const number = h("input", { type: "number", step: "any", required: true });
  range.addEventListener("input", () => { number.value = range.value; moved(); });
  number.addEventListener("input", () => { range.value = number.value; });
  return {
    nodes: [range, number],
    get: () => Number(number.value),
    /** Where the slider ends, and what may be typed. */
    bound([low, high], [least, most], value) {
      Object.entries({ min: low, max: high }).forEach((one) => setAttribute(range, ...one));
      Object.entries({ min: least, max: most }).forEach((one) => setAttribute(number, ...one));
      range.value = number.value = String(value);
    },
    say: (params) => { for (const node of [range, number]) setAttribute(node, "aria-label", word(label, params)); },
  };
}

const options = (select, list, name) => select.replaceChildren(...list.map((one, n) => h("option", { value: n }, name(one))));

export function ownEdits(store, actions, scope) {
  let card = null;
  let lang = null;
  let timer = 0;
  const add = (edit) => actions.edit(withEdit(store.get().edits, edit));
  const follow = (edit) => {
    clearTimeout(timer);
    timer = setTimeout(() => store.get().edits.some((e) => sameTarget(e, edit)) && actions.edit(withEdit(store.get().edits, edit), "replace"), DRAG);
  };
  const form = (kind, make, ...content) => {
    const button = h("button", { type: "submit", class: "act" });
    const submit = (event) => { event.preventDefault(); add(make()); };
    return { node: h("form", { class: "own", dataset: { kind }, on: { submit } }, ...content, button), button };
  };
  const step = () => store.get().t;

  /* hold a gate or a candidate */
  const gate = h("select", { on: { change: () => boundGate() } });
  const held = valueField("whatif.own.value", () => follow(clamp()));
  const quantity = () => clampable(card)[gate.selectedIndex];
  const clamp = () => ({ kind: "clamp", quantity: quantity().key, value: held.get(), ...scope.get() });
  const boundGate = () => held.bound([quantity().min, quantity().max], [quantity().min, quantity().max], quantity().max);
  const holding = form("clamp", clamp, gate, ...held.nodes);

  /* set the state after this step */
  const stateText = h("span", { class: "what" });
  const state = valueField("whatif.own.value", () => follow(set()));
  const set = () => {
    const { layer, units } = scope.get();
    return { kind: "set", quantity: settable(card)[0].key, value: state.get(), layer, units, t: step() };
  };
  const setting = form("set", set, stateText, ...state.nodes);

  /* silence units */
  const silentText = h("span", { class: "what" });
  const silencing = form("ablate", () => ({ kind: "ablate", ...scope.get() }), silentText);

  /* replace the token of this step */
  const tokenText = h("span", { class: "what" });
  const symbols = h("select", {});
  const numbers = h("span", { class: "numbers" });
  const token = () => {
    if (card.alphabet) return card.alphabet[symbols.selectedIndex];
    const values = [...numbers.children].map((input) => Number(input.value));
    return card.input_size === 1 ? values[0] : values;
  };
  const replacing = form("token", () => ({ kind: "token", t: step(), token: token() }), tokenText, symbols, numbers);

  const node = h("div", { class: "owns" }, scope.fields, holding.node, setting.node, silencing.node, replacing.node);

  function build() {
    const clampables = clampable(card);
    holding.node.hidden = clampables.length === 0;
    options(gate, clampables, (q) => `${q.symbol}  ${quantityWord(q)}`);
    if (clampables.length) boundGate();
    const q = settable(card)[0];
    const end = q.max ?? card.limits?.[q.key] ?? 1;
    state.bound([-end, end], q.max === null ? [-STATE_BOUND, STATE_BOUND] : [q.min, q.max], 0);
    symbols.hidden = !card.alphabet;
    numbers.hidden = Boolean(card.alphabet);
    if (card.alphabet) options(symbols, card.alphabet, visible);
    else numbers.replaceChildren(...Array.from({ length: card.input_size }, () => h("input", { type: "number", step: "any", required: true, min: -STATE_BOUND, max: STATE_BOUND, value: 0 })));
  }

  function say() {
    const { trace, t, unit, lang: language } = store.get();
    if (!trace) return;
    if (card !== trace.card || lang !== language) {
      [card, lang] = [trace.card, language];
      build();
    }
    const all = scope.get().units === null;
    const who = word(all ? "whatif.all" : "whatif.unit", { u: unit });
    const [q] = settable(card);
    setAttribute(gate, "aria-label", word("whatif.own.which"));
    held.say({ symbol: clampable(card).length ? quantity().symbol : "" });
    state.say({ symbol: q.symbol });
    setText(stateText, word("whatif.own.state", { symbol: q.symbol, t }));
    setText(silentText, word("whatif.own.silent", { who }));
    setText(tokenText, word("whatif.own.token", { t, token: trace.token(t) }));
    setAttribute(symbols, "aria-label", word("whatif.own.symbol"));
    [...numbers.children].forEach((input, n) => setAttribute(input, "aria-label", word("whatif.own.number", { n: n + 1 })));
    for (const [one, key] of [[holding, "clamp"], [setting, "set"], [silencing, "ablate"], [replacing, "replace"]]) setText(one.button, word(`whatif.own.${key}`));
  }
  return { node, say };
}
