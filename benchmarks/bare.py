"""A bare ASGI application that sends recorded lines in the batches in which Gatescope does: what HTTP alone costs.

`python -m benchmarks.bare FILE` serves it with the same uvicorn on a free port, which it prints. It reads no request,
checks nothing and computes nothing.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import Receive, Scope, Send

BATCHES: Final = (1, 8, 16, 32, 64)


def cut(recorded: bytes) -> list[bytes]:
    """The lines in batches: the first alone, then 8, 16, 32 and 64 at a time."""
    lines = recorded.splitlines(keepends=True)
    batches, place = [], 0
    while lines:
        size = BATCHES[min(place, len(BATCHES) - 1)]
        batches.append(b"".join(lines[:size]))
        lines, place = lines[size:], place + 1
    return batches


def main(path: str) -> None:
    """Serve the recorded lines."""
    batches = cut(Path(path).read_bytes())
    start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/jsonl")]}

    async def application(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await send(start)
        for batch in batches:
            await send({"type": "http.response.body", "body": batch, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(application, http="h11", lifespan="off", log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[1])
