"""The simple recurrent network: one timestep, and one back."""

from __future__ import annotations

from collections.abc import Iterator

from lstm.activations import Array, tanh
from lstm.cells.cell import Block, Cell, Slot
from lstm.edits import Write
from lstm.gates import RNN
from lstm.memory import Carry, Memory
from lstm.trace import Row


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

    def step(self, slot: Slot, edit: Write | None = None) -> None:  # noqa: ARG002 - nothing here is read before h
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
