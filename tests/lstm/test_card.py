"""What a card may say: everything that serving reads is refused where it is not right, with a word on what is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lstm.card import MAX_DEPTH, checked

WORDS = {"en": "Brackets", "ja": "括弧"}
MEASURE: dict[str, Any] = {
    "name": WORDS,
    "unit": WORDS,
    "value": 12.5,
    "n": 36,
    "rivals": [{"name": WORDS, "value": 47}],
}
WRONG_FOLLOWERS: list[dict[str, Any]] = [{"layer": -1}, {"unit": True}, {"r": 1.5}, {"r": "1"}, {"n": 5}]
GOOD: dict[str, Any] = {
    "name": "a-model.2",
    "cell": "lstm",
    "readout": "softmax",
    "trained": True,
    "alphabet": ["(", ")"],
    "outputs": ["(", ")"],
    "task": "brackets",
    "limits": {"C": 5.5, "h": 1},
    "accuracy": {"value": 0.5, "low": 0, "high": 1, "n": 10, "by": [{"depth": 1, "value": 0.5, "n": 3, "low": 0.25}]},
    "training": {"seed": 1, "initialisation": "chrono", "batches": 10, "tries": [{"anything": ["goes"]}]},
    "examples": [{"input": "()", "note": WORDS}],
    "label": WORDS,
    "about": WORDS,
    "fails": WORDS,
}


def nested(depth: int) -> Any:  # noqa: ANN401 - lists in lists
    return [] if depth == 0 else [nested(depth - 1)]


def test_a_right_card_is_given_back() -> None:
    assert checked(GOOD) is GOOD
    bare = {**GOOD, "alphabet": None, "outputs": None, "readout": "linear", "task": None, "accuracy": None}
    bare |= {"training": None, "trained": False, "limits": {}, "examples": []}
    for name in ("label", "about", "fails"):
        del bare[name]
    assert checked(bare) is bare


@pytest.mark.parametrize("name", [name for name in GOOD if name not in ("label", "about", "fails")])
def test_a_card_has_all_that_serving_reads(name: str) -> None:
    with pytest.raises(ValueError, match=f"lacks {name}"):
        checked({key: value for key, value in GOOD.items() if key != name})


UNITS: list[dict[str, Any]] = [
    {"name": WORDS, "state": "C", "before": 0.4, "units": [{"layer": 1, "unit": 57, "r": -0.91}]}
]


def test_a_card_may_list_what_units_follow_and_an_example_may_name_a_unit_of_a_layer() -> None:
    card = {**GOOD, "units": UNITS, "examples": [{"input": "()", "note": WORDS, "unit": 57, "layer": 1}]}
    assert checked(card) is card
    assert checked({**GOOD, "units": []})["units"] == []


@pytest.mark.parametrize(
    "units",
    [
        None,
        {},
        [{}],
        [{**UNITS[0], "name": "line"}],
        [{**UNITS[0], "state": 1}],
        [{**UNITS[0], "more": 1}],
        [{**UNITS[0], "before": -0.4}],
        [{**UNITS[0], "units": None}],
        *([{**UNITS[0], "units": [{**UNITS[0]["units"][0], **wrong}]}] for wrong in WRONG_FOLLOWERS),
    ],
)
def test_what_units_follow_is_checked(units: object) -> None:
    with pytest.raises(ValueError, match="card's units should be facts"):
        checked({**GOOD, "units": units})


@pytest.mark.parametrize("wrong", [{"unit": -1}, {"unit": 1.0}, {"layer": -1}, {"layer": "0"}, {"other": 1}])
def test_an_examples_unit_and_layer_are_counted_from_0(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="card's examples should be inputs"):
        checked({**GOOD, "examples": [{"input": "()", "note": WORDS, **wrong}]})


def test_an_accuracy_may_have_a_measure_beside_rivals() -> None:
    card = {**GOOD, "accuracy": {**GOOD["accuracy"], "measure": MEASURE}}
    assert checked(card) is card


BAD_MEASURE: list[Any] = [
    None,
    {},
    12.5,
    {**MEASURE, "name": "error"},
    {**MEASURE, "unit": {"en": "bits"}},
    {**MEASURE, "value": -1},
    {**MEASURE, "value": "12"},
    {**MEASURE, "n": 1.5},
    {**MEASURE, "rivals": {}},
    {**MEASURE, "rivals": [12.5]},
    {**MEASURE, "rivals": [{"name": WORDS, "value": None}]},
    {**MEASURE, "rivals": [{"name": "naive", "value": 1}]},
    {**MEASURE, "more": 1},
]
BAD_BY: list[Any] = [None, {}, [1], [{}], [{"value": 1}]]
WRONG: list[tuple[str, list[Any], str]] = [
    ("name", ["", "A", "-a", "a/b", "../a", "a b", "a" * 65, "a\n", 3, None], "name"),
    ("cell", ["LSTM", "transformer", None, 3, ["lstm"], {"lstm": 1}], "cell"),
    ("readout", ["sigmoid", None, ["softmax"]], "readout"),
    ("trained", [None, 1, "true"], "trained"),
    ("alphabet", [[], ["a", "a"], ["ab", "c"], ["a", ""], "ab", {"a": 1}, ["a", 1], [["a"]]], "alphabet"),
    ("outputs", [[], ["a", "a"], ["a", ""], "ab", ["a", 1], [{}]], "outputs"),
    ("outputs", [None], "null for a linear"),
    ("task", ["", "Brackets", 3, ["brackets"]], "task"),
    ("limits", [None, [], {"C": 0}, {"C": -1}, {"C": "5"}, {"C": True}, {"c": 5}, {"z": 1}, {"C": None}], "limits"),
    ("accuracy", [0.5, [], {}, {**GOOD["accuracy"], "value": 1.5}, {**GOOD["accuracy"], "low": None}], "accuracy"),
    ("accuracy", [{**GOOD["accuracy"], "n": -1}, {**GOOD["accuracy"], "n": 1.5}], "accuracy"),
    ("accuracy", [{**GOOD["accuracy"], "by": by} for by in BAD_BY], "accuracy"),
    ("accuracy", [{**GOOD["accuracy"], "by": [{"value": 1, "n": 1, "lag": "<b>"}]}], "accuracy"),
    ("accuracy", [{**GOOD["accuracy"], "measure": measure} for measure in BAD_MEASURE], "accuracy's measure"),
    ("training", [{}, [], "yes", {**GOOD["training"], "seed": "1"}, {**GOOD["training"], "tries": [1]}], "training"),
    ("training", [{**GOOD["training"], "initialisation": None}, {**GOOD["training"], "batches": True}], "training"),
    ("examples", [None, {}, ["()"], [{"input": "()"}], [{"input": "()", "note": "see"}]], "examples"),
    ("examples", [[{"input": "()", "note": WORDS, "more": 1}], [{"note": WORDS}]], "examples"),
    ("label", [None, "Brackets", {"en": "Brackets"}, {**WORDS, "de": "Klammern"}, {**WORDS, "ja": 1}], "label"),
    ("about", [[]], "about"),
    ("fails", [{}], "fails"),
    ("more", [1], "unknown fields: more"),
]


@pytest.mark.parametrize(("field", "value", "words"), [(f, value, w) for f, values, w in WRONG for value in values])
def test_what_is_wrong_is_refused_by_name(field: str, value: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        checked({**GOOD, field: value})


@pytest.mark.parametrize("card", [None, [], "card", 3])
def test_a_card_is_an_object(card: object) -> None:
    with pytest.raises(ValueError, match="object"):
        checked(card)


@pytest.mark.parametrize(
    ("text", "words"),
    [("1e999", "large"), ("-1e999", "large"), ("9007199254740993", "large"), ("NaN", "large"), ('"\\ud800"', "half")],
)
def test_what_could_not_be_sent_on_is_refused(text: str, words: str) -> None:
    training = {**GOOD["training"], "tries": [json.loads(f'{{"x": {text}}}')]}
    with pytest.raises(ValueError, match=words):
        checked({**GOOD, "training": training})


def test_nesting_is_bounded() -> None:
    def card(depth: int) -> dict[str, Any]:
        return {**GOOD, "training": {**GOOD["training"], "tries": [{"x": nested(depth)}]}}

    assert checked(card(MAX_DEPTH - 5))
    with pytest.raises(ValueError, match="nested"):
        checked(card(MAX_DEPTH))
