/* To what an edit applies: the selected unit or all, and which steps. Two rows of buttons and two numbers; knows no edit. */

import { h, setAttribute, setText } from "../dom.js";
import { word } from "../words.js";

/** Buttons of which one is pressed; choices are the words' keys by value. */
function choice(label, choices, choose) {
  const buttons = new Map(Object.keys(choices).map((value) => [value, h("button", { type: "button", on: { click: () => choose(value) } })]));
  const node = h("div", { class: "choice-row", role: "group" }, ...buttons.values());
  return {
    node,
    say(chosen, params) {
      setAttribute(node, "aria-label", word(label));
      for (const [value, button] of buttons) {
        setText(button, word(choices[value], params));
        setAttribute(button, "aria-pressed", String(value === chosen));
      }
    },
  };
}

/** A number of a step, with its label. */
function stepField(key, change) {
  const text = h("span", {});
  const input = h("input", { type: "number", min: 0, step: 1, inputmode: "numeric", on: { change: () => change(input) } });
  return { node: h("label", { class: "step-field" }, text, input), input, say: (most) => { setText(text, word(key)); setAttribute(input, "max", most); } };
}

/** node has the buttons, fields the two numbers. get() is { layer, units, from, to }; changed() is called when the reader has chosen; say() prints what stands in the store now. */
export function scopeControl(store, changed) {
  const chosen = { who: "all", when: "all", from: 0, to: null };
  const choose = (patch) => {
    Object.assign(chosen, patch);
    say();
    changed();
  };
  const who = choice("whatif.scope.who", { all: "whatif.scope.all", unit: "whatif.scope.unit" }, (value) => choose({ who: value }));
  const when = choice("whatif.scope.when", { all: "whatif.scope.every", from: "whatif.scope.from", at: "whatif.scope.at" }, (value) => choose({ when: value }));
  const span = () => {
    const { t } = store.get();
    return { all: { from: 0, to: null }, from: { from: t, to: null }, at: { from: t, to: t }, span: { from: chosen.from, to: chosen.to } }[chosen.when];
  };
  const typed = () => {
    const last = store.get().trace.length - 1;
    const whole = (input, least, otherwise) => (input.value === "" ? otherwise : Math.max(least, Math.min(last, Math.round(Number(input.value)) || 0)));
    const low = whole(from.input, 0, 0);
    const high = whole(to.input, low, null);
    choose({ when: "span", from: low, to: high });
  };
  const from = stepField("whatif.scope.first", typed);
  const to = stepField("whatif.scope.last", typed);
  const fields = h("div", { class: "fields" }, from.node, to.node);
  const node = h("div", { class: "whatif-scope", role: "group" }, who.node, when.node);

  function say() {
    const { trace, t, unit } = store.get();
    if (!trace) return;
    setAttribute(node, "aria-label", word("whatif.scope"));
    who.say(chosen.who, { u: unit });
    when.say(chosen.when, { t });
    const now = span();
    for (const [field, v] of [[from, now.from], [to, now.to]]) {
      field.say(trace.length - 1);
      const text = v === null ? "" : String(v);
      if (field.input.value !== text && document.activeElement !== field.input) field.input.value = text;
    }
    setAttribute(to.input, "placeholder", word("whatif.scope.end"));
  }

  return { node, fields, say, get: () => ({ layer: store.get().layer, units: chosen.who === "all" ? null : [store.get().unit], ...span() }) };
}
