/* Where things stand on the score: one set of columns for tokens, staves, lines and the scrub bar. Only numbers, no DOM. */

/** A sequence to this length is drawn whole, so that it plays without a pause. */
export const WHOLE_COLUMNS = 512;
/** Of a longer one a window is drawn, and the window follows the playhead: enough for the widest screens and cheap to draw again. */
export const WINDOW_COLUMNS = 256;
/** Of a step of more numbers the first ones are shown in the strip. */
const MOST_INPUTS = 4;
const STRIP_SPARE = 24;
const WINDOW_STEP = WINDOW_COLUMNS / 4;

/** Column width in px for n steps in the given room; never so narrow that a token, or four characters of a number, cannot be read or tapped. */
export function columnWidth(room, n, narrow, k = 1, numeric = false) {
  const [least, most] = narrow ? [numeric ? 34 : 20, 64] : [(numeric ? 34 : 18) * k, 150 * k].map(Math.round);
  return Math.max(least, Math.min(most, Math.floor(room / Math.max(1, n))));
}

/** Where the rows of the strip stand, px from its top: steps, marks, tokens (of numbers one row an input), what the network says, and what is right where that is a number. */
export function stripRows({ k, cw, slurs, inputs = 0, answers = false }) {
  const rows = Math.max(1, Math.min(inputs, MOST_INPUTS));
  const chip = 19 * k + slurs;
  const chipHeight = (25 + 16 * (rows - 1)) * k;
  const said = chip + chipHeight + 19 * k;
  const answer = answers ? said + 16 * k : null;
  const stacked = inputs > 0 || cw < 46 * k;
  const large = cw >= 46 * k;
  const chars = Math.floor((cw - 4 * k) / ((large ? 7.6 : 6.5) * k));
  return { step: 11 * k, slurTop: 18 * k, slurBase: 18 * k + slurs, chip, chipHeight, tokens: Array.from({ length: rows }, (_, n) => chip + (18 + 16 * n) * k), said, answer, stacked, large, chars, bottom: (answer ?? said) + (stacked ? 19 : 9) * k };
}

/** The drawn window [from, to) for the steps [first, last] in view; stays where it is while those are inside it. */
export function drawnWindow(n, first, last, current) {
  if (n <= WHOLE_COLUMNS) return current ?? { from: 0, to: n };
  if (current && first >= current.from && last < current.to && current.to <= n) return current;
  const spare = Math.max(0, WINDOW_COLUMNS - (last - first + 1));
  const from = Math.max(0, Math.min(n - WINDOW_COLUMNS, Math.floor((first - spare / 3) / WINDOW_STEP) * WINDOW_STEP));
  return { from, to: Math.min(n, from + WINDOW_COLUMNS) };
}

/** The columns of the strip to have in the page for the steps [first, last] in view: those and some on either side; unchanged while they suffice. */
export function stripView(n, first, last, current) {
  if (current && first >= current.from && last < current.to) return current;
  return { from: Math.max(0, first - STRIP_SPARE), to: Math.min(n, last + 1 + STRIP_SPARE) };
}

/** Where to scroll so that step t is in view: unchanged while it is well inside, else a page turn that puts it near the left. */
export function pageTurn(scrollLeft, room, cw, t, n) {
  const x = t * cw;
  if (x >= scrollLeft && x + cw <= scrollLeft + room * 0.9 && x <= scrollLeft + room) return scrollLeft;
  if (x + cw > n * cw - room && x >= scrollLeft && x + cw <= scrollLeft + room) return scrollLeft;
  const target = x < scrollLeft ? x - room * 0.75 + cw : x - room * 0.1;
  return Math.max(0, Math.min(n * cw - room, Math.round(target / cw) * cw));
}

/** Lower rows of an enlarged stave cannot be tapped or told apart; then it shows a group of the units, in rows that can. */
const LOWEST_ROW = 6;
const GROUPED_ROW = 14;

/** The rows [from, to) that an enlarged stave shows: all, or the group of 2ⁿ that this one is in. */
export function rowsShown(hidden, height, row) {
  const group = 2 ** Math.floor(Math.log2(Math.max(1, height / GROUPED_ROW)));
  if (height >= hidden * LOWEST_ROW || group >= hidden) return { from: 0, to: hidden };
  const from = Math.min(Math.floor(row / group) * group, hidden - group);
  return { from, to: from + group };
}

/** Which unit stands in a row of the staves, and in which row a unit stands: rows is the order of all units from the top, null where they stand by number. */
export const unitAt = (rows, row) => rows?.[row] ?? row;
export const rowOf = (rows, unit) => (rows ? rows.indexOf(unit) : unit);
/** What there is of each unit, in the order of the rows. */
export const inRows = (rows, ofUnits) => (rows ? rows.map((unit) => ofUnits[unit]) : ofUnits);

/** How far from the top of the staves a row begins. */
export const rowTop = ({ top, height, from, to }, row) => top + ((row - from) * height) / (to - from);

/** Heights and tops of the staves, in px, in the room they have, and the rows each shows; a zoomed one takes what the others can spare, and shows this row. */
export function staves(room, count, hidden, { gap, zoomed, narrow, row = 0 }) {
  const most = hidden * (narrow ? 14 : 18);
  const each = Math.max(12, Math.floor((room - gap * (count - 1)) / count));
  const small = 14;
  const snap = (h, rows) => (h >= rows * 2 ? Math.floor(h / rows) * rows : h);
  let top = 0;
  return Array.from({ length: count }, (_, n) => {
    let height = Math.min(most, each);
    if (zoomed !== null && count > 1) height = n === zoomed ? Math.min(hidden * 28, room - (count - 1) * (gap + small)) : small;
    const { from, to } = n === zoomed ? rowsShown(hidden, height, row) : { from: 0, to: hidden };
    const stave = { top, height: n === zoomed || zoomed === null ? snap(height, to - from) : height, from, to };
    top += stave.height + gap;
    return stave;
  });
}

/** Spreads labels that would meet: each keeps its order and stands at least `apart` from the next, inside [low, high]. */
export function spread(ys, apart, low, high) {
  const order = ys.map((y, n) => ({ y, n })).sort((a, b) => a.y - b.y);
  const step = Math.min(apart, (high - low) / Math.max(1, ys.length - 1));
  let floor = low;
  for (const e of order) floor = (e.y = Math.max(e.y, floor)) + step;
  let ceiling = high;
  for (const e of order.reverse()) ceiling = (e.y = Math.min(e.y, ceiling)) - step;
  const out = [];
  for (const e of order) out[e.n] = e.y;
  return out;
}

/** Nesting levels of the marks, outermost 0: how high each slur must rise to clear those inside it. */
export function markLevels(marks) {
  const height = new Map();
  const sorted = [...marks].sort((a, b) => a.to - a.from - (b.to - b.from));
  const tops = new Map();
  for (const m of sorted) {
    let most = -1;
    for (let t = m.from; t <= m.to; t++) most = Math.max(most, tops.get(t) ?? -1);
    for (let t = m.from; t <= m.to; t++) tops.set(t, most + 1);
    height.set(m, most + 1);
  }
  return height;
}
