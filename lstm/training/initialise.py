"""What a network starts from: the initialisations that the recipes search over, each by name.

Does not know tasks, data or how training goes on from here.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from lstm.activations import Array
from lstm.cells import CELLS

KEEPS: Final = {"lstm": "f", "gru": "z", "lstm-peephole": "f", "lstm-coupled": "f"}
"""The gate that keeps the state when it is 1; a simple RNN has none, and an LSTM of 1997 keeps always."""

DRIFT: Final = (-1, -6)
"""The ends of the input gates' biases in "closed"; the paper's experiments have biases between these."""

INITIALISATIONS: Final = {
    "lstm": ("uniform", "keep", "chrono"),
    "gru": ("uniform", "keep", "chrono"),
    "rnn": ("uniform", "orthogonal", "identity"),
    "lstm1997": ("uniform", "closed", "chrono"),
    "lstm1997-open": ("uniform", "closed", "chrono"),
    "lstm-peephole": ("uniform", "keep", "chrono"),
    "lstm-coupled": ("uniform", "keep", "chrono"),
}
"""What each cell can start from: three ways each, so that a search over them is fair.

uniform     every weight (peepholes too) and bias evenly from ±1/√H, PyTorch's default
keep        uniform, and the keeping gate's bias is 1 (forget bias 1: Gers et al. 2000, Jozefowicz et al. 2015)
chrono      uniform weights, biases 0, and the keeping gate's biases log U(1, T−1), an LSTM's input gate's the negative
            of them, where T is the span to bridge (Tallec & Ollivier 2018); in the LSTM of 1997, which always keeps,
            the latter alone
closed      uniform, and the input gates' biases spread evenly from −1 to −6, so that C does not drift before training
            has found what to write (Hochreiter & Schmidhuber 1997, section 4, "internal state drift")
orthogonal  uniform, and the recurrent matrix orthogonal (Saxe et al. 2014)
identity    uniform, biases 0, and the recurrent matrix the identity (Le et al. 2015, there with rectified units)
"""


def initial(
    cell: str,
    input_size: int,
    output_size: int,
    hidden_size: int,
    *,
    layers: int = 1,
    initialisation: str,
    span: int,
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Draw the parameters of a network, float64, under PyTorch's names; `span` is chrono's T."""
    if initialisation not in INITIALISATIONS[cell]:
        raise ValueError(f"a {cell} starts from {', '.join(INITIALISATIONS[cell])}, not from {initialisation}")
    bound = hidden_size**-0.5
    shapes: dict[str, tuple[int, ...]] = {}
    for k in range(layers):
        of_layer = CELLS[cell].shapes(hidden_size if k else input_size, hidden_size)
        shapes |= {f"{name}_l{k}": shape for name, shape in of_layer.items()}
    shapes |= {"readout.weight": (output_size, hidden_size), "readout.bias": (output_size,)}
    parameters: dict[str, Array] = {name: rng.uniform(-bound, bound, shape) for name, shape in shapes.items()}
    for k in range(layers):
        layer = {name.removesuffix(f"_l{k}"): values for name, values in parameters.items() if name.endswith(f"_l{k}")}
        _begin(cell, layer, initialisation, span, rng)
    return parameters


def _begin(cell: str, layer: dict[str, Array], initialisation: str, span: int, rng: np.random.Generator) -> None:
    """Give a layer's evenly drawn weights, in place, what the initialisation asks for beyond that."""
    bias, hidden_bias, recurrent = layer["bias_ih"], layer["bias_hh"], layer["weight_hh"]
    hidden_size = recurrent.shape[1]
    gates = CELLS[cell].torch_order

    def gate(name: str) -> slice:
        start = gates.index(name) * hidden_size
        return slice(start, start + hidden_size)

    if initialisation in ("chrono", "identity"):
        bias[:], hidden_bias[:] = 0, 0
    match initialisation:
        case "keep":
            bias[gate(KEEPS[cell])], hidden_bias[gate(KEEPS[cell])] = 1, 0
        case "chrono":
            spread = np.log(rng.uniform(1, span - 1, hidden_size))
            if cell in KEEPS:
                bias[gate(KEEPS[cell])] = spread
            if "i" in gates:
                bias[gate("i")] = -spread
        case "closed":
            bias[gate("i")], hidden_bias[gate("i")] = np.linspace(*DRIFT, hidden_size), 0
        case "orthogonal":
            q, r = np.linalg.qr(rng.standard_normal((hidden_size, hidden_size)))
            recurrent[:] = q * np.sign(np.diag(r))  # makes the draw even over all orthogonal matrices
        case "identity":
            recurrent[:] = np.eye(hidden_size)
