"""A real server, or a loop, in a thread of the test, for what only a socket shows and only the inside can confirm."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

import anyio
import uvicorn
from fastapi import FastAPI

from lstm.checkpoint import Model
from lstm.network import Network
from lstm.trace import Step

PATIENCE = 30.0
"""Seconds after which something that should happen is taken not to."""

T = TypeVar("T")


def in_loop(function: Callable[[], Awaitable[T]]) -> T:
    """Run an asynchronous function in a thread of its own: in the test's a browser, if one was opened, keeps a loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, function).result()


@dataclass
class Probe:
    """Stands in for a network: runs it, holds it after `hold_at` steps until `release`, counts, and sees its end."""

    network: Network
    hold_at: int | None = None
    fail_at: int | None = None
    release: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    computed: int = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a network has
        return getattr(self.network, name)

    def steps(self, *arguments: Any, **options: Any) -> Iterator[Step]:
        try:
            for step in self.network.steps(*arguments, **options):
                if step.t == self.hold_at:
                    assert self.release.wait(PATIENCE)
                if step.t == self.fail_at:
                    raise RuntimeError("a fault that nobody foresaw")
                self.computed += 1
                yield step
        finally:
            self.closed.set()


class Probed:
    """A catalog of one model, with a probe in the place of its network."""

    def __init__(self, model: Model, probe: Probe) -> None:
        self._model = replace(model, network=cast(Network, probe))
        self.faults = ()

    def names(self) -> tuple[str, ...]:
        return (self._model.name,)

    def load(self, _name: str) -> Model:
        return self._model


@dataclass
class Address:
    """Where a server listens on loopback."""

    port: int

    def connect(self) -> socket.socket:
        """A connection of its own, over which nothing has been sent."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def ask(self, method: str, path: str, body: object = None, *more: str) -> socket.socket:
        """Send a request over a connection of its own, which the server is asked to close after the answer."""
        sent = b"" if body is None else json.dumps(body).encode()
        head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *more]
        head += ["Content-Type: application/json", f"Content-Length: {len(sent)}", "", ""]
        connection = self.connect()
        connection.sendall("\r\n".join(head).encode() + sent)
        return connection


@dataclass
class Served(Address):
    """A server that runs in a thread."""

    uvicorn: uvicorn.Server


@contextmanager
def served(app: FastAPI, config: uvicorn.Config | None = None) -> Iterator[Served]:
    """Serve on a free port of loopback, in a thread; with `config` as that says."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(config or uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield Served(listener.getsockname()[1], server)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()
        assert not thread.is_alive()


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def read_all(connection: socket.socket) -> bytes:
    """Every byte until the server closes."""
    chunks = []
    while chunk := connection.recv(1 << 16):
        chunks.append(chunk)
    return b"".join(chunks)


def parsed(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """The status, the headers and the body of an HTTP answer, chunks joined."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if headers.get("transfer-encoding") != "chunked":
        return int(first.split()[1]), headers, rest
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        assert rest[length : length + 2] == b"\r\n", "a chunk is cut"
        body, rest = body + rest[:length], rest[length + 2 :]
        if length == 0:
            break
    else:
        raise AssertionError("the last chunk is missing")
    return int(first.split()[1]), headers, body
