"""From what people type to what a network reads."""

from __future__ import annotations

import math
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm.errors import (
    EmptyInput,
    InputTooLong,
    NotFinite,
    OutOfBounds,
    UnknownSymbol,
    WantsNumbers,
    WantsText,
    WrongShape,
)
from lstm.tokenizers import NumberTokenizer, SymbolTokenizer

BRACKETS = SymbolTokenizer("()[]abcd")


@given(st.text("()[]abcd", min_size=1))
def test_each_symbol_becomes_its_place_in_the_alphabet(text: str) -> None:
    tokens, x = BRACKETS.encode(text)
    assert "".join(map(str, tokens)) == text
    assert "".join(BRACKETS.alphabet[index] for index in x) == text
    assert x.dtype.kind == "i"


@given(st.text(min_size=1))
def test_any_text_is_read_or_refused_at_its_first_unknown_symbol(text: str) -> None:
    known = [unicodedata.normalize("NFKC", symbol) in BRACKETS.alphabet for symbol in text]
    if all(known):
        assert len(BRACKETS.encode(text).x) == len(text)
    else:
        with pytest.raises(UnknownSymbol) as caught:
            BRACKETS.encode(text)
        position = known.index(False)
        assert caught.value.params == {"symbol": text[position], "position": position, "allowed": list("()[]abcd")}


def test_full_width_and_compatibility_forms_are_read_and_shown_as_their_symbol() -> None:
    tokens, x = BRACKETS.encode("\uff08\uff3ba\uff42\uff3d\uff09")
    assert tokens == ["(", "[", "a", "b", "]", ")"]
    assert x.tolist() == [0, 2, 4, 5, 3, 1]


def test_a_symbol_of_the_alphabet_is_never_rewritten() -> None:
    wide = SymbolTokenizer("a\uff41")
    assert wide.encode("\uff41a").tokens == ["\uff41", "a"]


def test_compatibility_forms_of_several_symbols_are_refused() -> None:
    with pytest.raises(UnknownSymbol) as caught:
        BRACKETS.encode("a\u249c")  # "(a)" in one character
    assert caught.value.params["position"] == 1


def test_positions_count_code_points() -> None:
    with pytest.raises(UnknownSymbol, match="position 1") as caught:
        BRACKETS.encode("a\U0001f600b")
    assert caught.value.params["symbol"] == "\U0001f600"


@pytest.mark.parametrize("given_", [[0.1], 3, None, b"ab", ["a"], {"a": 1}])
def test_symbols_want_text(given_: object) -> None:
    with pytest.raises(WantsText) as caught:
        BRACKETS.encode(given_)
    assert caught.value.params == {"allowed": list("()[]abcd")}


def test_length_is_looked_at_before_anything_else() -> None:
    with pytest.raises(EmptyInput):
        BRACKETS.encode("")
    with pytest.raises(InputTooLong) as caught:
        BRACKETS.encode("?" * 11, limit=10)
    assert caught.value.params == {"length": 11, "limit": 10}
    assert len(BRACKETS.encode("a" * 10, limit=10).x) == 10
    with pytest.raises(EmptyInput):
        NumberTokenizer(2).encode([])
    with pytest.raises(InputTooLong):
        NumberTokenizer(2).encode([None] * 11, limit=10)


@pytest.mark.parametrize("alphabet", ["", "aa", ["ab"], ["a", ""]])
def test_an_alphabet_is_of_distinct_single_symbols(alphabet: str | list[str]) -> None:
    with pytest.raises(ValueError, match="alphabet"):
        SymbolTokenizer(alphabet)


BOUNDED = st.floats(-1e6, 1e6) | st.integers(-(10**6), 10**6)


@given(st.lists(st.lists(BOUNDED, min_size=3, max_size=3), min_size=1))
def test_rows_of_numbers_are_read_as_they_are(rows: list[list[float]]) -> None:
    tokens, x = NumberTokenizer(3).encode(rows)
    assert tokens == rows
    assert x.tolist() == rows
    assert x.dtype == np.float64


@given(st.lists(BOUNDED | st.lists(BOUNDED, min_size=1, max_size=1), min_size=1))
def test_one_number_a_step_may_be_bare_or_in_a_list(steps: list[float | list[float]]) -> None:
    flat = [step[0] if isinstance(step, list) else step for step in steps]
    tokens, x = NumberTokenizer(1).encode(steps)
    assert tokens == flat
    assert x.tolist() == [[number] for number in flat]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_are_finite(number: float) -> None:
    with pytest.raises(NotFinite) as caught:
        NumberTokenizer(2).encode([[0, 0], [1, number]])
    assert caught.value.params["position"] == 1


@pytest.mark.parametrize("number", [1e6 + 1, -1e7, 10**400])
def test_numbers_are_bounded(number: float) -> None:
    with pytest.raises(OutOfBounds) as caught:
        NumberTokenizer(1).encode([0, number])
    assert caught.value.params == {"what": "The number", "limit": 1e6, "position": 1}


@pytest.mark.parametrize("row", [[], [1], [1, 2, 3]])
def test_rows_have_the_size_of_the_input(row: list[float]) -> None:
    with pytest.raises(WrongShape) as caught:
        NumberTokenizer(2).encode([[0, 0], row])
    assert caught.value.params["expected"] == [2]
    assert caught.value.params["got"] == [len(row)]
    assert caught.value.params["position"] == 1


@pytest.mark.parametrize("given_", ["0.5", 0.5, None, {"0": 1}, [["a"]], [True], [[None]], [[[1]]], ["1"]])
def test_numbers_want_numbers(given_: object) -> None:
    with pytest.raises(WantsNumbers) as caught:
        NumberTokenizer(1).encode(given_)
    assert caught.value.params["input_size"] == 1


def test_a_step_without_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        NumberTokenizer(0)
