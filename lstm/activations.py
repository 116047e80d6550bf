"""The two squashing functions of a recurrent cell, and the softmax of a readout, written into given memory.

Knows arrays only; does not know gates, cells or time.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]

tanh = np.tanh


def sigmoid(z: Array, out: Array | None = None) -> Array:
    """σ(z) = 1 / (1 + exp(−z)), element by element; `out` may be `z` itself.

    Accurate relative to its own size near 0 (0.5·tanh(z/2) + 0.5 is not), and exactly 0 and 1 far out: there exp(−z) passes
    through infinity, so callers in a loop hold `np.errstate(over="ignore")`.
    """
    out = np.negative(z, out=out)
    np.exp(out, out=out)
    np.add(out, 1, out=out)
    return np.reciprocal(out, out=out)


def softmax(z: Array) -> Array:
    """exp(z) over its sum along the last axis; shifted by the maximum, so that nothing overflows."""
    y = z - z.max(axis=-1, keepdims=True)
    np.exp(y, out=y)
    y /= y.sum(axis=-1, keepdims=True)
    return y
