/* The pre-activations of the run, a window of steps at a time, asked for when a step in it is looked at. Draws nothing. */

import * as api from "./api.js";
import { WINDOW, windowBody } from "./trace.js";

const stateKeys = (card) => card.quantities.filter((q) => q.kind === "state").map((q) => q.key);

/** Returns needPre(t), which asks once for each window of a run; failed(error) is told what went wrong. */
export function createPre(store, failed) {
  const asked = new WeakMap(); // trace -> its windows

  return async function needPre(t) {
    const { trace } = store.get();
    if (!trace) return;
    const window = Math.floor(t / WINDOW);
    const from = window * WINDOW;
    const mine = asked.get(trace) ?? new Set();
    asked.set(trace, mine);
    if (mine.has(window) || trace.arrived < from || t >= trace.length) return;
    mine.add(window);
    try {
      const answer = await api.trace({ ...windowBody(trace, from, from + WINDOW, stateKeys(trace.card)), include: ["pre"] });
      trace.setPre(window, answer.steps.map((step) => step.layers.map((layer) => layer.pre)));
      if (store.get().trace === trace) store.set({ pre: {} });
    } catch (error) {
      mine.delete(window);
      failed(error);
    }
  };
}
