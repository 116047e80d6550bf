"""The training loop: draw a batch, run, go back, step; the same settings give the same network, bit for bit.

Does not know which settings are good (recipes), how well the network did on fresh sequences (evaluate), or who watches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.backward import backward
from lstm.network import Network, ReadoutKind
from lstm.tasks import Batch, Task
from lstm.training.adam import BETA_2, Adam
from lstm.training.initialise import initial
from lstm.training.losses import mean_loss
from lstm.training.scaling import folded, near_one

CLIP: Final = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides a run of training: with the same task, cell and settings it ends in the same network.

    The learning rate falls from `learning_rate` to 0 along half a cosine. `span` is chrono initialisation's T.
    Sequences are drawn for `together` batches at a time, which is cheaper; these batches share a length.
    """

    hidden_size: int
    initialisation: str
    learning_rate: float
    batches: int
    batch_size: int
    span: int
    together: int
    seed: int
    layers: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """How training stands after a batch: loss and accuracy are of that batch, before the step."""

    batch: int
    loss: float
    accuracy: float


class Learner:
    """A network that learns, or a stack of them, each from its own part of every batch.

    `parameters` are the network's, in a stack of S with a leading axis S; `stack` is () or (S,).
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
        self._cell = cell
        self._readout: ReadoutKind = readout
        self._adam = Adam(parameters, CLIP, stack, beta_2=beta_2)

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The parameters as they stand; the arrays are the learner's own."""
        return self._adam.parameters

    @property
    def network(self) -> Network:
        """The network as it stands."""
        return Network.from_parameters(self._cell, self.parameters, self._readout)

    def step(self, batch: Batch, learning_rate: float | Array) -> tuple[Array, Array]:
        """Learn from a batch; returns the loss, () or (S,), and the outputs before the step: logits, or numbers.

        Each network of a stack may have a learning rate of its own, (S, 1).
        """
        network = self.network
        trace = network.run(batch.x, y=False)
        outputs = network.readout.logits(trace.layers[-1]["h"][batch.first :])
        loss, d_scored = mean_loss(self._readout, outputs, batch, network.stack)
        d_logits = np.zeros((len(batch.x), *d_scored.shape[1:]), d_scored.dtype)
        d_logits[batch.first :] = d_scored
        self._adam.step(backward(network, trace, d_logits, only_parameters=True).parameters, learning_rate)
        return loss, outputs

    def keep(self, networks: NDArray[np.intp]) -> None:
        """Go on with some networks of the stack: their indices."""
        self._adam.keep(networks)


def train(task: Task, cell: str, settings: Settings, watch: Callable[[Report], None] | None = None) -> Network:
    """Train a network in float32; `watch` is told after every batch and may raise to stop."""
    parameters = beginning(task, cell, settings)
    learner = Learner(cell, parameters, readout_of(task))
    data = _batches(task, settings, np.random.default_rng((settings.seed, 1)))
    for k in range(settings.batches):
        batch = next(data)
        loss, outputs = learner.step(batch, settings.learning_rate * 0.5 * (1 + np.cos(np.pi * k / settings.batches)))
        if watch is not None:
            watch(Report(k + 1, float(loss), accuracy(outputs, batch)))
    return learner.network if task.scale is None else folded(learner.network, task.scale)


def beginning(task: Task, cell: str, settings: Settings) -> dict[str, Array]:
    """Return the parameters that training starts from, float32."""
    parameters = initial(
        cell,
        task.input_size,
        task.output_size,
        settings.hidden_size,
        layers=settings.layers,
        initialisation=settings.initialisation,
        span=settings.span,
        rng=np.random.default_rng((settings.seed, 0)),
    )
    return {name: values.astype(np.float32) for name, values in parameters.items()}


def readout_of(task: Task) -> ReadoutKind:
    """Return what the task's networks read their h with."""
    return "linear" if task.outputs is None else "softmax"


def accuracy(outputs: Array, batch: Batch) -> float:
    """Return the share of the scored steps with an answer that the outputs give; 1 where none has one."""
    asked = batch.asked
    return float(batch.right(outputs)[asked].mean()) if asked.any() else 1.0


def _batches(task: Task, settings: Settings, rng: np.random.Generator) -> Iterator[Batch]:
    """Yield batches without end, for practice."""
    size = settings.batch_size
    while True:
        wide = task.batch(rng, size * settings.together, practice=True)
        if task.scale is not None:
            wide = near_one(wide, task.scale)
        for start in range(0, size * settings.together, size):
            yield wide.part(slice(start, start + size))
