"""What a test of the page reads off the screen, and how it moves about. Looks only at the DOM, as a person would."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

EXAMPLE = "((a)[b[c]])d"


def link(**fields: Any) -> str:
    """The page's address for a state: m, i, t, u, l, s, lang, theme, present."""
    return "/#" + urlencode(
        {"m": "brackets-lstm", "i": EXAMPLE, "t": 6, "u": 3, "s": 4, "lang": "en", "theme": "light"} | fields
    )


def open_link(page: Page, **fields: Any) -> None:
    """Open a link and wait until its staves are drawn."""
    page.goto(link(**fields))
    ready(page)


def ready(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-ready", "staves")
    expect(page.locator("#staves-plot .heatmaplayer image, #staves-plot .heatmaplayer path").first).to_be_attached()


def step(page: Page) -> int:
    return int(page.locator("#scrub").input_value())


def tokens(page: Page) -> str:
    return "".join(page.locator("#strip .token").all_text_contents())


def value(page: Page, key: str) -> float:
    """The exact value of a quantity at the current step and unit, as the scale's readout tells it on hover."""
    told = page.locator(f"#scales .now.q-{key}").get_attribute("title")
    assert told is not None
    return float(told.replace("−", "-"))


def unit(page: Page) -> int:
    return int(page.locator("#labels .unitno").first.inner_text())


def trace(page: Page, model: str, text: str, **more: Any) -> dict[str, Any]:
    """The same run from the API."""
    answer = page.request.post("/api/v1/trace", data={"model": model, "input": text} | more)
    assert answer.ok, answer.text()
    document: dict[str, Any] = answer.json()
    return document
