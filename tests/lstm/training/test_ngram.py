"""Kneser–Ney: a small text computed by hand, a literal transcription of the formulas, and distributions that add up."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from lstm.training.ngram import KneserNey, _discounts


def indices(text: str) -> NDArray[np.uint8]:
    return np.array(["abcd".index(symbol) for symbol in text], np.uint8)


def last(model: KneserNey, text: str) -> float:
    """The probability of a text's last symbol after the others."""
    return float(model.probabilities(indices(text))[-1])


@pytest.mark.parametrize(
    ("text", "p"),
    [
        # a comes after two symbols, b and c after one each: (2 − ½)/4 + (3·½/4)/3, and (1 − ½)/4 + (3·½/4)/3.
        *[("a", 1 / 2), ("b", 1 / 4), ("c", 1 / 4)],
        # After a: b twice, c once, so (2 − ½)/3, (1 − ½)/3 and 0, and 2·½/3 of the above.
        *[("ab", 7 / 12), ("ac", 3 / 12), ("aa", 2 / 12)],
        # After b: a once.
        *[("ba", 3 / 4), ("bb", 1 / 8), ("bc", 1 / 8)],
    ],
)
def test_a_small_text_is_as_computed_by_hand(text: str, p: float) -> None:
    model = KneserNey(indices("abacab"), 2, 3, discount=0.5)
    assert last(model, text) == pytest.approx(p, abs=1e-15)


def transcribed(text: str, order: int, discount: float, wanted: str) -> float:
    """The formulas of Chen & Goodman 1999 word for word, with one discount: p(last symbol | those before it)."""

    @cache
    def counts(n: int) -> Counter[str]:
        if n == order:
            return Counter(text[at : at + n] for at in range(len(text) - n + 1))
        return Counter(gram[1:] for gram in {*counts(n + 1)})

    def p(gram: str) -> float:
        if gram == "":
            return 1 / 4
        of_length = counts(len(gram))
        followers = [of_length[gram[:-1] + symbol] for symbol in "abcd"]
        if sum(followers) == 0:
            return p(gram[1:])
        kinds = sum(count > 0 for count in followers)
        kept = max(of_length[gram] - discount, 0) / sum(followers)
        return kept + discount * kinds / sum(followers) * p(gram[1:])

    return p(wanted[-order:])


def test_three_symbols_back_is_as_the_formulas_say() -> None:
    rng = np.random.default_rng(0)
    text = "".join("aabbbcd"[at] for at in rng.integers(7, size=60)) + "abcabcabcd"
    model = KneserNey(indices(text), 4, 4, discount=0.75)
    wanted = "dabcabbacddabca"
    found = model.probabilities(indices(wanted))
    expected = [transcribed(text, 4, 0.75, wanted[: t + 1]) for t in range(len(wanted))]
    assert found == pytest.approx(expected, abs=1e-12)
    assert len(set(np.round(expected, 6))) > 8  # the example has many different cases in it


@pytest.mark.parametrize("context", ["", "a", "ab", "dd", "abcab", "dcdcdc"])
def test_the_probabilities_of_all_symbols_add_up_to_one(context: str) -> None:
    rng = np.random.default_rng(1)
    text = indices("".join("aaabbc"[at] for at in rng.integers(6, size=300)))  # d is never seen
    model = KneserNey(text, 5, 4)
    every = [last(model, context + symbol) for symbol in "abcd"]
    assert sum(every) == pytest.approx(1, abs=1e-12)
    assert min(every) > 0


def test_the_discounts_are_those_that_the_numbers_of_counts_give() -> None:
    # n₁…n₄ = 4, 2, 1, 1: Y = 4/8, so 1 − 2Y·2/4, 2 − 3Y·1/2, 3 − 4Y·1/1.
    found = _discounts(np.array([1, 1, 1, 1, 2, 2, 3, 4, 9]))
    assert found.tolist() == [0, 0.5, 1.25, 1.0]


def test_it_learns_what_is_regular() -> None:
    model = KneserNey(indices("abc" * 200), 3, 4, discount=0.5)
    p = model.probabilities(indices("abcabc"))
    assert (p[2:] > 0.99).all()


def test_an_ngram_has_to_fit_in_a_number() -> None:
    with pytest.raises(ValueError, match="11-grams of 64 symbols do not fit"):
        KneserNey(np.zeros(20, np.uint8), 11, 64)
