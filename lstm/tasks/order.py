"""Order: which of X and Y came first; two of them far apart in noise make four classes, three make eight.

Experiments 6a and 6b of Hochreiter & Schmidhuber 1997 (Neural Computation 9(8), section 5.6). "Task 6a: two relevant,
widely separated symbols. The goal is to classify sequences. […] The sequence starts with an E, ends with a B (the
"trigger symbol") and otherwise consists of randomly chosen symbols from the set {a, b, c, d} except for two elements
at positions t1 and t2 that are either X or Y. The sequence length is randomly chosen between 100 and 110, t1 is
randomly chosen between 10 and 20, and t2 is randomly chosen between 50 and 60. There are 4 sequence classes Q, R, S, U
which depend on the temporal order of X and Y. The rules are: X, X → Q; X, Y → R; Y, X → S; Y, Y → U."

"Task 6b": the same with "three elements at positions t1, t2 and t3", t1 from 10 to 20, t2 from 33 to 43, t3 from 66 to
76, 8 classes and the rules X, X, X → Q; X, X, Y → R; X, Y, X → S; X, Y, Y → U; Y, X, X → V; Y, X, Y → A; Y, Y, X → B;
Y, Y, Y → C.

Positions count from 0 here, the E's. For other lengths than the paper's the bounds shrink or grow with the length; for
practice shorter sequences are drawn too, so that what a person types is not strange to the network. Knows no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from typing import ClassVar, Final

import numpy as np

from lstm.tasks.task import Batch, Judgement, Mark, OffTask, OverSymbols, Parameter, Prepared, checked, without_answers

ALPHABET: Final = ("E", "a", "b", "c", "d", "X", "Y", "B")
START, END = "E", "B"
NOISE: Final = tuple("abcd")
RELEVANT: Final = ("X", "Y")
LENGTHS: Final = (100, 110)
"""The lengths of the paper, both included; each is as likely."""
LENGTH: Final = Parameter("length", 10, 200, 24)
"""The length of an example; 100 to 110 as in the paper, shorter ones are easier on the eye."""


class Order(OverSymbols):
    """What the two tasks share; a task names its classes and where its relevant symbols stand."""

    group: ClassVar[str] = "memory"
    alphabet = ALPHABET
    parameters: ClassVar[tuple[Parameter, ...]] = (LENGTH,)
    by: ClassVar[str] = "length"
    positions: ClassVar[tuple[tuple[int, int], ...]]
    """From where to where each relevant symbol may stand, both included, in a sequence of 100 to 110 symbols."""

    def __init__(self) -> None:
        orders = product(RELEVANT, repeat=len(self.positions))
        self.classes: Final = dict(zip(orders, self.outputs, strict=True))
        """The class of each order."""
        self._certain: Final = {symbol: {symbol: 1.0} for symbol in self.outputs}

    def example(self, rng: np.random.Generator, /, **parameters: int) -> str:
        """Draw one input of this `length`."""
        length = checked(self.parameters, parameters)["length"]
        return "".join(ALPHABET[s] for s in self.batch(rng, 1, length).x[:, 0])

    def batch(self, rng: np.random.Generator, size: int, length: int | None = None, *, practice: bool = False) -> Batch:
        """Draw `size` sequences of one length, scored at the B alone; None draws one of the paper's.

        In practice every other length is shorter than the paper's.
        """
        if length is None:
            short = practice and rng.random() < 0.5
            length = int(rng.integers(LENGTH.min, LENGTHS[0]) if short else rng.integers(LENGTHS[0], LENGTHS[1] + 1))
        x = rng.integers(ALPHABET.index("a"), ALPHABET.index("d") + 1, (length, size))
        x[0], x[-1] = ALPHABET.index(START), ALPHABET.index(END)
        bits = rng.integers(2, size=(len(self.positions), size))
        for (low, high), bit in zip(self._bounds(length), bits, strict=True):
            x[rng.integers(low, high + 1, size), np.arange(size)] = ALPHABET.index("X") + bit
        place = np.zeros(size, np.intp)
        for bit in bits:
            place = 2 * place + bit
        targets = np.eye(len(self.outputs), dtype=np.float32)[place][np.newaxis]
        return Batch(x, length - 1, targets, targets > 0, np.full((1, size), length))

    def judge(self, tokens: Sequence[str], *, has_initial_state: bool = False) -> Judgement:
        """Tie the relevant symbols to each other and to the B at which their order's class is the right answer."""
        if has_initial_state:
            return without_answers(len(tokens), "initial-state")
        end, off_task = self._first_fault(tokens)
        relevant = [t for t, token in enumerate(tokens[:end]) if token in RELEVANT]
        answers: list[str | None] = [None] * len(tokens)
        truths: list[Mapping[str, float] | None] = [None] * len(tokens)
        if end and tokens[end - 1] == END:
            answer = self.classes[tuple(tokens[t] for t in relevant)]
            answers[end - 1], truths[end - 1] = answer, self._certain[answer]
            relevant.append(end - 1)
        marks = tuple(Mark(one, other, "order") for one, other in pairwise(relevant))
        return Judgement(marks, tuple(answers), tuple(truths), off_task)

    def _bounds(self, length: int) -> tuple[tuple[int, int], ...]:
        """From where to where each relevant symbol may stand in a sequence of this length."""
        if LENGTHS[0] <= length <= LENGTHS[1]:
            return self.positions
        if length < LENGTH.min:
            raise ValueError(f"a sequence has {LENGTH.min} symbols at least, not {length}")
        return tuple((low * length // 100, high * length // 100) for low, high in self.positions)

    def _first_fault(self, tokens: Sequence[str]) -> tuple[int, OffTask | None]:
        """Return how many tokens the task can contain, and what is wrong with the one after them."""
        seen, most = 0, len(self.positions)
        for t, token in enumerate(tokens):
            facts: dict[str, str | int | None] = {"symbol": token, "seen": seen, "limit": most}
            seen += token in RELEVANT
            if (t == 0) != (token == START):
                return t, OffTask(t, "start-again" if t else "no-e", facts)
            if t > 0 and tokens[t - 1] == END:
                return t, OffTask(t, "after-end", facts)
            if seen > most:
                return t, OffTask(t, "too-many-relevant", facts)
            if token == END and seen < most:
                return t, OffTask(t, "too-few-relevant", facts)
        return len(tokens), None


class OrderOfTwo(Order):
    """Experiment 6a: two relevant symbols, four classes."""

    name: ClassVar[str] = "order"
    outputs = tuple("QRSU")
    positions = ((10, 20), (50, 60))
    label: ClassVar[Mapping[str, str]] = {"en": "Temporal order", "ja": "時間的な順序"}
    about: ClassVar[Mapping[str, str]] = {
        "en": (
            "Between E and B stand two symbols that matter, each X or Y, far apart among a, b, c, d. At the B name"
            " their order: X X is Q, X Y is R, Y X is S, Y Y is U."
        ),
        "ja": (
            "E と B の間に、無関係な a、b、c、d に混じって、意味のある記号（X か Y）が二つ離れて現れます。"
            "B でその順序を答えます。X X なら Q、X Y なら R、Y X なら S、Y Y なら U です。"
        ),
    }
    examples = (
        Prepared(
            "EabXcdbadbcaYdbcabdB",
            {
                "en": "X, then Y: the class is R. Which units change at steps 3 and 12 and keep still between?",
                "ja": "X、Y の順なので R です。ステップ 3 と 12 で変わり、その間は動かないユニットを探してみましょう。",
            },
        ),
        Prepared(
            "EabYcdbadbcaXdbcabdB",
            {
                "en": "The same with X and Y exchanged: only the order differs, and the class is S.",
                "ja": "同じ系列で X と Y を入れ替えました。違うのは順序だけで、正解は S です。",
            },
        ),
        Prepared(
            "EXYB",
            {
                "en": "Nothing between: shorter than any in training, but its class, R, is as clear.",
                "ja": "間に何もない系列です。学習のどの系列よりも短いですが、正解は同じく R です。",
            },
        ),
        Prepared(
            "EcadbcbadbcaYbdacbdbacdabbcdacabdcbadcabdbacdbcabdacbYdcabdbcabcdabdcabdbcaacbdabcdbacbdabcdabdcabcdaB",
            {
                "en": "A hundred symbols and more, as the paper has it: Y at steps 12 and 53, so the class is U.",
                "ja": "論文と同じ 100 個あまりの系列です。Y がステップ 12 と 53 にあるので、正解は U です。",
            },
        ),
    )


class OrderOfThree(Order):
    """Experiment 6b: three relevant symbols, eight classes."""

    name: ClassVar[str] = "order3"
    outputs = tuple("QRSUVABC")
    positions = ((10, 20), (33, 43), (66, 76))
    label: ClassVar[Mapping[str, str]] = {"en": "Temporal order of three", "ja": "三つの時間的な順序"}
    about: ClassVar[Mapping[str, str]] = {
        "en": (
            "Between E and B stand three symbols that matter, each X or Y, far apart among a, b, c, d. At the B name"
            " their order: XXX is Q, XXY R, XYX S, XYY U, YXX V, YXY A, YYX B, YYY C."
        ),
        "ja": (
            "E と B の間に、無関係な a、b、c、d に混じって、意味のある記号（X か Y）が三つ離れて現れます。"
            "B でその順序を答えます。XXX なら Q、XXY は R、XYX は S、XYY は U、"
            "YXX は V、YXY は A、YYX は B、YYY は C です。"
        ),
    }
    examples = (
        Prepared(
            "EacXbdabYcadbcdXbacdaB",
            {
                "en": "X, Y, X: the class is S. Each of the three halves what is still possible.",
                "ja": "X、Y、X の順なので S です。三つの記号が来るたびに、残る候補は半分になります。",
            },
        ),
        Prepared(
            "EacYbdabYcadbcdYbacdaB",
            {
                "en": "Y at the same three steps: the class is C.",
                "ja": "同じ三つのステップがどれも Y です。正解は C です。",
            },
        ),
        Prepared(
            "EXYYB",
            {
                "en": "Nothing between: shorter than any in training, but its class, U, is as clear.",
                "ja": "間に何もない系列です。学習のどの系列よりも短いですが、正解は同じく U です。",
            },
        ),
        Prepared(
            "EdcabdbcabdcabXbcadbcdabcdabadcbdacbdaYcbadbcadbcabdcabdabcbadcabdbacdXbcadbcadbcabdcabdcbadcbadcbadcB",
            {
                "en": "A hundred symbols and more, as the paper has it: X, Y, X again, so the class is S.",
                "ja": "論文と同じ 100 個あまりの系列です。やはり X、Y、X の順なので、正解は S です。",
            },
        ),
    )
