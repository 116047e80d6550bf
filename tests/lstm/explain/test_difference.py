"""What two runs differ by, against differences that are known beforehand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from lstm.catalog import Catalog
from lstm.explain.difference import Travel, difference, travel
from lstm.trace import Trace


def run(name: str, text: str) -> Trace:
    model = Catalog().load(name)
    return model.network.run(model.tokenizer.encode(text, limit=1000).x)


def made(c: list[list[float]], y: list[list[float]]) -> Trace:
    """A run of which only C and y are known."""
    rows = np.array(c, np.float32)
    return Trace(rows, (), (), ({"c": rows},), np.array(y, np.float32), None)


def facts(found: Travel) -> tuple[int | None, ...]:
    return found.first, found.last, found.peak, found.passed, found.steps


def test_two_runs_over_one_input_differ_by_nothing() -> None:
    found = difference(run("brackets-lstm", "([a])"), run("brackets-lstm", "([a])"), layer=0)
    assert found.length == 5
    assert found.prediction is None
    assert found.outputs is not None
    for one in (*found.quantities.values(), found.outputs):
        assert not one.values.any()
        assert not one.size.any()
        assert facts(one) == (None, None, None, None, 0)


@pytest.mark.parametrize("name", ["brackets-lstm", "brackets-rnn"])
def test_a_run_knows_nothing_of_a_symbol_before_it_reads_it(name: str) -> None:
    first, second = run(name, "([a])"), run(name, "([b])")
    found = difference(first, second, layer=0)
    for quantity, one in found.quantities.items():
        assert not one.values[:2].any(), "exactly equal before"
        assert one.first == 2
        exact = second.layers[0][quantity].astype(np.float64) - first.layers[0][quantity]
        np.testing.assert_array_equal(one.values, exact)
        np.testing.assert_allclose(one.size, [math.sqrt(sum(v * v for v in row) / len(row)) for row in exact.tolist()])
        assert one.largest.tolist() == [max(map(abs, row)) for row in exact.tolist()]
        assert [abs(exact[t, unit]) for t, unit in enumerate(one.index)] == one.largest.tolist()


def test_a_difference_made_by_hand() -> None:
    """Peak 5/√2 at step 1; a tenth of it is 0.354, below which steps 4 and 5 are; the prediction turns at step 3."""
    c: list[list[float]] = [[0.0, 0], [3, -4], [0.2, 0.2], [1, 0], [0.25, 0], [0, 0.125], [9, 9]]
    y = [[0.5, 0.5], [0.4, 0.6], [0.4, 0.6], [0.75, 0.25], [0.25, 0.75], [0.25, 0.75], [0.25, 0.75]]
    zeros = made([[0.0, 0.0]] * 6, [[0.5, 0.5], [0.25, 0.75], [0.25, 0.75], [0.25, 0.75], [0.25, 0.75], [0.25, 0.75]])
    found = difference(zeros, made(c, y), layer=0)
    assert found.length == 6
    one = found.quantities["c"]
    assert one.values[1].tolist() == [3, -4], "the second less the first"
    assert one.size[:2] == pytest.approx([0, 5 / math.sqrt(2)])
    assert (one.largest[1], one.index[1]) == (4, 1)
    assert facts(one) == (1, 5, 1, 4, 3)
    assert found.prediction == 3
    assert found.outputs is not None
    assert facts(found.outputs)[:3] == (1, 3, 3)
    backwards = difference(made(c, y), zeros, layer=0).quantities["c"]
    np.testing.assert_array_equal(backwards.values, -one.values)
    assert facts(backwards) == facts(one)


def test_the_tolerance_is_what_counts_as_equal_and_the_part_where_a_difference_has_passed() -> None:
    values = np.array([[0.1], [1.0], [-0.5], [0.25], [0.1]])
    assert facts(travel(values, tolerance=0.1)) == (1, 3, 1, None, 4)
    assert facts(travel(values, tolerance=0.25)) == (1, 2, 1, None, 4)
    assert facts(travel(values, part=0.5)) == (0, 4, 1, 3, 3)
    assert facts(travel(values, part=1.0)) == (0, 4, 1, 2, 2)
    assert facts(travel(values, tolerance=1.0)) == (None, None, None, None, 0)
    assert facts(travel(values[3:], part=0.3)) == (0, 1, 0, None, 2)


def test_a_difference_that_is_almost_nothing_has_its_size() -> None:
    values: NDArray[np.float64] = np.array([[3e-200, 4e-200]])
    assert travel(values).size[0] == pytest.approx(5e-200 / math.sqrt(2), rel=1e-12)


def test_the_lstm_carries_an_early_number_to_the_end_and_the_simple_rnn_loses_it() -> None:
    """The right answer is 0.5 + (X₁ + X₂)/4, so half more of X₁ is an eighth more: only one of them says so."""
    adding = Catalog().load("adding-lstm")
    first = np.array(adding.card["examples"][0]["input"], np.float32)
    marked = int(np.flatnonzero(first[:, 1] > 0)[0])
    second = first.copy()
    second[marked, 0] -= 0.5
    found = {}
    for name in ("adding-lstm", "adding-rnn"):
        network = Catalog().load(name).network
        found[name] = difference(network.run(first), network.run(second), layer=0)
    assert {one.quantities["h"].first for one in found.values()} == {marked}
    memory, lost = found["adding-lstm"].quantities["c"], found["adding-rnn"].quantities["h"]
    assert memory.passed is None
    assert memory.size[-1] > 0.9 * memory.size.max()
    assert lost.size[-1] < 0.15 * lost.size.max()
    ends = {name: one.outputs.values[-1, 0] for name, one in found.items() if one.outputs is not None}
    assert ends["adding-lstm"] == pytest.approx(-0.125, abs=0.01)
    assert ends["adding-rnn"] == pytest.approx(0, abs=0.01)
    assert [one.prediction for one in found.values()] == [None, None], "a single output is always the largest"
