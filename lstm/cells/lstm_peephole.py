"""The LSTM with peepholes: one timestep, and one back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any, Final

import numpy as np
from numpy import add, multiply
from numpy.typing import NDArray

from lstm.activations import Array, sigmoid_of_minus, tanh
from lstm.cells.cell import Slot
from lstm.cells.lstm import LSTMCell
from lstm.edits import Write
from lstm.gates import LSTM_PEEPHOLE
from lstm.memory import Carry, Memory, columns, sum_of_columns, units_last
from lstm.trace import Parts, Row

_PEEPHOLES: Final = ("i", "f", "o")
"""The gates in the rows of `weight_ch`."""


class PeepholeLSTMCell(LSTMCell):
    """Long short-term memory whose gates see the cell state, each unit its own (Gers & Schmidhuber 2000).

    f, i = σ(W·[h(t−1), x(t)] + p·C(t−1) + b)   C̃ = tanh(W·[h(t−1), x(t)] + b)   C = f·C(t−1) + i·C̃
    o = σ(W·[h(t−1), x(t)] + p·C(t) + b)   h = o·tanh(C)

    Beside PyTorch's weights `weight_ch` (3·H,), or (S, 3·H): the p of the gates i, f, o. PyTorch has no such cell.
    """

    name = "lstm-peephole"
    quantities = LSTM_PEEPHOLE

    def __init__(self, weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array, weight_ch: Array) -> None:
        super().__init__(weight_ih, weight_hh, bias_ih, bias_hh)
        rows = len(_PEEPHOLES) * self.hidden_size
        if weight_ch.shape != (*self.stack, rows) or weight_ch.dtype != self.dtype:
            found = f"the shape {weight_ch.shape} and the dtype {weight_ch.dtype}"
            raise ValueError(f"weight_ch has {found}, not ({rows},) and {self.dtype}")
        self.weight_ch = weight_ch

    @classmethod
    def shapes(cls, input_size: int, hidden_size: int) -> dict[str, tuple[int, ...]]:
        return {**super().shapes(input_size, hidden_size), "weight_ch": (len(_PEEPHOLES) * hidden_size,)}

    def parameters(self) -> dict[str, Array]:
        return {**super().parameters(), "weight_ch": self.weight_ch}

    def peephole(self, gate: str) -> Array:
        """The p of a gate: (H,), or (S, H) in a stack."""
        start = _PEEPHOLES.index(gate) * self.hidden_size
        return self.weight_ch[..., start : start + self.hidden_size]

    def _minus_p(self, gate: str, values: Array) -> Array:
        """A gate's p with the minus that its rows of W carry, to meet values (n, H, …)."""
        return -columns(self.peephole(gate), values)

    def slots(self, memory: Memory) -> Iterator[Slot]:
        (c,), w_h_x_1, size = memory.carried, memory.product, self.hidden_size
        c_tilde, _, _, o = self.by_block(w_h_x_1)
        f_i = w_h_x_1[:, size : 3 * size]
        f_i_by_gate = f_i.reshape(len(f_i), 2, size, *f_i.shape[2:])
        c_before_c_tilde = memory.work[:-1, : 2 * size]
        terms = np.empty_like(f_i[0])
        p_f_i, p_o = np.stack([self._minus_p("f", c), self._minus_p("i", c)]), self._minus_p("o", c)
        same = repeat((p_f_i, p_o, terms, terms.reshape(f_i_by_gate.shape[1:]), terms[:size], terms[size:]))
        of_gates = (w_h_x_1, f_i, f_i_by_gate, c_tilde, o)
        return zip(memory.joint[:-1], *of_gates, c[:-1], c_before_c_tilde, c[1:], memory.h[1:], same, strict=False)

    def step(self, slot: Slot, edit: Write | None = None) -> None:
        h_x_1, w_h_x_1, f_i, f_i_by_gate, c_tilde, o, c_before, c_before_c_tilde, c, h, same = slot
        p_f_i, p_o, terms, terms_by_gate, kept, written = same
        self._w_times(h_x_1, w_h_x_1)
        multiply(p_f_i, c_before, terms_by_gate)
        add(f_i_by_gate, terms_by_gate, f_i_by_gate)
        sigmoid_of_minus(f_i, f_i)
        tanh(c_tilde, c_tilde)
        if edit is not None:
            edit("f", "i", "c_tilde")
        multiply(f_i, c_before_c_tilde, terms)  # f·C(t−1), what is kept, and i·C̃, what is written, side by side
        add(kept, written, c)
        if edit is not None:
            edit("c")
        seen = multiply(p_o, c, h)  # in a place that is free so far
        add(o, seen, o)
        sigmoid_of_minus(o, o)
        if edit is not None:
            edit("o")
        tanh(c, h)
        multiply(o, h, h)

    def slots_back(self, slopes: tuple[Array, ...]) -> Iterator[Slot]:
        _, d_f, d_i, _ = self.by_block(slopes[0])
        p = tuple(self._minus_p(gate, slopes[0]) for gate in ("f", "i", "o"))
        return zip(*zip(*super().slots_back(slopes), strict=True), d_f, d_i, repeat(p), strict=False)

    def step_back(self, slot: Slot, gradient: Carry) -> Carry:
        d_h, d_c = gradient
        d_product, d_through_c, d_o, f, c_from_h, d_f, d_i, (p_f, p_i, p_o) = slot
        d_o *= d_h
        d_c += d_h * c_from_h + d_o * p_o
        d_through_c *= d_c  # C̃, f and i
        return self._w_h_back(d_product), d_c * f + d_f * p_f + d_i * p_i

    def gradients_beside_w(self, d_product: Array, rows: Row, before: Row) -> dict[str, Array]:
        _, d_f, d_i, d_o = self.by_block(d_product)
        of_gates = {"f": d_f * before["c"], "i": d_i * before["c"], "o": d_o * rows["c"]}
        sums = [sum_of_columns(-of_gates[gate], self.stack) for gate in _PEEPHOLES]
        return {"weight_ch": np.concatenate(sums, axis=-1)}

    def parts(self, x: NDArray[Any], memory: Memory) -> Parts:
        c = units_last(memory.carried[0])
        seen = {gate: self.peephole(gate) * (c[1:] if gate == "o" else c[:-1]) for gate in _PEEPHOLES}
        return {
            gate: {"x": part["x"], "h": part["h"], "c": seen[gate], "b": part["b"]} if gate in seen else part
            for gate, part in super().parts(x, memory).items()
        }

    def weights_of(self, gate: str, unit: int) -> dict[str, Array]:
        own = {"c": self.peephole(gate)[unit]} if gate in _PEEPHOLES else {}
        return {**super().weights_of(gate, unit), **own}
