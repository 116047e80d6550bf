/* What an output depends on: the server's gradients of the output that someone points at or has chosen, asked for when the step rests. Draws nothing; every view reads store.saliency. */

import * as api from "./api.js";
import { latest } from "./latest.js";
import { runBody } from "./trace.js";

/** So many answers of a run are kept: pointing up and down a list asks once for each row. */
const KEPT = 24;

/** The step that gradients look back from: the playhead's, and while it plays the last, so that one picture holds for the whole of it. */
export const lookFrom = ({ trace, t, playing }) => (playing ? trace.length - 1 : t);

/** How an output is called: its symbol, or for numbers y with its place where there are several. */
export const outputName = (card, n, count = 1) => card.outputs?.[n] ?? (count > 1 ? `y${n}` : "y");

/** The steps of the largest norms, the largest first; of equal ones the later. Only those that are not 0. */
export const strongest = (norms, most) => norms.map((norm, s) => ({ s, norm })).filter(({ norm }) => norm > 0).sort((a, b) => b.norm - a.norm || b.s - a.s).slice(0, most);

/**
 * Keeps store.saliency: null, or { trace, t, layer, output, answer } with output as it was asked for (null: the largest), or { …, fault } with the error instead.
 * Asked for are: the output pointed at (store.glanced), else the chosen one (store.output), else, where the gradients are shown, the largest.
 */
export function watchSaliency(store) {
  const ask = latest();
  const known = new WeakMap();
  const runs = new WeakMap(); // a number a run, so that a question has a name
  let count = 0;
  const nameOf = ({ trace, t, layer, output }) => {
    if (!runs.has(trace)) runs.set(trace, count++);
    return [runs.get(trace), t, layer, output].join();
  };

  const wanted = ({ trace, t, arrived, playing, tab, layer, output: chosen, glanced }) => {
    const shown = tab === "gradients";
    const output = chosen !== null && chosen < (trace?.card.outputs?.length ?? Infinity) ? chosen : null; // a link may say anything
    const which = glanced ?? output ?? (shown ? null : undefined);
    if (!trace || which === undefined) return null;
    if (!shown && t >= arrived) return null;
    return { trace, t: shown ? lookFrom({ trace, t, playing }) : t, layer, output: which, waits: playing && !shown };
  };

  const keep = (question, answer) => {
    const mine = known.get(question.trace) ?? new Map();
    known.set(question.trace, mine);
    mine.set([question.t, question.layer, question.output].join(), answer);
    if (mine.size > KEPT) mine.delete(mine.keys().next().value);
  };

  const update = () => {
    const question = wanted(store.get());
    const now = store.get().saliency;
    if (!question) {
      ask(null);
      if (now) store.set({ saliency: null });
      return;
    }
    const { trace, t, layer, output, waits } = question;
    if (now && now.trace === trace && now.t === t && now.layer === layer && now.output === output) return ask(null);
    if (now && now.trace !== trace) store.set({ saliency: null });
    if (waits) return ask(null);
    const answer = known.get(trace)?.get([t, layer, output].join());
    if (answer) {
      ask(null);
      return store.set({ saliency: { trace, t, layer, output, answer } });
    }
    return ask(async (signal) => {
      const found = { trace, t, layer, output };
      try {
        found.answer = await api.saliency({ ...runBody(trace), t, layer, ...(output === null ? {} : { output }) }, signal);
        keep(question, found.answer);
      } catch (error) {
        if (!(error instanceof api.Problem || error instanceof api.Unreachable)) throw error;
        found.fault = error;
      }
      store.set({ saliency: found });
    }, nameOf(question));
  };

  store.watch((s) => [s.tab, s.trace?.card], () => store.set({ glanced: null }));
  store.watch((s) => [s.trace, s.t, s.layer, s.output, s.glanced, s.tab === "gradients", s.playing, s.t < s.arrived], update);
}
