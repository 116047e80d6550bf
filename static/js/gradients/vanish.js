/* How far back the state still matters, in the panel: the definition of the lines, a sentence that reads them, their figures, and which models stand there. Works from answers alone. */

import { lookAmong } from "../charts/gradients.js";
import { symbolNode } from "../charts/symbols.js";
import { h, rebuild } from "../dom.js";
import { fall, fullText, powerText } from "../powers.js";
import { problemText } from "../problem.js";
import { word } from "../words.js";
import { directDefinition, normDefinition } from "./definitions.js";

/** Less than this of its size at the end counts as gone, as faint, as kept, by its log10; more than that has grown. */
const VERDICTS = [[-3, "gone"], [-1, "faint"], [0.3, "kept"]];
export const verdict = ({ first, last }) => VERDICTS.find(([below]) => first - last < below)?.[1] ?? "grown";

/** "÷ 1.8" for what falls by a factor going back, "× 1.2" for what grows; of numbers given as log10. */
export const perStep = (log) => `${log >= 0 ? "÷" : "×"} ${powerText(Math.abs(log))}`;

/** One or two clauses: the line that ends lowest, and the one that ends highest; s is the step where a line ends. */
export function reading(series) {
  const ends = series.map(({ name, answer }) => ({ name, ...fall(answer.total.log10) })).sort((a, b) => a.first - b.first);
  const clause = (one, n, all) => word(`gradients.reads.${n && verdict(one) === verdict(all[0]) ? "same" : verdict(one)}`, { model: one.name, s: one.from, v: powerText(one.first), by: powerText(one.step) });
  const told = ends.length > 1 ? [ends[0], ends.at(-1)] : ends;
  const zeros = ends.filter(({ from }) => from > 0).map(({ name, from }) => word("gradients.zero", { model: name, s: from }));
  return [...told.map(clause), ...zeros].join(" ");
}

export function vanishPart({ choose, part }) {
  const [title, reads, about, direct] = [h("h3"), h("p", { class: "reads" }), h("p", { class: "dim" }), h("p", { class: "dim" })];
  const [formula, path] = [h("div", { class: "definition" }), h("div", { class: "definition" })];
  const [table, faults, choice] = [h("div"), h("div"), h("div", { class: "choice-of-models", role: "group" })];
  const node = h("section", { class: "vanish" }, title, reads, table, faults, choice, formula, about, path, direct);

  const box = (key, label, checked, fixed, change) => h("label", {}, h("input", { type: "checkbox", dataset: { key }, checked, disabled: fixed, on: { change: (event) => change(event.target.checked) } }), " ", ...label);
  const named = (card, shown, name) => [symbolNode(lookAmong(card, shown).symbol), " ", name];

  const figures = (series, shown) => h("table", { class: "figures" },
    h("thead", {}, h("tr", {}, ...["gradients.model", "gradients.atFirst", "gradients.aStep", "gradients.direct"].map((key, n) => h("th", { scope: "col", class: n ? "num" : null }, word(key, { s: 0 }))))),
    h("tbody", {}, ...series.map(({ card, name, answer }) => {
      const { first, from, step } = fall(answer.total.log10);
      const path = answer.direct?.log10[0];
      return h("tr", {},
        h("th", { scope: "row" }, ...named(card, shown, name)),
        h("td", { class: "num", title: answer.total.norm[0] === null ? null : fullText(answer.total.norm[0]) }, from > 0 ? "0" : powerText(first)),
        h("td", { class: "num" }, perStep(step)), h("td", { class: "num" }, path === undefined ? "–" : powerText(path)));
    })));

  function say({ trace, t, series, faults: wrong, parts, cards, all, nameOf }) {
    const { card } = trace;
    const states = card.quantities.filter((q) => q.kind === "state").sort((a, b) => (b.key === "h") - (a.key === "h"));
    const keep = series[0]?.card.name === card.name ? series[0].answer.direct?.keep : undefined;
    title.textContent = word("gradients.vanish", { t });
    reads.textContent = t === 0 ? word("gradients.first") : series.length ? reading(series) : wrong.length ? "" : word("gradients.waiting");
    table.replaceChildren(...(series.length && t > 0 ? [figures(series, card)] : []));
    faults.replaceChildren(...wrong.map(({ card: m, name, fault }) => h("p", { class: "wrong-note" }, word("gradients.fault", { model: name, why: fault.slug ? problemText({ ...fault.body, slug: fault.slug }, m) : word("banner.lost") }))));
    formula.replaceChildren(normDefinition(t, states));
    about.textContent = word("gradients.about", { t });
    path.hidden = direct.hidden = keep === undefined;
    if (keep !== undefined) {
      path.replaceChildren(directDefinition(t, card.quantities.find((q) => q.key === keep) ?? null));
      direct.textContent = word("gradients.aboutDirect");
    }
    choice.setAttribute("aria-label", word("gradients.models"));
    rebuild(choice,
      ...(all.length > 1 ? all.map((m) => box(m.name, named(m, card, nameOf(m)), cards.includes(m), m.name === card.name, (on) => choose(m.name, on))) : []),
      ...(states.length > 1 ? [box("parts", [word("gradients.parts", { symbols: states.map((q) => q.symbol).join(", ") })], parts, false, part)] : []));
  }

  return { node, say };
}
