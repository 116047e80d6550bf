/* A vanilla store: one frozen state object, replaced whole; subscribers watch a slice of it. Knows nothing of what the state means. */

const same = (a, b) => Object.is(a, b) || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, n) => Object.is(v, b[n])));

export function createStore(initial) {
  let state = Object.freeze({ ...initial });
  const watchers = new Set();

  const check = (w) => {
    const value = w.selector(state);
    if (same(value, w.value)) return;
    const previous = w.value;
    w.value = value;
    w.callback(value, previous);
  };

  return {
    get: () => state,
    set(patch) {
      state = Object.freeze({ ...state, ...patch });
      for (const w of [...watchers]) if (watchers.has(w)) check(w);
    },
    /** Calls back once now and whenever the selected value changes (arrays are compared item by item); returns the way to stop. */
    watch(selector, callback) {
      const w = { selector, callback, value: selector(state) };
      watchers.add(w);
      callback(w.value, undefined);
      return () => watchers.delete(w);
    },
  };
}
