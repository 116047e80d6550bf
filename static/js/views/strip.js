/* The bar line on top of the score: step numbers, marks of what belongs together, tokens, and what the network says is next. */

import { $, svg } from "../dom.js";
import { markLevels } from "../geometry.js";
import { saysNode, tokenNode } from "../steprow.js";
import { word } from "../words.js";

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
    const sparse = geo.cw < 26 * geo.k && t % 5 !== 0;
    const step = svg("text", { class: "step", x: geo.centre(t), y: geo.strip.step, "text-anchor": "middle" }, sparse ? "" : String(t));
    return { step, token: tokenNode(trace, t, geo), says: null };
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
      c.says = saysNode(trace, drawn, geo);
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
