"""Reber: strings of the embedded Reber grammar; what may come next, and a letter to remember from the second step on.

Experiment 1 of Hochreiter & Schmidhuber 1997 (Neural Computation 9(8), section 5.1): "Starting at the leftmost node of
the directed graph in Figure 4, symbol strings are generated sequentially (beginning with the empty string) by
following edges – and appending the associated symbols to the current string – until the rightmost node is reached.
Edges are chosen randomly if there is a choice (probability: 0.5). […] To correctly predict the symbol before last, the
net has to remember the second symbol." A string is right "if the output unit(s) corresponding to the possible next
symbol(s) is(are) always the most active ones".

The graph is B, then T or P, then a string of the Reber grammar, then the same T or P again, then E. Knows no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from lstm.tasks.task import (
    Answer,
    Batch,
    Judgement,
    Mark,
    OffTask,
    OverSymbols,
    Parameter,
    Prepared,
    checked,
    without_answers,
)

ALPHABET: Final = ("B", "T", "P", "S", "X", "V", "E")
SHORTEST: Final = 6
"""The smallest lag between the two letters that must be the same; every larger one occurs."""
LAG: Final = Parameter("lag", SHORTEST, 100, 12)

INNER: Final[tuple[Mapping[str, int], ...]] = (
    {"B": 1},
    {"T": 2, "P": 3},
    {"S": 2, "X": 4},
    {"T": 3, "V": 5},
    {"X": 3, "S": 6},
    {"P": 4, "V": 6},
    {"E": 7},
)
"""The Reber grammar (figure 3 of the paper): from each node, which symbol leads where; node 7 is its end."""


def _embedded() -> tuple[Mapping[str, int], ...]:
    """The graph of figure 4: B, then T or P, each leading to its own copy of the Reber grammar, and out again."""
    nodes: list[Mapping[str, int]] = [{"B": 1}, {"T": 2, "P": 10}]
    for letter in "TP":
        first = len(nodes)
        nodes += [{symbol: first + to for symbol, to in edges.items()} for edges in INNER]
        nodes.append({letter: 18})
    return (*nodes, {"E": 19}, {})


GRAPH: Final = _embedded()
_BEFORE_LAST, _END = 18, 19
# Each node's two edges, symbol and node, and the true distribution after it; a lone edge counts twice.
_EDGES: Final = [list(edges.items()) for edges in GRAPH[:-1]] + [[("E", _END)]]
_SYMBOL: Final = np.array([[ALPHABET.index(edges[k][0]) for k in (0, -1)] for edges in _EDGES])
_TO: Final = np.array([[edges[k][1] for k in (0, -1)] for edges in _EDGES])
_TRUTH: Final = np.array([[(s in edges) / max(1, len(edges)) for s in ALPHABET] for edges in GRAPH], np.float32)
_TRUTHS: Final = tuple({symbol: 1 / len(edges) for symbol in edges} for edges in GRAPH)
_ANSWERS: Final[tuple[Answer | None, ...]] = tuple(
    tuple(edges) if len(edges) > 1 else next(iter(edges), None) for edges in GRAPH
)


class Reber(OverSymbols):
    """The task; see the module."""

    name: ClassVar[str] = "reber"
    group: ClassVar[str] = "structure"
    alphabet = ALPHABET
    outputs = ALPHABET
    parameters: ClassVar[tuple[Parameter, ...]] = (LAG,)
    by: ClassVar[str] = "lag"
    whole = True
    label: ClassVar[Mapping[str, str]] = {"en": "Reber grammar", "ja": "レーバー文法"}
    about: ClassVar[Mapping[str, str]] = {
        "en": (
            "Say what may come next in a string of the embedded Reber grammar: often two symbols may, and both must"
            " rank before all others. The symbol before the last must be the same as the second, T or P, which has to"
            " be remembered. A test string is right when every answer in it is."
        ),
        "ja": (
            "埋め込みレーバー文法の文字列で、次に来てよい記号を予測します。二つあるときは、両方がほかのどの記号より"
            "上位でなければなりません。終わりから 2 番目の記号は 2 番目の記号（T か P）と同じなので、"
            "それを覚えておく必要があります。テストでは、文字列の中の答えがすべて正しいときに正解とします。"
        ),
    }
    examples = (
        Prepared(
            "BTBTSXXVPSETE",
            {
                "en": "The T of step 1 comes back at step 11: what keeps it while the inner string runs by?",
                "ja": "ステップ 1 の T はステップ 11 でもう一度現れます。内側の文字列の間、何がそれを保つでしょうか。",
            },
        ),
        Prepared(
            "BPBTSXXVPSEPE",
            {
                "en": "The same inner string after a P: after step 10 P is due, and only the memory can tell.",
                "ja": "内側は同じで、2 番目が P です。ステップ 10 の次の正解は P で、手がかりは記憶だけです。",
            },
        ),
        Prepared(
            "BTBPVVETE",
            {
                "en": "One of the shortest strings: six steps from one T to the other.",
                "ja": "いちばん短い文字列の一つです。T からもう一つの T まで 6 ステップです。",
            },
        ),
        Prepared(
            "BPBTSSSSSSSSSSSSSSSSSSSSXXTTTTTTTTTTTTVPSEPE",
            {
                "en": "Long runs of S and T, which are rare, take the two P’s 41 steps apart.",
                "ja": "S と T がめずらしく長く続き、二つの P は 41 ステップ離れています。",
            },
        ),
    )

    @property
    def guess(self) -> float:
        """How often a network is right that knows all of the grammar but never the second symbol."""
        return 0.5

    def example(self, rng: np.random.Generator, /, **parameters: int) -> str:
        """One string; `lag` is the distance of the two letters that are the same."""
        lag = checked(self.parameters, parameters)["lag"]
        return "".join(ALPHABET[s] for s in _walk(rng, 1, lag + 3)[0][:, 0])

    def batch(
        self,
        rng: np.random.Generator,
        size: int,
        length: int | None = None,
        *,
        practice: bool = False,  # noqa: ARG002 - the grammar's own strings are what the paper trains with
    ) -> Batch:
        """Draw `size` strings as the grammar does; or, of these, such as have the lag `length` − 3.

        After the last symbol nothing comes, so no step there is scored.
        """
        x, nodes = _walk(rng, size, length)
        inside = nodes != _END
        lag = np.broadcast_to(inside.sum(axis=0) - 2, x.shape)
        targets = _TRUTH[nodes]
        return Batch(x, 0, targets, targets > 0, lag, inside)

    def judge(self, tokens: Sequence[str], *, has_initial_state: bool = False) -> Judgement:
        """Tie the second symbol to the one before the last, and say after each symbol which may come next."""
        if has_initial_state:
            return without_answers(len(tokens), "initial-state")
        node, off_task = 0, None
        nodes: list[int] = []
        for t, token in enumerate(tokens):
            edges = GRAPH[node]
            if token not in edges:
                off_task = _fault(t, token, edges, tokens)
                break
            node = edges[token]
            nodes.append(node)
        marks = (Mark(1, nodes.index(_BEFORE_LAST), "same"),) if _BEFORE_LAST in nodes else ()
        rest = (None,) * (len(tokens) - len(nodes))
        answers = tuple(_ANSWERS[node] for node in nodes)
        truths = tuple(_TRUTHS[node] or None for node in nodes)
        return Judgement(marks, (*answers, *rest), (*truths, *rest), off_task)


def _walk(rng: np.random.Generator, size: int, length: int | None = None) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Draw strings: their symbols, and the node after each, (T, B); shorter ones end in E's at the last node."""
    node = np.zeros(size, np.intp)
    symbols: list[NDArray[np.intp]] = []
    nodes: list[NDArray[np.intp]] = []
    while (node != _END).any():
        if length is None:
            second = rng.random(size) < 0.5
        else:
            one, other = _ends(length)[length - len(nodes) - 1][_TO[node]].T
            second = rng.random(size) * (one + other) >= one
        edge = second.astype(np.intp)
        symbols.append(_SYMBOL[node, edge])
        node = _TO[node, edge]
        nodes.append(node)
    return np.array(symbols), np.array(nodes)


@lru_cache(maxsize=64)
def _ends(length: int) -> NDArray[np.float64]:
    """How probable it is to be at the end after exactly k symbols, from each node: (length, nodes), each row scaled."""
    if length < SHORTEST + 3:
        raise ValueError(f"a string has {SHORTEST + 3} symbols at least, not {length}")
    ends = np.zeros((length, len(GRAPH)))
    ends[0, _END] = 1
    for k in range(1, length):
        ends[k, :_END] = ends[k - 1][_TO[:_END]].sum(axis=1)
        ends[k] /= max(ends[k].max(), 1e-300)
    return ends


def _fault(t: int, token: str, edges: Mapping[str, int], tokens: Sequence[str]) -> OffTask:
    """Say why `token` cannot stand at step t, where only `edges` lead on."""
    if not edges:
        return OffTask(t, "after-end", {"symbol": token})
    if _BEFORE_LAST in edges.values():
        return OffTask(t, "other-letter", {"symbol": token, "first": tokens[1]})
    return OffTask(t, "not-in-grammar", {"symbol": token, "allowed": " / ".join(edges)})
