/* The input field: runs what is typed on Enter or after a pause, marks a symbol the model does not know, and says so in a sentence. */

import { $, h } from "../dom.js";
import { hasWord, word } from "../words.js";

/** A pause in typing this long runs the sequence, ms. */
const PAUSE = 400;

/** Large whole numbers with their thousands apart. */
const grouped = (params) => Object.fromEntries(Object.entries(params).map(([k, v]) => [k, Number.isInteger(v) && v > 9999 ? v.toLocaleString("en") : v]));

/** A problem document in the reader's words: by its slug and parameters, else the server's own sentence. */
export function problemText(problem, card) {
  const many = card?.alphabet === null && card.input_size > 1 ? ".many" : "";
  const key = [`problem.${problem.slug}${many}`, `problem.${problem.slug}`].find(hasWord);
  if (!key) return problem.detail ?? word("problem.other");
  const { position } = problem;
  const where = position === undefined ? "" : word("problem.where", { t: position });
  return word(key, { ...grouped({ ...problem.params, ...problem }), allowed: [problem.allowed ?? []].flat().join(" "), place: (position ?? 0) + 1, where, inputs: card?.input_size });
}

export function sequenceView(store, actions) {
  const form = $("#sequence");
  const input = $("#input");
  const marks = $("#input-marks");
  const says = $("#input-says");
  let timer = 0;

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => !store.get().composing && actions.typed(input.value), PAUSE);
  };

  input.addEventListener("compositionstart", () => store.set({ composing: true }));
  input.addEventListener("compositionend", () => { store.set({ composing: false }); later(); });
  input.addEventListener("input", () => {
    const { problem, composing } = store.get();
    store.set({ text: input.value, problem: problem?.text === input.value ? problem : null });
    if (!composing) later();
  });
  input.addEventListener("scroll", () => { marks.scrollLeft = input.scrollLeft; });
  input.addEventListener("keydown", (event) => {
    const { card, composing } = store.get();
    if (event.key === " " && !composing && !event.isComposing && card?.alphabet && !card.alphabet.includes(" ")) {
      event.preventDefault(); // no symbol, so it can only be meant to play
      actions.play();
    }
    if (event.key === "Escape") {
      store.set({ problem: null });
      input.blur();
    }
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (store.get().composing) return;
    clearTimeout(timer);
    if (await actions.run(input.value)) input.blur();
  });

  store.watch((s) => s.text, (text) => {
    if (input.value === text) return;
    const [a, b] = [input.selectionStart, input.selectionEnd];
    input.value = text;
    if (document.activeElement === input) input.setSelectionRange(a, b);
  });

  const mark = (problem, text) => {
    const points = [...text];
    const at = problem?.position;
    const show = problem && at !== undefined && problem.text === text && at < points.length;
    marks.replaceChildren(...(show ? [points.slice(0, at).join(""), h("mark", {}, points[at]), points.slice(at + 1).join("")] : []));
    marks.scrollLeft = input.scrollLeft;
    form.classList.toggle("wrong", Boolean(problem) && problem.text === text);
    input.setAttribute("aria-invalid", String(Boolean(problem) && problem.text === text));
    if (show && problem.from === "enter" && document.activeElement === input) {
      const from = points.slice(0, at).join("").length;
      input.setSelectionRange(from, from + points[at].length);
    }
  };

  store.watch((s) => [s.problem, s.text], ([problem, text]) => mark(problem, text));
  store.watch((s) => [s.problem, s.notice, s.linkTooLong, s.lang, s.card], ([problem, notice, linkTooLong, , card]) => {
    const line = problem ? [h("b", {}, problemText(problem, card))] : notice ? [h("span", {}, word(notice.key, notice.params))] : linkTooLong ? [h("span", {}, word("notice.linkTooLong"))] : [];
    const close = notice && !problem ? h("button", { type: "button", on: { click: () => store.set({ notice: null }) } }, word("notice.ok")) : "";
    says.replaceChildren(...line, ...(close ? [close] : []));
  });
  store.watch((s) => s.lang, () => {
    for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
    for (const node of document.querySelectorAll("[data-word-label]")) node.setAttribute("aria-label", word(node.dataset.wordLabel));
  });
}

export function bannerView(store, actions) {
  const root = $("#banner");
  store.watch((s) => [s.banner, s.lang], ([banner]) => {
    root.hidden = !banner;
    if (banner) root.replaceChildren(h("span", {}, word(banner)), h("button", { type: "button", on: { click: () => actions.retry() } }, word("banner.retry")));
  });
}
