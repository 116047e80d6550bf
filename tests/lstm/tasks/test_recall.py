"""Recall: the right answer of known inputs, its bounds, and the evenness of what is drawn."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lstm.errors import BadParameter
from lstm.tasks import Mark
from lstm.tasks.recall import Recall

RECALL = Recall()


@pytest.mark.parametrize("lag", [1, 2, 200, 3000])
def test_the_right_answer_stands_at_the_query_alone(lag: int) -> None:
    judgement = RECALL.judge("D" + ("wxyz" * lag)[:lag] + "?")
    assert judgement.off_task is None
    assert judgement.marks == (Mark(0, lag + 1, "recall"),)
    assert judgement.answers == (None,) * (lag + 1) + ("D",)
    assert judgement.truth(lag + 1) == {"D": 1.0}
    assert judgement.truths[: lag + 1] == (None,) * (lag + 1)


def test_before_the_query_there_is_no_answer_and_no_mark_yet() -> None:
    judgement = RECALL.judge("Awx")
    assert judgement.marks == ()
    assert judgement.answers == (None, None, None)
    assert judgement.off_task is None


@pytest.mark.parametrize(
    ("text", "at", "reason", "params"),
    [
        ("wA?", 0, "no-first-symbol", {"symbol": "w"}),
        ("?", 0, "no-first-symbol", {"symbol": "?"}),
        ("AwBw?", 2, "second-symbol", {"symbol": "B", "first": "A"}),
        ("AwA?", 2, "second-symbol", {"symbol": "A", "first": "A"}),
        ("Aw?w?", 3, "after-query", {"symbol": "w"}),
        ("Aw?B", 3, "after-query", {"symbol": "B"}),
    ],
)
def test_from_the_first_symbol_that_the_task_cannot_contain_nothing_is_right(
    text: str, at: int, reason: str, params: dict[str, str]
) -> None:
    judgement = RECALL.judge(text)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (at, reason)
    assert judgement.off_task.params == params
    assert judgement.answers == tuple("A" if t == 2 and reason == "after-query" else None for t in range(len(text)))
    assert len(judgement.marks) == (reason == "after-query")


def test_a_run_that_continues_another_has_no_right_answer() -> None:
    judgement = RECALL.judge("Aw?", has_initial_state=True)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (0, "initial-state")
    assert judgement.answers == (None, None, None)


def test_a_batch_agrees_with_the_judge() -> None:
    batch = RECALL.batch(np.random.default_rng(4), 30, 9)
    assert batch.first == 8
    assert (batch.group == 7).all()
    for b in range(30):
        text = [RECALL.alphabet[s] for s in batch.x[:, b]]
        judgement = RECALL.judge(text)
        assert judgement.off_task is None
        assert judgement.answer(8) == RECALL.outputs[int(batch.answers[0, b].argmax())]
        assert {RECALL.outputs[k]: p for k, p in enumerate(batch.targets[0, b]) if p} == judgement.truth(8)


def test_lags_and_symbols_are_drawn_evenly() -> None:
    rng = np.random.default_rng(8)
    lags = [len(RECALL.batch(rng, 1).x) - 2 for _ in range(20_000)]
    assert (min(lags), max(lags)) == (1, 200)
    counts = np.bincount(lags, minlength=201)[1:]
    assert np.abs(counts - 100).max() < 50  # five standard deviations of a fair count of 100
    x = RECALL.batch(rng, 16_000, 4).x
    for row, symbols in ((x[0], range(8)), (x[1], range(8, 12)), (x[2], range(8, 12)), (x[3], range(12, 13))):
        fair = 16_000 / len(symbols)
        assert [int((row == s).sum()) for s in symbols] == pytest.approx([fair] * len(symbols), abs=5 * fair**0.5)
        assert np.isin(row, symbols).all()


@pytest.mark.parametrize("lag", [1, 20, 200])
def test_an_example_has_the_lag_that_was_asked_for(lag: int) -> None:
    text = RECALL.example(np.random.default_rng(1), lag=lag)
    assert re.fullmatch(rf"[A-H][wxyz]{{{lag}}}\?", text)


def test_an_example_has_a_lag_of_20_when_none_is_asked_for() -> None:
    assert len(RECALL.example(np.random.default_rng(1))) == 22


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"lag": 0}, "from 1 to 200"),
        ({"lag": 201}, "from 1 to 200"),
        ({"lag": True}, "lag"),
        ({"depth": 3}, "depth"),
        ({"rng": 1}, "no such parameter"),
        ({"self": 1}, "no such parameter"),
    ],
)
def test_a_wrong_parameter_is_refused_with_its_bounds(parameters: dict[str, int], says: str) -> None:
    with pytest.raises(BadParameter, match=says):
        RECALL.example(np.random.default_rng(1), **parameters)
