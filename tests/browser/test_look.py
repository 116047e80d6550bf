"""How the page stands at every size and mode: aligned to the pixel, nothing cut off, readable by everyone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import NewPage
from tests.browser.score import EXAMPLE, link, open_link, ready, step, trace

SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "laptop": {"viewport": {"width": 1280, "height": 720}},
    "projector": {"viewport": {"width": 1920, "height": 1080}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    },
    "4K": {"viewport": {"width": 3840, "height": 2160}},
}
MODES: dict[str, dict[str, Any]] = {
    "desktop": {},
    "dark": {"theme": "dark"},
    "laptop": {"lang": "ja"},
    "projector": {"present": 1},
    "phone": {},
    "4K": {},
}


CENTRES = """() => {
  const staves = document.querySelector('#staves-plot').getBoundingClientRect();
  const n = document.querySelector('#staves-plot').data[0].z[0].length;
  const lines = document.querySelector('#lines-plot');
  const axis = lines._fullLayout.xaxis;
  return [...document.querySelectorAll('#strip .token')].map((token, t) => {
    const box = token.getBoundingClientRect();
    const line = lines.getBoundingClientRect().x + axis._offset + axis.d2p(t);
    return [box.x + box.width / 2, staves.x + ((t + 0.5) * staves.width) / n - 0.5, line];
  });
}"""
OVERLAPS = """() => {
  const words = '#labels > :not(.beside), #scales .lim, #scales .now, #header > *';
  const shown = [...document.querySelectorAll(words)]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.textContent.trim());
  const boxes = shown.map((e) => [e, e.getBoundingClientRect()]);
  const out = [];
  boxes.forEach(([a, p], n) => boxes.slice(n + 1).forEach(([b, q]) => {
    if (a.contains(b) || b.contains(a) || a.matches('.name, .how') !== b.matches('.name, .how')) return;
    const w = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (w > 2 && h > 3) out.push(`${a.textContent} × ${b.textContent}`);
  }));
  return out;
}"""


@pytest.mark.parametrize("size", SIZES)
def test_at_every_size_columns_share_their_centres_words_stand_clear_and_axe_finds_nothing(
    new_page: NewPage, size: str
) -> None:
    page = new_page(**SIZES[size])
    open_link(page, **MODES[size])
    centres = page.evaluate(CENTRES)
    assert len(centres) == len(EXAMPLE)
    for token, column, line in centres:
        assert abs(token - column) <= 1
        assert abs(line - column) <= 0.51
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(OVERLAPS) == []
    assert violations(page) == []


FOCUSED = """() => {
  const { id, dataset, textContent } = document.activeElement;
  return id || dataset.action || textContent.trim().slice(0, 20);
}"""


@pytest.mark.parametrize("model", ["brackets-rnn", "recall-gru", "toy-gru", "numbers-lstm", "numbers-adding"])
def test_axe_finds_nothing_with_other_cells(page: Page, model: str) -> None:
    page.goto(f"/#m={model}&lang=en")
    ready(page)
    assert violations(page) == []


def test_axe_finds_nothing_when_the_score_scrolls(page: Page) -> None:
    open_link(page, i="(a)" * 60, t=100)
    assert violations(page) == []


def test_axe_finds_nothing_in_the_dialogs(page: Page) -> None:
    open_link(page)
    for key in ["?", "#picker", "#share", "#examples"]:
        page.keyboard.press("?") if key == "?" else page.locator(key).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert violations(page) == [], key
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).not_to_be_visible()


def test_present_mode_shows_only_score_cell_and_transport_and_slash_brings_the_input(page: Page) -> None:
    open_link(page)
    page.get_by_role("button", name="Present").click()
    expect(page.locator("#header")).not_to_be_visible()
    expect(page.locator("#score")).to_be_visible()
    expect(page.locator("#scrub")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#input")).to_be_focused()
    expect(page.locator("#chips")).to_be_visible()
    page.locator("#input").fill("[b]")
    page.keyboard.press("Enter")
    expect(page.locator("#header")).not_to_be_visible()
    expect(page.locator("#strip .token")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.locator("#header")).to_be_visible()


def test_on_a_phone_that_lies_on_its_side_the_score_begins_on_the_first_screen(new_page: NewPage) -> None:
    page = new_page(**SIZES["phone"] | {"viewport": {"width": 844, "height": 390}})
    open_link(page, lang="ja")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(OVERLAPS) == []
    stave, transport = page.locator("#labels .name").first.bounding_box(), page.locator("#transport").bounding_box()
    assert stave is not None
    assert transport is not None
    assert stave["y"] + stave["height"] < transport["y"]
    assert violations(page) == []


def test_the_step_is_announced_when_stepped_and_not_while_playing(page: Page) -> None:
    open_link(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#announcer")).to_contain_text("step 7, token c: unit 3 keeps")
    told = page.locator("#announcer").inner_text()
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    page.wait_for_timeout(600)
    assert page.locator("#announcer").inner_text() == told


def test_everything_is_reached_by_keyboard(page: Page) -> None:
    open_link(page)
    reached = set()
    page.locator("#mark").focus()
    for _ in range(80):
        reached.add(page.evaluate(FOCUSED))
        page.keyboard.press("Tab")
    assert {"picker", "input", "Run", "share", "help", "present", "theme", "play", "scrub", "speed"} <= reached


def test_the_focus_stays_on_the_control_that_was_used(page: Page) -> None:
    open_link(page)
    for selector in ["#theme", ".lang [lang=ja]", "#labels .how", "#labels .name >> nth=2", "[data-action=last]"]:
        page.locator(selector).focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(100)
        expect(page.locator(selector)).to_be_focused()


def test_a_focused_panel_scrolls_by_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 1400, "height": 600})
    open_link(page)
    page.locator("#panel").focus()
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelector('#panel').scrollTop > 50")
    assert step(page) == 6


def test_a_stave_can_be_enlarged_and_units_can_have_their_own_scale(page: Page) -> None:
    open_link(page)
    cell = page.get_by_role("button", name="C cell state")
    cell.click()
    heights = page.evaluate("() => [...document.querySelectorAll('#staves .ground i')].map((e) => e.offsetHeight)")
    assert heights[3] > 6 * heights[0]
    page.get_by_role("button", name="C cell state").click()
    toggle = page.locator("#labels .how")
    names = ["the task’s scale", "this run’s scale", "scale per unit"]
    first = names.index(toggle.inner_text())
    for name in [*names[first + 1 :], *names[: first + 1], *names[first + 1 :]]:
        toggle.click()
        expect(toggle).to_have_text(name)
    while toggle.inner_text() != "scale per unit":
        toggle.click()
    page.wait_for_function("() => document.querySelector('#staves-plot').data[3].zmax === 1")
    peaks = page.evaluate(
        "() => document.querySelector('#staves-plot').data[3].z.map((row) => Math.max(...row.map(Math.abs)))"
    )
    assert peaks == [1] * 16


@pytest.mark.parametrize("unit", [0, 12])
def test_the_ends_of_the_scale_of_a_unit_that_hardly_moves_are_not_printed_as_zero(page: Page, unit: int) -> None:
    model = "long-lag-lstm1997-open"
    peak = max(abs(step["layers"][0]["C"][unit]) for step in trace(page, model, "00")["steps"])
    assert 0 < peak < 0.003
    open_link(page, m=model, i="00", t=1, u=unit)
    toggle = page.locator("#labels .how").first
    while toggle.inner_text() != "scale per unit":
        toggle.click()
    high, low = page.locator("#scales .now.q-C").evaluate(
        """(now) => {
          const ends = [];
          for (let e = now.previousElementSibling; e.matches('.lim'); e = e.previousElementSibling) ends.unshift(e);
          return ends.map((end) => end.textContent);
        }"""
    )
    assert (high[0], low[0], high[1:]) == ("+", "−", low[1:])
    number, _, power = high.partition("·10")
    size = float(number) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
    assert size == pytest.approx(peak, rel=0.25 if power else 0.05)


CROWDED = """() => {
  const box = (e) => e.getBoundingClientRect();
  const faults = [];
  const seen = ['.mark', '#picker', '#sequence', '.chips .list button', '#examples', '#random', '#tools button']
    .flatMap((name) => [...document.querySelectorAll(name)])
    .filter((e) => e.offsetParent && box(e).width && box(e).top < 56 && (!e.closest('.list') || box(e).bottom < 48));
  for (const [k, e] of seen.entries()) {
    if (box(e).right > innerWidth + 0.5) faults.push(`${e.textContent} leaves the window`);
    if (k && box(e).left < box(seen[k - 1]).right - 0.5)
      faults.push(`${e.textContent} lies on ${seen[k - 1].textContent}`);
    const list = e.closest('.list');
    if (list && (box(e).width < 24 || box(e).right > box(list).right + 0.5)) faults.push(`${e.textContent} is cut off`);
  }
  const tabs = document.querySelector('#tabs');
  if (tabs.scrollWidth > tabs.clientWidth) faults.push('the tabs do not fit');
  const lead = document.querySelector('#lead');
  const lines = lead.clientHeight / parseFloat(getComputedStyle(lead).lineHeight);
  if (Math.abs(lines - Math.round(lines)) > 0.05) faults.push(`${lines} lines of what to look for`);
  const how = [...document.querySelectorAll('#labels .how')].map(box);
  for (const number of [...document.querySelectorAll('#labels .unitno')].map(box))
    if (how.some((one) => one.right > number.left && one.top < number.bottom && one.bottom > number.top))
      faults.push('the name of the scale lies on a unit');
  return faults;
}"""


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_in_every_width_of_two_columns_nothing_of_the_header_lies_on_another_or_is_cut(
    new_page: NewPage, lang: str
) -> None:
    page = new_page(viewport={"width": 1440, "height": 900})
    for model, unit in (("airline-lstm", 3), ("count-lstm", 12), ("long-lag-lstm1997-open", 12)):
        page.goto(f"/#m={model}&u={unit}&lang={lang}")
        ready(page)
        for width in (1600, 1440, 1366, 1330, 1280, 1201, 1200, 1024, 910):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            assert page.evaluate(CROWDED) == [], (model, width)


def test_a_tab_stays_where_it_is_when_another_is_chosen(page: Page) -> None:
    open_link(page)
    tabs = page.get_by_role("tab")
    places = "(tabs) => tabs.map((tab) => [tab.getBoundingClientRect().x, tab.getBoundingClientRect().width])"
    before = tabs.evaluate_all(places)
    tabs.nth(1).click()
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    assert tabs.evaluate_all(places) == before
    row = page.locator("#tabs")
    assert row.evaluate("(row) => row.scrollWidth <= row.clientWidth")


def test_after_a_click_on_a_tab_the_keys_step_and_after_the_tab_key_they_turn_tabs(page: Page) -> None:
    open_link(page, t=3)
    memory = page.get_by_role("tab", name="Memory")
    memory.click()
    page.keyboard.press("ArrowRight")
    assert step(page) == 4
    page.keyboard.press("End")
    assert step(page) == len(EXAMPLE) - 1
    expect(memory).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Gradients")).to_have_attribute("aria-selected", "true")
    assert step(page) == len(EXAMPLE) - 1


def test_a_box_that_is_ticked_leaves_the_page_its_keys(page: Page) -> None:
    page.goto(link(t=3, v="gradients"))
    page.get_by_role("checkbox", name="RNN").click()
    page.keyboard.press("ArrowRight")
    assert step(page) == 4
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="RNN")).to_be_checked()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_stacked_network_on_a_phone_has_room_for_layer_and_speed(new_page: NewPage, lang: str) -> None:
    page = new_page(**SIZES["phone"])
    page.goto(link(m="shakespeare-lstm", i="To be", t=2, l=1, s=16, lang=lang))
    expect(page.locator("#layer")).to_be_visible()
    for name in ("#layer", "#speed"):
        box = page.locator(name).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390, name
    last = page.locator(".move button").last.bounding_box()
    first = page.locator("#layer").bounding_box()
    assert last is not None
    assert first is not None
    assert last["x"] + last["width"] <= first["x"]
