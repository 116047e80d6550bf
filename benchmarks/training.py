"""A step of training against PyTorch's: the budget of issue and design for what trains the shipped models.

What is timed: forward, back, clip and Adam on one batch of brackets, T = 100, batch 64, an LSTM and its readout, one
thread each. Both sides begin with the same weights and are found to end a few steps with the same. PyTorch is needed
for this alone. Does not know the other budgets.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import numpy as np

from benchmarks.rows import Row, print_rows
from benchmarks.turns import share, times_of
from lstm import allocator
from lstm.tasks import Batch
from lstm.tasks.brackets import Brackets
from lstm.training.loop import CLIP, Learner
from lstm.untrained import untrained

try:
    import torch
except ImportError:
    torch = None

STEPS: Final = 100
SEQUENCES: Final = 64
LEARNING_RATE: Final = 1e-3
MUST: Final = {16: 2.5, 64: 1.5, 128: 1.0}
"""At most how many times PyTorch's time, by the number of units."""


def run() -> list[Row]:
    """Measure a step of training at each size; without PyTorch, say so in its place."""
    if torch is None:
        missing = "not measured: PyTorch is not installed (pip install torch)"
        return [Row("a training step against PyTorch", "", "", missing, None)]
    torch.set_num_threads(1)
    allocator.keep()  # as where models are trained; PyTorch's memory too
    return [_row(size, must) for size, must in MUST.items()]


def _row(size: int, must: float) -> Row:
    """The time of our step beside PyTorch's."""
    batch = Brackets().batch(np.random.default_rng(size), SEQUENCES, STEPS)
    ours, theirs = Ours(size), Theirs(size)
    for _ in range(5):
        ours.step(batch)
        theirs.step(batch)
    for name, values in theirs.parameters().items():
        np.testing.assert_allclose(ours.parameters()[name], values, atol=1e-5, err_msg=name)
    mine, peer = times_of(lambda: ours.step(batch), lambda: theirs.step(batch))
    label = f"a training step, H = {size}, T = {STEPS}, batch {SEQUENCES}, against PyTorch's"
    return share(label, peer, mine, 1, must, 1.0)


class Ours:
    """A network that learns here."""

    def __init__(self, size: int) -> None:
        network = untrained("lstm", size, alphabet=Brackets.alphabet, seed=size).network
        self._learner = Learner("lstm", network.parameters(), "softmax")

    def step(self, batch: Batch) -> None:
        """Learn from a batch."""
        self._learner.step(batch, LEARNING_RATE)

    def parameters(self) -> dict[str, Any]:
        """The weights under PyTorch's names."""
        return self._learner.network.parameters()


class Theirs:
    """The same network that learns in PyTorch."""

    def __init__(self, size: int) -> None:
        weights = {
            k: torch.from_numpy(v)
            for k, v in untrained("lstm", size, alphabet=Brackets.alphabet, seed=size).network.parameters().items()
        }
        self._lstm = torch.nn.LSTM(len(Brackets.alphabet), size)
        self._readout = torch.nn.Linear(size, len(Brackets.alphabet))
        self._lstm.load_state_dict({k: v for k, v in weights.items() if not k.startswith("readout.")})
        self._readout.load_state_dict({"weight": weights["readout.weight"], "bias": weights["readout.bias"]})
        self._all = [*self._lstm.parameters(), *self._readout.parameters()]
        self._adam = torch.optim.Adam(self._all, LEARNING_RATE)

    def step(self, batch: Batch) -> None:
        """Learn from a batch."""
        x = torch.nn.functional.one_hot(torch.from_numpy(batch.x), self._lstm.input_size).float()
        logits = self._readout(self._lstm(x)[0])
        classes = logits.shape[-1]
        targets = torch.from_numpy(batch.targets).reshape(-1, classes)
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, classes), targets)
        self._adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._all, CLIP)
        self._adam.step()

    def parameters(self) -> dict[str, Any]:
        """The weights under their names."""
        named = {k: v.detach().numpy() for k, v in self._lstm.named_parameters()}
        return {**named, **{f"readout.{k}": v.detach().numpy() for k, v in self._readout.named_parameters()}}


if __name__ == "__main__":
    sys.exit(0 if print_rows(run()) else 1)
