"""A long text in a stack of wide layers: spaces to be seen, groups of units, pasted lines, units to go and watch."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.score import open_link, ready, tokens, trace, unit, value

MODEL = "shakespeare-lstm"
TEXT = (
    "MACBETH./To-morrow, and to-morrow, and to-morrow,/Creeps in this petty pace from day to day,/To the last syllable"
)
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector("#input").dispatchEvent(event);
}"""


def opened(page: Page, **fields: Any) -> None:
    open_link(page, **({"m": MODEL, "i": TEXT, "t": 30, "l": 1, "u": 57} | fields))


def test_a_space_can_be_seen_and_a_typed_text_has_no_right_answer(page: Page) -> None:
    opened(page, i="To be, or", t=8)
    assert tokens(page) == "To␣be,␣or"
    expect(page.locator("#next-view .note")).to_contain_text("has no right answer")
    expect(page.locator("#strip .says-next path")).to_have_count(0)
    expect(page.locator("#picker")).to_contain_text("2 × 128 units")


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_an_enlarged_stave_shows_the_group_of_the_selected_unit(new_page: NewPage, size: tuple[int, int]) -> None:
    page = new_page(viewport={"width": size[0], "height": size[1]})
    opened(page)
    page.locator("#labels .name").nth(3).click()
    page.wait_for_function("() => document.querySelector('#staves-plot').layout.yaxis4.range[1] > 0")
    end, begin = page.evaluate("() => document.querySelector('#staves-plot').layout.yaxis4.range")
    assert begin < 57 < end < 128
    stave = page.locator("#staves .ground i").nth(3).bounding_box()
    assert stave is not None
    row = stave["height"] / (end - begin)
    assert row >= 12
    chosen = int(begin + 0.5) + 2
    shown = page.locator("#columns").bounding_box()
    assert shown is not None
    page.mouse.click(shown["x"] + 5, stave["y"] + 2.5 * row)
    expect(page).to_have_url(re.compile(f"u={chosen}&"))
    layers = trace(page, MODEL, TEXT)["steps"][int(page.locator("#scrub").input_value())]["layers"]
    assert value(page, "C") == layers[1]["C"][chosen]
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    page.wait_for_function(f"() => document.querySelector('#staves-plot').layout.yaxis4.range[0] === {begin}")


def test_pasted_lines_become_one_with_slashes(page: Page) -> None:
    opened(page)
    page.locator("#input").fill("")
    page.locator("#input").focus()
    page.evaluate(PASTE, "ROMEO.\n  What light is this?\n\nJULIET.\nAy me!\n")
    expect(page.locator("#input")).to_have_value("ROMEO./What light is this?//JULIET./Ay me!")


def test_the_card_lists_units_and_a_press_shows_one_with_what_it_follows(page: Page) -> None:
    opened(page)
    (first, *_) = page.request.get(f"/api/v1/models/{MODEL}").json()["units"]
    page.evaluate("() => document.querySelector('#picker').click()")
    page.locator("#dialog .task", has=page.locator(f"[data-model={MODEL}]")).locator(".more").click()
    listed = page.locator("#dialog .facts dt", has_text=first["name"]["en"])
    expect(listed).to_contain_text(f"before training: {first['before']:.2f}")
    one = first["units"][0]
    page.get_by_role("button", name=f"layer {one['layer']}, unit {one['unit']} r").first.click()
    expect(page.locator("#dialog")).to_be_hidden()
    ready(page)
    assert unit(page) == one["unit"]
    expect(page.locator("#cell-view .stepper").first).to_contain_text(f"layer {one['layer']}")
    expect(page.locator("#cell-view > .note")).to_contain_text(f"follows: {first['name']['en']} (r = {one['r']:.2f})")


def test_an_example_shows_its_unit_in_its_layer(page: Page) -> None:
    opened(page, l=0, u=0)
    example = page.request.get(f"/api/v1/models/{MODEL}").json()["examples"][1]
    page.locator("#examples").click()
    page.locator("#dialog .example").nth(1).click()
    expect(page.locator("#lead")).to_contain_text(example["note"]["en"][:40])
    expect(page.locator("#cell-view .stepper").first).to_contain_text(f"layer {example['layer']}")
    assert unit(page) == example["unit"]
