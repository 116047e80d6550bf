/* The line under the header: what to look for in an example, else what the task is. */

import { $ } from "../dom.js";
import { exampleOf } from "../input.js";
import { say, word } from "../words.js";

export function leadView(store) {
  const root = $("#lead");
  store.watch((s) => [s.card, s.input, s.lang], ([card, input]) => {
    if (!card) return;
    const example = exampleOf(card, input);
    const text = example ? say(example.note) : card.about && card.trained ? say(card.about) : card.trained ? "" : word("lead.untrained");
    root.textContent = text;
    root.title = text;
  });
}
