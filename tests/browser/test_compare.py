"""Runs side by side: what stands in the Compare view is what the API says of both models, and of both inputs."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Faults, NewPage
from tests.browser.score import link, step, trace
from tests.browser.test_look import SIZES

LONG = 3
"""The place of the prepared brackets on which the simple RNN loses what is open."""


def opened(page: Page, **fields: Any) -> None:
    """Open the view by a link and wait until its stage is drawn."""
    page.goto(link(v="compare", **fields))
    drawn(page, 2)


def drawn(page: Page, panels: int) -> None:
    page.wait_for_function("(n) => document.querySelector('.runs-plot')?.data?.length >= n", arg=panels)


def in_numbers(page: Page) -> None:
    """Colours on the task's one scale, so that a stave holds the values themselves and not each unit's shares."""
    scale = page.locator("#view-compare [data-key=scale]")
    while scale.inner_text() != "the task’s scale":
        scale.click()
    page.wait_for_function("() => document.querySelector('.runs-plot').data[0].zmax > 1")


def panel(page: Page, n: int) -> np.ndarray:
    """The numbers of a drawn stave, (T, H); what has no value is NaN."""
    rows = page.evaluate("(n) => document.querySelector('.runs-plot').data[n].z.map((row) => [...row])", n)
    return np.array(rows, np.float32).T


def quantity(document: dict[str, Any], key: str) -> np.ndarray:
    return np.array([one["layers"][0][key] for one in document["steps"]], np.float32)


def printed(text: str) -> float:
    """A number as the page prints it: 0.84, 5.0·10⁻⁵."""
    plain = text.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")).replace("·10", "e")
    return float(plain)


def alignment(page: Page) -> list[float]:
    """How far the rows of words and the columns of the staves are from the tokens above them, px."""
    off: list[float] = page.evaluate(
        """() => {
          const centre = (box) => box.x + box.width / 2;
          const plot = document.querySelector('.runs-plot');
          const { x: left, width } = plot.getBoundingClientRect();
          const { z, x0 } = plot.data[0];
          const tokens = [...document.querySelectorAll('#strip .token')];
          const second = [...document.querySelectorAll('.steprows .token')];
          const columns = tokens.map((token, t) => left + ((t - x0 + 0.5) * width) / z[0].length - 0.5);
          return tokens.flatMap((token, t) => {
            const at = centre(token.getBoundingClientRect());
            const under = second[t] ? [Math.abs(centre(second[t].getBoundingClientRect()) - at)] : [];
            return [Math.abs(columns[t] - at), ...under];
          });
        }"""
    )
    return off


def test_the_rnn_loses_what_the_lstm_keeps_and_the_page_says_so_in_the_apis_numbers(page: Page) -> None:
    given = page.request.get("/api/v1/models/brackets-lstm").json()["examples"][LONG]["input"]
    runs = {name: trace(page, f"brackets-{name}", given) for name in ("lstm", "rnn", "untrained")}
    rights = {name: [one["y"]["right"] for one in run["steps"]] for name, run in runs.items()}
    at = next(t for t, right in enumerate(rights["rnn"]) if right is False and rights["lstm"][t])
    opened(page, i=given, t=at)
    in_numbers(page)
    np.testing.assert_array_equal(panel(page, 0), quantity(runs["lstm"], "C"))
    np.testing.assert_array_equal(panel(page, 1), quantity(runs["rnn"], "h"))

    shown = page.locator(".steprows .says-next").evaluate_all(
        "(nodes) => nodes.filter((node) => getComputedStyle(node).visibility !== 'hidden').map((node) => ["
        "Number(node.dataset.t), node.querySelector('.said').textContent,"
        "node.querySelector('.tick') ? true : node.querySelector('.cross') ? false : null])"
    )
    assert max(t for t, _, _ in shown) == at, "what comes later is not told"
    assert len(shown) > 20
    for t, said, right in shown:
        assert (said, right) == (runs["rnn"]["steps"][t]["y"]["top"][0][0], rights["rnn"][t])

    y = {name: run["steps"][at]["y"] for name, run in runs.items()}
    says = page.locator("#view-compare .board .compare-says")
    count = [sum(one is not None for one in rights["rnn"][: at + 1]), sum(map(bool, rights["rnn"][: at + 1]))]
    expect(says).to_have_text(
        f"Step {at}: LSTM says {y['lstm']['top'][0][0]} ✓, RNN says {y['rnn']['top'][0][0]} ✗; "
        f"right is {y['lstm']['answer']}. So far right: LSTM {count[0]} of {count[0]}, RNN {count[1]} of {count[0]}."
    )

    untrained = page.get_by_role("checkbox", name="LSTM brackets-untrained, untrained")
    untrained.check()
    drawn(page, 3)
    expect(page).to_have_url(re.compile(r"c=brackets-rnn,brackets-untrained"))
    np.testing.assert_array_equal(panel(page, 2), quantity(runs["untrained"], "C"))
    rows = page.locator("#view-compare .scores tbody tr")
    expect(rows).to_have_count(3)
    for n, (name, right) in enumerate(rights.items()):
        cells = rows.nth(n).locator("td")
        judged = [one for one in right if one is not None]
        expect(cells.nth(1)).to_have_text(f"{sum(map(bool, right[: at + 1]))} / {count[0]}")
        expect(cells.nth(2)).to_have_text(f"{sum(judged)} / {len(judged)}")
        known = dict([*y[name]["top"], (y[name]["next"]["symbol"], y[name]["next"]["p"])])
        told = cells.nth(3).locator(".number")
        if y[name]["answer"] in known:
            assert told.get_attribute("data-p") == str(known[y[name]["answer"]])
        else:
            expect(told).to_have_text(re.compile("^≤"))
    scale = page.evaluate("() => document.querySelector('.runs-plot').data.map(({ zmin, zmax }) => [zmin, zmax])")
    assert scale[0] == scale[2], "one quantity has one scale"
    assert violations(page) == []
    page.go_back()
    page.wait_for_function("() => document.querySelector('.runs-plot').data.length === 2")
    expect(untrained).not_to_be_checked()
    assert step(page) == at


def test_an_input_on_which_they_differ_is_found_and_another_quantity_shown(page: Page) -> None:
    opened(page, m="order-lstm", i="EabXcdbadbcaYdbcabdB", t=0)
    page.get_by_role("button", name="Find an input on which they differ").click()
    says = page.locator("#view-compare .board .compare-says")
    expect(says).to_contain_text("LSTM 1 of 1, RNN 0 of 1")
    given = page.locator("#input").input_value()
    ends = {name: trace(page, f"order-{name}", given) for name in ("lstm", "rnn")}
    assert [run["steps"][-1]["y"]["right"] for run in ends.values()] == [True, False]
    page.locator("#compare-quantity").select_option("h")
    page.wait_for_function("() => document.querySelector('.runs-plot').data.every(({ name }) => name === 'h')")
    for n, run in enumerate(ends.values()):
        np.testing.assert_array_equal(panel(page, n), quantity(run, "h"))


def test_numbers_are_judged_beside_each_other(page: Page) -> None:
    card = page.request.get("/api/v1/models/adding-lstm").json()
    given = card["examples"][0]["input"]
    typed = ";".join(",".join(map(str, row)) for row in given)
    opened(page, m="adding-lstm", i=typed, t=len(given) - 1)
    for n, name in enumerate(["adding-lstm", "adding-rnn"]):
        answer = page.request.post("/api/v1/trace", data={"model": name, "input": given}).json()
        y = answer["steps"][-1]["y"]
        cells = page.locator("#view-compare .scores tbody tr").nth(n).locator("td")
        expect(cells.first).to_contain_text("✓" if y["right"] else "✗")
        assert printed(cells.first.inner_text()[:-2]) == pytest.approx(y["value"][0], abs=1e-5)
        assert printed(cells.last.inner_text()) == pytest.approx(abs(y["value"][0] - y["answer"]), abs=1e-5)
        assert y["right"] == (name == "adding-lstm"), "the first thing that is to be seen here"


def test_two_inputs_differ_by_what_the_api_says(page: Page, faults: Faults) -> None:
    faults.expect("status of 422")
    opened(page, i="([a])", t=3, j="([b])")
    drawn(page, 4)
    sent = {"model": "brackets-lstm", "input": "([a])", "other_input": "([b])", "values": True}
    found = page.request.post("/api/v1/explain/difference", data=sent).json()
    c = found["quantities"]["C"]
    np.testing.assert_allclose(panel(page, 2), np.array(c["values"]), rtol=1e-6, atol=1e-12)
    line = page.evaluate("() => [...document.querySelector('.runs-plot').data[3].y]")
    np.testing.assert_array_equal(line, c["size"])
    says = page.locator("#view-compare .two-inputs .compare-says")
    expect(says).to_contain_text(
        f"The inputs differ at step 2 alone. The difference in C is largest at step {c['peak']}"
    )
    size, unit, most, end = re.search(  # type: ignore[union-attr]
        r"its size is (\S+), most of it in unit (\d+) \((\S+)\)\. At the end it is still (\S+):", says.inner_text()
    ).groups()
    assert int(unit) == c["unit"][c["peak"]]
    for text, v in [(size, c["size"][c["peak"]]), (most, c["largest"][c["peak"]]), (end, c["size"][-1])]:
        assert printed(text) == pytest.approx(v, rel=0.05)
    expect(page.locator(".steprows .differs")).to_have_count(1)
    assert page.locator(".steprows .token").all_text_contents() == list("([b])")
    assert max(alignment(page)) <= 1
    assert violations(page) == []

    field = page.get_by_role("textbox", name="Second input")
    field.fill("([x])")
    field.press("Enter")
    expect(page.locator("#second-says")).to_contain_text("“x” at step 2 is not a symbol this model knows")
    expect(says).to_contain_text("step 2 alone")
    page.get_by_role("button", name="Suggest").click()
    expect(field).to_have_value("[[a]]")
    expect(page.locator("#second-says")).to_be_empty()
    expect(says).to_contain_text("The inputs differ at 2 steps, first at step 0.")
    expect(page.locator(".steprows .differs")).to_have_count(2)

    page.locator("#input").fill("(a)b")
    page.keyboard.press("Enter")
    expect(field).to_have_value("[a]b")
    page.get_by_role("button", name="Models").click()
    expect(page.locator("#view-compare .scores tbody tr").first).to_contain_text("LSTM")
    page.go_back()
    expect(page.locator(".steprows .token")).to_have_count(4)


def test_a_long_input_is_drawn_by_the_window_beside_its_scale(page: Page) -> None:
    opened(page, i="(a)", t=0)
    page.locator("#input").fill("(a[b]c)" * 300)
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.runs-plot').data[1]?.z[0].length === 256")
    expect(page.locator("#input")).not_to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("#view-compare .scores tbody tr").nth(1).locator("td").nth(1)).to_have_text("1800 / 1800")
    expect(page.locator("#stage-scales .now").first).to_be_in_viewport()
    drawn_from = page.evaluate("() => document.querySelector('.runs-plot').data[1].x0")
    run = trace(page, "brackets-rnn", "(a[b]c)" * 300, include=["h"])
    page.wait_for_function("() => document.querySelector('.runs-plot').data[1].z[0].at(-1) !== null")
    np.testing.assert_array_equal(panel(page, 1), quantity(run, "h")[drawn_from : drawn_from + 256])


@pytest.mark.parametrize("size", ["phone", "projector"])
def test_it_stands_in_its_columns_at_every_size(new_page: NewPage, size: str) -> None:
    page = new_page(**SIZES[size])
    opened(page, j="[(a)[b[c]]]d", lang="ja", **({"present": 1} if size == "projector" else {}))
    drawn(page, 4)
    assert max(alignment(page)) <= 1
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_the_document_of_the_page_is_the_apis(page: Page) -> None:
    """What was asked for the picture is what curl would ask: one model, two inputs."""
    asked: list[dict[str, Any]] = []
    page.on(
        "request",
        lambda request: asked.append(json.loads(request.post_data or "null")) if "difference" in request.url else None,
    )
    opened(page, i="(a)", t=1, j="(b)c")
    expect(page.locator("#view-compare .two-inputs .compare-says")).to_contain_text("Compared are the 3 steps")
    assert asked == [{"model": "brackets-lstm", "input": "(a)", "other_input": "(b)c", "layer": 0}]


def test_rows_by_similarity_are_those_of_the_score_and_the_other_network_keeps_its_own(page: Page) -> None:
    text = "((a)[b])"
    runs = [quantity(trace(page, model, text), "h") for model in ("brackets-lstm", "brackets-rnn")]
    answer = page.request.post("/api/v1/explain/units", data={"model": "brackets-lstm", "input": text})
    order = answer.json()["order"]
    assert order != sorted(order)
    opened(page, i=text, t=5, u=3, o="similarity", w="h")
    first = f"() => document.querySelector('.runs-plot').data[0].z[0][0] === Math.fround({runs[0][0, order[0]]})"
    page.wait_for_function(first)
    assert np.array_equal(panel(page, 0), runs[0][:, order])
    assert np.array_equal(panel(page, 1), runs[1])
    marks = page.locator(".runs-bars .runs-unit").evaluate_all("(all) => all.map((one) => one.offsetTop)")
    staves = page.locator(".stage-scales [data-view=compare] .ramp").evaluate_all(
        "(all) => all.map((one) => [one.offsetTop, one.offsetHeight])"
    )
    for mark, (top, height), row in zip(marks, staves, (order.index(3), 3), strict=True):
        assert mark == pytest.approx(top + row * height / 16 - 1, abs=1)
    expect(page.locator(".runs-row.number")).to_have_text(["3", "3"])


def test_what_is_shown_of_the_runs_is_in_the_link_and_holds_in_the_what_if_view_too(page: Page) -> None:
    opened(page, m="brackets-lstm", c="brackets-untrained", t=5)
    page.locator("#compare-quantity").select_option("o")
    page.wait_for_function("() => location.hash.includes('w=o')")
    page.reload()
    drawn(page, 2)
    expect(page.locator("#compare-quantity")).to_have_value("o")
    page.get_by_role("tab", name="What if").click()
    chosen = page.locator("#view-whatif [data-shows][aria-pressed=true]")
    expect(chosen).to_have_text("o")
    page.locator("#view-whatif [data-shows=states]").click()
    expect(chosen).to_have_text("C, h")
    page.wait_for_function("() => !location.hash.includes('w=')")
