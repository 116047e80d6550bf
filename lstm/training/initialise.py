"""What a network starts from: the initialisations that the recipes search over, each by name.

Does not know tasks, data or how training goes on from here.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from lstm.activations import Array
from lstm.cells import CELLS

KEEPS: Final = {"lstm": "f", "gru": "z"}
"""The gate that keeps the state when it is 1; a simple RNN has none."""

INITIALISATIONS: Final = {
    "lstm": ("uniform", "keep", "chrono"),
    "gru": ("uniform", "keep", "chrono"),
    "rnn": ("uniform", "orthogonal", "identity"),
}
"""What each cell can start from: three ways each, so that a search over them is fair.

uniform     every weight and bias evenly from ±1/√H, PyTorch's default
keep        uniform, and the keeping gate's bias is 1 (forget bias 1: Gers et al. 2000, Jozefowicz et al. 2015)
chrono      uniform weights, biases 0, and the keeping gate's biases log U(1, T−1), the LSTM's input gate's the negative
            of them, where T is the span to bridge (Tallec & Ollivier 2018)
orthogonal  uniform, and the recurrent matrix orthogonal (Saxe et al. 2014)
identity    uniform, biases 0, and the recurrent matrix the identity (Le et al. 2015, there with rectified units)
"""


def initial(
    cell: str,
    input_size: int,
    output_size: int,
    hidden_size: int,
    *,
    initialisation: str,
    span: int,
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Draw the parameters of a network of one layer, float64, under PyTorch's names; `span` is chrono's T."""
    if initialisation not in INITIALISATIONS[cell]:
        raise ValueError(f"a {cell} starts from {', '.join(INITIALISATIONS[cell])}, not from {initialisation}")
    gates = CELLS[cell].torch_order
    rows = len(gates) * hidden_size
    bound = hidden_size**-0.5
    shapes: dict[str, tuple[int, ...]] = {
        "weight_ih_l0": (rows, input_size),
        "weight_hh_l0": (rows, hidden_size),
        "bias_ih_l0": (rows,),
        "bias_hh_l0": (rows,),
        "readout.weight": (output_size, hidden_size),
        "readout.bias": (output_size,),
    }
    parameters: dict[str, Array] = {name: rng.uniform(-bound, bound, shape) for name, shape in shapes.items()}
    bias, hidden_bias, recurrent = parameters["bias_ih_l0"], parameters["bias_hh_l0"], parameters["weight_hh_l0"]

    def gate(name: str) -> slice:
        start = gates.index(name) * hidden_size
        return slice(start, start + hidden_size)

    if initialisation in ("chrono", "identity"):
        bias[:], hidden_bias[:] = 0, 0
    match initialisation:
        case "keep":
            bias[gate(KEEPS[cell])], hidden_bias[gate(KEEPS[cell])] = 1, 0
        case "chrono":
            bias[gate(KEEPS[cell])] = np.log(rng.uniform(1, span - 1, hidden_size))
            if cell == "lstm":
                bias[gate("i")] = -bias[gate("f")]
        case "orthogonal":
            q, r = np.linalg.qr(rng.standard_normal((hidden_size, hidden_size)))
            recurrent[:] = q * np.sign(np.diag(r))  # makes the draw even over all orthogonal matrices
        case "identity":
            recurrent[:] = np.eye(hidden_size)
    return parameters
