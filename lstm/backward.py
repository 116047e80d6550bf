"""Back-propagation through time: from the derivative of a loss by the logits to its derivatives by everything else.

Knows the order of layers and of time; each cell knows its own step back (`Cell.step_backward`). What can be done for
all steps at once is one product over the whole sequence. Does not know losses, optimisers or tasks.

"…" in a shape stands for nothing, or for a batch, over which the gradients of the parameters are summed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.cells import Cell
from lstm.network import Network
from lstm.trace import Gradients, Row, Trace


def backward(network: Network, trace: Trace, d_logits: Array, *, inputs: bool = True) -> Gradients:
    """Return the gradients of a loss whose derivative by the logits W·h + b of each step is `d_logits` (T, …, O).

    `trace` is the run of this network that led to the loss. `inputs=False` spares the gradient by the inputs, which
    training does not need.
    """
    h = trace.layers[-1]["h"]
    parameters: dict[str, Array] = {
        "readout.weight": _flat(d_logits).T @ _flat(h),
        "readout.bias": _flat(d_logits).sum(axis=0),
    }
    d_h = d_logits @ network.readout.weight
    initial: list[Row] = []
    states: list[Row] = []
    for k in reversed(range(len(network.cells))):
        cell, rows = network.cells[k], trace.layers[k]
        x = trace.layers[k - 1]["h"] if k else trace.inputs
        before = {name: _shifted(trace.initial[k][name], rows[name]) for name in cell.state_names}
        d_from_x, d_from_h, d_states, d_initial = _layer(cell, rows, before, d_h)
        for name, gradient in _weights(cell, x, before["h"], d_from_x, d_from_h).items():
            parameters[f"{name}_l{k}"] = gradient
        states.insert(0, d_states)
        initial.insert(0, d_initial)
        if k or inputs:
            d_h = d_from_x @ cell.w_x.T
    order = network.parameters()
    return Gradients({name: parameters[name] for name in order}, tuple(initial), tuple(states), d_h if inputs else None)


def _layer(cell: Cell, rows: Row, before: Row, d_h: Array) -> tuple[Array, Array, Row, Row]:
    """Go back through one layer: the gradients by from_x and by W_hh·h + b_hh, by its states and its initial state.

    `d_h` (T, …, H) is what reaches h from above.
    """
    slopes = cell.slopes(rows, before)
    states = {name: d_h.copy() if name == "h" else np.zeros_like(rows[name]) for name in cell.state_names}
    slots = list(cell.backward_slots(slopes))
    gradients = list(zip(*states.values(), strict=True))
    earlier = gradients[-1]
    for t in reversed(range(len(slots))):
        earlier = cell.step_backward(slots[t], gradients[t])
        if t:
            for total, part in zip(gradients[t - 1], earlier, strict=True):
                np.add(total, part, out=total)
    return cell.from_x_gradient(slopes), slopes[0], states, dict(zip(cell.state_names, earlier, strict=True))


def _weights(cell: Cell, x: NDArray[Any], h_before: Array, d_from_x: Array, d_from_h: Array) -> dict[str, Array]:
    """The gradients of a layer's parameters: one product over all steps for each matrix."""
    if x.dtype.kind in "iu":
        x = np.eye(cell.input_size, dtype=cell.dtype)[x]
    from_x, from_h = _flat(d_from_x), _flat(d_from_h)
    return {
        "weight_ih": cell.unfused(_flat(x).T @ from_x),
        "weight_hh": cell.unfused(_flat(h_before).T @ from_h),
        "bias_ih": cell.unfused(from_x.sum(axis=0)),
        "bias_hh": cell.unfused(from_h.sum(axis=0)),
    }


def _shifted(first: Array, rest: Array) -> Array:
    """The states before each step, (T, …, H): the initial one and all but the last."""
    return np.concatenate([first[np.newaxis], rest[:-1]])


def _flat(values: Array) -> Array:
    return np.ascontiguousarray(values).reshape(-1, values.shape[-1])
