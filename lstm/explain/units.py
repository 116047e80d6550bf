"""Units that follow something nameable: found by correlation on one part of a text, and judged on another.

A fact is a number for each step, such as the place in the line. Of hundreds of units one follows any fact by chance, so
the units are chosen on the first part of a trace and their r is that of the rest. Does not know which facts there are,
nor how a network was trained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.trace import Row


@dataclass(frozen=True, slots=True)
class Found:
    """A unit whose state follows a fact: `r` is their correlation on steps that did not choose it."""

    layer: int
    unit: int
    r: float


def correlations(state: Array, fact: NDArray[Any]) -> Array:
    """Return each unit's correlation with a fact (Pearson's r): (…, H) and (…) give (H,); 0 where either never varies.

    In float64, whatever the state's own dtype.
    """
    units = state.reshape(-1, state.shape[-1]).astype(np.float64)
    units -= units.mean(axis=0)
    facts = fact.ravel() - fact.mean()
    sizes = np.sqrt((units**2).sum(axis=0) * (facts @ facts))
    r: Array = (facts @ units) / np.where(sizes > 0, sizes, np.inf)
    return r


def followers(layers: tuple[Row, ...], name: str, fact: NDArray[Any], most: int) -> list[Found]:
    """Return the units whose `name` (such as "c") follows a fact (T,) best, at most so many, the best first.

    `layers`: a trace's, each quantity (T, H). The first half of the steps chooses, the second gives r and the order.
    """
    half = len(fact) // 2
    chosen = np.stack([correlations(rows[name][:half], fact[:half]) for rows in layers])
    best = np.argsort(-np.abs(chosen), axis=None, kind="stable")[:most]
    fresh = np.stack([correlations(rows[name][half:], fact[half:]) for rows in layers])
    found = [Found(int(at // fresh.shape[1]), int(at % fresh.shape[1]), float(fresh.flat[at])) for at in best]
    return sorted(found, key=lambda one: -abs(one.r))
