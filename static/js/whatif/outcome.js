/* What the edits did to what the network says: a sentence or two out of numbers, and at the current step its symbols before and after, as paired bars. */

import { cell as digits } from "../digits.js";
import { h, setText } from "../dom.js";
import { minus, num, share, visible } from "../format.js";
import { either } from "../names.js";
import { word } from "../words.js";
import { changes, pairs } from "./changes.js";
import { shortText } from "./sentences.js";

const ROWS = 5;

/** A probability, or { below } where no more is known of it. */
const percentText = (p) => (typeof p === "number" ? share(p) : `≤${share(p.below)}`);

const saidText = (said) => (typeof said.says === "number" ? digits(said.says) : either(said.says.map((s) => `‘${s}’`)));

/** The sentences about a whole run. */
function sentences(before, trace, edits) {
  const { before: was, after: now, first } = changes(before, trace);
  const params = { edits: shortText(edits, trace.card) };
  const about = now.n || was.n
    ? word("whatif.did.right", { ...params, right: now.right, n: now.n, was: was.right, of: was.n })
    : now.bits !== null && was.bits !== null
    ? word("whatif.did.bits", { ...params, after: num(now.bits, 2), before: num(was.bits, 2) })
    : "";
  const change = first === null ? word("whatif.did.none") : word("whatif.did.first", { t: first, from: saidText(before.said(first)), to: saidText(trace.said(first)) });
  return [about, change].filter(Boolean).join(" ");
}

function pairRow() {
  const symbol = h("th", { scope: "row", class: "symbol" });
  const [b, a] = [h("i", { class: "before" }), h("i", { class: "after" })];
  const [before, after] = [h("td", { class: "number" }), h("td", { class: "number" })];
  const due = h("td", { class: "due" });
  const node = h("tr", {}, symbol, h("td", { class: "pair", "aria-hidden": "true" }, b, a), before, after, due);
  const width = (p) => `${(100 * (typeof p === "number" ? p : 0)).toFixed(2)}%`;
  return {
    node,
    print(row) {
      node.hidden = !row;
      if (!row) return;
      setText(symbol, visible(row.symbol));
      b.style.width = width(row.before);
      a.style.width = width(row.after);
      setText(before, percentText(row.before));
      setText(after, percentText(row.after));
      setText(due, row.due ? word("next.due") : "");
    },
  };
}

export function outcomeView(store) {
  const title = h("h3", { id: "whatif-did" });
  const told = h("p", { id: "whatif-told", role: "status" });
  const caption = h("caption", {});
  const heads = [h("th", { scope: "col" }, ""), h("td", { "aria-hidden": "true" }), h("th", { scope: "col" }), h("th", { scope: "col" }), h("td", {})];
  const rows = Array.from({ length: ROWS }, pairRow);
  const bars = h("table", { class: "pairs" }, caption, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows.map((r) => r.node)));
  const values = h("dl", { class: "outputs" });
  const node = h("section", { class: "outcome", "aria-labelledby": "whatif-did" }, title, told, bars, values);

  /** The whole run: only when it has come, and not at every step. */
  function sayRun() {
    const { trace, before, edits, running } = store.get();
    node.hidden = edits.length === 0 || !trace;
    if (node.hidden) return;
    setText(title, word("whatif.did"));
    if (!before) setText(told, word("whatif.asking"));
    else if (!running) setText(told, sentences(before, trace, edits));
    sayStep();
  }

  function sayStep() {
    const { trace, before, t, arrived } = store.get();
    const some = Boolean(before) && t < arrived && t < before.arrived;
    const symbols = some && Boolean(trace.y(t).top && before.y(t).top);
    bars.hidden = !symbols;
    values.hidden = !some || symbols;
    if (symbols) {
      setText(caption, word("whatif.pairs", { t }));
      setText(heads[0], word("whatif.symbol"));
      setText(heads[2], word("whatif.before"));
      setText(heads[3], word("whatif.after"));
      const list = pairs(before.y(t), trace.y(t), trace.card.outputs ?? []);
      rows.forEach((row, n) => row.print(list[n]));
    } else if (some) {
      const { answer } = trace.said(t);
      const line = (key, text) => [h("dt", {}, word(key)), h("dd", {}, text)];
      values.replaceChildren(...line("whatif.before", before.y(t).value.map((v) => digits(v)).join(", ")), ...line("whatif.after", trace.y(t).value.map((v) => digits(v)).join(", ")), ...(answer === null ? [] : line("next.due", minus(String(answer)))));
    }
  }
  return { node, sayRun, sayStep };
}
