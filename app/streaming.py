"""The one helper that owns a run's generator: it computes batches in the thread pool and stops when the client leaves.

NumPy inside an async generator would freeze the server, and a plain generator handed to the framework is not closed
when the client goes; so this drives the plain generator itself. Does not know what the messages say.
"""

from __future__ import annotations

import logging
from itertools import islice
from typing import Final, cast

import orjson
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from app.errors import describe
from app.messages import Run, encode, messages
from app.schemas.run import ErrorMessage
from lstm.errors import GatescopeError

MEDIA_TYPE: Final = "application/jsonl"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Lines leave as they are written: no cache keeps them and no proxy collects them."""

FIRST_BATCH: Final = 8
"""Steps of the first batch; each next one is twice as long, so that something moves at once and little is wasted."""

log = logging.getLogger(__name__)


class Lines:
    """The lines of a run, a batch at a time, each batch computed and encoded in a thread of the pool.

    What goes wrong inside a batch is raised by the next call, after the lines before it have been handed out.
    """

    def __init__(self, run: Run, limiter: CapacityLimiter, most_steps: int) -> None:
        self._largest = run.batch_steps(most_steps)
        self._messages = messages(run, self._largest)
        self._limiter = limiter
        self._size = 1  # the start line comes alone and waits for no step
        self._fault: Exception | None = None

    async def next(self) -> bytes:
        """The next lines, each with its end; nothing after the last. Raises NonFinite."""
        lines = b""
        if self._fault is None:
            lines = await to_thread.run_sync(self._batch, limiter=self._limiter)
        if not lines and self._fault is not None:
            raise self._fault
        return lines

    def close(self) -> None:
        """Let go of the run. Nothing is being computed then: a cancelled `next` has waited for its thread."""
        self._messages.close()

    def _batch(self) -> bytes:
        lines: list[bytes] = []
        try:
            for message in islice(self._messages, self._size):
                lines.append(encode(message))  # noqa: PERF401 - the lines before a fault are kept
        except Exception as error:  # noqa: BLE001 - raised by `next`, in its place among the lines
            self._fault = error
        self._size = min(max(FIRST_BATCH, 2 * self._size), self._largest)
        return b"".join(lines)


class LinesResponse(StreamingResponse):
    """A run as JSON Lines. The last line is its end, or the problem that ended it; only whole lines are handed over."""

    def __init__(self, lines: Lines) -> None:
        super().__init__((), headers=HEADERS, media_type=MEDIA_TYPE)
        self._lines = lines

    async def stream_response(self, send: Send) -> None:
        """Write batch after batch at the reader's pace; cancelled by the base class when the client leaves."""
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            try:
                while lines := await self._lines.next():
                    await send(_body(lines))
                    await send(_body(b""))  # returns when the reader has kept up: only then is more computed
            except Exception as error:  # the status is sent, so the last line has to say it
                if not isinstance(error, GatescopeError):
                    log.exception("a run failed after its first line")
                await send(_body(error_line(error)))
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._lines.close()


async def document(lines: Lines, request: Request) -> Response:
    """A run as one JSON document, given up when the client leaves. Raises NonFinite."""
    batches: list[bytes] = []
    try:
        while batch := await lines.next():
            batches.append(batch)
            if await request.is_disconnected():
                return Response()
    finally:
        lines.close()
    start, *rest = (batch.rstrip(b"\n") for batch in batches)
    last, _, end = rest.pop().rpartition(b"\n")
    steps = b",".join(batch.replace(b"\n", b",") for batch in (*rest, last) if batch)  # JSON holds no line ends
    body = b'{"start":%b,"steps":[%b],"end":%b}' % (start, steps, end)
    return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")


def error_line(error: Exception) -> bytes:
    """The last line of a run that failed: a problem document, with its slug in `problem`: `type` names the line."""
    found = describe(error)
    line = cast(ErrorMessage, {**found, "type": "error", "problem": found["type"]})
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _body(chunk: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": chunk, "more_body": True}
