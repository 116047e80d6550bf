"""The panel beside the score: diagram, sums, snapshot and table say what the API says, for every cell."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.score import EXAMPLE, open_link, trace, unit

RECALL = "Cwxyzzyx?"
CELLS = [("brackets-lstm", EXAMPLE, 6, 3), ("recall-gru", RECALL, 4, 5), ("brackets-rnn", EXAMPLE, 5, 2)]
DOMAIN = {"sigmoid": 6.0, "tanh": 3.0}  # the ends of a box's axis
HALF = 22.0  # and half its width, in the drawing's own units
PARTS = re.compile(r"[+−]\d\.\d\d")  # the sums' parts have arrived


def layer_of(page: Page, model: str, text: str, t: int) -> dict[str, Any]:
    row: dict[str, Any] = trace(page, model, text, include=["pre"])["steps"][t]["layers"][0]
    return row


def number(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.mark.parametrize(("model", "text", "t", "u"), CELLS)
def test_the_diagram_says_what_the_api_says(page: Page, model: str, text: str, t: int, u: int) -> None:
    open_link(page, m=model, i=text, t=t, u=u)
    expect(page.locator("#arithmetic-view")).to_contain_text(PARTS)
    row = layer_of(page, model, text, t)
    keys = [quantity["key"] for quantity in page.request.get(f"/api/v1/models/{model}").json()["quantities"]]
    for key in keys:
        label = page.locator(f'#cell-view [data-label="{key}"]')
        assert number(label.locator("tspan").last.text_content() or "") == pytest.approx(row[key][u], abs=0.005), key
        told = label.get_attribute("aria-label") or ""
        assert np.float32(number(told.split(" = ")[1])) == np.float32(row[key][u]), key
    for key in (key for key in keys if key != "C"):
        wire = page.locator(f'#cell-view [data-wire="{key}"]').first
        assert float(wire.get_attribute("stroke-width") or "nan") == pytest.approx(
            1 + 7 * abs(row[key][u]), abs=0.006
        ), key
        assert ("negative" in (wire.get_attribute("class") or "")) == (row[key][u] < 0), key
    for key, parts in row["pre"].items():
        box = page.locator(f'#cell-view [data-of="{key}"][data-box]')
        factor = row["r"][u] if key == "n" else 1.0  # r reaches only the recurrent part of a GRU's candidate
        total = sum(values[u] * (factor if part in {"h", "b_hh"} else 1.0) for part, values in parts.items())
        where = max(-1.0, min(1.0, total / DOMAIN[box.get_attribute("data-box") or ""])) * HALF
        assert float(box.locator("circle").get_attribute("cx") or "nan") == pytest.approx(where, abs=0.02), key


def test_the_sums_of_a_gru_are_laid_out_with_r_before_the_recurrent_part(page: Page) -> None:
    model, text, t, u = CELLS[1]
    open_link(page, m=model, i=text, t=t, u=u)
    row = layer_of(page, model, text, t)
    expect(page.locator("#arithmetic-view")).to_contain_text(PARTS)
    seen = page.locator("#arithmetic-view").inner_text().replace("−", "-").split()
    parts = row["pre"]["n"]
    shown = [f"{parts[part][u]:+.2f}" for part in ("x", "b_ih", "h", "b_hh")]
    places = [seen.index(text) for text in shown]
    assert places == sorted(places), seen
    assert number(seen[places[1] + 2]) == pytest.approx(row["r"][u], abs=0.0005)
    total = sum(number(text) for text in shown[:2]) + row["r"][u] * sum(number(text) for text in shown[2:])
    assert math.tanh(total) == pytest.approx(row["n"][u], abs=0.02)


def test_an_equals_sign_means_the_printed_numbers_give_the_printed_result(page: Page) -> None:
    open_link(page, t=6, u=3)
    expect(page.locator("#arithmetic-view")).to_contain_text(PARTS)
    lines = page.locator("#arithmetic-view").inner_text().replace("−", "-")
    gates = re.findall(r"(σ|tanh)\s*\(\s*([+-][\d.]+)\s+([+-][\d.]+)\s+([+-][\d.]+)\s*\)\s*([=≈])\s*(-?[\d.]+)", lines)
    assert len(gates) == 4
    for squash, x, h, b, sign, result in gates:
        total = float(x) + float(h) + float(b)
        by_hand = 1 / (1 + math.exp(-total)) if squash == "σ" else math.tanh(total)
        digits = len(result.split(".")[1])
        agrees = f"{by_hand:.{digits}f}" == result
        assert agrees == (sign == "="), (squash, x, h, b, sign, result)


def test_the_snapshot_shows_this_step_on_the_staves_colours_and_chooses_a_unit(page: Page) -> None:
    open_link(page, t=6, u=15)
    page.get_by_role("button", name="Next unit").click()
    assert unit(page) == 0
    page.get_by_role("button", name="Previous unit").click()
    assert unit(page) == 15
    snapshot = page.locator(".snapshot-box")
    expect(snapshot.locator("image")).to_be_attached()
    row = trace(page, "brackets-lstm", EXAMPLE)["steps"][6]["layers"][0]
    drawn = page.locator(".snapshot-plot").evaluate("(node) => Array.from(node.data[0].z, (row) => [...row])")
    for n, (key, low) in enumerate([("f", 0.0), ("i", 0.0), ("C_tilde", -1.0)]):
        shares = [(value - low) / (1.0 - low) for value in row[key]]
        assert [(value - n - 0.05) / 0.9 for value in drawn[n]] == pytest.approx(shares, abs=1e-6), key
    box = snapshot.bounding_box()
    assert box is not None
    snapshot.click(position={"x": box["width"] * 4.5 / 16, "y": 8})
    assert unit(page) == 4


def test_the_table_of_values_is_exact_and_marks_the_current_step(page: Page) -> None:
    open_link(page, t=6, u=3)
    page.get_by_text("Values of unit 3").click()
    rows = page.locator("#table-view tbody tr")
    expect(rows).to_have_count(len(EXAMPLE))
    steps = trace(page, "brackets-lstm", EXAMPLE)["steps"]
    for t in (0, 6, 11):
        cells = rows.nth(t).locator("th, td").all_inner_texts()
        assert cells[:2] == [str(t), EXAMPLE[t]]
        exact = [steps[t]["layers"][0][key][3] for key in ["f", "i", "C_tilde", "C", "o", "h"]]
        assert [np.float32(number(text)) for text in cells[2:]] == [np.float32(value) for value in exact]
    expect(page.locator("#table-view [aria-current]").locator("th")).to_have_text("6")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#table-view [aria-current]").locator("th")).to_have_text("7")


def test_the_exact_value_comes_up_on_hover_and_on_focus_and_goes_with_escape(page: Page) -> None:
    open_link(page, t=6, u=3)
    value = trace(page, "brackets-lstm", EXAMPLE)["steps"][6]["layers"][0]["o"][3]
    label = page.locator('#cell-view [data-label="o"]')
    tip = page.locator("#cell-view .exact")
    label.hover()
    expect(tip).to_be_visible()
    assert np.float32(number(tip.inner_text().split(" = ")[1])) == np.float32(value)
    page.mouse.move(5, 400)
    expect(tip).to_be_hidden()
    label.focus()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
