"""How the application is served: the socket, the time a connection may take, one process or several, the stop.

uvicorn does the work; what it leaves open is closed here. A client that sends nothing, or reads nothing, would keep its
connection, and what is written for it, for ever. Knows settings; knows nothing of what is answered.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any, Final

import h11
import uvicorn
from anyio import move_on_after
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.settings import Settings

EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - the names of the choice, not the choice

UNSENT_BYTES: Final = 1 << 18
"""How much of an answer the system holds for a slow reader, about a batch of steps; left alone it takes megabytes."""

RECEIVED_BYTES: Final = 1 << 14
"""So much of a body is taken in one go: all that have come are read once before the first of them is refused."""

LAST_BYTES: Final = 1 << 21
"""What the system is to hold of a stream that is cut: all that can be written for it, and what it holds already."""

NO_LIMIT: Final = (1 << 31) - 1

FLUSH_SECONDS: Final = 1.0
"""How long a reader whose stream is cut has to take the lines already written; after that, half a line may be lost."""

FILES: Final = 8_192
"""So many files, connections among them, a process may have open, if the system lets it; an idle one takes 4 kB."""

QUICK_SECONDS: Final = 1.0
"""A process that lived no longer than this is not started again at once."""

log = logging.getLogger(__name__)


class CannotListen(Exception):
    """An address cannot be had, for a reason that a sentence says."""


class Protocol(H11Protocol):
    """uvicorn's, with an end to waiting: for the whole request, and for the reader of the whole answer."""

    def __init__(self, *arguments: Any, request_seconds: int, answer_seconds: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._request_seconds = request_seconds
        self._answer_seconds = answer_seconds
        self._deadline: asyncio.TimerHandle | None = None
        self._answered = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """The client has `request_seconds` for its first request."""
        super().connection_made(transport)
        transport.max_size = RECEIVED_BYTES  # type: ignore[attr-defined] # asyncio's own, which takes 256 kB
        self._wait(self._request_seconds)

    def data_received(self, data: bytes) -> None:
        """The beginning of a request starts the time it may take, its end the time of its answer."""
        if self._answered:
            self._answered = False
            self._wait(self._request_seconds)
        waited = self._awaits_request()
        super().data_received(data)
        if waited and not self._awaits_request() and not self._answered:
            self._wait(self._answer_seconds + FLUSH_SECONDS)

    def on_response_complete(self) -> None:
        """All is written; as long as some of it has not been taken, its time goes on."""
        self._answered = True
        self.cycle.body.clear()  # of one that is refused nobody reads it
        super().on_response_complete()  # which may begin the answer to a request that had come meanwhile
        if not self._awaits_request() and not self.cycle.response_complete:
            self._answered = False
            self._wait(self._answer_seconds + FLUSH_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        super().connection_lost(exc)
        self._wait(None)

    def _awaits_request(self) -> bool:
        return self.conn.their_state in {h11.IDLE, h11.SEND_BODY}

    def _wait(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if seconds is not None:
            self._deadline = self.loop.call_later(seconds, self._expire)

    def _expire(self) -> None:
        if not self._answered or self.transport.get_write_buffer_size():
            self.transport.abort()


class Server(uvicorn.Server):
    """uvicorn, which says when it answers, cuts a stream between two lines, and stops when its parent is gone."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None], parent: int | None = None) -> None:
        super().__init__(config)
        self._started = started
        self._parent = parent

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self._started()

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second."""
        if self._parent is not None and os.getppid() != self._parent:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; of a stream that went on for too long and was cut, send what was written: whole lines."""
        await super().shutdown(sockets)
        for connection in self.server_state.connections:
            _take_all(connection.transport)
        with move_on_after(FLUSH_SECONDS):
            while self.server_state.connections:  # noqa: ASYNC110 - uvicorn gives no sign of it
                await asyncio.sleep(0.01)


def configured(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """What uvicorn is told."""
    return uvicorn.Config(
        app,
        http=partial(  # type: ignore[arg-type] # it is only called
            Protocol, request_seconds=settings.request_seconds, answer_seconds=settings.stream_seconds
        ),
        ws="none",
        log_config=None if settings.log_requests else uvicorn.config.LOGGING_CONFIG,
        log_level="warning",
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


def is_no_cancellation(record: logging.LogRecord) -> bool:
    """A stream that is cut because the server was asked to stop is no fault to be shown with its stack."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def listen(host: str, port: int, count: int = 1) -> list[socket.socket]:
    """Sockets bound to one address, one a process: the system deals connections out to them. Raises CannotListen."""
    first = _listen(host, port, shared=False)
    if count == 1:
        return [first]
    if not hasattr(socket, "SO_REUSEPORT"):
        return [first] * count
    port = first.getsockname()[1]  # which was free: a socket that shares would not have noticed
    first.close()
    return [_listen(host, port, shared=True) for _ in range(count)]


def address(listener: socket.socket) -> str:
    """Where a person finds the server."""
    host, port = listener.getsockname()[:2]
    shown = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    also = " (and at this machine's other addresses)" if host in EVERYWHERE else ""
    return f"http://{shown}:{port}{also}"


def _take_all(transport: asyncio.BaseTransport) -> None:
    """Let the system hold all that is written for a slow reader: it still sends that when the process is gone."""
    connection = transport.get_extra_info("socket")
    with suppress(AttributeError, OSError):  # as where it was limited
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, NO_LIMIT)
        if connection.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) < LAST_BYTES:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LAST_BYTES)


def open_files() -> None:
    """Let this process have as many files open as it may, up to `FILES`: a stream is one."""
    with suppress(ImportError, ValueError, OSError):  # not every system has such a limit
        import resource  # noqa: PLC0415

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


class Children:
    """Processes forked from this one, each started again when it dies, all stopped when this one is asked to stop.

    Forked, so that what was loaded before is in memory once. Fork before a thread is started.
    """

    def __init__(self, work: list[Callable[[], None]], died: Callable[[int], None]) -> None:
        self._work = work
        self._died = died
        self._running: dict[int, tuple[int, float]] = {}
        self._asked: int | None = None

    def run(self) -> int:
        """Keep one child a piece of work until a signal; the signal."""
        signals = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        for place in range(len(self._work)):
            self._start(place)
        while self._running:
            process, _ = os.wait()
            place, started = self._running.pop(process)
            self._died(process)
            if self._asked is None:
                log.error("process %d died and is started again", process)
                if time.monotonic() - started < QUICK_SECONDS:
                    time.sleep(QUICK_SECONDS)
                self._start(place)
        for number, handler in signals.items():
            signal.signal(number, handler)
        return self._asked or 0

    def _start(self, place: int) -> None:
        process = os.fork()
        if process:
            self._running[process] = place, time.monotonic()
            if self._asked is not None:  # it came between the two lines before
                os.kill(process, signal.SIGTERM)
            return
        status = 1
        try:
            os.setpgid(0, 0)  # Ctrl+C is for the parent, which passes it on
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._work[place]()
            status = 0
        finally:
            os._exit(status)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self._asked = number
        for process in self._running:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)


def _listen(host: str, port: int, *, shared: bool) -> socket.socket:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise CannotListen(
            f"There is no address {host!r} to listen on. Try 127.0.0.1, or 0.0.0.0 to let other machines in."
        ) from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    with suppress(AttributeError, OSError):  # not every system has it; connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    try:
        listener.bind(where)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        reasons = {
            errno.EADDRINUSE: f"Port {port} is taken by another program. Choose another one: make run PORT={port + 1}",
            errno.EACCES: f"Port {port} is reserved for the system. Choose one above 1023: make run PORT=8000",
            errno.EADDRNOTAVAIL: f"{host} is not an address of this machine. Try 127.0.0.1, or 0.0.0.0 for all.",
        }
        words = reasons.get(error.errno or 0, f"Cannot listen on {host}, port {port}: {error.strerror}.")
        raise CannotListen(words) from None
    return listener
