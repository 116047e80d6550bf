"""A figure beside the share of right answers, and what others reach by it: a forecast's error, a text's bits.

A task has one where right and wrong alone say too little, or where something simpler than a network is a fair rival.
Does not know how a network was trained, nor the rest of its card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from lstm.activations import Array
from lstm.card import Measure, Rival, Words
from lstm.catalog import SHIPPED_FOLDER, SUFFIX
from lstm.checkpoint import load
from lstm.network import Network
from lstm.tasks import Batch
from lstm.tasks import shakespeare as play
from lstm.tasks.airline import HELD_OUT, RIVALS, SERIES, Airline, months_of
from lstm.training.ngram import KneserNey
from lstm.training.reading import bits, probabilities


def _scored(network: Network, batch: Batch) -> Array:
    """Return the numbers that a network says at a batch's scored steps, (S, B, 1)."""
    return network.readout(network.run(batch.x, y=False).layers[-1]["h"][batch.first :])


def airline(network: Network) -> Measure:
    """Return the mean absolute error of the months of the test, one month ahead, beside the naive forecasts'."""
    task = Airline()
    errors = []
    for year in HELD_OUT:
        batch = task.batch(np.random.default_rng(0), 1, year)
        errors.append(np.abs(_scored(network, batch) - batch.targets))
    at = np.concatenate([months_of(year) for year in HELD_OUT])
    return {
        "name": {"en": "mean absolute error", "ja": "平均絶対誤差"},
        "unit": {"en": "thousands of passengers", "ja": "千人"},
        "value": round(float(np.mean(errors)), 4),
        "n": len(at),
        "rivals": [
            {
                "name": {"en": name["en"], "ja": name["ja"]},
                "value": round(float(np.abs(forecast(at) - SERIES[at]).mean()), 4),
            }
            for name, forecast in RIVALS
        ],
    }


ORDERS: Final = (5, 7)
"""The n-grams beside the networks: n = 7 is the best of 3 to 10 on Macbeth, so the rival is no weak one."""
_NETWORKS: Final = {
    "lstm": {"en": "LSTM", "ja": "LSTM"},
    "rnn": {"en": "simple RNN", "ja": "単純 RNN"},
}


def shakespeare(network: Network) -> Measure:
    """Return the bits that each character of Macbeth costs, beside those of the other cell and of n-grams.

    The other network is the shipped one, where there is one; n-grams count the same plays that networks learn from.
    """
    text = play.held_out()
    rivals: list[Rival] = []
    for cell, name in _NETWORKS.items():
        path = SHIPPED_FOLDER / f"shakespeare-{cell}{SUFFIX}"
        if cell != network.cell.name and path.exists():
            rivals.append(_rival(name["en"], name["ja"], probabilities(load(path).network, text)))
    for order in ORDERS:
        counted = KneserNey(play.learned(), order, len(play.ALPHABET)).probabilities(text)[1:]
        rivals.append(_rival(f"Kneser–Ney {order}-gram", f"Kneser–Ney {order}-gram", counted))
    return {
        "name": {"en": "cross-entropy on Macbeth", "ja": "『マクベス』の交差エントロピー"},
        "unit": {"en": "bits per character", "ja": "ビット/文字"},
        "value": round(bits(probabilities(network, text)), 4),
        "n": len(text) - 1,
        "rivals": rivals,
    }


def _rival(en: str, ja: str, p: Array) -> Rival:
    return {"name": {"en": en, "ja": ja}, "value": round(bits(p), 4)}


MEASURES: Final[Mapping[str, Callable[[Network], Measure]]] = {"airline": airline, "shakespeare": shakespeare}
"""For each task that has a measure, by its name: what makes a network's, on data that no training has seen."""


def sentence(measure: Measure) -> Words:
    """Say the figure beside its rivals', and which of them the network loses to."""
    better = [rival["name"] for rival in measure["rivals"] if rival["value"] < measure["value"]]
    figures = {
        language: [f"{rival['name'][language]} {rival['value']:.4g}" for rival in measure["rivals"]]
        for language in ("en", "ja")
    }
    name, unit, value = measure["name"], measure["unit"], f"{measure['value']:.4g}"
    en = f"{name['en'][0].upper()}{name['en'][1:]} in {unit['en']}: this network {value}, {', '.join(figures['en'])}."
    ja = f"{name['ja']}（{unit['ja']}）: このネットワーク {value}、{'、'.join(figures['ja'])}。"
    if better:
        en += f" It loses to {' and to '.join(names['en'] for names in better)}."
        ja += f"{'と'.join(names['ja'] for names in better)}には及びません。"
    return {"en": en, "ja": ja}
