"""The LSTM with coupled input and forget gates: one timestep, and one back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Final

import numpy as np
from numpy import add, multiply, subtract

from lstm.activations import Array, sigmoid_of_minus, tanh
from lstm.cells.cell import Block, Slot
from lstm.cells.lstm import LSTMCell
from lstm.edits import Write
from lstm.gates import LSTM_COUPLED
from lstm.memory import Memory
from lstm.trace import Row

_ONE: Final = np.ones((), np.float32)


class CoupledLSTMCell(LSTMCell):
    """Long short-term memory with one gate for keeping and writing: the forget gate f is free, and i = 1 − f.

    f, o = σ(W·[h(t−1), x(t)] + b)   C̃ = tanh(W·[h(t−1), x(t)] + b)   C = f·C(t−1) + (1 − f)·C̃   h = o·tanh(C)

    This is Olah's form (2015). Greff et al. 2017, whose name for it is CIFG, and onnxruntime's `input_forget` leave the
    input gate free, f = 1 − i: with the other sign on that gate's weights and biases it is the same cell.
    """

    name = "lstm-coupled"
    quantities = LSTM_COUPLED
    torch_order = ("f", "c_tilde", "o")
    blocks = (Block("c_tilde"), Block("f", sigma=True), Block("o", sigma=True))

    def rows(self, memory: Memory) -> dict[str, Array]:
        c_tilde, f, o = self.by_block(memory.product)
        return {"f": f, "c_tilde": c_tilde, "c": memory.carried[0][1:], "o": o, "h": memory.h[1:]}

    def slots(self, memory: Memory) -> Iterator[Slot]:
        (c,), w_h_x_1 = memory.carried, memory.product
        c_tilde, f, o = self.by_block(w_h_x_1)
        f_o = w_h_x_1[:, self.hidden_size :]
        scratch = repeat(np.empty_like(c[0]))
        of_gates = (w_h_x_1, f_o, c_tilde, f, o)
        return zip(memory.joint[:-1], *of_gates, c[:-1], c[1:], memory.h[1:], scratch, strict=False)

    def step(self, slot: Slot, edit: Write | None = None) -> None:
        h_x_1, w_h_x_1, f_o, c_tilde, f, o, c_before, c, h, written = slot
        self._w_times(h_x_1, w_h_x_1)
        sigmoid_of_minus(f_o, f_o)
        tanh(c_tilde, c_tilde)
        if edit is not None:
            edit("f", "c_tilde", "o")
        subtract(_ONE, f, written)
        multiply(written, c_tilde, written)
        multiply(f, c_before, c)
        add(c, written, c)
        if edit is not None:
            edit("c")
        tanh(c, h)
        multiply(o, h, h)

    def slopes(self, rows: Row, before: Row) -> tuple[Array, ...]:
        c_tilde, f, o = rows["c_tilde"], rows["f"], rows["o"]
        tanh_c = tanh(rows["c"])
        d_product = np.empty((len(f), 3 * self.hidden_size, *f.shape[2:]), self.dtype)
        d_c_tilde, d_f, d_o = self.by_block(d_product)
        multiply(1 - c_tilde * c_tilde, 1 - f, d_c_tilde)
        multiply(f * (f - 1), before["c"] - c_tilde, d_f)
        multiply(o * (o - 1), tanh_c, d_o)
        return d_product, f, o * (1 - tanh_c * tanh_c)
