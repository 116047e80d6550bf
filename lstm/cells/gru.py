"""The gated recurrent unit: one timestep, and one back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy import add, multiply, subtract

from lstm.activations import Array, sigmoid_of_minus, tanh
from lstm.cells.cell import Block, Cell, Slot
from lstm.edits import Write
from lstm.gates import GRU
from lstm.memory import Carry, Memory, columns, times
from lstm.trace import Row

_ONE: Final = np.ones((), np.float32)


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

    def step(self, slot: Slot, edit: Write | None = None) -> None:
        h_x_1, h_before, w_h_x_1, r_z, r, z, n, n_from_x, h = slot
        self._w_times(h_x_1, w_h_x_1)
        sigmoid_of_minus(r_z, r_z)
        if edit is not None:
            edit("r", "z")
        multiply(r, n, n)  # so far n's place held what comes from h(t−1)
        add(n, n_from_x, n)
        tanh(n, n)
        if edit is not None:
            edit("n")
        kept = multiply(z, h_before, n_from_x)  # in a place that is free by now
        subtract(_ONE, z, h)
        multiply(h, n, h)
        add(h, kept, h)

    def slopes(self, rows: Row, before: Row) -> tuple[Array, ...]:
        r, z, n, h_before = rows["r"], rows["z"], rows["n"], before["h"]
        d_product = np.empty((len(r), 4 * self.hidden_size, *r.shape[2:]), self.dtype)
        d_r, d_z, d_n_from_h, d_n_from_x = self.by_block(d_product)
        at = self.at("n")
        n_from_h = times(self.weight_hh[..., at, :], h_before)
        n_from_h += columns(self.bias_hh[..., at], h_before)
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
