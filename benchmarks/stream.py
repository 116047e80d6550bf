"""Row 4: streamed steps a second over HTTP, H = 64, against FastAPI's own JSON Lines of a pydantic model.

Both run the same untrained network in one server process and send messages of the same shape over loopback; the reader
takes bytes off a socket and counts steps. FastAPI's stream is measured as a plain generator and as an async one (which
keeps every other request waiting), and the faster of the two is the peer. `python -m benchmarks.stream` prints the row.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import uvicorn
from pydantic import BaseModel

from app.deps import prepare
from app.main import create_app
from app.schemas.run import TraceRequest
from app.settings import Settings
from benchmarks.rows import Row, print_rows
from lstm.catalog import Catalog
from lstm.untrained import untrained

HIDDEN_SIZE: Final = 64
STEPS: Final = 2_000
ROUNDS: Final = 12
ALPHABET: Final = "()[]abcd"
MODEL: Final = f"untrained-lstm-{HIDDEN_SIZE}"
OURS: Final = "/api/v1/trace/stream"
PEERS: Final = {"plain generator": "/peer/plain", "async generator": "/peer/async"}


class Layer(BaseModel):
    """The peer's layer."""

    f: list[float]
    i: list[float]
    C_tilde: list[float]
    C: list[float]
    o: list[float]
    h: list[float]


class Next(BaseModel):
    """The peer's next symbol."""

    symbol: str
    p: float


class Output(BaseModel):
    """The peer's output."""

    top: list[tuple[str, float]]
    value: list[float] | None
    next: Next | None
    answer: str | None
    right: bool | None
    truth: dict[str, float] | None


class Step(BaseModel):
    """The peer's step."""

    type: str
    t: int
    token: str
    layers: list[Layer]
    y: Output


def run() -> list[Row]:
    """Measure the row."""
    with _server() as port:
        times = {path: float("inf") for path in (OURS, *PEERS.values())}
        for _ in range(ROUNDS):
            times = {path: min(best, _seconds(port, path)) for path, best in times.items()}
    name, peer = min(PEERS.items(), key=lambda item: times[item[1]])
    ratio = times[peer] / times[OURS]
    measured = f"{ratio:.2f}x: {STEPS / times[OURS]:,.0f} steps/s against {STEPS / times[peer]:,.0f} ({name})"
    return [Row(f"4  stream over HTTP, H = {HIDDEN_SIZE}", ">= 1.5x", ">= 2.5x", measured, ratio >= 1.5)]


def _seconds(port: int, path: str) -> float:
    """From the request to the last byte of a stream."""
    body = json.dumps({"model": MODEL, "input": _input()}).encode()
    head = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close"]
    head += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
    chunks = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        start = time.perf_counter()
        connection.sendall("\r\n".join(head).encode() + body)
        while chunk := connection.recv(1 << 20):
            chunks.append(chunk)
        taken = time.perf_counter() - start
    steps = b"".join(chunks).count(b'{"type":"step"')
    if steps != STEPS:
        raise RuntimeError(f"{path} sent {steps} steps instead of {STEPS}")
    return taken


def _input() -> str:
    return (ALPHABET * STEPS)[:STEPS]


@contextmanager
def _server() -> Iterator[int]:
    """A server process with both streams; its port."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.stream", folder]
        one_thread = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        root = Path(__file__).parent.parent
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=one_thread) as process:
            try:
                if process.stdout is None or not (line := process.stdout.readline()):
                    raise RuntimeError("the benchmark's server did not start")
                yield int(line)
            finally:
                process.terminate()


def _serve(folder: str) -> None:
    """Serve ours and the peer's streams of an untrained model on a free port, which is printed."""
    untrained("lstm", HIDDEN_SIZE, alphabet=ALPHABET, name=MODEL).save(Path(folder) / f"{MODEL}.safetensors")
    settings = Settings(models=(Path(folder),))
    app = create_app(settings)
    steps = _peer(Catalog(settings.models))

    @app.post(PEERS["plain generator"])
    def plain() -> Iterable[Step]:
        yield from steps()

    @app.post(PEERS["async generator"])
    async def asynchronous() -> AsyncIterable[Step]:
        for step in steps():
            yield step

    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])


def _peer(catalog: Catalog) -> Callable[[], Iterator[Step]]:
    """The same run as pydantic models, built the way FastAPI's documentation builds them."""
    prepared = prepare(TraceRequest(model=MODEL, input=_input()), catalog, STEPS)
    network, tokens = prepared.model.network, prepared.encoded.tokens
    index = {symbol: k for k, symbol in enumerate(ALPHABET)}

    def steps() -> Iterator[Step]:
        for t, layers, y, _ in network.steps(prepared.encoded.x):
            p = [] if y is None else y.tolist()
            top = sorted(zip(ALPHABET, p, strict=True), key=lambda pair: -pair[1])[:5]
            following = str(tokens[t + 1]) if t + 1 < len(tokens) else None
            yield Step(
                type="step",
                t=t,
                token=str(tokens[t]),
                layers=[
                    Layer(
                        f=row["f"].tolist(),
                        i=row["i"].tolist(),
                        C_tilde=row["c_tilde"].tolist(),
                        C=row["c"].tolist(),
                        o=row["o"].tolist(),
                        h=row["h"].tolist(),
                    )
                    for row in layers
                ],
                y=Output(
                    top=top,
                    value=None,
                    next=None if following is None else Next(symbol=following, p=p[index[following]]),
                    answer=None,
                    right=None,
                    truth=None,
                ),
            )

    return steps


if __name__ == "__main__":
    if sys.argv[1:]:
        _serve(sys.argv[1])
    else:
        print_rows(run())
