"""σ, tanh and softmax: accurate near 0, exact far out, silent where a caller says so."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lstm.activations import Array, sigmoid, sigmoid_of_minus, softmax

FLOATS = st.floats(-1e4, 1e4, width=32)
BETWEEN = np.linspace(-87, 20, 1071, dtype=np.float32)
"""Where σ is neither 0 nor 1 in float32."""


def exact(z: float) -> float:
    """σ(z) in float64, without overflow on either side."""
    return 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))


@example(BETWEEN)
@given(arrays(np.float32, st.integers(1, 40), elements=FLOATS))
def test_sigmoid_is_accurate_relative_to_its_own_size(z: Array) -> None:
    with np.errstate(over="ignore"):
        y = sigmoid(z)
    assert y.dtype == np.float32
    for value, at in zip(y.tolist(), z.tolist(), strict=True):
        # Below the smallest normal number, 1.2e-38, float32 itself has few digits left.
        assert value == pytest.approx(exact(at), rel=5e-7, abs=1e-38)


def test_sigmoid_reaches_0_and_1_and_a_half() -> None:
    z = np.array([-1e6, -104, 0, 20, 1e6], np.float32)
    with np.errstate(over="ignore"):
        assert sigmoid(z).tolist() == [0, 0, 0.5, 1, 1]


def test_sigmoid_writes_where_it_is_told() -> None:
    z = np.array([-2.0, 0.0, 3.0])
    expected = sigmoid(z.copy())
    out = np.empty(3)
    assert sigmoid(z, out) is out
    assert out.tolist() == expected.tolist()
    assert z.tolist() == [-2, 0, 3]
    assert sigmoid(z, z) is z
    assert z.tolist() == expected.tolist()


@given(arrays(np.float64, 5, elements=st.floats(-700, 700)))
def test_sigmoid_of_minus_is_what_it_says(z: Array) -> None:
    assert sigmoid_of_minus(z).tolist() == sigmoid(-z).tolist()


@given(arrays(np.float32, (3, 6), elements=FLOATS))
def test_softmax_is_a_distribution_in_proportion_to_exp(z: Array) -> None:
    y = softmax(z)
    wide = z.astype(np.float64)
    expected = np.exp(wide - wide.max(axis=-1, keepdims=True))
    expected /= expected.sum(axis=-1, keepdims=True)
    assert y == pytest.approx(expected, rel=2e-5, abs=1e-37)
    assert y.sum(axis=-1) == pytest.approx(1, rel=1e-6)
