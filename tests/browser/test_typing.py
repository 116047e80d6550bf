"""Typing a sequence: what runs, what is refused and how it says so, and that nothing typed is lost."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Faults
from tests.browser.score import EXAMPLE, open_link, ready, step, tokens, trace


def heatmap(page: Page, n: int) -> list[list[float]]:
    """The numbers Plotly was given for stave n: units × steps."""
    rows = "(n) => document.querySelector('#staves-plot').data[n].z.map((row) => [...row])"
    drawn: list[list[float]] = page.evaluate(rows, n)
    return drawn


def test_a_typed_sequence_changes_the_picture(page: Page) -> None:
    open_link(page)
    while page.locator("#labels .how").inner_text() != "the task’s scale":
        page.locator("#labels .how").click()
    before = heatmap(page, 0)
    page.locator("#input").fill("[(a)b]c")
    page.keyboard.press("Enter")
    expect(page.locator("#strip .token")).to_have_count(7)
    expect(page.locator("#input")).not_to_be_focused()
    page.wait_for_function("() => document.querySelector('#staves-plot').data[0].z[0].length === 7")
    steps = trace(page, "brackets-lstm", "[(a)b]c")["steps"]
    for n, key in enumerate(["f", "i", "C_tilde", "C", "o", "h"]):
        api = np.array([step["layers"][0][key] for step in steps], np.float32)
        np.testing.assert_array_equal(np.array(heatmap(page, n), np.float32).T, api, err_msg=key)
    assert heatmap(page, 0) != before


def test_a_pause_in_typing_runs_and_keeps_the_field(page: Page) -> None:
    open_link(page)
    page.locator("#input").press("End")
    page.locator("#input").press_sequentially("(b", delay=30)
    expect(page.locator("#strip .token")).to_have_count(len(EXAMPLE) + 2)
    expect(page.locator("#input")).to_be_focused()
    assert step(page) >= len(EXAMPLE) - 1, "it goes on where the new symbols begin"


def test_a_late_answer_never_overwrites_a_newer_one(page: Page) -> None:
    open_link(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "(((" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/v1/trace/stream", hold)
    page.locator("#input").fill("(((a)))")
    page.keyboard.press("Enter")
    page.locator("#input").fill("[b]")
    page.keyboard.press("Enter")
    expect(page.locator("#strip .token")).to_have_count(3)
    for route in held:
        route.continue_()
    page.wait_for_timeout(400)
    assert tokens(page) == "[b]"
    expect(page.locator("#input")).to_have_value("[b]")


def test_typing_on_while_an_answer_is_slow_loses_nothing(page: Page) -> None:
    open_link(page)

    def slowly(route: Route) -> None:
        page.wait_for_timeout(500)
        route.continue_()

    page.route("**/api/v1/trace/stream", slowly)
    page.locator("#input").fill("")
    page.locator("#input").press_sequentially("(a", delay=20)
    page.wait_for_timeout(500)
    page.locator("#input").press_sequentially("b[c]d)", delay=120)
    expect(page.locator("#input")).to_have_value("(ab[c]d)")
    expect(page.locator("#strip .token")).to_have_count(8)
    expect(page.locator("#input")).to_have_value("(ab[c]d)")


def test_numbers_can_be_typed_with_pauses(page: Page) -> None:
    page.goto("/#m=numbers-gru&i=0.5&t=0&lang=en")
    ready(page)
    page.locator("#input").fill("")
    for part in ["0.1, ", "1.", "25 ; ", "2"]:
        page.locator("#input").press_sequentially(part)
        page.wait_for_timeout(600)
    expect(page.locator("#input")).to_have_value("0.1, 1.25 ; 2")
    expect(page.locator("#strip .token")).to_have_text(["0.1", "1.25", "2"])


def test_white_space_is_no_symbol_and_space_plays(page: Page) -> None:
    open_link(page, t=0)
    page.locator("#input").focus()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator("#input")).to_have_value(EXAMPLE)
    page.locator("#input").fill(" ( a ) ")
    page.keyboard.press("Enter")
    expect(page.locator("#input")).to_have_value("(a)")
    assert tokens(page) == "(a)"


def test_the_sentence_about_a_wrong_symbol_goes_with_it(page: Page, faults: Faults) -> None:
    faults.expect("status of 422")
    open_link(page)
    page.locator("#input").fill("(!")
    expect(page.locator("#input-says")).to_contain_text("“!” at step 1")
    page.locator("#input").fill("")
    expect(page.locator("#input-says")).to_be_empty()


def test_an_unknown_symbol_is_marked_in_the_field_and_the_picture_stays(page: Page, faults: Faults) -> None:
    faults.expect("status of 422")
    open_link(page)
    page.locator("#input").fill("(x)")
    page.keyboard.press("Enter")
    expect(page.locator("#input-says")).to_contain_text("“x” at step 1 is not a symbol this model knows")
    expect(page.locator("#input-marks mark")).to_have_text("x")
    expect(page.locator("#input")).to_have_attribute("aria-invalid", "true")
    assert page.evaluate("() => getSelection().toString()") == "x", "typing replaces the wrong symbol"
    assert tokens(page) == EXAMPLE
    page.keyboard.type("a")
    expect(page.locator("#strip .token")).to_have_count(3)
    expect(page.locator("#input-says")).to_be_empty()
    page.locator("#input").fill("( a x )")
    page.keyboard.press("Enter")
    expect(page.locator("#input-says")).to_contain_text("“x” at step 2")
    expect(page.locator("#input-marks mark")).to_have_text("x")
    expect(page.locator("#input")).to_have_value("( a x )")


@pytest.mark.parametrize("text", ["(😀)", "(e\u0301)", "(👩‍👩‍👧)", "(\u202ea)", "(\u00e9)"])
def test_emoji_and_combining_characters_are_told_at_their_place(page: Page, faults: Faults, text: str) -> None:
    faults.expect("status of 422")
    open_link(page)
    page.locator("#input").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("#input-says")).to_contain_text("at step 1 is not a symbol")
    expect(page.locator("#input-marks mark")).to_have_text(list(text)[1])
    expect(page.locator("#input")).to_have_value(text)


def test_full_width_symbols_are_understood_and_the_change_is_visible(page: Page) -> None:
    open_link(page)
    page.locator("#input").fill("（ａ）［b］")
    page.keyboard.press("Enter")
    expect(page.locator("#input")).to_have_value("(a)[b]")
    expect(page.locator("#input-says")).to_contain_text("Full-width symbols")
    assert tokens(page) == "(a)[b]"


def test_the_enter_that_ends_a_conversion_does_not_run(page: Page) -> None:
    open_link(page)
    page.evaluate(
        """() => {
          const input = document.querySelector('#input');
          input.focus();
          input.dispatchEvent(new CompositionEvent('compositionstart'));
          input.value = '(b)';
          input.dispatchEvent(new InputEvent('input', { isComposing: true }));
          const how = { key: 'Enter', isComposing: true, cancelable: true, bubbles: true };
          const enter = new KeyboardEvent('keydown', how);
          if (input.dispatchEvent(enter)) input.form.requestSubmit();
        }"""
    )
    page.wait_for_timeout(700)
    assert tokens(page) == EXAMPLE
    page.evaluate("() => document.querySelector('#input').dispatchEvent(new CompositionEvent('compositionend'))")
    expect(page.locator("#strip .token")).to_have_count(3)


def test_an_empty_field_says_what_to_do(page: Page, faults: Faults) -> None:
    faults.expect("status of 422")
    open_link(page)
    page.locator("#input").fill("")
    page.keyboard.press("Enter")
    expect(page.locator("#input-says")).to_contain_text("Type a sequence, or take one of the examples")
    assert tokens(page) == EXAMPLE


def test_too_long_an_input_is_told_with_both_numbers(page: Page, faults: Faults) -> None:
    faults.expect("status of 422")
    open_link(page)
    page.locator("#input").fill("a" * 10_001)
    page.keyboard.press("Enter")
    expect(page.locator("#input-says")).to_contain_text("10,001 steps; the most is 10,000")


def test_off_the_task_it_runs_all_the_same_and_says_why_there_is_no_right_answer(page: Page) -> None:
    open_link(page, i="a)(b", t=3)
    assert page.locator("#strip .says-next").count() == 4
    assert page.locator("#strip .tick, #strip .cross").count() == 0
    expect(page.locator("#strip .off")).to_be_attached()
    expect(page.locator("#next-view")).to_contain_text("no right answer")


def test_a_lost_server_keeps_what_was_typed_and_the_picture(page: Page, faults: Faults) -> None:
    faults.expect("net::ERR_FAILED")
    open_link(page)
    page.route("**/healthz", lambda route: route.abort())
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#input").fill("[b]")
    page.keyboard.press("Enter")
    expect(page.locator("#banner")).to_contain_text("The server does not answer")
    expect(page.locator("#input")).to_have_value("[b]")
    assert tokens(page) == EXAMPLE
    page.unroute("**/api/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#strip .token")).to_have_count(3)
    expect(page.locator("#banner")).not_to_be_visible()


def test_a_stream_cut_in_the_middle_keeps_the_steps_that_came(page: Page, faults: Faults) -> None:
    faults.expect("net::ERR_FAILED")
    open_link(page)
    page.route("**/healthz", lambda route: route.abort())
    body = page.request.post("/api/v1/trace/stream", data={"model": "brackets-lstm", "input": "((a)[b]c)"}).text()
    cut = "\n".join(body.split("\n")[:5]) + '\n{"type":"st'
    page.route("**/api/v1/trace/stream", lambda route: route.fulfill(body=cut, content_type="application/jsonl"))
    page.locator("#input").fill("((a)[b]c)")
    page.keyboard.press("Enter")
    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator("#strip .token")).to_have_count(9)
    expect(page.locator("#strip .says-next")).to_have_count(4)
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert step(page) <= 3
    page.unroute("**/api/v1/trace/stream")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#strip .says-next")).to_have_count(9)


def test_charts_that_do_not_arrive_are_told_and_fetched_again(page: Page, faults: Faults) -> None:
    faults.expect("net::ERR_FAILED")
    page.route("**/plotly.min.js", lambda route: route.abort())
    page.goto("/")
    expect(page.locator("#banner")).to_contain_text("draws the charts did not arrive")
    expect(page.locator("#cell-view")).to_contain_text("The cell at step")
    page.locator("#input").fill("[b]")  # what the server answers does not bring the charts
    page.keyboard.press("Enter")
    expect(page.locator("#strip .says-next")).to_have_count(3)
    expect(page.locator("#banner")).to_contain_text("draws the charts did not arrive")
    page.unroute("**/plotly.min.js")
    page.get_by_role("button", name="Try again").click()
    ready(page)
    expect(page.locator("#banner")).not_to_be_visible()


def test_a_server_in_trouble_at_the_first_visit_is_told(page: Page, faults: Faults) -> None:
    faults.expect("status of 500")
    body = '{"type":"internal-error","title":"Internal error","status":500,"detail":"no"}'
    page.route("**/api/v1/models", lambda route: route.fulfill(status=500, body=body))
    page.goto("/")
    expect(page.locator("#banner")).to_contain_text("nothing to show yet")


def test_a_first_visit_without_a_server_says_so(page: Page, faults: Faults) -> None:
    faults.expect("net::ERR_FAILED")
    page.route("**/healthz", lambda route: route.abort())
    page.route("**/api/**", lambda route: route.abort())
    page.goto("/")
    expect(page.locator("#banner")).to_contain_text("nothing to show yet")
    page.unroute("**/api/**")
    page.get_by_role("button", name="Try again").click()
    ready(page)
