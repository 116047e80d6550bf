"""A real Chromium for the tests of the page, and a watch on what the page does wrong unseen.

Every page made here records console errors and warnings, uncaught exceptions, violations of the
Content-Security-Policy and requests to anywhere but our own server; a test fails at its end if there were any it did
not expect. Knows nothing of what stands on the page. `server`, a real server on loopback, comes from tests/conftest.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from scripts.browser import WHAT_TO_INSTALL, find_chromium, launch_arguments

PATIENCE_MS = 15_000  # A busy two-core machine draws slowly; this long means broken and not slow.
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error(
  `policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""

NewPage = Callable[..., Page]

OF_A_PAGE = {"viewport", "color_scheme", "reduced_motion"}
"""The options that a page can change by itself."""


class Faults:
    """What went wrong on the pages of one test, in words."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.seen: list[str] = []
        self._expected: list[str] = []

    def expect(self, part: str) -> None:
        """Let faults that contain these words pass: a test of a refused input expects Chromium's "status of 422"."""
        self._expected.append(part)

    def unexpected(self) -> list[str]:
        return [fault for fault in self.seen if not any(part in fault for part in self._expected)]

    def watch(self, page: Page) -> None:
        """Record every fault of this page from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"uncaught: {error}"))
        page.on("request", self._request)
        page.add_init_script(REPORT_VIOLATIONS)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.seen.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and f"{address.scheme}://{address.netloc}" != self.origin:
            self.seen.append(f"outside request: {request.url}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserType]:
    """What starts a Chromium."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        yield playwright.chromium


def launching() -> dict[str, Any]:
    """Which Chromium is started, and how."""
    found = find_chromium()
    assert found is not None, WHAT_TO_INSTALL
    return {"executable_path": found, "args": [*launch_arguments(), "--disable-gpu"]}  # nothing here draws in 3D


@pytest.fixture(scope="session")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    """One Chromium for the session, for pages that share nothing."""
    launched = chromium.launch(**launching())
    yield launched
    launched.close()


@pytest.fixture
def faults(server: str) -> Iterator[Faults]:
    """The faults of this test's pages; the test fails at its end if one of them was not expected."""
    address = urlsplit(server)
    found = Faults(f"{address.scheme}://{address.netloc}")
    yield found
    assert not found.unexpected()


def defaults(server: str) -> dict[str, Any]:
    """How a context is made unless a test says otherwise."""
    return {"base_url": server, "viewport": {"width": 1440, "height": 900}, "locale": "en-GB"}


@pytest.fixture
def new_page(browser: Browser, visitor: BrowserContext, server: str, faults: Faults) -> Iterator[NewPage]:
    """A function that makes a watched page; it takes Browser.new_context's options.

    Without any it is a first visit, with nothing in cache or storage. What a page can change by itself is changed on a
    page of the visitor who comes again, which opens in half the time.
    """
    made: list[Page | BrowserContext] = []

    def again(options: dict[str, Any]) -> Page:
        page = visitor.new_page()
        page.set_viewport_size(options.pop("viewport", defaults(server)["viewport"]))
        page.emulate_media(**options)
        made.append(page)
        return page

    def first(options: dict[str, Any]) -> Page:
        context = browser.new_context(**(defaults(server) | options))
        context.set_default_timeout(PATIENCE_MS)
        made.append(context)
        return context.new_page()

    def make(**options: Any) -> Page:
        page = again(options) if options and options.keys() <= OF_A_PAGE else first(options)
        faults.watch(page)
        return page

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def visitor(chromium: BrowserType, server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A visitor who comes again: with a profile on disk Chromium keeps compiled code, which saves seconds a page."""
    profile = tmp_path_factory.mktemp("profile")
    context = chromium.launch_persistent_context(profile, **launching(), **defaults(server))
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext, faults: Faults) -> Iterator[Page]:
    """A watched page of 1440 × 900, in English, not yet at any address. The page keeps nothing but its link."""
    page = visitor.new_page()
    faults.watch(page)
    yield page
    page.close()
