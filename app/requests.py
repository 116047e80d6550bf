"""How a JSON body is read: strictly, as UTF-8 alone, and with the place of a fault.

Standard Python takes NaN and Infinity, half a surrogate pair and numbers of any length for JSON; orjson takes none of
them, stops at a depth of 1,024 and says where. Knows no field of any request.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.errors import Fault, invalid_json, not_utf8, unsupported_media_type


class StrictRequest(Request):
    """A request whose JSON is JSON."""

    async def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The parsed body. Raises Fault with the place of what is wrong, in code points."""
        if not hasattr(self, "_json"):
            body = await self.body()
            try:
                self._json = orjson.loads(body)
            except orjson.JSONDecodeError as error:
                raise _not_utf8(body) or _invalid(error) from None
        return self._json


class JSONRoute(APIRoute):
    """A route that takes a JSON body, says so when it is given anything else, and reads it strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, given a StrictRequest."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise unsupported_media_type(kind)
            return await handler(StrictRequest(request.scope, request.receive))

        return handle


def _not_utf8(body: bytes) -> Fault | None:
    """The fault of a body that is not UTF-8, which orjson takes for surrogates and gives no place."""
    if b"\0" in body[:2]:  # never in JSON in UTF-8, always in JSON in UTF-16 or UTF-32 without a byte order mark
        return not_utf8(0, 1, 1)
    try:
        body.decode()
    except UnicodeDecodeError as error:
        before = body[: error.start].decode()
        place = orjson.JSONDecodeError(error.reason, before, len(before))  # counts the lines
        return not_utf8(place.pos, place.lineno, place.colno)
    return None


def _invalid(error: orjson.JSONDecodeError) -> Fault:
    reason = error.msg.partition(": line ")[0]
    if not reason[1:2].isupper():  # an acronym, such as UTF-8, stays as it is
        reason = reason[:1].lower() + reason[1:]
    if error.doc.startswith(("NaN", "Infinity"), error.pos):
        reason = "NaN and Infinity are no numbers in JSON"
    return invalid_json(reason, error.pos, error.lineno, error.colno)
