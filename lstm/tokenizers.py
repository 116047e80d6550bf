"""From what a person gives to what a network reads, one token a step.

Positions count code points from 0. Does not know networks, models or JSON.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm.errors import (
    BadParameter,
    EmptyInput,
    InputTooLong,
    NotFinite,
    OutOfBounds,
    UnknownSymbol,
    WantsNumbers,
    WantsText,
    WrongShape,
)


class Encoded(NamedTuple):
    """An input as the network reads it.

    `tokens` are what each step stands for: the symbols after normalisation, or the numbers as given. `x` holds the
    indices of one-hot vectors, integers (T,), or floats (T, X).
    """

    tokens: list[str] | list[float] | list[list[float]]
    x: NDArray[Any]


def replaced(tokenizer: SymbolTokenizer | NumberTokenizer, encoded: Encoded, t: int, token: object) -> Encoded:
    """The same input with another token at step `t`. Raises BadParameter, or what the tokenizer does, at position t."""
    steps = len(encoded.tokens)
    if not 0 <= t < steps:
        raise BadParameter("t", t, 0, steps - 1)
    one = tokenizer.encode_one(token, t)
    x = encoded.x.copy()
    x[t] = one.x[0]
    return Encoded([*encoded.tokens[:t], *one.tokens, *encoded.tokens[t + 1 :]], x)


class SymbolTokenizer:
    """One symbol of a small alphabet a step, as the index of a one-hot vector."""

    def __init__(self, alphabet: Sequence[str]) -> None:
        """`alphabet`: distinct single code points, in the order of the network's input. Raises ValueError otherwise."""
        if not alphabet or len(set(alphabet)) != len(alphabet) or any(len(symbol) != 1 for symbol in alphabet):
            raise ValueError("an alphabet holds at least one symbol, each a single code point, none twice")
        self.alphabet = tuple(alphabet)
        self.input_size = len(self.alphabet)
        self._index = {symbol: index for index, symbol in enumerate(self.alphabet)}

    def encode(self, given: object, limit: int | None = None) -> Encoded:
        """Each code point of a string as one step; at most `limit` of them.

        A code point outside the alphabet whose compatibility form (NFKC) is one symbol of it, such as a full-width
        bracket, is read as that symbol, and `tokens` shows it so. Nothing else is rewritten. Raises WantsText,
        EmptyInput, InputTooLong, UnknownSymbol.
        """
        if not isinstance(given, str):
            raise WantsText(self.alphabet)
        _check_length(len(given), limit)
        return self._encoded([self._symbol(symbol, position) for position, symbol in enumerate(given)])

    def encode_one(self, given: object, position: int) -> Encoded:
        """One step, to stand at a position. Raises WantsText, UnknownSymbol."""
        if not isinstance(given, str):
            raise WantsText(self.alphabet)
        return self._encoded([self._symbol(given, position)])

    def _encoded(self, tokens: list[str]) -> Encoded:
        return Encoded(tokens, np.array([self._index[symbol] for symbol in tokens], dtype=np.intp))

    def _symbol(self, symbol: str, position: int) -> str:
        if symbol in self._index:
            return symbol
        compatible = unicodedata.normalize("NFKC", symbol)
        if compatible in self._index:
            return compatible
        raise UnknownSymbol(symbol, position, self.alphabet)


class NumberTokenizer:
    """One number, or one list of `input_size` numbers, a step."""

    BOUND: ClassVar[float] = 1e6
    """The largest size of a number given by a caller: squares and sums of such stay far inside float32."""

    def __init__(self, input_size: int) -> None:
        """`input_size`: how many numbers a step has, at least one. Raises ValueError otherwise."""
        if input_size < 1:
            raise ValueError("a step has at least one number")
        self.alphabet = None
        self.input_size = input_size

    def encode(self, given: object, limit: int | None = None) -> Encoded:
        """Each entry of a list as one step; at most `limit` of them. A bare number is a step where `input_size` is 1.

        Raises WantsNumbers, EmptyInput, InputTooLong, WrongShape, NotFinite, OutOfBounds.
        """
        if isinstance(given, (str, bytes)) or not isinstance(given, Sequence):
            raise WantsNumbers(self.input_size)
        _check_length(len(given), limit)
        return self._encoded([self._row(entry, position) for position, entry in enumerate(given)])

    def encode_one(self, given: object, position: int) -> Encoded:
        """One step, to stand at a position. Raises WantsNumbers, WrongShape, NotFinite, OutOfBounds."""
        return self._encoded([self._row(given, position)])

    def _encoded(self, rows: list[list[float]]) -> Encoded:
        tokens = [row[0] for row in rows] if self.input_size == 1 else rows
        return Encoded(tokens, np.array(rows, dtype=np.float64))

    def _row(self, entry: object, position: int) -> list[float]:
        bare = isinstance(entry, (int, float)) and self.input_size == 1
        numbers = [entry] if bare else entry
        if not isinstance(numbers, (list, tuple)):
            raise WantsNumbers(self.input_size, position)
        if len(numbers) != self.input_size:
            raise WrongShape("The list of numbers", (self.input_size,), (len(numbers),), position)
        return [self._number(number, position) for number in numbers]

    def _number(self, number: object, position: int) -> float:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise WantsNumbers(self.input_size, position)
        if isinstance(number, float) and not math.isfinite(number):
            raise NotFinite("The number", position)
        if abs(number) > self.BOUND:
            raise OutOfBounds("The number", self.BOUND, position)
        return float(number)


def _check_length(length: int, limit: int | None) -> None:
    if length == 0:
        raise EmptyInput
    if limit is not None and length > limit:
        raise InputTooLong(length, limit)
