/* The memory of the selected unit: who wrote what, and how much of it is left. Asks for a unit's ledger once and reads every step of the run off it; the numbers are memory/account.js, the stage is memory/triangle.js. */

import * as api from "../api.js";
import { h, rebuild, setText } from "../dom.js";
import { exactTips } from "../exact.js";
import { sgn } from "../format.js";
import { stepHead } from "../head.js";
import { latest } from "../latest.js";
import { accountAt, ledgerOf } from "../memory/account.js";
import { STRONG, remembered } from "../memory/remembered.js";
import { writtenThen } from "../memory/since.js";
import { triangleStage } from "../memory/triangle.js";
import { unwrittenStage } from "../memory/unwritten.js";
import { shareBar, writersTable } from "../memory/writers.js";
import { problemText } from "../problem.js";
import { runBody, shortToken } from "../trace.js";
import { word, wordParts } from "../words.js";

export const takesStage = true;

/** Pairs that are told in a sentence each. */
const TOLD = 4;
/** A step that rests so long, ms, gets a row for its largest writer. */
const REST = 120;
/** Signs differ where a part of at least this share has another. */
const NAMELESS = 0.005;

export function mount({ panel, store, actions, ...places }) {
  const ask = latest();
  const known = new WeakMap();
  const head = stepHead(actions, store, { id: "memory-title", title: "memory.title" });
  const says = h("p", { class: "says-memory" });
  const fault = h("p", { class: "note", role: "status" });
  const body = h("div", { class: "memory-body" });
  panel.append(head.node, fault, says, body);
  const tips = exactTips(panel);
  const bar = shareBar();
  const table = writersTable(tips, (place) => choose(place), () => update());
  const [since, half, notes] = ["since", "half", "notes"].map((name) => h("div", { class: `memory-${name}` }));
  body.append(bar.node, table.node, since, half, notes);
  const stage = triangleStage(places, store, (place) => choose(place));
  const bare = unwrittenStage(places, store, actions);
  panel.append(bare.node);
  let ledger = null;
  let chosen = null; // the place of the writer that a person follows, until they let it go

  /* ---------- asking ---------- */

  function load() {
    const { trace, layer, unit } = store.get();
    if (!trace) return;
    head.say();
    const mine = known.get(trace) ?? new Map();
    known.set(trace, mine);
    const id = `${layer} ${unit}`;
    if (ledger?.trace !== trace) chosen = null;
    if (mine.has(id)) {
      ask(null);
      show(mine.get(id));
      return;
    }
    ask(async (signal) => {
      try {
        const answer = await api.ledger({ ...runBody(trace), layer, unit, t: 0 }, signal);
        if (signal.aborted) return;
        mine.set(id, ledgerOf(answer, trace));
        show(mine.get(id));
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof api.Problem || error instanceof api.Unreachable)) throw error;
        setText(fault, error instanceof api.Problem ? problemText({ ...error.body, slug: error.slug }, trace.card) : word("banner.lost"));
        fault.hidden = false;
        if (ledger?.trace !== trace) clear();
      }
    });
  }

  /** Takes away the picture of another run. */
  function clear() {
    [ledger, account] = [null, null];
    for (const part of [says, body]) part.hidden = true;
    stage.show(false);
    bare.show(null);
  }

  function show(next) {
    ledger = next;
    fault.hidden = true;
    const none = ledger.memory === null;
    for (const part of [says, body]) part.hidden = none;
    stage.show(!none);
    bare.show(none ? ledger : null);
    if (none) account = null;
    update();
    redraw();
  }

  const redraw = () => {
    if (!ledger || ledger.trace !== store.get().trace) return;
    if (ledger.memory === null) bare.draw();
    else {
      stage.draw(ledger, outlined());
      move();
    }
  };

  /* ---------- a step ---------- */

  let account = null;
  let resting = 0;

  /** The writers that must have a row while the step rests: the one that is followed, or the largest now. */
  const outlined = () => (account ? [account.chosen, account.largest].filter((place) => place !== null).map((place) => place - 1) : []);

  function update() {
    const { trace, t, arrived, playing } = store.get();
    head.say();
    if (!ledger || ledger.trace !== trace || t >= arrived) return;
    panel.dataset.unit = String(ledger.unit);
    if (ledger.memory === null) {
      bare.move(t);
      return;
    }
    account = accountAt(ledger, t, { chosen, most: table.most() });
    print();
    move();
    tips.refresh();
    clearTimeout(resting);
    if (!playing && stage.lacks(account.chosen)) resting = setTimeout(redraw, REST);
  }

  const quoted = (s) => h("b", { class: "token" }, shortToken(ledger.trace, s));

  function print() {
    const { digits } = account;
    const amount = (v) => sgn(v, digits);
    says.replaceChildren(...sentence(remembered(account, (s) => shortToken(ledger.trace, s), amount)));
    body.classList.add(`q-${ledger.identity.state}`);
    bar.print(account);
    table.print(account);
    const at = account.places.indexOf(account.chosen);
    const s = account.chosen - 1;
    rebuild(since, h("h3", {}, word("memory.then")), ...writtenThen({
      identity: ledger.identity, quantities: ledger.identity.quantities, kept: ledger.memory.kept, written: s < 0 ? ledger.memory.first : ledger.memory.wrote[s], s, t: account.t, shown: amount(account.shown[at]),
      value: (key, step) => ledger.trace.value(ledger.layer, key, step, ledger.unit), nameOf: quoted, amount, open: (quantity, t) => actions.takeApart({ quantity, t }),
    }));
    half.replaceChildren(h("h3", {}, word("memory.half")), h("p", {}, halfLife(account.t)));
    notes.replaceChildren(...notesOf(account, amount));
  }

  function halfLife(t) {
    const { memory, trace, identity } = ledger;
    const n = memory.halfLife[t];
    if (identity.keeper === null) return word("memory.half.endless");
    if (t === trace.length - 1) return word("memory.half.last");
    return n === null ? word("memory.half.longer", { n: trace.length - 1 - t }) : word("memory.half.at", { n, k: t + n });
  }

  /** The sentences under the account: pairs, what a share means, how amounts are rounded, which rows the stage has. */
  function notesOf({ amounts, partner, share, symbol, places, shown }, amount) {
    const printed = (place) => amount(places.includes(place) ? shown[places.indexOf(place)] : amounts[place]);
    const pairs = partner.flatMap((earlier, later) => (earlier >= 0 && earlier < later ? [[earlier, later]] : []));
    const told = pairs.slice(-TOLD).map(([a, j]) => h("p", {}, ...wordParts("memory.pair", { j: String(j - 1), kj: quoted(j - 1), a: a === 0 ? "–" : String(a - 1), ka: a === 0 ? word("memory.before") : quoted(a - 1), v: printed(j), w: printed(a) })));
    const signs = share && new Set(share.flatMap((part, n) => (part < NAMELESS ? [] : [Math.sign(amounts[n])]))).size > 1;
    const note = (key, nodes = {}) => h("p", { class: "fine" }, ...wordParts(key, nodes));
    return [
      ...told,
      ...(pairs.length > TOLD ? [h("p", {}, word("memory.pairs.more", { n: pairs.length - TOLD }))] : []),
      ...(pairs.length ? [note("memory.pairs.why")] : []),
      ...(signs ? [note("memory.signs", { C: symbol() })] : []),
      ...(places.length > 1 ? [note("memory.rounded", { C: symbol() })] : []),
    ];
  }

  const move = () => account && ledger?.trace === store.get().trace && ledger.memory && stage.move(account.t, account.chosen);

  function choose(place) {
    chosen = chosen === place ? null : place;
    update();
  }

  /* ---------- watching ---------- */

  store.watch((s) => [s.trace, s.layer, s.unit], load);
  store.watch((s) => [s.t, s.arrived > s.t, s.playing], update);
  store.watch((s) => s.lang, () => ledger && show(ledger));
  store.watch((s) => [s.geo, s.view, s.theme, s.present, s.seen, s.charts, s.running], redraw);
}

/** A sentence of remembered.js as nodes; what matters in it is bold. */
function sentence({ key, params, list }) {
  const bold = Object.fromEntries(Object.entries(params).map(([name, text]) => [name, STRONG.includes(name) ? h("b", { class: name }, text) : String(text)]));
  const joined = (list ?? []).flatMap((part, n, all) => [...(n === 0 ? [] : [word(n === all.length - 1 ? "memory.and" : "memory.comma")]), ...sentence(part)]);
  return wordParts(key, bold).flatMap((part) => (list && part === undefined ? joined : [part]));
}
