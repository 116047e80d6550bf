"""The log: a line of JSON for each request, and every other message in the same form; or plain words for a person.

Knows nothing of requests but their record, and writes nothing that a client sent but an id of hexadecimal digits.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from datetime import UTC, datetime
from http import HTTPStatus
from time import perf_counter
from typing import Any, Final

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.metrics import Metrics
from app.records import Outcome, Record, begin

ID_HEADER: Final = "X-Request-ID"
ID: Final = re.compile(r"[0-9a-fA-F-]{8,64}")
"""What a proxy sends as a request's id, such as nginx's $request_id or a UUID; anything else is not kept."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""A method is a word that its sender chose; another is not written down."""

log = logging.getLogger(__name__)


class JSONLines(logging.Formatter):
    """One JSON object a message: time, level, the message or the facts of a request, a stack where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["stack"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def write_json() -> None:
    """Every message of this process goes to the error stream as JSON, and a line for each request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(logging.INFO)


class Requests:
    """Gives each request an id, tells the log and the metrics how it ended. The outermost of our middleware."""

    def __init__(self, app: ASGIApp, metrics: Metrics | None) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the id as a header."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(ID_HEADER, "")
        record = Record(given if ID.fullmatch(given) else secrets.token_hex(16))
        begin(record)
        started, method, status = perf_counter(), scope["method"], HTTPStatus.INTERNAL_SERVER_ERROR.value

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[ID_HEADER] = record.id
            await send(message)

        if self._metrics is not None:
            self._metrics.opened()
        try:
            await self._app(scope, receive, with_id)
        except BaseException as error:
            record.outcome = "fault" if isinstance(error, Exception) else "cut"
            raise
        finally:
            self._tell(scope, method, status, record, perf_counter() - started)

    def _tell(self, scope: Scope, method: str, status: int, record: Record, seconds: float) -> None:
        outcome = record.outcome or _outcome(status)
        route = getattr(scope.get("route"), "path", None)
        if self._metrics is not None:
            self._metrics.closed(route or "none", status, outcome, seconds, record.model, record.steps)
        if log.isEnabledFor(logging.INFO):
            facts = {
                "id": record.id,
                "method": method if method in METHODS else "other",
                "route": route,
                "status": status,
                "model": record.model,
                "steps": record.steps,
                "seconds": round(seconds, 6),
                "outcome": outcome,
            }
            log.info("request", extra={"facts": facts})


def _outcome(status: int) -> Outcome:
    if status < 400:
        return "ok"
    return "fault" if status == HTTPStatus.INTERNAL_SERVER_ERROR else "refused"
