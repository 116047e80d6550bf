/* A second input that is like the first: one symbol changed to another of its kind, or one number. Knows brackets and letters, and no task: whether a candidate stays in one is the server's to say. */

const PAIRS = ["()", "[]", "{}", "<>"];
const KINDS = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u];

/** What kind of symbol it is: an opening or closing bracket, an upper or lower case letter, a digit, or another. */
function kindOf(symbol) {
  const side = PAIRS.some((pair) => pair[0] === symbol) ? "open" : PAIRS.some((pair) => pair[1] === symbol) ? "close" : null;
  return side ?? KINDS.findIndex((kind) => kind.test(symbol));
}

const closing = (symbol) => PAIRS.find((pair) => pair[0] === symbol)?.[1];

/** The tokens with that of a step replaced, and at the other end of its mark the same symbol or the bracket that closes it. */
function replaced(tokens, marks, t, symbol) {
  const out = [...tokens];
  out[t] = symbol;
  for (const { from, to } of marks.filter((m) => m.from === t && m.to < tokens.length)) {
    if (tokens[to] === tokens[t]) out[to] = symbol;
    else if (closing(tokens[t]) === tokens[to] && closing(symbol)) out[to] = closing(symbol);
  }
  return out;
}

/** At most so many are tried. */
const MOST = 6;

/** Candidates, the likeliest first, as tokens: at the first steps, other symbols of the same kind; steps from which a mark goes come before the others. */
function symbols({ card, start }) {
  const marks = start.marks ?? [];
  const begins = new Set(marks.map(({ from }) => from));
  const first = start.tokens.map((_, t) => t).slice(0, 64);
  const order = [...first.filter((t) => begins.has(t)), ...first.filter((t) => !begins.has(t))];
  const found = [];
  for (const t of order) {
    const { alphabet } = card;
    const at = alphabet.indexOf(start.tokens[t]);
    const around = [...alphabet.slice(at + 1), ...alphabet.slice(0, Math.max(0, at))];
    for (const symbol of around.filter((one) => kindOf(one) === kindOf(start.tokens[t])).slice(0, 2)) found.push(replaced(start.tokens, marks, t, symbol));
    if (found.length >= MOST) break;
  }
  return found.slice(0, MOST);
}

/** The same with one number half more or less: of the first step that a marker points at, else of the first step. */
function numbers(trace) {
  const { tokens } = trace.start;
  const marker = Array.isArray(tokens[0]) ? tokens[0].findIndex((_, n) => trace.isMarker(n)) : -1;
  const t = Math.max(0, marker < 0 ? 0 : tokens.findIndex((token) => token[marker] === 1));
  const [v] = [tokens[t]].flat();
  const other = Number((v >= 0.5 ? v - 0.5 : v + 0.5).toFixed(6));
  return [tokens.map((token, n) => (n !== t ? token : Array.isArray(token) ? [other, ...token.slice(1)] : other))];
}

/** Other inputs like that of a run, as lists of tokens, the likeliest first. */
export const otherInputs = (trace) => (trace.card.alphabet ? symbols(trace) : numbers(trace));

/** Of runs of such inputs that which stays in the task the longest, the first of equals; starts are the start messages of their runs. */
export function bestOf(starts) {
  const reach = ({ off_task: off, steps }) => (off ? off.from : steps);
  return starts.reduce((best, one, n) => (reach(one) > reach(starts[best]) ? n : best), 0);
}
