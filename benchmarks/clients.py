"""Clients for benchmarks/load.py: many at once in one thread, each a socket that asks and reads, or leaves, or dawdles.

Reads HTTP just well enough to know whether an answer came whole. Knows no address but its port on loopback.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PATIENCE: Final = 300.0
"""Seconds after which an answer is taken to have failed."""


@dataclass(slots=True)
class Answer:
    """What came: `first` and `whole` are seconds from asking to the first byte of the body and to its last."""

    status: int = 0
    body: bytes = b""
    first: float = 0.0
    whole: float = 0.0
    complete: bool = False

    @property
    def lines(self) -> int:
        """How many whole lines the body has."""
        return self.body.count(b"\n")

    @property
    def ended(self) -> bool:
        """The last line is `end`."""
        return self.complete and self.body.endswith(b"}\n") and b'{"type":"end"' in self.body[-200_000:]


def request(method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> bytes:
    """A request as it is sent; the server is asked to close after it."""
    sent = b"" if body is None else json.dumps(body).encode()
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Length: {len(sent)}"]
    head += ["Content-Type: application/json", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return "\r\n".join([*head, "", ""]).encode() + sent


async def ask(port: int, sent: bytes) -> Answer:
    """Ask and read to the end; an answer that did not come whole says so and raises nothing."""
    answer, started = Answer(), time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
            try:
                writer.write(sent)
                await _read(reader, answer, started)
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
        pass
    answer.whole = time.perf_counter() - started
    return answer


async def leave(port: int, sent: bytes, after: int) -> None:
    """Ask, read so many bytes, and be gone without a word."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    while after > 0 and (part := await reader.read(after)):
        after -= len(part)
    writer.transport.abort()


async def dawdle(port: int, sent: bytes, seconds: float, pace: int = 1_000) -> int:
    """Ask, and read `pace` bytes a second for so long; how many came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=pace)
    writer.write(sent)
    seen = 0
    try:
        for _ in range(int(seconds)):
            seen += len(await reader.read(pace))
            await asyncio.sleep(1)
    finally:
        writer.transport.abort()
    return seen


async def _read(reader: asyncio.StreamReader, answer: Answer, started: float) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    answer.status = int(head[9:12])
    length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), None)
    if length is not None:
        answer.body = await reader.readexactly(int(length.partition(b":")[2]))
        answer.first = time.perf_counter() - started
        answer.complete = True
        return
    parts = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        parts.append(await reader.readexactly(size))
        answer.first = answer.first or time.perf_counter() - started
        await reader.readexactly(2)
    answer.body = b"".join(parts)
    answer.complete = True
