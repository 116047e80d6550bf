/* All units as a table: a row a unit, sorted by any column, the selected one marked and in view. Knows the server's answer; built again only when that or the order changes. */

import { h, rebuild } from "../dom.js";
import { num } from "../format.js";
import { shortToken } from "../trace.js";
import { columns, portion, saturated, share, sorted, spanOf, turned, written } from "./facts.js";
import { word } from "../words.js";

export function unitTable(actions, store) {
  const head = h("tr", {});
  const rows = h("tbody", {});
  const node = h("div", { class: "units-frame", role: "region", tabindex: "0" }, h("table", { class: "units-table" }, h("thead", {}, head), rows));
  let answer = null;
  let sort = null;
  let current = null;
  let built = new Map();
  let from = []; // what the rows are built from

  const bar = ({ min, max, mean }, [low, high]) => {
    const at = (v) => `${(100 * (v - low)) / (high - low || 1)}%`;
    return h("span", { class: `range q-${answer.state}` }, h("span", { class: "sr" }, word("units.fromTo", { min: num(min, 2), max: num(max, 2) })),
      h("i", { class: "zero", style: `left:${at(0)}` }), h("i", { class: "reach", style: `left:${at(min)};width:calc(${at(max + low - min)} + 1px)` }), h("i", { class: "mean", style: `left:${at(mean)}` }));
  };

  const on = ([first], value) => {
    const { trace } = store.get();
    return [h("span", { class: trace.card.alphabet ? "tok" : "" }, trace.card.alphabet ? shortToken(trace, first.t) : String(first.t)), " ", value(first)];
  };
  const told = (list, value) => list.map((one) => `${store.get().trace.token(one.t)} ${value(one)}`).join("  ·  ");

  const CELLS = {
    mean: (u) => ({ text: num(u.mean, 2) }),
    range: (u, span) => ({ text: bar(u, span), title: word("units.fromTo", { min: num(u.min, 2), max: num(u.max, 2) }) }),
    half_life: (u) => ({ text: u.half_life === null ? "–" : String(u.half_life), title: u.half_life === null ? word("units.half.none") : null }),
    writes: (u) => ({ text: on(u.writes, written), title: told(u.writes, written) }),
    changes: (u) => ({ text: on(u.writes, written), title: told(u.writes, written) }),
    resets: (u) => ({ text: on(u.resets, share), title: told(u.resets, share), dim: u.resets[0].mean >= 0.1 }),
    opens: (u) => ({ text: on(u.opens, share), title: told(u.opens, share) }),
    saturated: (u) => ({ text: `${portion(saturated(answer, u.unit))} %` }),
  };

  const heads = (shown) => {
    const numbers = store.get().card.alphabet ? "" : ".numbers";
    return shown.map((column) => {
      const { name } = column;
      const text = word(`units.col.${name}${["writes", "changes", "resets", "opens"].includes(name) ? numbers : ""}`);
      const down = sort?.name === name ? sort.down : null;
      return h("th", { scope: "col", class: `c-${name}`, "aria-sort": down === null ? null : down ? "descending" : "ascending" },
        h("button", { type: "button", title: word(`units.col.${name}.what`), dataset: { key: `sort ${name}` }, on: { click: () => { sort = turned(sort, column); build(); } } }, text, h("span", { class: "way", "aria-hidden": "true" }, down === null ? "" : down ? "▾" : "▴")));
    });
  };

  const row = (unit, shown, span) => h("tr", { dataset: { unit } },
    h("th", { scope: "row", class: "c-unit" }, h("button", { type: "button", dataset: { key: `row ${unit}` }, "aria-label": word("cell.unit", { u: unit }) }, String(unit))),
    ...shown.slice(1).map(({ name }) => {
      const { text, title, dim } = CELLS[name](answer.units[unit], span);
      return h("td", { class: `c-${name}${dim ? " dim" : ""}`, title }, text);
    }));

  function build() {
    const { rows: inOrder, lang } = store.get();
    const now = [answer, inOrder, sort, lang];
    if (!answer || now.every((one, n) => one === from[n])) return;
    from = now;
    const shown = columns(answer);
    const span = spanOf(answer);
    rebuild(head, ...heads(shown));
    const order = sorted(answer, inOrder, sort);
    const made = order.map((unit) => row(unit, shown, span));
    built = new Map(order.map((unit, n) => [unit, made[n]]));
    rebuild(rows, ...made);
    node.setAttribute("aria-label", word("units.all", { n: answer.units.length }));
    current = null;
    mark();
  }

  /** Marks the selected unit's row and brings it into view, inside the frame only. */
  function mark() {
    current?.removeAttribute("aria-current");
    current = built.get(store.get().unit) ?? null;
    if (!current) return;
    current.setAttribute("aria-current", "true");
    const [top, above] = [current.offsetTop, head.offsetHeight];
    if (top - above < node.scrollTop) node.scrollTop = top - above;
    else if (top + current.offsetHeight > node.scrollTop + node.clientHeight) node.scrollTop = top + current.offsetHeight - node.clientHeight;
  }

  rows.addEventListener("click", (event) => {
    const chosen = event.target.closest("tr");
    if (chosen) actions.select({ unit: Number(chosen.dataset.unit) });
  });
  store.watch((s) => s.unit, mark);
  store.watch((s) => s.rows, build);
  return {
    node,
    show(found) {
      answer = found;
      if (sort && !columns(answer).some(({ name }) => name === sort.name)) sort = null;
      build();
    },
  };
}
