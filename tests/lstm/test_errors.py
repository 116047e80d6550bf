"""Every error has a slug of its own, a sentence, and its facts as plain JSON."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest

from lstm import errors
from lstm.errors import GatescopeError

ALL: list[GatescopeError] = [
    errors.UnknownModel("x", ["a", "b"]),
    errors.UnknownSymbol("x", 3, ["a", "b"]),
    errors.EmptyInput(),
    errors.InputTooLong(10_001, 10_000),
    errors.WantsText(["a"]),
    errors.WantsNumbers(1),
    errors.WantsNumbers(2, 4),
    errors.NotFinite("The number"),
    errors.NotFinite("The number", 4),
    errors.OutOfBounds("The number", 1e6),
    errors.OutOfBounds("The number", 1e6, 4),
    errors.WrongShape("The state", (2, 16), (3,)),
    errors.WrongShape("The list of numbers", (2,), (), 4),
    errors.UnknownQuantity("g", ["f"]),
    errors.NonFinite(4, 1, "c"),
    errors.BadCheckpoint(Path("somewhere/private/x.safetensors"), "it is torn"),
    errors.UnknownTask("x", ["recall"]),
    errors.BadParameter("lag", 201, 1, 200),
    errors.NotEditable("C", "clamp", ["f"]),
    errors.NotEditable("C", "set", []),
    errors.OutOfRange("C_tilde", 2, -1, 1),
    errors.BadParameter("color", ["red"]),
]


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.slug)
def test_an_error_speaks_in_a_sentence_and_carries_plain_facts(error: GatescopeError) -> None:
    assert error.detail == str(error)
    assert error.detail[0].isupper()
    assert error.params == json.loads(json.dumps(error.params, allow_nan=False))
    assert not {"None", "<", "Path"} & set(error.detail.replace(",", " ").split())


def test_all_errors_are_here_and_no_two_share_a_slug() -> None:
    kinds = {kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, GatescopeError)}
    assert {type(error) for error in ALL} == kinds - {GatescopeError}
    assert len({kind.slug for kind in kinds}) == len(kinds)
    assert all(kind.slug == kind.slug.lower() and " " not in kind.slug for kind in kinds)


def test_facts_are_those_given() -> None:
    assert ALL[3].params == {"length": 10_001, "limit": 10_000}
    assert "10,001 steps; at most 10,000" in ALL[3].detail
    assert ALL[6].params == {"input_size": 2, "position": 4}
    assert "2 numbers" in ALL[6].detail
    assert "step 4" in ALL[6].detail
    assert ALL[11].params == {"what": "The state", "expected": [2, 16], "got": [3]}
    assert "2 x 16" in ALL[11].detail
    assert ALL[17].params == {"parameter": "lag", "value": 201, "min": 1, "max": 200}


def test_a_checkpoint_error_does_not_tell_where_files_lie() -> None:
    error = ALL[15]
    assert "private" not in error.detail
    assert error.params == {"file": "x.safetensors", "reason": "it is torn"}
