"""What two runs of one network differ by: how much, from which step on, and how far it travels.

Two runs are laid side by side step by step, up to the end of the shorter: two inputs, or one input with and without an
edit. Every difference is the second's value less the first's, in float64 of what the runs computed. Knows nothing of
inputs, symbols or JSON, and never runs a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lstm.trace import Trace

Numbers = NDArray[np.float64]

PART: Final = 0.1
"""A difference has passed where it stays below this part of its peak, unless another part is said."""


@dataclass(frozen=True, slots=True)
class Travel:
    """One difference over T steps of N numbers each, (T, N) in `values`.

    `size` (T,): the root of the mean square of a step. `largest` (T,): the largest |Δ| of a step, and `index` (T,) of
    what it is. `first` and `last`: the steps between which any |Δ| is above the tolerance, None where none is. `peak`:
    the step of the largest size. `passed`: the step from which on the size stays below a part of the peak's, None where
    it never does. `steps`: from the first to `passed`, or to the end.
    """

    values: Numbers
    size: Numbers
    largest: Numbers
    index: NDArray[np.intp]
    first: int | None
    last: int | None
    peak: int | None
    passed: int | None
    steps: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What two runs differ by in one layer and in what they say; `length` steps were compared.

    `quantities` by Python name; `outputs` of y. `prediction`: the first step at which another output is the largest,
    None where there is none or where the network has a single output.
    """

    length: int
    quantities: Mapping[str, Travel]
    outputs: Travel | None
    prediction: int | None


def difference(first: Trace, second: Trace, *, layer: int, tolerance: float = 0.0, part: float = PART) -> Difference:
    """Return what `second` differs by from `first`, two runs of one network without a batch.

    `tolerance` ≥ 0 is the |Δ| that still counts as equal; `part` in (0, 1] that of a peak below which a difference has
    passed.
    """
    length = min(len(first), len(second))
    rows = (first.layers[layer], second.layers[layer])

    def over(a: NDArray[Any], b: NDArray[Any]) -> Travel:
        return travel(b[:length].astype(np.float64) - a[:length].astype(np.float64), tolerance=tolerance, part=part)

    outputs = prediction = None
    if first.y is not None and second.y is not None:
        outputs = over(first.y, second.y)
        prediction = _first(first.y[:length].argmax(axis=-1) != second.y[:length].argmax(axis=-1))
    return Difference(length, {name: over(rows[0][name], rows[1][name]) for name in rows[0]}, outputs, prediction)


def travel(values: Numbers, *, tolerance: float = 0.0, part: float = PART) -> Travel:
    """Return where a difference (T, N), of at least one step, starts, peaks and passes."""
    size_of = np.abs(values)
    largest, index = size_of.max(axis=-1), size_of.argmax(axis=-1)
    scale = np.where(largest > 0, largest, 1)  # a plain mean of squares would lose what is below 1e-160
    size = scale * np.sqrt(np.mean((values / scale[:, np.newaxis]) ** 2, axis=-1))
    above = np.flatnonzero(largest > tolerance)
    if not len(above):
        return Travel(values, size, largest, index, None, None, None, None, 0)
    first, last, peak = int(above[0]), int(above[-1]), int(size.argmax())
    passed = int(np.flatnonzero(size >= part * size[peak])[-1]) + 1
    return Travel(
        *(values, size, largest, index, first, last, peak),
        passed if passed < len(values) else None,
        max(0, passed - first),
    )


def _first(true: NDArray[np.bool_]) -> int | None:
    found = np.flatnonzero(true)
    return int(found[0]) if len(found) else None
