"""GET /api/v1/models, one card, and a fresh example of a model's task. Knows how to find a model, not to run one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated, Final

import numpy as np
import orjson
from fastapi import APIRouter, Query, Request, Response

from app.assets import REVALIDATE, Asset
from app.cards import card_body, task_of
from app.deps import Shared
from app.errors import Fault
from app.openapi import body, problems
from app.schemas.models import ExampleBody
from lstm.errors import BadParameter
from lstm.tasks.task import checked

MAX_SEED: Final = 2**32 - 1

router = APIRouter(prefix="/api/v1/models", tags=["models"])


@router.get(
    "",
    summary="List the models",
    response_class=Response,
    responses=body("ModelsBody", "All cards, in the order they are offered.") | problems(),
)
def models(request: Request, shared: Shared) -> Response:
    """List the card of every model: what it reads, what it learned and how well."""
    catalog = shared.catalog
    return _document(
        "models", lambda: {"models": [card_body(catalog.load(name)) for name in catalog.names()]}, request, shared
    )


@router.get(
    "/{name}",
    summary="Describe a model",
    response_class=Response,
    responses=body("CardBody", "The card.") | problems(404),
)
def model(name: str, request: Request, shared: Shared) -> Response:
    """Give the card of one model."""
    found = shared.catalog.load(name)
    return _document(f"models/{found.name}", lambda: card_body(found), request, shared)


@router.get(
    "/{name}/example",
    summary="Draw an example",
    response_class=Response,
    responses=body("ExampleBody", "The input, and what it was drawn with.")
    | problems(404, 422, bad=BadParameter("lag", 999, 1, 200)),
    openapi_extra={
        "parameters": [
            {
                "name": "parameters",
                "in": "query",
                "description": "What the card's `generator` lists, each under its own name, such as lag=50.",
                "schema": {"type": "object", "additionalProperties": {"type": "integer"}},
                "style": "form",
                "explode": True,
            }
        ]
    },
)
def example(
    name: str,
    request: Request,
    shared: Shared,
    seed: Annotated[int | None, Query(ge=0, le=MAX_SEED, description="The same seed draws the same input.")] = None,
) -> Response:
    """Draw a fresh input of the model's task."""
    found = shared.catalog.load(name)
    task = task_of(found)
    if task is None:
        raise Fault("no-examples", 404, f"The model {name} has no task that examples could be drawn from.", model=name)
    seed = secrets.randbelow(MAX_SEED + 1) if seed is None else seed
    given = {key: _integer(key, request.query_params.getlist(key)) for key in request.query_params if key != "seed"}
    parameters = checked(task.parameters, given)
    drawn: ExampleBody = {
        "model": name,
        "input": task.example(np.random.default_rng(seed), **parameters),
        "seed": seed,
        "parameters": parameters,
    }
    return Response(orjson.dumps(drawn), headers={"Cache-Control": "no-store"}, media_type="application/json")


def _integer(name: str, values: list[str]) -> int:
    """A whole number from a query. Raises BadParameter."""
    text = values[0]
    if len(values) != 1 or not text.removeprefix("-").isdecimal() or len(text) > 12:
        raise BadParameter(name, ", ".join(values)[:80])
    return int(text)


def _document(name: str, content: Callable[[], object], request: Request, shared: Shared) -> Response:
    """JSON that a browser keeps and asks about again: cards change only with the server, so they are written once."""
    document = shared.documents.get(name)
    if document is None:
        document = shared.documents[name] = Asset("card.json", orjson.dumps(content()))
    return document.response(request.headers, REVALIDATE)
