/* Play, step and scrub: buttons, a native slider aligned with the columns, the speed, and one sentence about what is playing. */

import { $, h, setText, svg } from "../dom.js";
import { SPEEDS } from "../player.js";
import { unitPeak } from "../scale.js";
import { word } from "../words.js";

const ICONS = {
  first: "M2 2h2v12H2zM14 2v12L5 8z", back: "M11 2v12L3 8zM12 2h2v12h-2z", play: "M3 1.5v13l11-6.5z", pause: "M3 2h4v12H3zM9 2h4v12H9z", forward: "M5 2v12l8-6zM2 2h2v12H2z", last: "M12 2h2v12h-2zM2 2v12l9-6z",
};
const icon = (name) => svg("svg", { width: 16, height: 16, "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
const THUMB = 16;
const OVERVIEW_POINTS = 600;

/** The selected unit's first state over the whole run as a filled shape: an overview of a sequence longer than the screen. */
function overviewPath(trace, key, layer, unit, width, height) {
  const bins = Math.min(trace.arrived, OVERVIEW_POINTS);
  const peak = unitPeak(trace, layer, key, unit);
  const tops = [];
  const bottoms = [];
  for (let n = 0; n < bins; n++) {
    const [from, to] = [Math.floor((n * trace.arrived) / bins), Math.max(Math.floor(((n + 1) * trace.arrived) / bins), Math.floor((n * trace.arrived) / bins) + 1)];
    let [low, high] = [Infinity, -Infinity];
    for (let t = from; t < to; t++) {
      const v = trace.value(layer, key, t, unit) / peak;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    const x = ((n + 0.5) / bins) * width * (trace.arrived / trace.length);
    tops.push(`${x.toFixed(1)} ${(height * (0.5 - high / 2) - 0.6).toFixed(1)}`);
    bottoms.unshift(`${x.toFixed(1)} ${(height * (0.5 - low / 2) + 0.6).toFixed(1)}`);
  }
  return bins ? `M${tops.join("L")}L${bottoms.join("L")}z` : "";
}

export function transportView(store, actions) {
  const root = $("#transport");
  const buttons = Object.fromEntries(["first", "back", "play", "forward", "last"].map((name) => [name, h("button", { type: "button", "data-action": name }, icon(name))]));
  const acts = { first: () => actions.seek(0), back: () => actions.step(-1), play: () => actions.play(), forward: () => actions.step(1), last: () => actions.seek(Infinity) };
  for (const [name, button] of Object.entries(buttons)) button.addEventListener("click", acts[name]);
  const slider = h("input", { type: "range", min: 0, step: 1, id: "scrub" });
  slider.addEventListener("input", () => actions.seek(Number(slider.value)));
  const rail = svg("svg", { height: 56, "aria-hidden": "true" });
  const scrub = h("div", { class: "scrub" }, rail, slider);
  const speed = h("select", { id: "speed" });
  speed.addEventListener("change", () => actions.setSpeed(Number(speed.value)));
  const keys = h("span");
  const leave = h("button", { type: "button", on: { click: () => actions.appear({ present: false }) } });
  const layers = h("select", { id: "layer" });
  layers.addEventListener("change", () => actions.select({ layer: Number(layers.value) }));
  root.append(h("div", { class: "time" }, h("div", { class: "move", role: "group" }, ...Object.values(buttons)), scrub), h("div", { class: "modes" }, layers, speed), h("div", { class: "hint" }, keys, leave));
  let done = null;

  const railDraw = () => {
    const { geo, trace, layer, unit, running } = store.get();
    if (!geo || !trace) return;
    const left = geo.narrow && !geo.fits ? 14 : geo.left;
    const full = geo.narrow && !geo.fits ? innerWidth - 28 : geo.room;
    const thumb = THUMB * geo.k;
    const first = geo.fits ? (geo.cw - 1) / 2 : thumb / 2;
    const span = geo.fits ? (geo.n - 1) * geo.cw : full - thumb;
    const middle = geo.narrow ? 22 : 28 * geo.k;
    scrub.style.left = `${left}px`;
    scrub.style.width = `${full}px`;
    Object.assign(slider.style, { left: `${first - thumb / 2}px`, width: `${span + thumb}px` });
    rail.setAttribute("width", full);
    done = svg("line", { class: "railed", x1: first, y1: middle, y2: middle });
    const ticks = geo.n > 1 && span / (geo.n - 1) >= 6 ? Array.from({ length: geo.n }, (_, t) => svg("line", { class: "railtick", x1: first + (t * span) / (geo.n - 1), x2: first + (t * span) / (geo.n - 1), y1: middle + 5, y2: middle + 11 })) : [];
    const state = trace.card.quantities.find((q) => q.kind === "state");
    const path = geo.fits || geo.narrow || running ? [] : [svg("g", { transform: `translate(${first} 3)` }, svg("path", { class: `overview q-${state.key}`, d: overviewPath(trace, state.key, layer, unit, span, 18 * geo.k) }))];
    rail.replaceChildren(...path, svg("line", { class: "rail", x1: first, x2: first + span, y1: middle, y2: middle }), done, ...ticks);
    done.dataset.first = first;
    done.dataset.span = span;
    slider.max = geo.n - 1;
    move();
  };

  const move = () => {
    const { t, trace, arrived } = store.get();
    if (!trace || !done) return;
    slider.value = t;
    slider.setAttribute("aria-valuetext", word("transport.at", { t, n: trace.length, token: trace.token(t) }));
    done.setAttribute("x2", Number(done.dataset.first) + (Number(done.dataset.span) * t) / Math.max(1, trace.length - 1));
    for (const name of ["first", "back"]) buttons[name].setAttribute("aria-disabled", String(t === 0));
    for (const name of ["forward", "last"]) buttons[name].setAttribute("aria-disabled", String(t >= arrived - 1));
  };

  const names = () => {
    for (const [name, button] of Object.entries(buttons)) {
      const key = name === "play" && store.get().playing ? "pause" : name;
      button.setAttribute("aria-label", word(`transport.${key}`));
      button.title = word(`transport.${key}.title`);
    }
  };
  store.watch((s) => s.lang, () => {
    names();
    slider.setAttribute("aria-label", word("transport.scrub"));
    speed.setAttribute("aria-label", word("transport.speed"));
    layers.setAttribute("aria-label", word("transport.layer"));
    speed.replaceChildren(...SPEEDS.map((s) => h("option", { value: s }, word("transport.steps", { n: s === 0.5 ? "½" : s }))));
    speed.value = store.get().speed;
    setText(keys, word("transport.keys"));
    setText(leave, word("transport.leave"));
  });
  store.watch((s) => s.playing, (playing) => {
    buttons.play.replaceChildren(icon(playing ? "pause" : "play"));
    names();
  });
  store.watch((s) => s.speed, (value) => { speed.value = value; });
  store.watch((s) => [s.trace, s.layer, s.lang], ([trace, layer]) => {
    layers.hidden = !trace || trace.start.layers === 1;
    if (layers.hidden) return;
    layers.replaceChildren(...trace.layers.map((_, n) => h("option", { value: n }, word("transport.layerN", { n }))));
    layers.value = layer;
  });
  store.watch((s) => [s.geo, s.running, s.unit, s.layer, s.present], railDraw);
  store.watch((s) => [s.t, s.arrived, s.lang], move);
}
