"""Gradients as the API gives them: from a request to a checked question, from what the core finds to the answer.

Knows the names of JSON and the limits of this server; does not know HTTP or how a gradient is computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import orjson
from fastapi import Depends

from app.deps import Shared, opened, trace_numbers, within
from app.errors import Fault
from app.schemas.explain import JacobianBody, JacobianRequest, Norms, SaliencyBody, SaliencyRequest
from app.schemas.strict import NAME_LENGTH
from lstm.activations import Array
from lstm.checkpoint import Model
from lstm.edits import Edits
from lstm.explain.jacobian import jacobian, multiplications
from lstm.explain.ledger import identity
from lstm.explain.saliency import saliency
from lstm.formula import text
from lstm.tokenizers import Encoded
from lstm.trace import State


@dataclass(frozen=True, slots=True)
class Question:
    """A layer, a step and perhaps an output of a run, checked: what follows can fail only by a number not finite."""

    model: Model
    encoded: Encoded
    state: State | None
    layer: int
    t: int
    output: int | None = None
    edits: Edits | None = None

    @property
    def numbers(self) -> int:
        """About what it takes to answer, in numbers of a document: doubles beside a trace, and one Jacobian."""
        return (self.t + 1) * _a_step(self.model) + 20 * self.model.network.hidden_size**2


def _a_step(model: Model) -> int:
    return 3 * trace_numbers(model, 1)


def checked_jacobian(request: JacobianRequest, shared: Shared) -> Question:
    """A Jacobian that this server computes. Raises the core's errors, or Fault, with a `pointer`."""
    question = _question(request, shared)
    cell = question.model.network.cells[question.layer]
    limit = shared.settings.max_jacobian_multiplications // multiplications(cell)
    _limited(question, limit, f"The Jacobian of a layer of {cell.hidden_size:,} units")
    return question


CheckedJacobian = Annotated[Question, Depends(checked_jacobian)]


def checked_saliency(request: SaliencyRequest, shared: Shared) -> Question:
    """Gradients of an output that fit into a document. Raises the core's errors, or Fault, with a `pointer`."""
    question = _question(request, shared)
    network = question.model.network
    limit = shared.settings.max_document_numbers // _a_step(question.model)
    _limited(question, limit, f"The gradients by the gates of a layer of {network.hidden_size:,} units")
    return question


CheckedSaliency = Annotated[Question, Depends(checked_saliency)]


def jacobian_answer(asked: Question) -> bytes:
    """Compute and write a JacobianBody. Raises NonFinite."""
    cell = asked.model.network.cells[asked.layer]
    network, place = asked.model.network, {"layer": asked.layer, "t": asked.t}
    found = jacobian(network, asked.encoded.x, asked.state, **place, edits=asked.edits)
    keys = {quantity.name: quantity.key for quantity in cell.quantities}
    body: JacobianBody = {
        "model": asked.model.name,
        "cell": cell.name,
        "layer": asked.layer,
        "t": asked.t,
        "total": _norms(found.total),
        "blocks": [{"of": keys[of], "by": keys[by], **_norms(logs)} for (of, by), logs in found.blocks.items()],
        "direct": None,
    }
    path = identity(type(cell))
    if path is not None and found.direct is not None:
        body["direct"] = {"state": path.key, "keep": text(path.keep), **_norms(found.direct)}
    return orjson.dumps(body)


def saliency_answer(asked: Question) -> bytes:
    """Compute and write a SaliencyBody. Raises NonFinite."""
    network, outputs = asked.model.network, asked.model.card["outputs"]
    found = saliency(network, asked.encoded.x, asked.state, t=asked.t, output=asked.output, edits=asked.edits)
    keys = {quantity.name: quantity.key for quantity in network.cell.quantities}
    body: SaliencyBody = {
        "model": asked.model.name,
        "cell": network.cell.name,
        "layer": asked.layer,
        "t": asked.t,
        "output": found.output,
        "symbol": None if outputs is None else outputs[found.output],
        "logit": found.logit,
        "inputs": found.inputs.astype(np.float64),
        "gates": {keys[gate]: list(np.ascontiguousarray(rows)) for gate, rows in found.pre[asked.layer].items()},
    }
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)


def _norms(log10: Array) -> Norms:
    """Norms given by their log10 as JSON has numbers: null for a norm above a double's range, and for the log of 0."""
    with np.errstate(over="ignore"):
        norms = 10.0**log10
    pair = [[value if np.isfinite(value) else None for value in values.tolist()] for values in (norms, log10)]
    return {"norm": pair[0], "log10": pair[1]}


def _question(request: JacobianRequest | SaliencyRequest, shared: Shared) -> Question:
    """The layer, the step and the output, each found to be there. Raises BadParameter with the bounds."""
    model, encoded, state, edits = opened(request, shared.catalog, shared.settings.max_steps)
    t = len(encoded.tokens) - 1 if request.t is None else request.t
    within("layer", request.layer, len(model.network.cells))
    within("t", t, len(encoded.tokens))
    output = _output(request.output, model) if isinstance(request, SaliencyRequest) else None
    return Question(model, encoded, state, request.layer, t, output, edits)


def _output(given: str | int | None, model: Model) -> int | None:
    """The place of an output that is named by its symbol or its number. Raises Fault or BadParameter."""
    symbols = model.card["outputs"]
    if isinstance(given, str):
        given = given[:NAME_LENGTH]
    if isinstance(given, str) and symbols is not None:
        if given not in symbols:
            detail = f'This model has no output "{given}". It has: {" ".join(symbols)}'
            raise Fault("unknown-output", 422, detail, pointer="/output", output=given, allowed=list(symbols))
        return symbols.index(given)
    if given is not None:
        within("output", given, model.network.output_size)
    return given if isinstance(given, int) else None


def _limited(asked: Question, limit: int, what: str) -> None:
    """Raises Fault where more steps are looked back over than this server does for a layer of that width."""
    steps = asked.t + 1
    if steps > limit:
        detail = (
            f"{what} can look back over at most {limit:,} steps here, not over {steps:,}: ask about an earlier step."
        )
        raise Fault("too-many-steps", 422, detail, pointer="/t", steps=steps, limit=limit)
