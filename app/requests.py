"""How a JSON body is read: strictly, and with the place of a fault.

Standard Python takes NaN and Infinity, half a surrogate pair and numbers of any length for JSON; orjson takes none of
them, stops at a depth of 1,024 and says where. Knows no field of any request.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.errors import Fault, invalid_json, unsupported_media_type


class StrictRequest(Request):
    """A request whose JSON is JSON."""

    async def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The parsed body. Raises Fault with the place of what is wrong, in code points."""
        if not hasattr(self, "_json"):
            try:
                self._json = orjson.loads(await self.body())
            except orjson.JSONDecodeError as error:
                raise _invalid(error) from None
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


def _invalid(error: orjson.JSONDecodeError) -> Fault:
    reason = error.msg.partition(": line ")[0]
    reason = reason[:1].lower() + reason[1:]
    if error.doc.startswith(("NaN", "Infinity"), error.pos):
        reason = "NaN and Infinity are no numbers in JSON"
    return invalid_json(reason, error.pos, error.lineno, error.colno)
