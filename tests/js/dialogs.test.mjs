import assert from "node:assert/strict";
import { test } from "node:test";
import { asWell } from "../../static/js/views/dialogs.js";

const model = (cell, low, high, trained = true) => ({ cell, trained, accuracy: { low, high } });

test("a model does as well as the others of its task where their intervals overlap, and only there", () => {
  const rnn = model("rnn", 0.98, 1);
  assert.equal(asWell(rnn, [rnn, model("lstm", 0.99, 1), model("gru", 0.97, 0.98)]), true);
  assert.equal(asWell(rnn, [rnn, model("lstm", 0.99, 1), model("gru", 0.9, 0.979)]), false);
  const worse = model("rnn", 0.9935, 0.9939);
  assert.equal(asWell(worse, [worse, model("lstm", 0.9999, 1)]), false);
});

test("alone, or against networks that were never trained, no model does as well as another", () => {
  const rnn = model("rnn", 0.98, 1);
  assert.equal(asWell(rnn, [rnn]), false);
  assert.equal(asWell(rnn, [rnn, model("lstm", 0, 1, false)]), false);
});
