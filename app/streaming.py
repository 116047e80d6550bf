"""The one helper that owns a run's generator: it computes batches in the thread pool and stops when the client leaves.

NumPy inside an async generator would freeze the server, and a plain generator handed to the framework is not closed
when the client goes; so this drives the plain generator itself. Does not know what the messages say.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Final, cast

import orjson
from anyio import CapacityLimiter, move_on_after, to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.errors import describe, took_too_long
from app.limits import Room
from app.messages import Run, encode, messages
from app.records import note
from app.schemas.run import ErrorMessage
from lstm.errors import GatescopeError

MEDIA_TYPE: Final = "application/jsonl"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Lines leave as they are written: no cache keeps them and no proxy collects them."""

FIRST_BATCH: Final = 8
"""Steps of the first batch; each next one is twice as long, so that something moves at once and little is wasted."""

UNREAD_NUMBERS: Final = 2_500_000
"""All runs of a process together hold about so many numbers, computed or written: 28 MB of JSON, were all written."""

LAST_SECONDS: Final = 0.5
"""How long a reader of an answer that took too long has to make room for the line that says so."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Crowd:
    """How many runs of this process are open: they share the memory for what is computed and not yet read."""

    runs: int = 0

    def batch_steps(self, run: Run, most: int) -> int:
        """How many steps of a run to compute and send in one go: fewer in a crowd, and where the network is wide."""
        return max(1, min(run.batch_steps(most), UNREAD_NUMBERS // max(1, self.runs) // run.computed_per_step))


class Lines:
    """The lines of a run, a batch at a time, each batch computed and encoded in a thread of the pool.

    What goes wrong inside a batch is raised by the next call, after the lines before it have been handed out.
    """

    def __init__(self, run: Run, limiter: CapacityLimiter, most_steps: int, crowd: Crowd | None = None) -> None:
        self._run = run
        self._most_steps = most_steps
        self._crowd = crowd or Crowd()
        self._messages = messages(run, self._crowd.batch_steps(run, most_steps))
        self._limiter = limiter
        self._open = False
        self._size = 1  # the start line comes alone and waits for no step
        self._fault: Exception | None = None

    async def next(self) -> bytes:
        """The next lines, each with its end; nothing after the last. Raises NonFinite."""
        lines = b""
        if not self._open:
            self._open = True
            self._crowd.runs += 1
        if self._fault is None:
            lines = await to_thread.run_sync(self._batch, limiter=self._limiter)
        if not lines and self._fault is not None:
            raise self._fault
        return lines

    def close(self) -> None:
        """Let go of the run. Nothing is being computed then: a cancelled `next` has waited for its thread."""
        if self._open:
            self._open = False
            self._crowd.runs -= 1
        self._messages.close()

    def _batch(self) -> bytes:
        lines: list[bytes] = []
        try:
            for message in islice(self._messages, self._size):
                lines.append(encode(message))  # noqa: PERF401 - the lines before a fault are kept
        except Exception as error:  # noqa: BLE001 - raised by `next`, in its place among the lines
            self._fault = error
        self._size = min(max(FIRST_BATCH, 2 * self._size), self._crowd.batch_steps(self._run, self._most_steps))
        return b"".join(lines)


class LinesResponse(StreamingResponse):
    """A run as JSON Lines. The last line is its end, or the problem that ended it; only whole lines are handed over."""

    def __init__(self, lines: Lines, seconds: int) -> None:
        super().__init__((), headers=HEADERS, media_type=MEDIA_TYPE)
        self._lines = lines
        self._seconds = seconds

    async def stream_response(self, send: Send) -> None:
        """Write batch after batch at the reader's pace; cancelled by the base class when the client leaves."""
        note(outcome="left")  # unless what follows comes to its end
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            try:
                with move_on_after(self._seconds) as time:
                    while lines := await self._lines.next():
                        await send(_body(lines))
                        await send(_body(b""))  # returns when the reader has kept up: only then is more computed
                if time.cancelled_caught:
                    await self._give_up(send)
                    return
            except Exception as error:  # the status is sent, so the last line has to say it
                if not isinstance(error, GatescopeError):
                    log.exception("a run failed after its first line")
                await send(_body(error_line(error)))
                note(outcome="failed")
            else:
                note(outcome="ok")
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._lines.close()

    async def _give_up(self, send: Send) -> None:
        """Say that it took too long to a reader who still takes it; app/server.py closes the connection of another."""
        note(outcome="late")
        self._lines.close()
        with move_on_after(LAST_SECONDS):
            await send(_body(error_line(took_too_long(self._seconds))))
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class DocumentResponse(Response):
    """A document in parts, never joined; `held` is let go when the last part has been taken, or its reader has left."""

    def __init__(self, parts: list[bytes], held: ExitStack) -> None:
        super().__init__(b"", headers={"Cache-Control": "no-store"}, media_type="application/json")
        self._parts = parts
        self._held = held
        self.headers["Content-Length"] = str(sum(map(len, parts)))

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send part after part at the reader's pace."""
        with self._held:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            for k, part in enumerate(self._parts):
                self._parts[k] = b""
                await send(_body(part))
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def document(run: Run, lines: Lines, request: Request, room: Room) -> Response:
    """A run as one JSON document, given up when the client leaves. Raises NonFinite, or Fault without room."""
    held = ExitStack()
    held.enter_context(room.taken(len(run) * run.numbers_per_step))
    held.callback(lines.close)
    try:
        parts = await _parts(lines, request)
    except BaseException:
        held.close()
        raise
    return DocumentResponse(parts, held)


async def _parts(lines: Lines, request: Request) -> list[bytes]:
    """The document of a run in parts; none when the client has left."""
    start = await lines.next()
    parts = [b'{"start":', start.rstrip(b"\n"), b',"steps":[']
    last = await lines.next()
    while batch := await lines.next():
        parts.append(last.replace(b"\n", b","))  # JSON holds no line ends
        last = batch
        if await request.is_disconnected():
            note(outcome="left")
            return []
    steps, _, end = last.rstrip(b"\n").rpartition(b"\n")
    if steps:
        parts.append(steps.replace(b"\n", b","))
    else:
        parts[-1] = parts[-1].removesuffix(b",")
    return [*parts, b'],"end":', end, b"}"]


def error_line(error: Exception) -> bytes:
    """The last line of a run that failed: a problem document, with its slug in `problem`: `type` names the line."""
    found = describe(error)
    line = cast(ErrorMessage, {**found, "type": "error", "problem": found["type"]})
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _body(chunk: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": chunk, "more_body": True}
