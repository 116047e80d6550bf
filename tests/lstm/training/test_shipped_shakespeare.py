"""The shipped readers of Shakespeare: their bits and the units in their cards, computed again in another way."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from lstm.catalog import shipped
from lstm.checkpoint import Model
from lstm.explain.plays import NAMES, facts
from lstm.tasks.shakespeare import APART, BREAK

MACBETH = APART.read_text("ascii").replace("\n", BREAK)
NAMED = {words["en"]: key for key, words in NAMES.items()}
PIECE = 2_048


@cache
def model(cell: str) -> Model:
    return shipped().load(f"shakespeare-{cell}")


@cache
def read(cell: str) -> tuple[np.ndarray, list[np.ndarray]]:
    """What a network holds each character of Macbeth but the first to cost, in bits, and each layer's C (or h)."""
    network, x = model(cell).network, model(cell).tokenizer.encode(MACBETH).x
    name, state, costs = "c" if cell == "lstm" else "h", None, []
    states: list[list[np.ndarray]] = [[], []]
    for start in range(0, len(x), PIECE):
        trace = network.run(x[start : start + PIECE], state, y=False)
        state = trace.final
        for kept, rows in zip(states, trace.layers, strict=True):
            kept.append(rows[name])
        after = x[start + 1 : start + PIECE + 1]
        z = network.readout.weight.astype(np.float64) @ trace.layers[-1]["h"][: len(after)].T
        z += network.readout.bias[:, np.newaxis]
        costs.append((np.log(np.exp(z).sum(axis=0)) - z[after, np.arange(len(after))]) / np.log(2))
    return np.concatenate(costs), [np.concatenate(kept) for kept in states]


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_the_bits_of_macbeth_are_as_the_card_says(cell: str) -> None:
    accuracy = model(cell).card["accuracy"]
    assert accuracy is not None
    costs, _ = read(cell)
    assert len(costs) == accuracy["measure"]["n"] == len(MACBETH) - 1
    assert accuracy["measure"]["value"] == pytest.approx(costs.mean(), abs=1e-3)


def test_the_lstm_beats_the_simple_rnn_and_the_5_gram_and_each_card_has_the_others_figure() -> None:
    measures = {}
    for cell in ("lstm", "rnn"):
        accuracy = model(cell).card["accuracy"]
        assert accuracy is not None
        measures[cell] = accuracy["measure"]
    rivals = {cell: {one["name"]["en"]: one["value"] for one in found["rivals"]} for cell, found in measures.items()}
    assert rivals["lstm"]["simple RNN"] == measures["rnn"]["value"]
    assert rivals["rnn"]["LSTM"] == measures["lstm"]["value"]
    assert measures["lstm"]["value"] < min(rivals["lstm"]["simple RNN"], rivals["lstm"]["Kneser–Ney 5-gram"])


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_units_follow_what_the_card_says_on_the_half_that_did_not_choose_them(cell: str) -> None:
    _, states = read(cell)
    half = len(MACBETH) // 2
    found = facts(MACBETH, BREAK)
    listed = model(cell).card.get("units", [])
    assert len(listed) >= 4
    for fact in listed:
        values = found[NAMED[fact["name"]["en"]]][half:]
        for one in fact["units"]:
            r = np.corrcoef(states[one["layer"]][half:, one["unit"]].astype(np.float64), values)[0, 1]
            assert one["r"] == pytest.approx(r, abs=1e-3)
            assert abs(r) >= max(0.5, fact["before"])


def test_a_unit_of_the_lstm_follows_the_place_in_the_line_in_its_own_example() -> None:
    card = model("lstm").card
    (line,) = [fact for fact in card["units"] if NAMED[fact["name"]["en"]] == "line"]
    unit, example = line["units"][0], card["examples"][1]
    assert (example.get("layer"), example["unit"]) == (unit["layer"], unit["unit"])
    trace = model("lstm").network.run(model("lstm").tokenizer.encode(example["input"]).x, y=False)
    c = trace.layers[unit["layer"]]["c"][:, unit["unit"]]
    assert abs(np.corrcoef(c, facts(example["input"], BREAK)["line"])[0, 1]) > 0.7
