"""Reber: strings that a published page lists as right and wrong, and drawn ones against a regular expression."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from lstm.errors import BadParameter
from lstm.tasks import TASKS, Mark
from tests.lstm.tasks.agreement import assert_agrees, texts

REBER = TASKS["reber"]
ALPHABET = "BTPSXVE"

# The same language, written without its graph.
LOOP = "T*V(?:PXT*V)*(?:V|PS)"
INNER = f"B(?:TS*X(?:S|X{LOOP})|P{LOOP})E"
EMBEDDED = re.compile(f"B(?:T{INNER}T|P{INNER}P)E")
# The shortest way to the end from every place.
ENDINGS = ["", "E"] + [
    f"{outer}{inner}{letter}E"
    for letter in "TP"
    for outer in ("", "B" + letter, letter)
    for inner in ("", "E", "VE", "SE", "VVE", "XSE", "TXSE", "BTXSE")
]


def can_follow(prefix: str) -> set[str]:
    """The symbols with which a prefix can still become a string of the language."""
    return {s for s in ALPHABET if any(EMBEDDED.fullmatch(prefix + s + ending) for ending in ENDINGS)}


@pytest.mark.parametrize("inner", ["BTSSXXTVVE", "BPVVE", "BTXXVPSE", "BPVPXVPXVPXVVE", "BTSXXVPSE"])
@pytest.mark.parametrize("letter", "TP")
def test_listed_reber_strings_are_right_between_two_equal_letters(inner: str, letter: str) -> None:
    """The strings of cnl.salk.edu/~schraudo/teach/NNcourse/reber.html."""
    text = f"B{letter}{inner}{letter}E"
    judgement = REBER.judge(text)
    assert judgement.off_task is None
    assert judgement.marks == (Mark(1, len(text) - 2, "same"),)
    assert judgement.answers[-3:] == (letter, "E", None)


@pytest.mark.parametrize(
    ("inner", "at"), [("BTSSPXSE", 4), ("BPTVVB", 5), ("BTXXVVSE", 6), ("BPVSPSE", 3), ("BTSSSE", 5)]
)
def test_listed_strings_that_are_not_reber_are_off_the_task_at_the_first_wrong_symbol(inner: str, at: int) -> None:
    judgement = REBER.judge(f"BT{inner}TE")
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (2 + at, "not-in-grammar")
    assert judgement.marks == ()
    assert all(answer is None for answer in judgement.answers[2 + at :])


@pytest.mark.parametrize(
    ("text", "at", "reason", "params"),
    [
        ("TB", 0, "not-in-grammar", {"symbol": "T", "allowed": "B"}),
        ("BTBTV", 4, "not-in-grammar", {"symbol": "V", "allowed": "S / X"}),
        ("BTBPVVEPE", 7, "other-letter", {"symbol": "P", "first": "T"}),
        ("BPBPVVES", 7, "other-letter", {"symbol": "S", "first": "P"}),
        ("BPBPVVEPX", 8, "not-in-grammar", {"symbol": "X", "allowed": "E"}),
        ("BPBPVVEPEB", 9, "after-end", {"symbol": "B"}),
    ],
)
def test_from_the_first_symbol_that_the_task_cannot_contain_nothing_is_right(
    text: str, at: int, reason: str, params: dict[str, str]
) -> None:
    judgement = REBER.judge(text)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (at, reason)
    assert judgement.off_task.params == params
    assert judgement.answers[at:] == (None,) * (len(text) - at)
    assert judgement.truths[at:] == (None,) * (len(text) - at)


def test_the_answer_is_every_symbol_that_can_follow_and_each_is_as_probable() -> None:
    for text in texts(REBER, REBER.batch(np.random.default_rng(1), 200)):
        judgement = REBER.judge(text)
        assert judgement.off_task is None
        for t in range(len(text)):
            expected = can_follow(text[: t + 1])
            answer, truth = judgement.answers[t], judgement.truths[t]
            assert set(answer if isinstance(answer, tuple) else [answer] if answer else []) == expected
            assert truth == ({symbol: 1 / len(expected) for symbol in expected} or None)


def test_drawn_strings_are_of_the_language_and_as_long_as_edges_chosen_evenly_make_them() -> None:
    drawn = texts(REBER, REBER.batch(np.random.default_rng(2), 20_000))
    assert all(EMBEDDED.fullmatch(text + "E") or EMBEDDED.fullmatch(text) for text in drawn)
    lags = Counter(len(text.removesuffix("E")) - 2 for text in drawn)
    # BTXSE and BPVVE take three choices each; BTSXSE, BPTVVE, BPVPSE four; the next four strings five.
    for lag, p in ((6, 2 / 8), (7, 3 / 16), (8, 4 / 32)):
        assert lags[lag] / 20_000 == pytest.approx(p, abs=5 * (p * (1 - p) / 20_000) ** 0.5)


def test_of_a_given_lag_every_string_is_as_probable() -> None:
    inner = ("BTSSXSE", "BPTTVVE", "BTXXVVE", "BPTVPSE")
    x = REBER.batch(np.random.default_rng(3), 16_000, 11).x
    counts = Counter("".join(ALPHABET[s] for s in x[:, b]) for b in range(16_000))
    assert set(counts) == {f"B{letter}{one}{letter}E" for one in inner for letter in "TP"}
    assert list(counts.values()) == pytest.approx([2_000] * 8, abs=5 * 2_000**0.5)


@pytest.mark.parametrize("length", [None, 9, 23, 103])
def test_a_batch_agrees_with_the_judge_and_knows_its_lags(length: int | None) -> None:
    batch = REBER.batch(np.random.default_rng(4), 60, length)
    assert_agrees(REBER, batch)
    for b in range(60):
        text = "".join(ALPHABET[s] for s in batch.x[:, b]).rstrip("E") + "E"
        assert EMBEDDED.fullmatch(text)
        assert (batch.group[:, b] == len(text) - 3).all()
        assert length in (None, len(text))


def test_no_string_is_shorter_than_nine() -> None:
    with pytest.raises(ValueError, match="9 symbols at least, not 8"):
        REBER.batch(np.random.default_rng(0), 2, 8)


def test_a_run_that_continues_another_has_no_right_answer() -> None:
    judgement = REBER.judge("BTB", has_initial_state=True)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (0, "initial-state")
    assert judgement.answers == (None,) * 3


@pytest.mark.parametrize("lag", [6, 13, 100])
def test_an_example_has_the_lag_that_was_asked_for(lag: int) -> None:
    text = REBER.example(np.random.default_rng(5), lag=lag)
    assert isinstance(text, str)
    assert EMBEDDED.fullmatch(text)
    assert len(text) == lag + 3


def test_a_lag_that_no_string_has_is_refused() -> None:
    with pytest.raises(BadParameter, match="from 6 to 100"):
        REBER.example(np.random.default_rng(0), lag=5)
