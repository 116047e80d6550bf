"""The gate table: each formula that the page shows is the one that the cell computes."""

from __future__ import annotations

import numpy as np
import pytest

from lstm.cells import CELLS
from lstm.gates import TABLES
from tests.lstm.by_hand import BY_HAND
from tests.lstm.formula import Numbers, evaluate
from tests.lstm.oracle import Oracle, load_oracle

QUANTITIES = [(cell, quantity.name) for cell, table in TABLES.items() for quantity in table]


def variables_of(oracle: Oracle, quantity: str) -> dict[str, Numbers]:
    """What a formula may speak of, out of a run of our own in float64."""
    cell = oracle.network.cell
    state = tuple({name: oracle.recorded[f"first.{name}.{k}"] for name in cell.state_names} for k in range(1))
    trace = oracle.network.run(oracle.recorded["x"], state, pre=True)
    assert trace.pre is not None
    rows = trace.layers[0]
    keys = {entry.name: entry.key for entry in cell.quantities}
    before = {name: np.concatenate([state[0][name][np.newaxis], rows[name][:-1]]) for name in cell.state_names}
    return (
        {keys[name]: values for name, values in rows.items()}
        | {f"prev.{keys[name]}": values for name, values in before.items()}
        | {f"pre.{part}": values for part, values in trace.pre[0].get(quantity, {}).items()}
    )


@pytest.mark.parametrize(("cell", "name"), QUANTITIES)
def test_the_formula_shown_is_the_formula_run(cell: str, name: str) -> None:
    oracle = load_oracle(cell, 1, "float64")
    (quantity,) = (entry for entry in TABLES[cell] if entry.name == name)
    variables = variables_of(oracle, name)
    computed = variables.pop(quantity.key)  # a formula may not lean on what it defines
    assert evaluate(quantity.formula, variables) == pytest.approx(computed, rel=1e-13, abs=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_every_value_lies_within_its_bounds(cell: str) -> None:
    oracle = load_oracle(cell, 2, "float32")
    wild = {name: values * 100 for name, values in oracle.network.parameters().items()}
    trace = type(oracle.network).from_parameters(cell, wild, "softmax").run(oracle.recorded["x"])
    for rows in trace.layers:
        for quantity in TABLES[cell]:
            values = rows[quantity.name]
            assert quantity.min is None or values.min() >= quantity.min
            assert quantity.max is None or values.max() <= quantity.max
            if quantity.kind != "state":
                assert values.max() == quantity.max


def test_every_cell_is_written_by_hand_too() -> None:
    """The other tests that know a cell by hand go over these entries, so this one says that one is missing."""
    missing = sorted(TABLES.keys() ^ BY_HAND.keys())
    assert not missing, f"add {', '.join(missing)} to BY_HAND in tests/lstm/by_hand.py, as its equations have it"


@pytest.mark.parametrize("cell", BY_HAND)
def test_names_keys_and_kinds_are_of_one_cast(cell: str) -> None:
    table = TABLES[cell]
    assert len({quantity.name for quantity in table}) == len({quantity.key for quantity in table}) == len(table)
    for quantity in table:
        assert quantity.name == quantity.key.lower()
        bounds = {"gate": (0, 1), "candidate": (-1, 1), "state": (-1, 1) if quantity.name == "h" else (None, None)}
        assert (quantity.min, quantity.max) == BY_HAND[cell].bounds.get(quantity.key, bounds[quantity.kind])


def test_the_words_of_the_design() -> None:
    assert [(q.symbol, q.key) for q in TABLES["lstm"]] == [
        ("f", "f"),
        ("i", "i"),
        ("C\u0303", "C_tilde"),
        ("C", "C"),
        ("o", "o"),
        ("h", "h"),
    ]


@pytest.mark.parametrize("cell", BY_HAND)
def test_the_quantities_stand_in_the_order_of_the_screen(cell: str) -> None:
    assert " ".join(quantity.key for quantity in TABLES[cell]) == BY_HAND[cell].keys
