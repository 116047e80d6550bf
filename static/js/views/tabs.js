/* The tabs: which view stands beside the score. Fetches and makes a view when it is first asked for, shows one at a time; knows of a view only its name and whether it takes the stage. */

import { $, h } from "../dom.js";
import { during } from "../store.js";
import { word } from "../words.js";

/**
 * views: name -> null for what stands on the page already, else a function that imports its module: { takesStage, mount }. A view that takes the stage
 * draws in the columns of the score, in place of the staves. mount({ panel, stage, labels, scales, store, actions }) is called once; its store is silent
 * while another view is shown.
 */
export function tabsView(store, actions, views) {
  const root = $("#tabs");
  const names = Object.keys(views);
  const modules = new Map();
  const buttons = new Map(names.map((name) => [name, h("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `view-${name}`, on: { click: () => actions.openTab(name) },
  })]));
  const list = root.appendChild(h("div", { role: "tablist" }, ...buttons.values()));
  const panels = new Map(names.map((name) => {
    const panel = $(`#view-${name}`) ?? $("#panel").appendChild(h("div", { class: "view", id: `view-${name}`, hidden: true }));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `tab-${name}`);
    return [name, panel];
  }));

  /** Scrolls the row of tabs, where it is too narrow for them, and never the page. */
  const reveal = (button) => { root.scrollLeft = button.offsetLeft - root.offsetLeft - (root.clientWidth - button.offsetWidth) / 2; };

  const make = async (name) => {
    const view = await views[name]();
    modules.set(name, view);
    const place = (parent) => $(parent).appendChild(h("div", { class: "stage", dataset: { view: name } }));
    const places = view.takesStage ? { stage: place("#stages"), labels: place("#stage-labels"), scales: place("#stage-scales") } : {};
    view.mount({ panel: panels.get(name), ...places, store: during(store, (s) => s.tab === name), actions });
  };

  const show = async (tab) => {
    if (views[tab] && !modules.has(tab)) await make(tab).catch(() => store.set({ banner: "banner.lost" }));
    if (store.get().tab !== tab) return;
    const staged = Boolean(modules.get(tab)?.takesStage);
    document.documentElement.toggleAttribute("data-staged", staged);
    for (const stage of document.querySelectorAll(".stage")) stage.hidden = stage.dataset.view !== tab;
    store.set({ staged });
  };

  /* Who has pointed at a tab goes on with the keys of the page; who came by keyboard goes from tab to tab. */
  list.addEventListener("click", ({ detail }) => list.toggleAttribute("data-by-pointer", detail > 0));
  list.addEventListener("focusout", () => list.removeAttribute("data-by-pointer"));
  list.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!by || list.hasAttribute("data-by-pointer")) return;
    event.preventDefault();
    const at = Math.abs(by) === 1 ? (names.indexOf(store.get().tab) + by + names.length) % names.length : by < 0 ? 0 : names.length - 1;
    actions.openTab(names[at]);
    buttons.get(names[at]).focus();
  });

  store.watch((s) => s.lang, () => {
    for (const node of [root, list]) node.setAttribute("aria-label", word("tabs.label"));
    for (const [n, name] of names.entries()) {
      buttons.get(name).textContent = word(`tab.${name}`);
      buttons.get(name).title = word("tabs.key", { key: n + 1, what: word(`tab.${name}.what`) });
    }
  });
  store.watch((s) => [s.tab, s.lang], ([tab]) => $("#panel").setAttribute("aria-label", word(`tab.${tab}.what`)));
  store.watch((s) => [s.tab, s.trace !== null], ([tab, some]) => {
    const lost = names.some((name) => name !== tab && panels.get(name).contains(document.activeElement));
    for (const name of names) {
      const chosen = name === tab;
      buttons.get(name).setAttribute("aria-selected", String(chosen));
      buttons.get(name).tabIndex = chosen ? 0 : -1;
      panels.get(name).hidden = !chosen;
    }
    document.documentElement.dataset.tab = tab;
    if (lost) buttons.get(tab).focus(); // what had the focus is hidden now
    $("#panel").scrollTop = 0;
    reveal(buttons.get(tab));
    if (some) show(tab);
  });
}
