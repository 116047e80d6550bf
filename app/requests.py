"""How a JSON body is read: strictly, and with the place of a fault.

Standard Python takes NaN and Infinity, half a surrogate pair and numbers of any length for JSON; orjson takes none of
them, stops at a depth of 1,024 and says where. Knows no field of any request.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.errors import Fault

JSON: Final = "application/json"


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
            if kind != JSON:
                said = f"not as {kind[:80]}" if kind else "and with no Content-Type it is not known to be that"
                detail = f"The body should be sent as {JSON}, {said}."
                raise Fault("unsupported-media-type", 415, detail, allowed=[JSON])
            return await handler(StrictRequest(request.scope, request.receive))

        return handle


def _invalid(error: orjson.JSONDecodeError) -> Fault:
    line, column, reason = error.lineno, error.colno, error.msg.partition(": line ")[0]
    reason = reason[:1].lower() + reason[1:]
    detail = f"The body is not valid JSON: {reason}, at line {line}, column {column}."
    if error.doc[error.pos : error.pos + 9].startswith(("NaN", "Infinity", "-Infinity")):
        detail = f"The body is not valid JSON: NaN and Infinity are no numbers in JSON (line {line}, column {column})."
    return Fault("invalid-json", 400, detail, position=error.pos, line=line, column=column, reason=reason)
