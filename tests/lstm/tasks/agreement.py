"""A batch of a task over symbols and the task's judge say the same of every step."""

from __future__ import annotations

import numpy as np
import pytest

from lstm.tasks import Batch, Task


def texts(task: Task, batch: Batch) -> list[str]:
    """The sequences of a batch as text, without what stands after the last scored step."""
    assert task.alphabet is not None
    scored = np.ones(batch.group.shape, np.bool_) if batch.scored is None else batch.scored
    assert (scored[:-1] | ~scored[1:]).all(), "what does not count comes last"
    ends = batch.first + scored.sum(axis=0)
    return ["".join(task.alphabet[s] for s in batch.x[: ends[b], b]) for b in range(batch.x.shape[1])]


def assert_agrees(task: Task, batch: Batch) -> None:
    """Hold the answers and truths of each step of a batch to those of the judge; those not scored have none."""
    assert task.outputs is not None
    for b, text in enumerate(texts(task, batch)):
        judgement = task.judge(text)
        assert judgement.off_task is None
        assert all(answer is None for answer in judgement.answers[: batch.first])
        for t in range(batch.first, len(batch.x)):
            answers, targets = batch.answers[t - batch.first, b], batch.targets[t - batch.first, b]
            named = tuple(symbol for symbol, is_named in zip(task.outputs, answers, strict=True) if is_named)
            if t >= len(text):
                assert named == ()
                continue
            answer = judgement.answers[t]
            expected = (answer,) if isinstance(answer, str) else answer or ()
            assert isinstance(expected, tuple)
            assert set(named) == set(expected)
            drawn = {symbol: float(p) for symbol, p in zip(task.outputs, targets, strict=True) if p}
            assert drawn == pytest.approx(judgement.truths[t], abs=1e-7)
