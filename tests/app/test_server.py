"""How it is served: nobody keeps a connection by doing nothing, several processes are one server, the stop is clean."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from app.main import create_app
from app.server import configured
from app.settings import Settings
from lstm.catalog import Catalog
from tests.app.asking import STREAM, TRACE
from tests.app.serving import Address, Probe, Probed, Served, parsed, read_all, served, wait_until
from tests.conftest import ROOT

LONG = {"model": "toy-lstm", "input": "a" * 10_000, "include": ["f", "i", "C_tilde", "C", "o", "h", "pre"]}


@contextmanager
def patient_for(catalog: Catalog, probe: Probe | None = None, **limits: int) -> Iterator[Served]:
    """Our own protocol with these limits, which a test can wait for."""
    settings = Settings(**limits)  # type: ignore[arg-type]
    found = catalog if probe is None else Probed(catalog.load("toy-lstm"), probe)
    app = create_app(settings, found)  # type: ignore[arg-type]
    with served(app, configured(app, settings)) as server:
        yield server


def closed_by_the_server(connection: socket.socket) -> bool:
    """Nothing more comes, whether the server said goodbye or hung up."""
    try:
        return connection.recv(1 << 16) == b""
    except ConnectionResetError:
        return True


HALF = b"POST /api/v1/trace HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"


@pytest.mark.parametrize("sent", [b"", b"GET / HT", HALF])
def test_who_does_not_send_a_whole_request_is_hung_up_on(catalog: Catalog, sent: bytes) -> None:
    with patient_for(catalog, request_seconds=1) as server, server.connect() as connection:
        connection.sendall(sent)
        assert closed_by_the_server(connection)
        wait_until(lambda: not server.uvicorn.server_state.connections)


def test_of_a_request_that_is_refused_no_body_is_kept(catalog: Catalog) -> None:
    """Three thousand of them, which send no more, kept 200 MB."""
    head = b"POST /api/v1/trace HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 70000\r\n\r\n"
    with patient_for(catalog) as server, server.connect() as connection:
        connection.sendall(head + b" " * 60_000)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 415")
        (protocol,) = server.uvicorn.server_state.connections
        wait_until(lambda: protocol.cycle.response_complete)  # type: ignore[union-attr]
        assert protocol.cycle.body == b""  # type: ignore[union-attr]


def test_who_does_not_read_an_answer_is_hung_up_on(catalog: Catalog) -> None:
    """A stream of 36 MB and a file of a megabyte, neither of them read."""
    with patient_for(catalog, stream_seconds=1) as server:
        with server.ask("POST", STREAM, LONG), server.ask("GET", "/static/x/plotly.min.js"):
            wait_until(lambda: len(server.uvicorn.server_state.connections) >= 1)
            wait_until(lambda: not server.uvicorn.server_state.connections)
        assert not server.uvicorn.server_state.tasks


def test_a_stream_that_takes_too_long_says_so_in_its_last_line(catalog: Catalog) -> None:
    probe = Probe(catalog.load("toy-lstm").network, hold_at=8)
    with patient_for(catalog, probe, stream_seconds=1) as server, server.ask("POST", STREAM, LONG) as connection:
        wait_until(lambda: probe.computed == 8)
        time.sleep(1.1)  # the limit is a second, and the thread that computes cannot be interrupted
        probe.release.set()
        status, _, body = parsed(read_all(connection))
        assert status == 200
        last = json.loads(body.splitlines()[-1])
        assert (last["type"], last["problem"], last["params"]) == ("error", "took-too-long", {"limit": 1})
        assert probe.closed.wait(30)


def test_a_connection_that_is_kept_alive_starts_its_time_anew(catalog: Catalog) -> None:
    with patient_for(catalog, request_seconds=1, stream_seconds=1) as server, server.connect() as connection:
        for _ in range(4):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            seen = b""
            while b'"status":"ok"' not in seen:
                chunk = connection.recv(1 << 16)
                assert chunk
                seen += chunk
            time.sleep(0.6)  # four of them are longer than either limit


@contextmanager
def workers(number: int, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`python -m app` with several processes, and its address."""
    command = [sys.executable, "-m", "app", "--port", "0"]
    everything = {**os.environ, "GATESCOPE_WORKERS": str(number), **environment}
    with subprocess.Popen(
        command, cwd=ROOT, env=everything, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        found = re.match(r"Gatescope is at (\S+) ", process.stdout.readline())
        assert found, process.stderr and process.stderr.read()
        try:
            yield process, found[1]
        finally:
            process.terminate()


def children(process: int) -> list[int]:
    """The processes that a process started."""
    return sorted(child for child, parent in alive().items() if parent == process)


def alive() -> dict[int, int]:
    """Every process of this machine that has not ended, with its parent."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return {int(process): int(parent) for process, parent, state in rows if not state.startswith("Z")}


def test_several_processes_are_one_server(model_folder: Path) -> None:
    """Answers do not differ, a killed one is replaced while the others go on, what they counted adds up, all stop."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    run = {"model": "toy-gru", "input": "([a])"}
    with workers(3, GATESCOPE_MODELS=str(model_folder), GATESCOPE_METRICS_PORT=str(port)) as (process, address):
        server = Address(int(address.rpartition(":")[2]))
        started = children(process.pid)
        assert len(started) == 4, "three that serve and one that shows the metrics"
        answers = Counter()  # type: ignore[var-annotated]
        for _ in range(24):
            with server.ask("POST", TRACE, run) as connection:
                answers[parsed(read_all(connection))[2]] += 1
        assert list(answers.values()) == [24]
        os.kill(started[0], signal.SIGKILL)
        for _ in range(24):
            with server.ask("POST", TRACE, run) as connection:
                answers[parsed(read_all(connection))[2]] += 1
        assert list(answers.values()) == [48]
        wait_until(lambda: len(children(process.pid)) == 4)
        told = httpx2.get(f"http://127.0.0.1:{port}/metrics").text
        assert f'gatescope_requests_total{{outcome="ok",route="{TRACE}",status="200"}} 48.0' in told
        assert 'gatescope_steps_total{model="toy-gru"} 240.0' in told
        process.send_signal(signal.SIGTERM)
        _, complained = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGTERM
    assert complained.startswith(f"process {started[0]} died")
    assert not set(started) & set(alive())


def test_processes_stop_when_the_one_that_started_them_is_killed() -> None:
    with workers(2) as (process, address):
        started = children(process.pid)
        process.kill()
        wait_until(lambda: not set(started) & set(alive()))
        wait_until(lambda: refuses(Address(int(address.rpartition(":")[2]))))


def refuses(server: Address) -> bool:
    """Nobody listens there."""
    try:
        server.connect().close()
    except ConnectionRefusedError:
        return True
    return False
