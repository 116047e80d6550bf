"""Who is let in: how much one client may ask, how many runs a process works on at once, how large they are together.

All limits are those of one process. A client is an address; who that is behind a proxy, the server has found out before
(X-Forwarded-For, from a trusted proxy alone). Refuses before a body is read; knows no route but their common beginning.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_network
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send
from throttled import MemoryStore, RateLimiterType, Throttled, rate_limiter

from app.errors import problem_response, server_busy, too_many_requests
from app.settings import Settings

API: Final = "/api/"

MOST_CLIENTS: Final = 20_000
"""So many clients are remembered, the latest: about 10 MB. Who is forgotten starts anew."""


class Limits:
    """Refuses a request to the API with 429 or 503 and the time after which to ask again."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._per_minute = settings.requests_per_minute
        self._most = settings.max_streams
        self._running = 0
        self._clients: Throttled | None = None
        if self._per_minute:
            self._clients = Throttled(
                using=RateLimiterType.GCRA.value,  # of its kinds the one on a monotonic clock; one number a client
                quota=rate_limiter.per_min(self._per_minute, burst=self._per_minute),
                store=MemoryStore(options={"MAX_SIZE": MOST_CLIENTS}),
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 429 or 503, or as the application does."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or not path.startswith(API):
            await self._app(scope, receive, send)
            return
        if self._clients is not None:
            found = self._clients.limit(client(scope))
            if found.limited:
                refusal = too_many_requests(self._per_minute, found.state.retry_after)
                await problem_response(refusal)(scope, receive, send)
                return
        if scope["method"] != "POST":  # everything that runs a model is a POST
            await self._app(scope, receive, send)
            return
        if self._running >= self._most:
            await problem_response(server_busy("runs", self._most))(scope, receive, send)
            return
        self._running += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._running -= 1


def client(scope: Scope) -> str:
    """Who asks: an address, and of IPv6 the /64 that one household or machine has to itself."""
    host = str((scope.get("client") or ("unknown",))[0])[:64]
    if ":" not in host:
        return host
    try:
        address = IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


class Room:
    """How much is left for what is being made and read at this moment, in numbers of documents or bytes of requests."""

    def __init__(self, limit: int, what: str = "numbers") -> None:
        self.limit = limit
        self._what = what
        self._left = limit

    def take(self, amount: int) -> None:
        """Hold so much, until it is given back. Raises Fault (503) where it is not to be had."""
        if amount > self._left:
            raise server_busy(self._what, self.limit)
        self._left -= amount

    def give(self, amount: int) -> None:
        """So much is free again."""
        self._left += amount

    @contextmanager
    def taken(self, amount: int) -> Iterator[None]:
        """Hold so much meanwhile. Raises Fault (503) where it is not to be had."""
        self.take(amount)
        try:
            yield
        finally:
            self.give(amount)
