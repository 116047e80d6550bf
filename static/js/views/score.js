/* Measures the score and keeps the playhead in view. Publishes geo (where things stand) and window (the columns drawn); draws nothing itself. */

import { $ } from "../dom.js";
import { word } from "../words.js";
import { columnWidth, drawnWindow, markLevels, pageTurn, rowOf, staves, stripRows, stripView } from "../geometry.js";

function measure(state) {
  const { trace, card, zoomed } = state;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const k = rem / 16;
  const narrow = innerWidth <= 900;
  const score = $("#score");
  const { paddingTop, paddingLeft } = getComputedStyle(score);
  const padding = parseFloat(paddingTop);
  const margin = $("#labels").offsetWidth;
  const room = score.clientWidth - parseFloat(paddingLeft) - margin - $("#scales").offsetWidth;
  const n = trace.length;
  const numeric = card.alphabet === null;
  const cw = columnWidth(room, n, narrow, k, numeric);
  const fits = n * cw <= room;
  const height = narrow ? Math.max(540, innerHeight - score.offsetTop - 108) : score.clientHeight - padding - (fits ? 0 : 12);
  const marks = trace.start.marks ?? [];
  const depth = marks.length === 0 ? 0 : n > 2000 ? 2 : Math.max(...markLevels(marks).values()) + 1;
  const slurs = depth ? Math.min(14 + 6.5 * depth, 48) * k : 4 * k;
  const strip = stripRows({ k, cw, slurs, inputs: numeric ? card.input_size : 0, answers: numeric && card.task !== null && trace.start.marks !== null });
  const stavesTop = Math.round(strip.bottom);
  const gap = Math.round((narrow ? 5 : state.present ? 8 : 9) * k);
  const least = (narrow ? 70 : 96) * k;
  const list = staves(height - stavesTop - least - 24 * k, card.quantities.length, trace.hidden, { gap, zoomed, narrow, row: rowOf(state.rows, state.unit) });
  const stavesHeight = list.at(-1).top + list.at(-1).height;
  const linesTop = Math.round(stavesTop + stavesHeight + (narrow ? 38 : 18) * k);
  const lines = { top: linesTop, height: Math.max(40, Math.min(height - linesTop - 12 * k, 220 * k)) };
  return { k, narrow, left: parseFloat(paddingLeft) + margin, margin, room, n, cw, fits, width: n * cw, height, strip, slurs: slurs - 4 * k, depth, staves: list, stavesTop, stavesHeight, lines, bottom: lines.top + lines.height, x: (t) => t * cw, centre: (t) => t * cw + (cw - 1) / 2 };
}

export function scoreView(store) {
  const columns = $("#columns");
  const track = $("#track");

  let scrolled = 0; // kept here, because to ask the browser lays out the page

  const place = () => {
    const { geo, window, view } = store.get();
    const first = Math.floor(scrolled / geo.cw);
    const last = Math.min(geo.n - 1, Math.ceil((scrolled + geo.room) / geo.cw));
    store.set({ window: drawnWindow(geo.n, first, last, window), view: stripView(geo.n, first, last, view) });
  };

  const layout = () => {
    const state = store.get();
    if (!state.trace) return;
    const geo = measure(state);
    track.style.width = `${geo.width}px`;
    track.style.setProperty("--cw", `${geo.cw}px`);
    columns.classList.toggle("fits", geo.fits);
    columns.tabIndex = geo.fits ? -1 : 0;
    columns.setAttribute("aria-label", word("score.label"));
    $("#score").style.setProperty("--room", `${Math.min(geo.room, geo.width)}px`);
    if (geo.narrow) $("#score").style.height = `${geo.height + 12}px`;
    else $("#score").style.removeProperty("height");
    scrolled = Math.max(0, Math.min(scrolled, geo.width - geo.room));
    store.set({ geo, window: null, view: null });
    follow();
    place();
  };

  const follow = () => {
    const { geo, t } = store.get();
    if (!geo || geo.fits) return;
    const to = pageTurn(scrolled, geo.room, geo.cw, t, geo.n);
    if (to !== scrolled) columns.scrollLeft = scrolled = to;
  };

  columns.addEventListener("scroll", () => {
    scrolled = columns.scrollLeft;
    if (store.get().geo) place();
  }, { passive: true });
  store.watch((s) => [s.trace, s.zoomed, s.present, s.lang], layout);
  store.watch((s) => [s.unit, s.rows], ([unit, rows]) => {
    const { geo, zoomed } = store.get();
    const stave = geo?.staves[zoomed];
    const row = rowOf(rows, unit);
    if (stave && (row < stave.from || row >= stave.to)) layout();
  });
  store.watch((s) => s.t, () => { follow(); if (store.get().geo) place(); });
  let size = "";
  new ResizeObserver(() => {
    const now = `${$("#score").clientWidth} ${innerWidth <= 900 ? innerWidth : $("#score").clientHeight} ${getComputedStyle(document.documentElement).fontSize}`;
    if (now !== size) layout();
    size = now;
  }).observe($("#score"));
}
