/* Runs beside the one of the score: streams those that are wanted, keeps some that were, and tells when something has come. Knows neither what they are compared in nor the screen. */

import * as api from "../api.js";
import { Trace } from "../trace.js";

/** So many finished runs are kept, so that going back to one asks for nothing; longer ones than this are not. */
const [KEPT, KEPT_STEPS] = [8, 2000];

/** changed() is called when a step of a wanted run has come, or its end, or a problem. ask(list) takes [{ card, body }] and returns one entry for each: { card, trace, problem, done }. */
export function createCompanions(changed) {
  const known = new Map();
  let wanted = new Set();

  async function start(entry, { card, body }) {
    try {
      await api.stream(body, {
        signal: entry.controller.signal,
        onMessages(messages) {
          for (const m of messages) {
            if (m.type === "start") entry.trace = new Trace(m, card, body.input);
            else if (m.type === "step") entry.trace.push(m);
          }
          if (wanted.has(entry)) changed();
        },
      });
      entry.done = true;
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error instanceof api.Problem) entry.problem = { ...error.body, slug: error.slug };
      else if (error instanceof api.Unreachable) entry.problem = { slug: "unreachable" };
      else throw error;
    }
    if (wanted.has(entry)) changed();
  }

  /** A run that failed is asked for again; of those not wanted any more, unfinished ones are aborted and old ones forgotten. */
  function ask(list) {
    const entries = list.map(({ card, body }) => {
      const id = JSON.stringify(body);
      const found = known.get(id);
      const good = found && !found.problem;
      const entry = good ? found : { card, trace: null, problem: null, done: false, controller: new AbortController() };
      known.delete(id);
      known.set(id, entry); // the last asked for is the last to go
      if (!good) start(entry, { card, body });
      return entry;
    });
    wanted = new Set(entries);
    for (const [id, entry] of known) {
      if (wanted.has(entry) || (entry.done && entry.trace.length <= KEPT_STEPS && known.size - wanted.size <= KEPT)) continue;
      entry.controller.abort();
      known.delete(id);
    }
    return entries;
  }

  return { ask };
}
