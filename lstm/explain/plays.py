"""Facts about a play, one number a character: where it stands in its line, its word, a name, a direction; what it is.

A fact is about what has been read, the character itself included; only that a name is one is told by how it ends. A
play is one string in which `line` stands for a line break; two in a row part speeches. Does not know networks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def _since(last: NDArray[np.bool_]) -> Values:
    """How many characters ago something happened; before the first time, how many have been read."""
    steps = np.arange(len(last))
    before = np.maximum.accumulate(np.where(last, steps, -1))
    return (steps - before).astype(float)


def _within(text: str, pattern: str) -> Values:
    """1 at every character of what matches, else 0."""
    inside = np.zeros(len(text))
    for found in re.finditer(pattern, text):
        inside[found.start() : found.end()] = 1
    return inside


def _is(text: str, symbols: str) -> NDArray[np.bool_]:
    return np.isin(list(text), list(symbols))


_VOWELS: Final = "aeiouAEIOU"
_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTERS: Final = _CAPITALS + _CAPITALS.lower()
_ENDS: Final = ".!?"


def facts(text: str, line: str) -> Mapping[str, Values]:
    """Return every fact by its key, (T,) each; for each key `NAMES` has the words."""
    mark = re.escape(line)
    made: dict[str, Callable[[], Values]] = {
        "line": lambda: _since(_is(text, line)),
        "word": lambda: _since(~_is(text, _LETTERS + "'-")),
        "sentence": lambda: np.log1p(_since(_is(text, _ENDS))),
        "speech": lambda: np.log1p(_since(_is(text, line) & _is(line + text[:-1], line))),
        "name": lambda: _within(text, rf"(?<={mark}{mark})[A-Z][A-Z '-]+(?=\.{mark})"),
        "direction": lambda: _within(text, r"\[[^\[\]]*"),
        "capital": lambda: _is(text, _CAPITALS).astype(float),
        "vowel": lambda: _is(text, _VOWELS).astype(float),
        "space": lambda: _is(text, " ").astype(float),
        "break": lambda: _is(text, line).astype(float),
        "end": lambda: _is(text, _ENDS).astype(float),
        "comma": lambda: _is(text, ",;:").astype(float),
        "apostrophe": lambda: _within(text, r"(?<=[a-z])'[a-z]*"),
    }
    return {key: make() for key, make in made.items()}


NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "line": {"en": "characters since the line began", "ja": "行頭からの文字数"},
    "word": {"en": "letters since the word began", "ja": "単語の先頭からの文字数"},
    "sentence": {"en": "length of the sentence so far (log)", "ja": "文のここまでの長さ（対数）"},
    "speech": {"en": "length of the speech so far (log)", "ja": "台詞のここまでの長さ（対数）"},
    "name": {"en": "inside a speaker's name", "ja": "話者名の中"},
    "direction": {"en": "inside a stage direction [ ]", "ja": "ト書き [ ] の中"},
    "capital": {"en": "just read a capital letter", "ja": "大文字を読んだ直後"},
    "vowel": {"en": "just read a vowel", "ja": "母音を読んだ直後"},
    "space": {"en": "just read a space", "ja": "空白を読んだ直後"},
    "break": {"en": "just read a line break", "ja": "改行を読んだ直後"},
    "end": {"en": "just read . ! or ?", "ja": ". ! ? を読んだ直後"},
    "comma": {"en": "just read , ; or :", "ja": ", ; : を読んだ直後"},
    "apostrophe": {"en": "after an apostrophe inside a word", "ja": "単語の途中のアポストロフィの後"},
}
"""What each fact is called, by language."""
