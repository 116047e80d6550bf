/* On what an output depends, in the panel: which output, a sentence, the strongest steps, and through which gates. Works from one answer of the server. */

import { h, rebuild } from "../dom.js";
import { visible } from "../format.js";
import { callIn, parse } from "../formula.js";
import { powerText, sizeText } from "../powers.js";
import { problemText } from "../problem.js";
import { outputName, strongest } from "../saliency.js";
import { word } from "../words.js";
import { gateDefinition, inputDefinition } from "./definitions.js";

const MOST = 5;
const SHOWN = { sigmoid: "σ", tanh: "tanh" };

/** The sentence on the strongest step: of { trace, answer }, or that there is none. */
export function dependsText(trace, answer) {
  const [most] = strongest(answer.inputs, 1);
  const out = visible(outputName(trace.card, answer.output, trace.y(0)?.value?.length));
  return most ? word("gradients.depends", { out, s: most.s, token: trace.token(most.s), v: powerText(Math.log10(most.norm)) }) : word("gradients.dependsOnNothing", { out });
}

/** The largest gradient by any gate: { key, s, unit, v }, or null where all are 0. */
export function largest(gates) {
  let found = null;
  for (const [key, rows] of Object.entries(gates)) rows.forEach((row, s) => row.forEach((v, unit) => { if (v !== 0 && Math.abs(v) > Math.abs(found?.v ?? 0)) found = { key, s, unit, v }; }));
  return found;
}

/** choose(output) is told which output is wanted, null for the most probable; scale(own) whether each step is to be coloured by its own largest. */
export function dependsPart(choose, scale) {
  const [title, says, about, fault] = [h("h3"), h("p", { class: "reads" }), h("p", { class: "dim" }), h("p", { class: "wrong-note" })];
  const select = h("select", { id: "output-choice", on: { change: () => choose(select.value === "" ? null : Number(select.value)) } });
  const label = h("label", { for: "output-choice" });
  const chooser = h("div", { class: "chooser" }, label, select);
  const [table, formula, gateTitle, gateSays, gateFormula, gateAbout] = [h("div"), h("div", { class: "definition" }), h("h3"), h("p", { class: "reads" }), h("div", { class: "definition" }), h("p", { class: "dim" })];
  const inputs = h("section", { class: "depends" }, title, chooser, fault, says, table, formula, about);
  const ownWords = document.createTextNode("");
  const ownScale = h("label", { class: "own-scale" }, h("input", { type: "checkbox", on: { change: (event) => scale(event.target.checked) } }), " ", ownWords);
  const through = h("section", { class: "through" }, gateTitle, gateSays, ownScale, gateFormula, gateAbout);
  const node = h("div", { class: "view" }, inputs, through);
  let made = "";

  /** The options are made anew only for other outputs, so that an open list stays open. */
  const options = (card, count, chosen, best) => {
    const names = card.outputs ?? Array.from({ length: count }, (_, n) => outputName(card, n, count));
    const largestText = word("gradients.mostProbable", { out: best === null ? "–" : visible(names[best]) });
    chooser.hidden = names.length < 2;
    const now = JSON.stringify([names, word("gradients.output")]);
    if (now !== made) {
      made = now;
      rebuild(select, h("option", { value: "" }), ...names.map((name, n) => h("option", { value: n }, visible(name))));
    }
    if (chosen === null || !select.options[0].textContent) select.options[0].textContent = largestText;
    select.value = chosen === null ? "" : String(chosen);
  };

  const figures = (trace, answer) => {
    const top = strongest(answer.inputs, MOST);
    return h("table", { class: "figures strongest" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "num" }, word("table.step")), h("th", { scope: "col" }, word("table.token")), h("th", { scope: "col", class: "num" }, word("gradients.norm")), h("th", { scope: "col" }, h("span", { class: "sr" }, word("gradients.shareOfMost"))))),
      h("tbody", {}, ...top.map(({ s, norm }) => h("tr", {}, h("th", { scope: "row", class: "num" }, String(s)), h("td", { class: "token" }, trace.token(s)), h("td", { class: "num", title: String(norm) }, powerText(Math.log10(norm))),
        h("td", { class: "share" }, h("span", { class: "lane" }, h("i", { style: `width:${((100 * norm) / top[0].norm).toFixed(2)}%` })), h("span", { class: "sr" }, `${Math.round((100 * norm) / top[0].norm)} %`))))));
  };

  const gates = (trace, { answer }, quantities, out, own) => {
    const most = largest(answer.gates);
    const q = quantities.find(({ key }) => key === most?.key) ?? quantities[0];
    gateTitle.textContent = word("gradients.through");
    gateSays.textContent = most ? word(most.v > 0 ? "gradients.raises" : "gradients.lowers", { symbol: q.symbol, unit: most.unit, s: most.s, token: trace.token(most.s), v: sizeText(most.v), out }) : word("gradients.noGate", { out });
    gateFormula.replaceChildren(gateDefinition(q, SHOWN[callIn(parse(q.formula)).fn]));
    ownWords.textContent = word("gradients.own");
    gateAbout.textContent = word(own ? "gradients.aboutGatesOwn" : "gradients.aboutGates");
  };

  function say({ trace, saliency, chosen, quantities, own }) {
    const answer = saliency?.answer ?? null;
    const count = trace.y(0)?.value?.length ?? 0;
    title.textContent = word("gradients.inputs");
    label.textContent = word("gradients.output");
    options(trace.card, count, chosen, answer && saliency.output === null ? answer.output : null);
    const wrong = saliency?.fault;
    fault.hidden = !wrong;
    fault.textContent = wrong ? (wrong.slug ? problemText({ ...wrong.body, slug: wrong.slug }, trace.card) : word("banner.lost")) : "";
    through.hidden = table.hidden = !answer;
    says.textContent = answer ? dependsText(trace, answer) : "";
    const t = saliency?.t ?? 0;
    formula.replaceChildren(inputDefinition(t, trace.card.quantities.find((q) => q.key === "h")));
    about.textContent = word(trace.card.outputs ? "gradients.aboutInputs" : "gradients.aboutNumbers");
    if (!answer) return;
    table.replaceChildren(figures(trace, answer));
    gates(trace, saliency, quantities, visible(outputName(trace.card, answer.output, count)), own);
  }

  return { node, say };
}
