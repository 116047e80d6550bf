"""A layer at a glance: facts of traces made by hand, and properties that hold for every cell."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median_low

import numpy as np
import pytest

from lstm.cells import CELLS
from lstm.explain.glance import (
    FAINT,
    Event,
    OnInput,
    by_input,
    events,
    half_life,
    labels,
    read,
    saturation,
)
from lstm.explain.ledger import half_lives
from lstm.trace import Trace
from lstm.untrained import untrained
from tests.lstm.by_hand import BY_HAND
from tests.lstm.formula import evaluate

RNG = np.random.default_rng(12)


def traced(before: Mapping[str, list[float]], **rows: list[list[float]]) -> Trace:
    """A trace of one layer whose quantities are as given, whatever the cell would compute."""
    layer = {name: np.array(values, np.float32) for name, values in rows.items()}
    steps = len(next(iter(layer.values())))
    first = {name: np.array(values, np.float32) for name, values in before.items()}
    last = {name: layer[name][-1] for name in first}
    return Trace(np.arange(steps), (first,), (last,), (layer,), None, None)


def test_saturation_is_what_a_hand_counts() -> None:
    """Below 0.1 and above 0.9 and not at them."""
    gate = np.array([[0.0, 0.1, 0.95], [0.05, 0.9, 0.91], [0.5, 0.5, 1.0], [0.0999, 0.3, 0.2]])
    found = saturation(gate)
    assert found.low.tolist() == [0.75, 0, 0]
    assert found.high.tolist() == [0, 0, 0.75]
    assert found.whole == (0.25, 0.25)
    at_the_ends = np.array([[0.1, 0.9]], np.float32).astype(np.float64)
    assert saturation(at_the_ends).whole == (0, 0)


def kaplan_meier(keep: np.ndarray) -> int | None:
    """By definition: of the steps that are seen for n, the part that outlasts it; multiplied until half is left."""
    end, lasting = len(keep) - 1, 1.0
    lives = half_lives(keep)
    for n in range(1, end + 1):
        seen = [t for t, life in enumerate(lives) if (life or end - t) >= n]
        lasting *= 1 - sum(lives[t] == n for t in seen) / len(seen) if seen else 1
        if lasting <= 0.5 + 1e-9:
            return n
    return None


@pytest.mark.parametrize("seed", range(8))
def test_a_half_life_is_the_median_by_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    keep = rng.uniform(0.1 * seed, 1, 60) ** (1 + seed % 3)
    assert half_life(keep) == kaplan_meier(keep)


def test_half_lives_of_memories_made_by_hand() -> None:
    assert half_life(np.full(9, 0.5 ** (1 / 4.5))) == 5, "half is gone within the fifth step, wherever one begins"
    assert half_life(np.full(7, 0.5 ** (1 / 4.5))) == 5, "also where most steps come too late to see it"
    assert half_life(np.full(5, 0.5 ** (1 / 4.5))) is None
    assert half_life(np.ones(50)) is None
    assert half_life(np.array([1, 0.4, *np.ones(100)])) is None, "one reset early on does not make it forgetful"
    assert half_life(np.zeros(4)) == 1
    assert half_life(np.array([0.3])) is None
    assert half_life(np.array([0.3, 0.3])) == 1
    periodic = np.tile([0.2, 1, 1, 1, 1], 30)  # 5, 4, 3, 2, 1 steps until the next reset
    assert half_life(periodic) == median_low([life for life in half_lives(periodic) if life]) == 3


def test_inputs_are_ranked_by_the_mean_over_the_steps_that_read_them() -> None:
    label = np.array([2, 0, 2, 1, 0])
    values = np.array([[0.1, 3], [-0.8, 1], [0.3, 0], [0.4, 2], [0.4, 1]])
    (first, second) = by_input(values, label, "size")
    assert [(on.t, on.steps) for on in first] == [(1, 2), (3, 1), (2, 2)]
    assert [on.mean for on in first] == pytest.approx([-0.2, 0.4, 0.2])
    assert [on.size for on in first] == pytest.approx([0.6, 0.4, 0.2])
    assert second == [OnInput(3, 1, 2, 2), OnInput(0, 2, 1.5, 1.5), OnInput(1, 2, 1, 1)]
    assert [on.t for on in by_input(values, label, "least")[0]] == [1, 0, 3]
    assert [on.t for on in by_input(values, label, "most")[1]] == [3, 0, 1]
    assert len(by_input(RNG.random((50, 2)), labels(RNG.random((50, 3))), "size")[0]) == 3


def test_steps_that_read_the_same_have_the_same_label() -> None:
    assert labels(np.array([3, 1, 3])).tolist() == [1, 0, 1]
    assert labels(np.array([[0.5, 1], [0.25, 1], [0.5, 1], [0.5, 0]])).tolist() == [2, 0, 2, 1]


LSTM = traced(
    {"h": [0, 0], "c": [2, 0]},
    f=[[0.25, 1], [1, 0.5], [1, 1]],
    i=[[0, 1], [0.5, 0], [0, 0.01]],
    c_tilde=[[0, 0.5], [-0.5, 0], [0, 1]],
    c=[[0.5, 0.5], [0.25, 0.25], [0.25, 0.26]],
    o=[[1, 1], [1, 0], [1, 0.5]],
    h=[[0, 0], [0, 0], [0, 0]],
)


def test_the_events_of_an_lstm_made_by_hand() -> None:
    """Forgetting is measured by 1.5 of C, writing by 0.5, and opening by o's change times tanh C."""
    layer = read(CELLS["lstm"], LSTM, 0)
    assert layer.output_gate == "o"
    first, second, third = events(layer)
    assert first == [Event(0, "forgets", 0.75, -1.5), Event(1, "writes", 0.5, 0.5)]
    closes, writes, forgets = second
    assert (closes.unit, closes.kind, closes.amount) == (1, "closes", 0)
    assert closes.change == pytest.approx(-np.tanh(0.25))
    assert writes == Event(0, "writes", -0.25, -0.25)
    assert forgets == Event(1, "forgets", 0.5, -0.25)
    ((unit, kind, amount, change),) = third
    assert (unit, kind, amount) == (1, "opens", 0.5)
    assert change == pytest.approx(0.5 * np.tanh(0.26))


def test_the_events_of_a_gru_and_of_an_rnn_made_by_hand() -> None:
    gru = traced({"h": [0.5]}, r=[[1.0], [1]], z=[[0.5], [1]], n=[[-1.0], [0.3]], h=[[-0.25], [-0.25]])
    layer = read(CELLS["gru"], gru, 0)
    assert (layer.output_gate, layer.opening) == (None, None)
    first, second = events(layer)
    assert set(first) == {Event(0, "writes", -0.5, -0.5), Event(0, "forgets", 0.5, -0.25)}
    assert second == [], "z = 1 keeps all and writes nothing"
    rnn = traced({"h": [0, 0.5]}, h=[[0.75, 0.5], [-0.25, 0.5], [-0.25, 0.53125]])
    layer = read(CELLS["rnn"], rnn, 0)
    assert (layer.keep, layer.gates) == (None, {})
    assert events(layer) == [[Event(0, "changes", 0.75, 0.75)], [Event(0, "changes", -0.25, -1)], []]


@pytest.mark.parametrize("cell", BY_HAND)
@pytest.mark.parametrize("layers", [1, 2])
def test_of_every_cell_the_events_are_the_largest_of_their_kind(cell: str, layers: int) -> None:
    network = untrained(cell, 6, layers, alphabet="abc", seed=4).network
    trace = network.run(np.random.default_rng(7).integers(3, size=40))
    layer = read(network.cell, trace, layers - 1)
    rows = {name: values.astype(np.float64) for name, values in trace.layers[-1].items()}
    known, state = BY_HAND[cell], rows.get("c", rows["h"])
    values = {key: rows[key.lower()] for key in known.keys.split()}
    before = np.concatenate([np.zeros((1, 6)), state[:-1]])
    near = 2e-6 * max(1.0, float(np.abs(state).max()))  # a difference of float32 states is as sure as they are
    sizes: dict[str, np.ndarray] = {}
    if known.keep is None:
        sizes["changes"] = np.abs(state - before)
    else:
        keep = evaluate(known.keep, values)
        sizes["writes"] = np.abs(state - keep * before)
        sizes["forgets"] = np.abs((1 - keep) * before)
    if "o" in rows:
        moved = np.diff(rows["o"], axis=0, prepend=rows["o"][:1])
        sizes["opens"] = sizes["closes"] = np.abs(moved * evaluate(known.shown, values))
    told = events(layer)
    assert len(told) == 40
    kinds = {event.kind for step in told for event in step}
    assert kinds == set(sizes) - ({"forgets"} if known.keep == "1" else set())
    for t, step in enumerate(told):
        shares = [sizes[event.kind][t, event.unit] / sizes[event.kind].max() for event in step]
        assert len(step) <= 3
        assert all(share >= FAINT - 1e-5 for share in shares)
        assert shares == sorted(shares, reverse=True) or max(np.diff(shares)) < 1e-5
        for event in step:
            assert abs(event.change) == pytest.approx(sizes[event.kind][t, event.unit], abs=near)
        for kind in {event.kind for event in step}:
            units = [event.unit for event in step if event.kind == kind or {event.kind, kind} == {"opens", "closes"}]
            largest = np.sort(sizes[kind][t])[::-1][: len(units)]
            assert np.sort(sizes[kind][t, units])[::-1] == pytest.approx(largest, abs=near)
