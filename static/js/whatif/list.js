/* The edits in force: a sentence each and a button that takes it away. */

import { h, rebuild, setText } from "../dom.js";
import { word } from "../words.js";
import { editText } from "./sentences.js";

export function editList(store, actions) {
  const title = h("h3", { id: "whatif-inforce", tabindex: "-1" });
  const all = h("button", { type: "button", class: "act", on: { click: () => remove(() => false) } });
  const none = h("p", { class: "dim" });
  const list = h("ul", { class: "edits", "aria-labelledby": "whatif-inforce" });
  const node = h("section", { class: "in-force" }, h("div", { class: "bar-of" }, title, all), none, list);

  const remove = (keeps) => {
    title.focus({ preventScroll: true }); // the button that has the focus goes
    actions.edit(store.get().edits.filter(keeps));
  };

  function say() {
    const { trace, edits } = store.get();
    if (!trace) return;
    setText(title, word("whatif.inForce", { n: edits.length }));
    setText(all, word("edited.remove"));
    setText(none, word("whatif.none"));
    all.hidden = list.hidden = edits.length === 0;
    none.hidden = edits.length > 0;
    rebuild(list, ...edits.map((edit, n) => {
      const text = editText(edit, trace);
      return h("li", {}, h("span", {}, text), h("button", { type: "button", dataset: { key: `edit ${n}` }, "aria-label": word("whatif.remove", { edit: text }), title: word("whatif.remove", { edit: text }), on: { click: () => remove((_, at) => at !== n) } }, "✕"));
    }));
  }
  return { node, say };
}
