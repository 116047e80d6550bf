"""Scales: a folded network says of true numbers what the learned one says of scaled ones, for each cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lstm.network import Network
from lstm.tasks import Batch
from lstm.tasks.adding import Adding
from lstm.tasks.task import Scale
from lstm.training.initialise import initial
from lstm.training.loop import Settings, beginning, train
from lstm.training.scaling import folded, near_one

SCALE = Scale(200.0, 50.0)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_folded_network_reads_and_says_true_numbers(cell: str) -> None:
    rng = np.random.default_rng(3)
    parameters = initial(cell, 2, 1, 5, initialisation="uniform", span=10, rng=rng)
    network = Network.from_parameters(cell, parameters, "linear")
    x = rng.uniform(100, 400, (30, 2))
    scaled, true = network.run((x - 200) / 50).y, folded(network, SCALE).run(x).y
    assert scaled is not None
    assert true is not None
    assert true == pytest.approx(scaled * 50 + 200, abs=1e-9)


def test_a_scaled_batch_has_known_numbers() -> None:
    x, targets = np.array([[[100.0]], [[250.0]]]), np.array([[[300.0]]], np.float32)
    asked = np.ones((1, 1, 1), np.bool_)
    found = near_one(Batch(x, 1, targets, asked, np.zeros((1, 1), np.intp), None, 20.0), SCALE)
    assert found.x.tolist() == [[[-2.0]], [[1.0]]]
    assert found.targets.tolist() == [[[2.0]]]
    assert found.tolerance == 0.4


class Far(Adding):
    """Adding, with every number times 50 plus 200."""

    scale = SCALE

    def batch(self, rng: np.random.Generator, size: int, length: int | None = None, *, practice: bool = False) -> Batch:
        batch = super().batch(rng, size, length, practice=practice)
        return replace(batch, x=batch.x * 50 + 200, targets=batch.targets * 50 + 200, tolerance=2.0)


def test_a_task_far_from_1_is_learned_as_the_same_task_near_it() -> None:
    settings = Settings(4, "uniform", 1e-2, batches=5, batch_size=8, span=10, together=1, seed=1)
    near, far = train(Adding(), "lstm", settings), train(Far(), "lstm", settings)
    start = beginning(Adding(), "lstm", settings)
    for name, values in folded(near, SCALE).parameters().items():
        assert far.parameters()[name] == pytest.approx(values, rel=1e-3, abs=1e-3)
        assert not np.allclose(near.parameters()[name], start[name], atol=1e-3)
