"""Long lag: the two sequences of the paper's experiment 2a with p = 100, and every way to leave them."""

from __future__ import annotations

import numpy as np
import pytest

from lstm.errors import BadParameter
from lstm.tasks import TASKS, Batch, Mark
from lstm.tokenizers import SymbolTokenizer
from tests.lstm.tasks.agreement import assert_agrees, texts

TASK = TASKS["long-lag"]
MIDDLE = (
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvw"
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらり"
)


@pytest.mark.parametrize("end", "xy")
def test_each_symbol_is_followed_by_the_next_and_the_last_is_the_first_again(end: str) -> None:
    text = end + MIDDLE + end
    judgement = TASK.judge(text)
    assert len(text) == 101
    assert judgement.off_task is None
    assert judgement.answers == (*MIDDLE, end, None)
    assert judgement.truths == (*({symbol: 1.0} for symbol in MIDDLE + end), None)
    assert judgement.marks == (Mark(0, 100, "same"),)


def test_what_is_typed_so_far_has_its_answers_and_no_mark_yet() -> None:
    judgement = TASK.judge("y012")
    assert judgement.answers == ("0", "1", "2", "3")
    assert judgement.marks == ()
    assert judgement.off_task is None


@pytest.mark.parametrize(
    ("text", "at", "reason", "params"),
    [
        ("0123", 0, "no-x-or-y", {"symbol": "0"}),
        ("xx", 1, "not-next", {"symbol": "x", "due": "0"}),
        ("x013", 3, "not-next", {"symbol": "3", "due": "2"}),
        ("x" + MIDDLE + "y", 100, "not-next", {"symbol": "y", "due": "x"}),
        ("x" + MIDDLE + "xx", 101, "after-end", {"symbol": "x"}),
    ],
)
def test_from_the_first_symbol_that_the_task_cannot_contain_nothing_is_right(
    text: str, at: int, reason: str, params: dict[str, str]
) -> None:
    judgement = TASK.judge(text)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (at, reason)
    assert judgement.off_task.params == params
    right = tuple(MIDDLE + text[0])[:at]
    assert judgement.answers == right + (None,) * (len(text) - len(right))
    assert len(judgement.marks) == (at == 101)


def test_a_run_that_continues_another_has_no_right_answer() -> None:
    judgement = TASK.judge("x0", has_initial_state=True)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (0, "initial-state")
    assert judgement.answers == (None, None)


def test_there_are_101_symbols_that_a_person_can_type_as_they_stand() -> None:
    assert TASK.alphabet == tuple(MIDDLE + "xy") == TASK.outputs
    tokenizer = SymbolTokenizer(TASK.alphabet)
    assert tokenizer.encode("ｘ０Ａ").tokens == ["x", "0", "A"]


def test_a_batch_holds_the_two_sequences_evenly_and_agrees_with_the_judge() -> None:
    batch = TASK.batch(np.random.default_rng(1), 2_000)
    drawn = texts(TASK, batch)
    assert set(drawn) == {"x" + MIDDLE, "y" + MIDDLE}
    assert drawn.count("x" + MIDDLE) == pytest.approx(1_000, abs=5 * 500**0.5)
    assert (batch.group == 100).all()
    assert_agrees(TASK, batch.part(slice(0, 20)))


def test_practice_takes_turns_and_scores_the_last_step_alone_in_every_other_batch() -> None:
    rng = np.random.default_rng(3)
    batches = [TASK.batch(rng, 4, practice=True) for _ in range(400)]
    assert all(batch.x[0].tolist() == [99, 100, 99, 100] for batch in batches)
    for first in (0, 99):
        some = [batch for batch in batches if batch.first == first]
        assert len(some) == pytest.approx(200, abs=50)  # five standard deviations
        assert_agrees_from(first, some[0])


def assert_agrees_from(first: int, batch: Batch) -> None:
    """The judge asks at every step; a batch may score the last alone."""
    for b, text in enumerate(texts(TASK, batch)):
        assert len(text) == 100
        named = [tuple(MIDDLE + "xy").index(str(answer)) for answer in TASK.judge(text).answers[first:]]
        assert batch.answers[:, b].nonzero()[1].tolist() == named
        assert batch.targets[:, b].nonzero()[1].tolist() == named


def test_a_test_scores_every_tenth_step_and_asks_at_every_one() -> None:
    batch = TASK.batch(np.random.default_rng(4), 3, 101)
    assert batch.scored is not None
    assert [scored.nonzero()[0].tolist() for scored in batch.scored.T] == [list(range(9, 100, 10))] * 3
    assert batch.asked.all()
    unscored = TASK.batch(np.random.default_rng(4), 3)
    assert unscored.scored is None
    assert np.array_equal(unscored.x, batch.x)
    assert np.array_equal(unscored.answers, batch.answers)


def test_no_other_length_can_be_drawn() -> None:
    assert TASK.batch(np.random.default_rng(0), 2, 101).x.shape == (100, 2)
    with pytest.raises(ValueError, match="101 symbols, not 100"):
        TASK.batch(np.random.default_rng(0), 2, 100)


def test_an_example_is_one_of_the_two_and_takes_no_parameter() -> None:
    rng = np.random.default_rng(2)
    assert {TASK.example(rng) for _ in range(20)} == {end + MIDDLE + end for end in "xy"}
    with pytest.raises(BadParameter, match="no such parameter"):
        TASK.example(rng, lag=50)
