/* The only place that talks to the server. Every failure leaves here as a Problem (the server's own words) or as Unreachable. */

export class Problem extends Error {
  constructor(body) {
    super(body.detail ?? body.title ?? "problem");
    Object.assign(this, { body, slug: String(body.type ?? "about:blank").split("/").pop(), status: body.status });
  }
}

/** The server did not answer, or broke off before it had finished. */
export class Unreachable extends Error {}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable(error.message);
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  if (body?.type === undefined || response.status === 502 || response.status === 504) throw new Unreachable(`HTTP ${response.status}`);
  throw new Problem(body);
}

const post = (path, body, signal) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });

export const models = async () => (await (await request("api/v1/models")).json()).models;

export async function example(model, parameters) {
  const query = new URLSearchParams(parameters);
  return (await request(`api/v1/models/${encodeURIComponent(model)}/example?${query}`)).json();
}

export const trace = async (body, signal) => (await post("api/v1/trace", body, signal)).json();
export const jacobian = async (body, signal) => (await post("api/v1/gradients/jacobian", body, signal)).json();
export const ledger = async (body, signal) => (await post("api/v1/explain/ledger", body, signal)).json();
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
