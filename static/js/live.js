/* A cell's diagram that can be pointed at: each line, ring, box and number says what it is, is marked with it, and leads to what made it. Reads the data attributes that diagram.js draws by. */

import { svg } from "./dom.js";
import { madeIn, names, parse } from "./formula.js";
import { named, pointable, thing } from "./pointing.js";

const DRAWN = ["wire", "arrow", "valve", "box", "label"];
/** A line of one pixel is too thin to be pointed at. */
const REACH = 16;

/** point(thing) is told what is pointed at, go({quantity, back}) where a click leads. Returns light(pointed, place), which marks a thing in the drawing. */
export function liveDiagram(drawing, quantities, { point, go }) {
  const pointing = pointable(drawing, point);
  for (const what of DRAWN) for (const node of drawing.querySelectorAll(`[data-${what}]`)) enliven(node, what);
  for (const slot of ["h", "x"]) pointing.add(drawing.querySelector(`[data-slot="${slot}"]`), named(`pre.${slot}`));

  function enliven(node, what) {
    const { of = null } = node.dataset;
    const tree = parse(node.dataset[what]);
    const target = madeIn(tree, quantities, of);
    const open = (event) => {
      if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation(); // the page's own keys: a space would play
      go(target);
    };
    const makes = what === "box" && of !== null; // such a box makes its quantity, out of all the parts of the sum
    const things = makes ? [named(of), ...names(tree).map((name) => named(name, { of: name.startsWith("pre.") ? of : null }))] : [thing(tree, { of })];
    const nodes = [node];
    if (what === "wire") {
      const reach = svg("path", { class: "reach", d: node.getAttribute("d"), "stroke-width": REACH });
      node.after(reach);
      nodes.push(reach);
    }
    for (const one of nodes) {
      pointing.add(one, ...things);
      one.classList.add("live");
      one.addEventListener("click", open);
    }
    if (what === "label") node.addEventListener("keydown", open);
  }

  return (pointed, place) => drawing.classList.toggle("pointing", pointing.light(pointed, place));
}
