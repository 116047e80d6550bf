/* The cell at the current step: the diagram of its equations with the values of one unit in it. Knows the slots of a diagram, not which cell it is. */

import { createDiagram, spans } from "../diagram.js";
import { h, setAttribute, setText, svg } from "../dom.js";
import { exactTips } from "../exact.js";
import { num } from "../format.js";
import { cellWord } from "../names.js";
import { stepHead } from "../head.js";
import { liveDiagram } from "../live.js";
import { createTween } from "../tween.js";
import { readings } from "../values.js";
import { shortToken } from "../trace.js";
import { say, word } from "../words.js";

const TWEEN = 160;
/** Half the height of the chip around x, and the most characters in it. */
const CHIP = 12;
const MOST = 10;

export function cellView(root, store, actions) {
  const head = stepHead(actions, store, { id: "cell-title", title: "cell.title" });
  const figure = h("figure", { class: "cell-figure" });
  root.setAttribute("aria-labelledby", "cell-title");
  const follows = h("p", { class: "note", hidden: true });
  root.append(head.node, follows, figure);
  const tips = exactTips(root);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let picture = null;

  function build(card) {
    const drawing = document.getElementById(`diagram-${card.cell}`).content.querySelector("svg").cloneNode(true);
    drawing.setAttribute("role", "group");
    const quantities = new Map(card.quantities.map((q) => [q.key, q]));
    const diagram = createDiagram(drawing, quantities, tips);
    const slots = { input: inputSlot(drawing, quantities, tips), legend: legend(card, drawing, tips) };
    figure.replaceChildren(drawing, slots.legend.node);
    const go = ({ quantity, back }) => actions.takeApart({ quantity, t: store.get().t - back });
    const light = liveDiagram(drawing, quantities, { point: actions.point, go });
    picture = { drawing, diagram, slots, quantities, light, tween: createTween(diagram.draw) };
  }

  function update({ trace, t, layer, unit, playing, speed }) {
    const { card } = trace;
    const token = layer === 0 ? shortToken(trace, t) : null;
    head.say();
    const facts = known(card, layer, unit);
    follows.hidden = !facts.length;
    setText(follows, facts.join(" "));
    const { diagram, slots, drawing, tween } = picture;
    setAttribute(drawing, "aria-label", word("cell.diagram", { cell: cellWord(card.cell), t, u: unit }));
    slots.input.say({ token, full: trace.token(t), layer, card, hidden: trace.hidden });
    const values = readings(trace, { layer, t, unit }, diagram.names);
    slots.legend.say(values);
    diagram.print(values, !playing);
    tips.refresh();
    tween.to(values, still.matches ? 0 : Math.min(TWEEN, playing ? 500 / speed : TWEEN));
  }

  const cardOf = (s) => s.trace?.card ?? s.card;
  store.watch((s) => [cardOf(s), s.lang], ([card]) => card && build(card));
  store.watch((s) => [s.trace, s.t, s.layer, s.unit, s.pre, s.t < s.arrived, s.lang, s.playing], () => {
    const state = store.get();
    if (state.trace && state.t < state.arrived) update(state);
    else if (!state.trace) head.say();
  });
  store.watch((s) => [s.pointed, s.unit], ([pointed, unit]) => picture?.light(pointed, { unit, quantities: picture.quantities }));
}

/** What a unit follows, as sentences, where its card lists it. */
function known({ units = [] }, layer, unit) {
  return units.flatMap(({ name, state, units: list }) => list.filter((one) => one.layer === layer && one.unit === unit).map(({ r }) => word("cell.follows", { state, fact: say(name), r: num(r, 2) })));
}

/** What enters the cell at the left: the values of h(t−1), and x as a token, as numbers or as the layer below. data-note "x y" moves a slot's note. */
function inputSlot(drawing, quantities, tips) {
  const [hSlot, xSlot] = ["h", "x"].map((name) => drawing.querySelector(`[data-slot="${name}"]`));
  const noteAt = (slot, x, y) => svg("text", { class: "small", x: slot.dataset.note?.split(" ")[0] ?? x, y: slot.dataset.note?.split(" ")[1] ?? y });
  const many = noteAt(hSlot, 30, 0);
  hSlot.append(svg("text", { x: 2 }, ...spans([{ kind: "var", name: "prev.h" }], quantities).out), many);
  const frame = svg("rect", { class: "chip", x: 20, y: -CHIP, height: 2 * CHIP, rx: 2 });
  const token = svg("text", { class: "token", y: 5, "text-anchor": "middle" });
  const note = noteAt(xSlot, 0, 4);
  xSlot.append(svg("text", { class: "msym", x: 2, y: 5 }, "x"), frame, token, note);
  let full = "";
  for (const node of [frame, token]) tips.show(node, () => full);
  return {
    say({ token: text, full: whole, layer, card, hidden }) {
      setText(many, word("cell.values", { n: hidden }));
      full = text === null || card.alphabet ? "" : whole;
      const short = text === null ? "" : text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
      const width = text === null ? 0 : Math.max(24, 14 + 9.1 * short.length);
      setText(token, short);
      setAttribute(token, "x", 20 + width / 2);
      setAttribute(frame, "width", width);
      if (!xSlot.dataset.note) setAttribute(note, "x", text === null ? 20 : 28 + width);
      const outside = card.alphabet ? word("cell.one_of", { n: card.alphabet.length }) : word("cell.numbers", { n: card.input_size });
      setText(note, text === null ? word("cell.below", { n: hidden, layer: layer - 1 }) : outside);
    },
  };
}

/** How to read the lines: the mark of a negative value, and the scale of lines that are not on 0 to 1. */
function legend(card, drawing, tips) {
  const scales = [...new Set([...drawing.querySelectorAll("[data-scale]")].map((node) => node.dataset.scale))];
  const lines = scales.map((scale) => ({ scale, node: h("span", { tabindex: "0" }), why: "" }));
  for (const line of lines) tips.show(line.node, () => line.why);
  const node = h("figcaption", {}, h("span", {}, word("cell.wide")), h("span", {}, h("i", { class: "swatch" }), word("cell.negative")), lines.map((line) => line.node));
  return {
    node,
    say(values) {
      for (const line of lines) {
        const { scale } = line;
        const fixed = Number(scale);
        const quantity = card.quantities.find((q) => q.key === scale);
        const [key, params] = fixed ? ["cell.sums", { limit: fixed }] : ["cell.scale", { symbol: quantity.symbol, limit: values[`scale.${scale}`] }];
        setText(line.node, word(key, params));
        line.why = word(quantity && quantity.max !== null ? "cell.bound_why" : `${key}_why`, params);
      }
    },
  };
}
