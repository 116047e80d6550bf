/* Tells a screen reader where the playhead is, as a sentence, when paused or stepped and never while playing. */

import { cell as digits } from "../digits.js";
import { $, setText } from "../dom.js";
import { num, percent, sgn } from "../format.js";
import { either } from "../names.js";
import { hasWord, word } from "../words.js";

/** The step as a sentence from the numbers alone; a cell has its own sentence by its name, else its state is told. */
export function sentence({ trace, card, layer, unit, t }) {
  const values = Object.fromEntries(card.quantities.map((q) => [q.key, trace.value(layer, q.key, t, unit)]));
  const prev = trace.prev(layer, "h", t, unit);
  const params = { t, token: trace.token(t), unit, h: num(values.h, 2), before: num(prev, 2) };
  if ("f" in values) params.keep = percent(values.f);
  if ("C_tilde" in values) Object.assign(params, { write: sgn((values.i ?? 1 - values.f) * values.C_tilde, 2), C: num(values.C, 2) });
  if ("z" in values) Object.assign(params, { keep: percent(values.z), write: sgn((1 - values.z) * values.n, 2) });
  const key = hasWord(`announce.${card.cell}`) ? `announce.${card.cell}` : "announce.other";
  const answer = trace.said(t);
  return [word(key, params), answer && verdict(answer)].filter(Boolean).join(" ");
}

/** What the network says and whether that is right, as a sentence. */
function verdict({ says, answer, right }) {
  if (typeof says === "number") return word(right === null ? "announce.says" : right ? "announce.near" : "announce.far", { said: digits(says), answer: answer === null ? "" : digits(answer) });
  return word(right === null ? "announce.says" : right ? "announce.right" : "announce.wrong", { said: either(says), answer: answer === null ? "" : either(answer) });
}

export function announcerView(store) {
  const root = $("#announcer");
  let timer = 0;
  store.watch((s) => [s.t, s.playing, s.unit, s.layer, s.trace, s.lang, s.arrived > s.t], ([t, playing]) => {
    clearTimeout(timer);
    if (playing) return;
    timer = setTimeout(() => {
      const state = store.get();
      if (state.trace && state.arrived > state.t && state.trace.card === state.card) setText(root, sentence(state));
    }, 150);
  });
}
