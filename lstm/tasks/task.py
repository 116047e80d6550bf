"""What a task is: data that can be drawn for ever, and a right answer that can be checked.

Knows the shapes that every task shares. Knows no network, no training and no web; serving uses a task too, for the
marks and the right answers of what a user typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lstm.errors import BadParameter


@dataclass(frozen=True, slots=True)
class Parameter:
    """A whole number that a task's generator takes: its bounds, both allowed, and its value when none is given."""

    name: str
    min: int
    max: int
    default: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Two steps that belong together, `start` and `stop`, counted from 0 and both included; `kind` says how."""

    start: int
    stop: int
    kind: str


@dataclass(frozen=True, slots=True)
class OffTask:
    """From step `from_` on the input is one that the task cannot contain, so there is no right answer.

    `reason` is a stable slug; `params` are what a sentence about it needs, such as the symbol.
    """

    from_: int
    reason: str
    params: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a task says about one input: which steps belong together, and what is right after each step.

    `answers` and `truths` hold one entry a step; equal distributions are one shared dict, so 10,000 steps stay small.
    """

    marks: tuple[Mark, ...]
    answers: tuple[str | None, ...]
    truths: tuple[Mapping[str, float] | None, ...]
    off_task: OffTask | None

    def answer(self, t: int) -> str | None:
        """Return the right answer after step `t`, or None where the task asks for none."""
        return self.answers[t]

    def truth(self, t: int) -> Mapping[str, float] | None:
        """Return the true distribution of the output after step `t` (impossible symbols left out), or None."""
        return self.truths[t]


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences of one length, time first, with what is right after each scored step: those from `first` to the end.

    x        (T, B)     symbol indices
    targets  (S, B, O)  float32, the true distribution of the output; S = T − first
    answers  (S, B)     index of the right answer in `outputs`, −1 where the task asks for none
    group    (S, B)     what accuracy is listed by (the task's `by`): the depth or the lag of each step
    """

    x: NDArray[np.intp]
    first: int
    targets: NDArray[np.float32]
    answers: NDArray[np.intp]
    group: NDArray[np.intp]


class Task(Protocol):
    """A family of sequences over an alphabet, with a right answer; one object a task, without state."""

    @property
    def name(self) -> str:
        """The task's name in cards and in `TASKS`."""

    @property
    def alphabet(self) -> tuple[str, ...]:
        """The symbols of the input, in the order of the one-hot input."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The symbols that y ranges over."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What `example` can be asked for."""

    @property
    def by(self) -> str:
        """The word under which accuracy is listed: "depth" or "lag"."""

    @property
    def label(self) -> Mapping[str, str]:
        """A short title, by language."""

    @property
    def about(self) -> Mapping[str, str]:
        """The task in one sentence with its right answer, by language."""

    def example(self, rng: np.random.Generator, /, **parameters: int) -> str:
        """Draw one fresh input for the page.

        Raises BadParameter where a parameter is unknown or out of its bounds.
        """

    def batch(self, rng: np.random.Generator, size: int, length: int | None = None, *, practice: bool = False) -> Batch:
        """Draw `size` fresh sequences of `length` symbols (None: of a length that the task draws).

        `practice` draws sequences that are better to learn from, with the same right answers.
        """

    def judge(self, tokens: Sequence[str], *, has_initial_state: bool = False) -> Judgement:
        """Say what is right after each of `tokens`, which may be any symbols of the alphabet."""


def checked(parameters: tuple[Parameter, ...], given: Mapping[str, Any]) -> dict[str, int]:
    """Return the generator's parameters, defaults filled in; raises BadParameter with the bounds where one is wrong."""
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            raise BadParameter(name, given[name])
    values = {}
    for name, parameter in known.items():
        value = given.get(name, parameter.default)
        if isinstance(value, bool) or not isinstance(value, int) or not parameter.min <= value <= parameter.max:
            raise BadParameter(name, value, parameter.min, parameter.max)
        values[name] = value
    return values


def without_answers(length: int, reason: str) -> Judgement:
    """Return the judgement of a run that has no right answer from its first step on."""
    nothing = (None,) * length
    return Judgement((), nothing, nothing, OffTask(0, reason))
