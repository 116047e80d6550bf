"""What every cell shares: its weights, the one matrix that a step multiplies, and what a step and a step back are.

Weights come under PyTorch's names and in PyTorch's gate order. Inside they are one matrix W that multiplies
[h(t−1), x(t), 1], so that a step costs one product; its rows for a sigmoid gate carry a minus, because
σ(z) = 1 / (1 + exp(−z)) wants −z, and those of a gate 4σ(z) − 2 carry a half, because that is 2·tanh(z/2). Every step
has a product of its own, so the bits of a step depend on nothing but its input and the state before it.

Does not know layers, readouts, losses or files. "…" in a shape stands for nothing, or for a batch; H is the number of
units, X the size of the input, G the number of gates, R the number of rows of W. Units come before the batch here, as
in lstm/memory.py. The weights may be a stack of S networks' with a leading axis S; then a batch is theirs, side by side
as (S·B,), and every product takes each network's columns with its own weights. A step does not see the difference.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.edits import Write
from lstm.gates import Quantity
from lstm.memory import Carry, Memory, per_step, product, units_last
from lstm.trace import Parts, Row

Slot: TypeAlias = tuple[Any, ...]
"""What one step reads and writes, in the order in which it is unpacked there."""


class Block(NamedTuple):
    """H rows of W: the gate that they compute, whether it passes through σ, and which parts of [h, x] they see.

    `scale` is a factor that the squashing function after them wants on its input.
    """

    gate: str
    sigma: bool = False
    sees_h: bool = True
    sees_x: bool = True
    scale: float = 1

    @property
    def factor(self) -> float:
        """What these rows of W are multiplied by."""
        return -self.scale if self.sigma else self.scale


class Cell(ABC):
    """The weights of one layer and the step that they define.

    `weight_ih` (G·H, X), `weight_hh` (G·H, H), `bias_ih` and `bias_hh` (G·H,), with the gates in the order of
    `torch_order`; in a stack each with a leading axis S. Raises ValueError where the shapes do not fit each other.
    """

    name: ClassVar[str]
    quantities: ClassVar[tuple[Quantity, ...]]
    state_names: ClassVar[tuple[str, ...]]
    """What is carried from step to step, h first."""
    torch_order: ClassVar[tuple[str, ...]]
    """The gates in the rows of PyTorch's weights."""
    blocks: ClassVar[tuple[Block, ...]]
    """The gates in the rows of W: those with σ side by side."""

    @classmethod
    def shapes(cls, input_size: int, hidden_size: int) -> dict[str, tuple[int, ...]]:
        """The shape of each parameter of a layer under PyTorch's name, without the layer's number."""
        rows = len(cls.torch_order) * hidden_size
        return {
            "weight_ih": (rows, input_size),
            "weight_hh": (rows, hidden_size),
            "bias_ih": (rows,),
            "bias_hh": (rows,),
        }

    def __init__(self, weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array) -> None:
        gates = len(self.torch_order)
        *stack, rows, size = weight_hh.shape if weight_hh.ndim in (2, 3) else (0, 0)
        if rows == 0 or rows != gates * size:
            raise ValueError(f"weight_hh has the shape {weight_hh.shape}, which is not ({gates}·H, H)")
        if weight_ih.ndim != weight_hh.ndim or weight_ih.shape[:-1] != (*stack, rows) or weight_ih.shape[-1] == 0:
            raise ValueError(f"weight_ih has the shape {weight_ih.shape}, which is not ({rows}, X)")
        if bias_ih.shape != (*stack, rows) or bias_hh.shape != (*stack, rows):
            raise ValueError(f"the biases have the shapes {bias_ih.shape} and {bias_hh.shape}, not ({rows},)")
        if len({weights.dtype for weights in (weight_ih, weight_hh, bias_ih, bias_hh)}) > 1:
            raise ValueError("the weights of a layer are of one dtype")
        self.stack = tuple(stack)
        """(S,) for the weights of S networks, else ()."""
        self.hidden_size: int = size
        self.input_size: int = weight_ih.shape[-1]
        self.dtype = weight_hh.dtype
        self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh = weight_ih, weight_hh, bias_ih, bias_hh
        self.w = self._joint_weights()
        self.w_h, self.w_x = self.w[..., :size], self.w[..., size:-1]
        self._w_times = product(self.w)
        self._w_h_back = product(self.w_h.swapaxes(-1, -2))

    def _joint_weights(self) -> Array:
        """W = [W_hh, W_ih, b_ih + b_hh], (R, H+X+1); by columns in memory, the fastest way to multiply one vector."""
        size = self.hidden_size
        order: Literal["F", "C"] = "C" if self.stack else "F"
        w = np.zeros((*self.stack, len(self.blocks) * size, size + self.input_size + 1), self.dtype, order=order)
        for k, block in enumerate(self.blocks):
            rows = w[..., k * size : (k + 1) * size, :]
            at = self.at(block.gate)
            if block.sees_h:
                rows[..., :size] = self.weight_hh[..., at, :]
                rows[..., -1] += self.bias_hh[..., at]
            if block.sees_x:
                rows[..., size:-1] = self.weight_ih[..., at, :]
                rows[..., -1] += self.bias_ih[..., at]
            rows *= block.factor
        return w

    def gradients(self, d_w: Array) -> dict[str, Array]:
        """The gradients of the weights under PyTorch's names, without the layer's number, from that of W."""
        size = self.hidden_size
        named = {name: np.zeros_like(values) for name, values in self.parameters().items()}
        for k, block in enumerate(self.blocks):
            rows = d_w[..., k * size : (k + 1) * size, :] * block.factor
            at = self.at(block.gate)
            if block.sees_h:
                named["weight_hh"][..., at, :], named["bias_hh"][..., at] = rows[..., :size], rows[..., -1]
            if block.sees_x:
                named["weight_ih"][..., at, :], named["bias_ih"][..., at] = rows[..., size:-1], rows[..., -1]
        return named

    def gradients_by_gate(self, d_product: Array) -> dict[str, Array]:
        """The gradients by each gate's pre-activation, (n, H, …), from those of W·[h(t−1), x(t), 1], (n, R, …)."""
        of_blocks = zip(self.blocks, self.by_block(d_product), strict=True)
        found = {block.gate: part * block.factor for block, part in of_blocks if block.sees_x}
        return {quantity.name: found[quantity.name] for quantity in self.quantities if quantity.name in found}

    def gradients_beside_w(self, d_product: Array, rows: Row, before: Row) -> dict[str, Array]:  # noqa: ARG002
        """What some steps add to the gradients of the parameters that are not part of W; most cells have none.

        `d_product` (n, R, …): the gradient of W·[h(t−1), x(t), 1]; `rows` and `before` as for `slopes`.
        """
        return {}

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
    def step(self, slot: Slot, edit: Write | None = None) -> None:
        """One timestep: read [h(t−1), x(t), 1] and the other states, write all quantities.

        `edit` is called with the names of what was just written and is read by what follows: all but h, whose readers
        come later.
        """

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

    def parts(self, x: NDArray[Any], memory: Memory) -> Parts:
        """The pre-activation of each gate in its parts: from x, from h(t−1), the bias, each (n, …, H). Not for stacks.

        `x`: integers (n, …) for one-hot inputs, or floats (n, …, X). `memory`: the steps over it, done.
        """
        h_before = units_last(memory.h[:-1])
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

    def weights_of(self, gate: str, unit: int) -> dict[str, Array]:
        """What one unit of a gate multiplies, by part: "x" (X,) and "h" (H,), and its biases "b_ih" and "b_hh", ().

        A gate with a peephole has "c" as well, (). Not for stacks.
        """
        row = self.at(gate).start + unit
        biases = {"b_ih": self.bias_ih[row], "b_hh": self.bias_hh[row]}
        return {"x": self.weight_ih[row], "h": self.weight_hh[row], **biases}
