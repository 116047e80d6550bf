/* The selected unit's values as a table, to five digits and exact on hover. Built only while it is open; a long run shows the steps around the playhead. */

import { cell as digits } from "../digits.js";
import { h, setText } from "../dom.js";
import { exactTips } from "../exact.js";
import { exact } from "../format.js";
import { shortToken } from "../trace.js";
import { word } from "../words.js";

const MOST = 200;

/** The steps [from, to) to show of n around t: all when they are few; kept as they are while t is inside them and not near a cut end. */
export function tableWindow(n, t, current = null, most = MOST) {
  if (n <= most) return { from: 0, to: n };
  const edge = most / 8;
  const inside = current && current.to <= n && current.to - current.from === most && (t >= current.from + edge || current.from === 0) && (t < current.to - edge || current.to === n);
  if (inside && t >= current.from && t < current.to) return current;
  const from = Math.max(0, Math.min(n - most, Math.floor(t - most / 2)));
  return { from, to: from + most };
}

export function tableView(root, store) {
  const summary = h("summary");
  const note = h("p", { class: "note" });
  const head = h("thead");
  const body = h("tbody");
  const frame = h("div", { class: "values-frame", role: "region", tabindex: "0" }, h("table", { class: "values" }, head, body));
  const details = h("details", {}, summary, note, frame);
  root.append(details);
  const tips = exactTips(root);
  let window = null;
  let built = [];
  let current = null;
  let size = { row: 0, view: 0 };
  let scrolled = 0;

  function build({ trace, layer, unit, arrived }) {
    const { quantities } = trace.card;
    const number = (q, v) => {
      const node = h("td", { tabindex: "-1" }, digits(v, q.min === null || q.max === null ? null : [q.min, q.max]));
      tips.show(node, () => exact(v));
      return node;
    };
    const token = (trace, t) => {
      if (trace.card.alphabet) return h("td", { class: "token" }, trace.token(t));
      const node = h("td", { class: "token number", tabindex: "-1" }, shortToken(trace, t));
      tips.show(node, () => trace.token(t));
      return node;
    };
    const cell = (tag, text, props = {}) => h(tag, props, text);
    head.replaceChildren(h("tr", {}, cell("th", word("table.step"), { scope: "col" }), cell("th", word("table.token"), { scope: "col" }),
      ...quantities.map((q) => h("th", { scope: "col", class: `q-${q.key}` }, h("i", { class: "m" }, q.symbol)))));
    const steps = Array.from({ length: window.to - window.from }, (_, n) => window.from + n);
    body.replaceChildren(...steps.map((t) => h("tr", {}, cell("th", String(t), { scope: "row" }), token(trace, t),
      ...quantities.map((q) => number(q, trace.value(layer, q.key, t, unit))))));
    current = null;
    measure();
    setText(note, arrived > MOST ? word("table.cut", { from: window.from, to: window.to - 1, n: arrived }) : "");
    note.hidden = arrived <= MOST;
    frame.setAttribute("aria-label", summary.textContent);
  }

  /** All rows are alike, so they are measured once and not at every step: asking would lay out the page again. */
  function measure() {
    size = { row: body.firstElementChild?.offsetHeight ?? 0, view: frame.clientHeight - head.offsetHeight };
    scrolled = frame.scrollTop;
  }

  function mark(t) {
    current?.removeAttribute("aria-current");
    current = body.children[t - window.from] ?? null;
    if (!current) return;
    current.setAttribute("aria-current", "step");
    const top = (t - window.from) * size.row;
    if (top < scrolled) frame.scrollTop = top;
    else if (top + size.row > scrolled + size.view) frame.scrollTop = top + size.row - size.view;
  }

  function update() {
    const state = store.get();
    const { trace, t, layer, unit, arrived, lang } = state;
    const several = trace && trace.start.layers > 1;
    setText(summary, word(several ? "table.title_layer" : "table.title", { u: unit, n: layer }));
    if (!details.open || !trace || t >= arrived) return;
    window = tableWindow(arrived, t, window);
    const now = [trace, layer, unit, window.from, window.to, lang];
    if (now.some((value, n) => value !== built[n])) build(state);
    built = now;
    mark(t);
  }

  details.addEventListener("toggle", update);
  frame.addEventListener("scroll", () => { scrolled = frame.scrollTop; }, { passive: true });
  new ResizeObserver(() => details.open && measure()).observe(frame);
  store.watch((s) => [s.trace, s.t, s.layer, s.unit, s.arrived, s.lang], update);
}
