"""Back-propagation through time: from the derivative of a loss by the logits to its derivatives by everything else.

Knows the order of layers and of time; each cell knows its own step back (`Cell.step_back`). It goes back in blocks
of steps: what a block needs stays in the processor's cache, and its part of a weight's gradient is one product. In an
edited run a gate that is held passes nothing to what it was made from, an ablated h nothing to its unit, and a state
that is set nothing to its past. Does not know losses, optimisers or tasks.

"…" in a shape stands for nothing, or for a batch, over which the gradients of the parameters are summed; in a
stack of networks, over each one's own part of it.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.cells import Cell
from lstm.cells.cell import Slot
from lstm.edits import Edits, Mask
from lstm.formula import names, parse
from lstm.memory import Carry, sum_of_products, times, units_first, units_last, write_inputs
from lstm.network import Network
from lstm.trace import Gradients, Row, Trace

BLOCK: Final = 16


def backward(
    network: Network, trace: Trace, d_logits: Array, *, only_parameters: bool = False, pre: bool = False
) -> Gradients:
    """Return the gradients of a loss whose derivative by the logits W·h + b of each step is `d_logits` (T, …, O).

    `trace` is the run of this network that led to the loss. `only_parameters` spares the gradients by the inputs and
    by the states of every step, which training does not need; `pre` keeps those by the pre-activations of the gates.
    """
    h = _units_first(trace.layers[-1]["h"])
    d_z = _units_first(d_logits)
    stack = network.stack
    parameters: dict[str, Array] = {
        "readout.weight": sum_of_products(d_z, h, stack),
        "readout.bias": d_logits.reshape(len(d_logits), *stack, -1, d_logits.shape[-1]).sum(axis=(0, -2)),
    }
    batch = d_logits.shape[1:-1]
    d_h = times(network.readout.weight.swapaxes(-1, -2), d_z)
    initial: list[Row] = []
    states: list[Row] = []
    of_gates: list[Row] = []
    for k in reversed(range(len(network.cells))):
        x = trace.layers[k - 1]["h"] if k else trace.inputs
        edits = None if trace.edits is None else (trace.edits, k)
        rows, first = trace.layers[k], trace.initial[k]
        wanted = Wanted(by_x=k > 0 or not only_parameters, by_states=not only_parameters, by_pre=pre)
        layer = _Layer(network.cells[k], x, rows, first, d_h, wanted=wanted, edits=edits)
        parameters |= {f"{name}_l{k}": gradient for name, gradient in layer.parameters().items()}
        states.insert(0, {name: _units_last(values, batch) for name, values in layer.states.items()})
        initial.insert(0, {name: _units_last(values[np.newaxis], batch)[0] for name, values in layer.initial.items()})
        of_gates.insert(0, {gate: _units_last(values, batch) for gate, values in layer.pre().items()})
        if layer.d_x is not None:
            d_h = layer.d_x
    order = network.parameters()
    d_x = None if only_parameters else _units_last(d_h, batch)
    by_name = {name: parameters[name] for name in order}
    kept = () if only_parameters else tuple(states)
    return Gradients(by_name, tuple(initial), kept, d_x, tuple(of_gates) if pre else None)


class Cuts:
    """Where the edits of a layer let no gradient pass, in the steps `at` of a run: masks (n, H), by quantity.

    A gate is `unmoved` by its sum where it is held, or where all that reads it is held or replaced in its turn: the f
    of a cell state that is set, the r of a GRU's n that is held. What reads what is said by the gate table.
    """

    def __init__(self, cell: Cell, edits: Edits, layer: int, at: slice) -> None:
        self._cell = cell
        self.unmoved: dict[str, Mask] = {}
        read_by: dict[str, list[str]] = {quantity.key: [] for quantity in cell.quantities}
        for quantity in reversed(cell.quantities):
            own = edits.mask(layer, quantity.name, at.start, at.stop, cell.hidden_size)
            readers = read_by[quantity.key]
            if quantity.kind != "state" and readers:
                own |= np.logical_and.reduce([self.unmoved[name] for name in readers])
            self.unmoved[quantity.name] = own
            for key in names(parse(quantity.formula)):
                if key in read_by:
                    read_by[key].append(quantity.name)

    def shut(self, slopes: tuple[Array, ...]) -> None:
        """Let nothing pass to the pre-activations of what is unmoved; in place. `slopes` as of `Cell.slopes`."""
        for block, part in zip(self._cell.blocks, self._cell.by_block(slopes[0]), strict=True):
            part[self.unmoved[block.gate]] = 0

    def step_back(self, step: int, slot: Slot, gradient: Carry) -> Carry:
        """`Cell.step_back` for one of these steps, whose slopes are shut.

        The gradient of an ablated h, or of a state that is set, is left as it is: that of the value put there.
        """
        d_h, *carried = gradient
        d_h_before, *before = self._cell.step_back(slot, (_without(d_h, self.unmoved["h"][step]), *carried))
        names = self._cell.state_names[1:]
        return d_h_before, *(
            _without(values, self.unmoved[name][step]) for name, values in zip(names, before, strict=True)
        )


class Wanted(NamedTuple):
    """What a layer keeps beside the gradients of its parameters: by its input, its states, its pre-activations."""

    by_x: bool
    by_states: bool
    by_pre: bool


class _Layer:
    """The way back through one layer, units before batch; `d_h` (T, H, …) is what reaches its h from above.

    `d_h` becomes the gradient of h in place. `edits` of the run, and the number of this layer in them.
    """

    def __init__(
        self,
        cell: Cell,
        x: NDArray[Any],
        rows: Row,
        initial: Row,
        d_h: Array,
        *,
        wanted: Wanted,
        edits: tuple[Edits, int] | None,
    ) -> None:
        self._cell = cell
        self._d_w: Array = np.zeros(cell.w.shape, cell.dtype)  # by rows, as its parts come
        self._beside_w: dict[str, Array] = {}
        rows = {name: _units_first(values) for name, values in rows.items()}
        first = {name: _units_first(initial[name][np.newaxis])[0] for name in cell.state_names}
        numbers = () if x.dtype.kind in "iu" else x.shape[-1:]
        x = x.reshape(len(x), -1, *numbers) if x.ndim > 2 else x
        kept = {name: np.zeros_like(d_h) for name in cell.state_names[1:] if wanted.by_states}
        self.states = {"h": d_h, **kept}
        self.d_x = np.empty((len(d_h), cell.input_size, *d_h.shape[2:]), cell.dtype) if wanted.by_x else None
        self._d_product = np.empty((len(d_h), cell.w.shape[-2], *d_h.shape[2:]), cell.dtype) if wanted.by_pre else None
        from_later: Carry = tuple(np.zeros_like(first[name]) for name in cell.state_names)
        for start in reversed(range(0, len(x), BLOCK)):
            at = slice(start, min(start + BLOCK, len(x)))
            before = {name: _before(first[name], rows[name], at) for name in cell.state_names}
            done = {name: values[at] for name, values in rows.items()}
            slopes = cell.slopes(done, before)
            cuts = None if edits is None else Cuts(cell, *edits, at)
            states = tuple(
                self.states[name][at] if name in self.states else np.zeros_like(d_h[at]) for name in cell.state_names
            )
            from_later = self._steps(slopes, states, from_later, cuts)
            self._sum(x[at], before["h"], slopes[0], at)
            if self._d_product is not None:
                self._d_product[at] = slopes[0]
            for name, part in cell.gradients_beside_w(slopes[0], done, before).items():
                self._beside_w[name] = self._beside_w[name] + part if name in self._beside_w else part
        self.initial = dict(zip(cell.state_names, from_later, strict=True))

    def _steps(self, slopes: tuple[Array, ...], states: Carry, from_later: Carry, cuts: Cuts | None) -> Carry:
        """Go back through a block, one step after the other; returns what reaches the states before it."""
        if cuts is not None:
            cuts.shut(slopes)
        slots = list(self._cell.slots_back(slopes))
        gradients = zip(*(values[::-1] for values in states), strict=True)
        for step, slot, gradient in zip(reversed(range(len(slots))), reversed(slots), gradients, strict=True):
            for total, part in zip(gradient, from_later, strict=True):
                np.add(total, part, total)
            from_later = self._cell.step_back(slot, gradient) if cuts is None else cuts.step_back(step, slot, gradient)
        return from_later

    def _sum(self, x: NDArray[Any], h_before: Array, d_product: Array, at: slice) -> None:
        """Add a block's part to the gradient of W, and find the gradient by its inputs."""
        size = self._cell.hidden_size
        joint = _by_unit((len(x), self._d_w.shape[-1], *h_before.shape[2:]), self._cell.dtype)
        joint[:, :size] = h_before
        write_inputs(joint[:, size:], x)
        self._d_w += sum_of_products(d_product, joint, self._cell.stack)
        if self.d_x is not None:
            self.d_x[at] = times(self._cell.w_x.swapaxes(-1, -2), d_product)

    def parameters(self) -> dict[str, Array]:
        """The gradients of the weights under PyTorch's names, without the layer's number."""
        return {**self._cell.gradients(self._d_w), **self._beside_w}

    def pre(self) -> Row:
        """The gradients by each gate's pre-activation, (T, H, …), if they were kept; in the order of the gate table."""
        return {} if self._d_product is None else self._cell.gradients_by_gate(self._d_product)


def _by_unit(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """An array (n, I, …) in which all of a unit lies together, as a product over all steps reads it."""
    steps, units, *batch = shape
    return np.empty((units, steps, *batch), dtype).swapaxes(0, 1)


def _without(values: Array, units: Mask) -> Array:
    """The same with 0 for some units; a copy where there are any, since a gradient may be kept, or be shared."""
    if not units.any():
        return values
    values = values.copy()
    values[units] = 0
    return values


def _before(initial: Array, values: Array, at: slice) -> Array:
    """The states before each step of a block, (n, H, …)."""
    if at.start:
        return values[at.start - 1 : at.stop - 1]
    return np.concatenate([initial[np.newaxis], values[: at.stop - 1]])


def _units_first(values: Array) -> Array:
    """(T, …, H) as the cells have it: (T, H), or (T, H, B) for any batch."""
    return units_first(values.reshape(len(values), -1, values.shape[-1]) if values.ndim > 2 else values)


def _units_last(values: Array, batch: tuple[int, ...]) -> Array:
    """The reverse: (T, H) or (T, H, B) as (T, …, H)."""
    return units_last(values).reshape(len(values), *batch, values.shape[1])
