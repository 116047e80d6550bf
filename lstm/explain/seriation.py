"""An order of units in which those that behave alike stand beside each other.

Average-linkage clustering (UPGMA; Sokal & Michener 1958) of the units' traces, and the leaves of its tree in the order
of Gruvaeus & Wainer (1972, "Two additions to hierarchical cluster analysis", Br. J. Math. Stat. Psychol. 25): where
two groups join, each is turned so that the ends that meet are as alike as they can be. That is not the best of all
orders, which takes longer to find, but it keeps every group together and is the same on every machine. Does not know
what the traces are of.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array

Numbers = NDArray[np.float64]

_DIGITS = 9
"""Distances that agree to so many digits are equal, whatever the last bits of a machine's products say."""


def distances(traces: Array) -> Numbers:
    """1 − r of every two columns of (T, H): 0 alike, 1 unrelated, 2 opposite, as (H, H).

    Columns that never vary have no r: among themselves they are alike, and as far as can be from all others.
    """
    values = traces.astype(np.float64)
    values -= values.mean(axis=0)
    sizes = np.sqrt((values**2).sum(axis=0))
    still = sizes <= 1e-9 * np.maximum(1, np.abs(traces).max(axis=0))
    values /= np.where(still, np.inf, sizes)
    apart: Numbers = np.round(1 - values.T @ values, _DIGITS)
    apart[still] = apart[:, still] = 2
    apart[np.ix_(still, still)] = 0
    np.fill_diagonal(apart, 0)
    return apart


def order(traces: Array) -> list[int]:
    """The columns of (T, H) so that those alike are neighbours; of the two directions, the one that begins lower."""
    apart = distances(traces)
    between = np.where(np.eye(len(apart), dtype=bool), np.inf, apart)
    rows: dict[int, list[int]] = {unit: [unit] for unit in range(len(apart))}
    while len(rows) > 1:
        one, other = sorted(divmod(int(between.argmin()), len(apart)))
        left, right = rows[one], rows.pop(other)
        merged = (len(left) * between[one] + len(right) * between[other]) / (len(left) + len(right))
        between[one] = between[:, one] = np.round(merged, _DIGITS)
        between[other] = between[:, other] = between[one, one] = np.inf
        rows[one] = _joined(left, right, apart)
    (found,) = rows.values()
    return found if found[0] <= found[-1] else found[::-1]


def _joined(left: list[int], right: list[int], apart: Numbers) -> list[int]:
    """Two rows of units as one, each turned so that the ends that meet are as near as they can be."""
    turned = [(a, b) for a in (left, left[::-1]) for b in (right, right[::-1])]
    a, b = min(turned, key=lambda pair: float(apart[pair[0][-1], pair[1][0]]))
    return [*a, *b]
