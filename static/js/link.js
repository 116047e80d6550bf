/* The page's state as a link: all of it lives in the #fragment, which reaches no server's log. */

import { readEdits, writeEdits } from "./edits.js";
import { SPEEDS } from "./player.js";
import { languages } from "./words.js";

/** Longer than this an input makes a link that mail and chat programs cut. */
export const LONGEST_INPUT = 2000;

/** The view of a link that names none. */
export const FIRST_TAB = "gates";

/** How the rows of the score stand where a link does not say it, and how else they can. */
export const FIRST_ORDER = "number";
export const ORDERS = [FIRST_ORDER, "similarity"];

const FIELDS = { m: "model", i: "input", e: "edits", t: "t", l: "layer", u: "unit", s: "speed", lang: "lang", theme: "theme", present: "present", v: "tab", c: "rivals", j: "second", g: "quantity", w: "shows", o: "order", y: "output" };
const whole = (text) => (/^\d{1,6}$/.test(text) ? Number(text) : undefined);

const READ = {
  e: readEdits,
  t: whole,
  l: whole,
  u: whole,
  s: (text) => (SPEEDS.includes(Number(text)) ? Number(text) : undefined),
  lang: (text) => (languages().includes(text) ? text : undefined),
  theme: (text) => (["light", "dark"].includes(text) ? text : undefined),
  present: (text) => text === "1",
  c: (text) => (/^[\w.,-]{0,400}$/.test(text) ? text.split(",").filter(Boolean) : undefined),
  v: (text) => (/^[a-z]{1,20}$/.test(text) ? text : undefined),
  g: (text) => (/^\w{1,20}$/.test(text) ? text : undefined),
  w: (text) => (/^\w{1,20}$/.test(text) ? text : undefined),
  y: whole,
  o: (text) => (ORDERS.includes(text) ? text : undefined),
};

/** What a fragment says; fields it lacks, and those that make no sense, are absent. Edits that make no sense are null: then the run is another than the one meant. */
export function readLink(fragment) {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const out = {};
  for (const [short, name] of Object.entries(FIELDS)) {
    if (!said.has(short)) continue;
    const value = (READ[short] ?? String)(said.get(short));
    if (value !== undefined) out[name] = value;
  }
  return out;
}

/** The fragment of a state, and whether the input was too long to be part of it. */
export function writeLink({ model, input, edits = [], t, layer, unit, speed, lang, theme, present, tab, rivals = null, second = null, quantity, shows = null, order = FIRST_ORDER, output = null }) {
  const said = new URLSearchParams();
  const tooLong = input.length > LONGEST_INPUT;
  said.set("m", model);
  if (!tooLong) said.set("i", input);
  if (!tooLong && edits.length) said.set("e", writeEdits(edits));
  said.set("t", t);
  if (layer) said.set("l", layer);
  said.set("u", unit);
  said.set("s", speed);
  said.set("lang", lang);
  said.set("theme", theme);
  if (present) said.set("present", "1");
  if (tab !== FIRST_TAB) said.set("v", tab);
  if (rivals) said.set("c", rivals.join(","));
  if (second !== null && second.length <= LONGEST_INPUT) said.set("j", second);
  if (quantity) said.set("g", quantity);
  if (shows) said.set("w", shows);
  if (output !== null) said.set("y", output);
  if (order !== FIRST_ORDER) said.set("o", order);
  return { fragment: "#" + String(said).replace(/%2C|%3B|%3D|%40|%27/g, decodeURIComponent), tooLong }; // these may stand there as they are; numbers and edits are full of them
}
