"""One timestep of a simple RNN, an LSTM and a GRU, with every gate kept; the code reads like the equations.

Weights come under PyTorch's names and in PyTorch's gate order. Inside, the gates of a cell lie side by side in one matrix, the
sigmoid gates first, so that a step costs one product and one σ for all of them. Does not know sequences, batches of steps,
stacks, readouts or files.

"…" in a shape stands for nothing, or for a batch; H is the number of units, X the size of the input, G the number of gates.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array, sigmoid, tanh
from lstm.gates import GRU, LSTM, RNN, Quantity
from lstm.trace import Parts, Row

Memory: TypeAlias = tuple[Array, ...]
"""What a cell writes its steps into, each array (n, …, ·)."""
Slot: TypeAlias = tuple[Array, ...]
"""One step's places in a Memory, in the order a cell's `step` unpacks them."""
Carry: TypeAlias = tuple[Array, ...]
"""The state between steps, in the order of `state_names`, each (…, H)."""


class Cell(ABC):
    """The weights of one layer and the step they define.

    `weight_ih` (G·H, X), `weight_hh` (G·H, H), `bias_ih` and `bias_hh` (G·H,), with the gates in the order of `torch_order`.
    Raises ValueError where the shapes do not fit each other.
    """

    name: ClassVar[str]
    quantities: ClassVar[tuple[Quantity, ...]]
    state_names: ClassVar[tuple[str, ...]]
    torch_order: ClassVar[tuple[str, ...]]
    """The gates in the rows of PyTorch's weights."""
    fused_order: ClassVar[tuple[str, ...]]
    """The gates in the columns of the fused weights: sigmoid gates first."""

    def __init__(self, weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array) -> None:
        gates = len(self.torch_order)
        rows = len(weight_hh)
        self.hidden_size = rows // gates
        if rows == 0 or weight_hh.shape != (rows, self.hidden_size) or rows != gates * self.hidden_size:
            raise ValueError(f"weight_hh has the shape {weight_hh.shape}, which is not ({gates}·H, H)")
        if weight_ih.ndim != 2 or weight_ih.shape[0] != rows or weight_ih.shape[1] == 0:
            raise ValueError(f"weight_ih has the shape {weight_ih.shape}, which is not ({rows}, X)")
        if bias_ih.shape != (rows,) or bias_hh.shape != (rows,):
            raise ValueError(f"the biases have the shapes {bias_ih.shape} and {bias_hh.shape}, which are not ({rows},)")
        self.input_size = weight_ih.shape[1]
        self.dtype = weight_hh.dtype
        self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh = weight_ih, weight_hh, bias_ih, bias_hh
        self.w_x = self._fuse(weight_ih)
        self.w_h = self._fuse(weight_hh)
        self.b_x = self._fuse(bias_ih)
        self.b_h = self._fuse(bias_hh)

    def _fuse(self, weights: Array) -> Array:
        """PyTorch's (G·H, ·) as (·, G·H) in the fused order: a row of inputs times it is a row of pre-activations."""
        of = dict(zip(self.torch_order, np.split(weights, len(self.torch_order)), strict=True))
        return np.ascontiguousarray(np.concatenate([of[gate] for gate in self.fused_order]).T)

    def unfused(self, fused: Array) -> Array:
        """What `_fuse` does, undone: (·, G·H) in the fused order as PyTorch's (G·H, ·)."""
        return np.concatenate([fused[..., self.columns(gate)].T for gate in self.torch_order])

    def columns(self, gate: str) -> slice:
        """Where a gate lies in the fused weights."""
        start = self.fused_order.index(gate) * self.hidden_size
        return slice(start, start + self.hidden_size)

    @property
    def b_outside(self) -> Array:
        """The biases that can be added to the input's part before the recurrence runs: all of them, but in a GRU. (G·H,)."""
        return self.b_x + self.b_h

    @cached_property
    def _one_hot_from_x(self) -> Array:
        return self.w_x + self.b_outside

    def from_x(self, x: NDArray[Any]) -> Array:
        """What a block of inputs gives to the pre-activations, W_ih·x + b, as (n, …, G·H).

        `x`: integers (n, …) for one-hot inputs, whose product is a row of the weights, exactly; or floats (n, …, X).
        """
        if x.dtype.kind in "iu":
            return self._one_hot_from_x[x]
        part: Array = x @ self.w_x
        part += self.b_outside
        return part

    @abstractmethod
    def memory(self, n: int, batch: tuple[int, ...]) -> Memory:
        """Memory for n steps."""

    @abstractmethod
    def rows(self, memory: Memory) -> Row:
        """The quantities in a memory, by name in the order of the table, each (n, …, H)."""

    @abstractmethod
    def slots(self, memory: Memory) -> Iterator[Slot]:
        """The places of one step after the other."""

    @abstractmethod
    def step(self, from_x: Array, carry: Carry, slot: Slot) -> Carry:
        """One timestep: reads the state before it, writes all quantities into the slot and returns the state after it."""

    @abstractmethod
    def slopes(self, rows: Row, before: Row) -> Memory:
        """What gradients are multiplied by on their way back through each step, for all steps at once.

        `rows`: the quantities (n, …, H); `before`: the states one step earlier, likewise. The first slope, (n, …, G·H),
        becomes the gradient of W_hh·h + b_hh, in the fused order, once each step's `step_backward` has been through it.
        """

    @abstractmethod
    def backward_slots(self, slopes: Memory) -> Iterator[Slot]:
        """The slopes of one step after the other, as `step_backward` takes them."""

    @abstractmethod
    def step_backward(self, slot: Slot, gradient: Carry) -> Carry:
        """One timestep back: takes the gradient of the state after it and returns that of the state before it.

        What reaches one state through another of the same step (C through h) is added to `gradient` in place, and the
        slopes in `slot` become gradients in place.
        """

    def from_x_gradient(self, slopes: Memory) -> Array:
        """The gradient of `from_x`, (n, …, G·H), out of slopes that `step_backward` has been through."""
        return slopes[0]

    def parts(self, x: NDArray[Any], h_before: Array) -> Parts:
        """The pre-activation of each gate in its parts: from x, from h(t−1), and the bias. Each (n, …, H).

        `x` as in from_x; `h_before` (n, …, H) holds h(t−1) for each of the steps.
        """
        from_x = self.w_x[x] if x.dtype.kind in "iu" else x @ self.w_x
        from_h = h_before @ self.w_h
        parts = {}
        for gate in self.fused_order:
            at = self.columns(gate)
            biases = {name: np.broadcast_to(b[at], h_before.shape) for name, b in self._bias_parts(gate).items()}
            parts[gate] = {"x": from_x[..., at], "h": from_h[..., at], **biases}
        return parts

    def _bias_parts(self, gate: str) -> dict[str, Array]:
        return {"b": self.b_x + self.b_h}

    def parameters(self) -> dict[str, Array]:
        """The weights under PyTorch's names, without the layer's number."""
        return {
            "weight_ih": self.weight_ih,
            "weight_hh": self.weight_hh,
            "bias_ih": self.bias_ih,
            "bias_hh": self.bias_hh,
        }


class LSTMCell(Cell):
    """Long short-term memory with a forget gate (Hochreiter & Schmidhuber 1997; Gers et al. 2000).

    f, i, o = σ(W·[h(t−1), x(t)] + b)   C̃ = tanh(W·[h(t−1), x(t)] + b)   C = f·C(t−1) + i·C̃   h = o·tanh(C)
    """

    name = "lstm"
    quantities = LSTM
    state_names = ("h", "c")
    torch_order = ("i", "f", "c_tilde", "o")
    fused_order = ("f", "i", "o", "c_tilde")

    def memory(self, n: int, batch: tuple[int, ...]) -> Memory:
        size = self.hidden_size
        return tuple(np.empty((n, *batch, width), self.dtype) for width in (4 * size, size, size))

    def rows(self, memory: Memory) -> Row:
        gates, c, h = memory
        gate = {name: gates[..., self.columns(name)] for name in self.fused_order}
        return {"f": gate["f"], "i": gate["i"], "c_tilde": gate["c_tilde"], "c": c, "o": gate["o"], "h": h}

    def slots(self, memory: Memory) -> Iterator[Slot]:
        gates, c, h = memory
        f, i, o, c_tilde = (gates[..., self.columns(name)] for name in self.fused_order)
        return zip(gates, gates[..., : 3 * self.hidden_size], f, i, o, c_tilde, c, h, strict=True)

    def step(self, from_x: Array, carry: Carry, slot: Slot) -> Carry:
        h_before, c_before = carry
        gates, f_i_o, f, i, o, c_tilde, c, h = slot
        h_before.dot(self.w_h, gates)
        np.add(gates, from_x, gates)
        sigmoid(f_i_o, f_i_o)
        tanh(c_tilde, c_tilde)
        np.multiply(i, c_tilde, h)  # h serves as scratch until C is known
        np.multiply(f, c_before, c)
        np.add(c, h, c)
        tanh(c, h)
        np.multiply(o, h, h)
        return h, c

    def slopes(self, rows: Row, before: Row) -> Memory:
        f, i, o, c_tilde = (rows[name] for name in self.fused_order)
        tanh_c = np.tanh(rows["c"])
        gates = np.empty((*f.shape[:-1], 4 * self.hidden_size), self.dtype)
        for name, slope in (
            ("f", f * (1 - f) * before["c"]),
            ("i", i * (1 - i) * c_tilde),
            ("o", o * (1 - o) * tanh_c),
            ("c_tilde", (1 - c_tilde * c_tilde) * i),
        ):
            gates[..., self.columns(name)] = slope
        return gates, f, o * (1 - tanh_c * tanh_c)

    def backward_slots(self, slopes: Memory) -> Iterator[Slot]:
        gates, f, c_from_h = slopes
        by_gate = gates.reshape(*f.shape[:-1], 4, self.hidden_size)
        d_f_i, d_o, d_c_tilde = by_gate[..., :2, :], by_gate[..., 2, :], by_gate[..., 3, :]
        return zip(gates, d_f_i, d_o, d_c_tilde, f, c_from_h, strict=True)

    def step_backward(self, slot: Slot, gradient: Carry) -> Carry:
        d_h, d_c = gradient
        gates, d_f_i, d_o, d_c_tilde, f, c_from_h = slot
        d_c += d_h * c_from_h
        d_f_i *= d_c[..., np.newaxis, :]
        d_o *= d_h
        d_c_tilde *= d_c
        return gates.dot(self.w_h.T), d_c * f


class GRUCell(Cell):
    """Gated recurrent unit in PyTorch's form: r reaches h(t−1) after its product, and z = 1 keeps (Cho et al. 2014).

    r, z = σ(W·[h(t−1), x(t)] + b)   n = tanh(W·x(t) + b_ih + r·(W·h(t−1) + b_hh))   h = (1 − z)·n + z·h(t−1)
    """

    name = "gru"
    quantities = GRU
    state_names = ("h",)
    torch_order = ("r", "z", "n")
    fused_order = ("r", "z", "n")

    @property
    def b_outside(self) -> Array:
        b_h = self.b_h.copy()
        b_h[self.columns("n")] = 0  # r multiplies this one, so it belongs inside the step
        return self.b_x + b_h

    def memory(self, n: int, batch: tuple[int, ...]) -> Memory:
        size = self.hidden_size
        return tuple(np.empty((n, *batch, width), self.dtype) for width in (3 * size, size))

    def rows(self, memory: Memory) -> Row:
        gates, h = memory
        return {**{name: gates[..., self.columns(name)] for name in self.fused_order}, "h": h}

    def slots(self, memory: Memory) -> Iterator[Slot]:
        gates, h = memory
        r, z, n = (gates[..., self.columns(name)] for name in self.fused_order)
        return zip(gates, gates[..., : 2 * self.hidden_size], r, z, n, h, strict=True)

    @cached_property
    def _b_hh_n(self) -> Array:
        return self.b_h[self.columns("n")]

    def step(self, from_x: Array, carry: Carry, slot: Slot) -> Carry:
        (h_before,) = carry
        gates, r_z, r, z, n, h = slot
        r_z_from_x, n_from_x = from_x[..., : r_z.shape[-1]], from_x[..., r_z.shape[-1] :]
        h_before.dot(self.w_h, gates)
        np.add(r_z, r_z_from_x, r_z)
        sigmoid(r_z, r_z)
        np.add(n, self._b_hh_n, n)
        np.multiply(r, n, n)
        np.add(n, n_from_x, n)
        tanh(n, n)
        np.subtract(1, z, h)
        np.multiply(h, n, h)
        np.add(h, z * h_before, h)
        return (h,)

    def slopes(self, rows: Row, before: Row) -> Memory:
        r, z, n = (rows[name] for name in self.fused_order)
        h_before = before["h"]
        at_n = self.columns("n")
        n_from_h = h_before @ self.w_h[:, at_n] + self._b_hh_n
        n_slope = (1 - z) * (1 - n * n)
        gates = np.empty((*r.shape[:-1], 3 * self.hidden_size), self.dtype)
        gates[..., self.columns("r")] = n_slope * n_from_h * r * (1 - r)
        gates[..., self.columns("z")] = (h_before - n) * z * (1 - z)
        gates[..., at_n] = n_slope * r
        return gates, n_slope, z

    def backward_slots(self, slopes: Memory) -> Iterator[Slot]:
        gates, n_slope, z = slopes
        return zip(gates, gates.reshape(*z.shape[:-1], 3, self.hidden_size), n_slope, z, strict=True)

    def step_backward(self, slot: Slot, gradient: Carry) -> Carry:
        (d_h,) = gradient
        gates, by_gate, d_n, z = slot
        by_gate *= d_h[..., np.newaxis, :]
        d_n *= d_h
        d_h_before: Array = gates.dot(self.w_h.T)
        d_h_before += d_h * z
        return (d_h_before,)

    def from_x_gradient(self, slopes: Memory) -> Array:
        gates, d_n, _ = slopes
        gradient = gates.copy()
        gradient[..., self.columns("n")] = d_n  # r lies between b_hh and n, not between x and n
        return gradient

    def _bias_parts(self, gate: str) -> dict[str, Array]:
        return {"b_ih": self.b_x, "b_hh": self.b_h} if gate == "n" else super()._bias_parts(gate)


class RNNCell(Cell):
    """The simple recurrent network (Elman 1990): h = tanh(W·[h(t−1), x(t)] + b)."""

    name = "rnn"
    quantities = RNN
    state_names = ("h",)
    torch_order = ("h",)
    fused_order = ("h",)

    def memory(self, n: int, batch: tuple[int, ...]) -> Memory:
        return (np.empty((n, *batch, self.hidden_size), self.dtype),)

    def rows(self, memory: Memory) -> Row:
        return {"h": memory[0]}

    def slots(self, memory: Memory) -> Iterator[Slot]:
        return zip(memory[0], strict=True)

    def step(self, from_x: Array, carry: Carry, slot: Slot) -> Carry:
        (h_before,) = carry
        (h,) = slot
        h_before.dot(self.w_h, h)
        np.add(h, from_x, h)
        tanh(h, h)
        return (h,)

    def slopes(self, rows: Row, before: Row) -> Memory:  # noqa: ARG002 - h alone tells the slope of tanh
        h = rows["h"]
        return (1 - h * h,)

    def backward_slots(self, slopes: Memory) -> Iterator[Slot]:
        return zip(slopes[0], strict=True)

    def step_backward(self, slot: Slot, gradient: Carry) -> Carry:
        (d_h,) = gradient
        (d_z,) = slot
        d_z *= d_h
        return (d_z.dot(self.w_h.T),)


CELLS: Mapping[str, type[Cell]] = {cell.name: cell for cell in (LSTMCell, GRUCell, RNNCell)}
