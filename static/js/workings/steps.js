/* A formula step by step from the inside, as the API computes it: each step in symbols, then with numbers, where what an earlier step gave stands for it. Knows no cell. */

import { term } from "../digits.js";
import { h } from "../dom.js";
import { byHand, numeric, parse, range, written } from "../formula.js";
import { draw, mathml } from "../mathml.js";
import { minus } from "../format.js";
import { thing } from "../pointing.js";

const DIGITS = 3;

/** The tree of a step with the steps before it as variables of the names "step.0", "step.1", …; a sum or product of several is one step. */
export function folded(tree, before) {
  const known = before.indexOf(written(tree));
  if (known >= 0) return { op: "var", name: `step.${known}` };
  const copy = { ...tree };
  for (const side of ["of", "left", "right"]) if (tree[side]) copy[side] = folded(tree[side], before);
  return copy;
}

/**
 * The steps as rows {tree, fold, values, text, sign}: fold is the tree with earlier steps folded, values the exact number of each of its variables, text the result as it is
 * printed; sign is "=" where the printed numbers give the printed result.
 */
export function worked(steps, variables, bounds, quantities) {
  const done = [];
  const given = { ...variables };
  return steps.map(({ formula, value }, n) => {
    const tree = parse(formula);
    const fold = folded(tree, done);
    const last = n === steps.length - 1;
    const within = last ? bounds : range(tree, quantities);
    const text = term(value, DIGITS, within);
    done.push(written(tree));
    given[`step.${n}`] = value;
    return { tree, fold, values: { ...given }, value, within, text, last };
  });
}

/**
 * The rows as a list. line has variables, steps; mark(node, thing) lets a row be pointed at; number({v, text, name}) makes the button of a quantity's value, tip(node, text)
 * gives the exact value of any other.
 */
export function stepsList({ steps, variables }, { key, bounds, quantities, mark, number, tip }) {
  const printed = {};
  const rows = worked(steps, variables, bounds, quantities).map(({ tree, fold, values, value, within, text, last }, n) => {
    const write = (name) => (printed[name] ??= term(values[name], DIGITS, range({ op: "var", name }, quantities)));
    const make = (props, name) => (name.startsWith("step.") ? tip(h("span", { class: "made" }), () => minus(String(values[name]))) : number({ props, v: values[name], name }));
    const line = numeric(fold, make);
    line.print(write);
    const hand = byHand(fold, Object.fromEntries(line.vars.map(({ name }) => [name, write(name)])), within);
    printed[`step.${n}`] = text;
    const result = tip(h("span", { class: last ? `val q-${key}` : "val" }, text), () => minus(String(value)));
    const symbols = h("span", { class: "symbols" }, draw({ tag: "math", props: {}, children: [mathml(tree, quantities, key)] }));
    return h("li", {}, mark(symbols, thing(tree)), h("span", { class: "numbers" }, "= ", ...line.nodes), h("span", { class: "result" }, `${hand === text ? "=" : "≈"} `, result));
  });
  return h("ol", { class: "steps" }, rows);
}
