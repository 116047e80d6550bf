"""What can be taken away is what the page shows; what is fetched once is not fetched again."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page, expect

from lstm.gates import LSTM
from tests.browser.conftest import NewPage
from tests.browser.score import EXAMPLE, open_link, ready, trace

TRANSFERRED = """() => [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]
  .filter((entry) => !entry.name.includes('/api/'))
  .reduce((sum, entry) => sum + entry.transferSize, 0)"""


def download(page: Page, name: str) -> bytes:
    page.locator("#share").click()
    with page.expect_download() as waited:
        page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()
    return Path(waited.value.path()).read_bytes()


def test_the_curl_command_gives_the_run_on_the_page(page: Page, server: str) -> None:
    open_link(page)
    page.locator("#share").click()
    words = shlex.split(page.locator("#dialog pre").inner_text())
    assert words[0] == "curl"
    assert words[2] == f"{server.rstrip('/')}/api/v1/trace/stream"
    body = words[words.index("-d") + 1]
    answer = page.request.post(words[2], data=body, headers={"Content-Type": "application/json"})
    assert answer.text().count("\n") == len(EXAMPLE) + 2


def test_json_is_the_apis_document(page: Page) -> None:
    open_link(page)
    assert json.loads(download(page, "JSON")) == trace(page, "brackets-lstm", EXAMPLE)


def test_csv_has_a_row_a_step_and_unit_with_the_same_numbers(page: Page) -> None:
    open_link(page)
    rows = list(csv.DictReader(io.StringIO(download(page, "CSV").decode())))
    steps = trace(page, "brackets-lstm", EXAMPLE)["steps"]
    assert len(rows) == len(EXAMPLE) * 16
    for row in rows:
        layer = steps[int(row["step"])]["layers"][0]
        assert row["token"] == EXAMPLE[int(row["step"])]
        for key in ["f", "i", "C_tilde", "C", "o", "h"]:
            assert float(row[key]) == layer[key][int(row["unit"])]


@pytest.mark.parametrize(
    ("name", "start"),
    [("Staves, PNG", b"\x89PNG"), ("Staves, SVG", b"<svg"), ("Lines, PNG", b"\x89PNG"), ("Lines, SVG", b"<svg")],
)
def test_pictures(page: Page, name: str, start: bytes) -> None:
    open_link(page)
    content = download(page, name)
    assert content.startswith(start)
    assert len(content) > 3_000


def texts(picture: bytes) -> list[str]:
    """Every text of an SVG, in its order, each without the parts that carry only its style."""
    root = ET.fromstring(picture)
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_of_the_staves_says_what_it_shows(page: Page, theme: str) -> None:
    open_link(page, theme=theme)
    said = texts(download(page, "Staves, SVG"))
    assert [text for text in said if re.fullmatch(r"\d+\D", text)] == [f"{t}{token}" for t, token in enumerate(EXAMPLE)]
    assert any(text.startswith(f"brackets-lstm  ·  {EXAMPLE}") for text in said)
    for quantity in LSTM:
        assert quantity.symbol in said
        assert quantity.word in said
    assert said.count("1") == sum(quantity.kind == "gate" for quantity in LSTM)
    assert said.count("−1") == sum(quantity.min == -1 for quantity in LSTM)


def test_a_picture_of_the_lines_says_what_it_shows(page: Page) -> None:
    open_link(page)
    said = texts(download(page, "Lines, SVG"))
    assert [text for text in said if re.fullmatch(r"\d+\D", text)] == [f"{t}{token}" for t, token in enumerate(EXAMPLE)]
    assert any("unit 3 over time" in text for text in said)
    for quantity in LSTM:
        assert f"{quantity.symbol}  {quantity.word}" in said
    assert {"0", "1", "−1"} <= set(said)


def test_the_link_has_the_step_that_is_shown_and_says_that_it_is_copied(page: Page, server: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_link(page)
    page.keyboard.press("ArrowRight")
    page.locator("#share").click()
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert link.startswith(server)
    assert "&t=7&" in link


def test_a_second_visit_transfers_almost_nothing(new_page: NewPage) -> None:
    page = new_page()
    sizes: list[int] = []

    def weigh() -> int:
        ready(page)
        return int(page.evaluate(TRANSFERRED))

    page.goto("/")
    sizes.append(weigh())
    page.goto("about:blank")
    page.goto("/")
    sizes.append(weigh())
    assert sizes[0] > 300_000
    assert sizes[0] < 2_500_000, "static files are compressed"
    assert sizes[1] < 2_000


def test_the_page_works_under_a_path_prefix(page: Page) -> None:
    open_link(page)
    addresses = page.evaluate("() => performance.getEntriesByType('resource').map((e) => e.name)")
    base = page.evaluate("() => new URL('.', location.href).href")
    assert all(address.startswith((base, "data:", "blob:")) for address in addresses)
    assert page.locator("[src^='/'], link[href^='/'], a[href^='/']").count() == 0
    expect(page.locator("#mark")).to_have_attribute("href", "./")
