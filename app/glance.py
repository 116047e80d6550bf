"""A layer at a glance, as the API gives it: from a request to a checked question, from the core's facts to the answer.

Knows the names of JSON and the limits of this server; does not know HTTP or how a fact is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Depends

from app.deps import Shared, opened, trace_numbers, within
from app.errors import Fault
from app.schemas.glance import OnTokenBody, SaturationBody, StepEvents, UnitBody, UnitsBody, UnitsRequest
from lstm.checkpoint import Model
from lstm.edits import Edits
from lstm.explain import glance
from lstm.explain.seriation import order
from lstm.formula import text
from lstm.tokenizers import Encoded
from lstm.trace import State


@dataclass(frozen=True, slots=True)
class Question:
    """A layer of a run, checked: what follows can fail only by a number that is not finite."""

    model: Model
    encoded: Encoded
    state: State | None
    layer: int
    edits: Edits | None

    @property
    def numbers(self) -> int:
        """About what it takes to answer, in numbers of a document."""
        return len(self.encoded.tokens) * _a_step(self.model)


def checked_units(request: UnitsRequest, shared: Shared) -> Question:
    """A layer whose run this server keeps in one piece. Raises the core's errors, or Fault, with a `pointer`."""
    model, encoded, state, edits = opened(request, shared.catalog, shared.settings.max_steps)
    network = model.network
    within("layer", request.layer, len(network.cells))
    limit = shared.settings.max_document_numbers // _a_step(model)
    steps = len(encoded.tokens)
    if steps > limit:
        detail = (
            f"The facts of a layer of {network.hidden_size:,} units are made from a run of at most {limit:,} steps "
            f"here, not of {steps:,}."
        )
        raise Fault("too-many-steps", 422, detail, pointer="/input", steps=steps, limit=limit)
    return Question(model, encoded, state, request.layer, edits)


CheckedUnits = Annotated[Question, Depends(checked_units)]


def units_answer(asked: Question) -> bytes:
    """Compute and write a UnitsBody. Raises NonFinite."""
    network = asked.model.network
    trace = network.run(asked.encoded.x, asked.state, y=False, edits=asked.edits)
    layer = glance.read(network.cell, trace, asked.layer)
    body: UnitsBody = {
        "model": asked.model.name,
        "cell": network.cell.name,
        "layer": asked.layer,
        "state": "h" if layer.found is None else layer.found.key,
        "identity": None,
        "output_gate": layer.output_gate,
        "saturation": [_saturation(gate, glance.saturation(values)) for gate, values in layer.gates.items()],
        "units": _units(layer, asked),
        "order": order(layer.state),
        "steps": _steps(layer, asked.encoded.tokens),
    }
    if (found := layer.found) is not None:
        body["identity"] = {"state": found.key, "keep": text(found.keep), "write": text(found.write)}
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)


def _a_step(model: Model) -> int:
    """A trace in float32 and as much again, in bytes of JSON."""
    return 3 * trace_numbers(model, 1) // 2


def _saturation(gate: str, found: glance.Saturation) -> SaturationBody:
    low, high = found.whole
    return {"gate": gate, "low": low, "high": high, "units": {"low": found.low, "high": found.high}}


def _units(layer: glance.Layer, asked: Question) -> list[UnitBody]:
    """The facts of every unit; a smallest and a largest state are float32, as in the trace."""
    label, tokens = glance.labels(asked.encoded.x), asked.encoded.tokens
    writes = glance.by_input(layer.write, label, "size")
    resets = None if layer.keep is None else glance.by_input(layer.keep, label, "least")
    opens = None if layer.opening is None else glance.by_input(layer.opening, label, "most")
    dtype = asked.model.network.dtype.type
    lows, highs, means = layer.state.min(axis=0), layer.state.max(axis=0), layer.state.mean(axis=0).tolist()
    return [
        {
            "unit": unit,
            "mean": mean,
            "min": dtype(lows[unit]),
            "max": dtype(highs[unit]),
            "half_life": None if layer.keep is None else glance.half_life(layer.keep[:, unit]),
            "writes": _on_tokens(writes[unit], tokens),
            "resets": None if resets is None else _on_tokens(resets[unit], tokens),
            "opens": None if opens is None else _on_tokens(opens[unit], tokens),
        }
        for unit, mean in enumerate(means)
    ]


def _on_tokens(found: list[glance.OnInput], tokens: Any) -> list[OnTokenBody]:  # noqa: ANN401 - of any kind
    return [{"token": tokens[one.t], **one._asdict()} for one in found]  # type: ignore[typeddict-item]


def _steps(layer: glance.Layer, tokens: Any) -> list[StepEvents]:  # noqa: ANN401 - of any kind
    return [
        {"t": t, "token": tokens[t], "events": [event._asdict() for event in told]}  # type: ignore[misc]
        for t, told in enumerate(glance.events(layer))
    ]
