/* The exact value behind a rounded number: a small tip on hover, focus and tap, inside one section. Knows nothing of what the number means. */

import { h } from "./dom.js";

/** Makes tips inside root. show(node, text) gives a node its tip, text a function asked only when the tip is seen; refresh() follows a new step; put(box, text) shows one at a place. */
export function exactTips(root) {
  const texts = new WeakMap();
  const tip = h("div", { class: "exact", "aria-hidden": "true", hidden: true });
  let over = null;
  root.append(tip);

  const find = (node) => {
    for (let at = node; at && at !== root; at = at.parentNode) if (texts.has(at)) return at;
    return null;
  };

  function put(box, text) {
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const frame = root.getBoundingClientRect();
    const left = box.left + box.width / 2 - frame.left - tip.offsetWidth / 2;
    tip.style.left = `${Math.max(0, Math.min(frame.width - tip.offsetWidth, left))}px`;
    tip.style.top = `${box.top - frame.top - tip.offsetHeight - 4}px`;
  }

  function place(node) {
    over = node?.isConnected ? node : null;
    put(over?.getBoundingClientRect(), over ? texts.get(over)() : "");
  }

  const enter = (event) => place(find(event.target));
  const leave = (event) => place(find(event.relatedTarget) ?? (root.contains(document.activeElement) ? find(document.activeElement) : null));
  root.addEventListener("pointerover", enter);
  root.addEventListener("focusin", enter);
  root.addEventListener("pointerout", leave);
  root.addEventListener("focusout", () => place(null));
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") place(null); });

  return {
    show: (node, text) => texts.set(node, text),
    put,
    node: tip,
    refresh: () => over && place(over),
  };
}
