"""Choosing a model and reading its card: groups by what they teach, the chart of its figures, random examples."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import NewPage
from tests.browser.score import open_link, ready, tokens

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"theme": "dark", "lang": "ja"},
    "present": {"present": 1, "theme": "dark"},
}


def opened_card(page: Page, of: str = "recall-lstm", **fields: Any) -> None:
    open_link(page, **({"m": "recall-lstm", "i": "Aw?", "t": 0, "u": 0} | fields))
    page.evaluate("() => document.querySelector('#picker').click()")
    page.locator("#dialog .task", has=page.locator(f"[data-model={of}]")).locator(".more").click()
    expect(page.locator("#dialog .accuracy-plot .scatterlayer .trace").first).to_be_attached()


def test_models_stand_in_rows_by_task_under_what_they_teach(page: Page) -> None:
    open_link(page)
    page.locator("#picker").click()
    cards = page.request.get("/api/v1/models").json()["models"]
    choices = page.locator("#dialog .choice")
    expect(choices).to_have_count(len(cards))
    tasks = {card["task"] or card["name"] for card in cards}
    expect(page.locator("#dialog .task")).to_have_count(len(tasks))
    titles = page.locator("#dialog .group > h3").all_inner_texts()
    assert titles == [
        title
        for group, title in [
            ("memory", "To remember"),
            ("structure", "To follow a structure"),
            ("numbers", "To calculate with numbers"),
            ("series", "To continue a series"),
            (None, "Others"),
        ]
        if any(card["group"] == group for card in cards)
    ]
    labels = {card["task"] or card["name"]: card["label"]["en"] for card in reversed(cards)}
    for card in cards:
        section = page.locator("#dialog .task", has=page.locator(f"[data-model={card['name']}]"))
        expect(section.locator("h4")).to_contain_text(labels[card["task"] or card["name"]])
        expect(section).to_contain_text(f"{card['hidden_size']} units")
        said = "not trained" if not card["trained"] else "% right"
        expect(section.locator(f"[data-model={card['name']}]")).to_contain_text(said)
    expect(page.locator("[data-model=brackets-lstm]")).to_be_focused()
    expect(page.locator("[data-model=brackets-lstm]")).to_have_attribute("aria-pressed", "true")


def test_a_model_is_chosen_by_keys_alone(page: Page) -> None:
    open_link(page)
    page.locator("#picker").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-model=brackets-lstm]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-model=brackets-rnn]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).not_to_be_visible()
    expect(page.locator("#labels .name")).to_have_count(1)
    expect(page.locator("#picker")).to_contain_text("RNN")


def test_the_chart_in_the_card_has_the_figures_of_every_cell_of_the_task(page: Page) -> None:
    opened_card(page)
    cards = [card for card in page.request.get("/api/v1/models").json()["models"] if card["task"] == "recall"]
    drawn = page.evaluate(
        """() => {
          const plot = document.querySelector(".accuracy-plot");
          const lines = plot.data.filter((one) => one.mode === "lines+markers");
          return { lines: lines.map(({ name, x, y }) => [name, [...x], [...y]]), log: plot.layout.xaxis.type,
            end: plot.layout.shapes[0].x0, words: plot.layout.annotations.map((one) => one.text) };
        }"""
    )
    for card, (cell, x, y) in zip(cards, drawn["lines"], strict=True):
        rows = [*card["accuracy"]["by"], *card["accuracy"]["beyond"]]
        assert (cell, x) == (card["cell"], [row["lag"] for row in rows])
        assert y == [row["value"] for row in rows]
    assert (drawn["log"], drawn["end"]) == ("log", max(row["lag"] for row in cards[0]["accuracy"]["by"]))
    assert drawn["words"] == ["training ends"], "the guess of 1 in 8 lies below the axis"
    page.locator("#dialog .accuracy summary").click()
    table = page.locator("#dialog .figures")
    expect(table.locator("thead th")).to_have_text(
        ["lag", "LSTM", "GRU", "RNN", "LSTM 1997", "LSTM, peepholes", "LSTM, coupled"]
    )
    expect(table.get_by_role("row", name=re.compile(r"^5,000 "))).to_have_text(re.compile("5,000100 %89.50 %100 %"))
    expect(page.locator("#dialog")).to_contain_text("the simple RNN does as well as the LSTM")


def test_years_are_printed_as_years_and_a_few_answers_do_not_make_the_rnn_as_good(page: Page) -> None:
    opened_card(page, of="airline-lstm")
    assert sorted(page.locator("#dialog .accuracy-plot .xtick").all_text_contents()) == ["1958", "1959", "1960"]
    page.locator("#dialog .accuracy summary").click()
    expect(page.locator("#dialog .figures tbody th")).to_have_text(["1958", "1959", "1960"])
    expect(page.locator("#dialog")).not_to_contain_text("the simple RNN")


def test_no_two_shares_on_the_axis_of_a_narrow_range_are_printed_alike(page: Page) -> None:
    opened_card(page, of="reber-lstm")
    expect(page.locator("#dialog .accuracy-plot .ytick")).to_have_text(
        ["99.0%", "99.2%", "99.4%", "99.6%", "99.8%", "100.0%"]
    )


BETTER = {
    ("order3", "en"): "Beyond training the simple RNN is right more often than the LSTM "
    "at length 500 (92.4 % against 30.4 %) and at length 1,000 (95.5 % against 19.5 %).",
    ("order3", "ja"): "学習した範囲の先では、長さ 500（92.4 %、LSTM は 30.4 %）と"
    "長さ 1,000（95.5 %、LSTM は 19.5 %）で、単純な RNN のほうが LSTM より正解率が高くなります。",
    ("multiplying", "en"): "Beyond training the simple RNN is right more often than the LSTM "
    "at length 500 (13.4 % against 1 %) and at length 1,000 (13.5 % against 0 %), but neither more often than a guess.",
}


@pytest.mark.parametrize(("task", "lang"), BETTER)
def test_the_card_tells_where_beyond_training_the_rnn_does_better(page: Page, task: str, lang: str) -> None:
    opened_card(page, of=f"{task}-lstm", lang=lang)
    expect(page.locator("#dialog .accuracy + p")).to_have_text(BETTER[task, lang])


def test_the_card_tells_the_budget_and_how_many_tries_succeeded(page: Page) -> None:
    opened_card(page)
    training = page.request.get("/api/v1/models/recall-lstm").json()["training"]
    good = sum(one["succeeded"] for one in training["tries"])
    facts = page.locator("#dialog .facts")
    expect(facts).to_contain_text(f"{training['batches']:,} of {training['batch_size']} sequences")
    expect(facts).to_contain_text(f"{good} of {len(training['tries'])} settings tried")
    expect(facts).to_contain_text(f"{training['initialisation']}:")
    page.get_by_role("button", name="RNN").click()
    expect(page.locator("#dialog-title")).to_have_text("Recall · RNN · 16 units")
    page.get_by_role("button", name="Show this model").click()
    expect(page.locator("#labels .name")).to_have_count(1)


def test_a_measure_stands_among_its_rivals_with_the_best_first(page: Page) -> None:
    body = page.request.get("/api/v1/models").json()
    (card,) = (one for one in body["models"] if one["name"] == "recall-lstm")
    both = {"en": "seasonal naive", "ja": "季節ナイーブ"}
    names = {"en": "mean absolute error", "ja": "平均絶対誤差"}
    units = {"en": "passengers", "ja": "人"}
    rivals = [{"name": both, "value": 30.25}, {"name": {"en": "drift", "ja": "傾き"}, "value": 9.5}]
    card["accuracy"]["measure"] = {"name": names, "unit": units, "value": 12.3456, "n": 36, "rivals": rivals}
    page.route("**/api/v1/models", lambda route: route.fulfill(json=body))
    opened_card(page)
    table = page.locator("#dialog table", has_text="seasonal naive")
    assert table.locator("tbody tr").all_inner_texts() == [
        "drift\t9.5",
        "this network (LSTM)\t12.35",
        "seasonal naive\t30.25",
    ]
    expect(page.locator("#dialog")).to_contain_text("Over 36 answers that no training has seen")


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_a_card(page: Page, look: str) -> None:
    opened_card(page, **LOOKS[look])
    page.locator("#dialog details").first.evaluate("(node) => { node.open = true; }")
    assert violations(page) == []


def test_models_and_card_fit_a_phone(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    opened_card(page)
    assert page.evaluate(
        "() => { const d = document.querySelector('#dialog'); return d.scrollWidth <= d.clientWidth; }"
    )
    page.get_by_role("button", name="All models").click()
    expect(page.locator("[data-model=recall-lstm]")).to_be_focused()
    assert page.evaluate(
        "() => { const d = document.querySelector('#dialog'); return d.scrollWidth <= d.clientWidth; }"
    )
    heights = page.locator("#dialog :is(.choice, .more)").evaluate_all("(all) => all.map((e) => e.offsetHeight)")
    assert min(heights) >= 44
    assert violations(page) == []


def test_another_random_example_is_one_press_and_keeps_what_was_chosen(page: Page) -> None:
    open_link(page, m="recall-lstm", i="Aw?", t=0)
    page.locator("#examples").click()
    page.get_by_role("dialog").get_by_role("spinbutton").fill("31")
    page.get_by_role("button", name="Make and play").click()
    expect(page.locator("#strip .token")).to_have_count(33)
    seen = tokens(page)
    page.locator("#random").click()
    expect(page.locator("#input")).not_to_have_value(seen)
    expect(page.locator("#strip .token")).to_have_count(33)
    for model in ("numbers-adding", "numbers-lstm"):
        page.goto("about:blank")
        page.goto(f"/#m={model}&lang=en")
        ready(page)
        if model == "numbers-adding":
            page.locator("#random").click()
            expect(page.locator("#strip .token .marker.empty")).to_have_count(2)
    expect(page.locator("#random")).to_have_count(0)


def test_several_right_symbols_are_told_together(page: Page) -> None:
    page.goto("/#m=toy-reber&i=BT&t=1&u=0&lang=en")
    ready(page)
    y = page.request.post("/api/v1/trace", data={"model": "toy-reber", "input": "BT"}).json()["steps"][0]["y"]
    assert sorted(y["answer"]) == ["P", "T"]
    page.keyboard.press("Home")
    expect(page.locator("#next-view")).to_contain_text("right answer")
    page.locator("#strip .token").first.hover()
    expect(page.locator("#tip")).to_contain_text(f"right is {y['answer'][0]} or {y['answer'][1]}")
    expect(page.locator("#announcer")).to_contain_text(
        re.compile(r"says \w or \w(, which is right|; right is [TP] or [TP])\.")
    )
