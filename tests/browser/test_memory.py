"""The memory view: its sentence, amounts, shares and triangle are the API's ledger, for every kind of cell."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import NewPage
from tests.browser.score import EXAMPLE, link, trace

PAIRS = 13  # the unit of brackets-lstm in which brackets take back what brackets wrote
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def opened(page: Page, **fields: Any) -> None:
    """Open the memory of a unit and wait until its triangle is drawn."""
    page.goto(link(v="memory", **fields))
    expect(page.locator("#view-memory .writers tfoot .number").first).to_have_text(re.compile(r"\d"))
    drawn(page)


def drawn(page: Page) -> None:
    page.wait_for_function("() => document.querySelector('.triangle[data-drawn]')?.data?.length > 0")


def ledger(page: Page, **asked: Any) -> dict[str, Any]:
    answer = page.request.post("/api/v1/explain/ledger", data=asked)
    assert answer.ok, answer.text()
    document: dict[str, Any] = answer.json()
    return document


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def rows(page: Page) -> dict[int, tuple[float, str]]:
    """The table as it stands: step → amount and share."""
    read = page.locator("#view-memory .writers tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [row.querySelector('.at').textContent,"
        " ...[...row.querySelectorAll('.number')].map((cell) => cell.textContent)])"
    )
    return {int(step): (number(amount), share.replace("\u00a0", " ")) for step, amount, share in read}


def total(page: Page) -> float:
    return number(page.locator("#view-memory .writers tfoot .number").first.inner_text())


def said(page: Page) -> str:
    return page.locator("#view-memory .says-memory").first.inner_text().replace("\u00a0", " ")


def panel(page: Page, name: str) -> list[list[float | None]]:
    """The numbers that a row of the figure is drawn from."""
    drawn_rows: list[list[float | None]] = page.evaluate(
        "(name) => document.querySelector('.triangle[data-drawn]').data.find((one) => one.name === name)"
        ".z.map((row) => [...row])",
        name,
    )
    return drawn_rows


def check_step(page: Page, found: dict[str, Any], t: int) -> None:
    """What stands on the screen is what the server answers about this step."""
    memory = found["memory"]
    shown = rows(page)
    assert shown.keys() == {writer["t"] for writer in memory["writers"]}
    for writer in memory["writers"]:
        amount, share = shown[writer["t"]]
        assert amount == pytest.approx(writer["left"], abs=0.001), writer
        if writer["partner"] is not None:
            assert share == "–"
        else:
            assert float(share.rstrip(" %").lstrip("<>")) == pytest.approx(100 * writer["share"], abs=1.0), writer
    assert sum(amount for amount, _ in shown.values()) == pytest.approx(total(page), abs=1e-9), "what is shown adds up"
    assert total(page) == pytest.approx(memory["value"], abs=0.0005)
    most = max(memory["writers"], key=lambda writer: writer["share"])
    if most["share"] >= 0.5:
        assert f"at step {t} was written at step {most['t']} by ‘{most['token']}’" in said(page)
        assert said(page).startswith(shown[most["t"]][1].lstrip("<>"))
    else:
        assert said(page).startswith("No single step wrote half")
        assert f"from step {most['t']} ‘{most['token']}’" in said(page)


def test_each_step_tells_whose_the_memory_is_and_the_triangle_is_the_apis(page: Page) -> None:
    asked = {"model": "brackets-lstm", "input": EXAMPLE, "unit": PAIRS, "triangle": True}
    opened(page, u=PAIRS, t=0)
    whole = ledger(page, **asked, t=0)["memory"]
    drawn_rows = panel(page, "left")
    for t, column in enumerate(whole["triangle"]):
        assert [row[t] for row in drawn_rows[: t + 1]] == pytest.approx(column[1:], rel=1e-6, abs=1e-12)
        assert all(row[t] is None for row in drawn_rows[t + 1 :])
    steps = trace(page, "brackets-lstm", EXAMPLE)["steps"]
    layers = [step["layers"][0] for step in steps]
    assert panel(page, "sum")[0] == pytest.approx([row["C"][PAIRS] for row in layers], abs=2e-6)
    assert panel(page, "kept")[0] == pytest.approx([row["f"][PAIRS] for row in layers], abs=1e-7)
    assert panel(page, "wrote")[0] == pytest.approx([row["i"][PAIRS] * row["C_tilde"][PAIRS] for row in layers])
    for t in range(len(EXAMPLE)):
        expect(page.locator("#memory-title")).to_contain_text(f"step {t} ")
        found = ledger(page, **asked, t=t)
        check_step(page, found, t)
        life = found["memory"]["half_life"][t]
        told = page.locator(".memory-half p").inner_text()
        if t == len(EXAMPLE) - 1:
            assert told == "The run ends here."
        else:
            assert (f"at step {t + life}." if life else f"> {len(EXAMPLE) - 1 - t}.") in told
        pairs = {frozenset((w["t"], w["partner"])) for w in found["memory"]["writers"] if w["partner"] is not None}
        expect(page.locator(".memory-notes p", has_text="took back")).to_have_count(len(pairs))
        page.keyboard.press("ArrowRight")
    assert pairs == {frozenset((1, 3)), frozenset((6, 8))}


def test_what_a_step_wrote_leads_to_what_made_it_write(page: Page) -> None:
    opened(page, u=PAIRS, t=9)
    page.locator(".writers tbody button").nth(4).click()
    page.locator(".memory-since .product button.q-i").click()
    expect(page.get_by_role("tab", name="Arithmetic")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#scrub")).to_have_value("4")
    expect(page.locator("#view-arithmetic .titled h2")).to_contain_text("input gate")
    gate = trace(page, "brackets-lstm", EXAMPLE)["steps"][4]["layers"][0]["i"][PAIRS]
    shown = page.locator("#view-arithmetic .titled .val").inner_text()
    assert number(shown.lstrip("<>")) == pytest.approx(gate, abs=0.0006)
    page.go_back()
    expect(page.get_by_role("tab", name="Memory")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#scrub")).to_have_value("9")


def test_a_writer_can_be_followed_from_the_table_and_from_the_triangle(page: Page) -> None:
    opened(page, u=PAIRS, t=9)
    product = page.locator(".memory-since .product")
    steps = trace(page, "brackets-lstm", EXAMPLE, include=["f", "i", "C_tilde"])["steps"]
    at = [{key: values[PAIRS] for key, values in step["layers"][0].items()} for step in steps]

    def follows(s: int) -> None:
        read = [number(text) for text in re.findall(r"[+−]?\d?\.\d+", product.inner_text().split("\n")[1])]
        kept = 1.0
        for t in range(s + 1, 10):
            kept *= at[t]["f"]
        assert read == pytest.approx(
            [at[s]["i"], at[s]["C_tilde"], kept, at[s]["i"] * at[s]["C_tilde"] * kept], abs=0.001
        )
        assert read[-1] == rows(page)[s][0]

    follows(0)
    page.get_by_role("button", name="Step 3, ): follow what it wrote").press("Enter")
    expect(page.locator(".writers tr.chosen .at")).to_have_text("3")
    follows(3)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".writers tr.chosen .at")).to_have_text("3")
    box = page.locator(".triangle[data-drawn]").bounding_box()
    assert box is not None
    row = page.locator("#stage-labels .writer").nth(4).bounding_box()
    assert row is not None
    page.mouse.click(box["x"] + box["width"] * 9.5 / 12, row["y"] + row["height"] / 2)
    expect(page.locator(".writers tr.chosen .at")).to_have_text("4")
    follows(4)
    ring = page.locator(".stage .chosen:not(.now)").bounding_box()
    assert ring is not None
    assert ring["x"] == pytest.approx(box["x"] + box["width"] * 4 / 12, abs=1.5)
    assert ring["width"] == pytest.approx(box["width"] * 6 / 12, abs=2)


@pytest.mark.parametrize(
    ("model", "unit", "names"),
    [
        ("recall-gru", 1, ["h", "z", "(1−z)·n"]),
        ("recall-lstm1997", 2, ["C", "i·C̃"]),
        ("recall-lstm-coupled", 5, ["C", "f", "(1−f)·C̃"]),
    ],
)
def test_each_cell_has_the_identity_of_its_own(page: Page, model: str, unit: int, names: list[str]) -> None:
    text = "Bwwwx?"
    opened(page, m=model, i=text, t=5, u=unit)
    expect(page.locator("#stage-labels .under .of")).to_have_text(names)
    found = ledger(page, model=model, input=text, unit=unit, t=5)
    check_step(page, found, 5)
    state = found["identity"]["state"]
    run = [step["layers"][0][state][unit] for step in trace(page, model, text)["steps"]]
    assert panel(page, "sum")[0] == pytest.approx(run, abs=2e-5)
    expect(page.locator(".writers tfoot .m")).to_have_text(state)


def test_a_long_run_has_rows_for_those_that_matter_and_one_for_the_others(page: Page) -> None:
    text = "B" + "wxyz" * 150
    opened(page, m="recall-lstm", i=text, t=500, u=9)
    memory = ledger(page, model="recall-lstm", input=text, unit=9, t=500, triangle=True)["memory"]
    assert memory["triangle"] is None
    writers = page.locator("#stage-labels .writer").count()
    others = page.locator("#stage-labels .rest").inner_text()
    start = page.evaluate("() => document.querySelector('.triangle[data-drawn]').data[0].x0")
    column = 500 - start
    left, rest = panel(page, "left"), panel(page, "rest")[0][column]
    assert re.fullmatch(r"\d+ others", others)
    assert len(left) == writers < 60
    assert rest is not None
    assert sum(row[column] or 0 for row in left) + rest == pytest.approx(memory["total"], abs=1e-6)
    assert panel(page, "sum")[0][column] == pytest.approx(memory["value"], abs=1e-3)
    assert page.locator("#view-memory .writers tbody tr").count() == 14
    page.get_by_role("button", name=re.compile(r"\d+ others")).click()
    expect(page.locator("#view-memory .writers tbody tr")).to_have_count(200)


def test_a_simple_rnn_says_that_there_is_none_and_shows_its_state(page: Page) -> None:
    page.goto(link(m="brackets-rnn", v="memory", t=5, u=2))
    expect(page.locator("#view-memory .unwritten-why")).to_contain_text("Nobody can say who wrote what unit 2")
    expect(page.locator("#view-memory .writers")).not_to_be_visible()
    drawn(page)
    steps = trace(page, "brackets-rnn", EXAMPLE)["steps"]
    assert panel(page, "h")[0] == pytest.approx([step["layers"][0]["h"][2] for step in steps], abs=1e-7)
    assert violations(page) == []
    page.get_by_role("button", name="See that under Gradients").click()
    expect(page.get_by_role("tab", name="Gradients")).to_have_attribute("aria-selected", "true")


def test_the_memory_of_an_edited_run_is_that_of_the_edited_run(page: Page) -> None:
    edits = [{"kind": "set", "quantity": "C", "value": 0.5, "units": [PAIRS], "t": 5}]
    opened(page, u=PAIRS, t=9, e=f"C@5=0.5,u{PAIRS}")
    found = ledger(page, model="brackets-lstm", input=EXAMPLE, unit=PAIRS, t=9, edits=edits)
    check_step(page, found, 9)
    page.get_by_role("button", name="Step 0, (: follow what it wrote").click()
    expect(page.locator(".memory-since p")).to_have_text(re.compile(r"was written; 0\s% of it is left\.$"))
    run = [step["layers"][0]["C"][PAIRS] for step in trace(page, "brackets-lstm", EXAMPLE, edits=edits)["steps"]]
    assert run[5] == 0.5
    assert panel(page, "sum")[0] == pytest.approx(run, abs=2e-6)


def test_playing_asks_for_nothing_and_another_unit_asks_once(page: Page) -> None:
    opened(page, u=PAIRS, t=0, s=16)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/explain/ledger") else None)
    page.keyboard.press(" ")
    page.wait_for_function("() => Number(document.querySelector('#scrub').value) === 11")
    expect(page.locator("#memory-title")).to_contain_text("step 11 ")
    assert asked == []
    page.keyboard.press("ArrowDown")
    expect(page.locator("#view-memory")).to_have_attribute("data-unit", str(PAIRS + 1))
    page.keyboard.press("ArrowUp")
    expect(page.locator("#view-memory")).to_have_attribute("data-unit", str(PAIRS))
    assert len(asked) == 1, "a unit that was seen is remembered"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_columns_are_the_scores_nothing_is_too_wide_and_everyone_can_read_it(new_page: NewPage, size: str) -> None:
    page = new_page(**(PHONE if size == "phone" else {"color_scheme": "dark"}))
    opened(page, u=PAIRS, t=9, theme="dark" if size == "desktop" else "light", lang="en" if size == "phone" else "ja")
    centres = page.evaluate(
        """() => {
          const plot = document.querySelector('.triangle[data-drawn]');
          const box = plot.getBoundingClientRect();
          const { xaxis } = plot._fullLayout;
          return [...document.querySelectorAll('#strip .token')].map((token, t) => {
            const { x, width } = token.getBoundingClientRect();
            return [x + width / 2, box.x + xaxis._offset + xaxis.d2p(t)];
          });
        }"""
    )
    assert len(centres) == len(EXAMPLE)
    assert all(abs(token - column) <= 1 for token, column in centres), centres
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".triangle[data-drawn]").get_attribute("aria-label")
    assert violations(page) == []
