"""Reading a long text in one go, a piece at a time, so that memory stays small: what it costs in bits.

Does not know which text it is, nor how a network was trained.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.network import Network
from lstm.trace import Trace

PIECE: Final = 1_000
"""Symbols that are read at a time; the state goes on from piece to piece."""


def pieces(network: Network, text: NDArray[Any], *, y: bool = True) -> Iterator[Trace]:
    """Yield the run over a text of symbols' indices (T,) as the runs over its pieces, one continuing the other."""
    state = None
    for start in range(0, len(text), PIECE):
        trace = network.run(text[start : start + PIECE].astype(np.intp), state, y=y)
        state = trace.final
        yield trace


def probabilities(network: Network, text: NDArray[Any]) -> Array:
    """Return how probable each symbol of a text but the first was held, (T − 1,), its y one entry a symbol."""
    y = np.concatenate([trace.y for trace in pieces(network, text[:-1]) if trace.y is not None])
    p: Array = y[np.arange(len(y)), text[1:]]
    return p


def bits(p: NDArray[Any]) -> float:
    """Return how many bits each symbol costs on average where it was held to have probability p."""
    return float(-np.log2(p.astype(np.float64)).mean())
