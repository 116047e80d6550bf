"""Measures: the error of networks that say one number only, and of the naive forecasts, against plain loops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lstm.card import Measure
from lstm.network import Network
from lstm.tasks import shakespeare
from lstm.tasks.airline import SERIES
from lstm.training import measures
from lstm.training.initialise import initial
from lstm.training.measures import MEASURES, sentence
from lstm.untrained import untrained

MONTHS = SERIES.tolist()
HELD_OUT = range(108, 144)


def always(value: float) -> Network:
    """A network that says one number, whatever it reads."""
    rng = np.random.default_rng(0)
    parameters = initial("rnn", 1, 1, 3, initialisation="uniform", span=10, rng=rng)
    parameters["readout.weight"][:], parameters["readout.bias"][:] = 0, value
    return Network.from_parameters("rnn", parameters, "linear")


def test_a_forecast_is_measured_over_the_held_out_months_beside_two_naive_ones() -> None:
    measure = MEASURES["airline"](always(400.0))
    assert measure["n"] == 36
    assert measure["value"] == pytest.approx(sum(abs(400 - MONTHS[t]) for t in HELD_OUT) / 36, abs=1e-3)
    same, grown = (rival["value"] for rival in measure["rivals"])
    assert same == pytest.approx(sum(abs(MONTHS[t - 12] - MONTHS[t]) for t in HELD_OUT) / 36, abs=1e-3)
    ratios = [MONTHS[t - 12] * MONTHS[t - 1] / MONTHS[t - 13] for t in HELD_OUT]
    assert grown == pytest.approx(sum(abs(r - MONTHS[t]) for r, t in zip(ratios, HELD_OUT, strict=True)) / 36, abs=1e-3)


def saying(share_of_b: float) -> Network:
    """A network that holds b that probable, whatever it reads, and shares the rest out evenly."""
    parameters = initial("lstm", 64, 64, 2, initialisation="uniform", span=10, rng=np.random.default_rng(0))
    parameters["readout.weight"][:] = 0
    parameters["readout.bias"][:] = np.log((1 - share_of_b) / 63)
    parameters["readout.bias"][shakespeare.ALPHABET.index("b")] = np.log(share_of_b)
    return Network.from_parameters("lstm", parameters, "softmax")


def test_a_text_is_measured_in_bits_beside_the_other_cells_network_and_ngrams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = shakespeare.encoded("ab" * 200 + "a")
    monkeypatch.setattr(shakespeare, "held_out", lambda: text)
    monkeypatch.setattr(shakespeare, "learned", lambda: shakespeare.encoded("ab" * 500))
    monkeypatch.setattr(measures, "SHIPPED_FOLDER", tmp_path)
    measure = MEASURES["shakespeare"](saying(0.25))
    # 400 characters, half of them b, which costs 2 bits; each other symbol costs log₂(63 / ¾).
    assert measure["n"] == 400
    assert measure["value"] == pytest.approx((2 + np.log2(63 / 0.75)) / 2, abs=1e-4)
    names, values = zip(*((rival["name"]["en"], rival["value"]) for rival in measure["rivals"]), strict=True)
    assert names == ("Kneser–Ney 5-gram", "Kneser–Ney 7-gram")
    assert all(0 < value < 0.1 for value in values)  # counting knows such a text

    other = untrained("rnn", 3, alphabet=shakespeare.ALPHABET, name="shakespeare-rnn")
    other.network.readout.weight[:], other.network.readout.bias[:] = 0, 0
    other.save(tmp_path / "shakespeare-rnn.safetensors")
    first = MEASURES["shakespeare"](saying(0.25))["rivals"][0]
    assert first == {"name": {"en": "simple RNN", "ja": "単純 RNN"}, "value": 6.0}


@pytest.mark.parametrize(("value", "loses"), [(9.0, []), (20.0, ["grown"]), (40.0, ["same", "grown"])])
def test_a_sentence_has_all_figures_and_says_to_whom_the_network_loses(value: float, loses: list[str]) -> None:
    rivals: list[tuple[str, float]] = [("same", 35.92), ("grown", 13.44)]
    measure: Measure = {
        "name": {"en": "mean error", "ja": "平均誤差"},
        "unit": {"en": "thousands", "ja": "千人"},
        "value": value,
        "n": 36,
        "rivals": [{"name": {"en": name, "ja": f"{name}法"}, "value": error} for name, error in rivals],
    }
    en, ja = f" It loses to {' and to '.join(loses)}.", f"{'と'.join(f'{name}法' for name in loses)}には及びません。"
    assert sentence(measure) == {
        "en": f"Mean error in thousands: this network {value:g}, same 35.92, grown 13.44." + (en if loses else ""),
        "ja": f"平均誤差（千人）: このネットワーク {value:g}、same法 35.92、grown法 13.44。" + (ja if loses else ""),
    }
