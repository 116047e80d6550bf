"""What stands on the screen is what the API says, and what PyTorch says of the same weights."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from safetensors.numpy import load_file

from tests.browser.score import EXAMPLE, open_link, trace, value
from tests.lstm.oracle import FOLDER

QUANTITIES = {"f": "f", "i": "i", "C_tilde": "c_tilde", "C": "c", "o": "o", "h": "h"}
STEP, UNIT = 6, 3


def shown(page: Page, selector: str) -> list[float]:
    text = page.locator(selector).inner_text().replace("−", "-")
    return [float(number) for number in re.findall(r"[+-]?\d+\.\d+", text)]


def test_values_read_off_the_screen_equal_the_api_and_pytorch(page: Page) -> None:
    open_link(page, t=STEP, u=UNIT)
    row = trace(page, "brackets-lstm", EXAMPLE)["steps"][STEP]["layers"][0]
    oracle = load_file(FOLDER / "shipped-brackets-lstm.safetensors")
    for key, name in QUANTITIES.items():
        seen = value(page, key)
        assert np.float32(seen) == np.float32(row[key][UNIT]), key
        assert seen == pytest.approx(float(oracle[f"0.0.{name}"][STEP, UNIT]), abs=1e-5), key


def test_the_printed_arithmetic_adds_up_to_the_gate(page: Page) -> None:
    open_link(page, t=STEP, u=UNIT)
    expect(page.locator("#arithmetic-view")).to_contain_text(re.compile(r"\d\.\d\d\s*\)"))
    pre = trace(page, "brackets-lstm", EXAMPLE, include=["pre"])["steps"][STEP]["layers"][0]["pre"]
    text = page.locator("#arithmetic-view").inner_text().replace("−", "-")
    for key in ["f", "i", "C_tilde", "o"]:
        for part in ["x", "h", "b"]:
            assert f"{pre[key][part][UNIT]:+.2f}" in text, f"{key} from {part}"


def test_the_bars_are_the_networks_probabilities_and_the_tasks(page: Page) -> None:
    open_link(page, t=STEP, u=UNIT)
    y = trace(page, "brackets-lstm", EXAMPLE)["steps"][STEP]["y"]
    text = page.locator("#next-view").inner_text()
    for symbol, p in y["top"]:
        row = rf"{re.escape(symbol)}\s+{100 * p:.1f} %\s+{100 * y['truth'][symbol]:.1f} %"
        assert re.search(row, text), (symbol, text)


def test_ticks_and_crosses_say_whether_the_most_probable_symbol_is_the_answer(page: Page) -> None:
    text = "([" * 3 + "a" + "])" * 3
    open_link(page, m="brackets-rnn", i=text, t=len(text) - 1)
    steps = trace(page, "brackets-rnn", text)["steps"]
    for t, step in enumerate(steps):
        mark = page.locator("#strip .says-next").nth(t)
        y = step["y"]
        assert mark.locator("text").text_content() == y["top"][0][0]
        assert mark.locator(".tick").count() == (1 if y["answer"] and y["top"][0][0] == y["answer"] else 0)
        assert mark.locator(".cross").count() == (1 if y["answer"] and y["top"][0][0] != y["answer"] else 0)


def test_numbers_go_in_and_come_out_of_a_model_of_numbers(page: Page) -> None:
    page.goto("/#m=numbers-lstm&i=0.5%2C+1%3B+0.2%2C+0&t=1&u=0&lang=en")
    expect(page.locator("#strip .token")).to_have_text(["0.5", "0.2"])
    expect(page.locator("#input")).to_have_value("0.5, 1; 0.2, 0")
    answer = page.request.post("/api/v1/trace", data={"model": "numbers-lstm", "input": [[0.5, 1], [0.2, 0]]}).json()
    expect(page.locator("#scales .now.q-h")).to_have_attribute("title", re.compile(r"\d"))
    assert np.float32(value(page, "h")) == np.float32(answer["steps"][1]["layers"][0]["h"][0])
