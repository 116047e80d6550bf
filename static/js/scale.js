/* What the ends of a colour scale mean. Numbers only; the colours themselves are charts/ramps.js. */

const roundedUp = (peak) => Math.max(0.5, Math.ceil(peak * 2) / 2);

/** Whether a quantity's colours can be scaled in several ways: only one without natural bounds. */
export const hasScales = (quantity) => quantity.max === null;

/** Whether a quantity cannot be negative: its colours are one ramp from zero, as a gate's. */
export const fromZero = (quantity) => quantity.min === 0;

/**
 * The limits [low, high] of a quantity's colours. Without natural bounds they are the task's, from the card ("task", widened where this run goes beyond),
 * this run's own ("run"), or each unit's own largest value ("unit": rows are then shares of it).
 */
export function limits(quantity, trace, scale) {
  if (!hasScales(quantity)) return { low: quantity.min, high: quantity.max, widened: false };
  if (scale === "unit") return { low: -1, high: 1, widened: false };
  const known = trace.card.limits?.[quantity.key] ?? 1;
  const run = roundedUp(trace.peak[quantity.key]);
  const widened = scale === "task" && run > known;
  const high = scale === "run" || widened ? run : known;
  return { low: -high, high, widened, known };
}

/** The largest |value| of one unit over a run; 1 where it never leaves 0, so that it can divide. */
export function unitPeak(trace, layer, key, unit) {
  let peak = 0;
  for (let t = 0; t < trace.arrived; t++) peak = Math.max(peak, Math.abs(trace.value(layer, key, t, unit)));
  return peak || 1;
}

/** The scale a run is first shown in: the widest that does not leave its typical unit pale. */
export function firstScale(trace) {
  const quantity = trace.card.quantities.find(hasScales);
  if (!quantity) return "task";
  const peaks = trace.layers.flatMap((_, layer) => Array.from({ length: trace.hidden }, (_, unit) => unitPeak(trace, layer, quantity.key, unit))).sort((a, b) => a - b);
  const typical = peaks[Math.floor(peaks.length / 2)];
  return ["task", "run"].find((scale) => typical * 4 >= limits(quantity, trace, scale).high) ?? "unit";
}
