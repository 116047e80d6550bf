/* A number that a network answers beside the right one: on one line with what is near enough, and in digits. Knows neither the task nor the page around it. */

import { cell as digits } from "./digits.js";
import { h, setAttribute, setText, svg } from "./dom.js";
import { exact, minus, num } from "./format.js";
import { word } from "./words.js";

const SHORT = 8;

/** The rounded step of a scale so wide: 1, 2 or 5 times a power of ten, at most a quarter of it. */
const roundStep = (width) => {
  const power = 10 ** Math.floor(Math.log10(width / 4));
  return [5, 2, 1].map((n) => n * power).find((step) => step <= width / 4) ?? power;
};

/** The ends of a line that holds all values and some room beyond them, rounded. */
export function ends(values) {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (!(high > low)) [low, high] = [low - 0.5, high + 0.5];
  const step = roundStep(high - low);
  return { low: Math.floor(low / step) * step, high: Math.ceil(high / step) * step, step };
}

const seen = new WeakMap();

/** The one line of a whole run: it holds every answer that has arrived and every right one with its tolerance, so that two steps compare. */
export function runEnds(trace) {
  const { tolerance = 0 } = trace.card;
  let { upTo, low, high } = seen.get(trace) ?? { upTo: 0, low: Infinity, high: -Infinity };
  for (; upTo < trace.arrived; upTo++) {
    const { says, answer } = trace.said(upTo);
    for (const v of answer === null ? [says] : [says, answer - tolerance, answer + tolerance]) [low, high] = [Math.min(low, v), Math.max(high, v)];
  }
  seen.set(trace, { upTo, low, high });
  return ends([low, high]);
}

/** How far an answer is from the right one, with its sign. */
export function errorText(says, answer) {
  const error = says - answer;
  return (error > 0 ? "+" : "") + digits(error);
}

/** A number as it was given where that is short. */
const written = (v) => (String(v).length <= SHORT ? minus(String(v)) : digits(v));

/** The node, and print(trace, t) for a step; tips show the exact numbers. */
export function answerPanel(tips) {
  const [band, right, dot] = [h("i", { class: "band" }), h("b"), h("u")];
  const lane = h("div", { class: "lane numbers", "aria-hidden": "true" }, band, right, dot);
  const [low, high] = [h("span"), h("span")];
  const mark = svg("path", {});
  const icon = svg("svg", { class: "verdict", width: 12, height: 12, viewBox: "0 0 12 12", role: "img" }, mark);
  const line = (key, tag = "dd") => ({ key, name: h("dt"), value: h(tag, { tabindex: "-1" }) });
  const [says, answer, error] = [line("next.says"), line("next.due"), line("next.error", "span")];
  const within = h("span", { class: "within" });
  const list = h("dl", { class: "outputs" }, ...[says, answer].flatMap((one) => [one.name, one.value]), error.name, h("dd", { class: "judged" }, error.value, icon, within));
  const node = h("div", { class: "number-answer" }, lane, h("div", { class: "lane-ends", "aria-hidden": "true" }, low, high), list);
  const told = new Map();
  for (const { value } of [says, answer, error]) tips.show(value, () => told.get(value) ?? "");

  const say = (one, text, full) => {
    setText(one.name, word(one.key));
    setText(one.value, text);
    told.set(one.value, full);
  };
  return {
    node,
    print(trace, t) {
      const { says: v, answer: due, right: isRight } = trace.said(t);
      const { tolerance } = trace.card;
      const line = runEnds(trace);
      const at = (x) => `${((100 * (x - line.low)) / (line.high - line.low)).toFixed(2)}%`;
      dot.style.left = at(v);
      right.hidden = band.hidden = due === null;
      if (due !== null) {
        right.style.left = at(due);
        Object.assign(band.style, { left: at(due - tolerance), width: `${((200 * tolerance) / (line.high - line.low)).toFixed(2)}%` });
      }
      const places = Math.max(0, -Math.floor(Math.log10(line.step) + 1e-9));
      setText(low, num(line.low, places));
      setText(high, num(line.high, places));
      say(says, digits(v), exact(v));
      say(answer, due === null ? "–" : written(due), due === null ? "" : minus(String(due)));
      say(error, due === null ? "–" : errorText(v, due), due === null ? "" : minus(String(v - due)));
      setText(within, word("next.within", { tolerance: String(tolerance) }));
      icon.style.display = isRight === null ? "none" : "";
      icon.classList.toggle("wrong", isRight === false);
      setAttribute(mark, "d", isRight ? "M1.5 6.5l3 3.5l6-8" : "M2 2l8 8m0-8l-8 8");
      setAttribute(icon, "aria-label", word(isRight ? "next.right" : "next.wrong"));
    },
  };
}
