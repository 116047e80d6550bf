/* What if: changes one run of the network while it runs, and shows before and after. The edits are the request's; a model is never changed. The parts of the panel are in whatif/. */

import { h, setAttribute, setText } from "../dom.js";
import { stepHead } from "../head.js";
import { quantityWord } from "../names.js";
import { word } from "../words.js";
import { editList } from "../whatif/list.js";
import { outcomeView } from "../whatif/outcome.js";
import { ownEdits } from "../whatif/own.js";
import { presetButtons } from "../whatif/presets.js";
import { scopeControl } from "../whatif/scope.js";
import { whatifStage } from "../whatif/stage.js";

export const takesStage = true;

/** Which quantity the stage shows: the states, or one, as the link says. */
function showChoice(store, actions) {
  const title = h("span", { class: "label" });
  const group = h("div", { class: "choice-row", role: "group" });
  const node = h("div", { class: "shows" }, title, group);
  /** The key of a quantity that the cell has, or null for the states. */
  const which = () => {
    const { card, shows } = store.get();
    return card.quantities.some(({ key }) => key === shows) ? shows : null;
  };
  return {
    node,
    which,
    say(card) {
      setText(title, word("whatif.shows"));
      setAttribute(group, "aria-label", word("whatif.shows"));
      const states = card.quantities.filter((q) => q.kind === "state");
      node.hidden = card.quantities.length === 1;
      const button = (key, text, name, hue) => h("button", { type: "button", class: hue, dataset: { shows: key ?? "states" }, "aria-pressed": String(which() === key), "aria-label": name, title: name, on: { click: () => actions.appear({ shows: key }) } }, text);
      const focused = group.contains(document.activeElement) ? document.activeElement.dataset.shows : null;
      group.replaceChildren(
        ...(states.length > 1 ? [button(null, states.map((q) => q.symbol).join(", "), word("whatif.shows.states"), "m")] : []),
        ...card.quantities.filter((q) => states.length > 1 || q.kind !== "state").map((q) => button(q.key, q.symbol, quantityWord(q), `m q-${q.key}`)),
        ...(states.length > 1 ? [] : [button(null, states[0].symbol, quantityWord(states[0]), `m q-${states[0].key}`)]),
      );
      if (focused !== null) group.querySelector(`[data-shows="${focused}"]`)?.focus();
    },
  };
}

export function mount({ panel, store, actions, ...places }) {
  const head = stepHead(actions, store, { id: "whatif-title", title: "whatif.title" });
  const scope = scopeControl(store, () => say());
  const presets = presetButtons(store, actions, scope);
  const own = ownEdits(store, actions, scope);
  const list = editList(store, actions);
  const outcome = outcomeView(store);
  const ownTitle = h("summary", {});
  const shows = showChoice(store, actions);
  const details = h("details", { class: "own-edits" }, ownTitle, own.node);
  panel.append(head.node, scope.node, presets.node, details, list.node, outcome.node, shows.node);

  const say = () => {
    head.say();
    scope.say();
    presets.say();
    own.say();
  };
  store.watch((s) => [s.trace, s.edits, s.t, s.layer, s.unit, s.lang], say);
  store.watch((s) => [s.trace, s.edits, s.lang], () => {
    setText(ownTitle, word("whatif.own"));
    list.say();
  });
  store.watch((s) => [s.card, s.shows, s.lang], ([card]) => card && shows.say(card));
  store.watch((s) => s.card, (card) => { details.open ||= card?.presets.length === 0; }); // there is nothing else to press
  whatifStage(places, store, shows);
  store.watch((s) => [s.trace, s.before, s.edits, s.running, s.lang], outcome.sayRun);
  store.watch((s) => [s.t, s.t < s.arrived], outcome.sayStep);
  store.watch((s) => [s.trace, s.before, s.edits, s.running], ([, before, edits, running]) => !running && edits.length > 0 && !before && actions.needBefore());
}
