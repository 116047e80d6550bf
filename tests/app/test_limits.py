"""Who is let in: a client's requests, the runs at once, the size of documents; each refusal says when to return."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import NoReturn

import anyio
import pytest
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send
from throttled import utils

from app.errors import Fault
from app.limits import Limits, Room, client
from app.main import create_app
from app.server import configured
from app.settings import Settings
from lstm.catalog import Catalog
from tests.app.asking import STREAM, TRACE
from tests.app.serving import Probe, Probed, parsed, read_all, served, wait_until

RUN = {"model": "toy-lstm", "input": "(a)"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock of the limits, which a test turns on by hand; the wall clock jumps about meanwhile."""
    now = [1000.0]
    monkeypatch.setattr(utils, "now_mono_f", lambda: now[0])
    monkeypatch.setattr(time, "time", iter([9e9, 0.0] * 1000).__next__)
    return now


def test_a_client_is_refused_with_the_time_after_which_to_ask_again(
    settings: Settings, catalog: Catalog, clock: list[float]
) -> None:
    asks = TestClient(create_app(settings.model_copy(update={"requests_per_minute": 3}), catalog))
    assert [asks.post(STREAM, json=RUN).status_code for _ in range(4)] == [200, 200, 200, 429]
    clock[0] += 8.5
    refused = asks.get("/api/v1/models")
    document = refused.json()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "12")
    assert (document["type"], document["params"]) == ("too-many-requests", {"limit": 3, "retry_after": 12})
    assert refused.headers["x-content-type-options"] == "nosniff"
    clock[0] += 11.6
    assert [asks.post(TRACE, json=RUN).status_code for _ in range(2)] == [200, 429], "one has come back in 20 s"
    for path in ("/", "/healthz", "/readyz"):
        assert asks.get(path).status_code == 200, "only the API is counted"


def test_the_defaults_let_a_school_in(clock: list[float]) -> None:
    """Three hundred runs in ten seconds from one address, five hundred of them open at once."""
    let_in: list[str] = []

    async def stays_open(scope: Scope, _receive: Receive, _send: Send) -> None:
        let_in.append(scope["path"])
        await anyio.sleep_forever()

    async def school() -> None:
        limits = Limits(stays_open, Settings())
        scope = {"type": "http", "method": "POST", "path": STREAM, "client": ("192.0.2.1", 1)}
        async with anyio.create_task_group() as group:
            for _ in range(500):
                clock[0] += 10 / 300
                group.start_soon(limits, scope, never, never)
            await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()

    anyio.run(school)
    assert let_in == [STREAM] * 500


async def never(*_: object) -> NoReturn:
    raise AssertionError("nothing is to be read or written")


def test_clients_are_told_apart_by_address_and_in_ipv6_by_network() -> None:
    def key(host: str) -> str:
        return client({"client": (host, 1)})

    assert key("192.0.2.1") != key("192.0.2.2")
    assert key("2001:db8:0:1::1") == key("2001:db8:0:1:ffff::2") == "2001:db8:0:1::/64"
    assert key("2001:db8:0:1::1") != key("2001:db8:0:2::1")
    assert key("::ffff:192.0.2.1") == key("192.0.2.1")
    assert key("fe80::1%eth0") == key("fe80::2")
    assert client({"client": None}) == "unknown"
    assert len(key("a:" * 10_000)) <= 64


def test_one_run_more_than_a_process_takes_is_told_to_come_again(catalog: Catalog) -> None:
    probe = Probe(catalog.load("toy-lstm").network, hold_at=2)
    app = create_app(Settings(max_streams=1), Probed(catalog.load("toy-lstm"), probe))  # type: ignore[arg-type]
    with served(app) as server, server.ask("POST", STREAM, RUN) as held:
        wait_until(lambda: probe.computed == 2)
        with server.ask("POST", TRACE, RUN) as other:
            status, headers, body = parsed(read_all(other))
        assert (status, headers["retry-after"]) == (503, "2")
        assert b'"server-busy"' in body
        with server.ask("GET", "/api/v1/models/toy-lstm") as other:
            assert parsed(read_all(other))[0] == 200
        probe.release.set()
        assert b'"type":"end"' in read_all(held)
        with server.ask("POST", TRACE, RUN) as other:
            assert parsed(read_all(other))[0] == 200


def test_documents_that_do_not_fit_together_come_one_after_the_other(catalog: Catalog) -> None:
    """6 quantities x 6 units x 3 steps = 108 numbers a document."""
    probe = Probe(catalog.load("toy-lstm").network, hold_at=2)
    room = Settings(max_document_numbers=1_000)
    app = create_app(room, Probed(catalog.load("toy-lstm"), probe))  # type: ignore[arg-type]
    large = {"model": "toy-lstm", "input": "a" * 25}
    with served(app) as server, server.ask("POST", TRACE, large) as held:
        wait_until(lambda: probe.computed == 2)
        with server.ask("POST", TRACE, RUN) as other:
            status, _, body = parsed(read_all(other))
        assert status == 503
        assert b'"params":{"what":"numbers","limit":1000,"retry_after":2}' in body
        probe.release.set()
        assert parsed(read_all(held))[0] == 200
        with server.ask("POST", TRACE, large) as other:
            assert parsed(read_all(other))[0] == 200


def test_room_is_given_back_whatever_happens() -> None:
    room = Room(10)
    with room.taken(8), pytest.raises(Fault), room.taken(3):
        pass
    with suppress(RuntimeError), room.taken(10):
        raise RuntimeError
    with room.taken(10):
        pass


def test_only_a_trusted_proxy_says_who_the_client_is(settings: Settings, catalog: Catalog) -> None:
    """X-Forwarded-For is read by uvicorn; who is trusted is our setting, and what it says reaches the limit."""
    for trusted, expected in (("127.0.0.1", [200, 200, 429]), ("192.0.2.9", [200, 429, 429])):
        chosen = settings.model_copy(update={"requests_per_minute": 1, "trusted_proxies": trusted})
        with served(create_app(chosen, catalog), configured(create_app(chosen, catalog), chosen)) as server:
            found = []
            for address in ("198.51.100.1", "198.51.100.2", "198.51.100.2"):
                with server.ask("GET", "/api/v1/models/toy-lstm", None, f"X-Forwarded-For: {address}") as asked:
                    found.append(parsed(read_all(asked))[0])
            assert found == expected
