"""Who is let in: a client's requests, the runs at once, the size of documents; each refusal says when to return."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import NoReturn

import anyio
import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from throttled import utils

from app.errors import Fault
from app.glance import Question as Units
from app.glance import units_answer
from app.limits import Limits, Room, client
from app.main import create_app
from app.middleware import BodyLimit
from app.routes import explain as routes
from app.server import configured
from app.settings import Settings
from lstm.catalog import Catalog
from tests.app.asking import STREAM, TRACE
from tests.app.serving import PATIENCE, Probe, Probed, in_loop, parsed, read_all, served, wait_until

LEDGER, UNITS = "/api/v1/explain/ledger", "/api/v1/explain/units"
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

    in_loop(school)
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


def test_a_document_made_in_one_piece_takes_its_room(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The units of 25 steps of 6 quantities x 6 units take half as much again: 1,350 numbers."""
    making, go_on = Event(), Event()
    monkeypatch.setattr(routes, "units_answer", held_up(units_answer, making, go_on))
    app = create_app(Settings(max_document_numbers=2_000), catalog)
    asked = {"model": "toy-lstm", "input": "a" * 25}
    with served(app) as server, server.ask("POST", UNITS, asked) as held:
        assert making.wait(PATIENCE)
        with server.ask("POST", UNITS, asked) as other:
            status, _, body = parsed(read_all(other))
        assert (status, b'"params":{"what":"numbers","limit":2000,"retry_after":2}' in body) == (503, True)
        go_on.set()
        assert parsed(read_all(held))[0] == 200
        with server.ask("POST", UNITS, asked) as other:
            assert parsed(read_all(other))[0] == 200


def test_no_run_waits_for_a_large_document_and_none_is_made_for_who_has_left(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    making, go_on = Event(), Event()

    def counted(asked: Units) -> bytes:
        made.append(len(asked.encoded.tokens))
        return units_answer(asked)

    monkeypatch.setattr(routes, "units_answer", held_up(counted, making, go_on))
    app = create_app(Settings(compute_threads=1), catalog)
    with served(app) as server, server.ask("POST", UNITS, {"model": "toy-lstm", "input": "a" * 2_000}) as held:
        assert making.wait(PATIENCE)
        with server.ask("POST", STREAM, RUN) as run, server.ask("POST", LEDGER, {**RUN, "unit": 0, "t": 0}) as small:
            assert b'"type":"end"' in read_all(run)
            assert parsed(read_all(small))[0] == 200
        with server.ask("POST", UNITS, {"model": "toy-lstm", "input": "a" * 2_001}):
            wait_until(lambda: app.state.services.pondering.statistics().tasks_waiting == 1)
        with server.ask("POST", UNITS, {"model": "toy-lstm", "input": "a" * 2_002}) as last:
            wait_until(lambda: app.state.services.pondering.statistics().tasks_waiting == 2)
            go_on.set()
            assert parsed(read_all(held))[0] == parsed(read_all(last))[0] == 200
    assert made == [2_000, 2_002]


def held_up(made: Callable[[Units], bytes], making: Event, go_on: Event) -> Callable[[Units], bytes]:
    """The same, which says when it begins and waits until it may go on."""

    def make(asked: Units) -> bytes:
        making.set()
        assert go_on.wait(PATIENCE)
        return made(asked)

    return make


def test_bodies_share_room_until_they_are_checked() -> None:
    """100 bytes of text and 10 values in 10 more: 900 bytes each, in room for 1,000."""
    parts = [b'"' + b"a" * 98 + b'"', b",0" * 5 + b",,,,,"]
    weight = 100 + 15 + 80 * 10
    room = Room(1_000, "bytes")
    checked, sent = anyio.Event(), anyio.Event()

    async def reads(_scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass
        await checked.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await sent.wait()

    limit = BodyLimit(reads, 10_000, room)

    async def ask() -> None:
        left = [{"type": "http.request", "body": part, "more_body": part is parts[0]} for part in parts]

        async def receive() -> Message:
            return left.pop(0)

        async def send(_: Message) -> None:
            pass

        await limit({"type": "http", "headers": []}, receive, send)

    async def both() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(Fault) as refused:
                await ask()
            assert (refused.value.status_code, refused.value.params["what"]) == (503, "bytes")
            with room.taken(1_000 - weight), pytest.raises(Fault), room.taken(1):
                pass
            checked.set()
            await anyio.wait_all_tasks_blocked()
            with room.taken(1_000):  # the answer is still being sent
                sent.set()
        await ask()

    in_loop(both)
    with room.taken(1_000):
        pass


def test_a_body_of_more_values_than_there_is_room_for_is_refused(catalog: Catalog) -> None:
    """Each `[],` of 3 bytes is 72 bytes of lists: hundreds of such bodies at once took gigabytes."""
    asks = TestClient(create_app(Settings(max_bodies_bytes=10_000), catalog))
    refused = asks.post(TRACE, json={"model": "toy-lstm", "input": [[]] * 200})
    assert (refused.status_code, refused.json()["type"]) == (413, "body-too-large")
    assert "too many values" in refused.json()["detail"]
    for _ in range(20):
        assert asks.post(TRACE, json={"model": "toy-lstm", "input": [[]] * 40}).status_code == 422
        assert asks.post(TRACE, json=RUN).status_code == 200


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
