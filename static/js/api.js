/* The only place that talks to the server. Every failure leaves here as a Problem (the server's own words) or as Unreachable. */

export class Problem extends Error {
  constructor(body) {
    super(body.detail ?? body.title ?? "problem");
    Object.assign(this, { body, slug: String(body.type ?? "about:blank").split("/").pop(), status: body.status });
  }
}

/** The server did not answer, or broke off before it had finished. */
export class Unreachable extends Error {}

/** So often a request is sent at most that the server asks to send again later. */
const TRIES = 6;
let waiting = 0;
let tell = () => {};

/** Calls tell(n) whenever n, how many requests wait to be sent again, changes. */
export const onWaiting = (listener) => (tell = listener);

/** The answer to a request. One that a busy server sends away (429, 503 with Retry-After) waits as long as it says, and up to as long again, so that not all come back at once. */
async function request(path, options = {}) {
  for (let tried = 1; ; tried++) {
    const response = await reach(path, options);
    if (response.ok) return response;
    const after = Number(response.headers.get("Retry-After"));
    const busy = (response.status === 429 || response.status === 503) && after > 0;
    if (!busy || tried === TRIES) throw await refusal(response);
    tell(++waiting);
    await pause(after * (1 + Math.random()), options.signal).finally(() => tell(--waiting));
  }
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable(error.message);
  }
}

async function refusal(response) {
  const body = await response.json().catch(() => null);
  if (body?.type === undefined || response.status === 502 || response.status === 504) return new Unreachable(`HTTP ${response.status}`);
  return new Problem(body);
}

const pause = (seconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, 1000 * seconds);
  signal?.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
});

/** Whether the server answers at all; never throws. */
export const answers = async () => (await fetch("healthz", { cache: "no-store" }).catch(() => null))?.ok === true;

const post = (path, body, signal) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });

export const models = async () => (await (await request("api/v1/models")).json()).models;

export async function example(model, parameters) {
  const query = new URLSearchParams(parameters);
  return (await request(`api/v1/models/${encodeURIComponent(model)}/example?${query}`)).json();
}

export const trace = async (body, signal) => (await post("api/v1/trace", body, signal)).json();
export const difference = async (body, signal) => (await post("api/v1/explain/difference", body, signal)).json();
export const jacobian = async (body, signal) => (await post("api/v1/gradients/jacobian", body, signal)).json();
export const arithmetic = async (body, signal) => (await post("api/v1/explain/arithmetic", body, signal)).json();
export const ledger = async (body, signal) => (await post("api/v1/explain/ledger", body, signal)).json();
export const units = async (body, signal) => (await post("api/v1/explain/units", body, signal)).json();
export const saliency = async (body, signal) => (await post("api/v1/gradients/saliency", body, signal)).json();

/** Collects bytes into lines: the network cuts where it likes, so the unfinished line is held until its end arrives. */
export function lineSplitter(onLine) {
  const decoder = new TextDecoder();
  let held = "";
  const take = (text) => {
    const lines = (held + text).split("\n");
    held = lines.pop();
    for (const line of lines) if (line.trim()) onLine(line);
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end: () => take(decoder.decode() + "\n"),
  };
}

/** Runs a stream to its end. onMessages gets the messages of one network chunk at a time. Throws unless the last line was "end". */
export async function stream(body, { signal, onMessages }) {
  const response = await post("api/v1/trace/stream", body, signal);
  const reader = response.body.getReader();
  let messages = [];
  let ended = false;
  const lines = lineSplitter((line) => messages.push(JSON.parse(line)));
  for (;;) {
    const { done, value } = await next(reader);
    if (signal.aborted) return;
    try {
      if (done) lines.end();
      else lines.push(value);
    } catch (error) {
      throw new Unreachable(error.message);
    }
    const fault = messages.find((m) => m.type === "error");
    ended ||= messages.some((m) => m.type === "end");
    if (messages.length) onMessages(messages);
    messages = [];
    if (fault) throw new Problem({ ...fault, type: fault.problem });
    if (done) break;
  }
  if (!ended) throw new Unreachable("the stream broke off");
}

async function next(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable(error.message);
  }
}
