"""What if: a lecturer changes a run, reads what that did off the screen, and takes the change back.

Every number is compared with the API's own edited and unedited runs.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import NewPage
from tests.browser.score import EXAMPLE, link, open_link, step, tokens, trace
from tests.browser.test_look import SIZES

REMEMBER = [
    {"kind": "clamp", "quantity": "f", "value": 1},
    {"kind": "clamp", "quantity": "i", "value": 0},
]


def open_whatif(page: Page, **fields: Any) -> None:
    """Open a link to the view and wait until its stage is drawn."""
    page.goto(link(v="whatif", **fields))
    drawn(page)


def drawn(page: Page, *names: str) -> None:
    """Wait until the stage shows these panels, by what they show and of what."""
    page.wait_for_function(
        """(names) => {
          const shown = document.querySelector('.whatif-plot')?.data?.map((d) => d.name);
          return shown?.length && names.every((name) => shown.includes(name));
        }""",
        arg=list(names),
    )


def panel_of(page: Page, name: str) -> list[list[float]]:
    """The values of a drawn heatmap, a row a unit."""
    rows: list[list[float]] = page.evaluate(
        "(name) => document.querySelector('.whatif-plot').data.find((d) => d.name === name).z.map((row) => [...row])",
        name,
    )
    return rows


def first_symbols(document: dict[str, Any]) -> list[str]:
    return [s["y"]["top"][0][0] for s in document["steps"]]


def counted(document: dict[str, Any]) -> tuple[int, int]:
    """How many steps are right, of how many that are judged."""
    verdicts = [s["y"]["right"] for s in document["steps"] if s["y"]["right"] is not None]
    return sum(verdicts), len(verdicts)


def values(document: dict[str, Any], key: str, unit: int) -> list[float]:
    return [s["layers"][0][key][unit] for s in document["steps"]]


def told(page: Page) -> str:
    return page.locator("#whatif-told").inner_text()


def said_on_strip(page: Page) -> list[str]:
    return page.locator("#strip .said").all_text_contents()


def test_a_preset_changes_the_prediction_as_the_api_says_and_is_taken_back(page: Page) -> None:
    """The journey: press a preset, read what changed, remove it, go back and forward."""
    open_whatif(page)
    own, edited = (trace(page, "brackets-lstm", EXAMPLE, edits=edits) for edits in ([], REMEMBER))
    assert said_on_strip(page) == first_symbols(own)
    expect(page.locator("#edited")).to_be_hidden()

    page.get_by_role("button", name="Remember for ever").click()
    expect(page.locator("#edited")).to_contain_text("Edited run: 2 edits")
    expect(page.locator("#strip .said")).to_have_text(first_symbols(edited))
    (right, of), (was, of_before) = counted(edited), counted(own)
    assert right < was
    expect(page.locator("#whatif-told")).to_contain_text(
        f"With f = 1, i = 0 the network is right in {right} of {of} steps; it was in {was} of {of_before}."
    )
    pairs = zip(first_symbols(own), first_symbols(edited), strict=True)
    first, (before, after) = next((t, pair) for t, pair in enumerate(pairs) if pair[0] != pair[1])
    assert f"first changes at step {first}: ‘{before}’ → ‘{after}’." in told(page)
    assert page.locator(".whatif-said .was").all_text_contents() == first_symbols(own)
    assert page.locator(".whatif-said .differs").count() == sum(
        a != b for a, b in zip(first_symbols(own), first_symbols(edited), strict=True)
    )

    drawn(page, "difference C", "difference h")
    for key in ("C", "h"):
        for unit, row in enumerate(panel_of(page, f"difference {key}")):
            wanted = [b - a for a, b in zip(values(own, key, unit), values(edited, key, unit), strict=True)]
            assert row == pytest.approx(wanted, abs=1e-6)
    titles = [e.get_attribute("title") or "" for e in page.locator("[data-view=whatif] .now:not(.old)").all()]
    now = [float(title.replace("−", "-")) for title in titles]
    state, hidden = (values(run, key, 3)[6] for run, key in ((edited, "C"), (edited, "h")))
    moved = [values(edited, key, 3)[6] - values(own, key, 3)[6] for key in ("C", "h")]
    assert now == pytest.approx([moved[0], state, moved[1], hidden], abs=1e-6)
    shown = {
        row.locator("th").inner_text(): row.locator("td.number").all_inner_texts()
        for row in page.locator(".pairs tbody tr").all()
    }
    before_p, after_p = (dict(run["steps"][6]["y"]["top"]) for run in (own, edited))
    top = max(after_p, key=after_p.__getitem__)
    assert shown[top][1] == f"{100 * after_p[top]:.1f} %"
    best = max(before_p, key=before_p.__getitem__)
    assert shown[best][0] == f"{100 * before_p[best]:.1f} %"

    expect(page).to_have_url(re.compile(r"&e=f=1;i=0&"))
    address = page.url
    page.get_by_role("button", name="Remove: i of all units is held at 0 at every step").click()
    expect(page.locator("#edited")).to_contain_text("1 edit")
    expect(page).to_have_url(re.compile(r"&e=f=1&"))
    page.locator("#edited").get_by_role("button", name="Remove all").click()
    expect(page.locator("#edited")).to_be_hidden()
    expect(page.locator("#strip .said")).to_have_text(first_symbols(own))
    expect(page).to_have_url(re.compile("^((?!&e=).)*$"))
    page.go_back()
    expect(page.locator(".edits li")).to_have_count(1)
    page.go_back()
    expect(page.locator(".edits li")).to_have_count(2)
    page.go_back()
    expect(page.locator("#edited")).to_be_hidden()
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator("#strip .said")).to_have_text(first_symbols(edited))
    expect(page.get_by_role("button", name="Remember for ever")).to_have_attribute("aria-pressed", "true")


def test_edits_of_ones_own_by_keyboard_as_the_api_runs_them(page: Page) -> None:
    """A gate held for one unit, a state set, a unit silenced, a token replaced: each a sentence and in the link."""
    open_whatif(page, t=4)
    page.locator(".own-edits summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Unit 3", exact=True).press("Enter")
    page.get_by_role("button", name="From step 4", exact=True).press("Enter")
    gate = page.locator("[data-kind=clamp]")
    gate.get_by_role("combobox").select_option(label="o  output gate")
    gate.get_by_role("spinbutton").fill("0.25")
    page.keyboard.press("Enter")
    expect(page.locator(".edits")).to_contain_text("o of unit 3 is held at 0.25 from step 4 on")
    gate.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".edits")).to_contain_text("o of unit 3 is held at 0.26 from step 4 on")
    assert step(page) == 4, "the arrow moved the slider and not the playhead"
    page.locator("[data-kind=set]").get_by_role("spinbutton").fill("-2.5")
    page.keyboard.press("Enter")
    expect(page.locator(".edits")).to_contain_text("C of unit 3 becomes −2.5 after step 4")
    page.locator("[data-kind=ablate]").get_by_role("button").press("Enter")
    expect(page.locator(".edits")).to_contain_text("Nobody sees unit 3 from step 4 on: h is 0")
    page.locator("[data-kind=token]").get_by_role("combobox").select_option(label="(")
    page.locator("[data-kind=token]").get_by_role("button").press("Enter")
    expect(page.locator(".edits")).to_contain_text("Step 4 reads ‘(’ in place of ‘[’")
    edits = [
        {"kind": "clamp", "quantity": "o", "value": 0.26, "units": [3], "from": 4},
        {"kind": "set", "quantity": "C", "value": -2.5, "units": [3], "t": 4},
        {"kind": "ablate", "units": [3], "from": 4},
        {"kind": "token", "t": 4, "token": "("},
    ]
    expect(page).to_have_url(re.compile(r"&e=o=0\.26,u3,t4-;C@4=-2\.5,u3;off,u3,t4-;x@4='%28&"))
    edited = trace(page, "brackets-lstm", EXAMPLE, edits=edits)
    own = trace(page, "brackets-lstm", EXAMPLE)
    expect(page.locator("#strip .said")).to_have_text(first_symbols(edited))
    assert tokens(page) == "".join(edited["start"]["tokens"]) != EXAMPLE
    expect(page.locator("#input")).to_have_value(EXAMPLE)
    page.locator("[data-shows=o]").press("Enter")
    drawn(page, "before o", "after o", "difference o")
    for name, run in (("before o", own), ("after o", edited)):
        assert panel_of(page, name)[3] == pytest.approx(values(run, "o", 3), abs=1e-7)
    page.keyboard.press("1")
    expect(page.locator("#view-gates")).to_be_visible()
    expect(page.locator("#edited")).to_contain_text("Edited run: 4 edits")
    marks = page.evaluate("() => [...document.querySelectorAll('#edit-marks .held')].map((e) => e.offsetWidth)")
    assert len(marks) == 3
    assert max(marks) > 7 * min(marks), "from step 4 on there are eight columns, and one where the state was set"
    page.get_by_role("button", name="Share").click()
    command = page.get_by_role("dialog").locator("pre").inner_text()
    found = re.search(r"-d '(.*)'$", command.replace("'\\''", "'"), re.DOTALL)
    assert found is not None
    body = json.loads(found[1])
    assert body["input"] == EXAMPLE
    assert [e["kind"] for e in body["edits"]] == ["clamp", "set", "ablate", "token"]
    again = page.request.post("/api/v1/trace", data=body).json()
    assert again["steps"] == edited["steps"]


def test_edits_go_with_another_input_and_not_with_a_model_that_cannot_have_them(page: Page) -> None:
    open_whatif(page, e="f=0,u3;x@2='b")
    page.locator("#input").fill("((ab)")
    page.keyboard.press("Enter")
    expect(page.locator("#strip .token")).to_have_count(5)
    expect(page.locator("#edited")).to_contain_text("2 edits")
    edits = [{"kind": "clamp", "quantity": "f", "value": 0, "units": [3]}, {"kind": "token", "t": 2, "token": "b"}]
    edited = trace(page, "brackets-lstm", "((ab)", edits=edits)
    expect(page.locator("#strip .said")).to_have_text(first_symbols(edited))
    page.locator("#input").fill("(())")
    page.keyboard.press("Enter")
    expect(page.locator("#strip .token")).to_have_count(4)
    expect(page.locator("#input-says")).to_contain_text("1 edit does not apply here")
    expect(page.locator("#edited")).to_contain_text("1 edit")
    page.locator("#picker").click()
    page.locator("[data-model=brackets-rnn]").click()
    expect(page.locator("#input-says")).to_contain_text("1 edit does not apply here")
    expect(page.locator("#edited")).to_be_hidden()
    expect(page.locator("#view-whatif")).to_contain_text("no gate that could be held")
    expect(page).to_have_url(re.compile("m=brackets-rnn&((?!&e=).)*$"))
    page.evaluate("() => { location.hash = location.hash + '&e=nonsense' }")
    expect(page.locator("#input-says")).to_contain_text("edits in this link cannot be read")


def test_the_arithmetic_of_an_edited_run_far_along_is_that_of_the_edited_run(page: Page) -> None:
    """Pre-activations come in windows of 256 steps, continued from a state: the edits are moved along with them."""
    text = "(a)" * 100
    edits = [{"kind": "ablate", "units": [5], "from": 250}, {"kind": "clamp", "quantity": "f", "value": 0.5, "to": 270}]
    open_link(page, i=text, t=265, u=3, e="off,u5,t250-;f=0.5,t0-270")
    expect(page.locator("#arithmetic-view")).not_to_contain_text("–")  # the sums of this window have come
    whole = trace(page, "brackets-lstm", text, edits=edits, include=["pre"])
    parts = whole["steps"][265]["layers"][0]["pre"]["i"]
    shown = "".join(page.locator("#arithmetic-view").inner_text().split())
    for part in ("x", "h", "b"):
        assert f"{parts[part][3]:+.2f}".replace("-", "−") in shown
    equals = page.locator("#arithmetic-view [title^='An edit']")
    expect(equals).to_have_text(["≠"])
    page.keyboard.press("End")
    expect(equals).to_have_count(0)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing_and_what_the_net_said_stands_under_its_token(new_page: NewPage, size: str) -> None:
    page = new_page(**SIZES[size])
    dark = size == "desktop"
    open_whatif(page, e="f=0,t3-;x@2='b", lang="ja" if dark else "en", theme="dark" if dark else "light")
    drawn(page, "difference C")
    page.locator(".own-edits summary").click()
    assert violations(page) == []
    centres = page.evaluate(
        """() => ['#strip .token', '.whatif-said .was'].map((selector) => [...document.querySelectorAll(selector)]
          .map((e) => e.getBoundingClientRect()).map((box) => box.x + box.width / 2))"""
    )
    assert centres[1] == pytest.approx(centres[0], abs=1)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_names_and_unit_numbers_stand_apart_in_the_margin(page: Page) -> None:
    open_whatif(page, u=8, e="f=1")
    apart = """() => {
      const names = [...document.querySelectorAll('.stage-labels [data-view=whatif] > span')];
      const boxes = names.map((name) => name.getBoundingClientRect());
      const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      return [boxes.length, boxes.some((a, n) => boxes.slice(n + 1).some((b) => meet(a, b)))];
    }"""
    for shows in ("states", "h"):
        page.locator(f"#view-whatif [data-shows={shows}]").click()
        drawn(page, "difference h")
        count, met = page.evaluate(apart)
        assert count > 3
        assert not met


def test_a_cell_without_presets_offers_its_own_edits_at_once(page: Page) -> None:
    open_whatif(page, m="brackets-rnn")
    expect(page.locator("#view-whatif form.own[data-kind=ablate]")).to_be_visible()
    page.goto("about:blank")
    open_whatif(page, m="brackets-lstm")
    expect(page.locator("#view-whatif form.own[data-kind=ablate]")).to_be_hidden()
