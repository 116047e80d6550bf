"""Negating units: the same outputs to the bit, and exactly these units' states with the other sign."""

from __future__ import annotations

import numpy as np
import pytest

from lstm.gates import TABLES
from lstm.network import Network
from lstm.training.initialise import initial
from lstm.training.orient import CANDIDATE, negated


def drawn(cell: str) -> Network:
    parameters = initial(cell, 5, 4, 6, initialisation="uniform", span=10, rng=np.random.default_rng(1))
    single = {name: (2 * values).astype(np.float32) for name, values in parameters.items()}
    return Network.from_parameters(cell, single, "softmax")


@pytest.mark.parametrize("cell", CANDIDATE)
def test_negated_units_change_sign_and_nothing_else(cell: str) -> None:
    network = drawn(cell)
    x = np.random.default_rng(2).integers(5, size=30)
    gates = {quantity.name for quantity in network.cell.quantities if quantity.kind == "gate"}
    before, after = network.run(x), negated(network, np.array([1, 4])).run(x)
    assert before.y is not None
    assert after.y is not None
    assert np.array_equal(before.y, after.y)
    sign = np.array([1, -1, 1, 1, -1, 1])
    for name, values in before.layers[0].items():
        changes = name not in gates
        assert np.array_equal(after.layers[0][name], values * sign if changes else values), name
    assert before.layers[0]["h"][:, [1, 4]].all()  # a zero would hide its sign


def test_every_cell_with_such_a_symmetry_is_known() -> None:
    without = TABLES.keys() - CANDIDATE.keys()
    assert without == {"lstm1997-open"}, "to CANDIDATE of lstm/training/orient.py, or here if negating is no symmetry"


def test_a_cell_whose_candidate_is_never_negative_is_refused() -> None:
    with pytest.raises(ValueError, match="lstm1997-open have no sign"):
        negated(drawn("lstm1997-open"), np.array([0]))
