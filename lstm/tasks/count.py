"""Count: a run of blocks aⁿbⁿ, each ended by `$`; after the n-th `b` the network must say that the block ends.

A block's n is open while its `a`s are read: after each of them another `a` follows with probability 0.8, a `b` with
0.2, so there is no right answer, only these chances. From the first `b` on everything is certain: as many `b`s as
there were `a`s, then `$`, then the next block's first `a`. To know the end a network must have counted. Knows no
network.

The language aⁿbⁿ is the simplest that no finite automaton accepts; Gers & Schmidhuber (2001, IEEE Transactions on
Neural Networks 12(6)) had LSTMs learn it from small n.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from lstm.tasks.task import Batch, Judgement, Mark, OffTask, OverSymbols, Parameter, Prepared, checked, without_answers

ALPHABET: Final = ("a", "b", "$")
TRAINED: Final = 12
"""Training draws each block's n evenly from 1 to this; a longer block still has its right answers."""
N: Final = Parameter("n", 1, 100, 5)
"""The number of `a`s, and of `b`s, of an example's block."""
PRACTICE: Final = 60
"""Steps of a sequence in training, cut wherever it is."""
BEFORE: Final = 3
"""In the sequences of a card up to this many blocks, of an n from training, stand before the block that counts."""

_A, _B, _END = range(3)
_OPEN: Final = {"a": 0.8, "b": 0.2}
_CERTAIN: Final = tuple({symbol: 1.0} for symbol in ALPHABET)


class Count(OverSymbols):
    """The task; see the module."""

    name: ClassVar[str] = "count"
    group: ClassVar[str] = "structure"
    alphabet = ALPHABET
    outputs = ALPHABET
    parameters: ClassVar[tuple[Parameter, ...]] = (N,)
    by: ClassVar[str] = "pairs"
    whole = True
    guess = None
    label: ClassVar[Mapping[str, str]] = {"en": "Counting (aⁿbⁿ)", "ja": "数える（aⁿbⁿ）"}
    about: ClassVar[Mapping[str, str]] = {
        "en": (
            "Read some a’s, then as many b’s, then $, and say what comes next. While a’s are read nobody can know; from"
            " the first b on there is one right answer, and after the last b it is $. Training goes to 12 a’s. A test"
            " sequence is right when every answer in it is."
        ),
        "ja": (
            "a がいくつか、続いて同じ数の b、最後に $ という系列で、次の記号を予測します。"
            "a の間は誰にも分かりませんが、最初の b から先は正解が一つに決まり、最後の b の次の正解は $ です。"
            "学習では a は 12 個までです。テストでは、系列の中の答えがすべて正しいときに正解とします。"
        ),
    }
    examples = (
        Prepared(
            "aaabbb$",
            {
                "en": "Three a’s, three b’s: watch for a unit that climbs with each a and comes down with each b.",
                "ja": "a が三つ、b が三つ。a のたびに上がり、b のたびに下がるユニットを探してみましょう。",
            },
        ),
        Prepared(
            "aaaaaaaaaaaabbbbbbbbbbbb$",
            {
                "en": "n = 12, the most that training has: the end is due after the twelfth b, at step 23.",
                "ja": "n = 12 は学習で最大の数です。12 個目の b、つまりステップ 23 の次が終わりです。",
            },
        ),
        Prepared(
            "ab$aaaaabbbbb$aabb$aaaabbbb$",
            {
                "en": "Four blocks in a row: at each $ the count has to begin anew.",
                "ja": "四つの続き。$ のたびに、数を最初から数え直す必要があります。",
            },
        ),
        Prepared(
            "a" * 20 + "b" * 20 + "$",
            {
                "en": "n = 20, more than in training: compare what it expects around step 39, where the end is due.",
                "ja": "n = 20 は学習より大きい数です。終わりが来るはずのステップ 39 のあたりの予測を見比べてください。",
            },
        ),
        Prepared(
            "a" * 50 + "b" * 50 + "$",
            {
                "en": "n = 50, four times what training had: does the count hold, or does it run into a limit?",
                "ja": "n = 50 は学習の約 4 倍です。数え続けられるか、どこかで頭打ちになるかを見てください。",
            },
        ),
    )

    def example(self, rng: np.random.Generator, /, **parameters: int) -> str:  # noqa: ARG002 - n says it all
        """One block, with its end."""
        n = checked(self.parameters, parameters)["n"]
        return "a" * n + "b" * n + "$"

    def batch(self, rng: np.random.Generator, size: int, length: int | None = None, *, practice: bool = False) -> Batch:
        """Draw `size` sequences of blocks; `length` is the n of the last block (None: drawn like the others).

        The last block counts, and the sequence ends with it, after up to `BEFORE` others. In practice, and only there,
        sequences are `PRACTICE` steps of blocks without end.
        """
        if practice:
            n = rng.integers(1, TRAINED + 1, (size, -(-PRACTICE // 3)))
            return _batch(n, np.full(size, n.shape[1]), PRACTICE)
        blocks = rng.integers(1, BEFORE + 2, size)
        n = rng.integers(1, TRAINED + 1, (size, BEFORE + 1))
        if length is not None:
            n[np.arange(size), blocks - 1] = length
        return _batch(n, blocks)

    def judge(self, tokens: Sequence[str], *, has_initial_state: bool = False) -> Judgement:
        """Tie each b to its a, the nearest that is still without one, and say what is certain after each symbol."""
        if has_initial_state:
            return without_answers(len(tokens), "initial-state")
        unmatched: list[int] = []
        marks: list[Mark] = []
        truths: list[Mapping[str, float] | None] = []
        may_follow, off_task = "a", None
        for t, symbol in enumerate(tokens):
            if symbol not in may_follow:
                off_task = _fault(t, symbol, may_follow, len(unmatched))
                break
            if symbol == "a":
                unmatched.append(t)
                may_follow = "ab"
            elif symbol == "b":
                marks.append(Mark(unmatched.pop(), t, "pair"))
                may_follow = "b" if unmatched else "$"
            else:
                may_follow = "a"
            truths.append(_OPEN if may_follow == "ab" else _CERTAIN[ALPHABET.index(may_follow)])
        answers = [None if truth is _OPEN or truth is None else next(iter(truth)) for truth in truths]
        rest = (None,) * (len(tokens) - len(truths))
        marks.sort(key=lambda mark: mark.start)
        return Judgement(tuple(marks), (*answers, *rest), (*truths, *rest), off_task)


def _batch(n: NDArray[np.intp], blocks: NDArray[np.intp], steps: int | None = None) -> Batch:
    """Lay out each sequence's first `blocks` blocks, of n (B, K), in columns; cut after `steps`, or as long as any."""
    lengths = np.where(np.arange(n.shape[1]) < blocks[:, np.newaxis], 2 * n + 1, 0)
    ends = lengths.cumsum(axis=1)
    t = np.arange(ends[:, -1].max() if steps is None else steps)[:, np.newaxis]
    inside = t < ends[:, -1]
    block = np.minimum((t[..., np.newaxis] >= ends).sum(axis=-1), blocks - 1)
    everyone = np.arange(len(n))
    n_here = n[everyone, block]
    at = t - (ends - lengths)[everyone, block]
    x = np.where(at < n_here, _A, np.where(at < 2 * n_here, _B, _END))
    open_ = at < n_here
    following = np.where(at < 2 * n_here - 1, _B, np.where(at < 2 * n_here, _END, _A))
    targets = np.eye(3, dtype=np.float32)[following]
    targets[open_] = [_OPEN.get(symbol, 0) for symbol in ALPHABET]
    answers = (targets == 1) & inside[..., np.newaxis]
    return Batch(x, 0, targets, answers, n_here, None if inside.all() else inside)


def _fault(t: int, symbol: str, due: str, missing: int) -> OffTask:
    """Say why `symbol` cannot stand at step t, where one of `due` may and `missing` b's are still to come."""
    if due == "$":
        return OffTask(t, "end-due", {"symbol": symbol})
    if missing:
        return OffTask(t, "too-few-b", {"symbol": symbol, "missing": missing})
    return OffTask(t, "no-a", {"symbol": symbol})
