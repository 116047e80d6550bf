"""The Arithmetic view: a number leads to what made it; its terms add up; a symbol is marked where it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import NewPage
from tests.browser.score import EXAMPLE, link, open_link, ready, step, trace, unit

RECALL = "Cwxyzzyx?"
MODELS = {
    "brackets-lstm": EXAMPLE,
    "recall-gru": RECALL,
    "brackets-rnn": EXAMPLE,
    "recall-lstm-peephole": RECALL,
    "recall-lstm-coupled": RECALL,
    "recall-lstm1997": RECALL,
    "toy-lstm1997-open": EXAMPLE,
}
"""One model of every cell."""


def decimal(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").lstrip("+"))


def number(text: str) -> float:
    """A printed number, in parentheses or not; of one that is only told to lie beyond another, the other."""
    return float(text.strip("()").replace("−", "-").lstrip("<>"))


def arithmetic(page: Page, model: str, text: str, **more: Any) -> dict[str, Any]:
    """The same from the API, from a run of the whole input."""
    answer = page.request.post("/api/v1/explain/arithmetic", data={"model": model, "input": text} | more)
    assert answer.ok, answer.text()
    document: dict[str, Any] = answer.json()
    return document


def terms(page: Page) -> list[tuple[str, str, str]]:
    """The lines of the sum that can be seen: name, weight × value, product."""
    rows = page.locator(".terms tbody tr:visible").all()
    return [tuple(row.locator("th, td:not(.lane-cell)").all_inner_texts()) for row in rows]  # type: ignore[misc]


def answered(page: Page) -> None:
    expect(page.locator(".worked")).not_to_have_class(re.compile("stale"))
    expect(page.locator(".worked").locator(".terms, .steps")).to_be_visible()


def lit(page: Page) -> list[str]:
    """The symbols of the equation that are marked, as they read."""
    return [text.replace("\u2062", "") for text in page.locator(".equation .symbols .lit").all_text_contents()]


def test_from_a_number_of_the_grid_to_its_terms_to_what_made_them_and_back(page: Page) -> None:
    open_link(page, t=6, u=3)
    page.locator(".sums .val.q-f").click()
    answered(page)
    expect(page.locator("#tab-arithmetic")).to_be_focused()
    expect(page.locator("#cell-view .diagram")).to_be_visible()
    told = arithmetic(page, "brackets-lstm", EXAMPLE, unit=3, t=6, gate="f")["sum"]
    assert len(terms(page)) == 9
    seen = [decimal(row[-1]) for row in terms(page)]
    total = page.locator(".terms .total")
    assert sum(seen) == decimal(total.inner_text()) == Decimal(str(told["shown"]))
    assert seen[:8] == [Decimal(str(term["shown"])) for term in told["terms"][:8]]
    page.get_by_role("button", name="smaller ones").click()
    assert len(terms(page)) == 1 + len(told["terms"])
    lines = [row for row in terms(page) if "smaller" not in row[0]]
    assert [decimal(row[-1]) for row in lines] == [Decimal(str(term["shown"])) for term in told["terms"]]
    for (name, factors, _), term in zip(lines, told["terms"], strict=True):
        assert str(term["index"] if term["part"] == "h" else term["symbol"] or term["part"][2:]) in name
        assert number(factors.split(" × ")[0]) == pytest.approx(term["weight"], abs=0.00051)
    value = page.locator(".squash .val")
    assert page.locator(".squash").inner_text() == f"σ({total.inner_text()}) = {value.inner_text()}"
    assert number(value.inner_text()) == pytest.approx(1 / (1 + math.exp(-told["total"])), abs=0.0005)
    total.hover()
    assert number(page.locator("#view-arithmetic .exact").inner_text()) == told["total"]

    first = told["terms"][0]
    page.locator(".terms tbody button.number").first.click()
    expect(page.locator("#view-arithmetic h2")).to_contain_text("hidden state h = ")
    answered(page)
    assert (step(page), unit(page)) == (5, first["index"])
    assert number(page.locator("#view-arithmetic h2 .val").inner_text()) == pytest.approx(first["value"], abs=0.0005)
    expect(page.locator("#view-arithmetic h2")).to_be_focused()
    page.locator(".equation button.q-C").click()
    expect(page.locator("#view-arithmetic h2")).to_contain_text("cell state C = ")
    crumbs = page.locator(".way li")
    first_unit = f"step 5, unit {first['index']}"
    expect(crumbs).to_have_text(["f step 6, unit 3", f"h {first_unit}", f"C {first_unit}"])
    page.go_back()
    expect(crumbs).to_have_text(["f step 6, unit 3", f"h {first_unit}"])
    crumbs.first.get_by_role("button").click()
    expect(page.locator(".way")).to_be_hidden()
    answered(page)
    assert (step(page), unit(page), total.inner_text()) == (6, 3, str(told["shown"]))
    for _ in range(3):
        page.go_back()
    expect(page.locator("#tab-gates")).to_have_attribute("aria-selected", "true")


def test_what_is_pointed_at_in_the_equation_is_marked_in_the_score_and_the_diagram_and_the_reverse(page: Page) -> None:
    open_link(page, t=6, u=3, v="arithmetic", g="C")
    answered(page)
    steps = trace(page, "brackets-lstm", EXAMPLE)["steps"]
    mark = page.locator(".point-marks > div")
    label = page.locator('#cell-view [data-label="prev.C"]')
    part = page.locator(".equation .part[tabindex]")
    expect(part).to_have_text(["C", "f", "Ct−1", "i", "C\u0303"])
    for way in (part.nth(2).focus, part.nth(2).hover):
        way()
        expect(mark).to_have_count(1)
        expect(label).to_have_class(re.compile("lit"))
        assert page.locator("#cell-view .label.lit").count() == 1
    box = mark.bounding_box()
    columns = [page.locator("#strip .token").nth(t).bounding_box() for t in (5, 6)]
    assert box is not None
    for other, inside in zip(columns, (True, False), strict=True):
        assert other is not None
        centre = other["x"] + other["width"] / 2
        assert (box["x"] < centre < box["x"] + box["width"]) == inside
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # now on what was marked
    tip = page.locator("#tip").inner_text()
    assert tip.startswith("C, unit 3, step 5 ‘b’: ")
    assert np.float32(number(tip.split(": ")[1])) == np.float32(steps[5]["layers"][0]["C"][3])
    assert lit(page) == ["Ct−1"]
    assert page.locator(".equation .numbers .lit").inner_text() == "(−3.325)"

    page.locator('#cell-view [data-wire="f"] + .reach').hover(force=True)
    assert lit(page) == ["f"]
    page.locator('#cell-view [data-label="f * prev.C"]').hover()
    assert lit(page) == ["f·Ct−1"]
    expect(mark).to_have_count(2)  # f at this step, C at the one before
    page.locator('#cell-view [data-valve="f"]').click()
    expect(page.locator("#view-arithmetic h2")).to_contain_text("forget gate f = ")
    page.locator("#strip .token").nth(6).hover()
    assert lit(page) == ["Wfx"]
    part.nth(2).hover()  # U h(t−1): all of h, one step earlier
    slot = page.locator('#cell-view [data-slot="h"]')
    expect(slot).to_have_class(re.compile("lit"))
    column = mark.bounding_box()
    assert column is not None
    for at, known in ((0.02, 0), (0.98, 15)):
        page.mouse.move(column["x"] + column["width"] / 2, column["y"] + column["height"] * at + 3 * (1 - 2 * at))
        expect(page.locator("#tip")).to_contain_text(f"h, unit {known}, step 5 ")
        assert lit(page) == ["Ufht−1"]
    answered(page)
    page.locator(".terms tbody tr").first.hover()
    assert lit(page) == ["Ufht−1"]
    page.mouse.move(column["x"] + column["width"] / 2, column["y"] + column["height"] / 2)
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("#view-arithmetic h2")).to_contain_text("hidden state h = ")
    assert step(page) == 5


def test_a_label_of_the_diagram_opens_its_arithmetic_by_keyboard(page: Page) -> None:
    open_link(page, t=6, u=3)
    page.get_by_role("button", name="output gate o = ").focus()
    page.keyboard.press(" ")
    expect(page.locator("#view-arithmetic h2")).to_contain_text("output gate o = ")
    expect(page).to_have_url(re.compile("v=arithmetic&g=o"))
    page.locator(".which button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#view-arithmetic h2")).to_contain_text("forget gate f = ")
    expect(page.locator(".equation .part[tabindex]").first).to_have_text("f")


def sigma(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def evaluated(text: str, values: dict[str, float], symbol: str) -> float:
    """What an equation says as it stands on the screen, with numbers for its symbols."""
    text = re.sub("[\u2061\u2062 ]", "", text).split("=", 1)[1].replace("tanhC", "tanh(C)")
    parts = {
        f"W{symbol}x": "pre.x",
        f"U{symbol}ht−1": "pre.h",
        f"p{symbol}·Ct−1": "pre.c",
        f"p{symbol}·C": "pre.c",
        f"b′{symbol}": "pre.b_ih",
        f"b″{symbol}": "pre.b_hh",
        f"b{symbol}": "pre.b",
        "ht−1": "prev.h",
        "Ct−1": "prev.C",
        "C\u0303": "C_tilde",
    }
    parts |= {key: key for key in values if len(key) == 1}
    names = list(parts)
    functions: dict[str, Callable[[float], float]] = {"σ": sigma, "tanh": math.tanh}
    pattern = "|".join(map(re.escape, [*functions, *sorted(names, key=len, reverse=True)]))
    known = {f"v{n}": values.get(parts[name], math.nan) for n, name in enumerate(names)}
    code = re.sub(pattern, lambda m: m[0] if m[0] in functions else f"v{names.index(m[0])}", text)
    result = eval(code.replace("·", "*").replace("−", "-"), {"__builtins__": {}}, {**known, **functions})
    return float(result)


def test_the_equation_as_it_stands_gives_the_value_and_the_lines_add_up_for_every_cell(page: Page) -> None:
    for model, text in MODELS.items():
        t, u = 4, 3
        page.goto(link(m=model, i=text, t=t, u=u, v="arithmetic"))
        expect(page.locator("#picker")).not_to_be_empty()
        card = page.request.get(f"/api/v1/models/{model}").json()
        expect(page.locator(".which button")).to_have_count(len(card["quantities"]))
        steps = trace(page, model, text, include=["pre", *(q["key"] for q in card["quantities"])])["steps"]
        row, before = steps[t]["layers"][0], steps[t - 1]["layers"][0]
        values = {q["key"]: row[q["key"]][u] for q in card["quantities"]}
        values |= {f"prev.{q['key']}": before[q["key"]][u] for q in card["quantities"] if q["kind"] == "state"}
        for quantity in card["quantities"]:
            key = quantity["key"]
            page.locator(f'.which [data-key="{key}"]').click()
            expect(page.locator(".equation math > .part").first).to_have_text(quantity["symbol"])
            shares = {f"pre.{part}": of[u] for part, of in row["pre"].get(key, {}).items()}
            seen = page.locator(".equation math").text_content() or ""
            what = (model, key, seen)
            assert evaluated(seen, values | shares, quantity["symbol"]) == pytest.approx(values[key], abs=5e-6), what
            shown = number(page.locator("#view-arithmetic h2 .val").inner_text())
            assert shown == pytest.approx(values[key], abs=0.0006), what
            if "pre." not in quantity["formula"]:
                continue
            answered(page)
            expect(page.locator(".worked")).to_have_class(re.compile(f"q-{key}"))
            told = arithmetic(page, model, text, unit=u, t=t, gate=key)["sum"]
            total = page.locator(".terms .total").inner_text()
            assert sum(decimal(line[-1]) for line in terms(page)) == decimal(total), what
            assert decimal(total) == Decimal(str(told["shown"])), what
            assert number(page.locator(".squash .val").inner_text()) == pytest.approx(values[key], abs=0.0006), what


def test_in_a_stack_x_is_h_of_the_layer_below_and_leads_there(page: Page) -> None:
    open_link(page, m="toy-gru", i="(a)", t=2, l=1, u=2, v="arithmetic", g="n")
    answered(page)
    told = arithmetic(page, "toy-gru", "(a)", layer=1, unit=2, t=2, gate="n")["sum"]
    expect(page.locator("#view-arithmetic")).to_contain_text("In this layer x is the h of layer 0")
    lines = [row for row in terms(page) if "smaller" not in row[0]]
    for (name, factors, _), term in zip(lines, told["terms"], strict=False):
        printed = [number(text) for text in re.split(" [·×] ", factors)]
        by = [1.0, term["value"]] if term["part"] in {"x", "h"} else []
        wanted = [term["weight"], *by[1:]]
        if term["part"] in {"h", "b_hh"}:
            wanted = [{part["part"]: part["factor"] for part in told["parts"]}["h"], *wanted]
        assert printed == pytest.approx(wanted, abs=0.00051), (name, factors)
    at, below = next((n, term) for n, term in enumerate(told["terms"]) if term["part"] == "x")
    page.locator(".terms tbody tr").nth(at).locator("button").click()
    expect(page.locator(".cell-head")).to_contain_text("layer 0")
    assert (step(page), unit(page)) == (2, below["index"])
    assert number(page.locator("#view-arithmetic h2 .val").inner_text()) == pytest.approx(below["value"], abs=0.0005)


def test_playing_asks_at_rest_only_and_an_edited_value_is_said_to_be_one(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "explain/arithmetic" in request.url else None)
    open_link(page, i="(a)" * 20, t=0, u=3, s=16, v="arithmetic", g="f")
    answered(page)
    asked.clear()
    page.keyboard.press(" ")
    expect(page.locator("#scrub")).to_have_value("59", timeout=30_000)
    assert len(asked) < 30  # of 59 steps: one that stood still for long may ask
    told = arithmetic(page, "brackets-lstm", "(a)" * 20, unit=3, t=59, gate="f")["sum"]
    answered(page)
    expect(page.locator(".terms .total")).to_have_text(str(told["shown"]).replace("-", "−"))
    page.goto("about:blank")
    open_link(page, t=6, u=3, v="arithmetic", g="f", e="f=1")
    answered(page)
    expect(page.locator("#view-arithmetic [role=status]")).to_contain_text("An edit put this value in place of 0.")
    assert page.locator("#view-arithmetic h2 .val").inner_text() == "1"


def fits(where: Locator) -> bool:
    wide: bool = where.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    return wide


def test_axe_finds_nothing_and_nothing_is_too_wide_on_a_phone(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(link(m="recall-gru", i=RECALL, t=4, u=5, v="arithmetic", g="n", theme="dark"))
    ready(page)
    answered(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert fits(page.locator(".worked"))
    assert violations(page) == []
    page.locator(".which [data-key=h]").tap()
    expect(page.locator(".worked .steps")).to_be_visible()
    answered(page)
    page.locator(".equation .part[tabindex]").last.tap()  # h(t−1): a tap points as a hover does
    expect(page.locator(".point-marks > div")).to_have_count(1)
    assert fits(page.locator(".worked"))
    assert violations(page) == []
