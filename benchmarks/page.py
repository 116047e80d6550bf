"""Rows 5 to 9: the page in a real Chromium against a real server, drawn in software.

The network is untrained, H = 64, in a GATESCOPE_MODELS folder, and labelled so. Every time is taken inside the page,
from the event that a person causes to the end of the first frame that shows its effect. Knows the page by its DOM and
not by its code. `python -m benchmarks.page` prints the rows.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import pairwise
from math import ceil
from typing import Any, Final
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmarks.rows import Row, print_rows
from benchmarks.served import Server, serving
from lstm.tasks.brackets import ALPHABET
from lstm.untrained import untrained
from scripts.browser import WHAT_TO_INSTALL, find_chromium, launch_arguments

HIDDEN_SIZE: Final = 64

MODEL: Final = f"untrained-lstm-{HIDDEN_SIZE}"
VIEW: Final[ViewportSize] = {"width": 1440, "height": 900}
VISITS: Final = 9
ENTERS: Final = 25
SEEKS: Final = 40
LONG: Final = 10_000
PLAYED: Final = 500
PLAYED_BESIDE: Final = 160
OPENINGS: Final = 7
"""So often each view is opened: the first time in a new page, with nothing in its cache, and again in the last one."""
FLAT_MB: Final = 4.0
"""A stream of 10,000 steps is 15 MB as arrays and more as text: what grows by less than this does not keep it."""

MEASURE: Final = """
window.measured = { ready: {}, longest: 0, enter: null, seek: null, frames: [], playing: false };
// The moment after the frame that is being prepared has been drawn.
measured.afterPaint = (act) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = act;
  channel.port2.postMessage(0);
});
const note = () => {
  const state = document.documentElement.dataset.ready;
  if (state) measured.ready[state] ??= performance.now();
};
new MutationObserver((_, watch) => {
  watch.disconnect();
  new MutationObserver(note).observe(document.documentElement, { attributes: true, attributeFilter: ["data-ready"] });
}).observe(document, { childList: true });
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) measured.longest = Math.max(measured.longest, duration);
}).observe({ type: "longtask" });
"""
TYPE: Final = """(text) => {
  const input = document.querySelector("#input");
  input.focus();
  input.value = text;
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  measured.enter = null;
  addEventListener("keydown", (event) => {
    new MutationObserver((_, watch) => {
      watch.disconnect();
      measured.afterPaint(() => { measured.enter = performance.now() - event.timeStamp; });
    }).observe(document.querySelector("#strip"), { childList: true });
  }, { once: true, capture: true });
}"""
PLAY: Final = """() => {
  measured.frames = [];
  measured.playing = true;
  const frame = (now) => {
    measured.frames.push(now);
    if (measured.playing) requestAnimationFrame(frame);
  };
  document.querySelector("#transport button[data-action=play]").click();
  requestAnimationFrame(frame);
}"""
SEEK: Final = """(t) => {
  const slider = document.querySelector("#scrub");
  measured.seek = null;
  const start = performance.now();
  slider.value = t;
  slider.dispatchEvent(new InputEvent("input", { bubbles: true }));
  // Seen when the step's token is marked and the staves that are drawn reach under the playhead.
  const look = () => measured.afterPaint(() => {
    const head = document.querySelector("#overlay .head").getBoundingClientRect();
    const staves = document.querySelector("#staves").getBoundingClientRect();
    const middle = head.x + head.width / 2;
    const seen = document.querySelector("#strip .token.now") && staves.left <= middle && middle <= staves.right;
    if (seen) measured.seek = performance.now() - start;
    else look();
  });
  look();
}"""

OPEN: Final = """([view, shown]) => {
  const seen = (node) => node.checkVisibility() && node.getBoundingClientRect().height > 0;
  const stands = (where) => [...document.querySelectorAll(where)].some(seen);
  measured.open = null;
  const start = performance.now();
  document.querySelector(`#tab-${view}`).click();
  // What stands when a frame is prepared is in that frame.
  const look = () => requestAnimationFrame(() => {
    if (!shown.every(stands)) look();
    else {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { measured.open = performance.now() - start; };
      channel.port2.postMessage(0);
    }
  });
  look();
}"""
CONTENT: Final = {
    "arithmetic": ["#view-arithmetic .terms tfoot .product"],
    "memory": ["#view-memory .writers tfoot .number", ".stage[data-view=memory] .triangle[data-drawn]"],
    "gradients": [
        "#view-gradients .vanish .figures",
        "#view-gradients .strongest",
        ".stage[data-view=gradients] .norms[data-drawn]",
        ".stage[data-view=gradients] .gates[data-drawn]",
    ],
    "compare": ["#view-compare .travels tbody tr", ".stage[data-view=compare] [data-drawn]"],
    "whatif": ["#view-whatif .preset", ".stage[data-view=whatif] [data-drawn]"],
    "units": ["#view-units .units-table tbody tr", "#view-units .saturation-plot[data-drawn]"],
}
"""What stands on the page where a view shows its content: its figures in the panel and its drawn pictures."""


def _link(server: Server, **state: str | int) -> str:
    """The page's address for a state."""
    return f"{server.url}/#" + urlencode({"m": MODEL, "u": 0, "lang": "en", "theme": "light"} | state)


def run() -> list[Row]:
    """Measure the rows."""
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError(WHAT_TO_INSTALL)
    model = untrained("lstm", HIDDEN_SIZE, alphabet=ALPHABET, name=MODEL)
    with serving(model) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=launch_arguments())
        rows = [*_first_visit(browser, server), _enter(browser, server), *_playing(browser, server)]
        rows += [*_long(browser, server), _memory(server), *_opening(browser, server)]
        browser.close()
    return rows


def _page(browser: Browser) -> Page:
    """A page that measures itself, with nothing in its cache."""
    page = browser.new_context(viewport=VIEW, locale="en-GB").new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(MEASURE)
    return page


def _drawn(page: Page) -> None:
    page.wait_for_function("() => document.documentElement.dataset.ready === 'staves'")
    page.wait_for_timeout(500)


def _symbols(n: int, seed: int) -> str:
    return "".join(random.Random(seed).choices(ALPHABET, k=n))  # noqa: S311 - any symbols will do


def _p95(times: list[float]) -> float:
    return sorted(times)[ceil(0.95 * len(times)) - 1]


def _first_visit(browser: Browser, server: Server) -> list[Row]:
    """From the address to what is seen, nothing cached."""
    visits = []
    for _ in range(VISITS):
        page = _page(browser)
        page.goto(server.url)
        page.wait_for_function("() => measured.ready.staves !== undefined")
        visits.append(page.evaluate("() => measured.ready"))
        page.context.close()
    rows = []
    for what, state, must, reach in (("tokens and cell move", "cell", 1.0, 0.5), ("staves drawn", "staves", 2.0, 1.2)):
        times = [visit[state] / 1000 for visit in visits]
        median = statistics.median(times)
        measured = f"median {median:.2f} s, slowest {max(times):.2f} s of {VISITS} visits"
        rows.append(Row(f"5  first visit: {what}", f"<= {must} s", f"<= {reach} s", measured, median <= must))
    return rows


def _enter(browser: Browser, server: Server) -> Row:
    """From Enter to the first frame with the new sequence in it, T = 200."""
    page = _page(browser)
    page.goto(_link(server, i=_symbols(200, 0), t=0))
    _drawn(page)
    times = []
    for seed in range(1, ENTERS + 1):
        text = _symbols(200, seed)
        page.evaluate(TYPE, text)
        page.keyboard.press("Enter")
        page.wait_for_function("() => measured.enter !== null")
        times.append(page.evaluate("() => measured.enter"))
        shown = "".join(page.locator("#strip .token").all_text_contents())
        if not shown or not text.startswith(shown):  # the strip has the columns in view
            raise RuntimeError("the sequence on the page is not the one that was typed")
        page.wait_for_timeout(600)
    page.context.close()
    p95 = _p95(times)
    measured = f"p95 {p95:.0f} ms, median {statistics.median(times):.0f} ms"
    return Row("6  Enter to first step painted, T = 200", "p95 <= 150 ms", "<= 100 ms", measured, p95 <= 150)


def _playing(browser: Browser, server: Server) -> Iterator[Row]:
    """The time between frames over a whole sequence at 16 steps a second: the first view, then each of the others."""
    page = _page(browser)
    page.goto(_link(server, i=_symbols(PLAYED, 0), t=0, s=16))
    _drawn(page)
    views = [
        tab.removeprefix("tab-")
        for tab in page.evaluate("() => [...document.querySelectorAll('#tabs [role=tab]')].map((tab) => tab.id)")
    ]
    for summary in page.locator("#panel summary:visible").all():
        summary.click()
    yield _frames(page, f"7  playing 16 steps/s, H = {HIDDEN_SIZE}, T = {PLAYED}", PLAYED)
    for view in views[1:]:
        page = _page(browser)
        page.goto(_link(server, i=_symbols(PLAYED_BESIDE, 0), t=0, s=16, v=view))
        page.wait_for_selector(f"#view-{view} h2")
        yield _frames(page, f"7  the same, T = {PLAYED_BESIDE}, the view {view} open", PLAYED_BESIDE)


def _frames(page: Page, what: str, steps: int) -> Row:
    """The row of a page that stands at step 0, played to its end."""
    page.wait_for_timeout(2_000)
    page.evaluate(PLAY)
    page.wait_for_function(f"() => document.querySelector('#scrub').value === '{steps - 1}'")
    frames = page.evaluate("() => { measured.playing = false; return measured.frames; }")
    page.context.close()
    gaps = [later - earlier for earlier, later in pairwise(frames)]
    p95 = _p95(gaps)
    measured = f"p95 {p95:.1f} ms, longest {max(gaps):.1f} ms, {len(gaps) / sum(gaps) * 1000:.1f} frames/s"
    return Row(what, "p95 frame <= 17 ms", "longest <= 34 ms", measured, p95 <= 17)


def _long(browser: Browser, server: Server) -> list[Row]:
    """Seeking in 10,000 steps, and the longest task from Enter to the end of all seeks."""
    page = _page(browser)
    page.goto(_link(server, i="()", t=0))
    _drawn(page)
    page.evaluate("() => { measured.longest = 0; performance.clearResourceTimings(); }")
    page.evaluate(TYPE, _symbols(LONG, 0))
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some((e) => e.name.endsWith('/trace/stream') && e.responseEnd)"
    )
    page.wait_for_timeout(1_000)
    arriving = page.evaluate("() => { const { longest } = measured; measured.longest = 0; return longest; }")
    times = []
    for t in random.Random(0).sample(range(LONG), SEEKS):  # noqa: S311 - any steps will do
        page.evaluate(SEEK, t)
        page.wait_for_function("() => measured.seek !== null")
        times.append(page.evaluate("() => measured.seek"))
        page.wait_for_timeout(150)
    seeking = page.evaluate("() => measured.longest")
    page.context.close()
    p95, longest = _p95(times), max(arriving, seeking)
    seek = f"p95 {p95:.0f} ms, median {statistics.median(times):.0f} ms"
    task = f"{longest:.0f} ms: {arriving:.0f} ms while arriving, {seeking:.0f} ms while seeking"
    return [
        Row(f"8  T = {LONG:,}: seek", "p95 <= 200 ms", "<= 50 ms", seek, p95 <= 200),
        Row(f"8  T = {LONG:,}: longest task", "<= 200 ms", "<= 50 ms", task, longest <= 200),
    ]


def _opening(browser: Browser, server: Server) -> Iterator[Row]:
    """From the click on a view's tab to the first frame with its content, T = 200."""
    link = _link(server, i=_symbols(200, 0), j=_symbols(200, 1), t=150)
    for view, content in CONTENT.items():
        first, again = [], []
        for visit in range(OPENINGS):
            page = _page(browser)
            page.goto(link)
            _drawn(page)
            page.wait_for_timeout(500)
            first.append(_opened(page, view, content))
            for _ in range(OPENINGS if visit == OPENINGS - 1 else 0):
                page.wait_for_timeout(300)
                page.click("#tab-gates")
                page.wait_for_timeout(300)
                again.append(_opened(page, view, content))
            page.context.close()
        for when, times in (("first opening, its answer on the way", first), ("later opening", again)):
            median = statistics.median(times)
            measured = f"median {median:.0f} ms, slowest {max(times):.0f} ms of {OPENINGS}"
            label = f"9  click to view {view}, T = 200: {when}"
            yield Row(label, "<= 150 ms", "<= 100 ms", measured, median <= 150)


def _opened(page: Page, view: str, content: list[str]) -> float:
    """How long the view took from the click on its tab, in ms."""
    page.evaluate(OPEN, [view, content])
    page.wait_for_function("() => measured.open !== null")
    return float(page.evaluate("() => measured.open"))


def _memory(server: Server) -> Row:
    """How much the server grows between step 1,000 and the end of one stream."""
    body: dict[str, Any] = {"model": MODEL, "input": _symbols(LONG, 1)}
    _resident_mb(server, body)
    sizes = _resident_mb(server, body)
    growth = max(sizes) - sizes[0]
    measured = f"{growth:+.1f} MB from step 1,000 to {LONG:,}, at {max(sizes):.0f} MB"
    return Row(f"8  T = {LONG:,}: server memory of one stream", "flat", "flat", measured, growth <= FLAT_MB)


def _resident_mb(server: Server, body: dict[str, Any]) -> list[float]:
    """The server's resident memory at every 1,000th step of a stream, read line by line."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.request("POST", "/api/v1/trace/stream", json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    sizes = []
    while line := answer.readline():
        step = json.loads(line).get("t", 0) + 1
        if step > 1 and step % 1_000 == 0:
            sizes.append(server.memory)
    connection.close()
    if len(sizes) != LONG // 1_000:
        raise RuntimeError("the stream ended early")
    return sizes


if __name__ == "__main__":
    sys.exit(0 if print_rows(run()) else 1)
