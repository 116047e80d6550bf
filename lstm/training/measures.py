"""A figure beside the share of right answers, and what others reach by it: a forecast's error, a text's bits.

A task has one where right and wrong alone say too little, or where something simpler than a network is a fair rival.
Does not know how a network was trained, nor the rest of its card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from lstm.activations import Array
from lstm.card import Measure, Words
from lstm.network import Network
from lstm.tasks import Batch
from lstm.tasks.airline import HELD_OUT, RIVALS, SERIES, Airline, months_of


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


MEASURES: Final[Mapping[str, Callable[[Network], Measure]]] = {"airline": airline}
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
