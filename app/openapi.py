"""The description of the API: FastAPI's own, and what that cannot know: the types of raw answers, streams, errors.

Knows types and settings; does not know a route.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from app.errors import MEDIA_TYPE as PROBLEM
from app.errors import (
    body_too_large,
    describe,
    invalid_json,
    server_busy,
    slugs,
    too_many_requests,
    unsupported_media_type,
)
from app.limits import API
from app.schemas.difference import DifferenceBody
from app.schemas.explain import ArithmeticBody, JacobianBody, LedgerBody, SaliencyBody
from app.schemas.glance import UnitsBody
from app.schemas.models import CardBody, ExampleBody, ModelsBody
from app.schemas.run import Message, Problem, TraceDocument
from app.settings import MEBIBYTE, Settings, entries
from app.streaming import MEDIA_TYPE as JSON_LINES
from lstm import errors

Responses = dict[int | str, dict[str, Any]]

VERSION: Final = "3.2.0"
"""The version of OpenAPI in which a stream is described by its items (itemSchema)."""

COMPONENTS: Final[Mapping[str, Any]] = {
    "ArithmeticBody": ArithmeticBody,
    "CardBody": CardBody,
    "DifferenceBody": DifferenceBody,
    "ExampleBody": ExampleBody,
    "JacobianBody": JacobianBody,
    "LedgerBody": LedgerBody,
    "Message": Message,
    "ModelsBody": ModelsBody,
    "Problem": Problem,
    "SaliencyBody": SaliencyBody,
    "TraceDocument": TraceDocument,
    "UnitsBody": UnitsBody,
}

MOST_PLACES: Final = 2**31 - 1
"""No step, unit or layer has a larger number."""

RETRY_AFTER: Final = {
    "Retry-After": {
        "description": "Seconds until it is worth asking again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}

MEANINGS: Final[Mapping[int, str]] = {
    400: "The body is not JSON; `position` says where.",
    404: "There is no model of this name; `allowed` names those there are.",
    413: "The body has more than {max_body_bytes:,} bytes, or its values would take more than {max_bodies_bytes:,}.",
    415: "The body should be application/json.",
    422: "Something in the request is not right; `pointer` and `position` say where, `allowed` what would be.",
    429: "More than {requests_per_minute:,} requests a minute from one address; `Retry-After` says when to ask again.",
    500: "The server is at fault.",
    503: "The process already works on {max_streams:,} runs, or has no room for this one beside the others; "
    "`Retry-After` says when to ask again.",
}

EXAMPLES: Final[Mapping[int, Exception]] = {
    400: invalid_json("unexpected end of data", 8, 1, 9),
    404: errors.UnknownModel("brackets", ("brackets-lstm", "recall-lstm")),
    413: body_too_large(2 * MEBIBYTE),
    415: unsupported_media_type("text/plain"),
    422: errors.UnknownSymbol("!", 3, tuple("()[]abcd")),
    429: too_many_requests(6_000, 0.6),
    500: RuntimeError(),
    503: server_busy("runs", 1_000),
}
"""One error of each kind, to show its document."""


def body(name: str, description: str) -> Responses:
    """The answer 200 with one JSON document."""
    return {200: {"description": description, "content": {"application/json": {"schema": _reference(name)}}}}


def lines(name: str, description: str) -> Responses:
    """The answer 200 with one JSON document a line. `schema` says the same for tools older than `itemSchema`."""
    item = _reference(name)
    content = {JSON_LINES: {"itemSchema": item, "schema": {"type": "array", "items": item}}}
    return {200: {"description": description, "content": content}}


def problems(*statuses: int, bad: errors.GatescopeError | None = None) -> Responses:
    """The errors that a route can answer with; `bad` is an example of what is wrong with its input (422)."""
    examples = EXAMPLES if bad is None else {**EXAMPLES, 422: bad}
    return {status: refusal(MEANINGS[status], examples[status]) for status in (*statuses, 500)}


def refusal(meaning: str, example: Exception) -> dict[str, Any]:
    """One error that a route can answer with."""
    content = {PROBLEM: {"schema": _reference("Problem"), "example": describe(example)}}
    return {"description": meaning, "content": content}


def complete(document: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """FastAPI's description with the missing types and the limits of this server filled in, in place."""
    components = document["components"]["schemas"]
    schemas, shared = TypeAdapter.json_schemas(
        [(name, "serialization", TypeAdapter(of)) for name, of in COMPONENTS.items()],
        ref_template="#/components/schemas/{model}",
    )
    components |= shared.get("$defs", {})
    components |= {name: schema for (name, _), schema in schemas.items() if "$ref" not in schema}
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form of an error is never sent
        components.pop(name, None)
    for operation in (operation for path in document["paths"].values() for operation in path.values()):
        if "application/json" in operation["responses"].get("422", {}).get("content", {}):
            del operation["responses"]["422"]
    for path, operations in document["paths"].items():
        if path.startswith(API):
            for method, operation in operations.items():
                _add_limits(operation["responses"], settings, runs=method == "post")
    kinds = {schema["$ref"].rpartition("/")[2]: schema["$ref"] for schema in components["Message"]["anyOf"]}
    components["Message"]["discriminator"] = {
        "propertyName": "type",
        "mapping": {components[kind]["properties"]["type"]["const"]: ref for kind, ref in kinds.items()},
    }
    components["Problem"]["properties"]["type"]["enum"] = slugs()
    document["info"]["x-limits"] = _limits(settings)
    _bound_requests(components, settings)
    return document


def _bound_requests(components: dict[str, Any], settings: Settings) -> None:
    """What this server takes of a sequence, of a state and of a whole number."""
    for rows in components["StateBody"]["properties"].values():
        layers = next(part for part in rows.get("anyOf", [rows]) if part["type"] == "array")
        layers["items"]["maxItems"] = settings.max_units
    for request in (schema for schema in components.values() if schema.get("additionalProperties") is False):
        _bound(request)
        for name in {"input", "other_input"} & set(request["properties"]):
            text, *lists = request["properties"][name]["anyOf"]
            text["maxLength"] = settings.max_steps
            for numbers in lists:
                numbers["maxItems"] = settings.max_steps


def _limits(settings: Settings) -> dict[str, dict[str, Any]]:
    """Every limit of this server by the name of its setting, those too that no schema has a word for."""
    return {
        entry.name: {"value": int(entry.value), "unit": entry.unit, "description": entry.sentence}
        for entry in entries(settings)
        if re.search("_MAX_|(REQUEST|STREAM)_SECONDS$|_PER_MINUTE$", entry.name)
    }


def _bound(schema: Any) -> None:  # noqa: ANN401 - a part of a JSON schema
    """Whole numbers in a request are places in something, counted from 0; orjson reads none above 64 bits."""
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    if isinstance(schema, dict) and schema.get("type") == "integer":
        schema.setdefault("minimum", 0)
        schema.setdefault("maximum", MOST_PLACES)
    for part in parts:
        _bound(part)


def _add_limits(responses: dict[str, Any], settings: Settings, *, runs: bool) -> None:
    """What any request to the API can be refused for, with the numbers of this server."""
    for status in (429, *([503] if runs else [])):
        responses[str(status)] = {**refusal(MEANINGS[status], EXAMPLES[status]), "headers": RETRY_AFTER}
    if settings.requests_per_minute == 0:
        del responses["429"]
    for code, answer in responses.items():
        if answer["description"] == MEANINGS.get(int(code)):
            answer["description"] = answer["description"].format(**settings.model_dump())


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
