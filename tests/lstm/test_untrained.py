"""Untrained networks: as random as PyTorch's own, the same for the same seed, and labelled."""

from __future__ import annotations

import numpy as np
import pytest

from lstm.cells import CELLS
from lstm.untrained import untrained


@pytest.mark.parametrize("cell", CELLS)
def test_weights_fill_the_range_that_pytorch_draws_from(cell: str) -> None:
    model = untrained(cell, 25, 2, alphabet="abcd", seed=3)
    for name, values in model.network.parameters().items():
        assert np.abs(values).max() <= np.float32(0.2), name
        if values.size > 300:
            assert np.abs(values).max() > 0.19, name
            assert abs(values.mean()) < 0.03, name


def test_the_seed_decides() -> None:
    first, same, other = (untrained("lstm", 4, alphabet="ab", seed=seed).network.parameters() for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], same[name]) for name in first)
    assert not any(np.array_equal(first[name], other[name]) for name in first)


def test_it_is_labelled_and_promises_nothing() -> None:
    model = untrained("gru", 8, input_size=3)
    assert model.name == "untrained-gru-8"
    assert model.card["trained"] is False
    assert model.card["accuracy"] is None
    assert model.card["task"] is None
    assert model.card["readout"] == "linear"
    assert model.network.output_size == model.tokenizer.input_size == 3
    assert untrained("rnn", 2, alphabet="ab", name="mine").card["outputs"] == ["a", "b"]


def test_it_reads_either_symbols_or_numbers() -> None:
    with pytest.raises(ValueError, match="either"):
        untrained("rnn", 2)
    with pytest.raises(ValueError, match="either"):
        untrained("rnn", 2, alphabet="ab", input_size=2)
