"""The gradients view and the shading under the tokens: what stands on the screen is what the API says."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.axe import violations
from tests.browser.conftest import Faults, NewPage
from tests.browser.score import EXAMPLE, link, open_link, ready

RECALL = "Cwxyzzyxwzzyxwxyzwwxyz?"
LAST = len(RECALL) - 1
ADDING = "0.5, -1; 0.25, 0; -0.73, 1; 0.9, 1; 0.33, -1"
MODELS = {"LSTM": "recall-lstm", "GRU": "recall-gru", "RNN": "recall-rnn"}
GATES = {"f": "f", "i": "i", "C̃": "C_tilde", "o": "o"}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# Where the ends of the drawn lines stand, px from the left and the top of the window.
ENDS = """() => [...document.querySelectorAll('.stage .norms .scatterlayer .lines path')].map((path) => {
  const at = (length) => {
    const { x, y } = path.getPointAtLength(length).matrixTransform(path.getScreenCTM());
    return [x, y];
  };
  return [at(0), at(path.getTotalLength())];
})"""
CENTRES = """() => [...document.querySelectorAll('#strip .token')].map((token) => {
  const { x, width } = token.getBoundingClientRect();
  return x + width / 2;
})"""
TICKS = """() => [...document.querySelectorAll('.stage-labels .tick')].map((tick) => {
  const { y, height } = tick.getBoundingClientRect();
  return [tick.textContent, y + height / 2];
})"""
HEIGHTS = "(bars) => bars.map((bar) => [Number(bar.dataset.step), bar.getBoundingClientRect().height])"


def asked(page: Page, what: str, **body: Any) -> dict[str, Any]:
    answer = page.request.post(f"/api/v1/gradients/{what}", data=body)
    assert answer.ok, answer.text()
    document: dict[str, Any] = answer.json()
    return document


def number(text: str) -> float:
    """A printed number: "−0.37", "1.6·10⁻³⁰", "10⁻⁵"."""
    text = text.replace("−", "-")
    mantissa, _, power = text.rpartition("·")
    if power.startswith("10") and len(power) > 2:
        return float(f"{mantissa or 1}e{power[2:].translate(RAISED)}")
    return float(text)


def opened(page: Page, lines: int, **fields: Any) -> None:
    """Open the gradients of a link and wait until so many lines and the gates are drawn."""
    page.goto(link(v="gradients", **fields))
    expect(page.locator(".stage .norms .scatterlayer .trace")).to_have_count(lines)
    expect(page.locator(".stage .gates .heatmaplayer image, .stage .gates .heatmaplayer path").first).to_be_attached()


def table(page: Page) -> tuple[list[str], list[list[tuple[str, str]]]]:
    """The table of all numbers, opened: the names of its columns, and of each row (exact, printed)."""
    if not page.locator(".gradient-numbers").evaluate("(node) => node.open"):
        page.locator(".gradient-numbers summary").click()
    expect(page.locator(".gradient-numbers tbody tr").first).to_be_attached()
    names: list[str] = page.locator(".gradient-numbers thead th").all_text_contents()
    rows: list[list[tuple[str, str]]] = page.locator(".gradient-numbers tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.querySelectorAll('td[title]')]"
        ".map((cell) => [cell.title, cell.textContent]))"
    )
    return names, rows


def heights(page: Page) -> dict[int, float]:
    """The bars under the tokens: step → height."""
    return dict(page.locator("#shading i").evaluate_all(HEIGHTS))


def matches(page: Page, inputs: list[float]) -> None:
    """The bars are as high as these norms, the largest as high as the token's cell."""
    shown, full = heights(page), page.locator("#shading").evaluate("(layer) => layer.getBoundingClientRect().height")
    expected = {s: full * norm / max(inputs) for s, norm in enumerate(inputs) if norm}
    assert shown.keys() == expected.keys()
    assert [shown[s] for s in shown] == pytest.approx([expected[s] for s in shown], abs=0.02)


def test_the_vanishing_gradient_of_three_cells_is_the_apis_down_to_the_last_digit(page: Page) -> None:
    opened(page, 5, m="recall-lstm", i=RECALL, t=LAST, u=5)
    answers = {name: asked(page, "jacobian", model=model, input=RECALL, t=LAST) for name, model in MODELS.items()}
    gates = asked(page, "saliency", model="recall-lstm", input=RECALL, t=LAST)
    columns = {
        "LSTM": answers["LSTM"]["total"]["norm"],
        "LSTM, direct": answers["LSTM"]["direct"]["norm"],
        "GRU": answers["GRU"]["total"]["norm"],
        "GRU, direct": answers["GRU"]["direct"]["norm"],
        "RNN": answers["RNN"]["total"]["norm"],
        "∂ℓ/∂x": gates["inputs"],
        **{f"∂ℓ/∂z{symbol}": [row[5] for row in gates["gates"][key]] for symbol, key in GATES.items()},
    }
    names, rows = table(page)
    assert names[2:] == list(columns)
    for k, (name, values) in enumerate(columns.items()):
        assert [number(row[k][0]) for row in rows] == values, name
        assert [number(row[k][1]) for row in rows] == pytest.approx(values, rel=0.055), name
    drawn = page.evaluate("() => document.querySelector('.stage .norms').data.map((line) => [...line.y])")
    assert drawn[0] == answers["LSTM"]["total"]["log10"]
    assert drawn[-1] == answers["RNN"]["total"]["log10"]
    assert answers["RNN"]["total"]["norm"][0] < 1e-9
    said = page.locator(".vanish .reads").inner_text()
    told = re.findall(r"At step 0 the line of the (\w+) is at ([^,:]+)[,:]", said)
    assert [name for name, _ in told] == ["RNN", "LSTM"]
    for name, value in told:
        assert number(value) == pytest.approx(answers[name]["total"]["norm"][0], rel=0.055)
    logs = answers["RNN"]["total"]["log10"]
    (by,) = re.findall(r"([\d.]+) times less with each step back", said)
    assert float(by) == pytest.approx(10 ** ((logs[-1] - logs[0]) / LAST), rel=0.005)


def test_the_lines_stand_on_the_tokens_and_on_their_axis(page: Page) -> None:
    opened(page, 5, m="recall-lstm", i=RECALL, t=LAST)
    centres, ends, ticks = page.evaluate(CENTRES), page.evaluate(ENDS), page.evaluate(TICKS)
    assert len(ends) == 5
    for first, last in ends:
        assert first[0] == pytest.approx(centres[0], abs=1)
        assert last[0] == pytest.approx(centres[LAST], abs=1)
    places = {round(np.log10(number(text))): y for text, y in ticks}
    low, high = min(places), max(places)
    slope = (places[high] - places[low]) / (high - low)
    logs = asked(page, "jacobian", model="recall-rnn", input=RECALL, t=LAST)["total"]["log10"]
    for log, (_, y) in zip((logs[0], logs[-1]), ends[-1], strict=True):
        assert y == pytest.approx(places[low] + (log - low) * slope, abs=1)
    page.get_by_label("parts of the shown model").check()
    expect(page.locator(".stage .norms .scatterlayer .trace")).to_have_count(7)
    blocks = asked(page, "jacobian", model="recall-lstm", input=RECALL, t=LAST)["blocks"]
    drawn = page.evaluate("() => document.querySelector('.stage .norms').data.slice(2, 4).map((line) => [...line.y])")
    assert drawn == [block["log10"] for block in blocks if block["of"] == block["by"]]
    page.get_by_label("GRU", exact=True).uncheck()
    expect(page.locator(".stage .norms .scatterlayer .trace")).to_have_count(5)


def test_pointing_at_a_prediction_shades_the_tokens_and_a_click_keeps_it(page: Page) -> None:
    open_link(page, t=7)
    outputs = page.request.get("/api/v1/models/brackets-lstm").json()["outputs"]
    row = page.locator("#next-view button.symbol").filter(has_text="]")
    row.hover()
    expect(page.locator("#shading i").first).to_be_visible()
    found = asked(page, "saliency", model="brackets-lstm", input=EXAMPLE, t=7, output="]")
    matches(page, found["inputs"])
    most = int(np.argmax(found["inputs"]))
    sentence = page.locator("#next-view [role=status]")
    expect(sentence).to_contain_text(f"‘]’ depends most on step {most} ‘{EXAMPLE[most]}’")
    said, shown = sentence.inner_text().split(": ")[1].rstrip("."), page.locator("#shading-scale").inner_text()
    assert number(said) == pytest.approx(max(found["inputs"]), rel=0.005)
    assert shown == f"= {said}"
    page.locator("#cell-title").hover()
    expect(page.locator("#shading i").first).to_be_hidden()
    expect(sentence).to_have_text("")
    row.click()
    expect(row).to_have_attribute("aria-pressed", "true")
    page.locator("#cell-title").hover()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#cell-title")).to_contain_text("step 6")
    expect(page.locator("#shading:not(.stale) i").nth(6)).to_be_visible()
    expect(page.locator("#shading i")).to_have_count(7)
    matches(page, asked(page, "saliency", model="brackets-lstm", input=EXAMPLE, t=6, output="]")["inputs"])
    page.wait_for_function("() => new URLSearchParams(location.hash.slice(1)).has('y')")
    assert f"y={outputs.index(']')}" in page.url
    page.get_by_role("tab", name="Gradients").click()
    expect(page.locator("#output-choice")).to_have_value(str(outputs.index("]")))
    page.locator("#output-choice").select_option("a")
    expect(page.locator(".depends .reads")).to_contain_text("‘a’ depends most on")
    found = asked(page, "saliency", model="brackets-lstm", input=EXAMPLE, t=6, output="a")
    matches(page, found["inputs"])
    strongest = sorted(range(7), key=lambda s: -found["inputs"][s])[:5]
    assert [int(text) for text in page.locator(".strongest tbody th").all_inner_texts()] == strongest
    norms = page.locator(".strongest td.num").evaluate_all("(cells) => cells.map((cell) => Number(cell.title))")
    assert norms == [found["inputs"][s] for s in strongest]


def test_focus_points_too_and_numbers_are_shaded_by_their_output(page: Page) -> None:
    page.goto(f"/#m=adding-lstm&i={ADDING}&t=4&u=0&lang=en")
    ready(page)
    button = page.locator("#next-view .asks")
    button.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    steps = [[float(v) for v in step.split(",")] for step in ADDING.split(";")]
    found = asked(page, "saliency", model="adding-lstm", input=steps, t=4, output=0)
    expect(page.locator("#shading i")).to_have_count(sum(norm > 0 for norm in found["inputs"]))
    matches(page, found["inputs"])
    expect(page.locator("#next-view [role=status]")).to_contain_text("‘y’ depends most on step")
    page.keyboard.press("Tab")
    expect(page.locator("#shading")).to_be_hidden()


def test_while_it_plays_one_picture_is_asked_for_and_at_rest_that_of_the_step(page: Page) -> None:
    text = RECALL[:-1] * 5
    opened(page, 5, m="recall-lstm", i=text, t=2, s=16)
    seen: list[tuple[str, int]] = []

    def note(request: Request) -> None:
        if "/gradients/" in request.url:
            seen.append((request.url.rsplit("/", 1)[1], (request.post_data_json or {})["t"]))

    page.on("request", note)
    page.keyboard.press(" ")
    expect(page.locator("#gradients-title")).to_contain_text(re.compile(r"step [2-9]\d "))
    page.keyboard.press(" ")
    page.keyboard.press("Home")
    expect(page.locator(".vanish .reads")).to_contain_text("Nothing lies before this step")
    last = len(text) - 1
    assert sorted(what for what, t in seen if t == last) == ["jacobian"] * 3 + ["saliency"]
    assert {t for _, t in seen} - {0, last} <= {max(t for _, t in seen if t != last)}, "only where it stopped"


def test_the_models_that_stand_beside_are_in_the_link_and_told_by_symbols(page: Page) -> None:
    opened(page, 5, m="recall-lstm", i=RECALL, t=LAST)
    page.get_by_role("checkbox", name="GRU").uncheck()
    page.get_by_role("checkbox", name="LSTM, peepholes").check()
    expect(page.locator(".stage .norms .scatterlayer .trace")).to_have_count(5)
    names = ["LSTM", "RNN", "LSTM, peepholes"]
    expect(page.locator(".vanish .figures tbody th")).to_have_text(names)
    page.reload()
    expect(page.locator(".vanish .figures tbody th")).to_have_text(names)
    expect(page.locator(".stage .norms .scatterlayer .trace")).to_have_count(5)
    symbols = page.evaluate("() => document.querySelector('.stage .norms').data.map((line) => line.marker.symbol)")
    told = page.locator(".vanish .figures svg.symbol").evaluate_all("(all) => all.map((one) => one.dataset.symbol)")
    assert told == [symbol for symbol in symbols if symbol]
    assert len(set(told)) == len(names)
    page.go_back()
    expect(page.get_by_role("checkbox", name="GRU")).to_be_checked(checked=False)
    page.go_back()
    expect(page.get_by_role("checkbox", name="GRU")).to_be_checked()


def test_what_is_too_far_back_is_said_with_the_limit(page: Page, faults: Faults) -> None:
    faults.expect("status of 422")
    refused = page.request.post(
        "/api/v1/gradients/jacobian", data={"model": "shakespeare-lstm", "input": "a" * 1300, "t": 1299}
    )
    assert refused.status == 422
    problem = refused.json()
    assert problem["type"].endswith("too-many-steps")

    def refuse(route: Route) -> None:
        if "recall-rnn" in (route.request.post_data or ""):
            route.fulfill(status=422, body=refused.text(), content_type="application/problem+json")
        else:
            route.continue_()

    page.route("**/gradients/jacobian", refuse)
    page.goto(link(v="gradients", m="recall-lstm", i=RECALL, t=LAST))
    note = page.locator(".vanish .wrong-note")
    limit = f"{problem['params']['limit']:,}" if problem["params"]["limit"] > 9999 else str(problem["params"]["limit"])
    expect(note).to_contain_text("RNN")
    expect(note).to_contain_text(f"at most {limit}")
    expect(page.locator(".stage .norms .scatterlayer .trace")).to_have_count(4)


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_axe_finds_nothing_and_nothing_is_too_wide(new_page: NewPage, look: str) -> None:
    page = new_page(**(PHONE if look == "phone" else {"viewport": {"width": 1440, "height": 900}}))
    opened(page, 3, t=8, theme="dark" if look == "dark" else "light", lang="ja" if look == "phone" else "en", y=1)
    page.locator(".gradient-numbers summary").click()
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    wide = "(panel) => [...panel.children].filter((one) => one.scrollWidth > panel.clientWidth + 1).length"
    assert page.locator("#view-gradients").evaluate(wide) == 0
