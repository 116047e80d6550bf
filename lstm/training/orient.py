"""Signs of units, chosen for the eye: an exact symmetry of most cells, which changes no output.

Negating a unit's candidate, and every weight that reads its h or its C, negates its C and h and leaves all else as it
was. A candidate that is σ has no such symmetry. Does not know training.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lstm.network import Network

CANDIDATE: Final = {
    "lstm": "c_tilde",
    "gru": "n",
    "rnn": "h",
    "lstm1997": "c_tilde",
    "lstm-peephole": "c_tilde",
    "lstm-coupled": "c_tilde",
}
"""The gate whose sign is the sign of the unit's state, for each cell that has one."""


def negated(network: Network, units: NDArray[np.intp]) -> Network:
    """Return the same function of the input, with the states of these units negated; a network of one layer.

    Raises ValueError for a cell that is not in CANDIDATE.
    """
    if network.cell.name not in CANDIDATE:
        raise ValueError(f"the units of a {network.cell.name} have no sign that could be turned")
    parameters = {name: values.copy() for name, values in network.parameters().items()}
    (cell,) = network.cells
    rows = cell.at(CANDIDATE[cell.name])
    for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
        parameters[name][rows][units] *= -1
    for name in ("weight_hh_l0", "readout.weight"):
        parameters[name][:, units] *= -1
    if "weight_ch_l0" in parameters:
        parameters["weight_ch_l0"].reshape(-1, network.hidden_size)[:, units] *= -1
    return Network.from_parameters(cell.name, parameters, network.readout.kind)
