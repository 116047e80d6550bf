/* The address bar: the state written into the link, and a link shown as the state. Knows what a link says (link.js) and asks for runs; draws nothing. */

import { sameEdits } from "./edits.js";
import { firstInput, linkText } from "./input.js";
import { FIRST_ORDER, FIRST_TAB, readLink, writeLink } from "./link.js";
import { cardNamed } from "./zoo.js";

const linked = (state) => ({ ...state, model: state.card.name, input: linkText(state.card, state.input), second: state.second === null ? null : linkText(state.card, state.second) });

export function createAddress(store, { run, select, setModel }) {
  const get = store.get;
  let later = 0;
  let moves = 0;
  let links = 0;

  /** The address has become another entry's, by Back or Forward: what was still to be written does not belong there. */
  function leaveLink() {
    clearTimeout(later);
    moves += 1;
  }

  /** Writes the state into the address: at once as a new entry ("push"), or a little later into the present one, because browsers refuse it many times a second. */
  function syncLink(how) {
    if (!get().trace) return;
    const { fragment, tooLong } = writeLink(linked(get()));
    store.set({ linkTooLong: tooLong });
    clearTimeout(later);
    const push = how === "push" && location.hash && fragment !== location.hash;
    const at = moves;
    if (push) requestAnimationFrame(() => setTimeout(() => at === moves && history.pushState(null, "", fragment), 0)); // it takes a frame's time, so first the picture
    else later = setTimeout(syncNow, 200);
  }

  function syncNow() {
    clearTimeout(later);
    if (!get().trace) return;
    const { fragment } = writeLink(linked(get()));
    if (fragment !== location.hash) history.replaceState(null, "", fragment);
  }

  /** Shows exactly what a link says, paused; what it does not say stays. Returns whether it named something to run. */
  function openLink(fragment) {
    const { model, input, edits = [], t = 0, layer = 0, unit, tab = FIRST_TAB, rivals = null, second = null, quantity = null, shows = null, order = FIRST_ORDER, output = null, ...look } = readLink(fragment);
    const { models, card: now, tabs } = get();
    const card = cardNamed(models, model) ?? now ?? models[0];
    const missing = model !== undefined && !cardNamed(models, model);
    clearTimeout(later);
    store.set({ ...look, present: look.present ?? false, tab: tabs.includes(tab) ? tab : FIRST_TAB, rivals, second, quantity, shows, order, output });
    if (input === undefined) return false;
    if (stands({ model, input, edits })) {
      select({ t, layer, unit });
      return true;
    }
    const notice = missing ? { key: "notice.noModel", params: { model } } : edits === null ? { key: "notice.editsUnread", params: {} } : null;
    runLink(input, { card, edits: edits ?? [], from: "link", t, layer, unit, play: false, history: null, notice });
    return true;
  }

  /** Whether the run that a link names is the one that is shown: then it only leads to another place in it. */
  function stands({ model, input, edits }) {
    const { trace, card, running, problem, input: now, edits: made } = get();
    return Boolean(trace && !running && !problem && edits && card.name === model && linkText(card, now) === input && sameEdits(edits, made));
  }

  /** Runs what a link says. Where its input is refused, the model it names shows its first example, and the input stays in the field with what is wrong. */
  async function runLink(input, how) {
    const mine = (links += 1);
    if (await run(input, how) || mine !== links) return; // of two links in a row the second is shown, whatever became of the first
    const { problem, text, trace } = get();
    if (problem?.from !== "link" || trace?.card === how.card) return;
    if (await run(firstInput(how.card), { card: how.card, edits: [], from: "example", play: false, history: null })) store.set({ text, problem });
  }

  /** The address changed under the page: Back, Forward, or a person who edited it. */
  function followLink(fragment) {
    const { model } = readLink(fragment);
    if (!openLink(fragment) && model !== undefined) setModel(model);
  }

  return { syncLink, syncNow, leaveLink, openLink, followLink };
}
