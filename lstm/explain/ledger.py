"""Who wrote what into a unit's memory, and how much of it is left: a state as the sum of all that was written.

Where a cell computes S(t) = keep(t)·S(t−1) + write(t), its state is Σ_s (Π_{k=s+1..t} keep(k))·write(s) plus
(Π keep)·S(−1). For an LSTM that is C, with f and i·C̃; for a GRU h, with z and (1 − z)·n; without a forget gate keep is
1. Which it is comes from the formula of the state in the gate table. A simple RNN has no such sum: tanh squashes its
whole state at every step, so no part of it belongs to one earlier step. What is written at s was itself computed from
h(s−1): the ledger says when a value was written, not all that it was made from. In an edited run a gate that is held
keeps and writes as such; at a step that sets the state, or ablates h where h is the state, nothing is kept, and what is
put there is what that step wrote. In float64, from the quantities that the cell computed. Does not know symbols' names
or JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.cells import Cell
from lstm.edits import Edits, Mask
from lstm.formula import Node, evaluate, keeping, names, parse, text
from lstm.network import Network
from lstm.trace import State

Numbers = NDArray[np.float64]

TRIANGLE_STEPS: Final = 500
"""The longest run of which a triangle is made: its numbers grow with the square of the steps."""
PAIR: Final = 0.06
"""Two amounts of opposite sign whose sum is less than this part of the larger are a pair: one took the other back."""
FAINT: Final = 0.01
"""What is less than this part of the largest amount is not looked at for pairs."""
SPENT: Final = 0.05
"""Where pairs leave less than this part of all amounts, nothing is left to have a share in."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The state that is a sum, by its Python name, and the formulas of what keeps and of what is written."""

    state: str
    key: str
    keep: Node
    write: Node

    def __str__(self) -> str:
        return f"{self.key}(t) = ({text(self.keep)})·{self.key}(t−1) + ({text(self.write)})"


@dataclass(frozen=True, slots=True)
class History:
    """One unit through a run: keep, write and state at every step, (T,) each, and the state before the first."""

    keep: Numbers
    write: Numbers
    state: Numbers
    first: float


class Shares(NamedTuple):
    """Whose the memory is, by amount: `share` (n,) adds up to 1, or None where next to nothing is left.

    `partner` (n,): the place of the amount that each one forms a pair with, −1 where there is none.
    """

    share: Numbers | None
    partner: NDArray[np.intp]


def identity(cell: type[Cell]) -> Identity | None:
    """The state of a cell that is a sum of what was written, None where there is none; from the gate table."""
    for quantity in cell.quantities:
        found = keeping(parse(quantity.formula), f"prev.{quantity.key}")
        if found is not None:
            return Identity(quantity.name, quantity.key, *found)
    return None


def history(
    network: Network,
    x: NDArray[Any],
    state: State | None,
    *,
    layer: int,
    unit: int,
    edits: Edits | None = None,
) -> History | None:
    """Follow one unit through a run over `x` from `state`, edited; None where the cell has no identity.

    Memory holds three numbers a step, however wide the network. Raises NonFinite as the run does.
    """
    found = identity(network.cell)
    if found is None:
        return None
    wanted = {*names(found.keep), *names(found.write), found.key}
    row_of = {q.key: q.name for q in network.cell.quantities if q.key in wanted}
    columns: dict[str, list[float]] = {key: [] for key in row_of}
    for step in network.steps(x, state, y=False, edits=edits):
        rows = step.layers[layer]
        for key, name in row_of.items():
            columns[key].append(rows[name][unit])
    first = 0.0 if state is None else float(np.asarray(state[layer][found.state]).astype(network.dtype)[unit])
    replaced = None if edits is None else edits.steps(layer, found.state, unit, len(x))
    return from_columns(found, {key: np.array(column) for key, column in columns.items()}, first, replaced)


def from_columns(found: Identity, columns: Mapping[str, Array], first: float, replaced: Mask | None = None) -> History:
    """The history of a unit whose quantities are known, (T,) each by key, and its state before the first step."""
    values = {key: np.asarray(column, np.float64) for key, column in columns.items()}
    return History(*kept_and_written(found, values, replaced), values[found.key], first)


def kept_and_written(
    found: Identity, values: Mapping[str, Numbers], replaced: Mask | None = None
) -> tuple[Numbers, Numbers]:
    """What a state kept and what was written at every step, from the quantities by key, (T,) or (T, H) each.

    Where the state was `replaced` nothing of it was kept, and what it was set to is what was written.
    """
    state = values[found.key]
    keep, write = (np.broadcast_to(evaluate(node, values), state.shape) for node in (found.keep, found.write))
    return (keep, write) if replaced is None else (np.where(replaced, 0.0, keep), np.where(replaced, state, write))


def left(unit: History, t: int) -> Numbers:
    """What is left at step t: of the state before the first step, then of what each step 0 … t wrote, (t+2,).

    Their sum is the state, but for the rounding of the cell's float32.
    """
    kept = np.cumprod(np.append(1.0, unit.keep[t::-1]))[::-1]  # from Π keep(0 … t) to the empty product
    amounts: Numbers = kept * np.append(unit.first, unit.write[: t + 1])
    return amounts


def triangle(unit: History) -> list[Numbers]:
    """`left` for every step. Raises ValueError for more steps than TRIANGLE_STEPS."""
    if len(unit.keep) > TRIANGLE_STEPS:
        raise ValueError(f"a triangle is made of at most {TRIANGLE_STEPS} steps, not of {len(unit.keep)}")
    rows = []
    row = np.array([unit.first])
    for keep, write in zip(unit.keep, unit.write, strict=True):
        row = np.append(keep * row, write)
        rows.append(row)
    return rows


def shares(amounts: Numbers) -> Shares:
    """Whose the memory is: the share of each amount (n,), in the order of writing.

    Plus and minus can cancel, so a part of the state itself would say little: 3 of 1 where −2 stands beside it. So
    first each pair is set aside: the later amount has taken back the latest earlier one that it cancels, and what
    little is left of both counts for the earlier. Then a share is a part of the sum of sizes, whatever their signs.
    """
    sizes = np.abs(amounts)
    rest = amounts.copy()
    partner = np.full(len(amounts), -1)
    alone = np.where(sizes >= FAINT * sizes.max(), amounts, np.inf)
    for later in np.flatnonzero(np.isfinite(alone)):
        found = _cancelled(alone[:later], amounts[later])
        if found is not None:
            partner[later], partner[found] = found, later
            rest[found] += amounts[later]
            rest[later] = 0
            alone[found] = alone[later] = np.inf
    sizes_left = np.abs(rest)
    if not sizes_left.any() or sizes_left.sum() < SPENT * sizes.sum():
        return Shares(None, partner)
    return Shares(sizes_left / sizes_left.sum(), partner)


def _cancelled(earlier: Numbers, amount: float) -> int | None:
    """The place of the latest earlier amount that this one cancels; most often it is not far back."""
    end, width = len(earlier), 64
    while end:
        start = max(0, end - width)
        near = earlier[start:end]
        found = np.flatnonzero(np.abs(near + amount) < PAIR * np.maximum(np.abs(near), abs(amount)))
        if len(found):
            return start + int(found[-1])
        end, width = start, 4 * width
    return None


def half_lives(keep: Numbers) -> list[int | None]:
    """For each step the number of steps until less than half is kept of what is there; None if the run ends before.

    At step t the least n ≥ 1 for which keep(t+1) · … · keep(t+n) < ½, multiplied in this order. Sums of logarithms find
    it at once for all t; the product itself decides where they are too close to tell. `keep` is between 0 and 1.
    """
    logs = np.append(0.0, np.cumsum(np.log(np.maximum(keep, 0.25))))  # one keep below ½ is enough, however small
    unsure = 4 * np.finfo(float).eps * len(logs) * max(1.0, -logs[-1])
    limits = np.log(2) - logs[1:]
    first, last = (np.searchsorted(-logs, limits + error, side="right") for error in (-unsure, unsure))
    found: list[int | None] = []
    for t, (low, high) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        end = low
        if low != high:
            halved = np.cumprod(keep[t + 1 : high]) < 0.5
            end = t + 2 + int(halved.argmax()) if halved.any() else len(logs)
        found.append(end - (t + 1) if end < len(logs) else None)
    return found
