"""The first visit, playing, and every way to move: buttons, keys, the slider, the pointer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.score import EXAMPLE, open_link, ready, step, tokens, unit


def test_a_first_visit_plays_a_prepared_example_at_once(page: Page) -> None:
    page.goto("/")
    expect(page.locator("#input")).to_have_value(EXAMPLE)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    seen = step(page)
    ready(page)
    assert tokens(page) == EXAMPLE
    page.wait_for_function("() => Number(document.querySelector('#scrub').value) >= 8")
    assert step(page) > seen
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert step(page) == len(EXAMPLE) - 1


def test_the_input_is_focused_and_selected_for_a_pointer(page: Page) -> None:
    page.goto("/")
    ready(page)
    expect(page.locator("#input")).to_be_focused()
    assert page.evaluate("() => getSelection().toString()") == EXAMPLE


def test_keys_move_the_playhead_and_the_unit(page: Page) -> None:
    open_link(page)
    keys = [
        ("ArrowRight", 7),
        ("PageDown", 8),
        ("ArrowLeft", 7),
        ("PageUp", 6),
        ("Home", 0),
        ("ArrowLeft", 0),
        ("End", 11),
    ]
    for key, expected in keys:
        page.keyboard.press(key)
        assert step(page) == expected, key
    for key, expected in [("ArrowDown", 4), ("ArrowUp", 3), ("ArrowUp", 2)]:
        page.keyboard.press(key)
        assert unit(page) == expected, key


def test_space_plays_and_pauses_and_the_end_starts_again(page: Page) -> None:
    open_link(page, t=11, s=16)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_function("() => Number(document.querySelector('#scrub').value) >= 2")
    page.keyboard.press(" ")
    paused = step(page)
    assert paused < 11
    page.wait_for_timeout(300)
    assert step(page) == paused


def test_slash_goes_to_the_input_and_escape_leaves_it(page: Page) -> None:
    open_link(page)
    page.keyboard.press("/")
    expect(page.locator("#input")).to_be_focused()
    page.keyboard.press("ArrowRight")
    assert step(page) == 6
    page.keyboard.press("Escape")
    expect(page.locator("#input")).not_to_be_focused()


def test_question_mark_opens_help(page: Page) -> None:
    open_link(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("How to read this page")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()


def test_buttons_and_slider(page: Page) -> None:
    open_link(page)
    for name, expected in [("First step", 0), ("Forward one step", 1), ("Last step", 11), ("Back one step", 10)]:
        page.get_by_role("button", name=name).click()
        assert step(page) == expected
    page.locator("#scrub").fill("4")
    expect(page.locator("#strip .token.now")).to_have_text("[")
    page.locator("#scrub").fill("5")
    expect(page.locator("#strip .token.now")).to_have_text("b")


@pytest.mark.parametrize("speed", ["0.5", "16"])
def test_speed(page: Page, speed: str) -> None:
    open_link(page, t=0)
    page.locator("#speed").select_option(speed)
    page.get_by_role("button", name="Play").click()
    if speed == "16":
        page.wait_for_function("() => Number(document.querySelector('#scrub').value) === 11", timeout=5_000)
    else:
        page.wait_for_timeout(1_000)
        assert step(page) == 0
    expect(page).to_have_url(re.compile(f"s={speed}&"))


def test_a_click_on_a_stave_selects_unit_and_step_and_hovering_tells_the_exact_value(page: Page) -> None:
    open_link(page)
    box = page.locator("#staves").bounding_box()
    assert box is not None
    width = box["width"] / len(EXAMPLE)
    page.mouse.move(box["x"] + 2.5 * width, box["y"] + 3)
    expect(page.locator("#tip")).to_contain_text("f, unit 0, step 2 ‘a’: 0.")
    page.mouse.down()
    page.mouse.up()
    assert (step(page), unit(page)) == (2, 0)


def test_a_stacked_model_has_a_picker_for_the_layer_and_keys_for_it(page: Page) -> None:
    page.goto("/#m=toy-gru&i=(a)&t=1&u=2&lang=en")
    ready(page)
    layer = page.get_by_label("Layer", exact=True)
    expect(layer).to_have_value("0")
    page.keyboard.press("]")
    expect(layer).to_have_value("1")
    expect(page).to_have_url(re.compile("l=1&"))
    page.keyboard.press("[")
    expect(layer).to_have_value("0")


def test_a_long_sequence_scrolls_with_the_playhead(page: Page) -> None:
    open_link(page, i="(a)" * 160, t=0, s=16)
    for key in ["End", "Home", "End"]:
        page.keyboard.press(key)
        now = page.locator("#strip .token.now")
        expect(now).to_be_in_viewport()
        expect(now).to_have_text(")" if key == "End" else "(")


def test_ten_thousand_steps_stay_usable(page: Page) -> None:
    page.goto("/#m=brackets-lstm&lang=en")
    page.evaluate("() => document.querySelector('#input').focus()")
    page.locator("#input").fill("(a)[b]" * 1666 + "(a)d")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#scrub').max === '9999'")
    ready(page)
    expect(page.locator("#input-says")).to_contain_text("too long for a link")
    expect(page.locator("#transport .overview")).to_be_attached()  # it is drawn when all steps have come
    page.locator("#scrub").fill("9000")
    expect(page.locator("#strip .token.now")).to_be_in_viewport()
    assert step(page) == 9000
    assert page.locator("#strip .token").count() <= 256
    page.keyboard.press("End")
    expect(page.locator("#strip .token.now")).to_have_text("d")
    expect(page.locator("#arithmetic-view")).to_contain_text("0.")


def test_a_step_sought_before_it_has_come_is_shown_when_it_comes(page: Page) -> None:
    open_link(page, m="brackets-lstm", i="()", t=0)
    page.evaluate("""() => new MutationObserver((_, watch) => {
      watch.disconnect();
      const slider = document.querySelector("#scrub");
      slider.value = 9000;
      slider.dispatchEvent(new InputEvent("input"));
    }).observe(document.querySelector("#scrub"), { attributes: true, attributeFilter: ["max"] })""")
    page.locator("#input").fill("()" * 5000)
    page.keyboard.press("Enter")
    expect(page.locator("#transport .overview")).to_be_attached()  # it is drawn when all steps have come
    assert step(page) == 9000
    expect(page.locator("#strip .token.now")).to_be_in_viewport()


def test_reduced_motion_turns_transitions_off(new_page: NewPage) -> None:
    page = new_page(reduced_motion="reduce")
    open_link(page)
    assert page.evaluate("() => getComputedStyle(document.querySelector('.veil')).transitionDuration") == "0s"
