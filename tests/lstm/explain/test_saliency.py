"""What a logit depends on, against PyTorch's autograd and finite differences."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lstm.cells import CELLS
from lstm.errors import NonFinite
from lstm.explain.saliency import saliency
from lstm.network import Network
from tests.lstm.oracle import CASES, first_sequence, load_gradients, load_oracle

EPSILON = 1e-6


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_every_gradient_is_what_pytorch_says(cell: str, layers: int) -> None:
    oracle, recorded = load_oracle(cell, layers, "float64"), load_gradients(cell, layers)
    network, (x, state) = oracle.network, first_sequence(oracle)
    logits = {match[0] for name in recorded if (match := re.match(r"logit\.(\d+)\.(\d+)", name))}
    assert len(logits) == 2
    for prefix in logits:
        t, output = map(int, prefix.split(".")[1:])
        found = saliency(network, x, state, t=t, output=output)
        assert (found.output, len(found.inputs)) == (output, t + 1)
        assert found.logit == pytest.approx(recorded[f"{prefix}.logit"], rel=1e-12)
        assert found.inputs == pytest.approx(recorded[f"{prefix}.inputs"], rel=1e-9, abs=0)
        for k, gates in enumerate(found.pre):
            joined = np.concatenate([gates[gate] for gate in network.cell.torch_order], axis=-1)
            assert list(gates) == [q.name for q in network.cell.quantities if q.name in network.cell.torch_order]
            expected = recorded[f"{prefix}.pre.{k}"]
            assert np.linalg.norm(joined - expected) <= 1e-9 * np.linalg.norm(expected), (prefix, k)


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_the_inputs_gradient_is_what_finite_differences_say(cell: str, layers: int) -> None:
    oracle = load_oracle(cell, layers, "float64")
    network, (x, state) = oracle.network, first_sequence(oracle)
    x = x[:6].copy()
    found = saliency(network, x, state, t=4, output=2)

    def logit() -> float:
        return float(network.readout.logits(network.run(x, state).layers[-1]["h"][4])[2])

    slopes = np.zeros_like(x)
    for at in np.ndindex(x.shape):
        kept = x[at]
        x[at] = kept + EPSILON
        above = logit()
        x[at] = kept - EPSILON
        slopes[at] = (above - logit()) / (2 * EPSILON)
        x[at] = kept
    expected = np.linalg.norm(slopes, axis=-1)
    assert expected[5] == 0, "a later step decides nothing"
    assert found.inputs == pytest.approx(expected[:5], rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("cell", CELLS)
def test_symbols_have_the_gradients_of_their_one_hot_vectors(cell: str) -> None:
    network = load_oracle(cell, 2, "float64").network
    symbols = np.random.default_rng(2).integers(network.input_size, size=9)
    by_index, by_vector = (saliency(network, x, t=8, output=0) for x in (symbols, np.eye(network.input_size)[symbols]))
    assert by_index.inputs == pytest.approx(by_vector.inputs, rel=1e-12)


def test_without_an_output_it_is_the_one_with_the_largest_logit() -> None:
    oracle = load_oracle("lstm", 1, "float64")
    network, (x, state) = oracle.network, first_sequence(oracle)
    for t in range(len(x)):
        logits = oracle.recorded["logits"][t, 0]
        found = saliency(network, x, state, t=t)
        assert found.output == np.argmax(logits)
        assert found.logit == pytest.approx(logits.max(), rel=1e-12)


def at_rest(weight: float) -> Network:
    """An RNN of one unit, of whose gradient each step back makes `weight` times as much while its input is 0."""
    weights = {name: np.full((1, 1), weight) for name in ("weight_ih_l0", "weight_hh_l0")}
    biases = {name: np.zeros(1) for name in ("bias_ih_l0", "bias_hh_l0", "readout.bias")}
    return Network.from_parameters("rnn", {**weights, **biases, "readout.weight": -np.ones((1, 1))}, "linear")


def test_a_gradient_near_the_ends_of_float64_is_still_a_number() -> None:
    for weight in (1e10, 1e-10):
        found = saliency(at_rest(weight), np.zeros((30, 1)), t=29).inputs
        assert found == pytest.approx(weight ** np.arange(30.0, 0, -1), rel=1e-12, abs=0)


def test_a_gradient_that_leaves_float64_is_an_error_that_says_where() -> None:
    with pytest.raises(NonFinite) as raised:
        saliency(at_rest(1e10), np.zeros((40, 1)), t=39)
    assert raised.value.params == {"step": 8, "layer": 0, "quantity": "the gradient by h"}
