/* Starts the page: makes the store, the actions and the views, and decides what is seen first. */

import * as api from "./api.js";
import { createActions } from "./actions.js";
import { linesChart } from "./charts/lines.js";
import { fetchPlotly, whenPlotly } from "./charts/plotly.js";
import { stavesChart } from "./charts/staves.js";
import { $ } from "./dom.js";
import { watchGlance } from "./glance.js";
import { firstInput } from "./input.js";
import { bindKeys } from "./keys.js";
import { FIRST_ORDER, FIRST_TAB, readLink } from "./link.js";
import { createPlayer } from "./player.js";
import { recover } from "./recover.js";
import { createStore } from "./store.js";
import { announcerView } from "./views/announcer.js";
import { arithmeticView } from "./views/arithmetic.js";
import { cellView } from "./views/cell.js";
import { dialogs } from "./views/dialogs.js";
import { chipsView, pickerView, toolsView } from "./views/header.js";
import { editedView } from "./views/edited.js";
import { leadView } from "./views/lead.js";
import { marksView } from "./views/marks.js";
import { nextView } from "./views/next.js";
import { overlayView } from "./views/overlay.js";
import { pointerView } from "./views/pointer.js";
import { scalesView } from "./views/scales.js";
import { scoreView } from "./views/score.js";
import { bannerView, sequenceView } from "./views/sequence.js";
import { snapshotView } from "./charts/snapshot.js";
import { watchSaliency } from "./saliency.js";
import { shadingView } from "./views/shading.js";
import { stripView } from "./views/strip.js";
import { tableView } from "./views/table.js";
import { tabsView } from "./views/tabs.js";
import { transportView } from "./views/transport.js";
import { chooseLanguage, loadWords, setLanguage } from "./words.js";
import { cardNamed } from "./zoo.js";

/** The views beside the score, in the order of their tabs, each fetched when it is first asked for; the first stands on the page from the start. */
const VIEWS = {
  gates: null,
  arithmetic: () => import("./views/workings.js"),
  memory: () => import("./views/memory.js"),
  gradients: () => import("./views/gradients.js"),
  compare: () => import("./views/compare.js"),
  whatif: () => import("./views/whatif.js"),
  units: () => import("./views/units.js"),
};

loadWords(JSON.parse($("#words").textContent));
const said = readLink(location.hash);
const dark = matchMedia("(prefers-color-scheme: dark)");

const store = createStore({
  lang: said.lang ?? chooseLanguage(navigator.languages), theme: said.theme ?? (dark.matches ? "dark" : "light"), present: said.present ?? false, waiting: false,
  models: [], card: null, text: "", input: "", edits: [], rivals: null, second: null, before: null, trace: null, arrived: 0, running: false, t: 0, layer: 0, unit: 0, playing: false, speed: said.speed ?? 4,
  pre: null, problem: null, notice: null, banner: null, drawnWith: {}, linkTooLong: false, zoomed: null, scale: null, scaleChosen: false, composing: false, charts: null, geo: null, window: null, view: null, linePanels: null, seen: false, tabs: Object.keys(VIEWS), tab: said.tab in VIEWS ? said.tab : FIRST_TAB, staged: false, quantity: null, shows: null, trail: { at: null, back: [] }, pointed: null, output: null, glanced: null, saliency: null, order: said.order ?? FIRST_ORDER, rows: null, glance: null,
});
const actions = createActions(store);

const root = document.documentElement;
store.watch((s) => [s.lang, s.theme, s.present], ([lang, theme, present]) => {
  setLanguage(lang);
  root.lang = lang;
  root.dataset.theme = theme;
  root.toggleAttribute("data-present", present);
});

function present(on = !store.get().present) {
  actions.appear({ present: on });
  if (on) root.requestFullscreen?.().catch(() => {});
  else if (document.fullscreenElement) document.exitFullscreen();
}
document.addEventListener("fullscreenchange", () => !document.fullscreenElement && store.get().present && present(false));

const charts = {};
const open = dialogs(store, actions, charts);
scoreView(store);
const scales = scalesView(store, actions);
stripView(store);
shadingView(store);
watchSaliency(store);
overlayView(store, scales);
marksView(store);
pointerView(store, actions);
sequenceView(store, actions);
bannerView(store, actions);
recover(store, actions);
api.onWaiting((requests) => store.set({ waiting: requests > 0 }));
pickerView(store, open);
chipsView(store, actions, open);
leadView(store);
editedView(store, actions);
toolsView(store, actions, open, () => present());
transportView(store, actions);
tabsView(store, actions, VIEWS);
announcerView(store);
cellView($("#cell-view"), store, actions);
arithmeticView($("#arithmetic-view"), store, actions);
nextView($("#next-view"), store, actions);
tableView($("#table-view"), store, actions);
charts.staves = stavesChart(store);
charts.lines = linesChart(store);
snapshotView($("#snapshot-view"), store, actions);
watchGlance(store);
createPlayer(store);
bindKeys(store, actions, { open, present });

/* The first picture is painted before Plotly is run; it is fetched as soon as there is something to draw. */
store.watch((s) => s.trace !== null, (some) => some && fetchPlotly());
const stop = store.watch((s) => s.geo !== null && s.arrived > 0, (first) => {
  if (!first) return;
  requestAnimationFrame(() => requestAnimationFrame(() => {
    stop();
    root.dataset.ready = "cell";
    setTimeout(() => store.set({ seen: true }), 0);
  }));
});

store.watch((s) => [s.seen, s.charts], ([seen]) => seen && whenPlotly().catch(() => store.set({ banner: "banner.noCharts" })));

store.watch((s) => s.playing, (playing, before) => before && !playing && actions.syncLink("replace"));

let waiting = 0;
store.watch((s) => [s.trace, s.t, s.arrived, s.seen], () => {
  clearTimeout(waiting);
  if (!store.get().seen) return;
  waiting = setTimeout(() => actions.needPre(store.get().t), store.get().playing ? 0 : 30);
});

addEventListener("popstate", () => actions.leaveLink()); // some time before hashchange
addEventListener("hashchange", () => actions.followLink(location.hash));
addEventListener("pagehide", () => actions.syncNow());

async function start() {
  try {
    const models = await api.models();
    store.set({ models, card: cardNamed(models, said.model) ?? models[0] });
  } catch (error) {
    store.set({ banner: "banner.noServer" });
    if (!(error instanceof api.Unreachable || error instanceof api.Problem)) throw error;
    return;
  }
  if (actions.openLink(location.hash)) return;
  const { card } = store.get();
  const input = $("#input");
  if (matchMedia("(pointer: fine)").matches && !store.get().present) input.focus();
  await actions.run(firstInput(card), { from: "example", unit: said.unit, history: "replace" });
  if (document.activeElement === input) input.select();
}
start();
