"""Count: the right answers of known inputs, and of drawn sequences against plain counting of letters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm.errors import BadParameter
from lstm.tasks import TASKS, Mark
from tests.lstm.tasks.agreement import assert_agrees, texts

COUNT = TASKS["count"]
OPEN = {"a": 0.8, "b": 0.2}


def by_counting(prefix: str) -> str | None:
    """What is certain after a prefix: from how many a's and b's stand after the last $."""
    block = prefix.rpartition("$")[2]
    a, b = block.count("a"), block.count("b")
    if block == "":
        return "a"
    if b == 0:
        return None
    return "b" if b < a else "$"


def test_a_known_input_has_its_known_pairs_and_answers() -> None:
    judgement = COUNT.judge("aabb$ab$")
    assert judgement.answers == (None, None, "b", "$", "a", None, "$", "a")
    assert judgement.truths[:3] == (OPEN, OPEN, {"b": 1.0})
    assert judgement.marks == (Mark(0, 3, "pair"), Mark(1, 2, "pair"), Mark(5, 6, "pair"))
    assert judgement.off_task is None


@pytest.mark.parametrize("n", [1, 12, 13, 500])
def test_the_end_is_due_after_the_nth_b_alone_however_large_n_is(n: int) -> None:
    judgement = COUNT.judge("a" * n + "b" * n)
    assert judgement.off_task is None
    assert judgement.answers == (None,) * n + ("b",) * (n - 1) + ("$",)


@pytest.mark.parametrize(
    ("text", "at", "reason", "params"),
    [
        ("ba", 0, "no-a", {"symbol": "b"}),
        ("$", 0, "no-a", {"symbol": "$"}),
        ("ab$$", 3, "no-a", {"symbol": "$"}),
        ("aaba", 3, "too-few-b", {"symbol": "a", "missing": 1}),
        ("aaab$", 4, "too-few-b", {"symbol": "$", "missing": 2}),
        ("a$", 1, "too-few-b", {"symbol": "$", "missing": 1}),
        ("aabbb", 4, "end-due", {"symbol": "b"}),
        ("aabba", 4, "end-due", {"symbol": "a"}),
    ],
)
def test_from_the_first_symbol_that_the_task_cannot_contain_nothing_is_right(
    text: str, at: int, reason: str, params: dict[str, object]
) -> None:
    judgement = COUNT.judge(text)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (at, reason)
    assert judgement.off_task.params == params
    assert judgement.answers[at:] == (None,) * (len(text) - at)
    assert judgement.truths[at:] == (None,) * (len(text) - at)
    assert all(truth is not None for truth in judgement.truths[:at])


@given(st.text(alphabet="ab$", min_size=1, max_size=30))
def test_answers_follow_from_plain_counts(text: str) -> None:
    judgement = COUNT.judge(text)
    end = judgement.off_task.from_ if judgement.off_task else len(text)
    assert judgement.answers[:end] == tuple(by_counting(text[: t + 1]) for t in range(end))
    if end < len(text):  # and only there the rest is no prefix of any sequence
        due = "ab" if by_counting(text[:end]) is None else by_counting(text[:end])
        assert due is not None
        assert text[end] not in due


def test_a_run_that_continues_another_has_no_right_answer() -> None:
    judgement = COUNT.judge("ab$", has_initial_state=True)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (0, "initial-state")
    assert judgement.answers == (None,) * 3
    assert judgement.truths == (None,) * 3


@pytest.mark.parametrize("length", [None, 1, 12, 30])
@pytest.mark.parametrize("practice", [False, True])
def test_a_batch_agrees_with_the_judge(length: int | None, practice: bool) -> None:
    assert_agrees(COUNT, COUNT.batch(np.random.default_rng(1), 40, length, practice=practice))


@pytest.mark.parametrize("n", [1, 7, 30])
def test_a_test_sequence_ends_with_the_block_that_counts_after_up_to_three_of_training(n: int) -> None:
    batch = COUNT.batch(np.random.default_rng(2), 400, n)
    blocks = [text.removesuffix("$").split("$") for text in texts(COUNT, batch)]
    assert {len(one) for one in blocks} == {1, 2, 3, 4}
    assert all(one[-1] == "a" * n + "b" * n for one in blocks)
    assert {len(block) // 2 for one in blocks for block in one[:-1]} == set(range(1, 13))
    assert (batch.group[-1] == n).all()


def test_training_draws_n_evenly_up_to_12() -> None:
    batch = COUNT.batch(np.random.default_rng(3), 20_000, practice=True)
    first = np.array([text.index("b") for text in texts(COUNT, batch)])
    counts = np.bincount(first, minlength=13)
    fair = 20_000 / 12
    assert counts[0] == 0
    assert counts[1:] == pytest.approx([fair] * 12, abs=5 * fair**0.5)


def test_an_example_has_the_n_that_was_asked_for() -> None:
    assert COUNT.example(np.random.default_rng(0), n=3) == "aaabbb$"
    assert COUNT.example(np.random.default_rng(0)) == "aaaaabbbbb$"
    with pytest.raises(BadParameter, match="from 1 to 100"):
        COUNT.example(np.random.default_rng(0), n=0)
