"""The page under faults: a busy server, a stream that breaks off, a server that goes and comes; it mends itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Faults, NewPage
from tests.browser.score import EXAMPLE, link, open_link, ready, tokens
from tests.conftest import ROOT

STREAM = "**/api/v1/trace/stream"


def once_more(page: Page, text: str) -> None:
    page.locator("#input").fill(text)
    page.keyboard.press("Enter")


def refuse(status: int, slug: str, route: Route) -> None:
    """Answer as a busy server does."""
    problem = {"type": slug, "title": "Later", "status": status, "detail": "Later."}
    route.fulfill(status=status, json=problem, headers={"Retry-After": "1"}, content_type="application/problem+json")


def test_a_busy_server_is_asked_again_and_a_broken_stream_is_run_again(page: Page, faults: Faults) -> None:
    open_link(page)
    for status, slug, text in ((429, "too-many-requests", "[b]"), (503, "server-busy", "[ab]")):
        faults.expect(f"status of {status}")
        page.route(STREAM, partial(refuse, status, slug), times=1)
        once_more(page, text)
        expect(page.locator("#banner")).to_contain_text("Many are asking at once")
        expect(page.locator("#strip .token")).to_have_count(len(text))
        expect(page.locator("#banner")).not_to_be_visible()

    def cut(route: Route) -> None:
        whole = route.fetch().text().split("\n")
        route.fulfill(body="\n".join(whole[:4]) + '\n{"type":"st', content_type="application/jsonl")

    page.route(STREAM, cut, times=1)
    once_more(page, "(a[b]c)")
    expect(page.locator("#banner")).to_contain_text("The server does not answer")
    expect(page.locator("#strip .says-next")).to_have_count(7)
    expect(page.locator("#banner")).not_to_be_visible()


@contextmanager
def serving(port: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server that a test may kill; its port."""
    command = [sys.executable, "-m", "app", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        said = process.stdout.readline().split()[3]
        try:
            yield process, int(said.rpartition(":")[2])
        finally:
            process.kill()


def test_a_server_that_was_killed_in_mid_play_is_missed_and_found_again(browser: Browser) -> None:
    """It dies while the page plays; what is shown stays; when it is back, the page finishes what was asked."""
    with serving(0) as (process, port):
        page = browser.new_context(base_url=f"http://127.0.0.1:{port}").new_page()
        page.goto("/")
        ready(page)
        shown = tokens(page)
        process.kill()
        process.wait()
        once_more(page, "((a)b)[c]")
        expect(page.locator("#banner")).to_contain_text("The server does not answer")
        assert tokens(page) == shown
        with serving(port):
            expect(page.locator("#strip .says-next")).to_have_count(9)
            expect(page.locator("#banner")).not_to_be_visible()
            expect(page.locator("#input")).to_have_value("((a)b)[c]")
        page.context.close()


def test_ten_thousand_tokens_pasted_at_once_can_be_played_and_seeked(page: Page) -> None:
    open_link(page)
    page.locator("#input").fill("")
    page.keyboard.insert_text("(a[b]cd)" * 1_250)  # one input event, as of a paste
    page.keyboard.press("Enter")
    expect(page.locator("#scrub")).to_have_attribute("max", "9999")
    page.keyboard.press("Escape")
    expect(page.locator("#input-says")).to_contain_text("too long for a link")
    page.keyboard.press("End")
    expect(page.locator("#scrub")).to_have_value("9999")
    expect(page.locator("#strip .token").last).to_have_text(")")
    page.keyboard.press("Home")
    expect(page.locator("#scrub")).to_have_value("0")


def test_over_a_slow_network_something_moves_before_the_charts_are_there(new_page: NewPage) -> None:
    """60 kB/s, 400 ms each way: the charts alone take half a minute, and the page does not wait for them."""
    page = new_page()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": 60_000, "uploadThroughput": 60_000}
    network.send("Network.emulateNetworkConditions", slow)
    page.goto(link())
    expect(page.locator("#strip .token")).to_have_count(len(EXAMPLE))
    once_more(page, "[b]")
    expect(page.locator("#strip .says-next")).to_have_count(3)
    assert page.locator("html").get_attribute("data-ready") != "staves"
    network.send("Network.emulateNetworkConditions", {**slow, "latency": 0, "downloadThroughput": -1})
    ready(page)
    assert tokens(page) == "[b]"


def numbers(steps: list[Any]) -> str:
    """Numbers as they are typed."""
    return ";".join(",".join(map(str, row if isinstance(row, list) else [row])) for row in steps)


STRANGE = {
    "right to left": "\u05e9\u05dc\u05d5\u05dd",
    "turned about": "\u202ea",
    "emoji": "\U0001f469\u200d\U0001f467",
    "combining": "e\u0301a",
}


def test_strange_characters_typed_into_every_model_are_told_and_change_nothing(page: Page, faults: Faults) -> None:
    """Each is refused with a sentence; what was typed stays, and the picture too."""
    faults.expect("status of 422")
    open_link(page)
    models = [model for model in page.request.get("/api/v1/models").json()["models"] if model["examples"]]
    assert len(models) > 25
    for n, model in enumerate(models):
        steps = 3 + n % 2  # another number each time, so that what the strip shows is of this model
        example = model["examples"][0]["input"][:steps]
        page.goto(link(m=model["name"], i=example if isinstance(example, str) else numbers(example), t=0, u=0))
        expect(page.locator("#strip .token")).to_have_count(steps)
        for kind, text in STRANGE.items():
            page.locator("#input").fill("")
            expect(page.locator("#input-says mark, #input-marks mark")).to_have_count(0)
            shown = tokens(page)
            once_more(page, text)
            expect(page.locator("#input-says"), f"{model['name']}, {kind}").not_to_be_empty()
            expect(page.locator("#input")).to_have_value(text)
            assert tokens(page) == shown, (model["name"], kind)
            expect(page.locator("#banner")).not_to_be_visible()
