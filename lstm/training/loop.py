"""The training loop: draw a batch, run, go back, step; the same settings give the same network, bit for bit.

Does not know which settings are good (recipes), how well the network did on fresh sequences (evaluate), or who watches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from lstm.activations import Array
from lstm.backward import backward
from lstm.network import Network
from lstm.tasks import Batch, Task
from lstm.training.adam import Adam
from lstm.training.initialise import initial

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


@dataclass(frozen=True, slots=True)
class Report:
    """How training stands after a batch: loss and accuracy are of that batch, before the step."""

    batch: int
    loss: float
    accuracy: float


def train(task: Task, cell: str, settings: Settings, watch: Callable[[Report], None] | None = None) -> Network:
    """Train a network of one layer in float32; `watch` is told after every batch and may raise to stop."""
    parameters = initial(
        cell,
        len(task.alphabet),
        len(task.outputs),
        settings.hidden_size,
        initialisation=settings.initialisation,
        span=settings.span,
        rng=np.random.default_rng((settings.seed, 0)),
    )
    adam = Adam({name: values.astype(np.float32) for name, values in parameters.items()}, CLIP)
    data = _batches(task, settings, np.random.default_rng((settings.seed, 1)))
    for k in range(settings.batches):
        batch = next(data)
        network = Network.from_parameters(cell, adam.parameters, "softmax")
        trace = network.run(batch.x, y=False)
        logits = network.readout.logits(trace.layers[-1]["h"][batch.first :])
        loss, d_scored = cross_entropy(logits, batch.targets)
        d_logits = np.zeros((len(batch.x), *d_scored.shape[1:]), d_scored.dtype)
        d_logits[batch.first :] = d_scored
        gradients = backward(network, trace, d_logits, inputs=False)
        adam.step(gradients.parameters, settings.learning_rate * 0.5 * (1 + np.cos(np.pi * k / settings.batches)))
        if watch is not None:
            watch(Report(k + 1, loss, accuracy(logits, batch)))
    return Network.from_parameters(cell, adam.parameters, "softmax")


def cross_entropy(logits: Array, targets: Array) -> tuple[float, Array]:
    """Return the mean over all steps of −Σ target·log y, y = softmax(logits), and its derivative by the logits.

    Both (…, O); each target is a distribution.
    """
    z = np.moveaxis(logits, -1, 0).copy()  # outputs first: NumPy is slow in reducing a short last axis
    truth = np.moveaxis(targets, -1, 0)
    z -= z.max(axis=0)
    y = np.exp(z)
    total = y.sum(axis=0)
    y /= total
    z -= np.log(total)
    steps = total.size
    loss = -float((truth * z).sum()) / steps
    y -= truth
    y /= steps
    return loss, np.moveaxis(y, 0, -1)


def accuracy(logits: Array, batch: Batch) -> float:
    """Return the share of the scored steps with an answer at which it ranks first; 1 where none has one."""
    asked = batch.answers >= 0
    return float((logits.argmax(axis=-1) == batch.answers)[asked].mean()) if asked.any() else 1.0


def _batches(task: Task, settings: Settings, rng: np.random.Generator) -> Iterator[Batch]:
    """Yield batches without end, for practice."""
    size = settings.batch_size
    while True:
        wide = task.batch(rng, size * settings.together, practice=True)
        for start in range(0, size * settings.together, size):
            part = slice(start, start + size)
            yield replace(
                wide,
                x=wide.x[:, part],
                targets=wide.targets[:, part],
                answers=wide.answers[:, part],
                group=wide.group[:, part],
            )
