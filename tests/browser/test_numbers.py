"""Numbers typed and pasted: what runs is what the API says, what cannot be read is marked, the score shows it all."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Faults, NewPage
from tests.browser.score import ready, step

STEPS = [[0.5, -1.0], [0.25, 0.0], [-0.73, 1.0], [0.9, 1.0], [0.33, -1.0]]
TYPED = "0.5, -1; 0.25, 0; -0.73, 1; 0.9, 1; 0.33, -1"
ANSWER = 0.5 + (-0.73 + 0.9) / 4  # what experiment 4 of the 1997 paper asks for


def opened(page: Page, model: str, text: str, t: int = 0, lang: str = "en") -> None:
    page.goto(f"/#m={model}&i={text}&t={t}&u=0&lang={lang}")
    ready(page)


def asked(page: Page, model: str, numbers: list[list[float]]) -> dict[str, Any]:
    answer = page.request.post("/api/v1/trace", data={"model": model, "input": numbers})
    assert answer.ok, answer.text()
    document: dict[str, Any] = answer.json()
    return document


def printed(text: str) -> float:
    return float(text.replace("−", "-"))


def test_typed_numbers_change_the_picture_and_what_stands_there_is_the_apis(page: Page) -> None:
    opened(page, "numbers-adding", "0.5,-1;0.1,1;0.2,-1")
    page.locator("#input").fill(TYPED)
    page.keyboard.press("Enter")
    expect(page.locator("#strip .token")).to_have_count(5)
    page.wait_for_function("() => document.querySelector('#staves-plot').data[0].z[0].length === 5")
    steps = asked(page, "numbers-adding", STEPS)["steps"]
    for n, key in enumerate(["f", "i", "C_tilde", "C", "o", "h"]):
        drawn = page.evaluate("(n) => document.querySelector('#staves-plot').data[n].z.map((row) => [...row])", n)
        api = np.array([one["layers"][0][key] for one in steps], np.float32)
        np.testing.assert_array_equal(np.array(drawn, np.float32).T, api, err_msg=key)
    shown = page.locator("#strip .says-next .said").all_text_contents()
    assert [printed(text) for text in shown] == pytest.approx([one["y"]["value"][0] for one in steps], abs=0.005)


def test_a_step_of_numbers_stands_in_the_score_with_its_marker_and_the_right_answer(page: Page) -> None:
    opened(page, "numbers-adding", TYPED, t=4)
    strip = page.locator("#strip")
    expect(strip.locator(".token")).to_have_text(["0.5", "0.25", "−0.73", "0.9", "0.33"])
    expect(strip.locator(".token .marker:not(.empty)")).to_have_count(2)
    expect(strip.locator(".token .marker.empty")).to_have_count(2)
    expect(strip.locator(".token.marked")).to_have_text(["−0.73", "0.9"])
    assert [printed(text) for text in strip.locator(".answer").all_text_contents()] == pytest.approx([ANSWER], abs=5e-4)
    expect(strip.locator(".tick, .cross")).to_have_count(1)
    expect(page.locator("#labels .row.wide")).to_have_text(["step", "value", "marker", "answers", "right answer"])
    strip.locator(".token").nth(2).hover()
    expect(page.locator("#tip")).to_contain_text(re.compile(r"step 2 ‘−0\.73, 1’: the network says −?0\.\d{5,}"))
    expect(page.locator("#cell-view .cell-head .chip")).to_have_text("0.33, −1")


def test_the_networks_number_the_right_one_and_the_error_stand_beside_the_tolerance(page: Page) -> None:
    opened(page, "numbers-adding", TYPED, t=4)
    y = asked(page, "numbers-adding", STEPS)["steps"][4]["y"]
    assert y["answer"] == pytest.approx(ANSWER)
    view = page.locator("#next-view")
    expect(view).to_contain_text("right if less than 0.04")
    says, due, error = (printed(text) for text in view.locator("dl [tabindex]:visible").all_inner_texts())
    assert says == pytest.approx(y["value"][0], abs=5e-6)
    assert due == pytest.approx(ANSWER, abs=5e-6)
    assert error == pytest.approx(y["value"][0] - ANSWER, abs=1e-5)
    assert (abs(error) < 0.04) == y["right"]
    expect(view.locator(".verdict:visible")).to_have_attribute("aria-label", "right" if y["right"] else "wrong")
    view.locator("dl [tabindex]:visible").first.focus()
    expect(view.locator(".exact")).to_have_text(re.compile(r"^−?\d\.\d+$"))
    assert np.float32(printed(view.locator(".exact").inner_text())) == np.float32(y["value"][0])
    expect(page.locator("#announcer")).to_contain_text(re.compile("right is 0.54250, so that is (near enough|too far)"))
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    expect(view).to_contain_text("Nothing is due here.")
    assert view.locator("dl [tabindex]:visible").all_inner_texts()[1:] == ["–", "–"]


def test_what_is_no_number_is_marked_and_nothing_is_sent(page: Page) -> None:
    opened(page, "numbers-gru", "0.5,0.25")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("#input").fill("0.1, 12a, 3")
    page.keyboard.press("Enter")
    expect(page.locator("#input-says")).to_contain_text("“12a” at step 1 is not a number")
    expect(page.locator("#input-marks mark")).to_have_text("12a")
    expect(page.locator("#input")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#input")).to_have_value("0.1, 12a, 3")
    expect(page.locator("#strip .token")).to_have_text(["0.5", "0.25"])
    assert page.evaluate("() => getSelection().toString()") == "12a", "typing replaces it"
    assert sent == []
    page.keyboard.type("12")
    expect(page.locator("#strip .token")).to_have_text(["0.1", "12", "3"])
    expect(page.locator("#input-says")).to_be_empty()


def test_a_decimal_comma_is_told_and_a_wrong_count_too(page: Page) -> None:
    opened(page, "numbers-gru", "0.5", lang="ja")
    page.locator("#input").fill("0,5 1,25")
    page.keyboard.press("Enter")
    expect(page.locator("#input-says")).to_contain_text("「0,5」は小数点がコンマになっています。0.5 のように")
    opened(page, "numbers-lstm", "0.5,1")
    expect(page.locator("#input")).to_have_value("0.5, 1")
    page.locator("#input").fill("0.5, 1; 0.2, 0, 3; 1, 1")
    page.keyboard.press("Enter")
    expect(page.locator("#input-says")).to_contain_text("Step 1 has 3 numbers; this model reads 2 a step")
    expect(page.locator("#input-marks mark")).to_have_text("0.2, 0, 3")


def test_the_place_of_a_number_that_the_server_refuses_is_marked(page: Page, faults: Faults) -> None:
    faults.expect("status of 422")
    opened(page, "numbers-gru", "0.5")
    page.locator("#input").fill("0.1  ; 2e6, 3")
    page.keyboard.press("Enter")
    expect(page.locator("#input-says")).to_contain_text("larger than ±1,000,000 allows. Look at step 1.")
    expect(page.locator("#input-marks mark")).to_have_text("2e6")


def test_pasted_columns_and_full_width_digits_are_read(page: Page) -> None:
    opened(page, "numbers-lstm", "0.5,1")
    page.locator("#input").fill("")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "0.5\\t1\\r\\n０．２\\t０\\r\\n");
          const how = { clipboardData: data, bubbles: true, cancelable: true };
          const input = document.querySelector("#input");
          input.focus();
          input.dispatchEvent(new ClipboardEvent("paste", how));
        }"""
    )
    expect(page.locator("#input")).to_have_value("0.5, 1; ０．２, ０")
    page.keyboard.press("Enter")
    expect(page.locator("#strip .token")).to_have_text(["0.5", "0.2"])
    expect(page.locator("#input")).to_have_value("0.5, 1; ０．２, ０")
    expect(page).to_have_url(re.compile(r"i=0\.5,1;0\.2,0&"))


def test_a_number_half_typed_is_no_mistake_until_enter(page: Page) -> None:
    opened(page, "numbers-lstm", "0.5,1")
    page.locator("#input").fill("0.5, 1; 0.2")
    page.wait_for_timeout(700)
    expect(page.locator("#input-says")).to_be_empty()
    expect(page.locator("#strip .token")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#input-says")).to_contain_text("Step 1 has one number; this model reads 2")


def test_another_model_reads_what_was_typed_where_it_can(page: Page) -> None:
    opened(page, "numbers-lstm", "0.5,1;0.2,0")
    page.locator("#input").fill("0.5 1;0.2 0 ;")
    page.keyboard.press("Enter")
    expect(page.locator("#scrub")).to_have_value("1")  # it has run, and played to its end
    expect(page.locator("#input")).to_have_value("0.5 1;0.2 0 ;")
    page.locator("#picker").click()
    page.get_by_role("dialog").locator("[data-model=numbers-adding]").click()
    expect(page.locator("#picker")).to_contain_text("Adding")
    expect(page.locator("#input")).to_have_value("0.5 1;0.2 0 ;")
    assert step(page) == 1
    page.locator("#picker").click()
    page.get_by_role("dialog").locator("[data-model=numbers-gru]").click()
    expect(page.locator("#picker")).to_contain_text("numbers-gru")
    expect(page.locator("#input")).not_to_have_value("0.5 1;0.2 0 ;")
    assert page.locator("#strip .token").count() > 1


def test_curl_sends_the_lists(page: Page) -> None:
    opened(page, "numbers-lstm", "0.5,1;0.2,0")
    page.locator("#share").click()
    expect(page.locator("#dialog pre")).to_contain_text('"input":[[0.5,1],[0.2,0]]')


@pytest.mark.parametrize("width", [390, 1440])
def test_no_two_numbers_of_a_long_run_touch(new_page: NewPage, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 844})
    text = ";".join(f"{(-1) ** n * (0.1234 + n / 97):.4f},{n % 2}" for n in range(60))
    opened(page, "numbers-adding", text, t=59)
    touching = page.evaluate(
        """() => ["#strip .token text", "#strip .said", "#strip .step"].flatMap((row) => {
          const boxes = [...document.querySelectorAll(row)].map((e) => e.getBoundingClientRect());
          const shown = boxes.filter((box) => box.width > 0).sort((a, b) => a.left - b.left);
          return shown.slice(1).filter((box, n) => box.left < shown[n].right + 1).map(() => row);
        })"""
    )
    assert touching == []
