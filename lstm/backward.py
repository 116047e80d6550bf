"""Back-propagation through time: from the derivative of a loss by the logits to its derivatives by everything else.

Knows the order of layers and of time; each cell knows its own step back (`Cell.step_backward`). It goes back in blocks
of steps: what a block needs stays in the processor's cache, and its part of a weight's gradient is one product. Does
not know losses, optimisers or tasks.

"…" in a shape stands for nothing, or for a batch, over which the gradients of the parameters are summed.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.cells import Carry, Cell, Memory
from lstm.network import Network
from lstm.trace import Gradients, Row, Trace

BLOCK: Final = 16


def backward(network: Network, trace: Trace, d_logits: Array, *, inputs: bool = True) -> Gradients:
    """Return the gradients of a loss whose derivative by the logits W·h + b of each step is `d_logits` (T, …, O).

    `trace` is the run of this network that led to the loss. `inputs=False` spares the gradient by the inputs, which
    training does not need.
    """
    h = _flat(trace.layers[-1]["h"])
    parameters: dict[str, Array] = {
        "readout.weight": _flat(d_logits).T @ h,
        "readout.bias": _flat(d_logits).sum(axis=0),
    }
    d_h = (_flat(d_logits) @ network.readout.weight).reshape(*d_logits.shape[:-1], -1)
    initial: list[Row] = []
    states: list[Row] = []
    for k in reversed(range(len(network.cells))):
        x = trace.layers[k - 1]["h"] if k else trace.inputs
        layer = _Layer(network.cells[k], x, trace.layers[k], trace.initial[k], d_h, by_x=k > 0 or inputs)
        parameters |= {f"{name}_l{k}": gradient for name, gradient in layer.parameters().items()}
        states.insert(0, layer.states)
        initial.insert(0, layer.initial)
        if layer.d_x is not None:
            d_h = layer.d_x
    order = network.parameters()
    return Gradients({name: parameters[name] for name in order}, tuple(initial), tuple(states), d_h if inputs else None)


class _Layer:
    """The way back through one layer; `d_h` (T, …, H) is what reaches its h from above."""

    def __init__(self, cell: Cell, x: NDArray[Any], rows: Row, initial: Row, d_h: Array, *, by_x: bool) -> None:
        self._cell = cell
        self._w_x, self._w_h = np.zeros_like(cell.w_x), np.zeros_like(cell.w_h)
        self._b_x, self._b_h = np.zeros_like(cell.b_x), np.zeros_like(cell.b_h)
        self.states = {name: d_h if name == "h" else np.zeros_like(rows[name]) for name in cell.state_names}
        self.d_x = np.empty((*d_h.shape[:-1], cell.input_size), cell.dtype) if by_x else None
        from_later: Carry = tuple(np.zeros_like(initial[name]) for name in cell.state_names)
        for start in reversed(range(0, len(x), BLOCK)):
            at = slice(start, min(start + BLOCK, len(x)))
            before = {name: _before(initial[name], rows[name], at) for name in cell.state_names}
            slopes = cell.slopes({name: values[at] for name, values in rows.items()}, before)
            from_later = self._steps(slopes, tuple(values[at] for values in self.states.values()), from_later)
            self._sum(x[at], before["h"], cell.from_x_gradient(slopes), slopes[0], at)
        self.initial = dict(zip(cell.state_names, from_later, strict=True))

    def _steps(self, slopes: Memory, states: Carry, from_later: Carry) -> Carry:
        """Go back through a block, one step after the other; returns what reaches the states before it."""
        slots = list(self._cell.backward_slots(slopes))
        for slot, gradient in zip(reversed(slots), zip(*(values[::-1] for values in states), strict=True), strict=True):
            for total, part in zip(gradient, from_later, strict=True):
                np.add(total, part, out=total)
            from_later = self._cell.step_backward(slot, gradient)
        return from_later

    def _sum(self, x: NDArray[Any], h_before: Array, d_from_x: Array, d_from_h: Array, at: slice) -> None:
        """Add a block's part to the gradients of the parameters, and find the gradient by its inputs."""
        if x.dtype.kind in "iu":
            x = np.eye(self._cell.input_size, dtype=self._cell.dtype)[x]
        from_x, from_h = _flat(d_from_x), _flat(d_from_h)
        ones = np.ones(len(from_x), self._cell.dtype)  # a product with ones is NumPy's fastest sum over rows
        self._w_x += _flat(x).T @ from_x
        self._w_h += _flat(h_before).T @ from_h
        b_x = ones @ from_x
        self._b_x += b_x
        self._b_h += b_x if d_from_h is d_from_x else ones @ from_h
        if self.d_x is not None:
            self.d_x[at] = d_from_x @ self._cell.w_x.T

    def parameters(self) -> dict[str, Array]:
        """The gradients of the weights under PyTorch's names, without the layer's number."""
        fused = {"weight_ih": self._w_x, "weight_hh": self._w_h, "bias_ih": self._b_x, "bias_hh": self._b_h}
        return {name: self._cell.unfused(values) for name, values in fused.items()}


def _before(initial: Array, values: Array, at: slice) -> Array:
    """The states before each step of a block, (n, …, H)."""
    if at.start:
        return values[at.start - 1 : at.stop - 1]
    return np.concatenate([initial[np.newaxis], values[: at.stop - 1]])


def _flat(values: Array) -> Array:
    return np.ascontiguousarray(values).reshape(-1, values.shape[-1])
