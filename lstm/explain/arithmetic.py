"""What made one unit's value at one step: every product of the sum, and every step of every formula.

Computed in float64 from the very weights and values that the cell multiplies: a product of two float32 is exact there,
and the sum of all products is the double nearest to their exact sum. The cell adds in float32, in an order of its own,
so its value differs in the last digits of a float32; both are given. The formulas are the gate table's. Does not know
symbols' names, JSON or why a weight is what it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.cells import Cell
from lstm.edits import Edits, until
from lstm.errors import NonFinite
from lstm.formula import evaluate, names, parse, squashing, steps, text
from lstm.gates import Quantity
from lstm.network import Network
from lstm.trace import Row, State

PRE: Final = "pre."
_BIASES: Final[Mapping[str, tuple[str, ...]]] = {"b": ("b_ih", "b_hh")}
"""The parts of a pre-activation that are the sum of two parameters; any other is of the parameter of its name."""


@dataclass(frozen=True, slots=True)
class Term:
    """One product of a sum: factor · weight · value, with the factor of its part.

    `part`: "x", "h", "c" (a peephole), or a bias "b_ih", "b_hh". `index`: the symbol, input, unit of the layer below or
    unit of h(t−1) that `value` is of; None for a bias and for a peephole, which sees the unit's own cell state. A bias
    and a symbol have the value 1. `shown`: the product rounded so that all of a sum's add up to its own `shown`.
    """

    part: str
    index: int | None
    weight: float
    value: float
    product: float
    shown: float


class Part(NamedTuple):
    """One part of a sum: the factor that the formula gives it (r for what a GRU's n takes from h, else 1), and all."""

    part: str
    factor: float
    sum: float


@dataclass(frozen=True, slots=True)
class Sum:
    """A gate's pre-activation: `terms` by size, the largest first, their `total`, and that as it is `shown`."""

    gate: str
    parts: tuple[Part, ...]
    terms: tuple[Term, ...]
    total: float
    shown: float


class Line(NamedTuple):
    """One quantity: the value of each variable of its formula, and of each step, (formula of the step, value).

    `computed` is the last of these, float64; `value` is what the cell computed. Where the run was `edited` just here,
    `computed` is what it would have been, and `value` what was put in its place, which all later lines read.
    """

    quantity: Quantity
    variables: Mapping[str, float]
    steps: tuple[tuple[str, float], ...]
    computed: float
    value: float
    edited: bool


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Every quantity of a unit at a step, in the table's order, and the sum of the gate that was asked for."""

    lines: tuple[Line, ...]
    sum: Sum | None


class _Moment(NamedTuple):
    """A layer at one step: what it read, an index or a vector (X,), its states before, its quantities, (H,) each."""

    cell: Cell
    x: Any
    before: Row
    rows: Row


@dataclass(frozen=True, slots=True)
class _Product:
    part: str
    index: int | None
    weight: float
    value: float


def arithmetic(  # noqa: PLR0913 - a run, a place in it and how it is shown
    network: Network,
    x: NDArray[Any],
    state: State | None,
    *,
    layer: int,
    unit: int,
    t: int,
    gate: str | None = None,
    decimals: int = 3,
    edits: Edits | None = None,
) -> Arithmetic:
    """What made the values of a unit at step t of a run over `x` from `state`; all numbers are in bounds.

    `gate`: a name in the cell's `torch_order`, to get its sum term by term, rounded to `decimals`. `edits` as for
    `Network.run`. Memory does not grow with t. Raises NonFinite where the run, or a sum in float64, leaves the range of
    its numbers.
    """
    edits = until(edits, t + 1)
    moment = _moment(network, x[: t + 1], state, layer, edits)
    table = moment.cell.quantities
    known = {q.key: float(moment.rows[q.name][unit]) for q in table}
    known |= {f"prev.{q.key}": float(moment.before[q.name][unit]) for q in table if q.name in moment.before}
    lines = []
    found = None
    for quantity in table:
        products = {name: _products(moment, quantity, unit, name) for name in _parts(quantity)}
        sums = {name: _total((p.weight * p.value for p in products[name]), (t, layer, quantity)) for name in products}
        edited = edits is not None and bool(edits.steps(layer, quantity.name, unit, t + 1)[t])
        lines.append(_line(quantity, known | sums, edited=edited))
        if quantity.name == gate:
            found = _sum(quantity, known | sums, products, (t, layer, quantity), decimals)
    return Arithmetic(tuple(lines), found)


def together(products: Sequence[float], decimals: int) -> tuple[list[float], float]:
    """Round numbers so that the rounded ones add up to the rounded sum: each goes to a neighbour, down or up.

    Those whose rest is the largest go up (the method of largest remainders), in exact arithmetic.
    """
    scaled = [Fraction(product) * 10**decimals for product in products]
    floors = [math.floor(number) for number in scaled]
    total = math.floor(sum(scaled, Fraction(1, 2)))
    by_rest = sorted(range(len(scaled)), key=lambda k: floors[k] - scaled[k])
    for k in by_rest[: total - sum(floors)]:
        floors[k] += 1
    return [number / 10**decimals for number in floors], total / 10**decimals


def _moment(network: Network, x: NDArray[Any], state: State | None, layer: int, edits: Edits | None) -> _Moment:
    """The last step of a run and the states before it, keeping no other."""
    first = network.initial_state() if state is None else state
    cell = network.cells[layer]
    before: Row = {name: np.asarray(first[layer][name]).astype(cell.dtype) for name in cell.state_names}
    for step in network.steps(x, state, y=False, edits=edits):
        if step.t == len(x) - 1:
            read = step.layers[layer - 1]["h"] if layer else x[-1]
            return _Moment(cell, read if read.ndim == 0 else read.astype(cell.dtype), before, step.layers[layer])
        before = step.layers[layer]
    raise AssertionError("a run yields all of its steps or raises")


def _parts(quantity: Quantity) -> list[str]:
    """The parts of its pre-activation in its formula, "pre.x" and so on."""
    return [name for name in names(parse(quantity.formula)) if name.startswith(PRE)]


def _products(moment: _Moment, quantity: Quantity, unit: int, name: str) -> list[_Product]:
    """The products of which a part such as "pre.h" is the sum."""
    part = name.removeprefix(PRE)
    weights = moment.cell.weights_of(quantity.name, unit)
    if part == "x" and moment.x.ndim == 0:  # one symbol is 1, and all others are 0
        return [_Product("x", int(moment.x), float(weights["x"][moment.x]), 1)]
    if part in ("x", "h"):
        values = moment.x if part == "x" else moment.before["h"]
        return list(map(_Product, [part] * len(values), range(len(values)), _floats(weights[part]), _floats(values)))
    if part == "c":
        order = [q.name for q in moment.cell.quantities]
        seen = moment.rows if order.index("c") < order.index(quantity.name) else moment.before
        return [_Product("c", None, float(weights["c"]), float(seen["c"][unit]))]
    return [_Product(bias, None, float(weights[bias]), 1) for bias in _BIASES.get(part, (part,))]


def _floats(values: Array) -> list[float]:
    found: list[float] = values.tolist()  # float64, exactly
    return found


def _total(products: Iterable[float], place: tuple[int, int, Quantity]) -> float:
    """The double nearest to the exact sum. Raises NonFinite where there is none."""
    t, layer, quantity = place
    try:
        total = math.fsum(products)
    except (OverflowError, ValueError):
        raise NonFinite(t, layer, quantity.name) from None
    if not math.isfinite(total):
        raise NonFinite(t, layer, quantity.name)
    return total


def _line(quantity: Quantity, known: Mapping[str, float], *, edited: bool) -> Line:
    tree = parse(quantity.formula)
    variables = {name: known[name] for name in names(tree)}
    done = tuple((text(step), float(evaluate(step, variables))) for step in steps(tree))
    computed = done[-1][1] if done else float(evaluate(tree, variables))
    return Line(quantity, variables, done, computed, known[quantity.key], edited)


def _sum(
    quantity: Quantity,
    known: Mapping[str, float],
    products: Mapping[str, list[_Product]],
    place: tuple[int, int, Quantity],
    decimals: int,
) -> Sum:
    """The pre-activation as one sum: what its formula multiplies a part by is a factor of the part's terms."""
    call = squashing(parse(quantity.formula))
    if call is None:
        raise AssertionError(f"{quantity.key} has parts and no function of them")
    nothing = dict.fromkeys(products, 0.0)
    factors = {name: float(evaluate(call.args[0], {**known, **nothing, name: 1.0})) for name in products}
    flat = [(factors[name] * p.weight * p.value, p) for name, of_part in products.items() for p in of_part]
    total = _total((product for product, _ in flat), place)
    shown, shown_total = together([product for product, _ in flat], decimals)
    terms = [
        Term(p.part, p.index, p.weight, p.value, product, near) for (product, p), near in zip(flat, shown, strict=True)
    ]
    parts = [
        Part(name.removeprefix(PRE), factors[name], _total((factors[name] * p.weight * p.value for p in row), place))
        for name, row in products.items()
    ]
    by_size = sorted(terms, key=lambda term: -abs(term.product))
    return Sum(quantity.key, tuple(parts), tuple(by_size), total, shown_total)
