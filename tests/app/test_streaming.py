"""The stream over a real socket: whole, sent as it is computed, stopped when nobody listens, small."""

from __future__ import annotations

import json
import logging
import threading
import tracemalloc
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.deps import prepare
from app.main import create_app
from app.messages import encode, messages
from app.schemas.run import TraceRequest
from app.settings import Settings
from app.streaming import Crowd, Lines
from lstm.catalog import Catalog
from tests.app.asking import STREAM, TRACE, stream
from tests.app.serving import Probe, Probed, in_loop, parsed, read_all, served, wait_until

LONG = "(a[b]cd)" * 1250
REQUEST = {"model": "toy-lstm", "input": LONG}


def probed(catalog: Catalog, probe: Probe, **options: Any) -> FastAPI:
    settings = Settings(**options)
    return create_app(settings, Probed(catalog.load("toy-lstm"), probe))  # type: ignore[arg-type]


def test_ten_thousand_steps_arrive_whole(settings: Settings, catalog: Catalog) -> None:
    request = {"model": "toy-lstm", "input": LONG, "include": ["h"]}
    with served(create_app(settings, catalog)) as server, server.ask("POST", STREAM, request) as connection:
        status, headers, body = parsed(read_all(connection))
    assert status == 200
    assert headers["content-type"] == "application/jsonl"
    assert headers["x-accel-buffering"] == "no"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert body.endswith(b"\n")
    lines = [json.loads(line) for line in body.splitlines()]
    assert [line["type"] for line in lines] == ["start", *["step"] * 10_000, "end"]
    assert [line["t"] for line in lines[1:-1]] == list(range(10_000))


def test_steps_arrive_before_the_run_is_over(catalog: Catalog) -> None:
    """The network stands still after eight steps; the start and those eight are there all the same."""
    probe = Probe(catalog.load("toy-lstm").network, hold_at=8)
    with served(probed(catalog, probe)) as server, server.ask("POST", STREAM, REQUEST) as connection:
        seen = b""
        while seen.count(b'"type":"step"') < 8:
            chunk = connection.recv(1 << 16)
            assert chunk
            seen += chunk
        assert seen.count(b'"type":"start"') == 1
        assert not probe.closed.is_set()
        probe.release.set()
        status, _, body = parsed(seen + read_all(connection))
    assert (status, body.count(b'"type":"step"')) == (200, 10_000)


def test_a_run_stops_within_a_batch_when_its_reader_leaves(catalog: Catalog) -> None:
    """The network stands still until the server has seen the reader go; then it may end the batch it is in."""
    probe = Probe(catalog.load("toy-lstm").network, hold_at=2_000)
    with served(probed(catalog, probe, batch_steps=16)) as server:
        connection = server.ask("POST", STREAM, REQUEST)
        seen = b""
        while seen.count(b'"type":"step"') < 1_000:
            seen += connection.recv(1 << 16)
        wait_until(lambda: probe.computed == 2_000)
        connection.close()
        wait_until(lambda: not server.uvicorn.server_state.connections)
        probe.release.set()
        assert probe.closed.wait(30)
    assert 2_000 <= probe.computed < 2_016


def test_a_document_stops_within_a_batch_when_its_reader_leaves(catalog: Catalog) -> None:
    probe = Probe(catalog.load("toy-lstm").network, hold_at=2_000)
    with served(probed(catalog, probe, batch_steps=16)) as server:
        connection = server.ask("POST", TRACE, REQUEST)
        wait_until(lambda: probe.computed == 2_000)
        connection.close()
        wait_until(lambda: not server.uvicorn.server_state.connections)
        probe.release.set()
        assert probe.closed.wait(30)
    assert 2_000 <= probe.computed < 2_016


def test_a_reader_that_does_not_read_holds_the_computing_back(catalog: Catalog) -> None:
    """Nobody reads 40 MB: the server may fill the buffers between them and must then wait."""
    loaded = catalog.load("toy-lstm")
    probe = Probe(loaded.network, hold_at=9_999)
    with served(probed(catalog, probe)) as server:
        request = {"model": "toy-lstm", "input": LONG, "include": ["f", "i", "C_tilde", "C", "o", "h", "pre"]}
        with server.ask("POST", STREAM, request):
            wait_until(lambda: probe.computed > 64)
            with server.ask("GET", "/healthz") as other:
                assert parsed(read_all(other))[0] == 200
        assert probe.closed.wait(30)
    assert probe.computed < 9_999


def test_the_server_answers_while_a_run_computes(catalog: Catalog) -> None:
    probe = Probe(catalog.load("toy-lstm").network, hold_at=8)
    with served(probed(catalog, probe, compute_threads=1)) as server, server.ask("POST", STREAM, REQUEST) as held:
        wait_until(lambda: probe.computed == 8)
        for path in ("/healthz", "/api/v1/models", "/", "/static/x/plotly.min.js"):
            with server.ask("GET", path) as other:
                assert parsed(read_all(other))[0] == 200
        probe.release.set()
        assert b'"type":"end"' in read_all(held)


def test_a_number_that_is_not_finite_ends_the_stream_with_an_error_line(client: TestClient) -> None:
    start, *steps, last = stream(client, "overflowing", [0.1, 0.2, 10, 0.1])
    assert (start["type"], start["steps"]) == ("start", 4)
    assert [step["type"] for step in steps] == ["step", "step"]
    assert last == {
        "type": "error",
        "problem": "non-finite",
        "title": "Non finite",
        "status": 422,
        "detail": "The network left the range of its numbers at step 2: y of layer 0 is not finite.",
        "params": {"step": 2, "layer": 0, "quantity": "y"},
    }


def test_a_number_that_is_not_finite_makes_the_document_a_problem(client: TestClient) -> None:
    answer = client.post(TRACE, json={"model": "overflowing", "input": [0.1, 10]})
    assert (answer.status_code, answer.json()["type"]) == (422, "non-finite")
    assert answer.json()["params"] == {"step": 1, "layer": 0, "quantity": "y"}


def test_a_fault_that_nobody_foresaw_is_the_last_line_and_in_the_log(
    catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    probe = Probe(catalog.load("toy-lstm").network, fail_at=3)
    lines = stream(TestClient(probed(catalog, probe)), "toy-lstm", "(a[b])")
    assert [line["type"] for line in lines] == ["start", "step", "step", "step", "error"]
    assert lines[-1]["problem"] == "internal-error"
    assert "nobody" not in json.dumps(lines[-1])
    assert [record.levelno for record in caplog.records if record.name == "app.streaming"] == [logging.ERROR]


def test_batches_start_small_and_grow(catalog: Catalog) -> None:
    run = prepare(TraceRequest(model="toy-lstm", input="a" * 300), catalog, 10_000)

    async def sizes() -> list[int]:
        lines = Lines(run, anyio.CapacityLimiter(1), 64)
        found = []
        while batch := await lines.next():
            found.append(batch.count(b"\n"))
        return found

    assert in_loop(sizes) == [1, 8, 16, 32, 64, 64, 64, 53]


def test_in_a_crowd_batches_are_smaller_and_a_run_that_ends_makes_room(catalog: Catalog) -> None:
    """A step of 36 numbers, though only 6 are sent; two and a half million are shared by all that are open."""
    run = prepare(TraceRequest(model="toy-lstm", input="a" * 300, include=["f"]), catalog, 10_000)

    async def sizes() -> list[int]:
        crowd = Crowd(runs=3_124)
        lines = Lines(run, anyio.CapacityLimiter(1), 64, crowd)
        found = [(await lines.next()).count(b"\n") for _ in range(4)]
        crowd.runs = 1
        found += [(await lines.next()).count(b"\n") for _ in range(2)]
        lines.close()
        lines.close()
        return [*found, crowd.runs]

    assert in_loop(sizes) == [1, 8, 16, 22, 22, 44, 0]


def test_wide_networks_have_smaller_batches(catalog: Catalog) -> None:
    run = prepare(TraceRequest(model="toy-lstm", input="a", include=["pre"]), catalog, 10_000)
    assert run.numbers_per_step == 6 * (6 + 12)
    assert run.batch_steps(64) == 64
    assert run.batch_steps(100_000) == 200_000 // 108


def test_the_memory_of_a_stream_does_not_grow_with_its_length(catalog: Catalog) -> None:
    def peak(length: int) -> int:
        run = prepare(TraceRequest(model="toy-gru", input=LONG[:length], include=["h", "pre"]), catalog, 10_000)
        lines = messages(run, 64)
        next(lines)  # the start line holds the tokens and their marks
        tracemalloc.start()
        for message in lines:
            encode(message)
        largest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return largest

    for thread in threading.enumerate():
        if thread.name == "compress":  # an application that an earlier test started may still pack its files
            thread.join()
    peak(200)
    assert peak(5_000) - peak(500) < 100_000, "4,500 more messages would be 10 MB if they were kept"
