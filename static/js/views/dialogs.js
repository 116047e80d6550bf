/* One dialog with several faces, each fetched when it is first asked for; opened by name, closed by Escape. Knows no face but its address. */

import { $, h } from "../dom.js";
import { word } from "../words.js";

const FACES = {
  models: () => import("../faces/models.js"), card: () => import("../faces/card.js"), examples: () => import("../faces/examples.js"),
  share: () => import("../faces/share.js"), help: () => import("../faces/help.js"),
};

/** Opens a face by name; about is what it is about, where it asks for that. A face is a function that gives [title, ...content]. */
export function dialogs(store, actions, charts) {
  const dialog = $("#dialog");
  let asked = null;
  const close = () => dialog.close();
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  dialog.addEventListener("close", () => { asked = null; });
  return async function open(name, about) {
    const mine = (asked = {});
    let face;
    try {
      ({ face } = await FACES[name]());
    } catch {
      store.set({ banner: "banner.lost" });
      return;
    }
    if (asked !== mine) return;
    const [title, ...body] = face({ store, actions, close, charts, open, about });
    dialog.replaceChildren(h("div", { class: "inner" }, h("header", {}, h("h2", { id: "dialog-title", tabindex: "-1" }, title), h("button", { type: "button", class: "close", "aria-label": word("dialog.close"), on: { click: close } }, "✕")), ...body));
    dialog.setAttribute("aria-labelledby", "dialog-title");
    dialog.dataset.face = name;
    if (dialog.open) $("#dialog-title").focus();
    else dialog.showModal();
    dialog.scrollTop = 0;
    $("[data-first]", dialog)?.focus();
  };
}
