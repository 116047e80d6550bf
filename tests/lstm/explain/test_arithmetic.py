"""The arithmetic of a unit adds up: to what PyTorch recorded, to what the cell computed, and as it is printed."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest

from lstm.errors import NonFinite
from lstm.explain.arithmetic import Arithmetic, Sum, Term, arithmetic, together
from lstm.network import Network
from lstm.trace import State
from lstm.untrained import untrained
from tests.lstm.formula import evaluate
from tests.lstm.oracle import CASES, Oracle, load_oracle

RNG = np.random.default_rng(4)


def first_of(oracle: Oracle, sequence: int = 0) -> State:
    """The recorded state before a run, of one sequence of its batch."""
    network = oracle.network
    names = network.cell.state_names
    states = [{name: oracle.recorded[f"first.{name}.{k}"] for name in names} for k in range(len(network.cells))]
    return tuple({name: row if row.ndim == 1 else row[sequence] for name, row in state.items()} for state in states)


def of_one(values: np.ndarray, last: int = 1) -> np.ndarray:
    """The first sequence of a recorded batch (T, …, ·)."""
    return values if values.ndim == 1 + last else values[:, 0]


def of(found: Arithmetic) -> Sum:
    assert found.sum is not None
    return found.sum


def by_part(terms: tuple[Term, ...]) -> dict[str, list[Term]]:
    return {part: sorted((t for t in terms if t.part == part), key=lambda t: t.index or 0) for part in "xhc"}


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_the_products_add_up_to_what_pytorch_recorded(cell: str, layers: int) -> None:
    """Each gate's parts and value, at the first steps and the last, in every layer, from the recorded state."""
    oracle = load_oracle(cell, layers, "float64")
    network = oracle.network
    x = of_one(oracle.recorded["x"])
    for k in range(layers):
        recorded = oracle.layer(k)
        for t in (0, 1, len(x) - 1):
            for gate in network.cell.torch_order:
                unit = int(RNG.integers(network.hidden_size))
                found = arithmetic(network, x, first_of(oracle), layer=k, unit=unit, t=t, gate=gate)
                for line in found.lines:
                    expected = of_one(recorded[line.quantity.name])[t, unit]
                    assert line.computed == pytest.approx(expected, rel=1e-11, abs=1e-12)
                    assert line.value == pytest.approx(expected, rel=1e-11, abs=1e-12)
                    assert line.steps == () or line.steps[-1] == (line.quantity.formula, line.computed)
                total = of(found)
                assert math.fsum(term.product for term in total.terms) == total.total
                assert sum(part.sum for part in total.parts) == pytest.approx(total.total, abs=1e-12)
                (line,) = (line for line in found.lines if line.quantity.name == gate)
                assert dict(line.steps)[squashed(line.quantity.formula)] == pytest.approx(total.total, abs=1e-13)


def squashed(formula: str) -> str:
    """What the one function of a formula is applied to, by its outermost parentheses."""
    start, depth = formula.index("(") + 1, 1
    for at, letter in enumerate(formula[start:], start):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return formula[start:at]
    raise AssertionError(formula)


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_every_term_is_the_weight_of_its_name_times_the_value_of_its_name(cell: str, layers: int) -> None:
    oracle = load_oracle(cell, layers, "float32")
    network, x, k = oracle.network, of_one(oracle.recorded["x"]), layers - 1
    trace = network.run(x, first_of(oracle))
    parameters = network.parameters()
    for place, gate in enumerate(network.cell.torch_order):
        t, unit = 2, place % network.hidden_size
        total = of(arithmetic(network, x, first_of(oracle), layer=k, unit=unit, t=t, gate=gate))
        row = place * network.hidden_size + unit
        factors = {part.part: part.factor for part in total.parts}
        read = trace.layers[k - 1]["h"][t] if k else x[t].astype(np.float32)
        values = {"x": read, "h": trace.layers[k]["h"][t - 1]}
        parts = by_part(total.terms)
        for part, name in (("x", "weight_ih"), ("h", "weight_hh")):
            weights = parameters[f"{name}_l{k}"][row]
            assert [term.index for term in parts[part]] == list(range(len(weights)))
            assert [term.weight for term in parts[part]] == weights.tolist()
            assert [term.value for term in parts[part]] == values[part].tolist()
        biases = {term.part: (term.weight, term.value) for term in total.terms if term.part.startswith("b")}
        expected = {f"b_{side}": (float(parameters[f"bias_{side}_l{k}"][row]), 1.0) for side in ("ih", "hh")}
        assert biases == expected
        assert [(term.weight, term.value) for term in parts["c"]] == peepholes(network, gate, k, unit, t, trace.layers)
        for term in total.terms:
            of_part = term.part if term.part in factors else "b"
            assert term.product == pytest.approx(factors[of_part] * term.weight * term.value, rel=1e-15)


def peepholes(
    network: Network, gate: str, k: int, unit: int, t: int, layers: tuple[object, ...]
) -> list[tuple[float, float]]:
    """The peephole of a gate as the paper has it: i and f see C(t−1), o sees C(t)."""
    if network.cell.name != "lstm-peephole" or gate == "c_tilde":
        return []
    rows = layers[k]
    assert isinstance(rows, dict)
    p = network.parameters()[f"weight_ch_l{k}"].reshape(3, -1)["ifo".index(gate), unit]
    return [(float(p), float(rows["c"][t if gate == "o" else t - 1, unit]))]


def test_a_gru_s_reset_gate_multiplies_what_comes_from_h_and_its_bias() -> None:
    network = untrained("gru", 5, alphabet="ab", seed=1).network
    x = np.array([0, 1, 1, 0])
    total = of(arithmetic(network, x, None, layer=0, unit=3, t=3, gate="n"))
    r = float(network.run(x).layers[0]["r"][3, 3])
    assert {part.part: part.factor for part in total.parts} == {"x": 1, "b_ih": 1, "h": r, "b_hh": r}


def test_a_symbol_is_one_term_and_numbers_are_one_each() -> None:
    symbols = untrained("lstm", 4, alphabet="abc").network
    terms = of(arithmetic(symbols, np.array([2, 1]), None, layer=0, unit=0, t=1, gate="f")).terms
    assert [(t.index, t.value) for t in terms if t.part == "x"] == [(1, 1)]
    numbers = untrained("lstm", 4, input_size=2).network
    terms = of(arithmetic(numbers, np.array([[0.1, 0.2]]), None, layer=0, unit=0, t=0, gate="f")).terms
    assert {t.index: t.value for t in terms if t.part == "x"} == {0: float(np.float32(0.1)), 1: float(np.float32(0.2))}


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_terms_stand_by_size_and_what_is_shown_adds_up_to_the_digit(cell: str, layers: int) -> None:
    oracle = load_oracle(cell, layers, "float32")
    x = of_one(oracle.recorded["x"])
    for gate in oracle.network.cell.torch_order:
        for decimals in (0, 2, 4):
            run = arithmetic(
                oracle.network, x, first_of(oracle), layer=layers - 1, unit=1, t=3, gate=gate, decimals=decimals
            )
            total = of(run)
            sizes = [abs(term.product) for term in total.terms]
            assert sizes == sorted(sizes, reverse=True)
            assert sum(Decimal(repr(term.shown)) for term in total.terms) == Decimal(repr(total.shown))
            assert abs(total.shown - total.total) <= 0.5 * 10**-decimals + 1e-12
            assert all(abs(term.shown - term.product) < 10**-decimals for term in total.terms)


def test_the_value_is_the_cell_s_own_and_the_computed_one_is_within_its_rounding() -> None:
    for cell in ("lstm", "gru", "rnn", "lstm1997", "lstm-peephole"):
        network = untrained(cell, 64, alphabet="abcd", layers=2, seed=9).network
        x = RNG.integers(4, size=40)
        trace = network.run(x)
        found = arithmetic(network, x, None, layer=1, unit=63, t=39)
        assert found.sum is None
        for line in found.lines:
            assert line.value == float(trace.layers[1][line.quantity.name][39, 63])
            assert line.computed == pytest.approx(line.value, abs=2e-6)
            variables = {name: np.asarray(value) for name, value in line.variables.items()}
            assert float(evaluate(line.quantity.formula, variables)) == pytest.approx(line.computed, rel=1e-14)


def test_rounding_together_gives_the_rest_to_whom_it_belongs() -> None:
    assert together([0.4, 0.4, 0.4], 0) == ([1, 0, 0], 1)
    assert together([0.26, 0.26, -0.52], 1) == ([0.3, 0.2, -0.5], 0)
    assert together([-0.26, 0.77], 1) == ([-0.3, 0.8], 0.5)
    assert together([1e20, 0.5, -1e20], 2) == ([1e20, 0.5, -1e20], 0.5)
    assert together([], 3) == ([], 0)


def test_a_sum_that_leaves_float64_is_refused_in_its_place() -> None:
    model = untrained("rnn", 2, input_size=2, dtype=np.float64)
    parameters = dict(model.network.parameters())
    parameters["weight_ih_l0"] = np.full((2, 2), 1e307)
    network = Network.from_parameters("rnn", parameters, "linear")
    with pytest.raises(NonFinite) as caught:
        arithmetic(network, np.array([[1e5, 1e5]]), None, layer=0, unit=0, t=0, gate="h")
    assert caught.value.params == {"step": 0, "layer": 0, "quantity": "h"}
