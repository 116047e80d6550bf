"""Adding and multiplying: keep two numbers, each marked when it comes, and say their sum or product at the end.

Experiments 4 and 5 of Hochreiter & Schmidhuber 1997 (Long short-term memory, Neural Computation 9(8), sections 5.4 and
5.5). "Each element of each input sequence is a pair of components. The first component is a real value randomly chosen
from the interval [−1, 1]; the second is either 1.0, 0.0, or −1.0, and is used as a marker: at the end of each sequence,
the task is to output the sum of the first components of those pairs that are marked by second components equal to 1.0.
Sequences have random lengths between the minimal sequence length T and T + T/10. In a given sequence exactly two pairs
are marked as follows: we first randomly select and mark one of the first ten pairs (whose first component we call X1).
Then we randomly select and mark one of the first T/2 − 1 still unmarked pairs (whose first component we call X2). The
second components of all remaining pairs are zero except for the first and final pair, whose second components are −1.
(In the rare case where the first pair of the sequence gets marked, we set X1 to zero.) An error signal is generated
only at the sequence end: the target is 0.5 + (X1 + X2)/4.0 […] A sequence is processed correctly if the absolute error
at the sequence end is below 0.04."

Experiment 5: "Like the task in Section 5.4, except that the first component of each pair is a real value randomly
chosen from the interval [0, 1]. In the rare case where the first pair of the input sequence gets marked, we set X1 to
1.0. The target at sequence end is the product X1 × X2."

Where the first pair gets marked, its marker stays −1 here. Knows no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from lstm.tasks.task import Batch, Judgement, Mark, OffTask, OverNumbers, Parameter, Prepared, checked, without_answers

LENGTH: Final = Parameter("length", 12, 1000, 16)
"""The paper's T, the smallest number of steps. A shorter or longer input of a user's has its right answer too."""
PRACTICE: Final = (12, 100)
"""The smallest and the largest T that practice draws, so that short sequences are learned with the long ones."""

_EDGE, _PLAIN, _MARKED = -1.0, 0.0, 1.0

_LONG: Final = 100
_SEED: Final = 1
"""Draws the example of the paper's length."""


class Marked(OverNumbers):
    """What the two tasks share.

    `lowest` is the smallest value (the largest is 1), `absent` what a first pair that got marked counts as. `guess` is
    how often the best constant answer is right at T = 100.
    """

    group: ClassVar[str] = "numbers"
    input_size = 2
    tolerance = 0.04
    parameters: ClassVar[tuple[Parameter, ...]] = (LENGTH,)
    by: ClassVar[str] = "length"
    lowest: ClassVar[float]
    absent: ClassVar[float]
    short: ClassVar[tuple[Prepared, ...]]
    """Prepared inputs that are short enough to look at."""

    def result(self, x1: NDArray[np.float64], x2: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the target for the two marked values."""
        raise NotImplementedError

    def __init__(self) -> None:
        self.examples = (*self.short, self._long())

    def example(self, rng: np.random.Generator, /, **parameters: int) -> list[list[float]]:
        """Draw one input, its values with two decimals; `length` is T."""
        length = checked(self.parameters, parameters)["length"]
        x, last, _ = self._drawn(rng, 1, length)
        return [[round(float(value), 2), float(marker)] for value, marker in x[: last[0] + 1, 0]]

    def _long(self) -> Prepared:
        """Prepare an input of the paper's length."""
        given = self.example(np.random.default_rng(_SEED), length=_LONG)
        (one, two), last = (mark.start for mark in self.judge(given).marks), len(given) - 1
        note = {
            "en": f"As long as in the paper: the marked values come at steps {one} and {two} and have to be kept to"
            f" step {last}, while every step brings another value.",
            "ja": f"論文と同じ長さです。印の付いた値はステップ {one} と {two} に現れ、毎ステップ別の値が来る中で、"
            f"ステップ {last} まで保たなければなりません。",
        }
        return Prepared(given, note)

    def batch(
        self,
        rng: np.random.Generator,
        size: int,
        length: int | None = None,
        *,
        practice: bool = False,  # noqa: ARG002 - what is drawn without a length is what to learn from
    ) -> Batch:
        """Draw `size` sequences of T = `length`, each scored at its last step alone.

        Without a length, T is drawn from `PRACTICE`, each doubling of it as often as any other.
        """
        if length is None:
            length = int(np.exp(rng.uniform(*np.log(PRACTICE))))
        x, last, target = self._drawn(rng, size, length)
        scored = np.arange(length - 1, len(x))[:, np.newaxis] == last
        targets = np.broadcast_to(target.astype(np.float32), scored.shape)[..., np.newaxis]
        group = np.full(scored.shape, length)
        return Batch(x, length - 1, targets, scored[..., np.newaxis], group, scored, self.tolerance)

    def _drawn(
        self, rng: np.random.Generator, size: int, length: int
    ) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
        """Draw sequences, (T, B, 2), zeros after their ends; each one's last step and target, (B,)."""
        last = rng.integers(length - 1, length + length // 10, size=size)
        longest, everyone = length + length // 10, np.arange(size)
        one = rng.integers(10, size=size)
        two = rng.integers(length // 2 - 1, size=size)
        two += two >= one  # counts the unmarked pairs alone
        x = np.zeros((longest, size, 2))
        x[..., 0] = rng.uniform(self.lowest, 1, (longest, size))
        x[one, everyone, 1] = x[two, everyone, 1] = _MARKED
        x[0, :, 1] = x[last, everyone, 1] = _EDGE
        x[np.arange(longest)[:, np.newaxis] > last] = 0
        values = (np.where(at == 0, self.absent, x[at, everyone, 0]) for at in (one, two))
        return x, last, self.result(*values)

    def judge(self, tokens: Sequence[Sequence[float]], *, has_initial_state: bool = False) -> Judgement:
        """Tie each marked pair to the last pair, at which the task asks for the answer.

        Where one pair alone is marked, the other is the first pair, whose value does not count.
        """
        if has_initial_state:
            return without_answers(len(tokens), "initial-state")
        answers: list[float | None] = [None] * len(tokens)
        marked: list[int] = []
        marks: tuple[Mark, ...] = ()
        off_task = None
        for t, (_, marker) in enumerate(tokens):
            off_task = self._fault(tokens, t, marked)
            if off_task is not None:
                break
            if marker == _MARKED:
                marked.append(t)
            elif marker == _EDGE and t > 0:
                values = [np.array(tokens[at][0]) for at in marked] + [np.array(self.absent)]
                answers[t] = float(self.result(*values[:2]))
                marks = tuple(Mark(at, t, "marked") for at in marked)
        return Judgement(marks, tuple(answers), (None,) * len(tokens), off_task)

    def _fault(self, tokens: Sequence[Sequence[float]], t: int, marked: Sequence[int]) -> OffTask | None:
        """Say what is wrong with step `t`, when `marked` were marked before it."""
        value, marker = tokens[t]
        shown: dict[str, str | int | None] = {"marker": f"{marker:g}"}
        bounds: dict[str, str | int | None] = {"value": f"{value:g}", "low": int(self.lowest), "high": 1}
        rules: tuple[tuple[bool, str, dict[str, str | int | None]], ...] = (
            (t > 1 and tokens[t - 1][1] == _EDGE, "pair-after-end", {}),
            (not self.lowest <= value <= 1, "value-out-of-range", bounds),
            (marker not in (_EDGE, _PLAIN, _MARKED), "unknown-marker", shown),
            (t == 0 and marker != _EDGE, "no-start", shown),
            (marker == _MARKED and len(marked) == 2, "third-marked", {}),
            (marker == _EDGE and t > 0 and not marked, "none-marked", {}),
        )
        return next((OffTask(t, reason, params) for broken, reason, params in rules if broken), None)


def _sequence(values: Sequence[float], *marked: int) -> list[list[float]]:
    """Return the pairs of values of which some are marked."""
    edges = (0, len(values) - 1)
    return [[v, _EDGE if t in edges else _MARKED if t in marked else _PLAIN] for t, v in enumerate(values)]


class Adding(Marked):
    """Experiment 4; see the module."""

    name: ClassVar[str] = "adding"
    lowest = -1.0
    absent = 0.0
    guess = 0.154
    label: ClassVar[Mapping[str, str]] = {"en": "Adding", "ja": "足し算"}
    about: ClassVar[Mapping[str, str]] = {
        "en": (
            "Each step is a value from −1 to 1 and a marker. Keep the two values marked 1; at the last step, marked −1"
            " like the first, the right answer is 0.5 + their sum / 4, and an answer less than 0.04 away counts."
        ),
        "ja": (
            "各ステップは −1〜1 の値と印の組です。印が 1 の二つの値を覚えておき、最後のステップ（最初と同じく印は −1）"
            "で 0.5 + 和/4 を答えます。誤差が 0.04 未満なら正解とします。"
        ),
    }

    short = (
        Prepared(
            _sequence(
                (0.31, -0.72, 0.15, 0.64, -0.9, 0.48, -0.36, 0.83, 0.07, -0.55, 0.92, -0.18, 0.4, -0.61, 0.26, -0.05),
                3,
                7,
            ),
            {
                "en": "0.64 at step 3 and 0.83 at step 7 are marked. Look for units whose state moves there and then"
                " stays, while all other values pass by.",
                "ja": "ステップ 3 の 0.64 とステップ 7 の 0.83 に印があります。そこで状態が動き、"
                "ほかの値が通り過ぎる間は動かないユニットを探してみましょう。",
            },
        ),
        Prepared(
            _sequence((-0.4, 0.2, 0.9, -0.1, 0.7, -0.9, 0.3, -0.6, 0.5, 0.8, -0.2, 0.6, -0.8, 0.1), 2, 5),
            {
                "en": "The marked values are 0.9 and −0.9: they cancel out, which leaves 0.5.",
                "ja": "印の付いた値は 0.9 と −0.9 です。打ち消し合うので、正解は 0.5 になります。",
            },
        ),
        Prepared(
            _sequence((0.5, -0.3, 0.1, -0.7, 0.2, 1, 1, -0.4, -0.8, 0.6, -0.2, 0.3, -0.9, 0.4, 0), 5, 6),
            {
                "en": "1 and 1, one right after the other: the largest sum there is.",
                "ja": "1 と 1 が続けて現れます。和として最大の場合です。",
            },
        ),
        Prepared(
            _sequence((0, 0.5, 0.5, 0), 1, 2),
            {
                "en": "Four steps: much shorter than anything it learned from.",
                "ja": "わずか 4 ステップです。学習に使ったどの系列よりもずっと短い例です。",
            },
        ),
    )

    def result(self, x1: NDArray[np.float64], x2: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return 0.5 + (X1 + X2)/4, which lies in [0, 1]."""
        return 0.5 + (x1 + x2) / 4


class Multiplying(Marked):
    """Experiment 5; see the module."""

    name: ClassVar[str] = "multiplying"
    lowest = 0.0
    absent = 1.0
    guess = 0.258
    label: ClassVar[Mapping[str, str]] = {"en": "Multiplying", "ja": "掛け算"}
    about: ClassVar[Mapping[str, str]] = {
        "en": (
            "Each step is a value from 0 to 1 and a marker. Keep the two values marked 1; at the last step, marked −1"
            " like the first, the right answer is their product, and an answer less than 0.04 away counts."
        ),
        "ja": (
            "各ステップは 0〜1 の値と印の組です。印が 1 の二つの値を覚えておき、最後のステップ（最初と同じく印は −1）"
            "でその積を答えます。誤差が 0.04 未満なら正解とします。"
        ),
    }

    short = (
        Prepared(
            _sequence(
                (0.31, 0.72, 0.15, 0.8, 0.9, 0.48, 0.36, 0.5, 0.07, 0.55, 0.92, 0.18, 0.4, 0.61, 0.26, 0.05), 3, 7
            ),
            {
                "en": "0.8 at step 3 and 0.5 at step 7 are marked. A product is no sum: how much the 0.5 counts depends"
                " on the 0.8 that came before it.",
                "ja": "ステップ 3 の 0.8 とステップ 7 の 0.5 に印があります。和と違って、0.5 がどれだけ効くかは、"
                "先に来た 0.8 によって変わります。",
            },
        ),
        Prepared(
            _sequence((0.4, 0.2, 0, 0.1, 0.7, 1, 0.3, 0.6, 0.5, 0.8, 0.2, 0.6, 0.8, 0.1), 2, 5),
            {
                "en": "0 and 1: the first value makes the product 0, whatever comes second.",
                "ja": "0 と 1 です。最初の値が 0 なので、二つ目が何であっても積は 0 です。",
            },
        ),
        Prepared(
            _sequence((0.5, 0.3, 0.1, 0.7, 0.2, 1, 1, 0.4, 0.8, 0.6, 0.2, 0.3, 0.9, 0.4, 0), 5, 6),
            {
                "en": "1 and 1, one right after the other: the largest product there is.",
                "ja": "1 と 1 が続けて現れます。積として最大の場合です。",
            },
        ),
    )

    def result(self, x1: NDArray[np.float64], x2: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return X1·X2."""
        return x1 * x2
