"""Networks with random weights, labelled so: for benchmarks, tests and whoever wants to see what training changes.

Does not know tasks or training.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from lstm.cells import CELLS
from lstm.checkpoint import Card, Model
from lstm.network import Network, ReadoutKind
from lstm.tokenizers import NumberTokenizer, SymbolTokenizer


def untrained(
    cell: str,
    hidden_size: int,
    layers: int = 1,
    *,
    alphabet: Sequence[str] | None = None,
    input_size: int | None = None,
    seed: int = 0,
    name: str | None = None,
    dtype: DTypeLike = np.float32,
) -> Model:
    """A model whose weights are drawn evenly from ±1/√H, PyTorch's default; the card says `trained: false`.

    With an `alphabet` it reads symbols and gives a distribution over the same symbols; with an `input_size` it reads
    that many numbers a step and gives as many. Raises ValueError unless exactly one of the two is given.
    """
    if (alphabet is None) == (input_size is None):
        raise ValueError("give either an alphabet or an input size")
    tokenizer = SymbolTokenizer(alphabet) if alphabet is not None else NumberTokenizer(input_size or 0)
    readout: ReadoutKind = "linear" if alphabet is None else "softmax"
    size = tokenizer.input_size
    shapes: dict[str, tuple[int, ...]] = {}
    for k in range(layers):
        of_layer = CELLS[cell].shapes(size if k == 0 else hidden_size, hidden_size)
        shapes |= {f"{key}_l{k}": shape for key, shape in of_layer.items()}
    shapes |= {"readout.weight": (size, hidden_size), "readout.bias": (size,)}
    rng = np.random.default_rng(seed)
    bound = hidden_size**-0.5
    parameters = {key: rng.uniform(-bound, bound, shape).astype(dtype) for key, shape in shapes.items()}
    symbols = None if alphabet is None else list(alphabet)
    card: Card = {
        "name": name or f"untrained-{cell}-{hidden_size}",
        "cell": cell,
        "readout": readout,
        "trained": False,
        "alphabet": symbols,
        "outputs": symbols,
        "task": None,
        "limits": {},
        "accuracy": None,
        "training": None,
        "examples": [],
    }
    return Model(Network.from_parameters(cell, parameters, readout), tokenizer, card)
