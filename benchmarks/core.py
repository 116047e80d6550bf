"""The cells against PyTorch: budgets 1 to 3 of the design, as ratios in one run.

What is timed: from a token sequence to the six float32 arrays of every step, without readout, parts or JSON. PyTorch is
needed for this alone and is not among the locked packages. Knows how to run both sides; does not know the other
budgets.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.rows import Row, print_rows
from benchmarks.turns import faster, share, times_of
from lstm.network import Network
from lstm.untrained import untrained

try:
    import torch
except ImportError:
    torch = None

ALPHABET: Final = "()[]abcd"
SMALL: Final = (8, 32, 128)
LARGE: Final = (512, 1024)
QUANTITIES: Final = ("f", "i", "c_tilde", "c", "o", "h")


def run() -> list[Row]:
    """Measure budgets 1, 2 and 3; without PyTorch, say so in their place."""
    if torch is None:
        missing = "not measured: PyTorch is not installed (pip install torch)"
        return [Row(f"{k} the cells against PyTorch", "", "", missing, None) for k in (1, 2, 3)]
    torch.set_num_threads(1)
    rows: list[Row] = []
    with torch.inference_mode():
        for size in SMALL:
            rows += _small(size)
        rows += [_large(size) for size in LARGE]
    return sorted(rows, key=lambda row: row.label[0])


def _small(size: int) -> list[Row]:
    """Budgets 1 and 3 for a network of one size."""
    network, module, symbols = _sides(size, 400)
    ours, plain, hoisted, only_h = times_of(
        lambda: network.run(symbols, y=False),
        lambda: torch_loop(module, torch.from_numpy(symbols)),
        lambda: torch_loop_hoisted(module, torch.from_numpy(symbols)),
        lambda: torch_module(module, torch.from_numpy(symbols)),
    )
    steps = len(symbols)
    six = f"six quantities, H = {size}, against"
    return [
        faster(f"1 {six} the same from a PyTorch cell loop", plain, ours, steps, 3, 5),
        faster(f"1 {six} that loop with x looked up before", hoisted, ours, steps, None, 3),
        share(f"3 {six} torch.nn.LSTM, which shows only h", only_h, ours, steps, None, 1.0),
    ]


def _large(size: int) -> Row:
    """Budget 2 for a network of one size."""
    network, module, symbols = _sides(size, 100)
    ours, only_h = times_of(
        lambda: network.run(symbols, y=False), lambda: torch_module(module, torch.from_numpy(symbols))
    )
    label = f"2 six quantities, H = {size}, against torch.nn.LSTM, which shows only h"
    return share(label, only_h, ours, len(symbols), 1.1, 0.8)


def _sides(size: int, steps: int) -> tuple[Network, Any, NDArray[Any]]:
    """An untrained network, PyTorch's module with the same weights, and symbols; all were found to say the same."""
    network = untrained("lstm", size, alphabet=ALPHABET, seed=size).network
    symbols = np.random.default_rng(size).integers(len(ALPHABET), size=steps)
    module = torch.nn.LSTM(network.input_size, size)
    weights = {k: torch.from_numpy(v) for k, v in network.parameters().items() if not k.startswith("readout.")}
    module.load_state_dict(weights)
    ours = network.run(symbols, y=False).layers[0]
    of_torch = torch.from_numpy(symbols)
    for loop in (torch_loop, torch_loop_hoisted):
        for name, values in zip(QUANTITIES, loop(module, of_torch), strict=True):
            np.testing.assert_allclose(ours[name], values.numpy(), atol=1e-3)
    np.testing.assert_allclose(ours["h"], torch_module(module, of_torch).numpy(), atol=1e-3)
    return network, module, symbols


def torch_module(module: Any, symbols: Any) -> Any:  # noqa: ANN401 - torch is not followed
    """All h of `torch.nn.LSTM`, (T, H)."""
    return module(torch.nn.functional.one_hot(symbols, module.input_size).float())[0]


def torch_loop(module: Any, symbols: Any) -> list[Any]:  # noqa: ANN401
    """The six quantities, each (T, H), from a loop over `torch.nn.LSTMCell`'s equations."""
    linear, sigmoid, tanh = torch.nn.functional.linear, torch.sigmoid, torch.tanh
    w_ih, w_hh, b_ih, b_hh = module.weight_ih_l0, module.weight_hh_l0, module.bias_ih_l0, module.bias_hh_l0
    h = c = torch.zeros(module.hidden_size)
    found = []
    for x in torch.nn.functional.one_hot(symbols, module.input_size).float():
        i, f, g, o = (linear(x, w_ih, b_ih) + linear(h, w_hh, b_hh)).chunk(4)
        i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
        c = f * c + i * g
        h = o * tanh(c)
        found.append((f, i, g, c, o, h))
    return [torch.stack(quantity) for quantity in zip(*found, strict=True)]


def torch_loop_hoisted(module: Any, symbols: Any) -> list[Any]:  # noqa: ANN401
    """The same, with the input's part looked up before the loop: the fastest such loop that we could write."""
    sigmoid, tanh = torch.sigmoid, torch.tanh
    w_hh = module.weight_hh_l0
    from_x = (module.weight_ih_l0.t() + (module.bias_ih_l0 + module.bias_hh_l0))[symbols]
    h = c = torch.zeros(module.hidden_size)
    found = []
    for x in from_x.unbind(0):
        i, f, g, o = torch.addmv(x, w_hh, h).chunk(4)
        i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
        c = torch.addcmul(f * c, i, g)
        h = o * tanh(c)
        found.append((f, i, g, c, o, h))
    return [torch.stack(quantity) for quantity in zip(*found, strict=True)]


if __name__ == "__main__":
    sys.exit(0 if print_rows(run()) else 1)
