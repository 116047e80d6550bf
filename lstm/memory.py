"""Where a layer writes its steps, and the order of axes there: units before batch.

Outside, arrays over time are (n, …, H); here they are (n, H, …), so that all gates of a step, or all units of one gate,
lie in one piece of memory whatever the batch. "…" stands for nothing, or for one axis of a batch. Does not know what is
computed.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array

Carry: TypeAlias = tuple[Array, ...]
"""The states of one step, or their gradients, h first, each (H, …)."""


class Memory:
    """The n steps of one layer, what goes in and what comes out.

    `joint` (n+1, H+X+1, …) holds [h(t−1), x(t), 1], so the h of step t is in row t+1, and `h` is a view of it.
    `carried` holds the other states, each (n+1, H, …), likewise. `product` (n, R, …) holds W·joint and what a step
    makes of it. Both are views of `work`, in which what step t−1 carries over lies right before the product of step t.
    """

    def __init__(self, w: Array, x: NDArray[Any], before: Carry) -> None:
        """`w` (R, H+X+1), `x` as in `write_inputs`, `before`: the states before the first step."""
        n, (size, *batch) = len(x), before[0].shape
        self.joint = np.empty((n + 1, w.shape[1], *batch), w.dtype)
        front = size * len(before[1:])
        self.work = np.empty((n + 1, front + len(w), *batch), w.dtype)
        self.carried = tuple(self.work[:, start : start + size] for start in range(0, front, size))
        self.product = self.work[:-1, front:]
        self.h = self.joint[:, :size]
        write_inputs(self.joint[:-1, size:], x)
        for memory, values in zip((self.h, *self.carried), before, strict=True):
            memory[0] = values


def write_inputs(place: Array, x: NDArray[Any]) -> None:
    """Write [x(t), 1] into (n, X+1, …): `x` is integers (n, …) for one-hot vectors, or floats (n, …, X)."""
    if x.dtype.kind in "iu":
        symbols = np.arange(place.shape[1] - 1).reshape(-1, *(1,) * (x.ndim - 1))
        np.equal(x[:, np.newaxis], symbols, out=place[:, :-1], casting="unsafe")
    else:
        place[:, :-1] = units_first(x)
    place[:, -1] = 1


def per_step(values: Array, weight: Array) -> Array:
    """W·v for values (n, …, I) and a weight (J, I), as (n, …, J): each step by a product of its own.

    One product for all steps would be faster, but then a step's bits would depend on how many steps came with it.
    """
    steps = values.reshape(len(values), -1, values.shape[-1])
    product: Array = np.matmul(steps, weight.T).reshape(*values.shape[:-1], len(weight))
    return product


def times(weight: Array, values: Array) -> Array:
    """W·v for values (n, I, …) and a weight (J, I), as (n, J, …)."""
    product: Array = values @ weight.T if values.ndim == 2 else weight @ values
    return product


def units_first(values: Array) -> Array:
    """(n, …, H) as a view (n, H, …)."""
    return values if values.ndim == 2 else np.moveaxis(values, -1, 1)


def units_last(values: Array) -> Array:
    """(n, H, …) as a view (n, …, H)."""
    return values if values.ndim == 2 else np.moveaxis(values, 1, -1)
