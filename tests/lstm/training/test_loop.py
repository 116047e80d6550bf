"""The loop: learning, and the same network from the same seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lstm.tasks import TASKS
from lstm.training.loop import Report, Settings, accuracy, train

TINY = Settings(
    hidden_size=8,
    initialisation="uniform",
    learning_rate=2e-2,
    batches=60,
    batch_size=16,
    span=10,
    together=4,
    seed=7,
)


def test_accuracy_counts_the_steps_that_have_an_answer() -> None:
    batch = TASKS["brackets"].batch(np.random.default_rng(1), 6, 12)
    logits = np.zeros((12, 6, 8))
    logits[batch.answers] = 1
    assert accuracy(logits, batch) == 1
    t, b = np.argwhere(batch.asked)[0]
    logits[t, b] = np.roll(logits[t, b], 1)
    asked = int(batch.asked.sum())
    assert accuracy(logits, batch) == pytest.approx(1 - 1 / asked)


@pytest.mark.parametrize("cell", ["lstm", "rnn", "gru"])
def test_a_short_training_lowers_the_loss(cell: str) -> None:
    reports: list[Report] = []
    train(TASKS["brackets"], cell, TINY, reports.append)
    assert [report.batch for report in reports] == list(range(1, 61))
    first, last = (np.mean([report.loss for report in part]) for part in (reports[:5], reports[-5:]))
    assert last < first - 0.1  # of the 0.4 or so between a uniform guess and the truth's own entropy


def test_the_same_settings_give_the_same_network_bit_for_bit() -> None:
    one, same = (train(TASKS["brackets"], "lstm", replace(TINY, batches=10)) for _ in range(2))
    other = train(TASKS["brackets"], "lstm", replace(TINY, batches=10, seed=8))
    for name, values in one.parameters().items():
        assert values.dtype == np.float32
        assert np.array_equal(values, same.parameters()[name])
    assert not np.array_equal(one.parameters()["weight_ih_l0"], other.parameters()["weight_ih_l0"])


def test_recall_is_learned_from_its_last_step_alone() -> None:
    """The shortest lags only, so that a test can wait for it: the network must name the symbol in the end."""

    class ShortRecall:
        def __getattr__(self, name: str) -> object:
            return getattr(TASKS["recall"], name)

        def batch(
            self, rng: np.random.Generator, size: int, length: int | None = None, *, practice: bool = False
        ) -> object:
            return TASKS["recall"].batch(rng, size, length or 5, practice=practice)

    reports: list[Report] = []
    settings = replace(TINY, hidden_size=16, batches=250, together=1, batch_size=32)
    train(ShortRecall(), "gru", settings, reports.append)  # type: ignore[arg-type]
    assert np.mean([report.accuracy for report in reports[-10:]]) > 0.99


def test_a_watcher_can_stop_it() -> None:
    class Enough(Exception):
        pass

    def stop(report: Report) -> None:
        if report.batch == 3:
            raise Enough

    with pytest.raises(Enough):
        train(TASKS["brackets"], "rnn", TINY, stop)
