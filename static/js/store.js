/* A vanilla store: one frozen state object, replaced whole; subscribers watch a slice of it. Knows nothing of what the state means. */

const same = (a, b) => Object.is(a, b) || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, n) => Object.is(v, b[n])));

/** The same store for what is seen only now and then: its watchers are called when it comes into view and while it stays there. */
export const during = (store, inView) => ({
  ...store,
  watch(selector, callback) {
    const away = {};
    let seen = away;
    return store.watch((s) => {
      if (!inView(s)) return away;
      const value = selector(s);
      if (seen === away || !same(value, seen.value)) seen = { value };
      return seen;
    }, (now, before) => now !== away && callback(now.value, before === away ? undefined : before?.value));
  },
});

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
