"""Reading in pieces: the same as in one go, and the bits that follow from it."""

from __future__ import annotations

import numpy as np
import pytest

from lstm.training import reading
from lstm.training.reading import bits, pieces, probabilities
from lstm.untrained import untrained


def test_pieces_continue_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    network = untrained("lstm", 5, layers=2, alphabet="abcd", seed=1).network
    text = np.random.default_rng(0).integers(network.input_size, size=23)
    whole = network.run(text)
    monkeypatch.setattr(reading, "PIECE", 7)
    assert [len(trace) for trace in pieces(network, text)] == [7, 7, 7, 2]
    c = np.concatenate([trace.layers[1]["c"] for trace in pieces(network, text)])
    assert np.allclose(c, whole.layers[1]["c"], atol=2e-6)
    assert whole.y is not None
    expected = [whole.y[t, text[t + 1]] for t in range(22)]
    assert probabilities(network, text) == pytest.approx(expected, abs=2e-6)


def test_bits_are_the_mean_of_the_negative_logarithms() -> None:
    assert bits(np.array([1, 0.5, 0.25, 0.25], np.float32)) == 1.25
    assert bits(np.full(10, 1 / 64, np.float32)) == 6
