"""A figure beside the share of right answers, and what others reach by it: a forecast's error, a text's bits.

A task has one where right and wrong alone say too little, or where something simpler than a network is a fair rival.
Does not know how a network was trained, nor the rest of its card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lstm.card import Measure, Words
from lstm.network import Network

MEASURES: Final[Mapping[str, Callable[[Network], Measure]]] = {}
"""For each task that has a measure, by its name: what makes a network's, on data that no training has seen."""


def sentence(measure: Measure) -> Words:
    """Say the figure beside its rivals', and which of them the network loses to."""
    better = [rival["name"] for rival in measure["rivals"] if rival["value"] < measure["value"]]
    figures = {
        language: [f"{rival['name'][language]} {rival['value']:.4g}" for rival in measure["rivals"]]
        for language in ("en", "ja")
    }
    name, unit, value = measure["name"], measure["unit"], f"{measure['value']:.4g}"
    en = f"{name['en'].capitalize()} in {unit['en']}: this network {value}, {', '.join(figures['en'])}."
    ja = f"{name['ja']}（{unit['ja']}）: このネットワーク {value}、{'、'.join(figures['ja'])}。"
    if better:
        en += f" It loses to {' and to '.join(names['en'] for names in better)}."
        ja += f"{'と'.join(names['ja'] for names in better)}には及びません。"
    return {"en": en, "ja": ja}
