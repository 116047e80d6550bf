"""Running a network over an example and putting what it does into words. Knows no task by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.checkpoint import Example
from lstm.explain.units import correlations
from lstm.network import Network
from lstm.tasks import Task
from lstm.tokenizers import NumberTokenizer, SymbolTokenizer
from lstm.trace import Row

SEED: Final = 5
"""Draws the examples that are drawn, and the sequences over which units are looked for."""
_MINUS: Final = re.compile(r"-(?=\d)")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit whose state follows something nameable; `r` is their correlation over fresh sequences."""

    index: int
    r: float


def example(given: Any, en: str, ja: str, unit: int | None = None) -> Example:  # noqa: ANN401 - text or numbers
    """An input with its note, minus signs as they are printed."""
    found: Example = {"input": given, "note": {"en": _MINUS.sub("−", en), "ja": _MINUS.sub("−", ja)}}
    if unit is not None:
        found["unit"] = unit
    return found


def reader(task: Task) -> SymbolTokenizer | NumberTokenizer:
    """How the task's networks read their input."""
    return NumberTokenizer(task.input_size) if task.alphabet is None else SymbolTokenizer(task.alphabet)


def likely(value: float) -> str:
    """Write a probability so that it never looks like certainty."""
    return "p > 0.99" if value > 0.99 else f"p = {value:.2f}"


def state_name(network: Network) -> str:
    """The symbol of the state that lasts: C, or h where there is no C."""
    return "C" if "c" in network.cell.state_names else "h"


def state_of(network: Network, rows: Row) -> Array:
    """The state that lasts, of a layer's quantities."""
    return rows["c" if "c" in network.cell.state_names else "h"]


def rows(network: Network, task: Task, given: object) -> Row:
    """The quantities of the last layer while it reads an input, each (T, H)."""
    return network.run(reader(task).encode(given).x, y=False).layers[-1]


def outputs(network: Network, task: Task, given: object) -> Array:
    """The outputs y (T, O) while the network reads an input."""
    return network.readout(rows(network, task, given)["h"])


def top(network: Network, task: Task, text: str, t: int) -> str:
    """The most probable output after step `t`."""
    assert task.outputs is not None  # noqa: S101
    return task.outputs[int(outputs(network, task, text)[t].argmax())]


def most_correlated(state: Array, fact: NDArray[Any]) -> Unit:
    """Find the unit of state (…, H) whose correlation with a fact (…) is largest in size."""
    r = correlations(state, fact)
    best = int(np.abs(r).argmax())
    return Unit(best, float(r[best]))


def percent(right: int, n: int) -> str:
    """A share that never rounds up to 100 % or down to 0 %."""
    if right in (0, n):
        return f"{100 * right // n} %"
    return f"{min(max(100 * right / n, 0.01), 99.99):.2f} %"
