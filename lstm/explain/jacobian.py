"""How much the state of a layer after one step still decides of its state at a later one: the vanishing gradient.

The Jacobian ∂s(T)/∂s(t) of the state s = (h, C), cut at t: h(t) and C(t) are taken as independent, what came before
them as done. A step back of a cell takes one gradient to the step before; given the 2H unit vectors at once, it takes
the whole Jacobian, so that no cell is written twice. Each row of it is scaled by a power of two of its own as it goes:
a norm of 1e-600 is as exact as any other (a part of a row less than 1e-150 of the rest of it would count as 0).

Does not know losses, outputs or inputs.

In a stack, the layers below do not read this layer, so what they give it is the same whatever its state: ∂s(T)/∂s(t) of
one layer is the same in the whole stack, the other layers' states held at t, as in that layer alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.backward import Cuts
from lstm.cells import Cell
from lstm.edits import Edits, Mask, until
from lstm.explain.exact import rerun
from lstm.explain.ledger import identity
from lstm.formula import evaluate
from lstm.memory import Carry
from lstm.network import Network
from lstm.trace import Row, State

LOG10_2: Final = float(np.log10(2.0))
_SMALL, _LARGE, _MOST = 2.0**-200, 2.0**200, 1000
"""Squares outside of the first two are scaled; by at most 2^±1000 a step, whose inverse is still a float64."""


@dataclass(frozen=True, slots=True)
class Jacobian:
    """Frobenius norms of ∂s(T)/∂s(t) for each t from 0 to T, as their log10, (T+1,); −inf where a norm is 0.

    `blocks` has one for each pair of states, (of, by): ("c", "c") is ∂C(T)/∂C(t) with h(t) held. `total` is that of all
    blocks together. `direct` is that of the direct path alone, for the state that is a sum (lstm/explain/ledger): the
    diagonal matrix Π keep(k) over k = t+1 … T; None where there is none, as in a simple RNN, which squashes all of it.
    """

    total: Array
    blocks: Mapping[tuple[str, str], Array]
    direct: Array | None


def jacobian(
    network: Network,
    x: NDArray[Any],
    state: State | None = None,
    *,
    layer: int,
    t: int,
    edits: Edits | None = None,
) -> Jacobian:
    """Return the norms of ∂s(T)/∂s(t) of a layer for T = `t`, in float64, for a run of the network over `x`.

    `x` (T, …) without a batch, `edits` and errors, as for `Network.run`. In an edited run s(t) is the state that the
    next step gets: what is replaced at t is taken as independent at t, and cuts off every step before.
    """
    edits = until(edits, t + 1)
    exact, trace = rerun(network, x[: t + 1], state, edits)
    cell, rows, first = exact.cells[layer], trace.layers[layer], trace.initial[layer]
    size, names = cell.hidden_size, cell.state_names
    before = {name: np.concatenate([first[name][np.newaxis], rows[name][:-1]]) for name in names}
    squares = np.empty((len(names), t + 1, size * len(names)))
    exponents = np.empty((t + 1, size * len(names)), np.int_)
    cuts = None if edits is None else Cuts(cell, edits, layer, slice(0, t + 1))
    for at, found in zip(reversed(range(t + 1)), back(cell, rows, before, cuts), strict=True):
        squares[:, at], exponents[at] = found.squares, found.exponents
    with np.errstate(divide="ignore"):
        logs = np.log2(squares) / 2 + exponents
    blocks = {
        (of, by): _log2_of_all(logs[b, :, a * size : (a + 1) * size]) * LOG10_2
        for a, of in enumerate(names)
        for b, by in enumerate(names)
    }
    total = _log2_of_all(np.concatenate(list(logs), axis=-1)) * LOG10_2
    return Jacobian(total, blocks, _direct(cell, rows, None if cuts is None else cuts.unmoved))


def multiplications(cell: Cell) -> int:
    """How many multiplications one step back of a cell's Jacobian takes: 8·H³ for an LSTM of H units."""
    return len(cell.blocks) * cell.hidden_size**3 * len(cell.state_names)


class Back(NamedTuple):
    """The Jacobian of the last state by that after one step; N components, the last h first, then the last C.

    `by`: for each state of the step, h first, (H, N); it is good until the next step back is asked for. `squares`: the
    sums of squares of each column, (states, N). Column n is to be multiplied by two to the power `exponents[n]`.
    """

    by: Carry
    squares: Array
    exponents: NDArray[np.int_]


def back(cell: Cell, rows: Row, before: Row, cuts: Cuts | None = None) -> Iterator[Back]:
    """Yield the Jacobian of the last state by the state after each step, from the last step to the first.

    `rows` and `before` as for `Cell.slopes`, without a batch; `cuts` for all of these steps.
    """
    size, names = cell.hidden_size, cell.state_names
    width = size * len(names)
    unit = np.eye(width, dtype=cell.dtype)
    found = _scaled(tuple(unit[k * size : (k + 1) * size] for k in range(len(names))), np.zeros(width, np.int_))
    yield found
    slopes = cell.slopes(rows, before)
    if cuts is not None:
        cuts.shut(slopes)
    of_step = tuple(np.empty((1, slope.shape[1], width), slope.dtype) for slope in slopes)
    for step in reversed(range(1, len(rows["h"]))):
        for wide, slope in zip(of_step, slopes, strict=True):
            np.copyto(wide, slope[step, :, np.newaxis])
        (slot,) = cell.slots_back(of_step)
        by = cell.step_back(slot, found.by) if cuts is None else cuts.step_back(step, slot, found.by)
        found = _scaled(by, found.exponents)
        yield found


def _scaled(by: Carry, exponents: NDArray[np.int_]) -> Back:
    """The same Jacobian with every column that is far from 1 scaled to it, and every square inside float64."""
    squares = _squares(by)
    if squares.min() > _SMALL and squares.max() < _LARGE:
        return Back(by, squares, exponents)
    peaks = np.max([np.abs(values).max(axis=0) for values in by], axis=0)
    shift = np.clip(np.frexp(peaks)[1], -_MOST, _MOST)
    by = tuple(values * np.ldexp(1.0, -shift) for values in by)
    return Back(by, _squares(by), exponents + shift)


def _squares(by: Carry) -> Array:
    return np.stack([np.einsum("ij,ij->j", values, values) for values in by])


def _direct(cell: Cell, rows: Row, replaced: Mapping[str, Mask] | None) -> Array | None:
    """The log10 of the norms of the direct path: for each t the product of `keep` over all later steps.

    A state that is `replaced` keeps nothing.
    """
    path = identity(type(cell))
    if path is None:
        return None
    values = evaluate(path.keep, {one.key: rows[one.name].astype(np.float64) for one in cell.quantities})
    kept = np.broadcast_to(values, rows[path.state].shape)
    if replaced is not None:
        kept = np.where(replaced[path.state], 0.0, kept)
    with np.errstate(divide="ignore"):
        later = np.cumsum(np.log2(kept[:0:-1]), axis=0)[::-1]
    return _log2_of_all(np.concatenate([later, np.zeros_like(kept[:1])])) * LOG10_2


def _log2_of_all(logs: Array) -> Array:
    """The log2 of the root of the sum of squares along the last axis, of numbers that are given as their log2."""
    top = logs.max(axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):
        found: Array = top[..., 0] + np.log2(np.exp2(2 * (logs - top)).sum(axis=-1)) / 2
    return found
