"""What the cards of counting say beyond the general words: which unit counts.

Does not know how a network was trained, nor the page.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.checkpoint import Example
from lstm.explain.units import correlations
from lstm.network import Network
from lstm.tasks.count import Count
from lstm.training.notes.general import General
from lstm.training.notes.watching import SEED, most_correlated, state_name, state_of
from lstm.training.orient import CANDIDATE, negated

COUNT = Count()


class Counting(General):
    """The general words, and the unit whose state follows the count."""

    def __init__(self) -> None:
        super().__init__(COUNT)

    def oriented(self, network: Network) -> Network:
        """Return the same network with each unit's sign, if it can be turned, such that an a raises its state."""
        if network.cell.name not in CANDIDATE:
            return network
        return negated(network, np.flatnonzero(correlations(*_counts(network)) < 0))

    def examples(self, network: Network) -> list[Example]:
        """The task's prepared inputs, all with the counting unit; the first says how well it counts."""
        found = super().examples(network)
        unit, state = most_correlated(*_counts(network)), state_name(network)
        for one in found:
            one["unit"] = unit.index
        note, r = found[0]["note"], f"{unit.r:.2f}".replace("-", "−")
        note["en"] += f" The {state} of unit {unit.index} follows the count of a’s without a b best (r = {r})."
        note["ja"] += f"b がまだ来ていない a の数に {state} が最もよく対応するのは、ユニット {unit.index} です"
        note["ja"] += f"（r = {r}）。"
        return found


def _counts(network: Network) -> tuple[Array, NDArray[np.intp]]:
    """The states of fresh sequences (T, B, H), and the number of a's that are still without their b, (T, B)."""
    x = COUNT.batch(np.random.default_rng((SEED, 1)), 300, practice=True).x
    a, b = (COUNT.alphabet.index(symbol) for symbol in "ab")
    count = ((x == a).astype(np.intp) - (x == b)).cumsum(axis=0)
    return state_of(network, network.run(x, y=False).layers[-1]), count
