"""One shape for every error: RFC 9457 problem documents, and the one table from a domain error to a status code.

The words here are plain English for curl; the page translates by `type` and `params` from its own catalogues.
Knows no route.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from math import ceil
from typing import Any, Final

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import JsonValue, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.schemas.run import Problem
from lstm import errors

MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[Mapping[type[errors.GatescopeError], int]] = {
    errors.UnknownModel: 404,
    errors.UnknownTask: 404,
    errors.BadCheckpoint: 500,
}
"""The status of a domain error; what is not listed is the caller's input at fault: 422."""


BUSY_SECONDS: Final = 2
"""When a client that found no room should come again: most runs are over by then."""


class Fault(HTTPException):
    """A request that the web edge itself refuses: a stable slug, a status and a sentence, and where the fault lies."""

    def __init__(
        self,
        slug: str,
        status: int,
        detail: str,
        *,
        pointer: str | None = None,
        headers: Mapping[str, str] | None = None,
        **params: JsonValue,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.slug = slug
        self.pointer = pointer
        self.params = params


SLUGS: Final = (
    "bad-parameter",
    "body-too-large",
    "document-too-large",
    "internal-error",
    "invalid-json",
    "method-not-allowed",
    "missing-field",
    "no-examples",
    "not-found",
    "not-ready",
    "server-busy",
    "took-too-long",
    "too-many-requests",
    "too-many-steps",
    "unknown-field",
    "unknown-output",
    "unsupported-media-type",
    "wrong-type",
)
"""The problems that the web edge itself finds."""

WANTED: Final[Mapping[str, str]] = {
    "bool_parsing": "be true or false",
    "bool_type": "be true or false",
    "dict_type": "be an object",
    "finite_number": "be a finite number",
    "float_type": "be a number",
    "greater_than_equal": "be at least {ge:,.15g}",
    "int_parsing": "be a whole number",
    "int_parsing_size": "be a smaller number",
    "int_type": "be a whole number",
    "less_than_equal": "be at most {le:,.15g}",
    "list_type": "be a list",
    "model_attributes_type": "be an object",
    "model_type": "be an object",
    "string_type": "be text",
}
"""What pydantic's commonest faults mean to a person who does not know Python; in braces, the facts it gives."""


def problem(
    slug: str, status: int, detail: str, params: Mapping[str, Any] | None = None, pointer: str | None = None
) -> Problem:
    """The problem document of these facts; `pointer`, `position` and `allowed` stand on top where they apply."""
    params = {name: _within_json(value) for name, value in (params or {}).items()}
    document: Problem = {
        "type": slug,
        "title": slug.replace("-", " ").capitalize().replace("json", "JSON"),
        "status": status,
        "detail": detail,
    }
    pointer = params.pop("pointer", pointer)
    if pointer is not None:
        document["pointer"] = pointer
    if "position" in params:
        document["position"] = params["position"]
    if (allowed := params.get("allowed", params.get("known"))) is not None:
        document["allowed"] = allowed
    if params:
        document["params"] = params
    return document


def _within_json(value: Any) -> Any:  # noqa: ANN401 - any fact of a problem
    """The same fact; a whole number of more than 64 bits, which JSON here cannot hold, as text."""
    return str(value) if isinstance(value, int) and not -(2**63) <= value < 2**64 else value


def describe(error: Exception) -> Problem:
    """The problem document of any exception; one that nobody foresaw gives away nothing but that it happened."""
    match error:
        case Fault():
            return problem(error.slug, error.status_code, error.detail, error.params, error.pointer)
        case errors.GatescopeError():
            return problem(error.slug, _status(error), error.detail, error.params)
        case RequestValidationError():
            return _invalid(error.errors())
        case ValidationError():  # a request that did not come over HTTP
            return _invalid([{**found, "loc": ("body", *found["loc"])} for found in error.errors()])
        case HTTPException():
            return _from_http(error)
        case _:
            return problem(
                "internal-error", 500, "Something went wrong in the server. It was not your input's fault; try again."
            )


def problem_response(error: Exception) -> Response:
    """The same as an HTTP response."""
    document = describe(error)
    headers = error.headers if isinstance(error, HTTPException) else None
    return Response(
        orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY),
        document["status"],
        {**(headers or {}), "Cache-Control": "no-store"},
        MEDIA_TYPE,
    )


def invalid_json(reason: str, position: int, line: int, column: int) -> Fault:
    """The body is not JSON, from this place on (in code points)."""
    detail = f"The body is not valid JSON: {reason}, at line {line}, column {column}."
    return Fault("invalid-json", 400, detail, position=position, line=line, column=column, reason=reason)


def not_utf8(position: int, line: int, column: int) -> Fault:
    """The body is not text in UTF-8, from this place on (in code points)."""
    detail = (
        f"The body is not UTF-8, from line {line}, column {column} on; "
        "JSON should be sent as UTF-8, neither in another encoding nor compressed."
    )
    reason = "the body is not UTF-8"
    return Fault("invalid-json", 400, detail, position=position, line=line, column=column, reason=reason)


def unsupported_media_type(given: str) -> Fault:
    """The body is sent as something other than JSON; `given` is empty where it does not say as what."""
    said = f"not as {given[:80]}" if given else "and with no Content-Type it is not known to be that"
    detail = f"The body should be sent as application/json, {said}."
    return Fault("unsupported-media-type", 415, detail, allowed=["application/json"])


def body_too_large(limit: int) -> Fault:
    """The body has more than `limit` bytes."""
    detail = f"The request's body is too large: at most {limit:,} bytes are read."
    return Fault("body-too-large", 413, detail, limit=limit)


def too_many_values(limit: int) -> Fault:
    """The values of the body would take more than `limit` bytes of memory."""
    detail = f"The request's body has too many values: together they would take more than {limit:,} bytes of memory."
    return Fault("body-too-large", 413, detail, limit=limit)


def too_many_requests(limit: int, seconds: float) -> Fault:
    """One client has asked more of the API than `limit` a minute; it may ask again after `seconds`."""
    wait = max(1, ceil(seconds))
    detail = f"That were more than {limit:,} requests a minute from one address. Ask again in {wait} s."
    return Fault("too-many-requests", 429, detail, headers={"Retry-After": str(wait)}, limit=limit, retry_after=wait)


def server_busy(what: str, limit: int) -> Fault:
    """The process already works on as much as it takes on at once: `limit` of `what`, runs, numbers or bytes."""
    detail = f"The server is busy: it works on at most {limit:,} {what} at once. Ask again in {BUSY_SECONDS} s."
    headers = {"Retry-After": str(BUSY_SECONDS)}
    return Fault("server-busy", 503, detail, headers=headers, what=what, limit=limit, retry_after=BUSY_SECONDS)


def took_too_long(limit: int) -> Fault:
    """An answer took longer than `limit` seconds, its reader included."""
    detail = f"This answer took longer than {limit:,} s, so it ends here. A run can be continued from its last step."
    return Fault("took-too-long", 503, detail, limit=limit)


def slugs() -> list[str]:
    """Every `type` that a problem of this API can have."""
    return sorted({*SLUGS, *(cls.slug for cls in errors.GatescopeError.__subclasses__())})


def _status(error: errors.GatescopeError) -> int:
    return next((STATUS[cls] for cls in type(error).__mro__ if cls in STATUS), 422)


def _from_http(error: HTTPException) -> Problem:
    if error.status_code == 404:
        return problem("not-found", 404, "There is nothing at this address. The API is described at /docs.")
    if error.status_code == 405:
        allowed = [method.strip() for method in (error.headers or {}).get("Allow", "").split(",") if method.strip()]
        detail = f"This address does not answer that method; it answers {' and '.join(allowed)}."
        return problem("method-not-allowed", 405, detail, {"allowed": allowed})
    phrase = HTTPStatus(error.status_code).phrase
    return problem(phrase.lower().replace(" ", "-"), error.status_code, str(error.detail))


def _invalid(found: Sequence[Mapping[str, Any]]) -> Problem:
    """The first fault that pydantic found, in our words; the others follow once this one is mended."""
    first = found[0]
    where, *path = first["loc"]
    kind, facts = first["type"], first.get("ctx", {})
    pointer = json_pointer(path) if where == "body" else None
    if kind == "unknown_field":
        field, allowed = facts["field"], facts["allowed"]
        detail = f'There is no field "{field}" here. The fields: {", ".join(allowed)}.'
        return problem("unknown-field", 422, detail, facts, f"{pointer}{json_pointer([field])}")
    if kind == "missing" and not path:
        return problem("invalid-json", 400, "The body is empty; it should be a JSON object.", pointer="")
    name = str(path[-1]) if path else "body"
    if kind == "missing":
        return problem("missing-field", 422, f'The field "{name}" is missing.', {"field": name}, pointer)
    right = wanted(first)
    what = f'The parameter "{name}"' if pointer is None else f'The value at "{pointer}"' if path else "The body"
    slug = "bad-parameter" if pointer is None else "wrong-type"
    return problem(slug, 422, f"{what} should {right}.", {"field": name, "wanted": right}, pointer)


def wanted(found: Mapping[str, Any]) -> str:
    """What would be right where pydantic found this fault, to follow "should"."""
    words = WANTED.get(found["type"])
    return words.format(**found.get("ctx", {})) if words else re.sub(r"^\w+ should ", "", str(found["msg"]))


def json_pointer(path: Sequence[object]) -> str:
    """RFC 6901: the place of a value in a JSON document."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
