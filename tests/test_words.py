"""Both languages say everything: the same keys, the same parameters, and every key the page asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lstm.gates import TABLES
from lstm.training.initialise import INITIALISATIONS

ROOT = Path(__file__).parents[1]
WORDS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "app" / "words").glob("*.json")}
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("static/js", "templates")
    for path in sorted((ROOT / folder).rglob("*.*"))
)


def test_there_are_two_languages_with_the_same_keys() -> None:
    assert set(WORDS) == {"en", "ja"}
    assert set(WORDS["en"]) == set(WORDS["ja"])


@pytest.mark.parametrize("key", WORDS["en"])
def test_a_key_has_the_same_parameters_in_both(key: str) -> None:
    parameters = {language: set(re.findall(r"\{(\w+)\}", words[key])) for language, words in WORDS.items()}
    assert parameters["en"] == parameters["ja"]
    assert all(words[key].strip() for words in WORDS.values())


def test_every_key_the_page_asks_for_is_there() -> None:
    asked = set(re.findall(r"""(?:word\(|data-word(?:-label)?=|\{ key: )["']([a-z]\w*(?:\.\w+)+)["']""", SOURCES))
    assert len(asked) > 50
    assert asked <= set(WORDS["en"])


def test_every_cell_has_a_line_of_its_own_in_the_chart_of_a_card() -> None:
    chart = (ROOT / "static/js/charts/accuracy.js").read_text(encoding="utf-8")
    looks = re.findall(r'["\s]([\w-]+)"?: (\["--\w+", "\w+", "[\w-]+"\])', chart)
    assert {cell for cell, _ in looks} == set(TABLES), "LOOK in static/js/charts/accuracy.js"
    assert len({look for _, look in looks}) == len(TABLES)


def test_every_quantity_of_every_cell_has_a_word_and_every_cell_a_sentence() -> None:
    for cell, table in TABLES.items():
        assert f"announce.{cell}" in WORDS["en"]
        assert all(f"quantity.{quantity.key}" in WORDS["en"] for quantity in table)
        assert all(f"quantity.{quantity.key}.what" in WORDS["en"] for quantity in table)


def test_every_initialisation_of_a_shipped_search_is_explained() -> None:
    assert all(f"card.init.{kind}" in WORDS["en"] for kinds in INITIALISATIONS.values() for kind in kinds)
