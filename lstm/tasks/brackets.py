"""Brackets: two kinds of brackets, nested, with letters between them (a Dyck-2 language with letters).

After every symbol the next one is drawn anew, so the right output is a distribution; where a bracket is open, its
closing bracket, the one that is *due*, is the most probable symbol of all. To know it a network must hold the whole
stack of open brackets. Knows no network.

The distribution: at depth 1 and more the due bracket has 0.40, `(` and `[` 0.15 each, `a` to `d` 0.075 each. What is
impossible (closing at depth 0, opening at the largest depth, 6) is left out and the rest is scaled up to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from lstm.tasks.task import Batch, Judgement, Mark, OffTask, OverSymbols, Parameter, checked, without_answers

DEPTH: Final = 6
"""The largest depth that the task contains."""

ALPHABET: Final = ("(", ")", "[", "]", "a", "b", "c", "d")
CLOSES: Final = {"(": ")", "[": "]"}

PRACTICE: Final = (1.0, 1.5, 2.5, 5.0)
"""In practice each sequence opens this many times as eagerly (one drawn a sequence), so that deep stacks are common."""

LENGTHS: Final = (28, 28, 28, 28, 28, 28, 60, 60, 200)
"""Lengths that a batch draws from when it is not told one: mostly short, which is cheap, and some long."""

# A sequence's situation is one of five rows: nothing open; or the innermost bracket is ( or [, below or at the largest
# depth. The row alone decides what may come next.
_EMPTY, _FULL = 0, 2


def _row(depth: int, top: int) -> int:
    return _EMPTY if depth == 0 else 1 + top + _FULL * (depth == DEPTH)


def _distributions() -> NDArray[np.float64]:
    """Return (5 rows, 8 symbols): the true probability of each next symbol."""
    p = np.zeros((5, len(ALPHABET)))
    p[:, 4:] = 0.075
    p[:3, [0, 2]] = 0.15
    p[[1, 3], 1] = p[[2, 4], 3] = 0.40
    p /= p.sum(axis=1, keepdims=True)
    return p


DISTRIBUTIONS: Final = _distributions()
_TRUTHS: Final = tuple({s: float(v) for s, v in zip(ALPHABET, row, strict=True) if v} for row in DISTRIBUTIONS)
_DUE: Final = np.zeros((5, len(ALPHABET)), np.bool_)
_DUE[[1, 3], 1] = _DUE[[2, 4], 3] = True


class Brackets(OverSymbols):
    """The task; see the module."""

    name: ClassVar[str] = "brackets"
    group: ClassVar[str] = "structure"
    alphabet = ALPHABET
    outputs = ALPHABET
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    by: ClassVar[str] = "depth"
    label: ClassVar[Mapping[str, str]] = {"en": "Brackets", "ja": "括弧の対応"}
    about: ClassVar[Mapping[str, str]] = {
        "en": (
            "Say what may come next in nested brackets with letters between them. While a bracket is open, the right"
            " answer is the bracket that closes the innermost one; it must be the most probable of all symbols."
        ),
        "ja": (
            "文字をはさんで入れ子になった括弧の系列で、次に来る記号を予測します。"
            "括弧が開いている間の正解は、いちばん内側の括弧を閉じる記号です。全記号の中で最も高い確率になれば正解とします。"
        ),
    }

    def example(self, rng: np.random.Generator, /, **parameters: int) -> str:
        """Draw an input of 12 to 32 symbols that reaches depth 3 at least and closes every bracket."""
        checked(self.parameters, parameters)
        while True:
            x, _, depth = _walk(rng, 16, 32, (1.0,))
            for b in range(x.shape[1]):
                ends = np.flatnonzero(depth[:, b] == 0)
                stop = int(ends[-1]) + 1 if len(ends) else 0
                if stop >= 12 and depth[:stop, b].max() >= 3:
                    return "".join(ALPHABET[s] for s in x[:stop, b])

    def batch(self, rng: np.random.Generator, size: int, length: int | None = None, *, practice: bool = False) -> Batch:
        """Draw `size` sequences, each scored at every step; in practice deep stacks are common (see `PRACTICE`)."""
        length = int(rng.choice(LENGTHS)) if length is None else length
        x, row, depth = _walk(rng, size, length, PRACTICE if practice else (1.0,))
        return Batch(x, 0, DISTRIBUTIONS.astype(np.float32)[row], _DUE[row], depth)

    def judge(self, tokens: Sequence[str], *, has_initial_state: bool = False) -> Judgement:
        """Tie each bracket to its own, and say after each symbol which one is due and what may come next."""
        if has_initial_state:
            return without_answers(len(tokens), "initial-state")
        stack: list[int] = []
        marks: list[Mark] = []
        answers: list[str | None] = []
        truths: list[Mapping[str, float] | None] = []
        off_task = None
        for t, token in enumerate(tokens):
            due = CLOSES[tokens[stack[-1]]] if stack else None
            if token in CLOSES:
                if len(stack) == DEPTH:
                    off_task = OffTask(t, "too-deep", {"symbol": token, "limit": DEPTH})
                    break
                stack.append(t)
            elif token == due:
                marks.append(Mark(stack.pop(), t, "pair"))
            elif token in CLOSES.values():
                off_task = OffTask(t, "unmatched-close", {"symbol": token, "due": due})
                break
            answers.append(CLOSES[tokens[stack[-1]]] if stack else None)
            truths.append(_TRUTHS[_row(len(stack), int(tokens[stack[-1]] == "[") if stack else 0)])
        rest = (None,) * (len(tokens) - len(answers))
        marks.sort(key=lambda mark: mark.start)
        return Judgement(tuple(marks), (*answers, *rest), (*truths, *rest), off_task)


def _walk(
    rng: np.random.Generator, size: int, length: int, eagerness: Sequence[float]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Draw sequences: their symbols, and the row of `DISTRIBUTIONS` and the depth after each symbol, each (T, B).

    Each sequence draws one of `eagerness`, by which its opening brackets' probabilities are multiplied before scaling;
    what is true of the next symbol (the row) does not change by it.
    """
    weights = np.repeat(DISTRIBUTIONS[None], len(eagerness), axis=0)
    weights[:, :, [0, 2]] *= np.asarray(eagerness)[:, None, None]
    cumulative = weights.cumsum(axis=2)
    cumulative /= cumulative[:, :, -1:]
    mine = cumulative[rng.integers(len(eagerness), size=size)]
    everyone = np.arange(size)
    draws = rng.random((length, size, 1))
    x = np.empty((length, size), np.intp)
    rows, depths = np.empty_like(x), np.empty_like(x)
    depth, stack, row = np.zeros(size, np.intp), np.zeros(size, np.intp), np.zeros(size, np.intp)
    for t in range(length):
        symbol = (mine[everyone, row] <= draws[t]).sum(axis=1)
        opens, closes = (symbol == 0) | (symbol == 2), (symbol == 1) | (symbol == 3)
        # The stack is a binary number, innermost bracket last: 0 for (, 1 for [.
        stack = np.where(opens, 2 * stack + (symbol == 2), np.where(closes, stack >> 1, stack))
        depth = depth + opens - closes
        row = np.where(depth == 0, _EMPTY, 1 + (stack & 1) + _FULL * (depth == DEPTH))
        x[t], rows[t], depths[t] = symbol, row, depth
    return x, rows, depths
