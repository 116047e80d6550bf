"""Units that follow a fact: a planted one is found among many, and r comes from the half that did not choose it."""

from __future__ import annotations

import numpy as np
import pytest

from lstm.explain.units import correlations, followers

RNG = np.random.default_rng(0)


def test_a_correlation_is_numpys_own() -> None:
    state, fact = RNG.standard_normal((200, 3)), RNG.standard_normal(200)
    state[:, 1] = 5 - 2 * fact + RNG.standard_normal(200)
    expected = [np.corrcoef(state[:, unit], fact)[0, 1] for unit in range(3)]
    assert correlations(state, fact) == pytest.approx(expected, abs=1e-12)


def test_what_never_varies_follows_nothing() -> None:
    assert correlations(np.ones((10, 2)), np.arange(10)).tolist() == [0, 0]
    assert correlations(RNG.standard_normal((10, 2)), np.ones(10)).tolist() == [0, 0]


def test_a_planted_unit_is_found_in_its_layer_with_its_sign() -> None:
    fact = np.arange(4_000) % 40.0
    layers = [{"c": RNG.standard_normal((4_000, 50)).astype(np.float32)} for _ in range(2)]
    layers[1]["c"][:, 17] -= (fact - fact.mean()) / fact.std() * 2  # r = −2/√5
    layers[0]["c"][:, 3] += (fact - fact.mean()) / fact.std()  # r = 1/√2
    first, second, third = followers(tuple(layers), "c", fact, 3)
    assert (first.layer, first.unit) == (1, 17)
    assert first.r == pytest.approx(-2 / 5**0.5, abs=0.02)
    assert (second.layer, second.unit) == (0, 3)
    assert second.r == pytest.approx(0.5**0.5, abs=0.03)
    assert abs(third.r) < 0.08  # chance


def test_a_unit_that_follows_by_chance_is_not_believed() -> None:
    """In the first half a unit follows perfectly, in the second not at all: it is chosen, and its r says so."""
    fact = RNG.standard_normal(2_000)
    state = RNG.standard_normal((2_000, 8))
    state[:1_000, 5] = fact[:1_000]
    (found,) = followers(({"c": state},), "c", fact, 1)
    assert found.unit == 5
    assert abs(found.r) < 0.1
