/* Which value is being taken apart, and the way that led to it: places, and back from each. Numbers and names only. */

/** The quantity that is shown: the one asked for where the cell has it, else the first. */
export const chosen = (card, quantity) => (card.quantities.find((q) => q.key === quantity) ?? card.quantities[0]).key;

export const placeOf = ({ trace, t, layer, unit, quantity }) => ({ t, layer, unit, quantity: chosen(trace.card, quantity) });

const same = (a, b) => a.t === b.t && a.layer === b.layer && a.unit === b.unit && a.quantity === b.quantity;

/** The places that led to `here`. A trail is {at, back}; whoever went elsewhere by other means than it has none, and who went back along it has what is before. */
export function backFrom({ at, back }, here) {
  if (at && same(at, here)) return back;
  return back.slice(0, Math.max(0, back.findIndex((place) => same(place, here))));
}

/** The trail after going from one place to another: one of its own places shortens it. */
export function onward(trail, here, there) {
  const way = [...backFrom(trail, here), here];
  const known = way.findIndex((place) => same(place, there));
  return { at: there, back: known < 0 ? way : way.slice(0, known) };
}
