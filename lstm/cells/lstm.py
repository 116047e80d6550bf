"""The LSTM with a forget gate: one timestep, and one back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import ClassVar

import numpy as np
from numpy import add, multiply

from lstm.activations import Array, sigmoid_of_minus, tanh
from lstm.cells.cell import Block, Cell, Slot
from lstm.edits import Write
from lstm.gates import LSTM
from lstm.memory import Carry, Memory
from lstm.trace import Row


class LSTMCell(Cell):
    """Long short-term memory with a forget gate (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000).

    f, i, o = σ(W·[h(t−1), x(t)] + b)   C̃ = tanh(W·[h(t−1), x(t)] + b)   C = f·C(t−1) + i·C̃   h = o·tanh(C)
    """

    name = "lstm"
    quantities = LSTM
    state_names = ("h", "c")
    torch_order: ClassVar[tuple[str, ...]] = ("i", "f", "c_tilde", "o")
    blocks: ClassVar[tuple[Block, ...]] = (
        Block("c_tilde"),
        Block("f", sigma=True),
        Block("i", sigma=True),
        Block("o", sigma=True),
    )

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

    def step(self, slot: Slot, edit: Write | None = None) -> None:
        h_x_1, w_h_x_1, f_i_o, f_i, c_tilde, c_before_c_tilde, o, c, h, (terms, kept, written) = slot
        self._w_times(h_x_1, w_h_x_1)
        sigmoid_of_minus(f_i_o, f_i_o)
        tanh(c_tilde, c_tilde)
        if edit is not None:
            edit("f", "i", "c_tilde", "o")
        multiply(f_i, c_before_c_tilde, terms)  # f·C(t−1), what is kept, and i·C̃, what is written, side by side
        add(kept, written, c)
        if edit is not None:
            edit("c")
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
        by_gate = d_product.reshape(len(f), len(self.blocks), *f.shape[1:])
        through_c, through_h = by_gate[:, :-1], by_gate[:, -1]
        return zip(d_product, through_c, through_h, f, c_from_h, strict=True)

    def step_back(self, slot: Slot, gradient: Carry) -> Carry:
        d_h, d_c = gradient
        d_product, d_through_c, d_o, f, c_from_h = slot
        d_c += d_h * c_from_h
        d_through_c *= d_c  # C̃, f and i
        d_o *= d_h
        return self._w_h_back(d_product), d_c * f
