/* What edits did to what a network says: two traces of one input in, numbers out. No DOM, no words. */

/** Numbers that differ by less say the same, where the task does not say what is near enough. */
const NEAR = 0.01;

/** Whether two things that a network says (see Trace.said) are different ones: of several symbols their order does not count. */
export function differs(a, b, card) {
  if (!a || !b) return false;
  if (typeof a.says === "number") return Math.abs(a.says - b.says) > (card.tolerance ?? NEAR);
  if (a.says.length !== b.says.length) return a.says[0] !== b.says[0];
  return [...a.says].sort().join() !== [...b.says].sort().join();
}

/** In how many steps a run is judged and in how many it is right. */
function judged(trace) {
  let [n, right] = [0, 0];
  for (let t = 0; t < trace.arrived; t++) {
    const said = trace.said(t);
    if (said.right === null) continue;
    n++;
    if (said.right) right++;
  }
  return { n, right };
}

/** The mean of −log₂ p of the symbols that came, or null where none is known. */
function bits(trace) {
  const ps = trace.outputs.map((y) => y.next?.p).filter((p) => p > 0);
  return ps.length ? ps.reduce((sum, p) => sum - Math.log2(p), 0) / ps.length : null;
}

/** { before, after: { n, right, bits }, first }: first is the first step at which another thing is said, or null. */
export function changes(before, after) {
  let first = null;
  for (let t = 0; first === null && t < Math.min(before.arrived, after.arrived); t++) if (differs(before.said(t), after.said(t), after.card)) first = t;
  const tell = (trace) => ({ ...judged(trace), bits: bits(trace) });
  return { before: tell(before), after: tell(after), first };
}

/**
 * The symbols that rank highest before or after, at most five, in the order of outputs: [{ symbol, before, after, due }]. A probability that is not among an answer's five is
 * { below: the least of those }.
 */
export function pairs(y0, y1, outputs, most = 5) {
  const ps = [y0, y1].map(({ top }) => new Map(top));
  const least = [y0, y1].map(({ top }) => ({ below: top.at(-1)[1] }));
  const answers = [y1.answer ?? []].flat();
  const all = [...new Set([...ps[0].keys(), ...ps[1].keys()])];
  const high = (symbol) => Math.max(...ps.map((p) => p.get(symbol) ?? 0));
  const kept = all.sort((a, b) => high(b) - high(a)).slice(0, most);
  const place = new Map(outputs.map((symbol, n) => [symbol, n]));
  return kept.sort((a, b) => place.get(a) - place.get(b)).map((symbol) => ({ symbol, before: ps[0].get(symbol) ?? least[0], after: ps[1].get(symbol) ?? least[1], due: answers.includes(symbol) }));
}
