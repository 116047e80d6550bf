"""The sequences of an experiment for one seed, and how wrong a network is about them.

The sequences are the tasks' own (lstm/tasks quotes the paper's definitions); here they are put side by side, whatever
their lengths, and experiment 1 gets its two sets of strings. Knows no training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.hochreiter1997.experiments import TEST, Experiment
from benchmarks.hochreiter1997.nets import Net
from lstm.activations import Array
from lstm.tasks import TASKS, Batch
from lstm.tasks.order import LENGTHS

SET: Final = 256
"""Strings of experiment 1's training set, and as many of its test set."""

_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test found: how many sequences were wrong, and their mean absolute and mean squared error."""

    wrong: int
    error: float
    squared: float


class Problem:
    """An experiment whose sequences are drawn for ever.

    The error of a sequence is the largest absolute error of all outputs at all steps that the paper asks about.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._task = TASKS[experiment.task]
        self._length = experiment.length
        self._limit = experiment.criterion.limit
        self.own: Batch | None = None

    def draw(self, rng: np.random.Generator, size: int) -> Batch:
        """Sequences to learn from."""
        return self._fresh(rng, size)

    def errors(self, y: Array, batch: Batch) -> NDArray[np.floating]:
        """The error of each sequence of a batch (of a stack's, where it is one), by the outputs y."""
        errors: NDArray[np.floating] = np.abs(y - batch.targets).max(axis=-1)
        return np.asarray((errors if batch.scored is None else errors * batch.scored).max(axis=0))

    def confirms(self, net: Net) -> bool:
        """Whether the network is right about all of the experiment's own sequences."""
        return self.own is not None and bool((self._errors_of(net, self.own) < self._limit).all())

    def test(self, net: Net, rng: np.random.Generator) -> Tested:
        """The paper's test: fresh sequences."""
        pieces = [self._fresh(rng, _AT_ONCE) for _ in range(TEST // _AT_ONCE)]
        errors = np.concatenate([self._errors_of(net, piece) for piece in pieces])
        return Tested(int((errors >= self._limit).sum()), float(errors.mean()), float((errors * errors).mean()))

    def _fresh(self, rng: np.random.Generator, size: int) -> Batch:
        return self._task.batch(rng, size, self._length)

    def _errors_of(self, net: Net, batch: Batch) -> NDArray[np.floating]:
        return self.errors(net.y(batch), batch)


class AnyLength(Problem):
    """Experiment 6: each sequence has a length of its own, which the task would draw for a whole batch."""

    def _fresh(self, rng: np.random.Generator, size: int) -> Batch:
        lengths = rng.integers(LENGTHS[0], LENGTHS[1] + 1, size)
        of_each = zip(*np.unique(lengths, return_counts=True), strict=True)
        whole = side_by_side([self._task.batch(rng, int(count), int(length)) for length, count in of_each])
        return columns(whole, rng.permutation(size))


class TwoSequences(Problem):
    """Experiment 2a: to be right about 10,000 drawn sequences is to be right about the two that there are."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        many = self._fresh(np.random.default_rng(0), 64)
        self.own = columns(many, np.unique(many.x[0], return_index=True)[1])


class Sets(Problem):
    """Experiment 1: strings to learn from are picked from a set of 256, and 256 others are the test set.

    What is learned is the symbol that came next in the string, as in the paper, and not which ones may come. A string
    is wrong (its error is 1) unless at each step the symbols that may come next are the most active outputs.
    """

    def __init__(self, experiment: Experiment, rng: np.random.Generator) -> None:
        super().__init__(experiment)
        self.training = self._fresh(rng, SET)
        known = {_string(self.training, k) for k in range(SET)}
        others: list[Batch] = []
        while len(others) < SET:
            one = self._fresh(rng, 1)
            if _string(one, 0) not in known:
                others.append(one)
        self.test_set = side_by_side(others)
        self.own = side_by_side([self.training, self.test_set])
        came = np.eye(self._task.output_size, dtype=np.float32)[np.roll(self.training.x, -1, axis=0)]
        self._observed = replace(self.training, targets=came)

    def draw(self, rng: np.random.Generator, size: int) -> Batch:
        """Strings picked from the training set."""
        return columns(self._observed, rng.integers(SET, size=size))

    def errors(self, y: Array, batch: Batch) -> NDArray[np.floating]:
        """1 for each string with a wrong prediction, else 0."""
        return np.asarray((batch.asked & ~batch.right(y)).any(axis=0), np.float64)


_PROBLEMS: Final = {"order": AnyLength, "order3": AnyLength, "long-lag": TwoSequences}


def problem(experiment: Experiment, seed: int) -> Problem:
    """The experiment as a seed meets it."""
    if experiment.task == "reber":
        return Sets(experiment, np.random.default_rng((seed, 3)))
    return _PROBLEMS.get(experiment.task, Problem)(experiment)


def side_by_side(batches: Sequence[Batch]) -> Batch:
    """Sequences of several batches as one: shorter ones end in steps that are not scored."""
    steps = max(len(batch.x) for batch in batches)
    first = min(batch.first for batch in batches)
    framed = [_framed(batch, first, steps) for batch in batches]
    joined: dict[str, Any] = {name: np.concatenate([getattr(b, name) for b in framed], axis=1) for name in _ARRAYS}
    return replace(framed[0], **joined)


def columns(batch: Batch, at: NDArray[np.intp]) -> Batch:
    """Some sequences of a batch, in this order."""
    return _each(batch, lambda values: values[:, at])


def of_stack(batch: Batch, at: slice) -> Batch:
    """Some sequences of each network of a stack, and no more steps than they need."""
    scored = np.ones(batch.group.shape, np.bool_) if batch.scored is None else batch.scored
    steps = int(np.flatnonzero(scored[:, :, at].any(axis=(1, 2)))[-1]) + 1
    part = _each(batch, lambda values: values[:steps, :, at])
    return replace(part, x=batch.x[: batch.first + steps, :, at])


def networks(batch: Batch, kept: NDArray[np.intp]) -> Batch:
    """The sequences of some networks of a stack."""
    return _each(batch, lambda values: values[:, kept])


_ARRAYS: Final = tuple(f.name for f in fields(Batch) if f.name not in ("first", "tolerance"))


def _each(batch: Batch, change: Any) -> Batch:  # noqa: ANN401 - a function of any array
    return replace(
        batch, **{name: change(getattr(batch, name)) for name in _ARRAYS if getattr(batch, name) is not None}
    )


def _framed(batch: Batch, first: int, steps: int) -> Batch:
    """The batch with its scored steps counted from `first`, in `steps` steps."""
    scored = np.ones(batch.group.shape, np.bool_) if batch.scored is None else batch.scored
    before, after = batch.first - first, steps - len(batch.x)

    def widened(values: NDArray[Any], front: int) -> NDArray[Any]:
        return np.pad(values, [(front, after)] + [(0, 0)] * (values.ndim - 1))

    return replace(
        batch,
        x=widened(batch.x, 0),
        first=first,
        targets=widened(batch.targets, before),
        answers=widened(batch.answers, before),
        group=widened(batch.group, before),
        scored=widened(scored, before),
    )


def _string(batch: Batch, k: int) -> bytes:
    """The symbols of one string, with the E's in which a shorter one ends among longer ones left out."""
    return batch.x[: int(batch.asked[:, k].sum()) + 1, k].tobytes()
