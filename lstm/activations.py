"""The squashing functions of a recurrent cell and the softmax of a readout.

Knows arrays only; does not know gates, cells or time.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
from numpy import add, exp, reciprocal
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]

tanh: Final = np.tanh
_ONE: Final = np.ones(
    (), np.float32
)  # as an array: a Python 1 would be converted anew at every call, for twice the time


def sigmoid(z: Array, out: Array | None = None) -> Array:
    """σ(z) = 1 / (1 + exp(−z)), element by element; `out` may be `z` itself.

    Accurate relative to its own size near 0, which 0.5·tanh(z/2) + 0.5 is not, and exactly 0 and 1 far out: there
    exp(−z) passes through infinity, which NumPy warns of outside of `np.errstate(over="ignore")`.
    """
    return sigmoid_of_minus(np.negative(z, out), out)


def sigmoid_of_minus(z: Array, out: Array | None = None) -> Array:
    """σ(−z) = 1 / (1 + exp(z)): one pass less for a caller whose weights already carry the minus."""
    y: Array = exp(z, out)
    add(y, _ONE, y)
    reciprocal(y, y)
    return y


def softmax(z: Array) -> Array:
    """exp(z) over its sum along the last axis; shifted by the maximum, so that nothing overflows."""
    y: Array = z - z.max(axis=-1, keepdims=True)
    exp(y, y)
    y /= y.sum(axis=-1, keepdims=True)
    return y
