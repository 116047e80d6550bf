/* Marks on the score where that lives what is pointed at: cells, a column, the token. Knows of it only its places. */

import { $, h } from "../dom.js";
import { rowTop } from "../geometry.js";
import { placesOf } from "../pointing.js";

/** How far a mark stands out above and below its row, px: rows can be lower than a line is wide. */
const OUT = 3;

export function marksView(store) {
  const root = $("#track").appendChild(h("div", { class: "point-marks", "aria-hidden": "true" }));

  /** The box of a place, px on the track; null for a row that is not shown. */
  const box = ({ key, t, unit }, { geo, card }) => {
    const across = { left: geo.x(t) - 0.5, width: geo.cw };
    if (key === null) return { ...across, top: geo.strip.chip - OUT, height: geo.strip.chipHeight + 2 * OUT };
    const stave = geo.staves[card.quantities.findIndex((q) => q.key === key)];
    if (unit === null) return { ...across, top: geo.stavesTop + stave.top - OUT, height: stave.height + 2 * OUT };
    if (unit < stave.from || unit >= stave.to) return null;
    return { ...across, top: geo.stavesTop + rowTop(stave, unit) - OUT, height: Math.max(2, stave.height / (stave.to - stave.from)) + 2 * OUT };
  };

  store.watch((s) => [s.pointed, s.t, s.layer, s.unit, s.geo, s.staged, s.trace], ([pointed, , , , geo, staged, trace]) => {
    const state = store.get();
    const shown = pointed && geo && trace && !staged && trace.card === state.card;
    const places = shown ? placesOf(pointed, { ...state, quantities: new Map(state.card.quantities.map((q) => [q.key, q])) }) : [];
    root.replaceChildren(...places.map((place) => box(place, state)).filter(Boolean).map((at) => {
      const node = h("div", {});
      for (const [name, v] of Object.entries(at)) node.style[name] = `${v}px`;
      return node;
    }));
  });
}
