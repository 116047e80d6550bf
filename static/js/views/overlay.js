/* What moves over the staves: veil, playhead, the selected unit's row, the ring on the current cell, the dots on the lines. Only transforms. */

import { $, h } from "../dom.js";
import { rowOf, rowTop } from "../geometry.js";

export function overlayView(store, scales) {
  const root = $("#overlay");
  const veil = h("div", { class: "veil" });
  const head = h("div", { class: "head" });
  const chipveil = h("div", { class: "dots" });
  let rows = [];
  let rings = [];
  let dots = [];

  const build = () => {
    const { card, geo } = store.get();
    if (!card || !geo) return;
    rows = card.quantities.map(() => h("div", { class: "unitrow" }));
    rings = card.quantities.map(() => h("div", { class: "ring" }));
    dots = card.quantities.map((q) => h("div", { class: `dot q-${q.key}` }));
    root.replaceChildren(...rows, veil, head, ...rings, chipveil);
    chipveil.replaceChildren(...dots);
    const top = geo.stavesTop;
    Object.assign(veil.style, { top: `${top}px`, height: `${geo.bottom - top + 4}px`, width: `${geo.width}px` });
    Object.assign(head.style, { top: `${geo.strip.chip}px`, height: `${geo.bottom - geo.strip.chip + 4}px`, width: `${geo.cw}px`, left: "-0.5px" });
    pick();
  };

  const placeOf = (n, geo, row) => {
    const stave = geo.staves[n];
    return { y: geo.stavesTop + rowTop(stave, row), height: Math.max(2, stave.height / (stave.to - stave.from)) };
  };

  const pick = () => {
    const { geo, trace, unit, rows: order } = store.get();
    if (!geo || !trace || rows.length !== geo.staves.length) return;
    rows.forEach((row, n) => {
      const { y, height } = placeOf(n, geo, rowOf(order, unit));
      Object.assign(row.style, { top: `${y - 1}px`, height: `${height + 2}px` });
      Object.assign(rings[n].style, { top: `${y - 1}px`, height: `${height + 2}px`, width: `${geo.cw}px`, left: "-0.5px" });
    });
    move();
  };

  const move = (t = store.get().t, before = undefined) => {
    const { geo, trace, card, layer, unit, arrived, playing } = store.get();
    if (!geo || !trace || dots.length !== card.quantities.length) return;
    root.classList.toggle("jump", playing || before === undefined || Math.abs(t - before) > 1);
    veil.style.transform = `translateX(${geo.x(t + 1) - 1}px)`;
    head.style.transform = `translateX(${geo.x(t)}px)`;
    for (const ring of rings) ring.style.transform = `translateX(${geo.x(t)}px)`;
    if (t >= arrived) return;
    card.quantities.forEach((q, n) => {
      dots[n].style.transform = `translate(${geo.centre(t)}px, ${geo.lines.top + scales.y(q.key, trace.value(layer, q.key, t, unit), geo.lines.height)}px)`;
    });
  };

  store.watch((s) => [s.geo, s.card], build);
  store.watch((s) => [s.unit, s.rows, s.layer, s.linePanels], pick);
  store.watch((s) => s.t, move);
}
