"""What a model file says about its model, and the checking of what a file from elsewhere says.

A card is plain JSON. Whatever serving reads from it is checked here, so that nothing behind has to doubt it. Does not
know files, weights or tasks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NotRequired, TypedDict, cast

from lstm.gates import TABLES
from lstm.network import ReadoutKind

MAX_DEPTH: Final = 12
MAX_INTEGER: Final = 2**53
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Words(TypedDict):
    """A text for people, in each language of the page."""

    en: str
    ja: str


class Example(TypedDict):
    """A prepared input, with a note on what to watch, and the unit to watch where it is one (of layer 0 if unsaid)."""

    input: Any
    note: Words
    unit: NotRequired[int]
    layer: NotRequired[int]


class Rival(TypedDict):
    """Another way of doing a model's task, and what it reaches by the same measure on the same data."""

    name: Words
    value: float


class Measure(TypedDict):
    """A figure beside the share of right answers, and what others reach by it; less is better.

    Such as the mean absolute error of a forecast, or bits per character: `name` says of what, `n` over how many
    answers, `unit` in what. A task's measure is made in `lstm/training/measures.py`.
    """

    name: Words
    unit: Words
    value: float
    n: int
    rivals: list[Rival]


class Follower(TypedDict):
    """A unit whose state follows a fact; `r` is their correlation on a part of a text that did not choose the unit."""

    layer: int
    unit: int
    r: float


class UnitFact(TypedDict):
    """Something nameable about the input, and the units that follow it, the best first; `state` is their symbol.

    `before`: the size of r that the best unit of an untrained network of the same size reaches, found the same way.
    """

    name: Words
    state: str
    before: float
    units: list[Follower]


class _Facts(TypedDict):
    """What every card has."""

    name: str
    cell: str
    readout: ReadoutKind
    trained: bool
    alphabet: list[str] | None
    outputs: list[str] | None
    task: str | None
    limits: dict[str, float]
    accuracy: dict[str, Any] | None
    training: dict[str, Any] | None
    examples: list[Example]


class Card(_Facts, total=False):
    """What a file says about its model. What follows from the weights or the gate table is not said a second time.

    `task` names an entry of lstm/tasks; `limits` has a colour scale's limit for a quantity by its JSON key; `accuracy`
    has value, low, high, n and `by`, and perhaps a `measure` (see Measure); `training` has seed, initialisation,
    batches and `tries`. Both are null where nothing is known. `label`, `about` and `fails` are words for people: the
    task's title, its sentence, and where the model fails. `units` lists what single units follow, where it was sought.
    """

    label: Words
    about: Words
    fails: Words
    units: list[UnitFact]


_REQUIRED: Final = frozenset(_Facts.__annotations__)
_OPTIONAL: Final = frozenset(Card.__annotations__) - _REQUIRED


def checked(card: object) -> Card:
    """The same card, found right. Raises ValueError with what is not, as a clause: "its card's name should be …"."""
    if not isinstance(card, dict):
        raise ValueError("its card should be a JSON object")
    _check_plain(card, MAX_DEPTH)
    if missing := _REQUIRED - card.keys():
        raise ValueError(f"its card lacks {', '.join(sorted(missing))}")
    if unknown := card.keys() - _REQUIRED - _OPTIONAL:
        raise ValueError(f"its card has unknown fields: {', '.join(sorted(unknown))}")
    for rule, holds in _rules(card):
        if not holds:
            raise ValueError(f"its card's {rule}")
    return cast(Card, card)


def _rules(card: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """What a card has to fulfil beyond its list of fields, each with the words for where it does not."""
    alphabet, outputs, kind = card["alphabet"], card["outputs"], card["readout"]
    keys = [quantity.key for quantity in TABLES.get(str(card["cell"]), ())]
    words = [card[name] for name in _OPTIONAL - {"units"} if name in card]
    return [
        ("name should be of lower-case letters, digits, dots and dashes", _is_name(card["name"])),
        (f"cell should be one of {', '.join(TABLES)}", isinstance(card["cell"], str) and card["cell"] in TABLES),
        ("readout should be softmax or linear", kind in ("softmax", "linear")),
        ("trained should be true or false", isinstance(card["trained"], bool)),
        ("alphabet should be distinct single characters, or null", alphabet is None or _is_alphabet(alphabet)),
        ("outputs should be distinct texts, or null", outputs is None or _are_texts(outputs)),
        (
            "outputs should be named for a softmax and null for a linear readout",
            (outputs is None) == (kind == "linear"),
        ),
        ("task should be a name, or null", card["task"] is None or _is_name(card["task"])),
        (f"limits should be positive numbers for some of {', '.join(keys)}", _are_limits(card["limits"], keys)),
        ("accuracy should be null or have value, low, high, n and by", _is_accuracy(card["accuracy"])),
        ("accuracy's measure should have name, unit, value, n and rivals", _has_measure(card["accuracy"])),
        ("training should be null or have seed, initialisation, batches and tries", _is_training(card["training"])),
        (
            "examples should be inputs with a note in en and ja, and perhaps a unit and its layer",
            _are_examples(card["examples"]),
        ),
        (
            "units should be facts with a name, a state, what was before, and units",
            _are_unit_facts(card.get("units", [])),
        ),
        ("label, about and fails should be texts in en and ja", all(map(_are_words, words))),
    ]


def _check_plain(value: object, depth: int) -> None:
    """Refuse what JSON carries in but not out: deep nesting, 1e999, halves of characters, huge integers."""
    if depth == 0:
        raise ValueError("its card is nested too deep")
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_plain(key, depth)
            _check_plain(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _check_plain(inner, depth - 1)
    elif isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("its card has a text with half a character in it")
    elif isinstance(value, (int, float)) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise ValueError("its card has a number that is too large")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_size(value: object) -> bool:
    return type(value) in (int, float) and cast(float, value) >= 0


def _is_share(value: object) -> bool:
    return type(value) in (int, float) and 0 <= cast(float, value) <= 1


def _are_texts(value: object) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(text, str) and text for text in value)
        and len(set(value)) == len(value) > 0
    )


def _is_alphabet(value: object) -> bool:
    return _are_texts(value) and all(len(symbol) == 1 for symbol in cast(list[str], value))


def _are_limits(value: object, keys: list[str]) -> bool:
    return isinstance(value, dict) and all(
        key in keys and type(limit) in (int, float) and limit > 0 for key, limit in value.items()
    )


def _is_accuracy(value: object) -> bool:
    if not isinstance(value, dict):
        return value is None
    by = value.get("by")
    return (
        all(_is_share(value.get(name)) for name in ("value", "low", "high"))
        and _is_count(value.get("n"))
        and isinstance(by, list)
        and all(_is_figure(entry) for entry in by)
    )


def _has_measure(accuracy: object) -> bool:
    """Say whether an accuracy's measure, if it has one, is right."""
    if not isinstance(accuracy, dict) or "measure" not in accuracy:
        return True
    measure = accuracy["measure"]
    return (
        isinstance(measure, dict)
        and measure.keys() == Measure.__annotations__.keys()
        and _are_words(measure["name"])
        and _are_words(measure["unit"])
        and _is_size(measure["value"])
        and _is_count(measure["n"])
        and isinstance(measure["rivals"], list)
        and all(_is_rival(rival) for rival in measure["rivals"])
    )


def _is_rival(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == Rival.__annotations__.keys()
        and _are_words(value["name"])
        and _is_size(value["value"])
    )


def _is_figure(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and all(type(number) in (int, float) for number in entry.values())
        and _is_share(entry.get("value"))
        and _is_count(entry.get("n"))
    )


def _is_training(value: object) -> bool:
    if not isinstance(value, dict):
        return value is None
    tries = value.get("tries")
    return (
        _is_count(value.get("seed"))
        and isinstance(value.get("initialisation"), str)
        and _is_count(value.get("batches"))
        and isinstance(tries, list)
        and all(isinstance(one, dict) for one in tries)
    )


def _are_words(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"en", "ja"}
        and all(isinstance(text, str) for text in value.values())
    )


def _are_examples(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(example, dict)
        and example.keys() - {"unit", "layer"} == {"input", "note"}
        and _are_words(example["note"])
        and _is_count(example.get("unit", 0))
        and _is_count(example.get("layer", 0))
        for example in value
    )


def _are_unit_facts(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(fact, dict)
        and fact.keys() == UnitFact.__annotations__.keys()
        and _are_words(fact["name"])
        and isinstance(fact["state"], str)
        and _is_share(fact["before"])
        and isinstance(fact["units"], list)
        and all(map(_is_follower, fact["units"]))
        for fact in value
    )


def _is_follower(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == Follower.__annotations__.keys()
        and _is_count(value["layer"])
        and _is_count(value["unit"])
        and type(value["r"]) in (int, float)
        and abs(value["r"]) <= 1
    )
