import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem, Unreachable, lineSplitter, onWaiting, stream } from "../../static/js/api.js";

const text = '{"type":"start","tokens":["é","😀","か"]}\n{"type":"step","t":0}\n\n{"type":"end"}\n';
const lines = text.split("\n").filter(Boolean);
const bytes = new TextEncoder().encode(text);

test("lines come out whole wherever the network cuts, inside a character too", () => {
  for (let a = 0; a <= bytes.length; a++)
    for (let b = a; b <= bytes.length; b += 7) {
      const got = [];
      const splitter = lineSplitter((line) => got.push(line));
      for (const part of [bytes.slice(0, a), bytes.slice(a, b), bytes.slice(b)]) splitter.push(part);
      splitter.end();
      assert.deepEqual(got, lines);
    }
});

test("a last line without a line feed is not lost", () => {
  const got = [];
  const splitter = lineSplitter((line) => got.push(line));
  splitter.push(new TextEncoder().encode("a\nb"));
  splitter.end();
  assert.deepEqual(got, ["a", "b"]);
});

function answers(chunks, init = { status: 200 }) {
  globalThis.fetch = async () => new Response(new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  }), init);
}
const run = async (onMessages = () => {}) => stream({}, { signal: new AbortController().signal, onMessages });

test("a stream hands over its messages in order and ends", async () => {
  answers([text.slice(0, 20), text.slice(20)]);
  const got = [];
  await run((messages) => got.push(...messages.map((m) => m.type)));
  assert.deepEqual(got, ["start", "step", "end"]);
});

test("a stream that breaks off before its end is said to be unreachable, not finished", async () => {
  answers([text.slice(0, 60)]);
  await assert.rejects(run(), Unreachable);
});

test("an error line after the first byte becomes the problem it carries", async () => {
  answers(['{"type":"start"}\n{"type":"error","problem":"non-finite","detail":"Step 3 has no number."}\n']);
  await assert.rejects(run(), (error) => error instanceof Problem && error.slug === "non-finite");
});

test("a busy server is asked again after the time it names and a little more, six times at most, and says that it waits", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(Math, "random", () => 0.5);
  const waits = [];
  onWaiting((n) => waits.push(n));
  let asked = 0;
  const busy = (times) => {
    asked = 0;
    globalThis.fetch = async () => ++asked > times
      ? new Response('{"type":"start"}\n{"type":"end"}\n')
      : new Response('{"type":"server-busy","status":503}', { status: asked % 2 ? 503 : 429, headers: { "Retry-After": "2" } });
  };
  const settle = async () => { for (let n = 0; n < 20; n++) await null; };

  busy(2);
  const first = run();
  await settle();
  t.mock.timers.tick(2999);
  await settle();
  assert.equal(asked, 1);
  t.mock.timers.tick(1);
  await settle();
  assert.equal(asked, 2);
  t.mock.timers.tick(3000);
  await first;
  assert.equal(asked, 3);
  assert.deepEqual(waits, [1, 0, 1, 0]);

  busy(99);
  const last = assert.rejects(run(), (error) => error instanceof Problem && error.slug === "server-busy");
  for (let n = 0; n < 6; n++) { await settle(); t.mock.timers.tick(3000); }
  await last;
  assert.equal(asked, 6);

  busy(1);
  const controller = new AbortController();
  const aborted = assert.rejects(stream({}, { signal: controller.signal, onMessages: () => {} }), { name: "AbortError" });
  await settle();
  controller.abort();
  await aborted;
  t.mock.timers.tick(9000);
  assert.equal(asked, 1);
});

test("a problem document keeps its slug and status; a proxy's page of HTML is an unreachable server", async () => {
  answers(['{"type":"/problems/unknown-symbol","status":422,"position":2}'], { status: 422 });
  await assert.rejects(run(), (error) => error instanceof Problem && error.slug === "unknown-symbol" && error.body.position === 2);
  answers(["<html>Bad gateway</html>"], { status: 502 });
  await assert.rejects(run(), Unreachable);
});
