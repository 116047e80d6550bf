/*
 * Pointing: a symbol of an equation, a line of the diagram, a cell of the score and a number of the arithmetic can be the same thing. Whichever a person
 * points at, all of them are marked. A thing is what a formula, or a part of one, names for the selected unit at the current step. Knows no view.
 */

import { names, seenState, written } from "./formula.js";

/** tree: the formula; of: the quantity whose own pre-activation "pre.x" and so on are; unit: another than the selected one. */
export const thing = (tree, { of = null, unit = null } = {}) => ({ name: written(tree), names: names(tree), of, unit });

/** The same from the name of a variable. */
export const named = (name, more) => thing({ op: "var", name }, more);

export const sameThing = (a, b) => a === b || Boolean(a && b && a.name === b.name && a.of === b.of && a.unit === b.unit);

/** The cell state behind the part of a peephole; any other name stays. */
const seen = ({ name, of }, quantities) => (name === "pre.c" && of ? seenState(of, quantities) : name);

/** Whether what shows one thing is to be marked while another is pointed at; unit is the selected one. */
export function isPointed(shown, pointed, { unit, quantities }) {
  if (!pointed) return false;
  const own = (one) => one.unit === null || one.unit === unit;
  if (shown.name === "pre.h" && pointed.name === "prev.h" && pointed.unit !== null) return true;
  if (shown.unit !== pointed.unit && !(own(shown) && own(pointed))) return false;
  if (shown.name === pointed.name) return shown.of === null || pointed.of === null || shown.of === pointed.of;
  return shown.name === "pre.c" && seen(shown, quantities) === pointed.name;
}

/** Where a thing lives in the score: [{key, t, unit}], unit null for a whole column; key null is the token. What is of before the first step is nowhere. */
export function placesOf(pointed, { t, unit, layer, quantities }) {
  const places = pointed.names.map((name) => {
    const [first, key] = seen({ name, of: pointed.of }, quantities).split(".");
    if (first === "prev") return { key, t: t - 1, unit: pointed.unit ?? unit };
    if (first !== "pre") return { key: first, t, unit: pointed.unit ?? unit };
    if (key === "x") return layer === 0 ? { key: null, t, unit: null } : null;
    return key === "h" ? { key, t: t - 1, unit: null } : null;
  });
  return places.filter((place) => place !== null && place.t >= 0);
}

/** What a place of the score is for the selected unit at the current step, or null where it takes no part. */
export function thingAt(place, { t, unit, layer, quantities }) {
  if (place.key === null) return place.t === t && layer === 0 ? named("pre.x") : null;
  if (place.t === t) return place.unit === unit ? named(place.key) : null;
  if (place.t !== t - 1) return null;
  if (place.key === "h") return named("prev.h", { unit: place.unit });
  return place.unit === unit && quantities.get(place.key).kind === "state" ? named(`prev.${place.key}`) : null;
}

/**
 * Lets nodes inside root be pointed at, by hovering, focus and tap. add(node, thing, …) makes a node stand for a thing, and be marked with the others as well;
 * light() marks the nodes of what is pointed at and returns whether there was one; clear() forgets them all.
 */
export function pointable(root, point) {
  let things = new Map();
  const find = (node) => {
    for (let at = node; at && at !== root; at = at.parentNode) if (things.has(at)) return things.get(at)[0];
    return null;
  };
  const focused = () => (root.contains(document.activeElement) ? find(document.activeElement) : null);
  root.addEventListener("pointerover", (event) => point(find(event.target)));
  root.addEventListener("pointerleave", () => point(focused()));
  root.addEventListener("focusin", (event) => point(find(event.target)));
  root.addEventListener("focusout", () => point(null));
  return {
    add(node, ...all) {
      things.set(node, all);
      return node;
    },
    clear() { things = new Map(); },
    light(pointed, place) {
      let lit = 0;
      for (const [node, all] of things) {
        const on = all.some((one) => isPointed(one, pointed, place));
        node.classList.toggle("lit", on);
        lit += Number(on);
      }
      return lit > 0;
    },
  };
}
