"""Back-propagation against finite differences and PyTorch's, in float64: every parameter, input, state and step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lstm import backward as module
from lstm.backward import backward
from lstm.cells import CELLS, PeepholeLSTMCell
from lstm.network import Network
from lstm.trace import State, Trace
from tests.lstm.formula import evaluate
from tests.lstm.oracle import assert_near, load_oracle

T, B, X, H, Y = 6, 3, 5, 4, 3
EPSILON = 1e-6


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The six steps of these tests fill one block and a half."""
    monkeypatch.setattr(module, "BLOCK", 4)


def make(cell: str, layers: int, seed: int = 0) -> tuple[Network, dict[str, NDArray[Any]]]:
    rng = np.random.default_rng(seed)
    parameters = {"readout.weight": rng.normal(size=(Y, H)), "readout.bias": rng.normal(size=Y)}
    for k in range(layers):
        shapes = CELLS[cell].shapes(H if k else X, H)
        parameters |= {f"{name}_l{k}": rng.normal(size=shape) for name, shape in shapes.items()}
    return Network.from_parameters(cell, parameters, "softmax"), parameters


def a_state(network: Network, batch: tuple[int, ...], seed: int = 1) -> State:
    rng = np.random.default_rng(seed)
    return tuple({name: rng.normal(size=(*batch, H)) * 0.5 for name in layer} for layer in network.initial_state(batch))


def slopes(loss: Callable[[], float], values: NDArray[Any]) -> NDArray[Any]:
    """The derivative of a loss by each of the values, which it reads in place: central differences."""
    found = np.empty_like(values)
    for at in np.ndindex(values.shape):
        kept = values[at]
        values[at] = kept + EPSILON
        above = loss()
        values[at] = kept - EPSILON
        below = loss()
        values[at] = kept
        found[at] = (above - below) / (2 * EPSILON)
    return found


def shown(network: Network, trace: Trace, t: int, c: NDArray[Any]) -> NDArray[Any]:
    """The last layer's h(t) for another C(t), by the formulas of the gate table."""
    cell, rows = network.cells[-1], trace.layers[-1]
    formulas = {quantity.key: quantity.formula for quantity in cell.quantities}
    variables = {key: rows[key][t] for key in ("o",) if key in rows} | {"C": c}
    if isinstance(cell, PeepholeLSTMCell):
        assert trace.pre is not None
        parts = {f"pre.{name}": part[t] for name, part in trace.pre[-1]["o"].items()}
        variables["o"] = evaluate(formulas["o"], parts | {"pre.c": cell.peephole("o") * c})
    return evaluate(formulas["h"], variables)


CASES = [(cell, layers) for cell in CELLS for layers in (1, 2)]


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_every_gradient_is_what_finite_differences_say(cell: str, layers: int) -> None:
    network, parameters = make(cell, layers)
    rng = np.random.default_rng(2)
    x = rng.normal(size=(T, B, X))
    state = a_state(network, (B,))
    weights = rng.normal(size=(T, B, Y))  # the loss Σ weights·sin(logits) has the derivative weights·cos(logits)

    def loss() -> float:
        current = Network.from_parameters(cell, parameters, "softmax")
        return float((weights * np.sin(current.readout.logits(current.run(x, state).layers[-1]["h"]))).sum())

    trace = network.run(x, state)
    gradients = backward(network, trace, weights * np.cos(network.readout.logits(trace.layers[-1]["h"])))
    assert list(gradients.parameters) == list(network.parameters())
    for name, values in parameters.items():
        assert gradients.parameters[name] == pytest.approx(slopes(loss, values), rel=1e-6, abs=2e-7), name
    assert gradients.inputs == pytest.approx(slopes(loss, x), rel=1e-6, abs=2e-7)
    for k, row in enumerate(state):
        for name, values in row.items():
            found = slopes(loss, values)
            assert gradients.initial[k][name] == pytest.approx(found, rel=1e-6, abs=2e-7), (k, name)


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_every_gradient_is_what_pytorch_says(cell: str, layers: int) -> None:
    oracle = load_oracle(cell, layers, "float64")
    network = oracle.network
    state = tuple(
        {name: oracle.recorded[f"first.{name}.{k}"] for name in network.cell.state_names} for k in range(layers)
    )
    found = backward(network, network.run(oracle.recorded["x"], state), oracle.recorded["d_logits"])
    assert found.inputs is not None
    ours = {**found.parameters, "x": found.inputs}
    ours |= {f"first.{name}.{k}": values for k, row in enumerate(found.initial) for name, values in row.items()}
    recorded = oracle.gradients()
    assert ours.keys() == recorded.keys()
    for name, values in recorded.items():
        assert_near(ours[name], values, 1e-11, name)


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_the_gradient_by_a_step_is_that_of_a_run_continued_from_it(cell: str, layers: int) -> None:
    network, _ = make(cell, layers, seed=3)
    rng = np.random.default_rng(4)
    x = rng.normal(size=(T, B, X))
    weights = rng.normal(size=(T, B, Y))
    trace = network.run(x, a_state(network, (B,)), pre=True)
    gradients = backward(network, trace, weights)
    for t in range(T - 1):
        state = tuple(
            {name: layer[name][t].copy() for name in cell_.state_names}
            for layer, cell_ in zip(trace.layers, network.cells, strict=True)
        )

        def loss(t: int = t, state: State = state) -> float:
            """What the state after step t still decides: the later steps, and this step's own output."""
            later = network.run(x[t + 1 :], state).layers[-1]["h"]
            h = np.concatenate([state[-1]["h"][np.newaxis], later])
            return float((weights[t:] * network.readout.logits(h)).sum())

        for name, values in state[-1].items():
            found = slopes(loss, values)
            expected = gradients.states[-1][name][t]
            if name == "c":  # here C(t) is moved alone; its way through h(t) of the same step is not in `found`
                above, below = (shown(network, trace, t, values + move) for move in (EPSILON, -EPSILON))
                found = found + gradients.states[-1]["h"][t] * (above - below) / (2 * EPSILON)
            assert expected == pytest.approx(found, rel=1e-6, abs=2e-7), (t, name)


@pytest.mark.parametrize("cell", CELLS)
def test_indices_give_the_gradients_of_their_one_hot_vectors(cell: str) -> None:
    network, _ = make(cell, 2)
    indices = np.random.default_rng(5).integers(X, size=(T, B))
    d_logits = np.random.default_rng(6).normal(size=(T, B, Y))
    by_index = backward(network, network.run(indices), d_logits)
    by_vector = backward(network, network.run(np.eye(X)[indices]), d_logits)
    for name, values in by_vector.parameters.items():
        assert by_index.parameters[name] == pytest.approx(values, rel=1e-12, abs=1e-12), name
    assert by_index.inputs == pytest.approx(by_vector.inputs, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_a_batch_is_the_sum_of_its_sequences(cell: str, layers: int) -> None:
    network, _ = make(cell, layers)
    x = np.random.default_rng(7).normal(size=(T, B, X))
    d_logits = np.random.default_rng(8).normal(size=(T, B, Y))
    whole = backward(network, network.run(x), d_logits)
    alone = [backward(network, network.run(x[:, b]), d_logits[:, b]) for b in range(B)]
    for name, values in whole.parameters.items():
        assert values == pytest.approx(sum(one.parameters[name] for one in alone), rel=1e-10, abs=1e-10), name
    for b, one in enumerate(alone):
        assert whole.inputs is not None
        assert whole.inputs[:, b] == pytest.approx(one.inputs, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("cell", CELLS)
def test_the_size_of_a_block_changes_nothing(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network, _ = make(cell, 2)
    x = np.random.default_rng(11).integers(X, size=(50, B))
    d_logits = np.random.default_rng(12).normal(size=(50, B, Y))
    found = []
    for size in (1, 16, 25, 100):
        monkeypatch.setattr(module, "BLOCK", size)
        found.append(backward(network, network.run(x), d_logits))
    for other in found[1:]:
        for name, values in found[0].parameters.items():
            assert other.parameters[name] == pytest.approx(values, rel=1e-9, abs=1e-9)
        assert other.inputs == pytest.approx(found[0].inputs, rel=1e-9, abs=1e-9)


def test_only_the_gradients_of_the_parameters_are_found_where_no_others_are_asked_for() -> None:
    network, _ = make("lstm", 2)
    x = np.random.default_rng(9).integers(X, size=(T, B))
    d_logits = np.ones((T, B, Y))
    spared, full = (backward(network, network.run(x), d_logits, only_parameters=only) for only in (True, False))
    assert spared.inputs is None
    assert spared.states == ()
    for name, values in full.parameters.items():
        assert np.array_equal(spared.parameters[name], values)


def test_gradients_keep_the_networks_dtype() -> None:
    network, parameters = make("gru", 2)
    small = Network.from_parameters("gru", {k: v.astype(np.float32) for k, v in parameters.items()}, "softmax")
    x = np.random.default_rng(10).integers(X, size=(T, B))
    gradients = backward(small, small.run(x), np.ones((T, B, Y), np.float32))
    exact = backward(network, network.run(x), np.ones((T, B, Y)))
    for name, values in gradients.parameters.items():
        assert values.dtype == np.float32
        assert values == pytest.approx(exact.parameters[name], rel=1e-3, abs=1e-3)
