/* What the gradients are, as MathML: the formulas that stand beside their pictures. Knows notation, not numbers. */

const MATH = "http://www.w3.org/1998/Math/MathML";

function node(tag, props, ...children) {
  const made = document.createElementNS(MATH, tag);
  for (const [name, value] of Object.entries(props)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const mi = (text, more = {}) => node("mi", more, text);
const mn = (n) => node("mn", {}, String(n));
const mo = (text, more = {}) => node("mo", more, text);
/** Parentheses of their own height, whatever stands beside them. */
const inside = (...children) => [mo("(", { stretchy: "false" }), ...children, mo(")", { stretchy: "false" })];
const row = (...children) => node("mrow", {}, ...children);
const of = (what, when) => row(what, ...inside(typeof when === "number" ? mn(when) : when));
const sub = (what, ...below) => node("msub", {}, what, row(...below));
const over = (above, below) => node("mfrac", {}, row(mo("∂"), above), row(mo("∂"), below));
const bar = (form) => mo("‖", { stretchy: "true", form });
const norm = (what, below) => row(bar("prefix"), what, below ? node("msub", {}, bar("postfix"), below) : bar("postfix"));
const rootOfSquares = (index, what) => node("msqrt", {}, node("munder", {}, mo("∑", { movablelimits: "false", largeop: "true" }), index), node("msup", {}, row(mo("(", { stretchy: "true" }), what, mo(")", { stretchy: "true" })), mn(2)));
const formula = (...children) => node("math", { display: "block" }, ...children);
const symbol = ({ key, symbol: text }) => mi(text, { class: `q-${key}` });

/** ‖∂s(T)/∂s(t)‖ and what it is, for the step T; states are the quantities that a cell carries on. */
export function normDefinition(t, states) {
  const [s, j, k] = [mi("s"), mi("j"), mi("k")];
  const list = states.flatMap((q, n) => (n ? [mo(","), symbol(q)] : [symbol(q)]));
  return formula(
    norm(over(of(s, t), of(mi("s"), mi("t")))), mo("="), rootOfSquares(row(j, mo(","), k), over(of(sub(mi("s"), mi("j")), t), of(sub(mi("s"), mi("k")), mi("t")))),
    mo(",", { rspace: "0.5em" }), mi("s"), mo("="), ...(list.length > 1 ? inside(...list) : list),
  );
}

/** The norm of the direct path; keep is the quantity whose product it is, or null where all is kept. */
export function directDefinition(t, keep) {
  const product = keep
    ? row(node("munderover", {}, mo("∏", { movablelimits: "false", largeop: "true" }), row(mi("k"), mo("="), mi("t"), mo("+"), mn(1)), mn(t)), of(sub(symbol(keep), mi("j")), mi("k")))
    : mn(1);
  return formula(rootOfSquares(mi("j"), product));
}

/** ‖∂ℓ(T)/∂x(s)‖₂, where ℓ = W h(T) + b. */
export const inputDefinition = (t, state) => formula(
  norm(over(mi("ℓ"), of(mi("x"), mi("s"))), mn(2)), mo(",", { rspace: "0.5em" }), mi("ℓ"), mo("="), mi("W"), of(symbol(state), t), mo("+"), mi("b"),
);

/** ∂ℓ(T)/∂z(s) of one gate, and what z is to it. */
export const gateDefinition = (gate, squash) => formula(
  over(mi("ℓ"), of(sub(mi("z"), symbol(gate)), mi("s"))), mo(",", { rspace: "0.5em" }), symbol(gate), mo("="), mi(squash), ...inside(sub(mi("z"), symbol(gate))),
);
