/* The pointer on the score: hovering tells a cell's exact value, pressing and dragging selects unit and step. */

import { $ } from "../dom.js";
import { exact, minus } from "../format.js";
import { unitAt } from "../geometry.js";
import { either } from "../names.js";
import { thingAt } from "../pointing.js";
import { word } from "../words.js";

/** The views beside which the cell stands, whose equation it is that takes part in pointing. */
const WITH_CELL = ["gates", "arithmetic"];

/** A step of the strip in full: the token, what the network says, what is right. */
function told(trace, t) {
  const { says, answer } = trace.said(t);
  const full = (v) => (typeof v === "number" ? minus(String(v)) : either(v));
  return word(answer === null ? "score.tipSays" : "score.tipAnswer", { t, token: trace.token(t), said: typeof says === "number" ? exact(says) : either(says), answer: answer === null ? "" : full(answer) });
}

export function pointerView(store, actions) {
  const columns = $("#columns");
  const tip = $("#tip");
  const score = $("#score");

  /** The step, stave and unit under a pointer; unit and stave are null outside the staves. */
  const under = (event) => {
    const { geo, trace, staged, rows } = store.get();
    const box = $("#track").getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const t = Math.floor(x / geo.cw);
    if (t < 0 || t >= trace.length) return null;
    const stave = staged ? -1 : geo.staves.findIndex((s) => y >= geo.stavesTop + s.top && y < geo.stavesTop + s.top + s.height);
    if (stave < 0) return { t, stave: null, unit: null };
    const { top, height, from, to } = geo.staves[stave];
    const row = from + Math.floor(((y - geo.stavesTop - top) / height) * (to - from));
    return { t, stave, unit: unitAt(rows, Math.max(from, Math.min(to - 1, row))) };
  };

  const hide = () => {
    tip.hidden = true;
    actions.point(null);
  };
  const tell = (event) => {
    const { trace, card, layer, arrived, geo, tab } = store.get();
    const at = trace && under(event);
    const strip = at && at.stave === null && event.clientY < $("#track").getBoundingClientRect().top + geo.stavesTop;
    if (!at || (at.stave === null && !strip) || at.t >= arrived) return hide();
    const q = card.quantities[at.stave];
    if (WITH_CELL.includes(tab)) actions.point(thingAt({ key: strip ? null : q.key, t: at.t, unit: at.unit }, { ...store.get(), quantities: new Map(card.quantities.map((one) => [one.key, one])) }));
    tip.textContent = strip ? told(trace, at.t) : word("score.tip", { symbol: q.symbol, unit: at.unit, t: at.t, token: trace.token(at.t), value: exact(trace.value(layer, q.key, at.t, at.unit)) });
    tip.hidden = false;
    const box = score.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    tip.style.left = `${Math.max(0, Math.min(x + 14, score.clientWidth - tip.offsetWidth - 4))}px`;
    tip.style.top = `${Math.max(0, y - 34)}px`;
    return undefined;
  };

  let pressed = false;
  const choose = (event) => {
    const { trace, card, tab } = store.get();
    const at = trace && under(event);
    if (!at) return;
    actions.select(at.unit === null ? { t: at.t } : { t: at.t, unit: at.unit, quantity: tab === "arithmetic" ? card.quantities[at.stave].key : undefined });
    tell(event);
  };
  columns.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !store.get().geo) return;
    pressed = event.pointerType !== "touch";
    if (pressed) choose(event);
  });
  columns.addEventListener("click", (event) => event.pointerType === "touch" && store.get().geo && choose(event));
  columns.addEventListener("pointermove", (event) => {
    if (pressed) choose(event);
    else tell(event);
  });
  columns.addEventListener("pointerleave", hide);
  addEventListener("pointerup", () => { pressed = false; });
}
