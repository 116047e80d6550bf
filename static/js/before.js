/* The same run without its edits: kept where it was shown before, else asked for. Knows nothing of what is compared. */

import * as api from "./api.js";
import { tokensInput } from "./input.js";
import { Trace } from "./trace.js";

/** store has `before`: the trace without edits of the run that is shown, null where that has none or it has not come. */
export function createBefore(store, report) {
  let plain = null; // the last run without edits, { card, input, trace }
  let asking = null;

  const matches = (one, { card, input }) => one !== null && one.card === card && one.input === input;

  /** What `before` becomes when a trace is shown; that trace itself is remembered where it has no edits. */
  function of(trace, edits, input) {
    const asked = { card: trace.card, input };
    if (edits.length === 0) plain = { ...asked, trace };
    return edits.length > 0 && matches(plain, asked) && plain.trace.arrived === plain.trace.length ? plain.trace : null;
  }

  /** Asks for it where it is missing. A newer question aborts this one. */
  async function need() {
    const { trace, card, input, edits, before } = store.get();
    if (!trace || edits.length === 0 || before || matches(asking, { card, input })) return;
    asking?.controller.abort();
    const mine = (asking = { card, input, controller: new AbortController() });
    let found = null;
    const onMessages = (messages) => {
      for (const m of messages) {
        if (m.type === "start") found = new Trace(m, card);
        else if (m.type === "step") found.push(m);
      }
    };
    try {
      await api.stream({ model: card.name, input: tokensInput(card, trace.input) }, { signal: mine.controller.signal, onMessages });
      if (mine.controller.signal.aborted) return;
      plain = { card, input, trace: found };
      const now = store.get();
      if (matches(mine, now) && now.edits.length) store.set({ before: found });
    } catch (error) {
      if (error.name !== "AbortError") report(error);
    } finally {
      if (asking === mine) asking = null;
    }
  }

  return { of, need };
}
