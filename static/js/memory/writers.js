/* Who wrote what is in a unit's memory, as a bar of shares and as a table of amounts. Shows an account (see views/memory.js); knows neither the server nor the stage. */

import { h, setAttribute, setText } from "../dom.js";
import { exact, sgn } from "../format.js";
import { word } from "../words.js";

/** So many rows the table has at most, and when its rest is opened. */
const [ROWS, OPENED] = [14, 200];
/** How wide a part of the bar must be, in per cent, for a text under it or in it of so many characters. */
const wideFor = { text: (length) => 1.7 * length + 1.8, token: (length) => 2.4 * length };

/** The writers that have a row of their own, in the order of writing: all, or, if they are more than `most`, those of which something to so many digits is left, the largest and the chosen one among them. */
export function listed(amounts, { most, first, chosen, digits }) {
  const places = amounts.map((_, place) => place).filter((place) => place > 0 || first !== 0);
  if (places.length <= most) return places;
  const bySize = [...places].sort((a, b) => Math.abs(amounts[b]) - Math.abs(amounts[a]) || a - b);
  const own = bySize.slice(0, most - 1).filter((place) => Math.abs(amounts[place]) >= 0.5 * 10 ** -digits);
  if (!own.includes(chosen)) own.splice(most - 2, 1, chosen);
  return own.sort((a, b) => a - b);
}

/** The bar has at most so many parts, none of a share below the least; the others are its empty end. */
const [PARTS, LEAST] = [60, 0.002];

/** The bar of shares: a part for each writer, as wide as its share, in the order of writing. */
export function shareBar() {
  const bar = h("div", { class: "shares", "aria-hidden": "true" });
  const parts = [];
  return {
    node: bar,
    print({ share, texts, amounts, chosen, nameOf }) {
      bar.classList.toggle("empty", !share);
      const wide = share ? share.map((_, place) => place).filter((place) => share[place] >= LEAST) : [];
      const places = wide.length <= PARTS ? wide : wide.sort((a, b) => share[b] - share[a]).slice(0, PARTS).sort((a, b) => a - b);
      while (parts.length < places.length) {
        const [token, text] = [h("b"), h("span")];
        parts.push({ node: bar.appendChild(h("i", {}, token, text)), token, text });
      }
      parts.forEach(({ node, token, text }, n) => {
        const place = places[n];
        node.hidden = place === undefined;
        if (node.hidden) return;
        node.style.flexGrow = share[place];
        node.classList.toggle("minus", amounts[place] < 0);
        node.classList.toggle("chosen", place === chosen);
        const width = 100 * share[place];
        const name = nameOf(place);
        setText(token, width >= wideFor.token(name.length) ? name : "");
        setText(text, width >= wideFor.text(texts[place].length) ? texts[place] : "");
      });
    },
  };
}

/** The table; choose(place) is called when a writer is picked, again() when it can take more or fewer lines: most() says how many. */
export function writersTable(tips, choose, again) {
  const [title, amountHead, shareHead] = [h("th", { scope: "col", colspan: 2 }), h("th", { scope: "col" }), h("th", { scope: "col" })];
  const body = h("tbody");
  const [total, rest] = [row(tips), row(tips)];
  const foot = h("tfoot", {}, total.node);
  const table = h("table", { class: "writers" }, h("thead", {}, h("tr", {}, title, amountHead, shareHead)), body, foot);
  const rows = [];
  let open = false;
  const more = h("button", { type: "button", on: { click: () => { open = !open; again(); } } });
  rest.head.append(more);
  body.addEventListener("click", (event) => {
    const found = rows.find(({ node }) => node.contains(event.target));
    if (found) choose(found.place);
  });

  function print(account) {
    const { amounts, first, chosen, places, shown, digits, share, texts, partner, symbol, nameOf, stepOf, ends } = account;
    table.style.setProperty("--origin", `${ends[1] > ends[0] ? (-100 * ends[0]) / (ends[1] - ends[0]) : 0}%`);
    setText(title, word("memory.who"));
    setText(amountHead, word("memory.amount"));
    setText(shareHead, word(partner.some((n) => n >= 0) ? "memory.ofTheRest" : "memory.share"));
    while (rows.length < places.length) rows.push(writerRow(tips));
    const inside = rows.slice(0, places.length);
    inside.forEach((one, n) => {
      const place = places[n];
      one.say(place, stepOf(place), nameOf(place), place === chosen);
      one.print(amounts[place], sgn(shown[n], digits), ends, partner[place] >= 0 ? "–" : share ? texts[place] : "", partner[place] >= 0);
    });
    const others = amounts.length - (first === 0 ? 1 : 0) - places.length;
    if (others || open) {
      setText(more, others ? word("memory.others", { n: others }) : word("memory.fewer"));
      setAttribute(more, "aria-expanded", String(open));
      rest.print(account.rest, others ? sgn(shown.at(-1), digits) : "", ends, "", false);
    }
    const wanted = [...inside, ...(others || open ? [rest] : [])].map(({ node }) => node);
    if (wanted.length !== body.children.length || wanted.some((node, n) => body.children[n] !== node)) body.replaceChildren(...wanted);
    total.head.replaceChildren(symbol());
    total.print(account.total, sgn(account.totalShown, digits), ends, "", false);
  }

  return { node: table, print, most: () => (open ? OPENED : ROWS) };
}

/** A line of the table: its head, a bar on the run's own axis, the amount and the share. */
function row(tips) {
  const [bar, amount, share] = [h("i"), h("td", { class: "number", tabindex: "-1" }), h("td", { class: "number" })];
  const head = h("th", { scope: "row" });
  let value = 0;
  tips.show(amount, () => exact(value));
  return {
    head,
    node: h("tr", {}, head, h("td", { class: "axis", "aria-hidden": "true" }, bar), amount, share),
    print(v, text, [low, high], part, aside) {
      value = v;
      bar.classList.toggle("minus", v < 0);
      bar.classList.toggle("aside", aside);
      const [from, to] = [Math.min(v, 0), Math.max(v, 0)].map((end) => (high > low ? (100 * (end - low)) / (high - low) : 0));
      Object.assign(bar.style, { left: `${from.toFixed(2)}%`, width: `${(to - from).toFixed(2)}%` });
      setText(amount, text);
      setText(share, part);
      setAttribute(share, "aria-label", aside ? word("memory.setAside") : part);
    },
  };
}

/** A writer's line: its head is the button that chooses it. */
function writerRow(tips) {
  const line = row(tips);
  const [step, token] = [h("span", { class: "at" }), h("b")];
  const button = h("button", { type: "button" }, step, token);
  line.head.append(button);
  return Object.assign(line, {
    place: 0,
    say(place, at, name, chosen) {
      line.place = place;
      setText(step, at);
      setText(token, name);
      setAttribute(button, "aria-pressed", String(chosen));
      setAttribute(button, "aria-label", word(place === 0 ? "memory.choose.before" : "memory.choose", { s: at, token: name }));
      line.node.classList.toggle("chosen", chosen);
    },
  });
}
