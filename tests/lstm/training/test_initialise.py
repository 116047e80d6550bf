"""Initialisations: each one's defining property, read from the weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lstm.cells import CELLS
from lstm.network import Network
from lstm.training.initialise import INITIALISATIONS, initial

H, X, Y, SPAN = 32, 7, 5, 200
CASES = [(cell, name) for cell, names in INITIALISATIONS.items() for name in names]


def draw(cell: str, name: str, seed: int = 0) -> dict[str, NDArray[Any]]:
    return initial(cell, X, Y, H, initialisation=name, span=SPAN, rng=np.random.default_rng(seed))


def gate(cell: str, name: str, values: NDArray[Any]) -> NDArray[Any]:
    at = CELLS[cell].torch_order.index(name)
    return values[at * H : (at + 1) * H]


@pytest.mark.parametrize(("cell", "name"), CASES)
def test_the_weights_make_a_network_and_the_seed_decides_them(cell: str, name: str) -> None:
    one, same, other = draw(cell, name), draw(cell, name), draw(cell, name, seed=1)
    network = Network.from_parameters(cell, one, "softmax")
    assert (network.input_size, network.hidden_size, network.output_size) == (X, H, Y)
    assert all(np.array_equal(one[key], same[key]) for key in one)
    assert not np.array_equal(one["weight_ih_l0"], other["weight_ih_l0"])


@pytest.mark.parametrize(("cell", "name"), CASES)
def test_what_is_not_said_otherwise_is_even_between_plus_and_minus_one_over_root_h(cell: str, name: str) -> None:
    bound = H**-0.5
    values = draw(cell, name)["weight_ih_l0"]
    assert np.abs(values).max() <= bound
    assert values.mean() == pytest.approx(0, abs=5 * bound / (3 * values.size) ** 0.5)
    assert values.std() == pytest.approx(bound / 3**0.5, rel=0.1)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_keep_gives_the_keeping_gate_a_bias_of_one(cell: str) -> None:
    parameters = draw(cell, "keep")
    keeps = {"lstm": "f", "gru": "z"}[cell]
    total = parameters["bias_ih_l0"] + parameters["bias_hh_l0"]
    assert (gate(cell, keeps, total) == 1).all()
    others = [name for name in CELLS[cell].torch_order if name != keeps]
    assert not any((gate(cell, name, total) == 1).any() for name in others)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_chrono_spreads_how_long_units_keep_over_the_span(cell: str) -> None:
    parameters = draw(cell, "chrono")
    bias = gate(cell, {"lstm": "f", "gru": "z"}[cell], parameters["bias_ih_l0"])
    assert (parameters["bias_hh_l0"] == 0).all()
    assert (bias >= 0).all()
    assert (bias <= np.log(SPAN - 1)).all()
    lasting = 1 + np.exp(bias)  # a gate σ(b) keeps for 1 / (1 − σ(b)) = 1 + e^b steps
    assert lasting.mean() == pytest.approx(SPAN / 2, rel=0.3)
    if cell == "lstm":
        assert np.array_equal(gate(cell, "i", parameters["bias_ih_l0"]), -bias)
        assert (gate(cell, "o", parameters["bias_ih_l0"]) == 0).all()


def test_orthogonal_keeps_lengths_and_identity_keeps_everything() -> None:
    rotation = draw("rnn", "orthogonal")["weight_hh_l0"]
    assert rotation @ rotation.T == pytest.approx(np.eye(H), abs=1e-12)
    parameters = draw("rnn", "identity")
    assert np.array_equal(parameters["weight_hh_l0"], np.eye(H))
    assert not parameters["bias_ih_l0"].any()
    assert not parameters["bias_hh_l0"].any()


def test_a_cell_is_refused_an_initialisation_of_another() -> None:
    with pytest.raises(ValueError, match="rnn starts from uniform, orthogonal, identity, not from chrono"):
        draw("rnn", "chrono")
