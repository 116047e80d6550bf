/* Which models belong together, and what their cards say of them side by side. Only cards in and numbers out: no DOM, no words. */

export const cardNamed = (models, name) => models.find((m) => m.name === name);

/** What models teach, in the order of the page; null: whatever has no task here. */
export const GROUPS = ["memory", "structure", "numbers", "series", null];

/** [{group, tasks: [{task, models}]}] in the order of the page; a model without a task stands alone. Groups without a model are left out. */
export function grouped(models) {
  const groupOf = (m) => (GROUPS.includes(m.group) ? m.group : null);
  return GROUPS.map((group) => {
    const tasks = Map.groupBy(models.filter((m) => groupOf(m) === group), (m) => m.task ?? m.name);
    return { group, tasks: [...tasks].map(([task, mine]) => ({ task, models: mine })) };
  }).filter(({ tasks }) => tasks.length);
}

/** The models of the same task, the card's own among them. */
export const siblings = (card, models) => (card.task === null ? [card] : models.filter((m) => m.task === card.task));

/** Those of them that can read what the card reads, itself first. */
export const readers = (card, models) => [card, ...siblings(card, models).filter((m) => m.name !== card.name && m.input_size === card.input_size && String(m.alphabet) === String(card.alphabet))];

/** The cells that a text on vanishing gradients sets side by side. */
const CLASSIC = ["lstm", "gru", "rnn"];

/** Of the readers those that stand beside the card unless someone chooses: of each classic cell a trained one, of the card's size where there is one. */
export function besides(card, models) {
  const others = readers(card, models).slice(1).filter((m) => m.trained);
  const size = (m) => m.hidden_size === card.hidden_size && m.layers === card.layers;
  const found = CLASSIC.filter((cell) => !(card.cell === cell && card.trained)).map((cell) => others.find((m) => m.cell === cell && size(m)) ?? others.find((m) => m.cell === cell));
  return [card, ...found.filter(Boolean)];
}

/** Those of them that can stand on the same axes: trained, of the same size, with figures. */
export const comparable = (card, models) => siblings(card, models).filter((m) => m.trained && m.accuracy?.by.length && m.hidden_size === card.hidden_size && m.layers === card.layers);

/** How far below the LSTM the simple RNN may be and still do as well: its share of right answers, and its measure as a factor. Fewer answers than ENOUGH prove nothing. */
const [SHORT, WORSE, ENOUGH] = [0.01, 1.02, 200];

const rivals = (models) => ["rnn", "lstm"].map((cell) => models.find((m) => m.cell === cell && m.trained && m.accuracy));

/** [x, the RNN's figures, the LSTM's] wherever both were tried, inside training (part "by") or "beyond" it. */
function shared([rnn, lstm], part) {
  const theirs = new Map(along(lstm.accuracy[part] ?? [], lstm.by).map((e) => [e.x, e]));
  return along(rnn.accuracy[part] ?? [], rnn.by).filter((e) => theirs.has(e.x)).map((e) => [e.x, e, theirs.get(e.x)]);
}

/**
 * How far the simple RNN does at least as well as the LSTM of the same task and size: "throughout", "inside" (as far as training went and not everywhere beyond it), or null where it
 * does not, or there are not both. As well is: over 200 answers or more its share of right ones is at most one percentage point below the LSTM's, in all and at every place where both
 * were tried; and a measure beside right and wrong, of which less is better, is worse by at most 2 %.
 */
export function rnnAsWell(models) {
  const [rnn, lstm] = rivals(models);
  if (!rnn || !lstm) return null;
  const close = (a, b) => Math.min(a.n, b.n) >= ENOUGH && b.value - a.value <= SHORT + 1e-9;
  const [ours, theirs] = [rnn.accuracy, lstm.accuracy];
  if (theirs.measure && !(ours.measure?.value <= WORSE * theirs.measure.value)) return null;
  if (!close(ours, theirs) || !shared([rnn, lstm], "by").every(([, a, b]) => close(a, b))) return null;
  return shared([rnn, lstm], "beyond").every(([, a, b]) => close(a, b)) ? "throughout" : "inside";
}

/** Where beyond training the simple RNN is right more often than the LSTM of the same task and size, its 95 % interval wholly above the LSTM's: [{x, rnn, lstm}], the shares. */
export function rnnBetter(models) {
  const [rnn, lstm] = rivals(models);
  if (!rnn || !lstm) return [];
  return shared([rnn, lstm], "beyond").filter(([, a, b]) => a.low > b.high).map(([x, a, b]) => ({ x, rnn: a.value, lstm: b.value }));
}

const Z = 1.959964;

/** The 95 % interval of a share that was value of n: Wilson's, as the cards have it. */
export function wilson(value, n) {
  const spread = Z * Math.sqrt((value * (1 - value)) / n + Z ** 2 / (4 * n ** 2));
  const [middle, scale] = [value + Z ** 2 / (2 * n), 1 + Z ** 2 / n];
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}

/** Figures by one axis: what a card lists several times for one place, such as a depth at two lengths, taken together. */
export function along(entries, axis) {
  const places = Map.groupBy(entries, (e) => e[axis]);
  return [...places].sort(([a], [b]) => a - b).map(([x, list]) => {
    if (list.length === 1) return { x, ...list[0] };
    const n = list.reduce((sum, e) => sum + e.n, 0);
    const value = list.reduce((sum, e) => sum + e.value * e.n, 0) / n;
    return { x, value, n, ...wilson(value, n) };
  });
}

/** The smallest share that the axis must show, rounded down to one of these. */
const FLOORS = [0.99, 0.95, 0.9, 0.8, 0.5, 0];

/**
 * The accuracy of models of one task along its axis, as curves: {xs, log, from, end, series: [{model, inside, beyond}]}. inside and beyond are [{x, value, low, high, n}];
 * end is the last place that training knew, null where the figures beyond it differ in something else than the axis (apart: then they are curves of their own);
 * log where the places span more than a decade; from is the lowest share on the other axis.
 */
export function curves(models) {
  const axis = models[0].by;
  const series = models.map((model) => ({ model, inside: along(model.accuracy.by, axis), beyond: along(model.accuracy.beyond ?? [], axis) }));
  const last = Math.max(...series.flatMap((s) => s.inside.map((e) => e.x)));
  const later = series.flatMap((s) => s.beyond.map((e) => e.x));
  const apart = later.some((x) => x <= last);
  const xs = [...new Set(series.flatMap((s) => [...s.inside, ...s.beyond].map((e) => e.x)))].sort((a, b) => a - b);
  const least = Math.min(...series.flatMap((s) => [...s.inside, ...s.beyond].map((e) => e.low)));
  return { axis, xs, log: xs[0] > 0 && xs.at(-1) > 10 * xs[0], from: FLOORS.find((floor) => floor <= least), end: later.length && !apart ? last : null, apart, series };
}
