/* Pointing at an output: hovering or focus asks what it depends on (store.glanced), a click or tap keeps it (store.output). Knows neither the outputs nor what is shown of them. */

/** Shorter than this a pointer is only passing, ms. */
const PASSING = 80;

/** Lets nodes inside root be pointed at; outputOf(node) gives the number of the output that a node shows, or undefined where it shows none. */
export function glancing(root, store, actions, outputOf) {
  let timer = 0;
  const glance = (n) => {
    clearTimeout(timer);
    if (store.get().glanced !== n) store.set({ glanced: n });
  };
  const focused = () => (root.contains(document.activeElement) && document.activeElement.matches(":focus-visible") ? outputOf(document.activeElement) : undefined) ?? null;
  root.addEventListener("pointerover", (event) => {
    const n = outputOf(event.target);
    clearTimeout(timer);
    if (n !== undefined && event.pointerType !== "touch") timer = setTimeout(() => glance(n), store.get().glanced === null ? PASSING : 0);
  });
  root.addEventListener("pointerleave", () => glance(focused()));
  root.addEventListener("focusin", () => glance(focused()));
  root.addEventListener("focusout", () => glance(null));
  root.addEventListener("click", (event) => {
    const n = outputOf(event.target);
    if (n !== undefined) actions.appear({ output: store.get().output === n ? null : n });
  });
}
