"""Where a layer writes its steps: what stands where, and that a step's product is its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lstm.memory import (
    Memory,
    columns,
    per_step,
    sum_of_columns,
    times,
    units_first,
    units_last,
    write_inputs,
)

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("batch", [(), (3,)])
@pytest.mark.parametrize("numbers", [False, True])
def test_the_joint_holds_h_and_x_and_one(batch: tuple[int, ...], numbers: bool) -> None:
    x = RNG.normal(size=(5, *batch, 4)) if numbers else RNG.integers(4, size=(5, *batch))
    before = (RNG.normal(size=(2, *batch)), RNG.normal(size=(2, *batch)))
    memory = Memory(np.zeros((8, 2 + 4 + 1), np.float64), x, before)
    assert memory.joint.shape == (6, 7, *batch)
    assert memory.product.shape == (5, 8, *batch)
    assert np.array_equal(memory.h[0], before[0])
    assert np.array_equal(memory.carried[0][0], before[1])
    memory.h[1:] = 7
    assert (memory.joint[1:, :2] == 7).all()
    vectors: NDArray[Any] = x if numbers else np.eye(4)[x]
    for t in range(5):
        expected = np.moveaxis(vectors[t], -1, 0)
        assert np.array_equal(memory.joint[t, 2:6], expected)
        assert (memory.joint[t, 6] == 1).all()


def test_inputs_are_written_over_whatever_was_there() -> None:
    place = np.full((3, 5), np.nan, np.float32)
    write_inputs(place, np.array([2, 0, 3]))
    assert place.tolist() == [[0, 0, 1, 0, 1], [1, 0, 0, 0, 1], [0, 0, 0, 1, 1]]


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
def test_a_product_does_not_depend_on_its_neighbours(batch: tuple[int, ...]) -> None:
    values, weight = RNG.normal(size=(70, *batch, 33)).astype(np.float32), RNG.normal(size=(20, 33)).astype(np.float32)
    together = per_step(values, weight)
    assert together == pytest.approx(np.einsum("t...i,ji->t...j", values, weight), abs=1e-4)
    for start, stop in ((0, 1), (5, 6), (11, 50)):
        assert np.array_equal(per_step(values[start:stop], weight), together[start:stop])


@pytest.mark.parametrize("shape", [(5, 4), (5, 4, 3)])
def test_times_is_the_product_with_units_first(shape: tuple[int, ...]) -> None:
    values, weight = RNG.normal(size=shape), RNG.normal(size=(2, 4))
    assert times(weight, values) == pytest.approx(np.einsum("ti...,ji->tj...", values, weight), abs=1e-13)


def test_axes_turn_and_turn_back_without_a_copy() -> None:
    outside = RNG.normal(size=(5, 3, 4))
    inside = units_first(outside)
    assert inside.shape == (5, 4, 3)
    assert np.shares_memory(inside, outside)
    assert np.array_equal(units_last(inside), outside)
    alone = outside[:, 0]
    assert units_first(alone) is alone
    assert units_last(alone) is alone


@pytest.mark.parametrize("batch", [(), (3,), (4,)])
def test_a_number_a_unit_meets_every_column(batch: tuple[int, ...]) -> None:
    """A batch of as many sequences as there are units is no other case."""
    vector, values = RNG.normal(size=4), RNG.normal(size=(5, 4, *batch))
    found = columns(vector, values) * values
    for at in np.ndindex(5, *batch):
        t, *b = at
        assert np.array_equal(found[t, :, *b], vector * values[t, :, *b])
    assert sum_of_columns(values) == pytest.approx([values[:, unit].sum() for unit in range(4)], rel=1e-12)


def test_in_a_stack_each_network_meets_its_own_columns() -> None:
    vectors, values = RNG.normal(size=(2, 4)), RNG.normal(size=(5, 4, 6))
    found = columns(vectors, values) * values
    total = sum_of_columns(values, (2,))
    for s, own in enumerate((slice(0, 3), slice(3, 6))):
        assert np.array_equal(found[..., own], vectors[s][:, np.newaxis] * values[..., own])
        assert total[s] == pytest.approx(values[..., own].sum(axis=(0, 2)), rel=1e-12)
