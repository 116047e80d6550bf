/* Reads what a formula names out of a trace, for one step, layer and unit. */

/** name -> number for "f", "prev.C" (one step earlier), "pre.f.x" (a part of a pre-activation; NaN while it has not arrived) and "scale.C" (see scaleOf). */
export function readings(trace, { layer, t, unit }, names) {
  const pre = trace.pre(layer, t);
  return Object.fromEntries([...names].map((name) => {
    const [first, key, part] = name.split(".");
    if (first === "prev") return [name, trace.prev(layer, key, t, unit)];
    if (first === "pre") return [name, pre?.[key]?.[part]?.[unit] ?? NaN];
    if (first === "scale") return [name, scaleOf(trace, layer, key, unit)];
    return [name, trace.value(layer, name, t, unit)];
  }));
}

/** Where the lines of a quantity are widest: at its bound, else at the unit's peak. */
function scaleOf(trace, layer, key, unit) {
  const { min, max } = trace.card.quantities.find((q) => q.key === key);
  return max === null ? peak(trace, layer, key, unit) : Math.max(Math.abs(min), Math.abs(max));
}

const peaks = new WeakMap();

/** The largest |value| of one unit over the steps that have arrived, rounded up to a half and at least 1: the scale of its lines. */
export function peak(trace, layer, key, unit) {
  const known = peaks.get(trace) ?? new Map();
  peaks.set(trace, known);
  const id = `${layer} ${key} ${unit}`;
  let { upTo, largest } = known.get(id) ?? { upTo: 0, largest: 1 };
  for (; upTo < trace.arrived; upTo++) largest = Math.max(largest, Math.abs(trace.value(layer, key, upTo, unit)));
  known.set(id, { upTo, largest });
  return Math.ceil(2 * largest) / 2;
}
