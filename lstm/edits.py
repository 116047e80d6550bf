"""What-if edits: a gate held at a value, a unit silenced, a state replaced, in some steps of one run.

They are checked against a network's gate table and handed to a run as an argument; nothing of them is ever kept on a
model, so two runs never meet. A step says itself when a quantity is there to be edited. What an edit moves beyond its
own quantity follows from the formulas: a coupled cell has i = 1 − f, so its f held at 1 also holds i at 0. Does not
know JSON, batches or how anything is computed; another token is another input, not an edit of a run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar, Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstm.errors import BadParameter, NotEditable, NotFinite, OutOfRange, UnknownQuantity
from lstm.gates import Quantity, Table

Mask: TypeAlias = NDArray[np.bool_]
Units: TypeAlias = tuple[int, ...] | None
"""Some units, or all of them."""
Write: TypeAlias = Callable[..., None]
"""Given the names of quantities that a step has just computed, it writes this step's edits into them."""

STATE_BOUND: Final = 1e6
"""The largest size of a state given by a caller; what a run itself reaches is not bounded."""


@dataclass(frozen=True, slots=True)
class Clamp:
    """Hold a gate or a candidate, by its Python name, at a value from step `first` to step `last`, both included.

    `units`: None for all of them; `last`: None for the end of the run.
    """

    quantity: str
    value: float
    layer: int = 0
    units: Units = None
    first: int = 0
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Ablate:
    """Give 0 as the h of these units to all that read it: the next step, the layer above, the readout and the trace.

    Their C runs on. Where h is all the state there is, as in a GRU, the next step reads it as its state too. Units and
    steps as for a Clamp.
    """

    layer: int = 0
    units: Units = None
    first: int = 0
    last: int | None = None
    quantity: ClassVar[str] = "h"
    value: ClassVar[float] = 0.0


@dataclass(frozen=True, slots=True)
class SetState:
    """Replace the state of these units after step `t`: C, from which h(t) is then made, or h where there is no C."""

    quantity: str
    value: float
    t: int
    layer: int = 0
    units: Units = None

    @property
    def first(self) -> int:
        """The only step that it edits."""
        return self.t

    @property
    def last(self) -> int:
        """The same."""
        return self.t


Edit: TypeAlias = Clamp | Ablate | SetState
Index: TypeAlias = slice | NDArray[np.intp]
"""Some units, as an array is indexed by them."""
Writes: TypeAlias = Mapping[str, tuple[tuple[Index, float], ...]]
"""Quantity → units and their value, in the order in which they are written in one step."""


class Size(NamedTuple):
    """What edits have to fit: the numbers of layers, of units in each and of steps."""

    layers: int
    units: int
    steps: int


@dataclass(frozen=True, slots=True)
class Edits:
    """All edits of a run. Where two meet the later one holds, but a unit that is ablated shows 0 whatever was set."""

    edits: tuple[Edit, ...]

    def check(self, table: Table, size: Size) -> None:
        """Raises a domain error for the first edit that does not fit a network of this gate table and size."""
        for edit in self.edits:
            check(edit, table, size)

    def writes(self, layer: int, start: int, stop: int) -> Iterator[Writes]:
        """For each step from `start` up to `stop` what is written there; empty where nothing is."""
        of_layer = sorted(self._of(layer, start, stop), key=lambda edit: isinstance(edit, Ablate))
        spans = [(edit, _index(edit.units), *_span(edit, start, stop)) for edit in of_layer]
        bounds = {start, stop, *(end for _, _, *ends in spans for end in ends)}
        for here, there in pairwise(sorted(bounds)):
            active: dict[str, tuple[tuple[Index, float], ...]] = {}
            for edit, units, low, high in spans:
                if low <= here < high:
                    active[edit.quantity] = (*active.get(edit.quantity, ()), (units, edit.value))
            for _ in range(here, there):
                yield active

    def mask(self, layer: int, quantity: str, start: int, stop: int, units: int) -> Mask:
        """Where a quantity is edited, (stop − start, units)."""
        found = np.zeros((stop - start, units), np.bool_)
        for edit in self._of(layer, start, stop):
            if edit.quantity == quantity:
                low, high = _span(edit, start, stop)
                found[low - start : high - start, _index(edit.units)] = True
        return found

    def steps(self, layer: int, quantity: str, unit: int, steps: int) -> Mask:
        """At which of the first `steps` steps a quantity of one unit is edited, (steps,)."""
        found = np.zeros(steps, np.bool_)
        for edit in self._of(layer, 0, steps):
            if edit.quantity == quantity and (edit.units is None or unit in edit.units):
                found[slice(*_span(edit, 0, steps))] = True
        return found

    def _of(self, layer: int, start: int, stop: int) -> list[Edit]:
        """The edits of a layer that reach into some steps."""
        in_layer = (edit for edit in self.edits if edit.layer == layer)
        return [edit for edit in in_layer if edit.first < stop and (edit.last is None or edit.last >= start)]


def until(edits: Edits | None, stop: int) -> Edits | None:
    """What of them changes the first `stop` steps; None where nothing does."""
    kept = [] if edits is None else [edit for edit in edits.edits if edit.first < stop]
    cut = (edit if isinstance(edit, SetState) or edit.last is None else _ended(edit, stop - 1) for edit in kept)
    return Edits(tuple(cut)) if kept else None


def clampable(table: Table) -> tuple[Quantity, ...]:
    """What can be held at a value: every gate and candidate, for each is one squashed number that the rest reads."""
    return tuple(quantity for quantity in table if quantity.kind != "state")


def settable(table: Table) -> Quantity:
    """The state that can be replaced: C where there is one, else h. The table has it first of its states."""
    return next(quantity for quantity in table if quantity.kind == "state")


def check(edit: Edit, table: Table, size: Size) -> None:
    """Raises BadParameter, UnknownQuantity, NotEditable, NotFinite or OutOfRange where an edit does not fit."""
    _within("layer", edit.layer, size.layers - 1)
    for unit in edit.units or ():
        _within("units", unit, size.units - 1)
    if isinstance(edit, SetState):
        _within("t", edit.t, size.steps - 1)
    else:
        _within("from", edit.first, size.steps - 1)
        if edit.last is not None:
            _within("to", edit.last, size.steps - 1, edit.first)
    if not isinstance(edit, Ablate):
        _check_value(edit, table)


def write(rows: Mapping[str, NDArray[np.floating]], step: int, writes: Writes) -> Write:
    """The function that writes a step's edits into quantities (n, H, …) of a layer, by their names."""

    def into(*names: str) -> None:
        for name in names:
            for units, value in writes.get(name, ()):
                rows[name][step][units] = value

    return into


def _check_value(edit: Clamp | SetState, table: Table) -> None:
    kind, allowed = ("clamp", clampable(table)) if isinstance(edit, Clamp) else ("set", (settable(table),))
    quantity = next((quantity for quantity in table if quantity.name == edit.quantity), None)
    if quantity is None:
        raise UnknownQuantity(edit.quantity, [known.key for known in table])
    if quantity not in allowed:
        raise NotEditable(quantity.key, kind, [known.key for known in allowed])
    if not math.isfinite(edit.value):
        raise NotFinite("The value")
    low = -STATE_BOUND if quantity.min is None else quantity.min
    high = STATE_BOUND if quantity.max is None else quantity.max
    if not low <= edit.value <= high:
        raise OutOfRange(quantity.key, edit.value, low, high)


def _within(name: str, value: int, last: int, first: int = 0) -> None:
    if not first <= value <= last:
        raise BadParameter(name, value, first, last)


def _ended(edit: Clamp | Ablate, last: int) -> Edit:
    return edit if edit.last is not None and edit.last <= last else replace(edit, last=last)


def _span(edit: Edit, start: int, stop: int) -> tuple[int, int]:
    """The steps of an edit that lie between two, the second excluded."""
    return max(edit.first, start), stop if edit.last is None else min(edit.last + 1, stop)


def _index(units: Units) -> Index:
    return slice(None) if units is None else np.array(units)


class Preset(NamedTuple):
    """Clamps with a name for what they make of a cell, for all units and steps; people's words are the page's."""

    name: Literal["remember", "keep", "forget", "overwrite", "hide"]
    clamps: tuple[Clamp, ...]


_HIDE: Final = Preset("hide", (Clamp("o", 0.0),))
_OF_LSTM: Final = (
    Preset("remember", (Clamp("f", 1.0), Clamp("i", 0.0))),
    Preset("keep", (Clamp("f", 1.0),)),
    Preset("overwrite", (Clamp("f", 0.0), Clamp("i", 1.0))),
    Preset("forget", (Clamp("f", 0.0),)),
    _HIDE,
)
PRESETS: Final[Mapping[str, tuple[Preset, ...]]] = {
    "lstm": _OF_LSTM,
    "lstm-peephole": _OF_LSTM,
    "lstm-coupled": (  # what is not kept is written: no f forgets and writes nothing
        Preset("remember", (Clamp("f", 1.0),)),
        Preset("overwrite", (Clamp("f", 0.0),)),
        _HIDE,
    ),
    "lstm1997": (Preset("remember", (Clamp("i", 0.0),)), _HIDE),
    "lstm1997-open": (Preset("remember", (Clamp("i", 0.0),)),),
    "gru": (Preset("remember", (Clamp("z", 1.0),)), Preset("overwrite", (Clamp("z", 0.0),))),
}
"""For each cell what can be tried on it at once.

Remember for ever, forget nothing, always overwrite, forget at once, never show.
A name is there only where it is true of the cell: a simple RNN has no gate to clamp.
"""
