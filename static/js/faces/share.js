/* Taking a run away: the link, the curl command, the trace as JSON or CSV, a chart as PNG or SVG. */

import * as api from "../api.js";
import { h, setText } from "../dom.js";
import { num, shortest } from "../format.js";
import { parseInput } from "../input.js";
import { framed } from "../charts/picture.js";
import { picture } from "../charts/plotly.js";
import { runBody } from "../trace.js";
import { word } from "../words.js";

function save(name, content, type) {
  const url = URL.createObjectURL(new Blob([content].flat(), { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same run as a shell command. */
export const curlCommand = (base, body) => `curl -sN ${quote(new URL("api/v1/trace/stream", base).href)} -H 'Content-Type: application/json' -d ${quote(JSON.stringify(body))}`;

/** Steps of CSV between two breaths of the page. */
const SLICE = 100;

/**
 * One line a step, layer and unit: step, token, layer, unit, then each quantity as the shortest text of its float32.
 * Yields the text of some steps at a time, because a long run takes seconds.
 */
export function* csv(trace) {
  const quoteCell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  yield ["step", "token", "layer", "unit", ...trace.keys].join(",") + "\r\n";
  for (let from = 0; from < trace.arrived; from += SLICE) {
    const lines = [];
    for (let t = from; t < Math.min(trace.arrived, from + SLICE); t++)
      for (let layer = 0; layer < trace.layers.length; layer++)
        for (let unit = 0; unit < trace.hidden; unit++) lines.push([t, quoteCell([trace.start.tokens[t]].flat().join(", ")), layer, unit, ...trace.keys.map((key) => shortest(trace.value(layer, key, t, unit)))].join(","));
    yield lines.join("\r\n") + "\r\n";
  }
}

/** The whole of csv(), giving the page air between the slices; tells how far it is, and gives up when going() says no. */
async function collect(trace, tell, going) {
  const parts = [];
  for (const part of csv(trace)) {
    parts.push(part);
    tell(Math.min(1, ((parts.length - 1) * SLICE) / trace.arrived));
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (!going()) return null;
  }
  return parts;
}

export function face({ store, actions, charts }) {
  actions.syncNow();
  const { trace, input, linkTooLong } = store.get();
  const { card } = trace ?? store.get();
  const body = trace ? runBody(trace) : { model: card.name, input: parseInput(card, input) };
  const command = curlCommand(document.baseURI, body);
  const done = h("p", { role: "status", class: "dim" });
  const run = async (fn) => {
    try {
      setText(done, (await fn()) ?? "");
    } catch (error) {
      setText(done, word("share.failed", { why: error.message }));
    }
  };
  const act = (key, fn) => h("button", { type: "button", class: "act", on: { click: () => run(fn) } }, word(key));
  const copy = (text, said) => navigator.clipboard.writeText(text).then(() => word(said));
  const keep = (ending, content, type) => {
    const file = `gatescope-${card.name}${ending}`;
    save(file, content, type);
    return word("share.saved", { file });
  };
  const keepCsv = async () => {
    const parts = await collect(trace, (p) => setText(done, word("share.working", { what: word("share.csv"), p: num(100 * p, 0) })), () => done.isConnected && done.closest("dialog").open);
    return parts && keep(".csv", parts, "text/csv;charset=utf-8");
  };
  const keepPicture = (name, format) => async () => keep(`-${name}.${format}`, await picture(framed(name, charts[name], store.get()), format), format === "png" ? "image/png" : "image/svg+xml");
  const section = (title, ...content) => h("section", {}, h("h3", {}, word(title)), ...content);
  const acts = (...buttons) => h("div", { class: "acts" }, ...buttons);
  return [
    word("share.title"),
    section("share.link", h("p", { class: "dim" }, word(linkTooLong ? "notice.linkTooLong" : "share.linkSays")), acts(act("share.copyLink", () => copy(location.href, "share.linkCopied")))),
    trace ? section("share.picture", h("p", { class: "dim" }, word("share.pictureSays")), acts(...["staves", "lines"].flatMap((name) => ["png", "svg"].map((format) => act(`share.${name}.${format}`, keepPicture(name, format)))))) : "",
    trace ? section("share.trace", acts(act("share.json", async () => keep(".json", JSON.stringify(await api.trace(body)), "application/json")), act("share.csv", keepCsv))) : "",
    section("share.curl", h("pre", { tabindex: 0 }, command.length > 1500 ? command.slice(0, 1500) + "…" : command), acts(act("share.copyCurl", () => copy(command, "share.curlCopied")))),
    done,
  ];
}
