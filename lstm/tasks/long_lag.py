"""Long lag: two sequences that differ in their first and last symbol alone, a hundred steps apart.

Experiment 2a of Hochreiter & Schmidhuber 1997 (Neural Computation 9(8), section 5.2), "noise-free sequences with long
time lags": "There are p + 1 possible input symbols denoted a_1, …, a_{p−1}, a_p = x, a_{p+1} = y. […] A net […]
sequentially observes input symbol sequences, one at a time, permanently trying to predict the next symbol […] To
emphasize the "long time lag problem", we use a training set consisting of only two very similar sequences:
(y, a_1, a_2, …, a_{p−1}, y) and (x, a_1, a_2, …, a_{p−1}, x). Each is selected with probability 0.5. To predict the
final element, the net has to learn to store a representation of the first element for p time steps." Here p = 100, the
largest that the paper tried. Knows no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import numpy as np

from lstm.tasks.task import Batch, Judgement, Mark, OffTask, OverSymbols, Parameter, Prepared, checked, without_answers

MIDDLE: Final = (
    "0123456789"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvw"
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらり"
)
"""a_1 to a_99, in orders that people know by heart: digits, letters, letters up to w, the Japanese syllables."""
ENDS: Final = ("x", "y")
ALPHABET: Final = (*MIDDLE, *ENDS)
P: Final = len(MIDDLE) + 1

_CERTAIN: Final = {symbol: {symbol: 1.0} for symbol in ALPHABET}


class LongLag(OverSymbols):
    """The task; see the module."""

    name: ClassVar[str] = "long-lag"
    group: ClassVar[str] = "memory"
    alphabet = ALPHABET
    outputs = ALPHABET
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    by: ClassVar[str] = "lag"
    whole = True
    label: ClassVar[Mapping[str, str]] = {"en": "Long time lag", "ja": "長い時間差"}
    about: ClassVar[Mapping[str, str]] = {
        "en": (
            "Always name the next symbol. The task has only two sequences, which begin with x or y, go on with the same"
            " 99 symbols (0 to 9, A to Z, a to w, then あ to り) and end with the x or y that they began with. A test"
            " sequence is right when every answer in it is."
        ),
        "ja": (
            "つねに次の記号を予測します。系列は 2 種類だけです。x か y で始まり、同じ 99 個の記号"
            "（0〜9、A〜Z、a〜w、あ〜り）が続き、始まりと同じ x か y で終わります。"
            "テストでは、系列の中の答えがすべて正しいときに正解とします。"
        ),
    }
    examples = (
        Prepared(
            "x" + MIDDLE + "x",
            {
                "en": "It begins with x, so after step 99 x is due: the 99 steps between must not erase it.",
                "ja": "x で始まるので、ステップ 99 の次の正解は x です。間の 99 ステップで忘れてはいけません。",
            },
        ),
        Prepared(
            "y" + MIDDLE + "y",
            {
                "en": "The other sequence: which unit still tells it from the one with x after step 99?",
                "ja": "もう一つの系列です。ステップ 99 の後でも x の系列と違う値を保つユニットはどれでしょうか。",
            },
        ),
        Prepared(
            "x" + MIDDLE[:10] + "5",
            {
                "en": "After the 9 A is due; the 5 at step 11 breaks the order, so from there nothing is right.",
                "ja": "9 の次は A のはずです。ステップ 11 の 5 で順序が崩れ、その先に正解はありません。",
            },
        ),
    )

    @property
    def guess(self) -> float:
        """How often a network is right that knows the 99 symbols by heart but never the first."""
        return 0.5

    def example(self, rng: np.random.Generator, /, **parameters: int) -> str:
        """Draw one of the two sequences."""
        checked(self.parameters, parameters)
        end = ENDS[int(rng.integers(2))]
        return end + MIDDLE + end

    def batch(self, rng: np.random.Generator, size: int, length: int | None = None, *, practice: bool = False) -> Batch:
        """Draw `size` of the two sequences, each without its last symbol, after which nothing comes.

        `length` can only be the one that they have, p + 1. In practice the two take turns, so that chance favours
        neither, and every other batch is scored at its last step alone, which else has one part in p of the loss. For
        the same reason only every tenth step of a test, back from the last, is scored; all of them have to be right.
        """
        if length not in (None, P + 1):
            raise ValueError(f"a sequence has {P + 1} symbols, not {length}")
        end = P - 1 + (np.arange(size) % 2 if practice else rng.integers(2, size=size))
        middle = np.broadcast_to(np.arange(P - 1)[:, np.newaxis], (P - 1, size))
        whole = np.concatenate([end[np.newaxis], middle, end[np.newaxis]])
        first = P - 1 if practice and rng.random() < 0.5 else 0
        targets = np.eye(len(ALPHABET), dtype=np.float32)[whole[first + 1 :]]
        scored = (
            None if practice or length is None else np.repeat(np.arange(1, P + 1)[:, np.newaxis] % 10 == 0, size, 1)
        )
        return Batch(whole[:-1], first, targets, targets > 0, np.full((P - first, size), P), scored)

    def judge(self, tokens: Sequence[str], *, has_initial_state: bool = False) -> Judgement:
        """Tie the first symbol to the last, and say after each symbol which is next."""
        if has_initial_state:
            return without_answers(len(tokens), "initial-state")
        expected = (tokens[0], *MIDDLE, tokens[0]) if tokens[0] in ENDS else ()
        end = next((t for t, pair in enumerate(zip(tokens, expected, strict=False)) if pair[0] != pair[1]), None)
        end = min(len(tokens), len(expected)) if end is None else end
        off_task = _fault(end, tokens[end], expected) if end < len(tokens) else None
        answers = [*expected[1 : end + 1], *[None] * (len(tokens) - end + (end == P + 1))][: len(tokens)]
        marks = (Mark(0, P, "same"),) if end == P + 1 else ()
        truths = tuple(None if answer is None else _CERTAIN[answer] for answer in answers)
        return Judgement(marks, tuple(answers), truths, off_task)


def _fault(t: int, token: str, expected: Sequence[str]) -> OffTask:
    """Say why `token` cannot stand at step t of the sequence that is expected."""
    if t == 0:
        return OffTask(t, "no-x-or-y", {"symbol": token})
    if t == len(expected):
        return OffTask(t, "after-end", {"symbol": token})
    return OffTask(t, "not-next", {"symbol": token, "due": expected[t]})
