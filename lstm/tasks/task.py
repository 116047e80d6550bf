"""What a task is: data that can be drawn for ever, and a right answer that can be checked.

A task is over symbols (its input is one-hot, its output a distribution) or over numbers (its output a few numbers).
Knows the shapes that every task shares. Knows no network, no training and no web; serving uses a task too, for the
marks and the right answers of what a user typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstm.errors import BadParameter

Answer: TypeAlias = str | tuple[str, ...] | float
"""What is right after a step: the symbol that should rank first, or the symbols that should all rank before the others,
or the number that should be met within the task's tolerance."""

GROUPS: Final = ("memory", "structure", "numbers", "series")
"""What tasks teach, in the order of the page: to keep, to follow a structure, to calculate, to go on with a series."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An input worth looking at, and one sentence on what to look for, by language."""

    input: str | Sequence[float] | Sequence[Sequence[float]]
    note: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A whole number that a task's generator takes: its bounds, both allowed, and its value when none is given."""

    name: str
    min: int
    max: int
    default: int


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers that are far from 1: (number − centre) / spread is near it, for what goes in and for what comes out."""

    centre: float
    spread: float


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
    answers: tuple[Answer | None, ...]
    truths: tuple[Mapping[str, float] | None, ...]
    off_task: OffTask | None

    def answer(self, t: int) -> Answer | None:
        """Return the right answer after step `t`, or None where the task asks for none."""
        return self.answers[t]

    def truth(self, t: int) -> Mapping[str, float] | None:
        """Return the true distribution of the output after step `t` (impossible symbols left out), or None."""
        return self.truths[t]


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences of one length, time first, with what is right after each scored step: those from `first` to the end.

    x        (T, B)     symbol indices, or (T, B, X) numbers
    targets  (S, B, O)  the true distribution of the output, or the true numbers; S = T − first
    answers  (S, B, O)  which outputs the answer names: the symbols that should rank before all others, or the numbers
                        that should lie within `tolerance`; none of them where the task asks for no answer
    group    (S, B)     what accuracy is listed by (the task's `by`): the depth or the lag of each step; where the task
                        counts whole sequences, what the last step has is the sequence's
    scored   (S, B)     which of these steps count in the loss; None: all. Shorter sequences end in steps that do not.
    """

    x: NDArray[Any]
    first: int
    targets: NDArray[np.floating[Any]]
    answers: NDArray[np.bool_]
    group: NDArray[np.intp]
    scored: NDArray[np.bool_] | None = None
    tolerance: float | None = None

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Where the task asks for an answer, (S, B)."""
        return np.asarray(self.answers.any(axis=-1))

    def right(self, y: NDArray[Any]) -> NDArray[np.bool_]:
        """Say where the output y (or logits) of the scored steps, (S, B, O), gives the answer; where asked for one."""
        if self.tolerance is not None:
            near = np.abs(y - self.targets) < self.tolerance
            return np.asarray((near | ~self.answers).all(axis=-1))
        named, others = np.where(self.answers, y, np.inf), np.where(self.answers, -np.inf, y)
        return np.asarray(named.min(axis=-1) > others.max(axis=-1))

    def part(self, at: slice) -> Batch:
        """Some of its sequences."""
        return replace(
            self,
            x=self.x[:, at],
            targets=self.targets[:, at],
            answers=self.answers[:, at],
            group=self.group[:, at],
            scored=None if self.scored is None else self.scored[:, at],
        )

    def stacked(self, networks: int) -> Batch:
        """Deal the sequences out to a stack of networks: every B becomes (networks, B / networks)."""

        def dealt(values: NDArray[Any]) -> NDArray[Any]:
            return values.reshape(len(values), networks, -1, *values.shape[2:])

        return replace(
            self,
            x=dealt(self.x),
            targets=dealt(self.targets),
            answers=dealt(self.answers),
            group=dealt(self.group),
            scored=None if self.scored is None else dealt(self.scored),
        )


class Task(Protocol):
    """A family of sequences with a right answer; one object a task, without state."""

    @property
    def name(self) -> str:
        """The task's name in cards and in `TASKS`."""

    @property
    def group(self) -> str:
        """What it teaches: one of `GROUPS`."""

    @property
    def alphabet(self) -> tuple[str, ...] | None:
        """The symbols of the input, in the order of the one-hot input; None for numbers."""

    @property
    def outputs(self) -> tuple[str, ...] | None:
        """The symbols that y ranges over; None for numbers."""

    @property
    def input_size(self) -> int:
        """How many symbols there are, or how many numbers a step has."""

    @property
    def output_size(self) -> int:
        """How many entries y has."""

    @property
    def tolerance(self) -> float | None:
        """How near a number has to come to be right; None for symbols."""

    @property
    def scale(self) -> Scale | None:
        """What brings the numbers near 1 while a network learns; None where they are, and for symbols."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What `example` can be asked for."""

    @property
    def line_break(self) -> str | None:
        """The symbol that stands for a line break in a text; None where the task's input is no text."""

    @property
    def by(self) -> str:
        """The word under which accuracy is listed, such as "depth" or "lag"."""

    @property
    def whole(self) -> bool:
        """Whether accuracy counts sequences, right where each of their answers is; else it counts answers."""

    @property
    def guess(self) -> float | None:
        """How often a guess that knows nothing of the input would be right; None where that says nothing."""

    @property
    def label(self) -> Mapping[str, str]:
        """A short title, by language."""

    @property
    def about(self) -> Mapping[str, str]:
        """The task in one sentence with its right answer, by language."""

    @property
    def examples(self) -> tuple[Prepared, ...]:
        """Inputs for the page, each with what to look for; the first plays first. A card adds what its model does."""

    def example(self, rng: np.random.Generator, /, **parameters: int) -> str | list[float] | list[list[float]]:
        """Draw one fresh input for the page.

        Raises BadParameter where a parameter is unknown or out of its bounds.
        """

    def batch(self, rng: np.random.Generator, size: int, length: int | None = None, *, practice: bool = False) -> Batch:
        """Draw `size` fresh sequences of `length` symbols (None: of a length that the task draws).

        `practice` draws sequences that are better to learn from, with the same right answers.
        """

    def judge(self, tokens: Sequence[Any], *, has_initial_state: bool = False) -> Judgement:
        """Say what is right after each of `tokens`, which may be any symbols of the alphabet, or any numbers."""


class OverSymbols:
    """What tasks over symbols have in common; a task names its `alphabet` and `outputs`."""

    alphabet: tuple[str, ...]
    outputs: tuple[str, ...]
    tolerance: None = None
    line_break: str | None = None
    scale: None = None
    whole: bool = False
    examples: tuple[Prepared, ...] = ()

    @property
    def input_size(self) -> int:
        """How many symbols there are."""
        return len(self.alphabet)

    @property
    def output_size(self) -> int:
        """How many symbols y ranges over."""
        return len(self.outputs)

    @property
    def guess(self) -> float | None:
        """How often one of the outputs, picked blindly, is right."""
        return 1 / len(self.outputs)


class OverNumbers:
    """What tasks over numbers have in common; a task names its `input_size` and its `tolerance`."""

    alphabet: None = None
    line_break: None = None
    outputs: None = None
    input_size: int
    output_size: int = 1
    tolerance: float
    scale: Scale | None = None
    whole: bool = False
    guess: float | None = None
    examples: tuple[Prepared, ...] = ()


def is_right(answer: Answer, y: NDArray[Any], task: Task) -> bool:
    """Say whether y (O,) gives the answer: the same rule as `Batch.right`, for one step."""
    if isinstance(answer, float):
        return bool(abs(float(y[0]) - answer) < (task.tolerance or 0))
    named = np.isin(task.outputs or (), (answer,) if isinstance(answer, str) else answer)
    return bool(y[named].min() > y[~named].max(initial=-np.inf))


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
