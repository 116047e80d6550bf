/* What the network says comes next: its five most probable symbols beside the true probabilities, or its numbers. Knows no task; words about one come from the run. */

import { answerPanel, runEnds } from "../answer.js";
import { $$, h, setAttribute, setText, svg } from "../dom.js";
import { exactTips } from "../exact.js";
import { exact, num, share, visible } from "../format.js";
import { glancing } from "../glancing.js";
import { dependsText } from "../gradients/depends.js";
import { either } from "../names.js";
import { hasWord, word } from "../words.js";

const ROWS = 5;
const LIMITS = [0.1, 0.25, 0.5, 1];

/** The end of the bars' scale: the smallest of 0.1, 0.25, 0.5 and 1 that holds every probability given. */
export function scaleLimit(probabilities) {
  const most = Math.max(0, ...probabilities);
  return LIMITS.find((limit) => most <= limit) ?? 1;
}

const largest = new WeakMap();

/** The one scale of a whole run: it holds all that has arrived, so that no step changes it and bars of two steps compare. */
export function runLimit(trace) {
  let { upTo, most } = largest.get(trace) ?? { upTo: 0, most: 0 };
  for (; upTo < trace.arrived; upTo++) {
    const { top, truth } = trace.y(upTo);
    for (const [symbol, p] of top ?? []) most = Math.max(most, p, truth?.[symbol] ?? 0);
  }
  largest.set(trace, { upTo, most });
  return scaleLimit([most]);
}

/** Whether the outputs are the input's own symbols, so that they say what comes next; else they are answers of another kind. */
const foretells = (card) => card.alphabet && card.outputs && card.alphabet.join() === card.outputs.join();

/**
 * The rows to show of a step's output: [{symbol, p, truth|null, due, right, wrong}], in the order of outputs, so that a symbol keeps its place from
 * step to step; wrong marks what ranks where another was due.
 */
export function nextRows(y, outputs) {
  const answers = [y.answer ?? []].flat();
  const rows = y.top.map(([symbol, p], n) => {
    const due = answers.includes(symbol);
    return { symbol, p, truth: y.truth ? (y.truth[symbol] ?? 0) : null, due, right: due && y.right === true, wrong: !due && n < answers.length && y.right === false };
  });
  const place = new Map(outputs.map((symbol, n) => [symbol, n]));
  return rows.sort((a, b) => place.get(a.symbol) - place.get(b.symbol));
}

export function nextView(root, store, actions) {
  const tips = exactTips(root);
  const title = h("span");
  const scale = h("span", { class: "hd" });
  const model = h("span", { class: "hd" });
  const truth = h("span", { class: "hd" });
  const rows = Array.from({ length: ROWS }, () => createRow(tips));
  const bars = h("div", { class: "bars-next" }, h("h3", {}, title, scale), model, truth, h("span"), ...rows.flatMap((row) => row.nodes));
  const whole = h("button", { type: "button", class: "asks", dataset: { output: 0 } });
  const outputs = h("h3");
  const values = h("dl", { class: "outputs" });
  const answer = answerPanel(tips);
  const note = h("p", { class: "note" });
  const depends = h("p", { class: "depends-on", role: "status" });
  root.append(bars, h("div", { class: "asked-head" }, outputs, whole), answer.node, values, h("div", { class: "notes-next" }, note, depends));
  glancing(root, store, actions, (node) => {
    const at = node.closest?.("[data-output]");
    return at && root.contains(at) ? Number(at.dataset.output) : undefined;
  });

  function probabilities(y, trace) {
    const { card } = trace;
    const list = nextRows(y, card.outputs ?? y.top.map(([symbol]) => symbol));
    const limit = runLimit(trace);
    bars.classList.toggle("no-truth", !card.task);
    setText(title, word(foretells(card) ? "next.title" : "next.answer"));
    setText(model, word("next.model"));
    setText(truth, y.truth ? word("next.truth") : "");
    setText(scale, word("next.scale", { limit: num(100 * limit, 0) }));
    rows.forEach((row, n) => row.print(list[n], limit, card.outputs?.indexOf(list[n]?.symbol)));
  }

  function numbers(y) {
    values.replaceChildren(...[y.value].flat().flatMap((v, n, all) => {
      const value = h("dd", { tabindex: "-1" }, num(v, 4));
      tips.show(value, () => exact(v));
      const name = [h("i", { class: "m" }, "y"), all.length > 1 ? h("sub", {}, String(n)) : null];
      return [h("dt", {}, all.length > 1 ? h("button", { type: "button", dataset: { output: n, key: `y${n}` }, title: word("next.asks") }, name) : name), value];
    }));
  }

  function update({ trace, t }) {
    const y = trace.y(t);
    const numeric = y.value !== null && y.value !== undefined;
    bars.hidden = numeric || !y.top;
    const judged = numeric && trace.card.tolerance != null;
    outputs.hidden = !numeric;
    whole.hidden = !numeric || [y.value].flat().length > 1;
    setText(whole, word("next.asks"));
    values.hidden = !numeric || judged;
    answer.node.hidden = !judged;
    setText(outputs, word(judged ? "next.answer" : "next.outputs"));
    if (judged) answer.print(trace, t);
    else if (numeric) numbers(y);
    else if (y.top) probabilities(y, trace);
    const sentence = reason(trace.start.off_task, t) ?? missing(y, trace.card);
    setText(note, sentence);
    note.hidden = !trace.card.task && sentence === "";
    tips.refresh();
    press();
  }

  const press = () => {
    for (const button of $$("button[data-output]", root)) setAttribute(button, "aria-pressed", String(Number(button.dataset.output) === store.get().output));
  };

  /** What the output that is pointed at, or kept, depends on; the sentence takes the place of the note, so nothing below it moves. */
  const tell = () => {
    const { saliency, trace, t } = store.get();
    const told = saliency?.answer && saliency.trace === trace && saliency.t === t ? dependsText(trace, saliency.answer) : "";
    setText(depends, told);
    note.style.visibility = told ? "hidden" : "";
  };
  store.watch((s) => [s.saliency, s.t, s.lang], tell);
  store.watch((s) => s.output, press);

  store.watch((s) => [s.trace, s.t, s.t < s.arrived, s.lang, s.trace && runScale(s.trace)], () => {
    const state = store.get();
    if (state.trace && state.t < state.arrived) update(state);
  });
}

/** What the scale of the whole run hangs on: it may grow while steps arrive. */
function runScale(trace) {
  if (trace.card.outputs) return runLimit(trace);
  if (!trace.arrived || trace.card.tolerance == null) return 0;
  const { low, high } = runEnds(trace);
  return `${low} ${high}`;
}

/** Why there is no right answer at step t, or null where the task says what is right. */
function reason(off, t) {
  if (!off || t < off.from) return null;
  const keys = [off.due ? `offtask.${off.reason}.due` : "", `offtask.${off.reason}`];
  return word(keys.find(hasWord) ?? "offtask.other", { ...off, t: off.from });
}

/** What a judged step leaves open: that its right answer is not in the list, or that it has none. */
function missing(y, card) {
  if (y.answer === null || y.answer === undefined) return card.task ? word("next.nothing") : "";
  const away = [y.answer].flat().filter((one) => y.top?.every(([symbol]) => symbol !== one));
  return away.length ? word("next.missing", { symbol: either(away) }) : "";
}

function createRow(tips) {
  const symbol = h("button", { type: "button", class: "symbol" });
  const bar = h("i");
  const tick = h("b");
  const p = h("span", { class: "number", tabindex: "-1" });
  const truth = h("span", { class: "number true", tabindex: "-1" });
  const due = h("span");
  const mark = svg("path", {});
  const icon = svg("svg", { class: "verdict", width: 12, height: 12, viewBox: "0 0 12 12", role: "img" }, mark);
  let row = null;
  tips.show(p, () => (row ? exact(row.p) : ""));
  tips.show(truth, () => (row && row.truth !== null ? exact(row.truth) : ""));
  const nodes = [symbol, h("span", { class: "lane" }, bar, tick), p, truth, h("span", { class: "due" }, due, icon)];
  return {
    nodes,
    print(next, limit, output) {
      row = next ?? null;
      for (const node of nodes) node.hidden = !row;
      if (!row) return;
      for (const node of nodes) setAttribute(node, "data-output", output);
      setAttribute(symbol, "title", word("next.asks"));
      setText(symbol, visible(row.symbol));
      bar.classList.toggle("on", row.due);
      bar.style.width = `${((100 * row.p) / limit).toFixed(2)}%`;
      tick.hidden = row.truth === null;
      if (row.truth !== null) tick.style.left = `${((100 * row.truth) / limit).toFixed(2)}%`;
      setText(p, share(row.p));
      setText(truth, row.truth === null ? "" : share(row.truth));
      setText(due, row.due ? word("next.due") : "");
      icon.style.display = row.wrong || row.right ? "" : "none";
      setAttribute(mark, "d", row.wrong ? "M2 2l8 8m0-8l-8 8" : "M1.5 6.5l3 3.5l6-8");
      icon.classList.toggle("wrong", row.wrong);
      setAttribute(icon, "aria-label", word(row.wrong ? "next.wrong" : "next.right"));
    },
  };
}
