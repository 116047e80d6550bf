"""One timestep of an LSTM, a GRU and a simple RNN, and one back; the code reads like the equations.

Weights come under PyTorch's names and in PyTorch's gate order. Inside they are one matrix W that multiplies
[h(t−1), x(t), 1], so that a step costs one product; its rows for a sigmoid gate carry a minus, because
σ(z) = 1 / (1 + exp(−z)) wants −z. Every step has a product of its own, so the bits of a step depend on nothing but its
input and the state before it.

Does not know stacks, readouts, losses or files. "…" in a shape stands for nothing, or for a batch; H is the number of
units, X the size of the input, G the number of gates, R the number of rows of W. Units come before the batch here, as
in lstm/memory.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import Any, ClassVar, Final, NamedTuple, TypeAlias

import numpy as np
from numpy import add, multiply, subtract
from numpy.typing import NDArray

from lstm.activations import Array, sigmoid_of_minus, tanh
from lstm.gates import GRU, LSTM, RNN, Quantity
from lstm.memory import Carry, Memory, per_step, times
from lstm.trace import Parts, Row

Slot: TypeAlias = tuple[Any, ...]
"""What one step reads and writes, in the order in which it is unpacked there."""
_ONE: Final = np.ones((), np.float32)


class Block(NamedTuple):
    """H rows of W: the gate that they compute, whether it passes through σ, and which parts of [h, x] they see."""

    gate: str
    sigma: bool = False
    sees_h: bool = True
    sees_x: bool = True

    @property
    def sign(self) -> int:
        """What these rows of W are multiplied by."""
        return -1 if self.sigma else 1


class Cell(ABC):
    """The weights of one layer and the step that they define.

    `weight_ih` (G·H, X), `weight_hh` (G·H, H), `bias_ih` and `bias_hh` (G·H,), with the gates in the order of
    `torch_order`. Raises ValueError where the shapes do not fit each other.
    """

    name: ClassVar[str]
    quantities: ClassVar[tuple[Quantity, ...]]
    state_names: ClassVar[tuple[str, ...]]
    """What is carried from step to step, h first."""
    torch_order: ClassVar[tuple[str, ...]]
    """The gates in the rows of PyTorch's weights."""
    blocks: ClassVar[tuple[Block, ...]]
    """The gates in the rows of W: those with σ side by side."""

    def __init__(self, weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array) -> None:
        gates = len(self.torch_order)
        rows = len(weight_hh)
        if rows == 0 or rows % gates or weight_hh.shape != (rows, rows // gates):
            raise ValueError(f"weight_hh has the shape {weight_hh.shape}, which is not ({gates}·H, H)")
        if weight_ih.ndim != 2 or weight_ih.shape[0] != rows or weight_ih.shape[1] == 0:
            raise ValueError(f"weight_ih has the shape {weight_ih.shape}, which is not ({rows}, X)")
        if bias_ih.shape != (rows,) or bias_hh.shape != (rows,):
            raise ValueError(f"the biases have the shapes {bias_ih.shape} and {bias_hh.shape}, not ({rows},)")
        if len({weights.dtype for weights in (weight_ih, weight_hh, bias_ih, bias_hh)}) > 1:
            raise ValueError("the weights of a layer are of one dtype")
        self.hidden_size = rows // gates
        self.input_size = weight_ih.shape[1]
        self.dtype = weight_hh.dtype
        self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh = weight_ih, weight_hh, bias_ih, bias_hh
        self.w = self._joint_weights()
        self.w_h, self.w_x = self.w[:, : self.hidden_size], self.w[:, self.hidden_size : -1]
        self._w_times = self.w.dot
        self._w_h_back = self.w_h.T.dot

    def _joint_weights(self) -> Array:
        """W = [W_hh, W_ih, b_ih + b_hh], (R, H+X+1); by columns in memory, the fastest way to multiply one vector."""
        size = self.hidden_size
        w = np.zeros((len(self.blocks) * size, size + self.input_size + 1), self.dtype, order="F")
        for k, block in enumerate(self.blocks):
            rows = w[k * size : (k + 1) * size]
            at = self.at(block.gate)
            if block.sees_h:
                rows[:, :size] = self.weight_hh[at]
                rows[:, -1] += self.bias_hh[at]
            if block.sees_x:
                rows[:, size:-1] = self.weight_ih[at]
                rows[:, -1] += self.bias_ih[at]
            rows *= block.sign
        return w

    def gradients(self, d_w: Array) -> dict[str, Array]:
        """The gradients of the weights under PyTorch's names, without the layer's number, from that of W."""
        size = self.hidden_size
        named = {name: np.zeros_like(values) for name, values in self.parameters().items()}
        for k, block in enumerate(self.blocks):
            rows = d_w[k * size : (k + 1) * size] * block.sign
            at = self.at(block.gate)
            if block.sees_h:
                named["weight_hh"][at], named["bias_hh"][at] = rows[:, :size], rows[:, -1]
            if block.sees_x:
                named["weight_ih"][at], named["bias_ih"][at] = rows[:, size:-1], rows[:, -1]
        return named

    def memory(self, x: NDArray[Any], before: Carry) -> Memory:
        """A place for the steps of an input: `x` integers (n, …) for one-hot vectors, or floats (n, …, X)."""
        return Memory(self.w, x, before)

    def at(self, gate: str) -> slice:
        """Where a gate's rows are in PyTorch's order."""
        start = self.torch_order.index(gate) * self.hidden_size
        return slice(start, start + self.hidden_size)

    def parameters(self) -> dict[str, Array]:
        """The weights under PyTorch's names, without the layer's number."""
        return {
            "weight_ih": self.weight_ih,
            "weight_hh": self.weight_hh,
            "bias_ih": self.bias_ih,
            "bias_hh": self.bias_hh,
        }

    def by_block(self, product: Array) -> list[Array]:
        """An array (n, R, …) in its blocks (n, H, …)."""
        size = self.hidden_size
        return [product[:, k * size : (k + 1) * size] for k in range(len(self.blocks))]

    @abstractmethod
    def rows(self, memory: Memory) -> dict[str, Array]:
        """The quantities in a memory, by name in the order of the table, each (n, H, …)."""

    @abstractmethod
    def slots(self, memory: Memory) -> Iterator[Slot]:
        """What one step after the other reads and writes."""

    @abstractmethod
    def step(self, slot: Slot) -> None:
        """One timestep: read [h(t−1), x(t), 1] and the other states, write all quantities."""

    @abstractmethod
    def slopes(self, rows: Row, before: Row) -> tuple[Array, ...]:
        """What gradients are multiplied by on their way back through each step, for all steps at once.

        `rows`: the quantities (n, H, …); `before`: the states one step earlier, likewise. The first slope, (n, R, …),
        becomes the gradient of W·[h(t−1), x(t), 1] once each step's `step_back` has been through it.
        """

    @abstractmethod
    def slots_back(self, slopes: tuple[Array, ...]) -> Iterator[Slot]:
        """The slopes of one step after the other, as `step_back` takes them."""

    @abstractmethod
    def step_back(self, slot: Slot, gradient: Carry) -> Carry:
        """One timestep back: take the gradient of the states after it, return that of the states before it.

        What reaches one state through another of the same step (C through h) is added to `gradient` in place, and the
        slopes in `slot` become gradients in place.
        """

    def parts(self, x: NDArray[Any], h_before: Array) -> Parts:
        """The pre-activation of each gate in its parts, from x, from h(t−1), and the bias, each (n, …, H).

        `x`: integers (n, …) for one-hot inputs, or floats (n, …, X). `h_before` (n, …, H): h(t−1) of each step.
        """
        from_x = self.weight_ih.T[x] if x.dtype.kind in "iu" else per_step(x, self.weight_ih)
        from_h = per_step(h_before, self.weight_hh)
        parts = {}
        for gate in self.torch_order:
            at = self.at(gate)
            biases = {name: np.broadcast_to(b, h_before.shape) for name, b in self._biases(gate).items()}
            parts[gate] = {"x": from_x[..., at], "h": from_h[..., at], **biases}
        return parts

    def _biases(self, gate: str) -> dict[str, Array]:
        return {"b": self.bias_ih[self.at(gate)] + self.bias_hh[self.at(gate)]}


class LSTMCell(Cell):
    """Long short-term memory with a forget gate (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000).

    f, i, o = σ(W·[h(t−1), x(t)] + b)   C̃ = tanh(W·[h(t−1), x(t)] + b)   C = f·C(t−1) + i·C̃   h = o·tanh(C)
    """

    name = "lstm"
    quantities = LSTM
    state_names = ("h", "c")
    torch_order = ("i", "f", "c_tilde", "o")
    blocks = (Block("c_tilde"), Block("f", sigma=True), Block("i", sigma=True), Block("o", sigma=True))

    def rows(self, memory: Memory) -> dict[str, Array]:
        c_tilde, f, i, o = self.by_block(memory.product)
        return {"f": f, "i": i, "c_tilde": c_tilde, "c": memory.carried[0][1:], "o": o, "h": memory.h[1:]}

    def slots(self, memory: Memory) -> Iterator[Slot]:
        (c,), w_h_x_1, size = memory.carried, memory.product, self.hidden_size
        c_tilde, _, _, o = self.by_block(w_h_x_1)
        f_i_o, f_i = w_h_x_1[:, size:], w_h_x_1[:, size : 3 * size]
        c_before_c_tilde = memory.work[:-1, : 2 * size]
        terms = np.empty_like(f_i[0])
        scratch = repeat((terms, terms[:size], terms[size:]))
        of_steps = (memory.joint[:-1], w_h_x_1, f_i_o, f_i, c_tilde, c_before_c_tilde, o, c[1:], memory.h[1:])
        return zip(*of_steps, scratch, strict=False)

    def step(self, slot: Slot) -> None:
        h_x_1, w_h_x_1, f_i_o, f_i, c_tilde, c_before_c_tilde, o, c, h, (terms, kept, written) = slot
        self._w_times(h_x_1, w_h_x_1)
        sigmoid_of_minus(f_i_o, f_i_o)
        tanh(c_tilde, c_tilde)
        multiply(f_i, c_before_c_tilde, terms)  # f·C(t−1), what is kept, and i·C̃, what is written, side by side
        add(kept, written, c)
        tanh(c, h)
        multiply(o, h, h)

    def slopes(self, rows: Row, before: Row) -> tuple[Array, ...]:
        c_tilde, f, i, o = rows["c_tilde"], rows["f"], rows["i"], rows["o"]
        tanh_c = tanh(rows["c"])
        d_product = np.empty((len(f), 4 * self.hidden_size, *f.shape[2:]), self.dtype)
        d_c_tilde, d_f, d_i, d_o = self.by_block(d_product)
        multiply(1 - c_tilde * c_tilde, i, d_c_tilde)
        multiply(f * (f - 1), before["c"], d_f)
        multiply(i * (i - 1), c_tilde, d_i)
        multiply(o * (o - 1), tanh_c, d_o)
        return d_product, f, o * (1 - tanh_c * tanh_c)

    def slots_back(self, slopes: tuple[Array, ...]) -> Iterator[Slot]:
        d_product, f, c_from_h = slopes
        through_c, through_h = d_product[:, : 3 * self.hidden_size], d_product[:, 3 * self.hidden_size :]
        by_gate = through_c.reshape(len(f), 3, *f.shape[1:])
        return zip(d_product, by_gate, through_h, f, c_from_h, strict=True)

    def step_back(self, slot: Slot, gradient: Carry) -> Carry:
        d_h, d_c = gradient
        d_product, d_c_tilde_f_i, d_o, f, c_from_h = slot
        d_c += d_h * c_from_h
        d_c_tilde_f_i *= d_c
        d_o *= d_h
        return self._w_h_back(d_product), d_c * f


class GRUCell(Cell):
    """Gated recurrent unit in PyTorch's form: r reaches h(t−1) after its product, and z = 1 keeps (Cho et al. 2014).

    r, z = σ(W·[h(t−1), x(t)] + b)   n = tanh(W·x(t) + b_ih + r·(W·h(t−1) + b_hh))   h = (1 − z)·n + z·h(t−1)
    """

    name = "gru"
    quantities = GRU
    state_names = ("h",)
    torch_order = ("r", "z", "n")
    blocks = (  # n in two blocks, because r multiplies only what comes from h
        Block("r", sigma=True),
        Block("z", sigma=True),
        Block("n", sees_x=False),
        Block("n", sees_h=False),
    )

    def rows(self, memory: Memory) -> dict[str, Array]:
        r, z, n, _ = self.by_block(memory.product)
        return {"r": r, "z": z, "n": n, "h": memory.h[1:]}

    def slots(self, memory: Memory) -> Iterator[Slot]:
        w_h_x_1, h = memory.product, memory.h
        r, z, n_from_h, n_from_x = self.by_block(w_h_x_1)
        r_z = w_h_x_1[:, : 2 * self.hidden_size]
        return zip(memory.joint[:-1], h[:-1], w_h_x_1, r_z, r, z, n_from_h, n_from_x, h[1:], strict=True)

    def step(self, slot: Slot) -> None:
        h_x_1, h_before, w_h_x_1, r_z, r, z, n, n_from_x, h = slot
        self._w_times(h_x_1, w_h_x_1)
        sigmoid_of_minus(r_z, r_z)
        multiply(r, n, n)  # so far n's place held what comes from h(t−1)
        add(n, n_from_x, n)
        tanh(n, n)
        kept = multiply(z, h_before, n_from_x)  # in a place that is free by now
        subtract(_ONE, z, h)
        multiply(h, n, h)
        add(h, kept, h)

    def slopes(self, rows: Row, before: Row) -> tuple[Array, ...]:
        r, z, n, h_before = rows["r"], rows["z"], rows["n"], before["h"]
        d_product = np.empty((len(r), 4 * self.hidden_size, *r.shape[2:]), self.dtype)
        d_r, d_z, d_n_from_h, d_n_from_x = self.by_block(d_product)
        at = self.at("n")
        n_from_h = times(self.weight_hh[at], h_before)
        n_from_h += self.bias_hh[at].reshape(-1, *(1,) * (h_before.ndim - 2))
        multiply(1 - z, 1 - n * n, d_n_from_x)
        multiply(d_n_from_x, r, d_n_from_h)
        multiply(d_n_from_h * (r - 1), n_from_h, d_r)
        multiply(z * (z - 1), h_before - n, d_z)
        return d_product, z

    def slots_back(self, slopes: tuple[Array, ...]) -> Iterator[Slot]:
        d_product, z = slopes
        return zip(d_product, d_product.reshape(len(z), 4, *z.shape[1:]), z, strict=True)

    def step_back(self, slot: Slot, gradient: Carry) -> Carry:
        (d_h,) = gradient
        d_product, by_gate, z = slot
        by_gate *= d_h
        d_h_before: Array = self._w_h_back(d_product)
        d_h_before += d_h * z
        return (d_h_before,)

    def _biases(self, gate: str) -> dict[str, Array]:
        if gate != "n":
            return super()._biases(gate)
        return {"b_ih": self.bias_ih[self.at(gate)], "b_hh": self.bias_hh[self.at(gate)]}


class RNNCell(Cell):
    """The simple recurrent network (Elman 1990): h = tanh(W·[h(t−1), x(t)] + b)."""

    name = "rnn"
    quantities = RNN
    state_names = ("h",)
    torch_order = ("h",)
    blocks = (Block("h"),)

    def rows(self, memory: Memory) -> dict[str, Array]:
        return {"h": memory.h[1:]}

    def slots(self, memory: Memory) -> Iterator[Slot]:
        return zip(memory.joint[:-1], memory.h[1:], strict=True)

    def step(self, slot: Slot) -> None:
        h_x_1, h = slot
        self._w_times(h_x_1, h)
        tanh(h, h)

    def slopes(self, rows: Row, before: Row) -> tuple[Array, ...]:  # noqa: ARG002 - h alone tells the slope of tanh
        h = rows["h"]
        return (1 - h * h,)

    def slots_back(self, slopes: tuple[Array, ...]) -> Iterator[Slot]:
        return zip(slopes[0], strict=True)

    def step_back(self, slot: Slot, gradient: Carry) -> Carry:
        (d_h,) = gradient
        (d_product,) = slot
        d_product *= d_h
        return (self._w_h_back(d_product),)


CELLS: Final[Mapping[str, type[Cell]]] = {cell.name: cell for cell in (LSTMCell, GRUCell, RNNCell)}
