"""A card's words about symbols: what known networks answer, where they fail, and which unit counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstm.checkpoint import Words
from lstm.network import Network
from lstm.tasks import TASKS
from lstm.tasks.task import Prepared
from lstm.training.evaluate import Row
from lstm.training.notes import notes_of
from lstm.training.notes.general import General

LOOK = {"en": "Look.", "ja": "見て。"}


def answers_by_the_last_symbol(task: str, says: dict[str, dict[str, float]]) -> Network:
    """An RNN whose logits after a symbol are those of `says`, 0 where it is silent."""
    symbols, outputs = TASKS[task].alphabet or (), TASKS[task].outputs or ()
    size = len(symbols)
    logits = np.array([[says.get(symbol, {}).get(output, 0.0) for symbol in symbols] for output in outputs])
    parameters: dict[str, Any] = {"weight_ih_l0": 20 * np.eye(size), "weight_hh_l0": np.zeros((size, size))}
    parameters |= {"bias_ih_l0": np.zeros(size), "bias_hh_l0": np.zeros(size)}
    parameters |= {"readout.weight": logits, "readout.bias": np.zeros(len(outputs))}
    return Network.from_parameters("rnn", parameters, "softmax")


def note(task: str, network: Network, text: str) -> Words:
    (example,) = General(TASKS[task], [Prepared(text, LOOK)]).examples(network)
    return example["note"]


def test_a_single_answer_is_said_with_its_probability() -> None:
    network = answers_by_the_last_symbol("order", {"B": {"R": np.log(7.0)}})  # 7 against 1, 1, 1
    assert note("order", network, "EXYB")["en"].startswith("Look. This network answers R (p = 0.70), which is right; ")
    assert note("order", network, "EYYB") == {
        "en": "Look. This network answers R (p = 0.70), but U is right; unit 7 (h = 1.00) weighs most in it.",
        "ja": "見て。このネットワークの答えは R (p = 0.70) で、正解は U です。"
        "最も大きく効くのはユニット 7 (h = 1.00) です。",
    }


def test_where_several_symbols_may_follow_the_one_that_may_not_is_named() -> None:
    expects: dict[str, dict[str, float]] = {
        "B": {"T": 9, "P": 9},
        "P": {"V": np.log(2), "T": np.log(3), "X": np.log(4)},
    }
    said = note("reber", answers_by_the_last_symbol("reber", expects), "BPBP")["en"]  # after step 1 B alone is right
    assert said == "Look. This network is wrong at 2 of 4 steps: at step 1 it answers X (p = 0.31), but B is right."
    network = answers_by_the_last_symbol("reber", {"B": {"T": 9, "P": 9}, "P": {"V": 2, "T": 3, "X": 2.5, "B": 9}})
    assert note("reber", network, "BPBP")["en"] == (
        "Look. This network is wrong at 1 of 4 steps: at step 3 it expects B (p > 0.99), but only T / V may follow."
    )


def test_sequences_are_counted_where_they_count_and_where_it_holds_is_said_before_where_it_fails() -> None:
    inside = [Row(11, 11, 200, 200), Row(12, 12, 199, 200)]
    beyond = [Row(13, 13, 200, 200), Row(14, 14, 198, 200), Row(15, 15, 120, 200), Row(16, 16, 200, 200)]
    fails = General(TASKS["count"]).fails(inside, beyond)
    assert fails["en"] == (
        "1 of 400 test sequences is wrong; the worst is n = 12 (99.50 % right)."
        " Beyond its training it holds to n = 14 and begins to fail at n = 15 (60.00 % right)."
    )
    assert fails["ja"] == (
        "テストの 400 系列のうち 1 系列が誤りです。最も多いのはn = 12（正答率 99.50 %）です。"
        "学習の範囲を超えると、n = 14までは正しく、n = 15から誤り始めます（正答率 60.00 %）。"
    )
    assert General(TASKS["count"]).fails(inside[:1], ())["en"] == "None of 200 test sequences is wrong."
    at_once = General(TASKS["order"]).fails([Row(100, 100, 9, 9)], [Row(200, 200, 8, 9)])
    assert at_once["en"].endswith("Beyond its training it begins to fail at length 200 (88.89 % right).")
    assert at_once["en"].startswith("None of 9 test answers is wrong.")


@pytest.mark.parametrize("sign", [1, -1])
def test_the_counting_unit_is_found_and_turned_so_that_it_climbs(sign: int) -> None:
    """An RNN whose unit 1 adds up small steps, up for a and down for b: nearly the count itself."""
    small = 1e-3 * sign
    parameters: dict[str, Any] = {"weight_ih_l0": np.array([[1, 0, 0], [small, -small, 0]])}
    parameters |= {"weight_hh_l0": np.diag([0.0, 1.0]), "bias_ih_l0": np.zeros(2), "bias_hh_l0": np.zeros(2)}
    parameters |= {"readout.weight": np.ones((3, 2)), "readout.bias": np.zeros(3)}
    network = Network.from_parameters("rnn", parameters, "softmax")
    notes = notes_of(TASKS["count"])
    found = notes.examples(network)
    assert [one.get("unit") for one in found] == [1] * 5
    r = "1.00" if sign > 0 else "−1.00"
    assert found[0]["note"]["en"].endswith(f"The h of unit 1 follows the count of a’s without a b best (r = {r}).")
    turned = notes.oriented(network)
    h = turned.run(np.array([0, 0, 1, 1])).layers[0]["h"][:, 1]
    assert h == pytest.approx([0.001, 0.002, 0.001, 0], abs=1e-6)
