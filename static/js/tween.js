/* Moves a set of named numbers from where they are shown to where they belong. Frames run only while something changes; knows nothing of what is drawn. */

const easeOut = (x) => 1 - (1 - x) ** 3;

/** draw(values) is called with plain objects of numbers. to(values, ms) starts towards them, at once when ms is 0 or nothing has been drawn yet. */
export function createTween(draw) {
  let shown = null;
  let frame = 0;

  function to(target, ms) {
    cancelAnimationFrame(frame);
    const from = shown;
    const keys = Object.keys(target);
    if (!from || ms <= 0 || keys.every((key) => Object.is(from[key], target[key]))) {
      shown = target;
      draw(target);
      return;
    }
    const start = performance.now();
    const tick = (now) => {
      const part = Math.max(0, Math.min(1, (now - start) / ms));
      const ease = easeOut(part);
      shown = part === 1 ? target : Object.fromEntries(keys.map((key) => {
        const a = from[key] ?? NaN;
        return [key, Number.isNaN(a) ? target[key] : a + (target[key] - a) * ease];
      }));
      draw(shown);
      if (part < 1) frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
  }

  return { to };
}
