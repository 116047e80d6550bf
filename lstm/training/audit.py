"""Whether a card is true: every figure it shows and every note, measured again on the sequences that its seed draws.

Does not know how a network was trained.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lstm.checkpoint import Model
from lstm.training.recipes import Recipe
from lstm.training.search import described

ONE_IN_A_THOUSAND: Final = 0.001
"""How far a share may be from the card's: another processor may round another way and turn a close call."""


NOTE: Final = 0.011
"""How far a number in a note may be from the new one: its last digit may be rounded otherwise."""
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")


def differences(recipe: Recipe, model: Model) -> list[str]:
    """Name each figure of a card that a new measurement does not find again; none where the card is true."""
    again = described(recipe, model.network, model.card["training"] or {}).card
    stated, found = (dict(_figures("", card)) for card in (_shown(model.card), _shown(again)))
    wrong = [f"{name}: it is not in the card" for name in found.keys() - stated.keys()]
    wrong += [f"{name}: it is in the card and cannot be measured" for name in stated.keys() - found.keys()]
    wrong += [
        f"{name}: the card says {stated[name]:g}, and it is {found[name]:g}"
        for name in stated.keys() & found.keys()
        if abs(stated[name] - found[name]) > _allowed(name, stated[name])
    ]
    pairs = zip(model.card["examples"], again["examples"], strict=False)
    told = [
        language for one, new in pairs for language in one["note"] if apart(one["note"], new["note"], language) > NOTE
    ]
    wrong += ["examples: the notes are not those of this network"] if told else []
    return sorted(wrong)


def apart(one: Mapping[str, Any], other: Mapping[str, Any], language: str) -> float:
    """How far the numbers of two texts are apart; infinite where the words differ."""
    texts = [words[language].replace("\N{MINUS SIGN}", "-") for words in (one, other)]
    if _NUMBER.split(texts[0]) != _NUMBER.split(texts[1]):
        return math.inf
    numbers = [map(float, _NUMBER.findall(text)) for text in texts]
    return max((abs(a - b) for a, b in zip(*numbers, strict=True)), default=0.0)


def _shown(card: Mapping[str, Any]) -> dict[str, Any]:
    """What of a card is measured: its accuracy, the limits of its colour scales, and what its units follow."""
    return {"accuracy": card["accuracy"], "limits": card["limits"], "units": card.get("units", [])}


def _allowed(name: str, stated: float) -> float:
    """A share may be off by one in a thousand, a colour limit by its half step, a measure by a thousandth of itself."""
    if name.startswith("limits."):
        return 0.5
    if name.startswith("accuracy.measure."):
        return ONE_IN_A_THOUSAND * max(1.0, abs(stated))
    return ONE_IN_A_THOUSAND


def _figures(name: str, value: object) -> Iterator[tuple[str, float]]:
    """Every number in plain JSON, with its path."""
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _figures(f"{name}.{key}" if name else str(key), entry)
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            yield from _figures(f"{name}.{place}", entry)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield name, float(value)
