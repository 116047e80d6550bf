"""Recall: remember the first symbol through a stretch of noise, and name it when asked.

A sequence is one of `A` to `H`, then a lag of `w`, `x`, `y`, `z` drawn anew at each step, then `?`. At the `?`, and
only there, the right answer is the first symbol. Knows no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import numpy as np

from lstm.tasks.task import Batch, Judgement, Mark, OffTask, OverSymbols, Parameter, checked, without_answers

TO_REMEMBER: Final = tuple("ABCDEFGH")
NOISE: Final = tuple("wxyz")
QUERY: Final = "?"
LAG: Final = Parameter("lag", 1, 200, 20)
"""The number of noise symbols. Training draws it evenly from these bounds; a longer one still has its right answer."""

_CERTAIN: Final = {symbol: {symbol: 1.0} for symbol in TO_REMEMBER}


class Recall(OverSymbols):
    """The task; see the module."""

    name: ClassVar[str] = "recall"
    group: ClassVar[str] = "memory"
    alphabet = (*TO_REMEMBER, *NOISE, QUERY)
    outputs = TO_REMEMBER
    parameters: ClassVar[tuple[Parameter, ...]] = (LAG,)
    by: ClassVar[str] = "lag"
    label: ClassVar[Mapping[str, str]] = {"en": "Recall", "ja": "記憶の呼び出し"}
    about: ClassVar[Mapping[str, str]] = {
        "en": (
            "Remember the first symbol, one of A to H, through up to 200 symbols of noise. At the question mark the"
            " right answer is that first symbol."
        ),
        "ja": (
            "最初の記号（A〜H のどれか）を、最大 200 個の無関係な記号が続く間ずっと覚えておき、"
            "「?」でその最初の記号を答えます。"
        ),
    }

    def example(self, rng: np.random.Generator, /, **parameters: int) -> str:
        """Draw one input; `lag` is its number of noise symbols."""
        lag = checked(self.parameters, parameters)["lag"]
        noise = "".join(NOISE[i] for i in rng.integers(len(NOISE), size=lag))
        return TO_REMEMBER[int(rng.integers(len(TO_REMEMBER)))] + noise + QUERY

    def batch(
        self,
        rng: np.random.Generator,
        size: int,
        length: int | None = None,
        *,
        practice: bool = False,  # noqa: ARG002 - the task's own sequences are the best to learn from
    ) -> Batch:
        """Draw `size` sequences of one lag, `length` − 2, scored at the `?` alone."""
        lag = int(rng.integers(LAG.min, LAG.max + 1)) if length is None else length - 2
        x = np.empty((lag + 2, size), np.intp)
        x[0] = rng.integers(len(TO_REMEMBER), size=size)
        x[1:-1] = len(TO_REMEMBER) + rng.integers(len(NOISE), size=(lag, size))
        x[-1] = len(self.alphabet) - 1
        targets = np.eye(len(TO_REMEMBER), dtype=np.float32)[x[:1]]
        return Batch(x, lag + 1, targets, targets > 0, np.full((1, size), lag))

    def judge(self, tokens: Sequence[str], *, has_initial_state: bool = False) -> Judgement:
        """Tie the first symbol to the `?` at which it is the right answer."""
        if has_initial_state:
            return without_answers(len(tokens), "initial-state")
        end, off_task = _first_fault(tokens)
        marks: tuple[Mark, ...] = ()
        answers: list[str | None] = [None] * len(tokens)
        truths: list[Mapping[str, float] | None] = [None] * len(tokens)
        if end and tokens[end - 1] == QUERY:
            marks = (Mark(0, end - 1, "recall"),)
            answers[end - 1], truths[end - 1] = tokens[0], _CERTAIN[tokens[0]]
        return Judgement(marks, tuple(answers), tuple(truths), off_task)


def _first_fault(tokens: Sequence[str]) -> tuple[int, OffTask | None]:
    """Return how many tokens the task can contain, and what is wrong with the one after them."""
    for t, token in enumerate(tokens):
        if t == 0 and token not in TO_REMEMBER:
            return 0, OffTask(0, "no-first-symbol", {"symbol": token})
        if t > 0 and tokens[t - 1] == QUERY:
            return t, OffTask(t, "after-query", {"symbol": token})
        if t > 0 and token in TO_REMEMBER:
            return t, OffTask(t, "second-symbol", {"symbol": token, "first": tokens[0]})
    return len(tokens), None
