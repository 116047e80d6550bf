"""A stack of networks against the same networks one by one: outputs, states and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lstm.backward import backward
from lstm.cells import CELLS
from lstm.network import Network
from lstm.untrained import untrained

S, T, B, H, X, LAYERS = 3, 20, 4, 5, 6, 2


def singles(cell: str, symbols: bool) -> list[Network]:
    alphabet = "abcdef" if symbols else None
    size = None if symbols else X
    return [
        untrained(cell, H, LAYERS, alphabet=alphabet, input_size=size, seed=seed, dtype=np.float64).network
        for seed in range(S)
    ]


def stack_of(cell: str, networks: list[Network]) -> Network:
    each = [network.parameters() for network in networks]
    return Network.from_parameters(
        cell, {name: np.stack([own[name] for own in each]) for name in each[0]}, networks[0].readout.kind
    )


@pytest.mark.parametrize("symbols", [True, False])
@pytest.mark.parametrize("cell", CELLS)
def test_a_stack_is_its_networks_side_by_side(cell: str, symbols: bool) -> None:
    rng = np.random.default_rng(1)
    networks = singles(cell, symbols)
    stack = stack_of(cell, networks)
    x: NDArray[Any] = rng.integers(X, size=(T, S, B)) if symbols else rng.normal(size=(T, S, B, X))
    trace = stack.run(x)
    d_logits = rng.normal(size=(T, S, B, X))
    gradients = backward(stack, trace, d_logits)
    for s, network in enumerate(networks):
        alone = network.run(x[:, s])
        assert trace.y is not None
        assert alone.y is not None
        assert np.abs(trace.y[:, s] - alone.y).max() < 1e-12
        for together, own in zip(trace.layers, alone.layers, strict=True):
            assert all(np.abs(together[name][:, s] - own[name]).max() < 1e-12 for name in own)
        theirs = backward(network, alone, d_logits[:, s])
        for name, gradient in theirs.parameters.items():
            assert np.abs(gradients.parameters[name][s] - gradient).max() < 1e-10, name
        assert gradients.inputs is not None
        assert theirs.inputs is not None
        assert np.abs(gradients.inputs[:, s] - theirs.inputs).max() < 1e-12


def test_the_batch_of_a_stack_names_its_networks() -> None:
    stack = stack_of("rnn", singles("rnn", symbols=True))
    for batch in ((), (B,), (S + 1, B), (1, S, B)):
        with pytest.raises(ValueError, match="a stack of 3 networks runs over a batch"):
            stack.run(np.zeros((T, *batch), np.intp))


def test_all_parameters_are_of_as_many_networks() -> None:
    each = stack_of("rnn", singles("rnn", symbols=True)).parameters()
    with pytest.raises(ValueError, match="as many in a stack"):
        Network.from_parameters(
            "rnn", each | {name: each[name][:2] for name in ("readout.weight", "readout.bias")}, "softmax"
        )
