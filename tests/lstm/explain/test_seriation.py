"""The order of units: a permutation, the same for the same traces, with planted groups kept whole and in line."""

from __future__ import annotations

import numpy as np
import pytest

from lstm.explain.seriation import distances, order

RNG = np.random.default_rng(3)


def test_distances_are_those_of_the_correlation() -> None:
    traces = RNG.standard_normal((50, 6))
    assert distances(traces) == pytest.approx(1 - np.corrcoef(traces.T), abs=1e-9)
    assert distances(3 - 2 * traces[:, [0]] * [1, -1])[0, 1] == 2


def test_units_that_never_vary_are_alike_and_far_from_all_others() -> None:
    moving = RNG.standard_normal(20)
    traces = np.stack([np.full(20, 0.1), moving, np.zeros(20), -moving, np.full(20, -7.7)], axis=1)
    found = distances(traces.astype(np.float32))
    assert found[np.ix_([0, 2, 4], [0, 2, 4])].tolist() == np.zeros((3, 3)).tolist()
    assert found[np.ix_([0, 2, 4], [1, 3])].tolist() == np.full((3, 2), 2.0).tolist()
    assert sorted(order(traces)[:3]) in ([0, 2, 4], [0, 1, 3])


@pytest.mark.parametrize("seed", range(5))
def test_planted_groups_stand_together_whatever_their_places(seed: int) -> None:
    """Four signals, each in five units with some noise, shuffled."""
    rng = np.random.default_rng(seed)
    signals = rng.standard_normal((200, 4))
    group = rng.permutation(np.repeat(np.arange(4), 5))
    found = order(signals[:, group] + 0.2 * rng.standard_normal((200, 20)))
    assert sorted(found) == list(range(20))
    assert np.count_nonzero(np.diff(group[found])) == 3


def test_units_that_drift_from_one_signal_to_another_stand_in_line() -> None:
    """Traces that turn in a quarter circle of two orthogonal signals: only the ends are far apart."""
    angle = np.linspace(0, np.pi / 2, 9)
    basis = np.linalg.qr(RNG.standard_normal((100, 2)) - 0)[0]
    basis -= basis.mean(axis=0)
    places = RNG.permutation(9)
    traces = (basis @ np.stack([np.cos(angle), np.sin(angle)]))[:, places]
    line = places[order(traces)]
    assert np.abs(np.diff(line)).tolist() == [1] * 8


def test_the_same_traces_have_the_same_order_and_it_begins_at_the_lower_end() -> None:
    traces = RNG.standard_normal((30, 40)).astype(np.float32)
    found = order(traces)
    assert sorted(found) == list(range(40))
    assert found == order(traces.copy())
    assert found[0] < found[-1]
    assert order(traces[:1]) == list(range(40)), "one step says nothing about likeness"
    assert order(traces[:, :1]) == [0]


def test_neighbours_are_more_alike_than_by_number() -> None:
    """The sum of the distances between neighbours, which seriation is to make small."""
    traces = np.cumsum(RNG.standard_normal((60, 64)), axis=0)
    apart = distances(traces)
    found = np.array(order(traces))
    assert apart[found[:-1], found[1:]].sum() < 0.5 * apart[np.arange(63), np.arange(1, 64)].sum()
