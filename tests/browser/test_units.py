"""All units at a glance: what the view says is what the API says, and rows in another order are still their units'."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Faults, NewPage
from tests.browser.score import EXAMPLE, open_link, ready, trace, unit

RECALL = "Cwxyzzyx?"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def glance(page: Page, model: str, text: object, layer: int = 0) -> dict[str, Any]:
    """The same facts from the API."""
    answer = page.request.post("/api/v1/explain/units", data={"model": model, "input": text, "layer": layer})
    assert answer.ok, answer.text()
    document: dict[str, Any] = answer.json()
    return document


def open_units(page: Page, **fields: Any) -> None:
    open_link(page, v="units", **fields)
    expect(page.locator(".units-table tbody tr").first).to_be_visible()


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"[+-]?\d+(?:\.\d+)?", text.replace("−", "-"))]


def said(event: dict[str, Any]) -> str:
    """An event in the words of the page, by hand."""
    who, amount = f"unit {event['unit']}", event["amount"]
    share = ">99.9" if 0.999 < amount < 1 else "<0.1" if 0 < amount < 0.001 else f"{100 * amount:.0f}"
    return {
        "writes": f"{who} writes {amount:+.2f}",
        "forgets": f"{who} forgets {share} %",
        "opens": f"{who} opens its output to {share} %",
        "closes": f"{who} closes its output to {share} %",
        "changes": f"{who} goes from {amount - event['change']:.2f} to {amount:.2f}",
    }[event["kind"]]


@pytest.mark.parametrize(
    ("model", "text", "t", "lead"),
    [
        ("brackets-lstm", EXAMPLE, 3, ") closes the ( of step 1: "),
        ("recall-gru", RECALL, 8, "? asks for the C of step 0: "),
        ("brackets-rnn", EXAMPLE, 2, "a: "),
    ],
)
def test_the_sentence_the_facts_and_the_table_are_the_apis(
    page: Page, model: str, text: str, t: int, lead: str
) -> None:
    found = glance(page, model, text)
    open_units(page, m=model, i=text, t=t, u=3)
    sentence = page.locator(".telling")
    events = found["steps"][t]["events"]
    assert events
    whole = re.sub(r"\s+", " ", sentence.inner_text()).replace("−", "-").replace("[ ", "[").strip()
    assert whole == lead + ", ".join(said(event) for event in events) + "."
    page.keyboard.press("ArrowLeft")
    before = found["steps"][t - 1]
    expect(sentence.locator(".tok").first).to_have_text(before["token"])
    told = [int(text.split()[1]) for text in sentence.locator(".to", has_text="unit").all_inner_texts()]
    assert told == [event["unit"] for event in before["events"]]

    mine = found["units"][3]
    facts = page.locator(".unit-facts dd").all_inner_texts()
    assert numbers(facts[0]) == pytest.approx([mine["min"], mine["max"], mine["mean"]], abs=0.0006)
    if found["identity"] is None:
        assert "squashes" in facts[1]
        expect(page.locator(".unit-gates")).to_be_hidden()
    else:
        assert facts[1].startswith("longer" if mine["half_life"] is None else f"{mine['half_life']} step")
        captions = page.locator(".saturation-captions > div")
        for n, gate in enumerate(found["saturation"]):
            shown = numbers(captions.nth(n).locator("small").first.inner_text())
            assert shown == pytest.approx([100 * gate["low"], 100 * gate["high"]], abs=0.51)
            own = numbers(captions.nth(n).locator(".mine").inner_text())
            assert own == pytest.approx([3, 100 * gate["units"]["low"][3], 100 * gate["units"]["high"][3]], abs=0.51)
    assert facts[2].split()[0::3] == [on["token"] for on in mine["writes"]]

    rows = page.locator(".units-table tbody tr")
    expect(rows).to_have_count(len(found["units"]))
    for one in found["units"]:
        row = rows.nth(one["unit"])
        assert row.locator("th").inner_text() == str(one["unit"])
        assert numbers(row.locator(".c-mean").inner_text()) == pytest.approx([one["mean"]], abs=0.0051)
        writes = one["writes"][0]
        cell = row.locator(".c-writes, .c-changes").inner_text()
        assert cell[0] == writes["token"]
        assert abs(numbers(cell[1:])[0]) == pytest.approx(writes["size"], abs=0.1 * writes["size"] + 0.0051)
        if one["half_life"] is not None:
            assert row.locator(".c-half_life").inner_text() == str(one["half_life"])


ROW = """() => {
  const plot = document.querySelector("#staves-plot").getBoundingClientRect();
  return [...document.querySelectorAll("#overlay .unitrow")].map((mark, n) => {
    const stave = document.querySelectorAll("#staves .ground i")[n].getBoundingClientRect();
    const { z } = document.querySelector("#staves-plot").data[n];
    const box = mark.getBoundingClientRect();
    const row = Math.floor(((box.top + box.height / 2 - stave.top) / stave.height) * z.length);
    return { row, values: [...z[row]], name: document.querySelector("#staves-plot").data[n].name };
  });
}"""


def marked(page: Page) -> list[dict[str, Any]]:
    """The row under the selected unit's mark in each stave, and the values drawn in it."""
    found: list[dict[str, Any]] = page.evaluate(ROW)
    return found


ROW_NUMBERS = """(n) => {
  const stave = document.querySelectorAll("#staves .ground i")[n].getBoundingClientRect();
  const numbers = [...document.querySelectorAll("#labels .row:not(.wide)")].map((e) => [e, e.getBoundingClientRect()]);
  return numbers.filter(([, { top, bottom }]) => top > stave.top - 4 && bottom < stave.bottom + 4)
    .map(([e]) => Number(e.textContent));
}"""


def row_numbers(page: Page, stave: int) -> list[int]:
    """The numbers beside the rows of an enlarged stave, from the top."""
    page.wait_for_function(f"() => document.querySelectorAll('#staves .ground i')[{stave}].offsetHeight > 200")
    found: list[int] = page.evaluate(ROW_NUMBERS, stave)
    return found


def test_by_similarity_every_row_is_still_its_units_own(page: Page) -> None:
    found = glance(page, "brackets-lstm", EXAMPLE)
    order = found["order"]
    assert order != sorted(order)
    layers = [step["layers"][0] for step in trace(page, "brackets-lstm", EXAMPLE)["steps"]]
    open_units(page, t=6, u=3)
    assert {place["row"] for place in marked(page)} == {3}
    page.get_by_role("button", name="by similarity").click()
    expect(page.get_by_role("button", name="by similarity")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(
        f"() => document.querySelector('#staves-plot').data[0].z[0][0] === Math.fround({layers[0]['f'][order[0]]})"
    )
    assert unit(page) == 3, "the selected unit stays"
    place = order.index(3)
    for _ in range(3):
        for at in marked(page):
            assert at["row"] == place
            if at["name"] != "C":  # C may be drawn as shares of the unit's largest value
                expected = [np.float32(layer[at["name"]][order[place]]) for layer in layers]
                assert [np.float32(value) for value in at["values"]] == expected
        assert unit(page) == order[place]
        page.keyboard.press("ArrowDown")
        place = (place + 1) % 16
        expect(page.locator("#labels .unitno").first).to_have_text(str(order[place]))
    numbers_of_rows = page.locator(".units-table tbody th").all_inner_texts()
    assert [int(number) for number in numbers_of_rows] == order, "the table stands as the score"

    stave = page.locator("#staves .ground i").nth(2).bounding_box()
    assert stave is not None
    for row in (0, 9, 15):
        page.mouse.click(stave["x"] + 20, stave["y"] + stave["height"] * (row + 0.5) / 16)
        expect(page.locator("#labels .unitno").first).to_have_text(str(order[row]))
        told = page.locator("#tip").inner_text()
        assert f"unit {order[row]}," in told
        assert np.float32(numbers(told.split(":")[-1])[0]) == np.float32(layers[0]["C_tilde"][order[row]])

    page.locator("#labels .name").nth(2).click()
    shown = row_numbers(page, 2)
    assert len(shown) > 8
    assert [u for u in order if u in shown] == shown
    page.locator("#labels .name").nth(2).click()
    page.wait_for_function("() => location.hash.includes('o=similarity')")
    page.get_by_role("tab", name="Gates").click()
    page.reload()
    ready(page)
    page.wait_for_function(
        f"() => document.querySelector('#staves-plot').data[0].z[0][0] === Math.fround({layers[0]['f'][order[0]]})"
    )
    page.get_by_role("tab", name="Units").click()
    page.get_by_role("button", name="by number").click()
    page.wait_for_function(
        f"() => document.querySelector('#staves-plot').data[0].z[0][0] === Math.fround({layers[0]['f'][0]})"
    )
    assert {at["row"] for at in marked(page)} == {unit(page)}


def test_the_table_is_sorted_by_its_heads_and_rows_and_dots_choose_a_unit(page: Page) -> None:
    found = glance(page, "brackets-lstm", EXAMPLE)
    open_units(page, t=6, u=3)
    rows = page.locator(".units-table tbody tr")
    expect(page.locator(".units-table [aria-current]").locator("th")).to_have_text("3")
    head = page.get_by_role("columnheader", name="mean")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    means = [one["mean"] for one in found["units"]]
    by_mean = sorted(range(16), key=lambda u: -means[u])
    assert [int(text) for text in rows.locator("th").all_inner_texts()] == by_mean
    expect(head.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(rows.first.locator("th")).to_have_text(str(by_mean[-1]))
    rows.nth(1).locator(".c-half_life").click()
    assert unit(page) == by_mean[-2]
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    last = page.locator(".units-table [aria-current]")
    expect(last.locator("th")).to_have_text(str(unit(page)))
    inside = """(row) => {
      const frame = row.closest(".units-frame");
      return row.offsetTop + row.offsetHeight <= frame.scrollTop + frame.clientHeight;
    }"""
    assert last.evaluate(inside)

    expect(page.locator(".saturation-plot[data-drawn]")).to_be_attached()
    gate = found["saturation"][1]["units"]
    drawn = page.locator(".saturation-plot").evaluate("(plot) => [plot.data[1].x, plot.data[1].y].map((v) => [...v])")
    assert drawn == [gate["low"], gate["high"]]
    chosen = 13
    dot = page.locator(".saturation-plot").evaluate(
        f"""(plot) => {{
          const [box, {{ xaxis2: x, yaxis2: y }}] = [plot.getBoundingClientRect(), plot._fullLayout];
          return [x._offset + x.d2p({gate["low"][chosen]}), y._offset + y.d2p({gate["high"][chosen]})];
        }}"""
    )
    page.locator(".saturation").click(position={"x": dot[0], "y": dot[1]})
    place = (gate["low"][chosen], gate["high"][chosen])
    assert (gate["low"][unit(page)], gate["high"][unit(page)]) == place
    ring = page.locator(".saturation-ring").nth(1)
    page.wait_for_timeout(250)
    where = ring.evaluate("(e) => { const m = new DOMMatrix(getComputedStyle(e).transform); return [m.e, m.f]; }")
    assert where == pytest.approx(dot, abs=1)


def test_of_a_wide_stack_each_layer_has_its_order_and_an_enlarged_stave_the_group_of_its_row(page: Page) -> None:
    text = "To be, or not"
    open_units(page, m="shakespeare-lstm", i=text, t=4, u=42, o="similarity")
    for layer in (0, 1):
        order = glance(page, "shakespeare-lstm", text, layer)["order"]
        f = [step["layers"][layer]["f"] for step in trace(page, "shakespeare-lstm", text)["steps"]]
        page.wait_for_function(
            f"() => document.querySelector('#staves-plot').data[0].z[0][0] === Math.fround({f[0][order[0]]})"
        )
        page.locator("#labels .name").first.click()
        shown = row_numbers(page, 0)
        row = order.index(42)
        group = order[row // 32 * 32 :][:32]
        assert set(shown) <= set(group)
        assert len(shown) > 10
        assert shown == [u for u in order if u in shown]
        page.locator("#labels .name").first.click()
        page.keyboard.press("]")
    assert unit(page) == 42


@pytest.mark.parametrize(
    ("look", "fields"),
    [
        ({}, {"theme": "dark", "o": "similarity"}),
        (PHONE, {"m": "recall-gru", "i": RECALL, "lang": "ja"}),
        ({"viewport": {"width": 1920, "height": 1080}}, {"present": 1}),
    ],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    new_page: NewPage, look: dict[str, Any], fields: dict[str, Any]
) -> None:
    page = new_page(**look)
    open_units(page, **fields)
    expect(page.locator(".saturation-plot[data-drawn]")).to_be_attached()
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    too_wide = """() => {
      const end = document.querySelector("#panel").getBoundingClientRect().right + 1;
      const shown = [...document.querySelectorAll("#view-units *")].filter((e) => !e.closest(".units-frame, .sr"));
      return shown.filter((e) => e.getBoundingClientRect().right > end).map((e) => e.className);
    }"""
    assert page.evaluate(too_wide) == []


def test_what_the_server_refuses_is_said_in_the_view(page: Page, faults: Faults) -> None:
    faults.expect("status of 422")
    page.route(
        "**/api/v1/explain/units",
        lambda route: route.fulfill(
            status=422,
            content_type="application/problem+json",
            json={"type": "too-many-steps", "title": "", "status": 422, "params": {"steps": 12345, "limit": 678}},
        ),
    )
    open_link(page, v="units")
    expect(page.locator("#view-units .note")).to_have_text("That run has 12,345 steps; this is made for at most 678.")
    expect(page.locator(".units-body")).to_be_hidden()
