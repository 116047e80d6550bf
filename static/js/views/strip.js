/* The bar line on top of the score: step numbers, marks of what belongs together, tokens, and what the network says is next. */

import { fit } from "../digits.js";
import { $, svg } from "../dom.js";
import { markLevels } from "../geometry.js";
import { word } from "../words.js";

const isNumber = (trace) => trace.card.alphabet === null;

/** A marker: a full triangle for 1, an empty one, upside down, for −1, a dot for 0. */
function marker(v, x, y, k) {
  const [half, high] = [4.5 * k, 8 * k];
  if (v === 0) return svg("circle", { class: "dot", cx: x, cy: y - 4 * k, r: 1.5 * k });
  return v > 0 ? svg("path", { class: "marker", d: `M${x} ${y - high}l${half} ${high}h${-2 * half}z` }) : svg("path", { class: "marker empty", d: `M${x} ${y}l${half} ${-high}h${-2 * half}z` });
}

/** The numbers of a step, one under the other, as short as the column asks; a marked step stands out. */
function numbers(trace, t, x, { strip, k }) {
  const values = [trace.start.tokens[t]].flat();
  const isMarker = (n) => values.length > 1 && trace.isMarker(n);
  const marked = values.some((v, n) => v > 0 && isMarker(n));
  const row = (y, n) => (isMarker(n) ? marker(values[n], x, y, k) : svg("text", { x, y: y - k, "text-anchor": "middle" }, fit(values[n], strip.chars)));
  return svg("g", { class: `token number${strip.large ? " large" : ""}${marked ? " marked" : ""}` }, strip.tokens.map(row));
}

export function stripView(store) {
  const root = $("#strip");
  let nodes = [];
  let slurs = [];
  let drawn = 0;
  let shown = { from: 0, to: 0 };
  let last = -1;

  const slurPath = ({ from, to }, level, geo) => {
    const { k } = geo;
    const base = geo.strip.slurBase;
    const rise = Math.min(6.5 * k, (geo.slurs - 8 * k) / Math.max(1, geo.depth));
    const top = base - 8 * k - rise * Math.min(level, geo.depth - 1) - 6 * k;
    const [a, b] = [geo.centre(from), geo.centre(to)];
    const r = Math.min(14 * k, (b - a) / 2);
    return `M${a} ${base}C${a} ${top} ${a + r * 0.6} ${top} ${a + r} ${top}H${b - r}C${b - r * 0.6} ${top} ${b} ${top} ${b} ${base}`;
  };

  const column = (t, trace, geo) => {
    const x = geo.centre(t);
    const sparse = geo.cw < 26 * geo.k && t % 5 !== 0;
    const step = svg("text", { class: "step", x, y: geo.strip.step, "text-anchor": "middle" }, sparse ? "" : String(t));
    const token = isNumber(trace) ? numbers(trace, t, x, geo) : svg("text", { class: "token", x, y: geo.strip.tokens[0], "text-anchor": "middle" }, trace.token(t));
    return { step, token, says: null };
  };

  const saysNode = (t, trace, geo) => {
    const answer = trace.said(t);
    const { k } = geo;
    const { said: y, stacked, chars, large } = geo.strip;
    const x = geo.centre(t);
    const off = trace.start.off_task;
    const has = trace.start.marks !== null && (!off || t < off.from);
    const line = (name, text, at) => svg("text", { class: [name, isNumber(trace) ? "number" : "", large ? "large" : "", answer.right === null ? "undue" : ""].filter(Boolean).join(" "), ...(has && !stacked ? { x: x - 1.5 * k, "text-anchor": "end" } : { x, "text-anchor": "middle" }), y: at }, text);
    const text = line("said", isNumber(trace) ? fit(answer.says, chars) : stacked ? answer.says[0] : answer.says.join(""), y);
    const right = isNumber(trace) && answer.answer !== null ? line("answer", fit(answer.answer, chars), geo.strip.answer) : null;
    const [mx, my] = stacked ? [x - 3.5 * k, (geo.strip.answer ?? y) + 10 * k] : [x + 5 * k, y - 4.5 * k];
    const mark = answer.right === null
      ? svg("circle", { class: "none", cx: mx + 3.5 * k, cy: my - 0.5 * k, r: 1.5 * k }, svg("title", {}, word("score.nothingDue")))
      : answer.right
      ? svg("path", { class: "tick", d: `M${mx} ${my}l${2.5 * k} ${3 * k}l${4.5 * k} ${-6 * k}` })
      : svg("path", { class: "cross", d: `M${mx} ${my - 3 * k}l${6 * k} ${6 * k}m0 ${-6 * k}l${-6 * k} ${6 * k}` });
    return svg("g", { class: "says-next future" }, text, right, has && mark);
  };

  /** Marks column t by where it stands to the playhead. */
  const dress = (t, now) => {
    const c = nodes[t - shown.from];
    if (!c) return;
    c.step.classList.toggle("now", t === now);
    c.token.classList.toggle("now", t === now);
    c.token.classList.toggle("future", t > now);
    c.says?.classList.toggle("future", t > now);
  };

  const chip = svg("rect", { class: "chip" });
  const move = () => {
    const { t, geo } = store.get();
    if (!geo || !nodes.length) return;
    const [low, high] = last < 0 ? [shown.from, shown.to - 1] : [Math.min(last, t), Math.max(last, t)];
    for (let s = Math.max(low, shown.from); s <= Math.min(high, shown.to - 1); s++) dress(s, t);
    chip.setAttribute("x", geo.x(t));
    for (const { m, node } of slurs) {
      node.classList.toggle("open", m.from <= t && m.to > t);
      node.classList.toggle("future", m.from > t);
    }
    last = t;
  };

  const arrive = () => {
    const { trace, arrived, geo, t } = store.get();
    if (!geo || !trace) return;
    for (; drawn < Math.min(arrived, shown.to); drawn++) {
      const c = nodes[drawn - shown.from];
      if (!c || c.says) continue;
      c.says = saysNode(drawn, trace, geo);
      root.append(c.says);
      dress(drawn, t);
    }
  };

  const draw = () => {
    const { trace, geo, view } = store.get();
    if (!trace || !geo || !view) return;
    shown = view;
    last = -1;
    drawn = shown.from;
    root.setAttribute("width", geo.width);
    root.setAttribute("height", geo.stavesTop);
    root.setAttribute("aria-label", word("score.strip", { n: trace.length }));
    for (const [a, v] of Object.entries({ y: geo.strip.chip, width: geo.cw - 1, height: geo.strip.chipHeight })) chip.setAttribute(a, v);
    nodes = Array.from({ length: shown.to - shown.from }, (_, n) => column(shown.from + n, trace, geo));
    const marks = trace.start.marks ?? [];
    const seen = marks.filter((m) => m.to >= shown.from && m.from < shown.to);
    const levels = markLevels(seen.filter((m) => m.to - m.from < 4000));
    slurs = seen.map((m) => ({ m, node: svg("path", { class: "slur", d: slurPath(m, levels.get(m) ?? geo.depth, geo) }) }));
    const off = trace.start.off_task;
    const line = off && off.from > 0 && off.from >= shown.from && off.from < shown.to
      ? svg("g", { class: "off" }, svg("text", { x: geo.x(off.from) + 6, y: geo.strip.slurTop + 9 * geo.k }, word("score.offTask")), svg("line", { x1: geo.x(off.from) - 0.5, x2: geo.x(off.from) - 0.5, y1: geo.strip.slurTop, y2: geo.stavesTop }))
      : null;
    root.replaceChildren(chip, ...slurs.map((s) => s.node), ...nodes.flatMap((c) => [c.step, c.token]), ...(line ? [line] : []));
    arrive();
    move();
  };

  store.watch((s) => [s.geo, s.view, s.lang], draw);
  store.watch((s) => s.arrived, arrive);
  store.watch((s) => s.t, move);
}
