"""How well a network does on fresh sequences: the figures of a card, each with its interval.

What right means is the task's to say. Does not know how the network was trained.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.network import Network
from lstm.tasks import Batch, Task
from lstm.training.losses import LOSSES

Plan = tuple[tuple[int, int], ...]
"""What to draw: pairs of a length in symbols and a number of sequences."""

_AT_ONCE: Final = 50_000
"""Steps run at a time: memory stays near 20 MB at 16 units."""

_Z: Final = 1.959964
"""The standard normal's 97.5 % point: intervals of 95 %."""


@dataclass(frozen=True, slots=True)
class Row:
    """How often the network was right in one group (one depth or lag) of the sequences of one length."""

    group: int
    length: int
    right: int
    n: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What one evaluation found.

    `loss` is the mean distance of y from the truth over all scored steps: in nats (Kullback-Leibler divergence) for
    symbols, half the squared error for numbers; 0 would be perfect. `largest` is the largest size of each quantity
    that has no bound, by its name.
    """

    rows: tuple[Row, ...]
    loss: float
    largest: Mapping[str, float]

    @property
    def right(self) -> int:
        """The number of right answers."""
        return sum(row.right for row in self.rows)

    @property
    def n(self) -> int:
        """The number of answers asked for."""
        return sum(row.n for row in self.rows)

    def all_at_least(self, share: float) -> bool:
        """Say whether every row is right this often or more."""
        return all(row.right >= share * row.n for row in self.rows)


def evaluate(network: Network, task: Task, plan: Plan, seed: int, *, practice: bool = False) -> Figures:
    """Run the network over fresh sequences of the task; the same seed draws the same. `practice` as for a batch."""
    rng = np.random.default_rng((seed, 2))
    right: dict[tuple[int, int], int] = {}
    n: dict[tuple[int, int], int] = {}
    distance, scored = 0.0, 0
    largest = {quantity.name: 0.0 for quantity in network.cell.quantities if quantity.max is None}
    for length, sequences in plan:
        for size in _sizes(sequences, max(1, _AT_ONCE // length)):
            batch = task.batch(rng, size, length, practice=practice)
            layers = network.run(batch.x, y=False).layers
            outputs = network.readout.logits(layers[-1]["h"][batch.first :])
            counts = np.ones(batch.group.shape, np.bool_) if batch.scored is None else batch.scored
            distance += float(_distance(network, outputs, batch)[counts].sum(dtype=np.float64))
            scored += int(counts.sum())
            for name, so_far in largest.items():
                largest[name] = max(so_far, *(float(np.abs(rows[name]).max()) for rows in layers))
            groups, hits = _counted(task, batch, outputs)
            for group in np.unique(groups):
                key = (length, int(group))
                right[key] = right.get(key, 0) + int(hits[groups == group].sum())
                n[key] = n.get(key, 0) + int((groups == group).sum())
    rows_ = tuple(Row(group, length, right[length, group], n[length, group]) for length, group in sorted(n))
    return Figures(rows_, distance / max(scored, 1), largest)


def _counted(task: Task, batch: Batch, outputs: Array) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The group of each answer that counts, and whether it is right: one a step, or one a sequence."""
    asked, right = batch.asked, batch.right(outputs)
    if task.whole:
        return batch.group[-1], np.asarray((right | ~asked).all(axis=0))
    return batch.group[asked], right[asked]


def _distance(network: Network, outputs: Array, batch: Batch) -> Array:
    """How far each step is from the truth: the loss less what the truth itself would have."""
    loss, _ = LOSSES[network.readout.kind](outputs, batch.targets)
    if network.readout.kind == "linear":
        return loss
    truth = batch.targets
    entropy: Array = -(truth * np.log(np.where(truth > 0, truth, 1))).sum(axis=-1)
    return loss - entropy


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share that was `right` of `n` (Wilson 1927): the shares that fit what was seen."""
    share = right / n
    spread = _Z * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    middle, scale = share + _Z**2 / (2 * n), 1 + _Z**2 / n
    return max(0.0, float(middle - spread) / scale), min(1.0, float(middle + spread) / scale)


def share(right: int, n: int) -> dict[str, Any]:
    """Return a share as a card has it: value, low, high, n."""
    low, high = wilson(right, n)
    return {"value": round(right / n, 6), "low": round(low, 6), "high": round(high, 6), "n": n}


def listed(rows: Iterable[Row], by: str) -> list[dict[str, Any]]:
    """Return rows as a card lists them, under the task's word; with the length unless a length has one group alone."""
    rows = list(rows)
    lengths = [row.length for row in rows]
    named = len(set(lengths)) < len(lengths)
    return [{by: row.group, **({"length": row.length} if named else {}), **share(row.right, row.n)} for row in rows]


def _sizes(total: int, most: int) -> list[int]:
    return [min(most, total - start) for start in range(0, total, most)]
