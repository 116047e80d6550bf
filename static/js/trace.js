/* One run as columns of numbers. Filled step by step while it streams; knows neither the network nor the screen. */

import { fit } from "./digits.js";
import { unedited, windowEdits } from "./edits.js";
import { minus, visible } from "./format.js";
import { tokensInput } from "./input.js";

export class Trace {
  /**
   * start: the stream's first line; card: the model's card; input: what was asked for, where edits may have replaced some of it. Arrays are (steps × hidden) a quantity
   * and layer, float32 as sent.
   */
  constructor(start, card, input = start.tokens) {
    this.start = start;
    this.card = card;
    this.edits = start.edits ?? [];
    this.input = unedited(card, start, input);
    this.length = start.steps;
    this.hidden = start.hidden_size;
    this.keys = card.quantities.map((q) => q.key);
    this.layers = Array.from({ length: start.layers }, () => Object.fromEntries(this.keys.map((k) => [k, new Float32Array(this.length * this.hidden)])));
    this.outputs = [];
    this.peak = Object.fromEntries(this.keys.map((k) => [k, 0]));
    this.windows = new Map();
  }

  get arrived() {
    return this.outputs.length;
  }

  push(step) {
    step.layers.forEach((layer, n) => {
      for (const key of this.keys) {
        this.layers[n][key].set(layer[key], step.t * this.hidden);
        for (const v of layer[key]) if (Math.abs(v) > this.peak[key]) this.peak[key] = Math.abs(v);
      }
    });
    this.outputs.push(step.y);
  }

  token(t) {
    return tokenText(this.start.tokens[t]);
  }

  y(t) {
    return this.outputs[t];
  }

  /**
   * What the network says at a step, what is right (null where the task says nothing) and whether it says that: true, false or null.
   * Where several symbols are right, as many of the network's are what it says.
   */
  said(t) {
    const y = this.outputs[t];
    if (!y) return null;
    const answer = y.answer ?? null;
    const asked = answer !== null;
    const says = y.top ? y.top.slice(0, asked ? [answer].flat().length : 1).map(([symbol]) => visible(symbol)) : y.value[0];
    return { says, answer, right: asked ? y.right : null };
  }

  /** Whether this input of several numbers a step is only −1, 0 or 1 at every step: it points at steps and is no amount. */
  isMarker(input) {
    this.markers ??= this.start.tokens[0].map((_, n) => n > 0 && this.start.tokens.every((token) => [-1, 0, 1].includes(token[n])));
    return this.markers[input];
  }

  row(layer, key, t) {
    return this.layers[layer][key].subarray(t * this.hidden, (t + 1) * this.hidden);
  }

  value(layer, key, t, unit) {
    return this.layers[layer][key][t * this.hidden + unit];
  }

  /** The same quantity one step earlier; before the first step every state is 0. */
  prev(layer, key, t, unit) {
    return t > 0 ? this.value(layer, key, t - 1, unit) : 0;
  }

  column(layer, key, unit, from, to) {
    const out = new Float32Array(to - from);
    for (let t = from; t < to; t++) out[t - from] = this.value(layer, key, t, unit);
    return out;
  }

  /** The state after step t in the form of a request's initial_state, or undefined before the first step. */
  stateAfter(t, states) {
    if (t < 0) return undefined;
    return Object.fromEntries(states.map((key) => [key, this.layers.map((_, n) => [...this.row(n, key, t)])]));
  }

  /** Pre-activations in parts come later and in windows: gate -> part -> array, or null when that step's have not arrived. */
  pre(layer, t) {
    return this.windows.get(Math.floor(t / WINDOW))?.[t % WINDOW]?.[layer] ?? null;
  }

  setPre(window, steps) {
    this.windows.set(window, steps);
  }
}

/** Steps a window of pre-activations. */
export const WINDOW = 256;

/**
 * The part of a request that names a run again: its model, its input, the edits it was run with. Another model reads what this one read, without the edits, which are this
 * one's.
 */
export function runBody(trace, model = trace.card.name) {
  if (model !== trace.card.name) return { model, input: tokensInput(trace.card, trace.start.tokens) };
  return { model, input: tokensInput(trace.card, trace.input), ...(trace.edits.length ? { edits: trace.edits } : {}) };
}

/** The same for steps [from, to) alone, continued from the state before them; states are the keys of what goes on from step to step. */
export function windowBody(trace, from, to, states) {
  const edits = windowEdits(trace.edits, from, Math.min(to, trace.length));
  const state = trace.stateAfter(from - 1, states);
  return { model: trace.card.name, input: tokensInput(trace.card, trace.start.tokens.slice(from, to)), ...(edits.length ? { edits } : {}), ...(state ? { initial_state: state } : {}) };
}

const tokenText = (token) => (Array.isArray(token) ? token : [token]).map((v) => (typeof v === "number" ? minus(String(v)) : visible(v))).join(", ");

/** The token with numbers as short as a chip has room for. */
export const shortToken = (trace, t) => {
  const token = trace.start.tokens[t];
  return typeof token === "string" ? visible(token) : [token].flat().map((v) => fit(v, 6)).join(", ");
};
