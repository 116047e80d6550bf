"""When an experiment counts as solved: the paper's criteria, on the errors of the sequences seen last.

The error of a sequence is measured in training, before the step that learns from it. Knows no networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

RECENT: Final = 2000
"""The paper's "most recent" sequences."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """Of the `recent` sequences seen last at most `failures` reach `limit`, and their mean error is below `mean`.

    Where `confirmed`, this alone is not enough: the experiment's own sequences must then all be right as well. The
    paper's "average training error" is read as the mean absolute error of the same sequences.
    """

    limit: float
    recent: int = RECENT
    failures: int = 0
    mean: float = np.inf
    confirmed: bool = False


class Recent:
    """The errors of the sequences seen last, one row a network; until all have been seen nothing is solved."""

    def __init__(self, networks: int, criterion: Criterion) -> None:
        self._criterion = criterion
        self._errors = np.full((networks, criterion.recent), np.inf)
        self._seen = 0

    def add(self, errors: NDArray[np.floating]) -> None:
        """Take the errors of the next sequences, (networks, B), in the order in which they were seen."""
        size = self._errors.shape[1]
        at = (self._seen + np.arange(errors.shape[1])) % size
        self._errors[:, at[-size:]] = errors[:, -size:]
        self._seen += errors.shape[1]

    def solved(self) -> NDArray[np.bool_]:
        """Which networks fulfil the criterion now, (networks,)."""
        failures = (self._errors >= self._criterion.limit).sum(axis=1)
        return np.asarray((failures <= self._criterion.failures) & (self._errors.mean(axis=1) < self._criterion.mean))

    def keep(self, networks: NDArray[np.intp]) -> None:
        """Go on with some of the networks."""
        self._errors = self._errors[networks]
