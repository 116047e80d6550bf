"""The link is the state: opening one shows exactly that, paused, and Back returns to the run before."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Faults
from tests.browser.score import EXAMPLE, link, open_link, ready, step, tokens, unit


def test_opening_a_link_shows_exactly_that_and_stays_paused(page: Page) -> None:
    open_link(page, i="[(a)b]", t=2, u=9, s=8, lang="ja", theme="dark", present=1)
    assert (tokens(page), step(page), unit(page)) == ("[(a)b]", 2, 9)
    root = page.locator("html")
    expect(root).to_have_attribute("lang", "ja")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(root).to_have_attribute("data-present", "")
    expect(page.locator("#speed")).to_have_value("8")
    expect(page.locator("#input")).not_to_be_focused()
    page.wait_for_timeout(600)
    assert step(page) == 2


def test_the_address_follows_and_opens_the_same_again(page: Page) -> None:
    open_link(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("t=7&u=4&"))
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    ready(page)
    assert (tokens(page), step(page), unit(page)) == (EXAMPLE, 7, 4)


def test_back_returns_to_the_previous_run_and_forward_to_the_next(page: Page) -> None:
    open_link(page)
    page.locator("#input").fill("[b]")
    page.keyboard.press("Enter")
    expect(page.locator("#strip .token")).to_have_count(3)
    expect(page).to_have_url(re.compile("i=%5Bb%5D"))
    page.go_back()
    expect(page.locator("#strip .token")).to_have_count(len(EXAMPLE))
    assert step(page) == 6
    page.go_forward()
    expect(page.locator("#strip .token")).to_have_count(3)


def test_back_leaves_what_was_typed_as_one_run(page: Page) -> None:
    open_link(page)
    page.locator("#input").fill("[b")
    expect(page.locator("#strip .token")).to_have_count(2)
    page.locator("#input").press("End")
    page.locator("#input").press("]")
    expect(page.locator("#strip .token")).to_have_count(3)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("i=%5Bb%5D"))
    page.go_back()
    expect(page.locator("#strip .token")).to_have_count(len(EXAMPLE))


SLOW_HASHCHANGE = """
addEventListener("hashchange", (event) => {
  if (event.detail === "late") return;
  event.stopImmediatePropagation();
  setTimeout(() => dispatchEvent(new CustomEvent("hashchange", { detail: "late" })), 500);
}, { capture: true });
"""


def test_back_is_not_written_over_by_what_was_still_to_be_written(page: Page) -> None:
    """On a busy machine the page hears of a Back after the moment at which it writes the step into the address."""
    page.add_init_script(SLOW_HASHCHANGE)
    open_link(page)
    page.locator("#input").fill("[b]")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("i=%5Bb%5D"))
    page.evaluate("() => { document.querySelector('[data-action=last]').click(); history.back(); }")
    expect(page.locator("#strip .token")).to_have_count(len(EXAMPLE))


def test_a_link_to_a_model_that_is_not_here_says_so(page: Page) -> None:
    open_link(page, m="nobody")
    expect(page.locator("#input-says")).to_contain_text("“nobody”, which is not here")
    expect(page.locator("#picker")).to_contain_text("Brackets")


def test_nonsense_in_a_link_is_ignored(page: Page) -> None:
    open_link(page, i="(a)", t="-3", u="1e9", s="7", theme="pink", lang="xx", l="a")
    assert (step(page), unit(page)) == (0, 0)
    expect(page.locator("html")).to_have_attribute("lang", "en")


PLACES = {
    "brackets-lstm": {"i": "((a)[b])", "t": 7, "u": 15},
    "brackets-rnn": {"i": "([])", "t": 3, "u": 9},
    "recall-gru": {"i": "Cwxyz?", "t": 5, "u": 12},
    "toy-gru": {"i": "(a)bcd", "t": 4, "l": 1, "u": 4},
    "numbers-lstm": {"i": "0.5, 1; 0.2, 0", "t": 1, "l": 1, "u": 2},
}


def rows(page: Page, model: str) -> int:
    return len(page.request.get(f"/api/v1/models/{model}").json()["quantities"])


@pytest.mark.parametrize(("first", "others"), [(name, [*PLACES][n + 1 :]) for n, name in enumerate([*PLACES][:-1])])
def test_links_between_models_of_other_cells_layers_and_sizes(page: Page, first: str, others: list[str]) -> None:
    """From each to each: there by a link, and back."""
    open_link(page, m=first, **PLACES[first])
    page.locator("#labels .name").last.click()
    for second in others:
        place = PLACES[second]
        page.evaluate("(hash) => { location.hash = hash; }", link(m=second, **place)[1:])
        expect(page.locator("#labels .name")).to_have_count(rows(page, second))
        expect(page.locator("#scrub")).to_have_value(str(place["t"]))
        assert unit(page) == place["u"]
        page.go_back()
        expect(page.locator("#labels .name")).to_have_count(rows(page, first))
        expect(page.locator("#scrub")).to_have_value(str(PLACES[first]["t"]))


def test_a_link_beyond_every_range_opened_inside_the_page(page: Page) -> None:
    open_link(page)
    page.evaluate("(hash) => { location.hash = hash; }", link(i="((a))", t=99, l=9, u=77)[1:])
    expect(page.locator("#strip .token")).to_have_count(5)
    assert (step(page), unit(page)) == (4, 15)


def test_a_switch_that_fails_leaves_the_last_picture_whole(page: Page, faults: Faults) -> None:
    faults.expect("net::ERR_FAILED")
    open_link(page)
    page.route("**/api/v1/trace*", lambda route: route.abort())
    page.route("**/api/v1/trace/*", lambda route: route.abort())
    page.locator("#picker").click()
    page.locator("[data-model=recall-gru]").click()
    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator("#picker")).to_contain_text("Brackets")
    page.keyboard.press("ArrowRight")
    page.set_viewport_size({"width": 1300, "height": 800})
    page.get_by_role("button", name="日本語").click()
    expect(page.locator("#labels")).to_contain_text("忘却ゲート")
    assert (tokens(page), step(page)) == (EXAMPLE, 7)
    page.unroute_all()
    page.get_by_role("button", name="もう一度試す").click()
    expect(page.locator("#labels .name")).to_have_count(4)


def test_a_switch_of_the_model_is_a_step_in_the_history(page: Page) -> None:
    open_link(page)
    page.locator("#picker").click()
    page.locator("[data-model=brackets-rnn]").click()
    expect(page).to_have_url(re.compile("m=brackets-rnn"))
    page.go_back()
    expect(page.locator("#labels .name")).to_have_count(6)


def test_a_step_beyond_the_end_is_the_last_one(page: Page) -> None:
    open_link(page, t=999, u=999)
    assert (step(page), unit(page)) == (len(EXAMPLE) - 1, 15)


def test_switching_the_model_keeps_what_was_typed_where_its_alphabet_allows(page: Page) -> None:
    open_link(page)
    page.locator("#picker").click()
    page.locator("[data-model=brackets-rnn]").click()
    expect(page.locator("#labels .name")).to_have_count(1)
    assert (tokens(page), step(page)) == (EXAMPLE, 6)
    page.locator("#picker").click()
    page.locator("[data-model=recall-gru]").click()
    expect(page.locator("#labels .name")).to_have_count(4)
    assert tokens(page).endswith("?")
    expect(page).to_have_url(re.compile("m=recall-gru"))
    page.go_back()
    expect(page.locator("#labels .name")).to_have_count(1)
    assert tokens(page) == EXAMPLE


def test_a_fresh_example_of_a_chosen_lag(page: Page) -> None:
    open_link(page, m="recall-lstm", i="Aw?", t=0)
    page.locator("#examples").click()
    page.get_by_role("dialog").get_by_role("spinbutton").fill("37")
    page.get_by_role("button", name="Make and play").click()
    expect(page.locator("#strip .token")).to_have_count(39)
    assert tokens(page)[0] in "ABCDEFGH"


def test_an_example_plays_with_its_note_and_its_unit(page: Page) -> None:
    open_link(page)
    example = page.request.get("/api/v1/models/brackets-lstm").json()["examples"][1]
    page.locator("#examples").click()
    page.get_by_role("dialog").get_by_role("button", name=example["input"]).click()
    expect(page.locator("#input")).to_have_value(example["input"])
    expect(page.locator("#lead")).to_have_text(example["note"]["en"])
    assert unit(page) == example["unit"]


def test_language_and_theme_switches(page: Page) -> None:
    open_link(page)
    page.get_by_role("button", name="日本語").click()
    expect(page.get_by_role("button", name="実行", exact=True)).to_be_visible()
    expect(page.locator("#labels")).to_contain_text("忘却ゲート")
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    page.get_by_role("button", name="Switch light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)"


def test_a_link_with_a_wrong_symbol_keeps_its_input_in_the_field(page: Page, faults: Faults) -> None:
    faults.expect("status of 422")
    page.goto(link(i="(😀)"))
    expect(page.locator("#input-says")).to_contain_text("“😀” at step 1")
    expect(page.locator("#input")).to_have_value("(😀)")
    expect(page.locator("#input-marks mark")).to_have_text("😀")


def test_a_link_whose_input_is_refused_shows_the_model_that_it_names(page: Page) -> None:
    """Its first example is drawn, the input stays in the field, and what is wrong is said of this model."""
    for fragment in (link(), link(m="adding-lstm", i="1,2;3")):
        page.goto(fragment)
        expect(page.locator("#picker")).to_contain_text("Adding" if "adding" in fragment else "Brackets")
    expect(page.locator("#input-says")).to_contain_text("Step 1 has one number; this model reads 2 a step")
    expect(page.locator("#input")).to_have_value("1,2;3")
    example = page.request.get("/api/v1/models/adding-lstm").json()["examples"][0]["input"]
    expect(page.locator("#strip")).to_contain_text(str(example[0][0]))


def test_a_refused_link_that_comes_while_another_is_on_its_way_is_the_one_that_is_shown(page: Page) -> None:
    open_link(page)
    page.evaluate(
        """([first, second]) => {
          addEventListener("hashchange", () => { location.hash = second; }, { once: true });
          location.hash = first;
        }""",
        [link(m="recall-lstm", i="Aw?")[1:], link(m="adding-lstm", i="1,2;3")[1:]],
    )
    expect(page.locator("#input-says")).to_contain_text("Step 1 has one number; this model reads 2 a step")
    expect(page.locator("#picker")).to_contain_text("Adding")
    page.wait_for_timeout(500)
    expect(page.locator("#picker")).to_contain_text("Adding")
