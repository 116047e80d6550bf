/* What the units of a layer do over a run, as the server tells it, and the order of rows that comes of it. Asked for where it is shown: by the view of units, or for rows by similarity. Draws nothing; every view reads store.glance and store.rows. */

import * as api from "./api.js";
import { latest } from "./latest.js";
import { runBody } from "./trace.js";

/**
 * Keeps store.glance: null, or { trace, layer, answer }, or { trace, layer, fault } with the error instead; the last one stays until the next has come. And store.rows: the units
 * in the order in which they stand in the score, null for by number.
 */
export function watchGlance(store) {
  const ask = latest();
  const known = new WeakMap();

  const take = (glance) => {
    const { order, rows } = store.get();
    store.set({ glance, rows: order === "number" || glance.fault ? null : glance.answer.order ?? rows });
  };

  const find = async (trace, layer, signal) => {
    try {
      const found = { trace, layer, answer: await api.units({ ...runBody(trace), layer }, signal) };
      known.set(trace, { ...known.get(trace), [layer]: found });
      take(found);
    } catch (error) {
      if (!(error instanceof api.Problem || error instanceof api.Unreachable)) throw error;
      take({ trace, layer, fault: error });
    }
  };

  store.watch((s) => [s.trace, s.layer, s.running, s.order, s.tab === "units"], ([trace, layer, running, order, shown]) => {
    if (order === "number" && store.get().rows) store.set({ rows: null });
    if (!trace || running || (!shown && order === "number")) return ask(null);
    const found = known.get(trace)?.[layer];
    if (!found) return ask((signal) => find(trace, layer, signal));
    ask(null);
    return take(found);
  });
}
