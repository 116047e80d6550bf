"""Facts about a play, written out by hand, one digit under each character."""

from __future__ import annotations

import numpy as np
import pytest

from lstm.explain.plays import NAMES, facts

TEXT = "[Exit.]//A MAN./Don't go, Sir! Why?//ALL./No"
HAND = {
    "name": "00000000011111000000000000000000000001110000",
    "direction": "11111100000000000000000000000000000000000000",
    "capital": "01000000010111001000000000100001000001110010",
    "vowel": "01010000010010000100000100010000000001000001",
    "space": "00000000001000000000010001000010000000000000",
    "break": "00000001100000010000000000000000000110000100",
    "end": "00000100000000100000000000000100001000001000",
    "comma": "00000000000000000000000010000000000000000000",
    "apostrophe": "00000000000000000001100000000000000000000000",
    "word": "01234000010123001234501200123001230001230012",
}
LINE = [*range(1, 8), 0, 0, *range(1, 7), 0, *range(1, 20), 0, 0, *range(1, 5), 0, 1, 2]
SPEECH = [*range(1, 9), *range(28), *range(8)]
SENTENCE = [*range(1, 6), *range(9), *range(15), *range(5), *range(6), *range(4)]


@pytest.mark.parametrize("key", HAND)
def test_a_fact_is_as_written_out_by_hand(key: str) -> None:
    assert "".join(f"{value:.0f}" for value in facts(TEXT, "/")[key]) == HAND[key]


def test_lengths_so_far_are_counted() -> None:
    found = facts(TEXT, "/")
    assert found["line"].tolist() == LINE
    assert found["speech"] == pytest.approx(np.log1p(SPEECH))
    assert found["sentence"] == pytest.approx(np.log1p(SENTENCE))


def test_every_fact_has_its_words_in_both_languages() -> None:
    assert facts("A", "/").keys() == NAMES.keys()
    assert all(words.keys() == {"en", "ja"} and all(words.values()) for words in NAMES.values())
