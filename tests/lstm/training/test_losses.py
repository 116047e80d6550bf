"""Losses: known values, finite differences, masks, and stacks against their networks one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lstm.network import ReadoutKind
from lstm.tasks import Batch
from lstm.training.losses import cross_entropy, mean_loss, squared_error


def test_the_cross_entropy_of_known_outputs() -> None:
    logits = np.log(np.array([[[0.5, 0.25, 0.25]], [[0.1, 0.1, 0.8]]])) + 3.0
    targets = np.array([[[1.0, 0.0, 0.0]], [[0.0, 0.5, 0.5]]])
    loss, _ = cross_entropy(logits, targets)
    assert loss[:, 0] == pytest.approx([-np.log(0.5), -0.5 * np.log(0.1) - 0.5 * np.log(0.8)], rel=1e-12)


def test_the_squared_error_of_known_outputs() -> None:
    loss, slope = squared_error(np.array([[[1.0, 2.0]]]), np.array([[[0.0, 4.0]]]))
    assert loss.tolist() == [[2.5]]
    assert slope.tolist() == [[[1.0, -2.0]]]


def a_batch(kind: ReadoutKind, shape: tuple[int, ...], scored: NDArray[np.bool_] | None) -> Batch:
    rng = np.random.default_rng(1)
    targets = rng.dirichlet(np.ones(4), size=shape) if kind == "softmax" else rng.normal(size=(*shape, 4))
    nothing: NDArray[Any] = np.zeros(shape, np.intp)
    return Batch(nothing, 0, targets, targets > 1, nothing, scored)


@pytest.mark.parametrize("kind", ["softmax", "linear"])
@pytest.mark.parametrize("masked", [False, True])
def test_the_losss_derivative_is_what_finite_differences_say(kind: ReadoutKind, masked: bool) -> None:
    rng = np.random.default_rng(0)
    outputs = rng.normal(size=(3, 2, 4))
    batch = a_batch(kind, (3, 2), np.array([[True, True], [True, False], [False, False]]) if masked else None)
    _, slope = mean_loss(kind, outputs, batch)
    for at in np.ndindex(outputs.shape):
        step = np.zeros_like(outputs)
        step[at] = 1e-6
        above, below = mean_loss(kind, outputs + step, batch)[0], mean_loss(kind, outputs - step, batch)[0]
        assert slope[at] == pytest.approx((above - below) / 2e-6, abs=1e-9)


@pytest.mark.parametrize("kind", ["softmax", "linear"])
@pytest.mark.parametrize("masked", [False, True])
def test_each_network_of_a_stack_has_its_own_mean(kind: ReadoutKind, masked: bool) -> None:
    rng = np.random.default_rng(2)
    outputs = rng.normal(size=(3, 6, 4))
    scored = rng.random((3, 6)) < 0.7 if masked else None
    batch = a_batch(kind, (3, 6), scored)
    loss, slope = mean_loss(kind, outputs.reshape(3, 2, 3, 4), batch.stacked(2), (2,))
    assert loss.shape == (2,)
    for k in range(2):
        part = slice(3 * k, 3 * k + 3)
        alone, its_slope = mean_loss(kind, outputs[:, part], batch.part(part))
        assert loss[k] == pytest.approx(alone, rel=1e-12)
        assert slope[:, k] == pytest.approx(its_slope, rel=1e-12)


def test_steps_that_do_not_count_change_nothing() -> None:
    scored = np.array([[True], [False]])
    batch = a_batch("softmax", (2, 1), scored)
    outputs = np.random.default_rng(3).normal(size=(2, 1, 4))
    other = outputs.copy()
    other[1] += 5
    assert mean_loss("softmax", outputs, batch)[0] == mean_loss("softmax", other, batch)[0]
