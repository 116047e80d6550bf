"""Initialisations: each one's defining property, read from the weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lstm.cells import CELLS
from lstm.network import Network
from lstm.training.initialise import INITIALISATIONS, KEEPS, initial
from tests.lstm.by_hand import BY_HAND

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


KEEPING = {cell: known.gate for cell, known in BY_HAND.items() if known.gate is not None}


def test_every_cell_can_start_from_something() -> None:
    assert INITIALISATIONS.keys() == CELLS.keys(), "INITIALISATIONS of lstm/training/initialise.py"


def test_the_gate_that_keeps_is_the_one_that_multiplies_the_state_in_the_equations() -> None:
    assert KEEPS == KEEPING, "KEEPS of lstm/training/initialise.py, and BY_HAND of tests/lstm/by_hand.py"


@pytest.mark.parametrize("cell", KEEPING)
def test_keep_gives_the_keeping_gate_a_bias_of_one(cell: str) -> None:
    parameters = draw(cell, "keep")
    total = parameters["bias_ih_l0"] + parameters["bias_hh_l0"]
    assert (gate(cell, KEEPING[cell], total) == 1).all()
    others = [name for name in CELLS[cell].torch_order if name != KEEPING[cell]]
    assert not any((gate(cell, name, total) == 1).any() for name in others)


@pytest.mark.parametrize("cell", [cell for cell in BY_HAND if "chrono" in INITIALISATIONS.get(cell, ())])
def test_chrono_spreads_how_long_units_keep_over_the_span(cell: str) -> None:
    parameters = draw(cell, "chrono")
    biases = {name: gate(cell, name, parameters["bias_ih_l0"]) for name in CELLS[cell].torch_order}
    assert (parameters["bias_hh_l0"] == 0).all()
    bias = biases.pop(KEEPING[cell]) if cell in KEEPING else -biases["i"]
    assert (bias >= 0).all()
    assert (bias <= np.log(SPAN - 1)).all()
    lasting = 1 + np.exp(bias)  # a gate σ(b) keeps for 1 / (1 − σ(b)) = 1 + e^b steps, and σ(−b) lets in as slowly
    assert lasting.mean() == pytest.approx(SPAN / 2, rel=0.3)
    if "i" in biases:
        assert np.array_equal(biases.pop("i"), -bias)
    assert all((values == 0).all() for values in biases.values())


@pytest.mark.parametrize("cell", [cell for cell, names in INITIALISATIONS.items() if "closed" in names])
def test_closed_spreads_the_input_gates_biases_and_no_others(cell: str) -> None:
    parameters, uniform = draw(cell, "closed"), draw(cell, "uniform")
    total = parameters["bias_ih_l0"] + parameters["bias_hh_l0"]
    bias = gate(cell, "i", total)
    assert (bias[0], bias[-1]) == (-1, -6)
    assert np.diff(bias) == pytest.approx(-5 / (H - 1))
    changed = [name for name, values in uniform.items() if not np.array_equal(values, parameters[name])]
    assert changed == ["bias_ih_l0", "bias_hh_l0"]
    before = uniform["bias_ih_l0"] + uniform["bias_hh_l0"]
    others = [name for name in CELLS[cell].torch_order if name != "i"]
    assert all(np.array_equal(gate(cell, name, before), gate(cell, name, total)) for name in others)


def test_peepholes_are_drawn_like_every_weight() -> None:
    for name in INITIALISATIONS["lstm-peephole"]:
        values = draw("lstm-peephole", name)["weight_ch_l0"]
        assert values.shape == (3 * H,)
        assert np.abs(values).max() <= H**-0.5
        assert values.std() == pytest.approx((3 * H) ** -0.5, rel=0.2)


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
