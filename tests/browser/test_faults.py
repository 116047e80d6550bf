"""The page under faults: a busy server, a stream that breaks off, a server that goes and comes; it mends itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Faults
from tests.browser.score import open_link, ready, tokens
from tests.conftest import ROOT

STREAM = "**/api/v1/trace/stream"


def once_more(page: Page, text: str) -> None:
    page.locator("#input").fill(text)
    page.keyboard.press("Enter")


def test_a_busy_server_is_asked_again_and_a_broken_stream_is_run_again(page: Page, faults: Faults) -> None:
    open_link(page)
    faults.expect("status of 429")
    refused = {"type": "too-many-requests", "title": "Too many requests", "status": 429, "detail": "Later."}

    def refuse(route: Route) -> None:
        route.fulfill(status=429, json=refused, headers={"Retry-After": "1"}, content_type="application/problem+json")

    page.route(STREAM, refuse, times=1)
    once_more(page, "[b]")
    expect(page.locator("#banner")).to_contain_text("Many are asking at once")
    expect(page.locator("#strip .token")).to_have_count(3)
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
