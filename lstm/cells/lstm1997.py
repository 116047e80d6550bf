"""The original LSTM of 1997, which has no forget gate: one timestep, and one back; its two forms."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any, ClassVar, Final

import numpy as np
from numpy import add, copyto, multiply

from lstm.activations import Array, sigmoid_of_minus, tanh
from lstm.cells.cell import Block, Cell, Slot
from lstm.edits import Write
from lstm.gates import LSTM1997, LSTM1997_OPEN
from lstm.memory import Carry, Memory
from lstm.trace import Row

_HALF: Final = np.full((), 0.5, np.float32)


class LSTM1997Cell(Cell):
    """The LSTM of Hochreiter & Schmidhuber 1997: C only ever adds, the constant error carousel.

    i, o = σ(W·[h(t−1), x(t)] + b)   C̃ = g(W·[h(t−1), x(t)] + b)   C = C(t−1) + i·C̃   h = o·h(C)

    with the paper's g(z) = 4σ(z) − 2 and h(C) = 2σ(C) − 1 (its appendix A.1), which run as 2·tanh(z/2) and tanh(C/2):
    the same functions, without the loss of digits near 0. The paper's experiments use other forms as well; a subclass
    sets the options and needs a name and a table of its own. One unit is one memory block of one cell. Its step back
    gives the full gradient, where the paper cut what flows back through the gates.
    """

    name = "lstm1997"
    quantities = LSTM1997
    state_names = ("h", "c")
    torch_order: ClassVar[tuple[str, ...]] = ("i", "c_tilde", "o")
    blocks: ClassVar[tuple[Block, ...]] = (Block("c_tilde", scale=0.5), Block("i", sigma=True), Block("o", sigma=True))

    wide_g: ClassVar[bool] = True
    """g(z) = 4σ(z) − 2, between −2 and 2; else σ(z), between 0 and 1."""
    squashed_c: ClassVar[bool] = True
    """h(C) = 2σ(C) − 1, between −1 and 1; else C itself."""
    output_gate: ClassVar[bool] = True
    """Whether o decides what is shown; else h = h(C)."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Let the rows of the weights follow from the options."""
        super().__init_subclass__(**options)
        c_tilde, *gates = LSTM1997Cell.blocks
        if not cls.wide_g:
            c_tilde = Block("c_tilde", sigma=True)
        cls.blocks = (c_tilde, *(block for block in gates if cls.output_gate or block.gate != "o"))
        cls.torch_order = tuple(gate for gate in LSTM1997Cell.torch_order if cls.output_gate or gate != "o")

    def rows(self, memory: Memory) -> dict[str, Array]:
        gates = dict(zip((block.gate for block in self.blocks), self.by_block(memory.product), strict=True))
        found = {**gates, "c": memory.carried[0][1:], "h": memory.h[1:]}
        return {quantity.name: found[quantity.name] for quantity in self.quantities}

    def slots(self, memory: Memory) -> Iterator[Slot]:
        (c,), w_h_x_1 = memory.carried, memory.product
        c_tilde, i, *o = self.by_block(w_h_x_1)
        sigmas = w_h_x_1[:, self.hidden_size if self.wide_g else 0 :]
        of_steps = (memory.joint[:-1], w_h_x_1, sigmas, c_tilde, i, c[:-1], c[1:], memory.h[1:])
        return zip(*of_steps, o[0] if o else repeat(None), strict=False)

    def step(self, slot: Slot, edit: Write | None = None) -> None:
        h_x_1, w_h_x_1, sigmas, c_tilde, i, c_before, c, h, o = slot
        self._w_times(h_x_1, w_h_x_1)
        sigmoid_of_minus(sigmas, sigmas)
        if self.wide_g:
            tanh(c_tilde, c_tilde)
            add(c_tilde, c_tilde, c_tilde)
        if edit is not None:
            edit("i", "c_tilde", "o")
        written = multiply(i, c_tilde, h)  # in a place that is free so far
        add(c_before, written, c)
        if edit is not None:
            edit("c")
        if self.squashed_c:
            multiply(c, _HALF, h)
            tanh(h, h)
        else:
            copyto(h, c)
        if self.output_gate:
            multiply(o, h, h)

    def slopes(self, rows: Row, before: Row) -> tuple[Array, ...]:  # noqa: ARG002 - nothing here was multiplied by C(t−1)
        i, c_tilde, c = rows["i"], rows["c_tilde"], rows["c"]
        shown = tanh(c / 2) if self.squashed_c else c
        c_from_h = (1 - shown * shown) / 2 if self.squashed_c else np.ones_like(c)
        d_product = np.empty((len(i), len(self.blocks) * self.hidden_size, *i.shape[2:]), self.dtype)
        d_c_tilde, d_i, *d_o = self.by_block(d_product)
        multiply(2 - c_tilde * c_tilde / 2 if self.wide_g else c_tilde * (c_tilde - 1), i, d_c_tilde)
        multiply(i * (i - 1), c_tilde, d_i)
        if self.output_gate:
            o = rows["o"]
            multiply(o * (o - 1), shown, d_o[0])
            c_from_h *= o
        return d_product, c_from_h

    def slots_back(self, slopes: tuple[Array, ...]) -> Iterator[Slot]:
        d_product, c_from_h = slopes
        by_gate = d_product.reshape(len(d_product), len(self.blocks), *c_from_h.shape[1:])
        return zip(d_product, by_gate[:, :2], by_gate[:, 2:], c_from_h, strict=True)

    def step_back(self, slot: Slot, gradient: Carry) -> Carry:
        d_h, d_c = gradient
        d_product, d_c_tilde_i, d_o, c_from_h = slot
        d_c += d_h * c_from_h
        d_c_tilde_i *= d_c
        d_o *= d_h  # of no rows, where there is no output gate
        return self._w_h_back(d_product), d_c  # as it came: the carousel


class LSTM1997OpenCell(LSTM1997Cell):
    """The form without an output gate of experiment 2a: C̃ = σ(W·[h(t−1), x(t)] + b), h = C."""

    name = "lstm1997-open"
    quantities = LSTM1997_OPEN
    wide_g = False
    squashed_c = False
    output_gate = False
