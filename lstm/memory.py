"""Where a layer writes its steps, and the order of axes there: units before batch.

Outside, arrays over time are (n, …, H); here they are (n, H, …), so that all gates of a step, or all units of one gate,
lie in one piece of memory whatever the batch. "…" stands for nothing, or for one axis of a batch. Does not know what is
computed.

Weights may be a stack of S networks', (S, J, I); then the batch is S·B columns, those of the first network first.
"""

from __future__ import annotations

from collections.abc import Callable
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
        """`w` (…, R, H+X+1), `x` as in `write_inputs`, `before`: the states before the first step."""
        n, (size, *batch) = len(x), before[0].shape
        self.joint = np.empty((n + 1, w.shape[-1], *batch), w.dtype)
        front = size * len(before[1:])
        self.work = np.empty((n + 1, front + w.shape[-2], *batch), w.dtype)
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
    if weight.ndim == 3:  # (n, S, B, I) and (S, J, I)
        of_each: Array = np.matmul(values, weight.swapaxes(-1, -2))
        return of_each
    steps = values.reshape(len(values), -1, values.shape[-1])
    of_all: Array = np.matmul(steps, weight.T).reshape(*values.shape[:-1], len(weight))
    return of_all


def times(weight: Array, values: Array) -> Array:
    """W·v for values (n, I, …) and a weight (J, I), as (n, J, …); each network's columns by its own in a stack."""
    if weight.ndim == 3:
        out = np.empty((len(values), weight.shape[-2], values.shape[-1]), values.dtype)
        np.matmul(weight, _by_network(values, len(weight)), _by_network(out, len(weight)))
        return out
    of_all: Array = values @ weight.T if values.ndim == 2 else weight @ values
    return of_all


def product(weight: Array) -> Callable[..., Array]:
    """The function that multiplies one step's values (I, …) by a weight (J, I), into a place (J, …) if given one."""
    if weight.ndim == 2:
        return weight.dot

    def of_a_stack(values: Array, out: Array | None = None) -> Array:
        out = np.empty((weight.shape[-2], values.shape[-1]), values.dtype) if out is None else out
        np.matmul(weight, _by_network(values, len(weight)), _by_network(out, len(weight)))
        return out

    return of_a_stack


def sum_of_products(left: Array, right: Array, stack: tuple[int, ...] = ()) -> Array:
    """Σ left·rightᵀ over all steps and sequences: (n, J, …) and (n, I, …) give (J, I), or (S, J, I) in a stack."""
    if stack:
        rows, columns_ = (
            np.moveaxis(_by_network(v, *stack), 0, 2).reshape(*stack, v.shape[1], -1) for v in (left, right)
        )
        of_each: Array = rows @ columns_.swapaxes(-1, -2)
        return of_each
    axes = [axis for axis in range(left.ndim) if axis != 1]
    of_all: Array = np.tensordot(left, right, axes=(axes, axes))
    return of_all


def columns(vector: Array, values: Array) -> Array:
    """A number a unit, (H,) or (S, H), so that it meets values (n, H, …) in every column of its network."""
    if vector.ndim == 2:
        return np.repeat(vector.T, values.shape[-1] // len(vector), axis=1)
    return vector if values.ndim == 2 else vector[:, np.newaxis]


def sum_of_columns(values: Array, stack: tuple[int, ...] = ()) -> Array:
    """Σ over all steps and sequences: (n, H, …) gives a number a unit, (H,), or (S, H) in a stack."""
    total: Array = values.sum(axis=0)
    if total.ndim > 1:
        total = total.reshape(len(total), *stack, -1).sum(axis=-1)
    return total.T


def _by_network(values: Array, networks: int) -> Array:
    """(…, I, S·B) as a view (…, S, I, B)."""
    view: Array = values.reshape(*values.shape[:-1], networks, -1).swapaxes(-3, -2)
    return view


def units_first(values: Array) -> Array:
    """(n, …, H) as a view (n, H, …)."""
    return values if values.ndim == 2 else np.moveaxis(values, -1, 1)


def units_last(values: Array) -> Array:
    """(n, H, …) as a view (n, …, H)."""
    return values if values.ndim == 2 else np.moveaxis(values, 1, -1)
