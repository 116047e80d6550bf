"""What a run leaves behind: a Step for each timestep, a Trace for all of them. Frozen values, no computing.

Quantities are keyed by their Python names (lstm/gates.py). "…" in a shape stands for nothing, or for a batch. Does not
know cells, weights or where the numbers came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.edits import Edits

Row: TypeAlias = Mapping[str, Array]
"""Name → array, (…, H) in a step and (T, …, H) in a trace."""
Parts: TypeAlias = Mapping[str, Row]
"""Gate → the parts of its pre-activation, "x", "h", "b" (a GRU's n: "x", "h", "b_ih", "b_hh")."""
State: TypeAlias = tuple[Row, ...]
"""For each layer {"h": …} and in an LSTM "c", each (…, H)."""


class Step(NamedTuple):
    """One timestep: a row for each layer, y (…, O) = g(h), and the parts of the pre-activations if asked for."""

    t: int
    layers: tuple[Row, ...]
    y: Array | None
    pre: tuple[Parts, ...] | None


@dataclass(frozen=True, slots=True)
class Trace:
    """All steps of one run, as arrays over time: each quantity (T, …, H), y (T, …, O).

    `inputs` are those of the run, floats in the network's dtype; `initial` and `final` the states around it; `edits`
    what was changed in it: the quantities are as they were read after that.
    """

    inputs: NDArray[Any]
    initial: State
    final: State
    layers: tuple[Row, ...]
    y: Array | None
    pre: tuple[Parts, ...] | None
    edits: Edits | None = None

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True, slots=True)
class Gradients:
    """The derivatives of one number, a loss, by everything that it came from: shapes are those of what they belong to.

    `parameters` by PyTorch name; `initial` by the initial state. Where they were asked for: `states` by h(t), and
    C(t), of each layer and step, (T, …, H), along every path to the loss (of an h that is ablated or a state that is
    set, by what was put there); `inputs` by the vectors x(t), (T, …, X), and `pre` by the pre-activation of each gate
    of each layer, (T, …, H).
    """

    parameters: Mapping[str, Array]
    initial: State
    states: tuple[Row, ...]
    inputs: Array | None
    pre: tuple[Row, ...] | None


def collect(steps: Iterable[Step], inputs: NDArray[Any], initial: State) -> Trace:
    """The Trace of steps that were yielded one by one; at least one step."""
    rows = list(steps)
    layers = tuple(_stack([step.layers[k] for step in rows]) for k in range(len(initial)))
    final = tuple({name: layer[name][-1] for name in state} for layer, state in zip(layers, initial, strict=True))
    y = np.stack([step.y for step in rows if step.y is not None]) if rows[0].y is not None else None
    pre = None
    if rows[0].pre is not None:
        parts = [step.pre for step in rows if step.pre is not None]
        pre = tuple(
            {gate: _stack([part[k][gate] for part in parts]) for gate in parts[0][k]} for k in range(len(layers))
        )
    return Trace(inputs, initial, final, layers, y, pre)


def _stack(rows: list[Row]) -> Row:
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}
