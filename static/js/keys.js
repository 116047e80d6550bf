/* The keys of the page outside the input; a control that uses a key itself keeps it. */

import { $ } from "./dom.js";

/** What a focused region that scrolls keeps for itself. */
const SCROLL = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]);

export function bindKeys(store, actions, { open, present }) {
  const input = $("#input");
  const toInput = () => {
    if (store.get().present) document.documentElement.toggleAttribute("data-peek", true);
    input.focus();
    input.select();
  };
  const keys = {
    " ": () => actions.play(), ArrowRight: () => actions.step(1), ArrowLeft: () => actions.step(-1), PageDown: () => actions.step(1), PageUp: () => actions.step(-1),
    Home: () => actions.seek(0), End: () => actions.seek(Infinity), ArrowDown: () => actions.turnUnit(1), ArrowUp: () => actions.turnUnit(-1),
    "[": () => actions.turnLayer(-1), "]": () => actions.turnLayer(1), "/": toInput, "?": () => open("help"), Escape: () => store.get().present && present(),
  };
  const owns = (target, key) => {
    if (target.closest("dialog[open]")) return true;
    if (target.matches("input[type=range]:not(#scrub)")) return SCROLL.has(key) || key === "ArrowLeft" || key === "ArrowRight";
    if (target.matches("input[type=checkbox]")) return key === " ";
    if (target.matches("input:not([type=range])")) return target !== input || !["PageUp", "PageDown"].includes(key);
    if (target.matches("select")) return key !== "Escape";
    if (target.matches("#panel, .values-frame")) return SCROLL.has(key) && target.scrollHeight > target.clientHeight;
    if (target.matches("[role=tab]")) return !target.closest("[data-by-pointer]") && ["ArrowLeft", "ArrowRight", "Home", "End", " "].includes(key);
    return target.matches("button, a, summary") && key === " ";
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const tab = store.get().tabs[Number(event.key) - 1];
    const act = keys[event.key] ?? (tab && (() => actions.openTab(tab)));
    if (!act || owns(event.target, event.key)) return;
    event.preventDefault();
    act();
  });
  input.addEventListener("blur", () => setTimeout(() => !$("#header").contains(document.activeElement) && document.documentElement.removeAttribute("data-peek"), 150));
}
