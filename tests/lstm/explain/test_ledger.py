"""The ledger: its terms add up to the state that was computed, half-lives are a plain loop's, shares a hand's."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from lstm.catalog import Catalog
from lstm.cells import CELLS
from lstm.checkpoint import Model
from lstm.explain.ledger import (
    TRIANGLE_STEPS,
    History,
    from_columns,
    half_lives,
    history,
    identity,
    left,
    shares,
    triangle,
)
from lstm.network import Network
from lstm.trace import State
from lstm.untrained import untrained
from tests.lstm.by_hand import BY_HAND, SUMS
from tests.lstm.formula import evaluate

CATALOG = Catalog()
SHIPPED = CATALOG.names()
RNG = np.random.default_rng(8)


def state_of(network: Network, scale: float) -> State:
    return tuple(
        {name: (scale * RNG.standard_normal(network.hidden_size)).astype(network.dtype) for name in rows}
        for rows in network.initial_state()
    )


def assert_terms_add_up(network: Network, x: np.ndarray, state: State | None) -> None:
    """In every layer and unit, at every step of a run, within 2e-6·max(1, Σ|terms|)."""
    found = identity(network.cell)
    assert found is not None
    trace = network.run(x, state)
    keys = {quantity.name: quantity.key for quantity in network.cell.quantities}
    for layer, rows in enumerate(trace.layers):
        for unit in range(network.hidden_size):
            first = float(trace.initial[layer][found.state][unit])
            followed = from_columns(found, {keys[name]: values[:, unit] for name, values in rows.items()}, first)
            if unit == layer:
                assert_same(history(network, x, state, layer=layer, unit=unit), followed)
            for t in {0, 1 % len(x), len(x) // 2, len(x) - 1}:
                terms = left(followed, t)
                assert len(terms) == t + 2
                bound = 2e-6 * max(1, np.abs(terms).sum())
                assert abs(terms.sum() - float(rows[found.state][t, unit])) <= bound


def assert_same(found: History | None, expected: History) -> None:
    """A unit that is followed step by step is that of the whole trace, bit for bit."""
    assert found is not None
    assert found.first == expected.first
    for name in ("keep", "write", "state"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()


@pytest.mark.parametrize("cell", SUMS)
@pytest.mark.parametrize("layers", [1, 2])
def test_the_terms_of_every_cell_add_up_from_zero_and_from_a_given_state(cell: str, layers: int) -> None:
    network = untrained(cell, 7, layers, alphabet="abcd", seed=5).network
    x = RNG.integers(4, size=150)
    assert_terms_add_up(network, x, None)
    assert_terms_add_up(network, x, state_of(network, 0.5))
    assert_terms_add_up(network, x[:1], state_of(network, 3))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_terms_of_every_shipped_model_add_up_on_its_examples(name: str) -> None:
    model: Model = CATALOG.load(name)
    for example in model.card["examples"]:
        x = model.tokenizer.encode(example["input"]).x
        if identity(model.network.cell) is None:
            assert history(model.network, x, None, layer=0, unit=0) is None
        else:
            assert_terms_add_up(model.network, x, None)


@pytest.mark.parametrize("cell", SUMS)
def test_every_single_term_is_what_the_identity_says(cell: str) -> None:
    """Π keep(s+1 … t)·write(s) by a plain loop over the run's own quantities, as each cell is known by hand."""
    network = untrained(cell, 3, alphabet="ab", seed=2).network
    x, state = RNG.integers(2, size=12), state_of(network, 1)
    rows, keys = network.run(x, state).layers[0], BY_HAND[cell].keys.split()
    values = {key: rows[key.lower()][:, 1].astype(float) for key in keys}
    kept, written = (np.broadcast_to(evaluate(formula, values), 12) for formula in SUMS[cell])
    followed = history(network, x, state, layer=0, unit=1)
    assert followed is not None
    whole = triangle(followed)
    for t in range(12):
        first = float(state[0][BY_HAND[cell].state.lower()][1])
        expected = []
        for s, amount in enumerate([first, *written[: t + 1]]):
            remains = amount
            for k in range(s, t + 1):
                remains *= kept[k]
            expected.append(remains)
        assert left(followed, t) == pytest.approx(expected, rel=1e-12, abs=1e-300)
        assert whole[t] == pytest.approx(expected, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("cell", BY_HAND)
def test_the_identity_of_each_cell_in_its_own_words(cell: str) -> None:
    known = BY_HAND[cell]
    words = f"{known.state}(t) = ({known.keep})·{known.state}(t−1) + ({known.write})" if cell in SUMS else "None"
    assert str(identity(CELLS[cell])) == words


def loop(keep: np.ndarray) -> list[int | None]:
    """The half-lives by definition."""
    found: list[int | None] = []
    for t in range(len(keep)):
        product, life = 1.0, None
        for n in range(1, len(keep) - t):
            product *= keep[t + n]
            if product < 0.5:
                life = n
                break
        found.append(life)
    return found


@pytest.mark.parametrize(
    "keep",
    [
        RNG.uniform(0.5, 1, 300),
        RNG.uniform(0, 1, 300),
        1 - RNG.uniform(0, 0.01, 500),
        np.ones(50),
        np.zeros(5),
        np.full(9, 0.5),
        np.full(40, 0.5**0.1),
        np.tile([1, 1, 0.5, 1], 30),
        np.tile([0.25, 1, 1, 1], 30),
        1 - RNG.uniform(0, 2e-3, 1_500),
        np.array([0.3]),
    ],
)
def test_half_lives_are_those_of_a_plain_loop(keep: np.ndarray) -> None:
    assert half_lives(keep) == loop(keep)


def test_a_half_life_is_until_less_than_half_is_kept() -> None:
    assert half_lives(np.array([0.0, 0.5, 0.9, 0.9, 0.4])) == [2, 3, 2, 1, None]
    assert half_lives(np.ones(4)) == [None] * 4


def test_shares_of_one_sign_are_parts_of_the_state() -> None:
    found = shares(np.array([0, 3, 1.0]))
    assert found.share is not None
    assert found.share.tolist() == [0, 0.75, 0.25]
    assert found.partner.tolist() == [-1, -1, -1]


def test_where_signs_differ_a_pair_is_set_aside_and_sizes_are_counted() -> None:
    """A bracket that closes takes back what its partner wrote; what is left of both counts for the partner."""
    found = shares(np.array([0.0, 1, 0.5, -0.49, -0.2, 0.02]))
    assert found.partner.tolist() == [-1, -1, 3, 2, -1, -1]
    sizes = [0, 1, 0.01, 0, 0.2, 0.02]
    assert found.share == pytest.approx(np.array(sizes) / 1.23)


def test_a_pair_may_begin_with_either_sign_and_is_the_latest_that_fits() -> None:
    assert shares(np.array([-1, -1, 1, 0.5])).partner.tolist() == [-1, 2, 1, -1]
    assert shares(np.array([1, -0.93, 1])).partner.tolist() == [-1, -1, -1]


def test_where_next_to_nothing_is_left_no_one_has_a_share_in_it() -> None:
    assert shares(np.array([1, -0.99])).share is None
    assert shares(np.zeros(3)).share is None


def counter() -> Network:
    """One unit that counts: "(" writes 1, ")" writes −1, "a" nothing, and f is 1; all gates are shut or open."""
    rows = {"i": [50, 50, -50], "f": [50, 50, 50], "c_tilde": [50, -50, 0], "o": [0, 0, 0]}
    zeros = np.zeros(4, np.float32)
    parameters = {
        "weight_ih_l0": np.array(list(rows.values()), np.float32),
        "weight_hh_l0": np.zeros((4, 1), np.float32),
        "bias_ih_l0": zeros,
        "bias_hh_l0": zeros,
        "readout.weight": np.ones((1, 1), np.float32),
        "readout.bias": np.zeros(1, np.float32),
    }
    return Network.from_parameters("lstm", parameters, "linear")


def test_a_counter_remembers_the_bracket_that_is_open() -> None:
    """In "(()a" the inner bracket was taken back by its partner, and all that is left is the outer one's."""
    followed = history(counter(), np.array([0, 0, 1, 2]), None, layer=0, unit=0)
    assert followed is not None
    amounts = left(followed, 3)
    assert amounts == pytest.approx([0, 1, 1, -1, 0], abs=1e-12)
    found = shares(amounts)
    assert found.share == pytest.approx(np.array([0, 1, 0, 0, 0]), abs=1e-12)
    assert found.partner.tolist() == [-1, -1, 3, 2, -1]
    assert half_lives(followed.keep) == [None] * 4


def test_ten_thousand_steps_stay_small() -> None:
    """Three numbers a step and unit; a triangle of it would be 400 MB."""
    network = untrained("lstm1997", 64, alphabet="ab", seed=1).network
    x = RNG.integers(2, size=10_000)
    tracemalloc.start()
    followed = history(network, x, None, layer=0, unit=5)
    assert followed is not None
    terms = left(followed, 9_999)
    assert tracemalloc.get_traced_memory()[1] < 8e6
    tracemalloc.stop()
    assert half_lives(followed.keep) == [None] * 10_000
    found = shares(terms)
    assert found.share is not None
    assert found.share.sum() == pytest.approx(1, abs=1e-12)
    assert abs(terms.sum() - followed.state[-1]) < 2e-6 * max(1, np.abs(terms).sum())


def test_a_triangle_has_its_limit() -> None:
    ones = np.ones(TRIANGLE_STEPS)
    assert triangle(History(ones, ones, ones, 0.0))[-1].sum() == TRIANGLE_STEPS
    more = np.ones(TRIANGLE_STEPS + 1)
    with pytest.raises(ValueError, match="at most 500 steps"):
        triangle(History(more, more, more, 0.0))
