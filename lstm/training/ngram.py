"""Interpolated Kneser–Ney n-grams: how probable counting alone makes each symbol after the few before it.

The rival without a network: Kneser & Ney 1995, with the three discounts of Chen & Goodman 1999 ("modified"). It looks
at most `order` − 1 symbols back. Does not know networks, nor what the symbols stand for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Symbols = NDArray[np.integer]
Numbers = NDArray[np.int64]
Values = NDArray[np.float64]

MOST: Final = 2**62
"""An n-gram is one number in base `symbols`, which has to stay below this."""
TOO_FEW: Final = 0.5
"""A discount where there are too few n-grams of the counts 1 to 4 to estimate it from."""


@dataclass(frozen=True, slots=True)
class _Level:
    """What is known of n-grams of one length: each one seen, less its discount, and each context seen.

    `kept`: (count − discount) / total of its context. `given`: what its context's discounts leave to the shorter one.
    """

    grams: Numbers
    kept: Values
    contexts: Numbers
    given: Values


class KneserNey:
    """The n-grams of a text; `symbols` is the size of its alphabet, whose indices the text holds.

    `discount`: one for all counts and lengths, in place of the estimated ones. Raises ValueError where an n-gram is too
    long for one number.
    """

    def __init__(self, text: Symbols, order: int, symbols: int, discount: float | None = None) -> None:
        if symbols**order >= MOST:
            raise ValueError(f"{order}-grams of {symbols} symbols do not fit in a number")
        self._symbols = symbols
        self._levels: list[_Level] = []
        grams, counts = np.unique(self._grams(text, order), return_counts=True)
        for length in range(order, 0, -1):
            self._levels.insert(0, _level(grams, counts, symbols, discount))
            # A shorter n-gram counts by how many symbols it was seen after, not by how often.
            grams, counts = np.unique(grams % symbols ** (length - 1), return_counts=True)

    def probabilities(self, text: Symbols) -> Values:
        """Return the probability of each symbol of a text (T,), after as many before it as the order reaches back."""
        p = np.full(len(text), 1 / self._symbols)
        for length, level in enumerate(self._levels, start=1):
            if len(text) < length:
                break
            grams = self._grams(text, length)
            given = _looked_up(level.contexts, level.given, grams // self._symbols, missing=1.0)
            p[length - 1 :] = _looked_up(level.grams, level.kept, grams, missing=0.0) + given * p[length - 1 :]
        return p

    def _grams(self, text: Symbols, length: int) -> Numbers:
        """Each `length` symbols in a row as one number, the last symbol its last digit."""
        grams = np.zeros(max(0, len(text) - length + 1), np.int64)
        for back in range(length):
            grams = grams * self._symbols + text[back : back + len(grams)]
        return grams


def _level(grams: Numbers, counts: Numbers, symbols: int, discount: float | None) -> _Level:
    discounts = _discounts(counts)[np.minimum(counts, 3)] if discount is None else np.full(len(counts), discount)
    contexts, place = np.unique(grams // symbols, return_inverse=True)
    totals = np.bincount(place, counts)
    return _Level(grams, (counts - discounts) / totals[place], contexts, np.bincount(place, discounts) / totals)


def _discounts(counts: Numbers) -> Values:
    """What is taken off a count of 1, of 2, and of 3 or more, at these places; the numbers of each count decide."""
    n = np.bincount(np.minimum(counts, 5), minlength=6)[:5].astype(float)
    if not n[1:].all():
        return np.full(4, TOO_FEW)
    y = n[1] / (n[1] + 2 * n[2])
    least, most = np.zeros(4), np.arange(4.0)
    found = np.array([0, 1 - 2 * y * n[2] / n[1], 2 - 3 * y * n[3] / n[2], 3 - 4 * y * n[4] / n[3]])
    kept: Values = np.minimum(np.maximum(found, least), most)
    return kept


def _looked_up(keys: Numbers, values: Values, wanted: Numbers, missing: float) -> Values:
    """The value of each wanted key, keys in ascending order."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], missing)
