"""Why a value is what it is, as the API says it: the documents of lstm/explain, under the names of JSON.

Knows no HTTP and no mathematics.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from app.schemas.explain import (
    ArithmeticBody,
    IdentityBody,
    LedgerBody,
    MemoryBody,
    QuantityLine,
    SumBody,
    SumPart,
    SumTerm,
    Writer,
)
from app.schemas.run import Numbers
from lstm.checkpoint import Model
from lstm.edits import Edits
from lstm.explain.arithmetic import Line, Sum, Term, arithmetic
from lstm.explain.ledger import (
    TRIANGLE_STEPS,
    History,
    Identity,
    half_lives,
    history,
    identity,
    left,
    shares,
    triangle,
)
from lstm.formula import text
from lstm.tokenizers import Encoded
from lstm.trace import State


@dataclass(frozen=True, slots=True)
class Question:
    """A unit at a step of a run, already checked: what follows can fail only by a number that is not finite."""

    model: Model
    encoded: Encoded
    state: State | None
    layer: int
    unit: int
    t: int
    edits: Edits | None = None

    @property
    def numbers(self) -> int:
        """About what it takes to answer, in numbers of a document: a step has a writer with its words."""
        return 100 * len(self.encoded.tokens)


def encode(document: ArithmeticBody | LedgerBody) -> bytes:
    """The document as JSON; doubles in full, so that they add up in another's hands."""
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


def arithmetic_body(asked: Question, gate: str | None, decimals: int) -> ArithmeticBody:
    """What made the values of a unit at a step; `gate` by its Python name. Raises NonFinite."""
    network, x, place = asked.model.network, asked.encoded.x, {"layer": asked.layer, "unit": asked.unit, "t": asked.t}
    found = arithmetic(network, x, asked.state, **place, gate=gate, decimals=decimals, edits=asked.edits)
    alphabet = asked.model.tokenizer.alphabet if asked.layer == 0 else None
    return {
        "model": asked.model.name,
        "cell": network.cell.name,
        "layer": asked.layer,
        "unit": asked.unit,
        "t": asked.t,
        "quantities": [_line(line, network.dtype) for line in found.lines],
        "sum": None if found.sum is None else _sum(found.sum, alphabet, decimals),
    }


def ledger_body(asked: Question, *, whole: bool) -> LedgerBody:
    """Who wrote what into a unit's memory; with the triangle if `whole`. Raises NonFinite."""
    network, x = asked.model.network, asked.encoded.x
    found = identity(network.cell)
    unit = history(network, x, asked.state, layer=asked.layer, unit=asked.unit, edits=asked.edits)
    return {
        "model": asked.model.name,
        "cell": network.cell.name,
        "layer": asked.layer,
        "unit": asked.unit,
        "t": asked.t,
        "identity": None if found is None else _identity(found),
        "reason": "squashed-at-every-step" if found is None else None,
        "memory": None if unit is None else _memory(unit, asked, whole=whole),
        "triangle_steps": TRIANGLE_STEPS,
    }


def _line(line: Line, dtype: np.dtype[Any]) -> QuantityLine:
    return {
        "key": line.quantity.key,
        "formula": line.quantity.formula,
        "variables": dict(line.variables),
        "steps": [{"formula": formula, "value": value} for formula, value in line.steps],
        "computed": line.computed,
        "value": _as_sent(line.value, dtype),
        "edited": line.edited,
    }


def _as_sent(value: float, dtype: np.dtype[Any]) -> Any:  # noqa: ANN401 - a NumPy number, which JSON takes for a float
    """A number of the trace in the form in which the trace sends it: the shortest that is exact for its dtype."""
    return dtype.type(value)


def _sum(found: Sum, alphabet: tuple[str, ...] | None, decimals: int) -> SumBody:
    def term(one: Term) -> SumTerm:
        symbol = alphabet[one.index] if alphabet and one.part == "x" and one.index is not None else None
        return {**asdict(one), "symbol": symbol}  # type: ignore[typeddict-item]

    parts: list[SumPart] = [{"part": p.part, "factor": p.factor, "sum": p.sum} for p in found.parts]
    return {
        "gate": found.gate,
        "parts": parts,
        "terms": [term(one) for one in found.terms],
        "total": found.total,
        "shown": found.shown,
        "decimals": decimals,
    }


def _identity(found: Identity) -> IdentityBody:
    return {"state": found.key, "keep": text(found.keep), "write": text(found.write)}


def _memory(unit: History, asked: Question, *, whole: bool) -> MemoryBody:
    amounts = left(unit, asked.t)
    value, total = float(unit.state[asked.t]), float(amounts.sum())
    rows: list[Numbers] | None = None
    if whole and len(unit.keep) <= TRIANGLE_STEPS:
        rows = [row.astype(np.float32) for row in triangle(unit)]
    return {
        "value": _as_sent(value, asked.model.network.dtype),
        "total": total,
        "rounding": value - total,
        "writers": _writers(unit, asked.encoded.tokens, amounts),
        "half_life": half_lives(unit.keep),
        "kept": np.ascontiguousarray(unit.keep),
        "wrote": np.ascontiguousarray(unit.write),
        "triangle": rows,
    }


def _writers(unit: History, tokens: Any, amounts: NDArray[np.float64]) -> list[Writer]:  # noqa: ANN401 - of any kind
    """Who wrote, the largest remainder first; the state before the run only where it was not 0."""
    share, partner = shares(amounts)
    written = np.append(unit.first, unit.write[: len(amounts) - 1])
    order = np.argsort(-np.abs(amounts), kind="stable").tolist()
    return [
        {
            "t": k - 1,
            "token": tokens[k - 1] if k else None,
            "written": float(written[k]),
            "left": float(amounts[k]),
            "share": None if share is None else float(share[k]),
            "partner": int(partner[k]) - 1 if partner[k] >= 0 else None,
        }
        for k in order
        if k or unit.first
    ]
