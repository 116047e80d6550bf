"""The same network once more in float64: what a derivative is computed in, whatever the weights are stored in.

A derivative of float32 numbers loses its digits where gates are shut or many steps are multiplied. Knows no derivative.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm.edits import Edits
from lstm.network import Network
from lstm.trace import State, Trace


def rerun(
    network: Network, x: NDArray[Any], state: State | None = None, edits: Edits | None = None
) -> tuple[Network, Trace]:
    """Return the network with the same weights in float64, and its run over `x` from `state`, edited, without y.

    Arguments and errors as for `Network.run`.
    """
    parameters = {name: values.astype(np.float64) for name, values in network.parameters().items()}
    exact = Network.from_parameters(network.cell.name, parameters, network.readout.kind)
    return exact, exact.run(x, state, y=False, edits=edits)
