"""The Jacobian of a layer's state against PyTorch's, finite differences, and runs whose Jacobian is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lstm.cells import CELLS
from lstm.explain.jacobian import back, jacobian
from lstm.network import Network
from lstm.trace import State, Trace
from tests.lstm.by_hand import BY_HAND, SUMS
from tests.lstm.formula import evaluate
from tests.lstm.oracle import CASES, first_sequence, load_gradients, load_oracle

EPSILON = 1e-6
H, T = 3, 200


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_every_norm_is_what_pytorch_says_with_the_graph_cut_at_the_state(cell: str, layers: int) -> None:
    oracle, recorded = load_oracle(cell, layers, "float64"), load_gradients(cell, layers)
    x, state = first_sequence(oracle)
    names = oracle.network.cell.state_names
    for layer in range(layers):
        found = jacobian(oracle.network, x, state, layer=layer, t=len(x) - 1)
        blocks = {(of, by): recorded[f"jacobian.{layer}.{of}.{by}"] for of in names for by in names}
        assert found.blocks.keys() == blocks.keys()
        for block, norms in blocks.items():
            assert 10 ** found.blocks[block] == pytest.approx(norms, rel=1e-9, abs=0), (layer, block)
        total = np.sqrt(sum(norms**2 for norms in blocks.values()))
        assert 10**found.total == pytest.approx(total, rel=1e-9, abs=0)


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_every_number_of_it_is_what_finite_differences_say(cell: str, layers: int) -> None:
    oracle = load_oracle(cell, layers, "float64")
    network, (x, first) = oracle.network, first_sequence(oracle)
    x, names = x[:6], network.cell.state_names
    trace = network.run(x, first)
    for layer in range(layers):
        for t, ours in enumerate(matrices(network, trace, layer)[:-1]):
            state: State = tuple({name: row[name][t].copy() for name in names} for row in trace.layers)

            def last(state: State = state, t: int = t, layer: int = layer) -> NDArray[Any]:
                final = network.run(x[t + 1 :], state).final[layer]
                return np.concatenate([final[name] for name in names])

            expected = np.concatenate([slopes(last, state[layer][name]) for name in names], axis=1)
            assert np.linalg.norm(ours - expected) < 1e-6 * np.linalg.norm(expected), (layer, t)


def matrices(network: Network, trace: Trace, layer: int) -> list[NDArray[Any]]:
    """The whole Jacobians for each step, a row for each component of the last state."""
    rows, first, names = trace.layers[layer], trace.initial[layer], network.cell.state_names
    before = {name: np.concatenate([first[name][np.newaxis], rows[name][:-1]]) for name in names}
    steps = back(network.cells[layer], rows, before)
    return [(np.concatenate(found.by) * 2.0**found.exponents).T for found in steps][::-1]


def slopes(last: Callable[[], NDArray[Any]], values: NDArray[Any]) -> NDArray[Any]:
    """The derivative of what `last` returns, a row each, by each of the values, which it reads in place."""
    columns = []
    for unit, kept in enumerate(values.copy()):
        values[unit] = kept + EPSILON
        above = last()
        values[unit] = kept - EPSILON
        below = last()
        values[unit] = kept
        columns.append((above - below) / (2 * EPSILON))
    return np.stack(columns, axis=1)


def a_network(cell: str, recurrent: float = 0, from_x: float = 0, **biases: float) -> Network:
    """One layer whose recurrent matrices are a number times the identity, and a gate's bias is one number."""
    gates = CELLS[cell].torch_order
    rng = np.random.default_rng(0)
    parameters = {name: np.zeros(shape) for name, shape in CELLS[cell].shapes(2, H).items()}
    parameters["weight_hh"] = np.tile(recurrent * np.eye(H), (len(gates), 1))
    parameters["weight_ih"] = from_x * rng.normal(size=parameters["weight_ih"].shape)
    parameters["bias_ih"] = np.repeat([biases.get(gate, 0) for gate in gates], H).astype(float)
    readout = {"readout.weight": np.zeros((1, H)), "readout.bias": np.zeros(1)}
    return Network.from_parameters(cell, {f"{k}_l0": v for k, v in parameters.items()} | readout, "linear")


X = np.random.default_rng(1).normal(size=(T, 2))
BACK = np.arange(T)[::-1]
"""How many steps there are from each step to the last."""


@pytest.mark.parametrize("factor", [1e-3, 1e3])
def test_a_norm_far_outside_of_float64_is_still_a_number(factor: float) -> None:
    """Of an RNN at rest tanh has the slope 1, so its Jacobian over n steps is the n-th power of its matrix."""
    found = jacobian(a_network("rnn", factor), X, layer=0, t=T - 1)
    expected = BACK * np.log10(factor) + np.log10(H) / 2
    assert abs(expected[0]) > 590
    assert found.total == pytest.approx(expected, rel=1e-13)
    assert found.blocks["h", "h"] == pytest.approx(expected, rel=1e-13)
    assert found.direct is None


def test_a_row_keeps_its_digits_beside_one_that_is_larger_by_1e300() -> None:
    """Without recurrent weights ∂C(T)/∂C(t) is Π f, and ∂h(T)/∂C(t) is o(T)·(1 − tanh²C(T)) of it."""
    o, f = 1 / (1 + np.exp(690.0)), 1 / (1 + np.exp(3.0))
    found = jacobian(a_network("lstm", o=-690, f=-3), X, layer=0, t=T - 1)
    kept = BACK * np.log10(f) + np.log10(H) / 2
    assert found.blocks["c", "c"] == pytest.approx(kept, rel=1e-12)
    assert found.blocks["h", "c"][:-1] == pytest.approx(kept[:-1] + np.log10(o), rel=1e-12)
    assert found.blocks["h", "c"][-1] == -np.inf, "at t = T the states are independent"
    assert found.blocks["h", "h"][-1] == found.blocks["c", "c"][-1] == pytest.approx(np.log10(H) / 2)


@pytest.mark.parametrize("cell", SUMS)
def test_without_recurrent_weights_the_direct_path_is_all_there_is(cell: str) -> None:
    network = a_network(cell, from_x=2)
    found = jacobian(network, X, layer=0, t=T - 1)
    state, (keep, _), rows = BY_HAND[cell].state.lower(), SUMS[cell], network.run(X).layers[0]
    assert found.direct is not None
    assert found.direct == pytest.approx(found.blocks[state, state], rel=1e-12)
    kept = np.broadcast_to(evaluate(keep, {key: rows[key.lower()] for key in BY_HAND[cell].keys.split()}), (T, H))
    products = [np.linalg.norm(np.prod(kept[t + 1 :], axis=0)) for t in range(T)]
    assert 10**found.direct == pytest.approx(products, rel=1e-11, abs=0)


def test_a_shut_gate_ends_the_direct_path_and_nothing_before_it_is_a_number() -> None:
    found = jacobian(a_network("lstm", f=-2000), X[:4], layer=0, t=3)
    assert found.direct is not None
    assert found.direct.tolist() == [-np.inf, -np.inf, -np.inf, pytest.approx(np.log10(H) / 2)]
    assert found.blocks["c", "c"].tolist() == found.direct.tolist()


def test_it_looks_back_from_the_step_that_is_asked_for_in_float64_whatever_the_weights_are_stored_in() -> None:
    oracle = load_oracle("gru", 2, "float64")
    network, (x, state) = oracle.network, first_sequence(oracle)
    small = {name: values.astype(np.float32) for name, values in network.parameters().items()}
    wide = {name: values.astype(np.float64) for name, values in small.items()}
    found, exact = (
        jacobian(Network.from_parameters("gru", parameters, "softmax"), x[:length], state, layer=1, t=7)
        for parameters, length in ((small, len(x)), (wide, 8))
    )
    assert found.total.dtype == np.float64
    assert len(found.total) == 8
    assert np.array_equal(found.total, exact.total)
