/* The input field: runs what is typed on Enter or after a pause, marks what the model cannot read, and says so in a sentence. */

import { $, h } from "../dom.js";
import { isNumeric, pastedLines, placeOf } from "../input.js";
import { oneLine } from "../numbers.js";
import { problemText } from "../problem.js";
import { word } from "../words.js";

/** A pause in typing this long runs the sequence, ms. */
const PAUSE = 400;

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
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const { card } = store.get();
    const line = isNumeric(card ?? {}) ? /[\r\n\t]/.test(text) && oneLine(text) : pastedLines(card, text);
    if (!line) return;
    event.preventDefault(); // the field has one line and would run the ends of two lines together
    document.execCommand("insertText", false, line); // old, but the only way that can be undone
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

  const mark = (problem, text, card) => {
    const wrong = Boolean(problem) && problem.text === text;
    const place = wrong ? placeOf(card, text, problem) : null;
    const [from, to] = place ?? [0, 0];
    marks.replaceChildren(...(place ? [text.slice(0, from), h("mark", {}, text.slice(from, to)), text.slice(to)] : []));
    marks.scrollLeft = input.scrollLeft;
    form.classList.toggle("wrong", wrong);
    input.setAttribute("aria-invalid", String(wrong));
    if (place && problem.from === "enter" && document.activeElement === input) input.setSelectionRange(from, to);
  };

  store.watch((s) => s.card && isNumeric(s.card), (numeric) => form.classList.toggle("numeric", Boolean(numeric)));
  store.watch((s) => [s.problem, s.text, s.card], ([problem, text, card]) => card && mark(problem, text, card));
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
  store.watch((s) => [s.banner, s.waiting, s.lang], ([banner, waiting]) => {
    root.hidden = !banner && !waiting;
    if (waiting) root.replaceChildren(h("span", {}, word("banner.busy")));
    else if (banner) root.replaceChildren(h("span", {}, word(banner)), h("button", { type: "button", on: { click: () => actions.retry() } }, word("banner.retry")));
  });
}
