"""The log and the metrics: one line of JSON a request, nothing of what was typed; what is counted is what happened."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client import generate_latest

from app.logs import JSONLines
from app.main import create_app
from app.metrics import Metrics
from app.settings import Settings
from lstm.catalog import Catalog
from tests.app.asking import STREAM, TRACE
from tests.app.serving import Probe, Probed, read_all, served, wait_until


class Log:
    """What was written."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    """The log of this process as an operator turns it on, kept here."""
    written = Log()
    handler = logging.StreamHandler(written.stream)
    handler.setFormatter(JSONLines())
    logger = logging.getLogger("app")
    level = logging.getLogger("app.logs").level
    logger.addHandler(handler)
    logging.getLogger("app.logs").setLevel(logging.INFO)
    yield written
    logger.removeHandler(handler)
    logging.getLogger("app.logs").setLevel(level)


def test_a_request_is_one_line_that_says_all_but_what_was_typed(client: TestClient, log: Log) -> None:
    answers = [
        client.post(STREAM, json={"model": "toy-lstm", "input": "(a[b])"}),
        client.post(TRACE, json={"model": "toy-lstm", "input": "secret"}),
        client.post(TRACE, json={"model": "secret", "input": "a"}),
        client.post(TRACE, content=b"secret", headers={"Content-Type": "application/json"}),
        client.get("/api/v1/models/toy-lstm?secret=1"),
        client.get("/secret"),
        client.head("/healthz"),
        client.request("SECRET", "/healthz"),
        client.post(STREAM, json={"model": "overflowing", "input": [0.1, 10]}),
    ]
    found = log.lines()
    assert [line["id"] for line in found] == [answer.headers["x-request-id"] for answer in answers]
    assert "ecret" not in log.stream.getvalue().lower()
    facts = [[line[key] for key in ("method", "route", "status", "model", "steps", "outcome")] for line in found]
    assert facts == [
        ["POST", STREAM, 200, "toy-lstm", 6, "ok"],
        ["POST", TRACE, 422, None, None, "refused"],
        ["POST", TRACE, 404, None, None, "refused"],
        ["POST", TRACE, 400, None, None, "refused"],
        ["GET", "/api/v1/models/{name}", 200, None, None, "ok"],
        ["GET", None, 404, None, None, "refused"],
        ["HEAD", "/healthz", 200, None, None, "ok"],
        ["other", "/healthz", 405, None, None, "refused"],
        ["POST", STREAM, 200, "overflowing", 2, "failed"],
    ]
    for line in found:
        assert (line["level"], line["event"]) == ("info", "request")
        assert 0 <= line["seconds"] < 60
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0123456789abcdef0123456789abcdef", True),
        ("6F9619FF-8B86-D011-B42D-00C04FC964FF", True),
        ("a b", False),
        ("", False),
    ],
)
def test_an_id_that_a_proxy_gave_is_kept(client: TestClient, given: str, kept: bool) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert (answer.headers["x-request-id"] == given) is kept
    assert len(answer.headers["x-request-id"]) >= 32


def test_a_reader_who_left_and_a_fault_are_told_apart(catalog: Catalog, log: Log) -> None:
    model = catalog.load("toy-lstm")
    long = {"model": "toy-lstm", "input": "a" * 5_000}
    probe = Probe(model.network, hold_at=100)
    metrics = Metrics()
    with served(create_app(Settings(), Probed(model, probe), metrics)) as server:  # type: ignore[arg-type]
        connection = server.ask("POST", STREAM, long)
        wait_until(lambda: probe.computed == 100)
        assert b"gatescope_requests_open 1.0" in generate_latest(metrics.registry())
        connection.close()
        wait_until(lambda: not server.uvicorn.server_state.connections)
        probe.release.set()
        wait_until(lambda: bool(log.lines()))
        probe.fail_at = 3
        with server.ask("POST", STREAM, long) as failing:
            assert b'"internal-error"' in read_all(failing)
    outcomes = [(line["outcome"], line["steps"]) for line in log.lines() if line["event"] == "request"]
    assert outcomes == [("left", 5_000), ("failed", 5_000)]
    stack = [line["stack"] for line in log.lines() if line["level"] == "error"]
    assert ["a fault that nobody foresaw" in text for text in stack] == [True]
    told = generate_latest(metrics.registry()).decode()
    assert f'gatescope_requests_total{{outcome="left",route="{STREAM}",status="200"}} 1.0' in told
    assert f'gatescope_requests_total{{outcome="failed",route="{STREAM}",status="200"}} 1.0' in told
    assert 'gatescope_steps_total{model="toy-lstm"} 10000.0' in told
    assert f'gatescope_request_seconds_count{{route="{STREAM}"}} 2.0' in told
    assert "gatescope_requests_open 0.0" in told


def test_what_nobody_foresaw_has_its_id_in_the_answer_and_its_line_in_the_log(
    settings: Settings, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings)

    def fail(*_: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("app.routes.models.card_body", fail)
    answer = TestClient(app, raise_server_exceptions=False).get("/api/v1/models/toy-lstm")
    (line,) = log.lines()
    assert (line["outcome"], line["status"], line["id"]) == ("fault", 500, answer.headers["x-request-id"])
