"""Whether a card is true: all of it made anew, from the network, the recipe and the sequences that its seed draws.

What other networks reached in the search, of which only the card is left, is believed; that each had the recipe's
settings, that the rule of the recipe chose the one that is shipped, and what that one reached, is not. Does not know
how a network was trained.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lstm.checkpoint import Model
from lstm.training.recipes import Recipe
from lstm.training.search import described, retold

ONE_IN_A_THOUSAND: Final = 0.001
"""How far a share may be from the card's: another processor may round another way and turn a close call."""


NOTE: Final = 0.011
"""How far a number in a text may be from the new one: its last digit may be rounded otherwise. Ten times that for %."""
_EXACT: Final = re.compile(r"\.(input|unit|seed|batches|batch_size|sequences|learning_rate|clip)(\.|$)")
"""What no processor rounds."""
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")


def differences(recipe: Recipe, model: Model) -> list[str]:
    """Name each place of a card that does not come out the same when it is made again; none where the card is true."""
    training = retold(recipe, model.network, model.card["training"] or {})
    again = described(recipe, model.network, training).card
    stated, found = dict(_leaves("", model.card)), dict(_leaves("", again))
    wrong = [f"{name}: it is not in the card" for name in found.keys() - stated.keys()]
    wrong += [f"{name}: it is in the card and does not follow" for name in stated.keys() - found.keys()]
    wrong += [
        f"{name}: the card says {stated[name]!r}, and it is {found[name]!r}"
        for name in stated.keys() & found.keys()
        if _apart(name, stated[name], found[name])
    ]
    return sorted(wrong)


def apart(one: str, other: str) -> float:
    """How far the numbers of two texts are apart, a tenth of that where they are %; infinite where the words differ."""
    texts = [text.replace("\N{MINUS SIGN}", "-") for text in (one, other)]
    words, others = (_NUMBER.split(text) for text in texts)
    if words != others:
        return math.inf
    pairs = zip(*(map(float, _NUMBER.findall(text)) for text in texts), words[1:], strict=True)
    return max((abs(a - b) / (10 if after.lstrip().startswith("%") else 1) for a, b, after in pairs), default=0.0)


def _apart(name: str, stated: Any, found: Any) -> bool:  # noqa: ANN401 - what JSON has
    """Whether two values at a place of a card are not the same, by more than another processor may make of them."""
    if not _EXACT.search(name) and isinstance(stated, float) and isinstance(found, float):
        return abs(stated - found) > _allowed(name, stated)
    if not _EXACT.search(name) and isinstance(stated, str) and isinstance(found, str):
        return apart(stated, found) > NOTE
    return bool(stated != found)


def _allowed(name: str, stated: float) -> float:
    """A share may be off by one in a thousand, a colour limit by its half step, a measure by a thousandth of itself.

    A loss may be small beside a share, so it is off by a hundredth of itself at most.
    """
    if name.startswith("limits."):
        return 0.5
    if name.endswith(".loss"):
        return 1e-5 + abs(stated) / 100
    if name.startswith("accuracy.measure."):
        return ONE_IN_A_THOUSAND * max(1.0, abs(stated))
    return ONE_IN_A_THOUSAND


def _leaves(name: str, value: object) -> Iterator[tuple[str, Any]]:
    """Every number, text, truth and null in plain JSON, with its path; numbers as floats."""
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _leaves(f"{name}.{key}" if name else str(key), entry)
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            yield from _leaves(f"{name}.{place}", entry)
    else:
        yield name, float(value) if isinstance(value, int) and not isinstance(value, bool) else value
