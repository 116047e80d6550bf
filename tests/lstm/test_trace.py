"""Steps, collected: what each array of a Trace is made of."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lstm.trace import Step, collect


def step(t: int) -> Step:
    """A step whose every number tells where it came from."""
    rows = tuple({"h": np.array([t, k]), "c": np.array([-t, k])} for k in range(2))
    pre = tuple({"f": {"x": np.array([10 * t, k])}} for k in range(2))
    return Step(t, rows, np.array([t / 2]), pre)


def test_arrays_run_over_time() -> None:
    initial = tuple({"h": np.zeros(2), "c": np.zeros(2)} for _ in range(2))
    inputs = np.array([5, 6, 7])
    trace = collect(map(step, range(3)), inputs, initial)
    assert len(trace) == 3
    assert trace.inputs is inputs
    assert trace.initial is initial
    assert trace.layers[1]["h"].tolist() == [[0, 1], [1, 1], [2, 1]]
    assert trace.layers[0]["c"].tolist() == [[0, 0], [-1, 0], [-2, 0]]
    assert [{name: row.tolist() for name, row in layer.items()} for layer in trace.final] == [
        {"h": [2, 0], "c": [-2, 0]},
        {"h": [2, 1], "c": [-2, 1]},
    ]
    assert trace.y is not None
    assert trace.y.tolist() == [[0], [0.5], [1]]
    assert trace.pre is not None
    assert trace.pre[1]["f"]["x"].tolist() == [[0, 1], [10, 1], [20, 1]]


def test_what_was_not_asked_for_is_absent() -> None:
    bare = [step(t)._replace(y=None, pre=None) for t in range(2)]
    trace = collect(bare, np.zeros(2, int), ({"h": np.zeros(2)}, {"h": np.zeros(2)}))
    assert trace.y is None
    assert trace.pre is None


def test_a_trace_is_frozen() -> None:
    trace = collect([step(0)], np.zeros(1, int), ({"h": np.zeros(2)}, {"h": np.zeros(2)}))
    with pytest.raises(dataclasses.FrozenInstanceError):
        trace.y = None  # type: ignore[misc]
