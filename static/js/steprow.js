/* A step's nodes in the columns of the score: its token, and what a network says after it with whether that is right. Knows where rows stand from the geometry it is given. */

import { fit } from "./digits.js";
import { svg } from "./dom.js";
import { word } from "./words.js";

const isNumber = (trace) => trace.card.alphabet === null;

/** A marker: a full triangle for 1, an empty one, upside down, for −1, a dot for 0. */
function marker(v, x, y, k) {
  const [half, high] = [4.5 * k, 8 * k];
  if (v === 0) return svg("circle", { class: "dot", cx: x, cy: y - 4 * k, r: 1.5 * k });
  return v > 0 ? svg("path", { class: "marker", d: `M${x} ${y - high}l${half} ${high}h${-2 * half}z` }) : svg("path", { class: "marker empty", d: `M${x} ${y}l${half} ${-high}h${-2 * half}z` });
}

/** The numbers of a step, one under the other, as short as the column asks; a marked step stands out. */
function numbers(trace, t, x, { strip, k }, tokens) {
  const values = [trace.start.tokens[t]].flat();
  const isMarker = (n) => values.length > 1 && trace.isMarker(n);
  const marked = values.some((v, n) => v > 0 && isMarker(n));
  const row = (y, n) => (isMarker(n) ? marker(values[n], x, y, k) : svg("text", { x, y: y - k, "text-anchor": "middle" }, fit(values[n], strip.chars)));
  return svg("g", { class: `token number${strip.large ? " large" : ""}${marked ? " marked" : ""}` }, tokens.map(row));
}

/** The token of a step; rows: where its numbers stand, px from the top (a symbol takes the first). */
export function tokenNode(trace, t, geo, rows = geo.strip.tokens) {
  const x = geo.centre(t);
  return isNumber(trace) ? numbers(trace, t, x, geo, rows) : svg("text", { class: "token", x, y: rows[0], "text-anchor": "middle" }, trace.token(t));
}

/** What the network says after a step, with its tick or cross; rows: how far down that stands, and under it the right number, if it is to be told. */
export function saysNode(trace, t, geo, rows = geo.strip) {
  const answer = trace.said(t);
  const { k } = geo;
  const { stacked, chars, large } = geo.strip;
  const { said: y } = rows;
  const x = geo.centre(t);
  const off = trace.start.off_task;
  const has = trace.start.marks !== null && (!off || t < off.from);
  const line = (name, text, at) => svg("text", { class: [name, isNumber(trace) ? "number" : "", large ? "large" : "", answer.right === null ? "undue" : ""].filter(Boolean).join(" "), ...(has && !stacked ? { x: x - 1.5 * k, "text-anchor": "end" } : { x, "text-anchor": "middle" }), y: at }, text);
  const text = line("said", isNumber(trace) ? fit(answer.says, chars) : stacked ? answer.says[0] : answer.says.join(""), y);
  const right = isNumber(trace) && answer.answer !== null ? line("answer", fit(answer.answer, chars), rows.answer) : null;
  const [mx, my] = stacked ? [x - 3.5 * k, (rows.answer ?? y) + 10 * k] : [x + 5 * k, y - 4.5 * k];
  const mark = answer.right === null
    ? svg("circle", { class: "none", cx: mx + 3.5 * k, cy: my - 0.5 * k, r: 1.5 * k }, svg("title", {}, word("score.nothingDue")))
    : answer.right
    ? svg("path", { class: "tick", d: `M${mx} ${my}l${2.5 * k} ${3 * k}l${4.5 * k} ${-6 * k}` })
    : svg("path", { class: "cross", d: `M${mx} ${my - 3 * k}l${6 * k} ${6 * k}m0 ${-6 * k}l${-6 * k} ${6 * k}` });
  return svg("g", { class: "says-next future" }, text, right, has && mark);
}
