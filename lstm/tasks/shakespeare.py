"""Shakespeare: say which character comes next in a play.

Networks learn from 32 plays and are measured on one that they never saw, Macbeth. In a text that is known, the right
answer is its own next character, though no reader could always name it: so the share of right answers is far from 1,
and what counts is how much probability the text's characters get, in bits per character. In a text that someone typed
nothing is right or wrong. Knows no network.

The line break is a symbol like any other, `/`, as verse is quoted within a line; `//` is an empty line, which parts
speeches. The plays are in the public domain. Macbeth lies here in texts/; scripts/shakespeare.py fetches the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from lstm.tasks.task import Batch, Judgement, Mark, OffTask, OverSymbols, Parameter, checked, without_answers

BREAK: Final = "/"
ALPHABET: Final = (" ", BREAK, *".,;:!?'-[]", *"abcdefghijklmnopqrstuvwxyz", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
APART: Final = Path(__file__).parent / "texts" / "macbeth.txt"
"""The play that no network learns from."""
PLAYS: Final = Path(__file__).parents[2] / ".cache" / "shakespeare.txt"
"""The plays to learn from, once scripts/shakespeare.py has fetched them."""
LENGTHS: Final = (64, 64, 128)
"""Lengths that a batch draws from when it is not told one: mostly short, which is cheap, and some of several lines."""
READ: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000)
"""Accuracy is listed by how many characters were read: at least so many, and fewer than the next number."""

_SPEECH: Final = re.compile(r"(?<=//)(?=[A-Z][A-Z '-]+\./)")
_ONE_HOT: Final = np.eye(len(ALPHABET), dtype=np.float32)


class Shakespeare(OverSymbols):
    """The task; see the module."""

    name: ClassVar[str] = "shakespeare"
    group: ClassVar[str] = "structure"
    alphabet = ALPHABET
    outputs = ALPHABET
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    line_break = BREAK
    by: ClassVar[str] = "read"
    label: ClassVar[Mapping[str, str]] = {"en": "Shakespeare", "ja": "シェイクスピア"}
    about: ClassVar[Mapping[str, str]] = {
        "en": (
            "Say which character comes next in a play; / stands for a line break, // parts speeches. Learned from 32"
            " plays, measured on Macbeth: how often its own next character ranks first. A text that you type has no"
            " right answer: see how probable the network found what came."
        ),
        "ja": (
            "戯曲の次の一文字を予測します。/ は改行、// は台詞の切れ目です。32 作品で学習し、学習に使っていない"
            "『マクベス』で、実際の次の文字が 1 位になる割合を測ります。入力した文章には正解がありません。"
            "次に来た文字をどのくらいの確率と見ていたかを見てください。"
        ),
    }

    @property
    def guess(self) -> float:
        """How often the most frequent character of all, the space, is right in Macbeth."""
        return float((held_out() == ALPHABET.index(" ")).mean())

    def example(self, rng: np.random.Generator, /, **parameters: int) -> str:
        """Draw speeches of Macbeth in a row: from a speaker's name on, about 200 to 300 characters in whole lines."""
        checked(self.parameters, parameters)
        text = "".join(ALPHABET[symbol] for symbol in held_out())
        starts = [found.start() for found in _SPEECH.finditer(text) if found.start() + 300 < len(text)]
        start = starts[int(rng.integers(len(starts)))]
        passage = text[start : start + 300]
        return passage[: passage.rindex(BREAK)].rstrip(BREAK)

    def batch(self, rng: np.random.Generator, size: int, length: int | None = None, *, practice: bool = False) -> Batch:
        """Draw `size` passages of `length` characters, from anywhere in Macbeth; in practice, in the other plays."""
        text = learned() if practice else held_out()
        length = int(rng.choice(LENGTHS)) if length is None else length
        starts = rng.integers(len(text) - length, size=size)
        passages = text[starts + np.arange(length + 1)[:, np.newaxis]]
        targets = _ONE_HOT[passages[1:]]
        read = np.asarray(READ)[np.searchsorted(READ, np.arange(1, length + 1), side="right") - 1]
        group = np.repeat(read[:, np.newaxis], size, axis=1)
        return Batch(passages[:-1].astype(np.intp), 0, targets, targets > 0, group)

    def judge(self, tokens: Sequence[str], *, has_initial_state: bool = False) -> Judgement:
        """Tie each [ to its ]; nothing is the right answer, for anything may come next."""
        if has_initial_state:
            return without_answers(len(tokens), "initial-state")
        marks: list[Mark] = []
        opened = None
        for t, symbol in enumerate(tokens):
            if symbol == "[":
                opened = t
            elif symbol == "]" and opened is not None:
                marks.append(Mark(opened, t, "pair"))
                opened = None
        nothing = (None,) * len(tokens)
        return Judgement(tuple(marks), nothing, nothing, OffTask(0, "any-text"))


def encoded(text: str) -> NDArray[np.uint8]:
    """Return a text's symbols as indices into `ALPHABET`; a line break becomes `BREAK`. Raises KeyError."""
    place = {symbol: index for index, symbol in enumerate(ALPHABET)}
    return np.array([place[symbol] for symbol in text.replace("\n", BREAK)], np.uint8)


@cache
def held_out() -> NDArray[np.uint8]:
    """Return Macbeth, as indices into `ALPHABET`."""
    return encoded(APART.read_text("ascii"))


@cache
def learned() -> NDArray[np.uint8]:
    """Return the other plays one after the other. Raises FileNotFoundError where they have not been fetched."""
    if not PLAYS.exists():
        raise FileNotFoundError(f"{PLAYS} is not here; fetch the plays: python -m scripts.shakespeare")
    return encoded(PLAYS.read_text("ascii"))
