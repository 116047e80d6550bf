"""What holds for every answer: the security headers, a path prefix, the size of a body, HEAD.

Plain ASGI, because Starlette's BaseHTTPMiddleware hides a leaving client from a stream. FastAPI's own max_body_size is
not used: it answers a declared length that is too large in plain text, and every error here has one shape.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import body_too_large, problem_response, too_many_values
from app.limits import Room

EMPTY_STYLE: Final = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
"""The hash of nothing: plotly.js adds an empty style element and then fills it by script."""

MAP_STYLE: Final = "sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o="
"""The hash of the style sheet of plotly.js 4.1.1's map library, which it adds whether there is a map or not."""

VALUES: Final = (b",", b":", b"[", b"{")
VALUE_BYTES: Final = 80
"""What a value takes in memory when JSON is parsed, about; before each stands one of these, or the body's beginning.

"[[],[]" is 3 bytes a value as it is sent, and a list of 64.
"""


def security_headers(frame_ancestors: str) -> dict[str, str]:
    """What a browser may do with our pages: run and load our own files, and nothing else."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'self' '{EMPTY_STYLE}' '{MAP_STYLE}'",
        "style-src-attr": "'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": frame_ancestors,
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


class SecurityHeaders:
    """Adds headers to every answer that does not bring its own."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class PathPrefix:
    """Serves the application under a prefix as well, for a proxy that does not cut it off."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, which finds its own address behind `root_path`."""
        path = scope.get("path", "")
        if path == self._prefix:
            await RedirectResponse(f"{self._prefix}/")(scope, receive, send)
        elif path.startswith(f"{self._prefix}/"):
            scope["root_path"] = self._prefix  # in place: the log reads from the scope which route was found
            await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class BodyLimit:
    """Refuses a body of more than `limit` bytes, and one without room beside the others that are read and checked.

    By its declared length before reading, else while reading. A body takes its bytes, and what its values take once
    they are parsed, from its first byte to the first of the answer: then it is checked, and let go.
    """

    def __init__(self, app: ASGIApp, limit: int, room: Room) -> None:
        self._app = app
        self._limit = limit
        self._room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 or 503, or as the application does."""
        declared = Headers(scope=scope).get("content-length", "0") if scope["type"] == "http" else "0"
        if declared.isdecimal() and int(declared[:20]) > self._limit:
            await problem_response(body_too_large(self._limit))(scope, receive, send)
            return
        read = held = 0

        async def counted() -> Message:
            nonlocal read, held
            message = await receive()
            part = message.get("body", b"")
            weight = len(part) + VALUE_BYTES * sum(map(part.count, VALUES))
            read += len(part)
            if read > self._limit:
                raise body_too_large(self._limit)
            if held + weight > self._room.limit:
                raise too_many_values(self._room.limit)
            self._room.take(weight)
            held += weight
            return message

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                let_go()
            await send(message)

        def let_go() -> None:
            nonlocal held
            self._room.give(held)
            held = 0

        try:
            await self._app(scope, counted, answered)
        finally:
            let_go()


class HeadAsGet:
    """Answers HEAD as GET without the body (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application would answer GET, headers alone."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        scope["method"] = "GET"  # in place: the log reads from the scope which route was found
        await self._app(scope, receive, without_body)
