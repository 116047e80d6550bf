"""A stack of cells and a readout, run over a sequence: `steps()` yields each step, `run()` keeps them all.

One loop over the steps of a block serves both: `steps()` goes from block to block, `run()` is a single one. Does not
know tokens, tasks, files or who reads the steps. "…" in a shape stands for nothing, or for a batch of sequences of the
same length.

Where the parameters have a leading axis S, a Network is a stack of S networks of one shape, run side by side, each over
its own sequences: its batch is (S, B). Training many small networks at once costs little more than one that way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array, softmax
from lstm.cells import CELLS, Cell
from lstm.edits import STATE_BOUND, Edits, Size, Writes, write
from lstm.errors import EmptyInput, NonFinite, NotFinite, OutOfBounds, UnknownQuantity, WrongShape
from lstm.memory import Carry, Memory, per_step, units_last
from lstm.trace import Parts, Row, State, Step, Trace

ReadoutKind = Literal["softmax", "linear"]
BLOCK = 64
"""Steps that a stream computes at a time: enough to spread the cost of a block, few enough that a stream starts and
stops at once."""


@dataclass(frozen=True, slots=True)
class Readout:
    """y = g(W·h + b): a distribution over symbols ("softmax") or plain numbers ("linear").

    `weight` (O, H), `bias` (O,). Raises ValueError where they do not fit each other.
    """

    weight: Array
    bias: Array
    kind: ReadoutKind

    def __post_init__(self) -> None:
        if self.weight.ndim not in (2, 3) or self.bias.shape != self.weight.shape[:-1] or not self.bias.size:
            raise ValueError(
                f"readout.weight {self.weight.shape} and readout.bias {self.bias.shape} are not (O, H) and (O,)"
            )
        if self.kind not in ("softmax", "linear"):
            raise ValueError(f"a readout is softmax or linear, not {self.kind!r}")

    def logits(self, h: Array) -> Array:
        """W·h + b, (…, O)."""
        z: Array = h @ self.weight.swapaxes(-1, -2)
        z += self._bias
        return z

    @property
    def _bias(self) -> Array:
        """(O,), or (S, 1, O) in a stack."""
        return self.bias if self.bias.ndim == 1 else self.bias[:, np.newaxis]

    def __call__(self, h: Array) -> Array:
        """Y = g(W·h + b), (…, O)."""
        logits = self.logits(h)
        return softmax(logits) if self.kind == "softmax" else logits

    def over_time(self, h: Array) -> Array:
        """Y for h (n, …, H), each step by a product of its own: a step's bits do not depend on its neighbours."""
        logits = per_step(h, self.weight)
        logits += self._bias
        return softmax(logits) if self.kind == "softmax" else logits


class _Block(NamedTuple):
    """Some steps of a run, computed: shapes as in a Trace; `after`: the last states, as the cells carry them."""

    layers: tuple[Row, ...]
    y: Array | None
    pre: tuple[Parts, ...] | None
    after: tuple[Carry, ...]


class Network:
    """Layers of one kind of cell: the first reads the input, each next one the h below, the readout the last h."""

    def __init__(self, cells: Sequence[Cell], readout: Readout) -> None:
        """Raises ValueError where the layers do not fit each other."""
        if not cells:
            raise ValueError("a network has at least one layer")
        for below, above in pairwise(cells):
            if type(below) is not type(above) or below.dtype != above.dtype:
                raise ValueError("all layers are of one kind of cell and one dtype")
            if above.input_size != below.hidden_size or above.hidden_size != below.hidden_size:
                raise ValueError(f"a layer of {above.hidden_size} units cannot follow one of {below.hidden_size}")
        if any(cell.stack != readout.bias.shape[:-1] for cell in cells):
            raise ValueError("all parameters are of one network, or of as many in a stack")
        if readout.weight.shape[-1] != cells[-1].hidden_size or readout.weight.dtype != cells[-1].dtype:
            raise ValueError(f"readout.weight {readout.weight.shape} does not fit the last layer's units or dtype")
        self.cells = tuple(cells)
        self.readout = readout
        self.cell = type(cells[0])
        self.hidden_size = cells[0].hidden_size
        self.input_size = cells[0].input_size
        self.output_size = readout.bias.shape[-1]
        self.stack = cells[0].stack
        self.dtype = cells[0].dtype

    @classmethod
    def from_parameters(cls, cell: str, parameters: Mapping[str, Array], readout_kind: ReadoutKind) -> Network:
        """A network from arrays under PyTorch's names (`weight_ih_l0` …) and `readout.weight`, `readout.bias`.

        Raises ValueError for a missing or unknown name, or for shapes that do not fit.
        """
        names = CELLS[cell].shapes(1, 1)
        layers = 0
        while f"weight_hh_l{layers}" in parameters:
            layers += 1
        wanted = {f"{name}_l{k}" for k in range(max(layers, 1)) for name in names} | {"readout.weight", "readout.bias"}
        if missing := wanted - parameters.keys():
            raise ValueError(f"missing: {', '.join(sorted(missing))}")
        if unknown := parameters.keys() - wanted:
            raise ValueError(f"not part of a {cell} with {layers} layers: {', '.join(sorted(unknown))}")
        readout = Readout(parameters["readout.weight"], parameters["readout.bias"], readout_kind)
        cells = [CELLS[cell](*(parameters[f"{name}_l{k}"] for name in names)) for k in range(layers)]
        return cls(cells, readout)

    def parameters(self) -> dict[str, Array]:
        """All weights under PyTorch's names, and the readout's. The arrays are the network's own."""
        named = {
            f"{name}_l{k}": value for k, cell in enumerate(self.cells) for name, value in cell.parameters().items()
        }
        return {**named, "readout.weight": self.readout.weight, "readout.bias": self.readout.bias}

    def initial_state(self, batch: tuple[int, ...] = ()) -> State:
        """The state before the first step: zeros (…, H)."""
        shape = (*batch, self.hidden_size)
        return tuple({name: np.zeros(shape, self.dtype) for name in cell.state_names} for cell in self.cells)

    def steps(
        self,
        x: NDArray[Any],
        state: State | None = None,
        *,
        pre: bool = False,
        y: bool = True,
        block: int = BLOCK,
        edits: Edits | None = None,
    ) -> Iterator[Step]:
        """Run over a sequence and yield each timestep, computed in blocks: memory does not grow with the length.

        `x`: integers (T, …) as indices of one-hot inputs, or floats (T, …, X). `state` continues from an earlier run's
        end. `pre` adds the parts of the pre-activations; `edits` change this run alone, in every sequence of a batch,
        and the parts of a gate that is held are those that it would have had. Raises WrongShape, OutOfBounds or what
        `Edits.check` does before the first step, and NonFinite instead of a step in which anything is not finite.
        """
        x, initial = self._checked(x, state, edits)
        return self._steps(x, self._carries(initial), pre, y, block, edits)

    def _steps(
        self, x: NDArray[Any], carries: tuple[Carry, ...], pre: bool, y: bool, block: int, edits: Edits | None
    ) -> Iterator[Step]:
        for start in range(0, len(x), block):
            inputs = x[start : start + block]
            done = self._block(inputs, carries, pre, y, edits, start)
            carries = done.after
            fault = self._fault(done, start)
            sound = len(inputs) if fault is None else fault.step - start
            layers = zip(*map(_by_step, done.layers), strict=True)
            outputs = repeat(None) if done.y is None else iter(done.y)
            parts = repeat(None) if done.pre is None else zip(*map(_parts_by_step, done.pre), strict=True)
            yield from map(Step, range(start, start + sound), layers, outputs, parts)
            if fault is not None:
                raise fault.error()

    def run(
        self,
        x: NDArray[Any],
        state: State | None = None,
        *,
        pre: bool = False,
        y: bool = True,
        edits: Edits | None = None,
    ) -> Trace:
        """Run over a sequence as one block and keep it: what `steps()` yields, as arrays over time, bit for bit.

        Arguments and errors as for `steps()`; NonFinite gives no partial trace.
        """
        x, initial = self._checked(x, state, edits)
        done = self._block(x, self._carries(initial), pre, y, edits)
        if fault := self._fault(done, 0):
            raise fault.error()
        final = tuple({name: rows[name][-1] for name in self.cell.state_names} for rows in done.layers)
        return Trace(x, initial, final, done.layers, done.y, done.pre, edits)

    def _block(
        self,
        x: NDArray[Any],
        carries: tuple[Carry, ...],
        pre: bool,
        y: bool,
        edits: Edits | None,
        start: int = 0,
    ) -> _Block:
        """Some steps from step `start` on, layer by layer: each layer reads the whole block of the layer below."""
        batch = self._batch(x)
        # A cell takes at most one axis of a batch.
        inputs = x.reshape(len(x), -1, *x.shape[1 + len(batch) :]) if batch else x
        layers, parts, after = [], [], []
        with np.errstate(over="ignore", invalid="ignore"):  # σ passes through infinity, and _fault looks at the results
            for k, (cell, before) in enumerate(zip(self.cells, carries, strict=True)):
                memory = cell.memory(inputs, before)
                if edits is None:
                    for slot in cell.slots(memory):
                        cell.step(slot)
                else:
                    _edited_steps(cell, memory, edits.writes(k, start, start + len(x)))
                rows = {name: units_last(values) for name, values in cell.rows(memory).items()}
                if pre:
                    of_gates = cell.parts(inputs, memory)
                    parts.append({gate: _public(row, batch) for gate, row in of_gates.items()})
                layers.append(_public(rows, batch))
                after.append(tuple(states[-1] for states in (memory.h, *memory.carried)))
                inputs = rows["h"]
            outputs = self.readout.over_time(layers[-1]["h"]) if y else None
        return _Block(tuple(layers), outputs, tuple(parts) if pre else None, tuple(after))

    def _carries(self, state: State) -> tuple[Carry, ...]:
        """States (…, H) as the cells carry them: (H,) or (H, B)."""
        return tuple(
            tuple(row[name] if row[name].ndim == 1 else row[name].reshape(-1, self.hidden_size).T for name in row)
            for row in state
        )

    def _batch(self, x: NDArray[Any]) -> tuple[int, ...]:
        return x.shape[1:] if x.dtype.kind in "iu" else x.shape[1:-1]

    def _checked(self, x: NDArray[Any], state: State | None, edits: Edits | None) -> tuple[NDArray[Any], State]:
        """The inputs in the network's dtype and the state before them, both of the right shape; edits that fit."""
        if x.ndim == 0 or len(x) == 0:
            raise EmptyInput
        if x.dtype.kind in "iu":
            if x.size and not 0 <= int(x.min()) <= int(x.max()) < self.input_size:
                raise OutOfBounds("The index of a symbol", self.input_size - 1)
        elif x.ndim < 2 or x.shape[-1] != self.input_size:
            raise WrongShape("The input", (len(x), self.input_size), x.shape)
        else:
            x = x.astype(self.dtype, copy=False)
        if edits is not None:
            edits.check(self.cell.quantities, Size(len(self.cells), self.hidden_size, len(x)))
        shape = (*self._batch(x), self.hidden_size)
        if self.stack and (len(shape) != 3 or shape[:1] != self.stack):
            raise ValueError(
                f"a stack of {self.stack[0]} networks runs over a batch ({self.stack[0]}, B), not {shape[:-1]}"
            )
        return x, self.initial_state(shape[:-1]) if state is None else self._checked_state(state, shape)

    def _checked_state(self, state: State, shape: tuple[int, ...]) -> State:
        if len(state) != len(self.cells):
            raise WrongShape("The initial state", (len(self.cells), *shape), (len(state), *shape))
        keys = {quantity.name: quantity.key for quantity in self.cell.quantities}
        names = self.cell.state_names
        checked = []
        for row in state:
            if unknown := sorted(row.keys() - set(names)):
                raise UnknownQuantity(unknown[0], [keys[name] for name in names])
            layer = {}
            for name in names:
                what = f"The initial state's {keys[name]}"
                value = np.asarray(row.get(name, ()))
                if value.shape != shape:
                    raise WrongShape(what, shape, value.shape)
                if not np.isfinite(value).all():
                    raise NotFinite(what)
                if np.abs(value).max() > STATE_BOUND:
                    raise OutOfBounds(what, STATE_BOUND)
                layer[name] = value.astype(self.dtype)
            checked.append(layer)
        return tuple(checked)

    def _fault(self, block: _Block, start: int) -> _Fault | None:
        """The first thing in a block that is not finite; states, parts and y are watched: it reaches one of them."""
        watched = [row[name] for cell, row in zip(self.cells, block.layers, strict=True) for name in cell.state_names]
        watched += [part for layer in block.pre or () for parts in layer.values() for part in parts.values()]
        watched += [block.y] if block.y is not None else []
        if all(np.isfinite(values).all() for values in watched):
            return None
        for t in range(len(watched[0])):
            for layer, rows in enumerate(block.layers):
                gates = block.pre[layer] if block.pre is not None else {}
                for name, values in rows.items():
                    parts = gates.get(name, {}).values()
                    if not all(np.isfinite(value[t]).all() for value in (values, *parts)):
                        return _Fault(start + t, layer, name)
            if block.y is not None and not np.isfinite(block.y[t]).all():
                return _Fault(start + t, len(self.cells) - 1, "y")
        raise AssertionError("a value was not finite and then it was")


class _Fault(NamedTuple):
    step: int
    layer: int
    quantity: str

    def error(self) -> NonFinite:
        return NonFinite(self.step, self.layer, self.quantity)


def _edited_steps(cell: Cell, memory: Memory, writes: Iterator[Writes]) -> None:
    """The steps of a layer with something written into some of them; the others are as they ever are."""
    rows = cell.rows(memory)
    for k, (slot, of_step) in enumerate(zip(cell.slots(memory), writes, strict=True)):
        if of_step:
            edit = write(rows, k, of_step)
            cell.step(slot, edit)
            edit("h")
        else:
            cell.step(slot)


def _by_step(rows: Row) -> Iterator[Row]:
    """Arrays over time as one row after the other."""
    return (dict(zip(rows, values, strict=True)) for values in zip(*rows.values(), strict=True))


def _parts_by_step(parts: Parts) -> Iterator[Parts]:
    return (dict(zip(parts, rows, strict=True)) for rows in zip(*map(_by_step, parts.values()), strict=True))


def _public(rows: Row, batch: tuple[int, ...]) -> Row:
    """Arrays (n, B, H) as read-only views (n, …, H)."""
    views = {name: values.reshape(len(values), *batch, values.shape[-1]) for name, values in rows.items()}
    for view in views.values():
        view.flags.writeable = False
    return views
