"""The panel beside the score: diagram, sums, snapshot and table say what the API says, for every cell."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.score import EXAMPLE, open_link, trace, unit
from tests.conftest import OTHER_CELLS

RECALL = "Cwxyzzyx?"
CELLS = [("brackets-lstm", EXAMPLE, 6, 3), ("recall-gru", RECALL, 4, 5), ("brackets-rnn", EXAMPLE, 5, 2)]
OTHERS = [f"toy-{cell}" for cell in OTHER_CELLS]
DOMAIN = {"sigmoid": 6.0, "tanh": 3.0}  # the ends of a box's axis, by the function in its formula
HALF = 22.0  # and half its width, in the drawing's own units
PARTS = re.compile(r"[+−]\d+\.\d\d(?!\d)")  # the sums' parts have arrived: they alone have two decimals
UNSEEN = re.compile(r"[\s\u2061\u2062]+")  # spaces, and the operators of MathML that are not written


def layer_of(page: Page, model: str, text: str, t: int) -> dict[str, Any]:
    row: dict[str, Any] = trace(page, model, text, include=["pre"])["steps"][t]["layers"][0]
    return row


def number(text: str) -> float:
    """A printed number; of one that is only told to lie beyond another (">.999"), the other."""
    return float(text.replace("−", "-").lstrip("<>"))


# Every two texts, boxes and rings of the diagram that touch; a text's box is as high as its line, its glyphs are not.
OVERLAPS = """() => {
  const drawing = document.querySelector("#cell-view .diagram");
  const shown = [...drawing.querySelectorAll(".label, .note, [data-slot] .small, .frame, .hub, .token")];
  const boxes = shown.filter((node) => !node.matches("text") || node.textContent).map((node) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    const rest = node.matches("text") ? (bottom - top) / 5 : 0;
    const name = node.dataset.label ?? node.getAttribute("class");
    return { name, left, right, top: top + rest, bottom: bottom - rest };
  });
  const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
  const end = drawing.getBoundingClientRect().right + 1;
  return boxes.flatMap((a, n) => [
    ...(a.right > end ? [[a.name, "edge"]] : []),
    ...boxes.slice(0, n).filter((b) => !apart(a, b)).map((b) => [a.name, b.name]),
  ]);
}"""


@pytest.mark.parametrize("model", ["brackets-lstm", "brackets-rnn", "recall-lstm", "recall-gru", "recall-rnn", *OTHERS])
def test_no_two_things_of_the_diagram_lie_on_each_other(page: Page, model: str) -> None:
    examples = page.request.get(f"/api/v1/models/{model}").json()["examples"]
    example = examples[0] if examples else {"input": EXAMPLE}
    first = example.get("unit", 3)
    open_link(page, m=model, i=example["input"], t=len(example["input"]) - 1, u=first)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for u in (first, 8):
            page.evaluate("(u) => { location.hash = location.hash.replace(/&u=\\d+/, `&u=${u}`); }", u)
            expect(page.locator("#cell-view .stepper:visible").last).to_contain_text(f"unit {u}")
            expect(page.locator("#cell-view .diagram .label").last).to_contain_text(re.compile(r"\d"))
            page.wait_for_timeout(200)  # the lines have come to rest
            assert page.evaluate(OVERLAPS) == [], (width, u)


def test_what_comes_next_keeps_its_rows_and_its_scale_and_says_when_nothing_is_due(page: Page) -> None:
    outputs = page.request.get("/api/v1/models/brackets-lstm").json()["outputs"]
    steps = trace(page, "brackets-lstm", EXAMPLE)["steps"]
    open_link(page, t=0)
    view = page.locator("#next-view")
    scales, tops = set(), set()
    for t, answered in enumerate(steps):
        expect(page.locator("#cell-title")).to_contain_text(f"step {t} ")
        rows = view.locator(".symbol:visible").all_inner_texts()
        assert rows == sorted((symbol for symbol, _ in answered["y"]["top"]), key=outputs.index)
        expect(view.locator(".note")).to_have_text("" if answered["y"]["answer"] else "Nothing is due here.")
        scales.add(view.locator("h3").first.inner_text())
        tops.add(page.locator("#snapshot-view").evaluate("(node) => node.offsetTop"))
        page.keyboard.press("ArrowRight")
    assert len(scales) == 1
    assert "0–50 %" in scales.pop()
    assert len(tops) == 1, "a sentence moves nothing below it"


@pytest.mark.parametrize(("model", "text", "t", "u"), [*CELLS, *((model, EXAMPLE, 6, 3) for model in OTHERS)])
def test_the_diagram_says_what_the_api_says(page: Page, model: str, text: str, t: int, u: int) -> None:
    open_link(page, m=model, i=text, t=t, u=u)
    card = page.request.get(f"/api/v1/models/{model}").json()
    expect(page.locator("#labels .name .msym")).to_have_text([q["symbol"] for q in card["quantities"]])
    expect(page.locator("#arithmetic-view")).to_contain_text(PARTS)
    row = layer_of(page, model, text, t)
    keys = [quantity["key"] for quantity in page.request.get(f"/api/v1/models/{model}").json()["quantities"]]
    for key in keys:
        label = page.locator(f'#cell-view [data-label="{key}"]')
        assert number(label.locator("tspan").last.text_content() or "") == pytest.approx(row[key][u], abs=0.005), key
        told = label.get_attribute("aria-label") or ""
        assert np.float32(number(told.split(" = ")[1])) == np.float32(row[key][u]), key
    for key in keys:
        wire = page.locator(f'#cell-view [data-wire="{key}"]').first
        scale = {"C_tilde": 2.0, None: 1.0}.get(wire.get_attribute("data-scale"))  # else it is the run's
        if scale is not None:
            width = float(wire.get_attribute("stroke-width") or "nan")
            assert width == pytest.approx(1 + 7 * abs(row[key][u]) / scale, abs=0.006), key
        assert ("negative" in (wire.get_attribute("class") or "")) == (row[key][u] < 0), key
    for key, parts in row["pre"].items():
        box = page.locator(f'#cell-view [data-of="{key}"][data-box]')
        factor = row["r"][u] if key == "n" else 1.0  # r reaches only the recurrent part of a GRU's candidate
        total = sum(values[u] * (factor if part in {"h", "b_hh"} else 1.0) for part, values in parts.items())
        (function,) = (name for name in DOMAIN if name in (box.get_attribute("data-box") or ""))
        where = max(-1.0, min(1.0, total / DOMAIN[function])) * HALF
        assert float(box.locator("circle").get_attribute("cx") or "nan") == pytest.approx(where, abs=0.02), key


def test_the_sums_of_a_gru_are_laid_out_with_r_before_the_recurrent_part(page: Page) -> None:
    model, text, t, u = CELLS[1]
    open_link(page, m=model, i=text, t=t, u=u)
    row = layer_of(page, model, text, t)
    expect(page.locator("#arithmetic-view")).to_contain_text(PARTS)
    seen = page.locator("#arithmetic-view").inner_text().replace("−", "-").split()
    parts = row["pre"]["n"]
    shown = [f"{parts[part][u]:+.2f}" for part in ("x", "b_ih", "h", "b_hh")]
    places = [seen.index(text) for text in shown]
    assert places == sorted(places), seen
    assert number(seen[places[1] + 2]) == pytest.approx(row["r"][u], abs=0.0005)
    total = sum(number(text) for text in shown[:2]) + row["r"][u] * sum(number(text) for text in shown[2:])
    assert math.tanh(total) == pytest.approx(row["n"][u], abs=0.02)


def test_the_sums_of_a_peephole_lstm_have_a_column_for_what_comes_from_c(page: Page) -> None:
    model, t = "toy-lstm-peephole", 6
    row = layer_of(page, model, EXAMPLE, t)
    u = int(np.abs(row["pre"]["f"]["c"]).argmax())
    assert abs(row["pre"]["f"]["c"][u]) > 0.02
    open_link(page, m=model, i=EXAMPLE, t=t, u=u)
    expect(page.locator("#arithmetic-view")).to_contain_text(PARTS)
    expect(page.locator("#arithmetic-view .hd").filter(has_text="from C")).to_be_visible()
    lines = page.locator("#arithmetic-view").inner_text().replace("−", "-")
    seen = " ".join(lines.split())
    for gate in ("f", "i", "o"):
        parts = " ".join(f"{row['pre'][gate][part][u]:+.2f}" for part in ("x", "h", "c", "b"))
        assert parts.replace("-0.00", "+0.00") in seen, gate
        wire = page.locator(f'#cell-view [data-wire="pre.c"][data-of="{gate}"]')
        assert ("negative" in (wire.get_attribute("class") or "")) == (row["pre"][gate]["c"][u] < 0), gate


def test_the_candidate_of_1997_is_printed_with_its_scale(page: Page) -> None:
    model, t, u = "toy-lstm1997", 6, 3
    open_link(page, m=model, i=EXAMPLE, t=t, u=u)
    row = layer_of(page, model, EXAMPLE, t)
    expect(page.locator("#arithmetic-view")).to_contain_text(PARTS)
    seen = " ".join(page.locator("#arithmetic-view").inner_text().replace("−", "-").split())
    found = re.search(r"4σ\s*\( ([+-][\d.]+) ([+-][\d.]+) ([+-][\d.]+) \) - 2 [=≈] (-?[\d.]+)", seen)
    assert found is not None, seen
    x, h, b, result = (float(text) for text in found.groups())
    assert [x, h, b] == [pytest.approx(row["pre"]["C_tilde"][part][u], abs=0.005) for part in ("x", "h", "b")]
    assert 2 * math.tanh((x + h + b) / 2) == pytest.approx(result, abs=0.02)
    assert result == pytest.approx(row["C_tilde"][u], abs=0.0006)


def test_the_help_gives_each_cells_own_equations_and_bounds(page: Page) -> None:
    said = {
        "toy-lstm1997": ["no forget gate", "from −2 to 2", "4 · σ("],
        "toy-lstm1997-open": ["experiment 2a", "from 0 to 1", "no bounds"],
        "toy-lstm-peephole": ["peepholes", "· Ct−1 + b", "· C + b"],
        "toy-lstm-coupled": ["The forget gate f is free", "(1 − f) · C̃"],
    }
    for model, texts in said.items():
        page.goto("about:blank")
        open_link(page, m=model, i="(a)", t=0, u=0)
        page.keyboard.press("?")
        shown = re.sub(UNSEEN, "", page.get_by_role("dialog").evaluate("(dialog) => dialog.textContent"))
        for text in texts:
            assert re.sub(UNSEEN, "", text) in shown, (model, text)
        expect(page.locator(".quantities .formula math")).to_have_count(page.locator(".quantities dt").count())


def test_an_equals_sign_means_the_printed_numbers_give_the_printed_result(page: Page) -> None:
    open_link(page, t=6, u=3)
    expect(page.locator("#arithmetic-view")).to_contain_text(PARTS)
    lines = page.locator("#arithmetic-view").inner_text().replace("−", "-")
    gates = re.findall(r"(σ|tanh)\s*\(\s*([+-][\d.]+)\s+([+-][\d.]+)\s+([+-][\d.]+)\s*\)\s*([=≈])\s*(-?[\d.]+)", lines)
    assert len(gates) == 4
    for squash, x, h, b, sign, result in gates:
        total = float(x) + float(h) + float(b)
        by_hand = 1 / (1 + math.exp(-total)) if squash == "σ" else math.tanh(total)
        digits = len(result.split(".")[1])
        agrees = f"{by_hand:.{digits}f}" == result
        assert agrees == (sign == "="), (squash, x, h, b, sign, result)


def test_the_snapshot_shows_this_step_on_the_staves_colours_and_chooses_a_unit(page: Page) -> None:
    open_link(page, t=6, u=15)
    page.get_by_role("button", name="Next unit").click()
    assert unit(page) == 0
    page.get_by_role("button", name="Previous unit").click()
    assert unit(page) == 15
    snapshot = page.locator(".snapshot-box")
    expect(snapshot.locator("image")).to_be_attached()
    row = trace(page, "brackets-lstm", EXAMPLE)["steps"][6]["layers"][0]
    drawn = page.locator(".snapshot-plot").evaluate("(node) => Array.from(node.data[0].z, (row) => [...row])")
    for n, (key, low) in enumerate([("f", 0.0), ("i", 0.0), ("C_tilde", -1.0)]):
        shares = [(value - low) / (1.0 - low) for value in row[key]]
        assert [(value - n - 0.05) / 0.9 for value in drawn[n]] == pytest.approx(shares, abs=1e-6), key
    box = snapshot.bounding_box()
    assert box is not None
    snapshot.click(position={"x": box["width"] * 4.5 / 16, "y": 8})
    assert unit(page) == 4


def test_the_table_has_five_digits_the_exact_value_on_hover_and_marks_the_current_step(page: Page) -> None:
    open_link(page, t=6, u=3)
    page.get_by_text("Values of unit 3").click()
    rows = page.locator("#table-view tbody tr")
    expect(rows).to_have_count(len(EXAMPLE))
    steps = trace(page, "brackets-lstm", EXAMPLE)["steps"]
    for t in (0, 6, 11):
        cells = rows.nth(t).locator("th, td").all_inner_texts()
        assert cells[:2] == [str(t), EXAMPLE[t]]
        exact = [steps[t]["layers"][0][key][3] for key in ["f", "i", "C_tilde", "C", "o", "h"]]
        assert [number(text) for text in cells[2:]] == pytest.approx(exact, rel=5e-5, abs=1.1e-5)
    rows.nth(6).locator("td").last.hover()
    assert np.float32(number(page.locator("#table-view .exact").inner_text())) == np.float32(
        steps[6]["layers"][0]["h"][3]
    )
    frame = page.locator("#table-view .values-frame")
    assert frame.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    expect(page.locator("#table-view [aria-current]").locator("th")).to_have_text("6")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#table-view [aria-current]").locator("th")).to_have_text("7")


def test_the_exact_value_comes_up_on_hover_and_on_focus_and_goes_with_escape(page: Page) -> None:
    open_link(page, t=6, u=3)
    value = trace(page, "brackets-lstm", EXAMPLE)["steps"][6]["layers"][0]["o"][3]
    label = page.locator('#cell-view [data-label="o"]')
    tip = page.locator("#cell-view .exact")
    label.hover()
    expect(tip).to_be_visible()
    assert np.float32(number(tip.inner_text().split(" = ")[1])) == np.float32(value)
    page.mouse.move(5, 400)
    expect(tip).to_be_hidden()
    label.focus()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_what_a_short_remark_means_is_told_on_hover_and_on_focus(page: Page) -> None:
    open_link(page, t=6, u=3)
    page.get_by_text("C lines: widest at").hover()
    expect(page.locator("#cell-view .exact")).to_contain_text("the most this unit has reached in this run")
    page.get_by_text("≈ rounded").focus()
    expect(page.locator("#arithmetic-view .exact")).to_contain_text("the printed numbers give the printed result")
    snapshot = page.locator(".snapshot-box").bounding_box()
    assert snapshot is not None
    page.locator(".snapshot-box").hover(position={"x": snapshot["width"] * 3.5 / 16, "y": 4})
    value = trace(page, "brackets-lstm", EXAMPLE)["steps"][6]["layers"][0]["f"][3]
    told = page.locator("#snapshot-view .exact").inner_text()
    assert told.startswith("unit 3: forget gate f = ")
    assert np.float32(number(told.split(" = ")[1])) == np.float32(value)
