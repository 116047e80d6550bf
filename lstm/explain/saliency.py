"""What one output at one step depends on: its gradient by every earlier input and by every gate's pre-activation.

The output is a logit, W·h + b before the softmax: a probability's own gradient vanishes where the network is sure.
Knows of back-propagation one function; does not know symbols or how an answer is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.backward import backward
from lstm.edits import Edits, until
from lstm.errors import NonFinite
from lstm.explain.exact import rerun
from lstm.network import Network
from lstm.trace import Row, State


@dataclass(frozen=True, slots=True)
class Saliency:
    """The gradients of `logit`, output `output` at step t, in float64, for each step s from 0 to t.

    `inputs` (t+1,): ‖∂logit/∂x(s)‖₂. `pre`: for each layer, gate → ∂logit/∂z(s), (t+1, H), where z is what the gate
    squashes (for a GRU's n: W·x + b_ih + r·(W·h(s−1) + b_hh)).
    """

    output: int
    logit: float
    inputs: Array
    pre: tuple[Row, ...]


def saliency(
    network: Network,
    x: NDArray[Any],
    state: State | None = None,
    *,
    t: int,
    output: int | None = None,
    edits: Edits | None = None,
) -> Saliency:
    """Return the gradients of one output at step `t` of the network's run over `x`; without `output`, of the largest.

    `x` (T, …) without a batch, `edits` and errors, as for `Network.run`; NonFinite too where a gradient leaves float64.
    """
    exact, trace = rerun(network, x[: t + 1], state, until(edits, t + 1))
    logits = exact.readout.logits(trace.layers[-1]["h"][t])
    output = int(logits.argmax()) if output is None else output
    d_logits = np.zeros((t + 1, exact.output_size))
    d_logits[t, output] = 1
    with np.errstate(over="ignore", invalid="ignore"):  # looked at below
        found = backward(exact, trace, d_logits, pre=True)
        if found.inputs is None or found.pre is None:
            raise AssertionError("both were asked for")
        norms = np.hypot.reduce(np.abs(found.inputs), axis=-1)  # a plain sum of squares would lose 1e-200
    for layer, rows in enumerate(found.pre):
        for gate, values in rows.items():
            _check(values, layer, gate)
    _check(norms[:, np.newaxis], 0, "x")
    return Saliency(output, float(logits[output]), norms, found.pre)


def _check(gradients: Array, layer: int, name: str) -> None:
    sound = np.isfinite(gradients).all(axis=-1)
    if not sound.all():
        raise NonFinite(int(np.flatnonzero(~sound)[-1]), layer, f"the gradient by {name}")
