"""A layer at a glance: how far its gates are saturated, what each unit does, and what happens at each step.

Facts of a run, taken from its numbers alone: keep and write are those of the identity in lstm/explain/ledger.py, so
they hold for every cell that has one; of a simple RNN, which has none, what its state changes by takes the place of
what is written. In float64, from the quantities that the cell computed. Does not know symbols' names or JSON: what a
step read is a label, equal where the inputs are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstm.cells import Cell
from lstm.explain.ledger import Identity, half_lives, identity, kept_and_written
from lstm.formula import evaluate, names, parse
from lstm.trace import Trace

Numbers = NDArray[np.float64]
Kind: TypeAlias = Literal["forgets", "writes", "opens", "closes", "changes"]

SHUT: Final = 0.1
"""A gate below this is saturated to the left (Karpathy, Johnson & Fei-Fei 2015, §4.2)."""
OPEN: Final = 0.9
"""A gate above this is saturated to the right."""
MOST_TOKENS: Final = 3
"""So many inputs are named of each thing that a unit does."""
MOST_EVENTS: Final = 3
"""So many things are told of a step."""
FAINT: Final = 0.1
"""What is less than this part of the largest of its kind in the run is not told."""


class Saturation(NamedTuple):
    """The share of steps at which a gate is below SHUT and above OPEN: (H,) each, and of all its units together."""

    low: Numbers
    high: Numbers

    @property
    def whole(self) -> tuple[float, float]:
        """Both shares for the layer as a whole."""
        return float(self.low.mean()), float(self.high.mean())


class OnInput(NamedTuple):
    """What a unit does where it reads one input: mean and mean size over its `steps`, of which `t` is the strongest."""

    t: int
    steps: int
    mean: float
    size: float


class Event(NamedTuple):
    """One thing that a unit does at a step.

    `amount` is what there is to say: the part that it forgets, what it writes, how far its output gate is now open, or
    the state it changes to. `change` is what that does to its state, or for an output gate to h.
    """

    unit: int
    kind: Kind
    amount: float
    change: float


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a run, (T, H) in float64 each; keep is None where no part of the state is kept as it is.

    `before` is the state one step earlier, `write` what a step adds, `opening` the output gate, `jump` what opening or
    shutting it since the step before does to h; both None where a cell has no output gate.
    """

    found: Identity | None
    gates: Mapping[str, Numbers]
    state: Numbers
    before: Numbers
    keep: Numbers | None
    write: Numbers
    output_gate: str | None
    opening: Numbers | None
    jump: Numbers | None


def read(cell: type[Cell], trace: Trace, layer: int) -> Layer:
    """What the facts are made from: a layer of a trace without a batch, by the gate table's formulas."""
    rows = {q.key: trace.layers[layer][q.name].astype(np.float64) for q in cell.quantities}
    gates = {q.key: rows[q.key] for q in cell.quantities if q.kind == "gate"}
    found = identity(cell)
    name, key = ("h", "h") if found is None else (found.state, found.key)
    state = rows[key]
    before = np.concatenate([trace.initial[layer][name][np.newaxis].astype(np.float64), state[:-1]])
    if found is None:
        return Layer(None, gates, state, before, None, state - before, None, None, None)
    replaced = None if trace.edits is None else trace.edits.mask(layer, name, 0, *state.shape)
    keep, write = kept_and_written(found, rows, replaced)
    shown = parse(next(q.formula for q in cell.quantities if q.key == "h"))
    output = next((gate for gate in names(shown) if gate in gates), None) if key != "h" else None
    if output is None:
        return Layer(found, gates, state, before, keep, write, None, None, None)
    opening = rows[output]
    as_before = {**rows, output: np.concatenate([opening[:1], opening[:-1]])}
    jump = np.asarray(evaluate(shown, rows)) - np.asarray(evaluate(shown, as_before))
    return Layer(found, gates, state, before, keep, write, output, opening, jump)


def saturation(gate: Numbers) -> Saturation:
    """How often a gate (T, H) is all but shut, and all but open: Karpathy, Johnson & Fei-Fei 2015, §4.2."""
    return Saturation((gate < SHUT).mean(axis=0), (gate > OPEN).mean(axis=0))


def half_life(keep: Numbers) -> int | None:
    """The median over the steps (T,) of how long until less than half is kept; None where the run does not show it.

    A step after which the run ends too soon counts for as long as it is seen and no longer, so that a short run does
    not make a memory look short: the median of Kaplan & Meier (1958), the least n that at most half of the steps
    outlast. Where the run shows every half-life, that is the (lower) median of them.
    """
    lives = half_lives(keep)
    end = len(keep) - 1
    seen = np.array([end - t if life is None else life for t, life in enumerate(lives)])
    over = np.bincount(seen[[life is not None for life in lives]], minlength=len(keep))[1:]
    at_risk = np.maximum(1, len(keep) - np.cumsum(np.bincount(seen, minlength=len(keep)))[:-1])
    outlasting = np.cumprod(1 - over / at_risk)
    halved = np.flatnonzero(outlasting <= 0.5 + 1e-9)
    return int(halved[0]) + 1 if len(halved) else None


def labels(x: NDArray[Any]) -> NDArray[np.intp]:
    """A number for each step (T,), equal where the input is: `x` as a network takes it, (T,) or (T, X)."""
    return np.unique(x, axis=0, return_inverse=True)[1].ravel()


def by_input(values: Numbers, label: NDArray[np.intp], key: Literal["size", "most", "least"]) -> list[list[OnInput]]:
    """For each unit of values (T, H) the inputs on which they are the largest by size or by value, or the least."""
    by_label = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.diff(label[by_label], prepend=-1))
    ends = [*starts[1:].tolist(), len(label)]
    counts = np.diff([*starts, len(label)])[:, np.newaxis]
    sizes = np.abs(values)
    means, mean_sizes = (np.add.reduceat(v[by_label], starts, axis=0) / counts for v in (values, sizes))
    strength = {"size": sizes, "most": values, "least": -values}[key]
    ranked = {"size": mean_sizes, "most": means, "least": -means}[key]
    best = np.argsort(-ranked, axis=0, kind="stable")[:MOST_TOKENS]
    steps = [by_label[start:end] for start, end in zip(starts, ends, strict=True)]

    def on(which: int, unit: int) -> OnInput:
        t = steps[which][int(strength[steps[which], unit].argmax())]
        return OnInput(int(t), len(steps[which]), float(means[which, unit]), float(mean_sizes[which, unit]))

    return [[on(which, unit) for which in column] for unit, column in enumerate(best.T.tolist())]


def events(layer: Layer) -> list[list[Event]]:
    """What there is to tell of each step: the largest changes, each by its part of the largest of its kind in the run.

    The kinds are forgetting, (1 − keep)·|S(t−1)|; writing, |write|; and the jump of h by an output gate that opens or
    shuts; for a simple RNN the change of h. At most MOST_EVENTS, spread over the kinds as evenly as they allow, none
    below FAINT; the largest first, at a tie the lower unit.
    """
    changes: dict[str, Numbers] = {"changes" if layer.keep is None else "writes": layer.write}
    if layer.keep is not None:
        changes["forgets"] = -(1 - layer.keep) * layer.before
    if layer.jump is not None:
        changes["opens"] = layer.jump
    peaks = {kind: float(np.abs(change).max()) for kind, change in changes.items()}
    kinds = [kind for kind in changes if peaks[kind] > 0]
    each = -(-MOST_EVENTS // max(1, len(kinds)))
    told: list[list[tuple[float, Event]]] = [[] for _ in layer.state]
    for kind in kinds:
        parts = np.abs(changes[kind]) / peaks[kind]
        best = np.argsort(-parts, axis=1, kind="stable")[:, :each]
        for t, unit in np.argwhere(np.take_along_axis(parts, best, axis=1) >= FAINT).tolist():
            place = (t, int(best[t, unit]))
            told[t].append((-float(parts[place]), _event(layer, kind, place, float(changes[kind][place]))))
    return [[event for _, event in sorted(step, key=_by_size)[:MOST_EVENTS]] for step in told]


def _by_size(told: tuple[float, Event]) -> tuple[float, int]:
    return told[0], told[1].unit


def _event(layer: Layer, kind: str, place: tuple[int, int], change: float) -> Event:
    t, unit = place
    match kind:
        case "forgets" if layer.keep is not None:
            return Event(unit, "forgets", float(1 - layer.keep[place]), change)
        case "opens" if layer.opening is not None:
            now, then = float(layer.opening[place]), float(layer.opening[t - 1, unit])
            return Event(unit, "opens" if now > then else "closes", now, change)
        case "changes":
            return Event(unit, "changes", float(layer.state[place]), change)
        case _:
            return Event(unit, "writes", float(layer.write[place]), change)
