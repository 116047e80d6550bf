"""A card's words about numbers: what known networks answer, and which unit follows the right number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from lstm.network import Network
from lstm.tasks.adding import Adding
from lstm.tasks.airline import SERIES, Airline
from lstm.tasks.task import Prepared
from lstm.training.evaluate import Row
from lstm.training.notes.general import General

LOOK = {"en": "Look.", "ja": "見て。"}
MONTHS = SERIES.tolist()


@dataclass(frozen=True)
class Weights:
    """Two units of a simple RNN: the first averages the numbers it reads for long, the second holds the last one."""

    inputs: int
    says: float = 0.0
    last: float = 0.0

    @property
    def network(self) -> Network:
        """An RNN that says `says` + `last` · (the first number of the step)."""
        small = 1e-5
        parameters: dict[str, Any] = {"weight_ih_l0": np.zeros((2, self.inputs)), "weight_hh_l0": np.diag([0.99, 0])}
        parameters["weight_ih_l0"][:, 0] = small
        parameters |= {"bias_ih_l0": np.zeros(2), "bias_hh_l0": np.zeros(2)}
        parameters |= {"readout.weight": np.array([[0, self.last / small]]), "readout.bias": np.array([self.says])}
        return Network.from_parameters("rnn", parameters, "linear")


@pytest.mark.parametrize(
    ("says", "en", "ja"),
    [
        (0.68, "0.680, near enough to 0.688.", "0.680 で、0.688 に十分近く、正解です。"),
        (0.5, "0.500, but 0.688 is right.", "0.500 で、正解は 0.688 です。"),
        (-0.5, "−0.500, but 0.688 is right.", "−0.500 で、正解は 0.688 です。"),
    ],
)
def test_one_answer_is_said_with_a_digit_more_than_decides(says: float, en: str, ja: str) -> None:
    given = [[0.3, -1.0], [0.5, 1.0], [0.2, 0.0], [0.25, 1.0], [0.9, -1.0]]
    (note,) = (
        example["note"] for example in General(Adding(), [Prepared(given, LOOK)]).examples(Weights(2, says).network)
    )
    assert note["en"].startswith(f"Look. This network answers {en} ")
    assert note["ja"].startswith(f"見て。このネットワークの答えは {ja}")


def test_many_answers_are_counted() -> None:
    given = MONTHS[:36]
    network = Weights(1, last=1.0).network  # says the month that it just read
    wrong = [t for t in range(11, 36) if abs(MONTHS[t] - MONTHS[t + 1]) >= 20]
    first, second = General(Airline(), [Prepared(given, LOOK), Prepared([300.0] * 12, LOOK)]).examples(network)
    says = f"at step {wrong[0]} it answers {MONTHS[wrong[0]]:.0f}, but {MONTHS[wrong[0] + 1]:.0f} is right."
    assert first["note"]["en"].startswith(f"Look. This network is wrong at {len(wrong)} of 25 steps: {says} ")
    assert second["note"]["en"] == "Look. After the last step this network answers 300."
    assert second["note"]["ja"] == "見て。最後のステップの後の答えは 300 です。"


def test_the_first_example_names_the_unit_that_follows_the_answer() -> None:
    prepared = [Prepared(MONTHS[:20], LOOK), Prepared(MONTHS[5:30], LOOK)]
    found = General(Airline(), prepared).examples(Weights(1).network)
    assert [example.get("unit") for example in found] == [1, 1]
    r = re.search(r"Its h follows the right number best in unit 1 \(r = (0\.\d\d)\)\.$", found[0]["note"]["en"])
    assert r is not None
    windows = np.arange(49)[:, np.newaxis] + np.arange(11, 47)
    assert float(r[1]) == pytest.approx(
        np.corrcoef(SERIES[windows].ravel(), SERIES[windows + 1].ravel())[0, 1], abs=0.02
    )
    assert "unit 1" not in found[1]["note"]["en"]


def test_a_year_is_named_without_a_comma() -> None:
    rows = [Row(1958, 1958, 11, 12), Row(1960, 1960, 9, 12)]
    fails = General(Airline()).fails(rows, ())
    assert fails["en"] == "4 of 24 test answers are wrong; the worst is the year 1960 (75.00 % right)."
    assert fails["ja"] == "テストの 24 個の答えのうち 4 個が誤りです。最も多いのは 1960 年（正答率 75.00 %）です。"


def test_a_length_is_named_with_one() -> None:
    fails = General(Adding()).fails([Row(100, 100, 99, 100)], [Row(1000, 1000, 10, 100)])
    assert fails["en"] == (
        "1 of 100 test answers is wrong. Beyond its training it begins to fail at length 1,000 (10.00 % right)."
    )


def test_the_units_are_turned_so_that_a_larger_answer_raises_them() -> None:
    network = Weights(1, last=-1.0).network
    turned = {name: values.copy() for name, values in network.parameters().items()}
    turned["weight_ih_l0"][0] *= -1  # the state of unit 0 has the other sign: it falls as the series rises
    before = Network.from_parameters("rnn", turned, "linear")
    after = General(Airline()).oriented(before)
    x = SERIES[:50, np.newaxis]
    assert np.array_equal(after.run(x).layers[0]["h"], network.run(x).layers[0]["h"])
    one, two = before.run(x).y, after.run(x).y
    assert one is not None
    assert two is not None
    assert np.array_equal(one, two)
