/* What two runs of one network differ by, as the server tells it: asked for once for a pair and a layer. Draws nothing. */

import * as api from "../api.js";
import { tokensInput } from "../input.js";
import { latest } from "../latest.js";
import { runBody } from "../trace.js";

/** came() is called when an answer has come, failed(error, signal) with what was thrown. Of runs longer than `long`, the quantity that is shown is asked for alone. */
export function createDifference({ came, failed, long }) {
  const ask = latest();
  let found = null; // { answer, main, other, layer }

  return {
    /** The answer about a layer of these two runs that has a quantity, or null. */
    of: (main, other, layer, key) => (found?.main === main && found.other === other && found.layer === layer && found.answer.quantities[key] ? found.answer : null),
    ask(main, other, layer, key) {
      ask(async (signal) => {
        try {
          const body = { ...runBody(main), other_input: tokensInput(other.card, other.start.tokens), layer, ...(main.length > long ? { include: [key] } : {}) };
          const answer = await api.difference(body, signal);
          if (signal.aborted) return;
          found = { answer, main, other, layer };
          came();
        } catch (error) {
          failed(error, signal);
        }
      });
    },
  };
}
