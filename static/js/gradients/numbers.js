/* Every number of the pictures as a table that can be opened: a row a step, the last steps first in reach. Works from answers alone. */

import { h } from "../dom.js";
import { fullText, powerText, sizeText } from "../powers.js";
import { word } from "../words.js";

/** So many steps at most stand in the table: the last before the one looked back from. */
const ROWS = 200;

export function numbersPart(opened) {
  const summary = h("summary");
  const frame = h("div", { class: "values-frame", tabindex: "0" });
  const cut = h("p", { class: "dim" });
  const node = h("details", { class: "gradient-numbers", on: { toggle: () => node.open && opened() } }, summary, cut, frame);
  const th = (text, more = {}) => h("th", { scope: "col", ...more }, text);

  function say({ trace, t, series, answer, quantities, unit }) {
    summary.textContent = word("gradients.numbers");
    if (!node.open) return;
    frame.setAttribute("aria-label", word("gradients.numbers"));
    const from = Math.max(0, t + 1 - ROWS);
    cut.hidden = from === 0;
    cut.textContent = word("gradients.cut", { from, t });
    const norms = series.filter((one) => one.t === t).flatMap(({ name, answer: found }) => [{ name, ...found.total }, ...(found.direct ? [{ name: word("gradients.directOf", { model: name }), ...found.direct }] : [])]);
    const gates = answer ? quantities : [];
    const head = h("tr", {}, th(word("table.step")), th(word("table.token")), ...norms.map(({ name }) => th(name)), ...(answer ? [th("∂ℓ/∂x")] : []), ...gates.map((q) => th([`∂ℓ/∂z`, h("sub", {}, q.symbol)], { class: `q-${q.key}` })));
    const exact = (v, text) => h("td", { title: v === null ? null : fullText(v) }, text);
    const rows = Array.from({ length: t + 1 - from }, (_, n) => {
      const s = from + n;
      return h("tr", {}, h("th", { scope: "row" }, String(s)), h("td", { class: "token" }, trace.token(s)), ...norms.map(({ norm, log10 }) => exact(norm[s], powerText(log10[s]))),
        ...(answer ? [exact(answer.inputs[s], powerText(answer.inputs[s] ? Math.log10(answer.inputs[s]) : null))] : []), ...gates.map((q) => exact(answer.gates[q.key][s][unit], sizeText(answer.gates[q.key][s][unit]))));
    });
    frame.replaceChildren(h("table", { class: "values" }, h("caption", { class: "sr" }, word("gradients.numbersOf", { t, unit })), h("thead", {}, head), h("tbody", {}, ...rows)));
  }

  return { node, say };
}
