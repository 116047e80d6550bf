"""The networks of the benchmark: those of lstm, and for experiment 2a one with direct connections besides.

In experiment 2a of the paper each output also sees the input itself, so that the memory has only to tell x from y; a
row of `direct` for each input symbol does that here. Knows no experiments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array, softmax
from lstm.backward import backward
from lstm.network import Network, ReadoutKind
from lstm.tasks import Batch
from lstm.training.adam import BETA_2, Adam
from lstm.training.loop import CLIP, Learner
from lstm.training.losses import mean_loss

DIRECT: Final = "direct.weight"
"""What the input symbols add to the logits, (X, O), in a stack (S, X, O)."""

ALONE: Final = 100
"""Sequences from which the direct connections alone learn."""
RATE: Final = 0.5
"""Their learning rate meanwhile."""


@dataclass(frozen=True, slots=True)
class Net:
    """A network, and its direct connections where it has some."""

    network: Network
    direct: Array | None = None

    @classmethod
    def of(cls, cell: str, parameters: Mapping[str, Array], readout: ReadoutKind) -> Net:
        """A network of its parameters, `DIRECT` among them or not."""
        own = {name: values for name, values in parameters.items() if name != DIRECT}
        return cls(Network.from_parameters(cell, own, readout), parameters.get(DIRECT))

    def y(self, batch: Batch) -> Array:
        """The outputs of the steps from the batch's first on: a softmax, or numbers."""
        h = self.network.run(batch.x, y=False).layers[-1]["h"][batch.first :]
        if self.direct is None:
            return self.network.readout(h)
        return softmax(self.network.readout.logits(h) + self.direct[batch.x[batch.first :]])


class DirectLearner(Learner):
    """A stack of networks with direct connections, over symbols; every step is scored.

    The direct connections learn alone at first, and fast, and the cells when these are left with what needs a memory:
    a "sequential network construction", which the paper has against cells that are abused for the rest (section 4).
    """

    def __init__(
        self,
        cell: str,
        parameters: Mapping[str, Array],
        readout: ReadoutKind,
        stack: tuple[int, ...] = (),
        *,
        beta_2: float = BETA_2,
    ) -> None:
        own = {name: values for name, values in parameters.items() if name != DIRECT}
        super().__init__(cell, own, readout, stack, beta_2=beta_2)
        self._direct = Adam({DIRECT: parameters[DIRECT]}, CLIP, stack, beta_2=beta_2)
        self._seen = 0

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The parameters as they stand; the arrays are the learner's own."""
        return {**super().parameters, **self._direct.parameters}

    def step(self, batch: Batch, learning_rate: float | Array) -> tuple[Array, Array]:
        """Learn from a batch; returns the loss, (S,), and the logits before the step."""
        net = Net.of(self._cell, self.parameters, self._readout)
        assert net.direct is not None  # noqa: S101 - beginning() gave it
        trace = net.network.run(batch.x, y=False)
        each = np.arange(len(net.direct))[:, np.newaxis]
        logits = net.network.readout.logits(trace.layers[-1]["h"]) + net.direct[each, batch.x]
        loss, d_logits = mean_loss(self._readout, logits, batch, net.network.stack)
        alone = self._seen < ALONE
        self._seen += batch.x.shape[-1]
        seen = np.eye(net.direct.shape[1], dtype=logits.dtype)[batch.x]  # (T, S, B, X)
        slope = np.matmul(_by_network(seen).swapaxes(-1, -2), _by_network(d_logits))
        self._direct.step({DIRECT: slope}, RATE if alone else learning_rate)
        if not alone:
            self._adam.step(backward(net.network, trace, d_logits, only_parameters=True).parameters, learning_rate)
        return loss, logits

    def keep(self, networks: NDArray[np.intp]) -> None:
        """Go on with some networks of the stack: their indices."""
        super().keep(networks)
        self._direct.keep(networks)


def _by_network(values: Array) -> Array:
    """(T, S, B, K) as (S, T·B, K)."""
    return np.moveaxis(values, 1, 0).reshape(values.shape[1], -1, values.shape[-1])
