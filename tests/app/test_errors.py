"""Every refusal: one shape, the right status, the right place, nothing given away, and never a 500."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, with_config

from app.errors import Fault, describe, json_pointer, slugs
from app.main import create_app
from app.schemas.run import Problem
from app.settings import Settings
from lstm import errors
from lstm.catalog import Catalog
from tests.app.asking import STREAM, TRACE
from tests.app.serving import parsed, read_all, served

ADAPTER = TypeAdapter(with_config({"extra": "forbid"})(Problem))
BRACKETS = list("()[]abcd")
FIELDS = ["model", "input", "initial_state", "edits", "include"]
JSON = {"content-type": "application/json"}
SENT = '{"model":"toy-lstm","input":"a"}'


def problem_of(answer: httpx2.Response) -> dict[str, Any]:
    """The problem document of an answer, checked for what holds for all of them."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    document: dict[str, Any] = answer.json()
    ADAPTER.validate_python(document)
    assert document["status"] == answer.status_code
    assert document["type"] in slugs()
    assert document["title"]
    assert re.fullmatch(r"[A-Z].*\S", document["detail"], re.DOTALL)
    return document


def state(**rows: object) -> dict[str, object]:
    return {"model": "toy-lstm", "input": "a", "initial_state": rows}


REFUSED = [
    # what is sent, status, type, and what else the document says
    ({"model": "none", "input": "a"}, 404, "unknown-model", {"pointer": "/model"}),
    ({"model": "toy-lstm", "input": "a!b"}, 422, "unknown-symbol", {"position": 1, "allowed": BRACKETS}),
    ({"model": "toy-lstm", "input": "!"}, 422, "unknown-symbol", {"pointer": "/input"}),
    ({"model": "toy-lstm", "input": "a😀!"}, 422, "unknown-symbol", {"position": 1}),
    ({"model": "toy-lstm", "input": "😀"}, 422, "unknown-symbol", {"position": 0}),
    ({"model": "toy-lstm", "input": "(a) b"}, 422, "unknown-symbol", {"position": 3}),
    ({"model": "toy-lstm", "input": "e\u0301"}, 422, "unknown-symbol", {"position": 0}),
    ({"model": "toy-lstm", "input": ""}, 422, "empty-input", {"pointer": "/input"}),
    ({"model": "toy-lstm", "input": "a" * 10_001}, 422, "input-too-long", {"pointer": "/input"}),
    ({"model": "toy-lstm", "input": [1, 2]}, 422, "wants-text", {"pointer": "/input", "allowed": BRACKETS}),
    ({"model": "toy-lstm", "input": None}, 422, "wants-text", {"pointer": "/input"}),
    ({"model": "toy-lstm", "input": {"a": 1}}, 422, "wants-text", {"pointer": "/input"}),
    ({"model": "numbers-lstm", "input": "abc"}, 422, "wants-numbers", {"pointer": "/input"}),
    ({"model": "numbers-lstm", "input": 5}, 422, "wants-numbers", {"pointer": "/input"}),
    ({"model": "numbers-lstm", "input": [1, 2]}, 422, "wants-numbers", {"pointer": "/input/0", "position": 0}),
    ({"model": "numbers-lstm", "input": [[1, 2], [1, "2"]]}, 422, "wants-numbers", {"pointer": "/input/1"}),
    ({"model": "numbers-lstm", "input": [[1, 2], [1, True]]}, 422, "wants-numbers", {"pointer": "/input/1"}),
    ({"model": "numbers-lstm", "input": [[1, 2], [1, None]]}, 422, "wants-numbers", {"pointer": "/input/1"}),
    ({"model": "numbers-lstm", "input": [[1, 2], [1]]}, 422, "wrong-shape", {"pointer": "/input/1", "position": 1}),
    ({"model": "numbers-lstm", "input": []}, 422, "empty-input", {"pointer": "/input"}),
    ({"model": "numbers-gru", "input": [0, 1_000_001]}, 422, "out-of-bounds", {"pointer": "/input/1", "position": 1}),
    ({"model": "numbers-gru", "input": [0, -1e300]}, 422, "out-of-bounds", {"pointer": "/input/1"}),
    ({"model": "numbers-gru", "input": [0] * 10_001}, 422, "input-too-long", {"pointer": "/input"}),
    ({"model": "toy-lstm", "input": "a", "inputs": 1}, 422, "unknown-field", {"pointer": "/inputs", "allowed": FIELDS}),
    ({"model": "toy-lstm", "input": "a", "a/b~c": 1}, 422, "unknown-field", {"pointer": "/a~1b~0c"}),
    ({"input": "a"}, 422, "missing-field", {"pointer": "/model"}),
    ({"model": "toy-lstm"}, 422, "missing-field", {"pointer": "/input"}),
    ({}, 422, "missing-field", {"pointer": "/model"}),
    ([], 422, "wrong-type", {"pointer": ""}),
    (None, 422, "wrong-type", {"pointer": ""}),
    ("text", 422, "wrong-type", {"pointer": ""}),
    ({"model": 3, "input": "a"}, 422, "wrong-type", {"pointer": "/model"}),
    ({"model": "x" * 500, "input": "a"}, 422, "wrong-type", {"pointer": "/model"}),
    ({"model": "toy-lstm", "input": "a", "include": "f"}, 422, "wrong-type", {"pointer": "/include"}),
    ({"model": "toy-lstm", "input": "a", "include": ["f", 1]}, 422, "wrong-type", {"pointer": "/include/1"}),
    ({"model": "toy-lstm", "input": "a", "include": ["f"] * 99}, 422, "wrong-type", {"pointer": "/include"}),
    (
        {"model": "toy-gru", "input": "a", "include": ["h", "f"]},
        422,
        "unknown-quantity",
        {"pointer": "/include/1", "allowed": ["r", "z", "n", "h", "pre"]},
    ),
    ({"model": "toy-lstm", "input": "a", "initial_state": 5}, 422, "wrong-type", {"pointer": "/initial_state"}),
    (state(C=[[0] * 6]), 422, "missing-field", {"pointer": "/initial_state/h"}),
    (state(h=[[0] * 6]), 422, "missing-field", {"pointer": "/initial_state/C"}),
    (state(h=[[0] * 6], C=[[0] * 6], c=[]), 422, "unknown-field", {"pointer": "/initial_state/c"}),
    (state(h=[[0] * 6] * 2, C=[[0] * 6]), 422, "wrong-shape", {"pointer": "/initial_state/h"}),
    (state(h=[[0] * 6], C=[[0] * 7]), 422, "wrong-shape", {"pointer": "/initial_state/C/0"}),
    (state(h=[], C=[]), 422, "wrong-shape", {"pointer": "/initial_state/C"}),
    (state(h=[["a"] * 6], C=[[0] * 6]), 422, "wrong-type", {"pointer": "/initial_state/h/0/0"}),
    (state(h=[[True] * 6], C=[[0] * 6]), 422, "wrong-type", {"pointer": "/initial_state/h/0/0"}),
    (state(h=[[0, 2e6]], C=[[0] * 6]), 422, "wrong-type", {"pointer": "/initial_state/h/0/1"}),
    (state(h=0, C=0), 422, "wrong-type", {"pointer": "/initial_state/h"}),
    (
        {"model": "toy-gru", "input": "a", "initial_state": {"h": [[0] * 5] * 2, "C": [[0] * 5] * 2}},
        422,
        "unknown-quantity",
        {"pointer": "/initial_state/C", "allowed": ["h"]},
    ),
]  # fmt: skip


@pytest.mark.parametrize("address", [TRACE, STREAM])
@pytest.mark.parametrize(("sent", "status", "slug", "more"), REFUSED)
def test_a_request_that_is_not_right_is_refused_in_its_place(
    client: TestClient, address: str, sent: object, status: int, slug: str, more: dict[str, object]
) -> None:
    answer = client.post(address, content=json.dumps(sent), headers=JSON)
    document = problem_of(answer)
    assert (document["status"], document["type"]) == (status, slug)
    assert {key: document.get(key) for key in more} == more


@pytest.mark.parametrize(
    ("body", "position"),
    [
        (b"{", 1),
        (b'{"model":"a",}', 12),
        (b'{"model":"\xe3\x81\x82","input":NaN}', 21),
        (b'{"model":"toy-lstm","input":Infinity}', 28),
        (b'{"model":"toy-lstm","input":-Infinity}', 29),
        (b'{"model":"numbers-gru","input":[1e400]}', 32),
        (b'{"model":"toy-lstm","input":"\\ud800"}', 29),
        (b"\xff\xfe", 0),
        (b"[" * 100_000, 1025),
        (b'{"a":' * 50_000, None),
        (b"9" * 5_000, 0),
    ],
)
def test_a_body_that_is_not_json_is_refused_with_its_place(
    client: TestClient, body: bytes, position: int | None
) -> None:
    document = problem_of(client.post(STREAM, content=body, headers=JSON))
    assert (document["status"], document["type"]) == (400, "invalid-json")
    if position is not None:
        assert document["position"] == position


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"\xff\xfe", (0, 1, 1)),
        (SENT.encode("utf-16"), (0, 1, 1)),
        (SENT.encode("utf-16-le"), (0, 1, 1)),
        (SENT.encode("utf-16-be"), (0, 1, 1)),
        (SENT.encode("utf-32-le"), (0, 1, 1)),
        (gzip.compress(SENT.encode(), mtime=0), (1, 1, 2)),
        ('{"model":"é"}'.encode("latin-1"), (10, 1, 11)),
        ('{"model":"あ",\n "input":"'.encode() + b"\xed\xa0\x80", (24, 2, 11)),
    ],
)
def test_a_body_that_is_not_utf8_is_said_to_be_that(
    client: TestClient, body: bytes, place: tuple[int, int, int]
) -> None:
    document = problem_of(client.post(STREAM, content=body, headers=JSON))
    assert (document["status"], document["type"]) == (400, "invalid-json")
    assert document["detail"] == (
        f"The body is not UTF-8, from line {place[1]}, column {place[2]} on; "
        "JSON should be sent as UTF-8, neither in another encoding nor compressed."
    )
    assert (document["position"], document["params"]["line"], document["params"]["column"]) == place


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"\xef\xbb\xbf{}", "UTF-8 byte order mark (BOM) is not supported, at line 1, column 1."),
        (b"  ", "input data is empty, at line 1, column 1."),
        (b'{"a"', "unexpected end of data, at line 1, column 5."),
    ],
)
def test_the_reason_is_part_of_a_sentence(client: TestClient, body: bytes, detail: str) -> None:
    document = problem_of(client.post(STREAM, content=body, headers=JSON))
    assert document["detail"] == f"The body is not valid JSON: {detail}"


def test_an_empty_body_is_said_to_be_empty(client: TestClient) -> None:
    document = problem_of(client.post(STREAM, content=b"", headers=JSON))
    assert (document["status"], document["type"]) == (400, "invalid-json")
    assert "empty" in document["detail"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonl", "", "\u00ff/x"]
)
def test_another_content_type_is_refused(client: TestClient, kind: str) -> None:
    answer = client.post(
        TRACE, content=b'{"model":"toy-lstm","input":"a"}', headers=[(b"content-type", kind.encode("latin-1"))]
    )
    document = problem_of(answer)
    assert (document["status"], document["type"]) == (415, "unsupported-media-type")
    assert document["allowed"] == ["application/json"]


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])
def test_json_may_say_its_charset(client: TestClient, kind: str) -> None:
    answer = client.post(TRACE, content=b'{"model":"toy-lstm","input":"a"}', headers={"content-type": kind})
    assert answer.status_code == 200


@pytest.mark.parametrize("address", [TRACE, "/", "/nowhere"])
def test_a_body_that_is_too_large_is_refused(client: TestClient, address: str) -> None:
    document = problem_of(client.post(address, content=b"[" + b" " * 2**21, headers=JSON))
    assert (document["status"], document["type"]) == (413, "body-too-large")


def test_a_body_of_undeclared_length_is_refused_while_it_is_read(client: TestClient) -> None:
    pieces = (b" " * 2**16 for _ in range(64))
    document = problem_of(client.post(TRACE, content=pieces, headers=JSON))
    assert (document["status"], document["type"]) == (413, "body-too-large")


@pytest.mark.parametrize(
    ("method", "address", "status", "slug"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/api/v1/nowhere", 404, "not-found"),
        ("GET", "/static/x/nothing.js", 404, "not-found"),
        ("GET", "/static/x/../../app/main.py", 404, "not-found"),
        ("GET", "/static/x/%2e%2e/%2e%2e/app/main.py", 404, "not-found"),
        ("GET", "/static/x//etc/passwd", 404, "not-found"),
        ("GET", "/api/v1/models/none", 404, "unknown-model"),
        ("GET", "/api/v1/models/%FF%00", 404, "unknown-model"),
        ("GET", "/api/v1/models/none/example", 404, "unknown-model"),
        ("GET", "/api/v1/models/toy-rnn/example", 404, "no-examples"),
        ("GET", "/api/v1/models/toy-lstm/example?seed=x", 422, "bad-parameter"),
        ("GET", "/api/v1/models/toy-lstm/example?seed=-1", 422, "bad-parameter"),
        ("GET", "/api/v1/models/toy-lstm/example?seed=4294967296", 422, "bad-parameter"),
        ("GET", "/api/v1/models/toy-lstm/example?lag=3", 422, "bad-parameter"),
        ("GET", "/api/v1/models/recall-lstm/example?lag=0", 422, "bad-parameter"),
        ("GET", "/api/v1/models/recall-lstm/example?lag=201", 422, "bad-parameter"),
        ("GET", "/api/v1/models/recall-lstm/example?lag=1.5", 422, "bad-parameter"),
        ("GET", "/api/v1/models/recall-lstm/example?lag=", 422, "bad-parameter"),
        ("GET", "/api/v1/models/recall-lstm/example?lag=3&lag=4", 422, "bad-parameter"),
        ("GET", "/api/v1/models/recall-lstm/example?lag=" + "9" * 5000, 422, "bad-parameter"),
        ("GET", "/api/v1/models/recall-lstm/example?rng=1", 422, "bad-parameter"),
        ("GET", "/api/v1/models/recall-lstm/example?self=1", 422, "bad-parameter"),
        ("GET", "/api/v1/models/brackets-lstm/example?parameters=1", 422, "bad-parameter"),
        ("GET", TRACE, 405, "method-not-allowed"),
        ("PUT", STREAM, 405, "method-not-allowed"),
        ("DELETE", "/api/v1/models", 405, "method-not-allowed"),
        ("POST", "/", 405, "method-not-allowed"),
    ],
)
def test_addresses_and_methods_that_are_not_there(
    client: TestClient, method: str, address: str, status: int, slug: str
) -> None:
    answer = client.request(method, address)
    document = problem_of(answer)
    assert (document["status"], document["type"]) == (status, slug)
    if status == 405:
        assert document["allowed"] == [answer.headers["allow"]]


@pytest.mark.parametrize(
    "head", [f"POST {TRACE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: x", "GET / HTTP/1.1", "GET"]
)
def test_what_is_not_http_is_refused_in_plain_text_as_the_docs_say(
    settings: Settings, catalog: Catalog, head: str
) -> None:
    with served(create_app(settings, catalog)) as server, server.connect() as connection:
        connection.sendall(f"{head}\r\n\r\n".encode())
        status, headers, body = parsed(read_all(connection))
    assert (status, body) == (400, b"Invalid HTTP request received.")
    assert headers["content-type"] == "text/plain; charset=utf-8"


def test_an_unknown_model_names_those_there_are(client: TestClient) -> None:
    names = [card["name"] for card in client.get("/api/v1/models").json()["models"]]
    assert problem_of(client.get("/api/v1/models/none"))["allowed"] == names


def test_a_parameter_s_bounds_are_said(client: TestClient) -> None:
    document = problem_of(client.get("/api/v1/models/recall-lstm/example?lag=999"))
    assert (document["params"]["min"], document["params"]["max"]) == (1, 200)


def test_a_document_that_would_be_huge_is_refused_and_the_stream_is_not(model_folder: Path) -> None:
    """(4 quantities + 3 gates in three parts) x 2 layers x 5 units x 100 steps = 13,000 numbers."""
    client = TestClient(create_app(Settings(models=(model_folder,), max_document_numbers=12_999)))
    request = {"model": "toy-gru", "input": "a" * 100, "include": ["pre"]}
    document = problem_of(client.post(TRACE, json=request))
    assert (document["type"], document["params"]) == ("document-too-large", {"numbers": 13_000, "limit": 12_999})
    assert client.post(STREAM, json=request).status_code == 200
    assert client.post(TRACE, json={**request, "input": "a" * 99}).status_code == 200


def test_limits_are_settings(model_folder: Path) -> None:
    client = TestClient(create_app(Settings(models=(model_folder,), max_steps=3, max_body_bytes=1024)))
    assert client.post(TRACE, json={"model": "toy-lstm", "input": "aaa"}).status_code == 200
    too_long = problem_of(client.post(TRACE, json={"model": "toy-lstm", "input": "aaaa"}))
    assert (too_long["type"], too_long["params"]) == ("input-too-long", {"length": 4, "limit": 3})
    too_large = problem_of(client.post(TRACE, json={"model": "toy-lstm", "input": "a" * 1025}))
    assert too_large["params"] == {"limit": 1024}


def test_what_nobody_foresaw_gives_nothing_away_and_is_still_a_problem(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings)

    def fail(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("app.routes.models.card_body", fail)
    answer = TestClient(app, raise_server_exceptions=False).get("/api/v1/models/toy-lstm")
    document = problem_of(answer)
    assert (document["status"], document["type"]) == (500, "internal-error")
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_domain_error_has_a_slug_of_its_own() -> None:
    classes = errors.GatescopeError.__subclasses__()
    assert len({cls.slug for cls in classes}) == len(classes)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", slug) for slug in slugs())


def test_a_person_who_follows_a_wrong_link_gets_a_page(client: TestClient) -> None:
    answer = client.get("/a/b/c", headers={"accept": "text/html,*/*", "accept-language": "ja"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="ja">' in answer.text
    assert 'href="../../static/' in answer.text
    assert 'href="../../"' in answer.text
    assert problem_of(client.get("/api/v1/nowhere", headers={"accept": "text/html"}))["status"] == 404


def test_json_pointers_are_escaped() -> None:
    assert json_pointer(["a/b", 0, "~"]) == "/a~1b/0/~0"


def test_a_fault_keeps_its_facts() -> None:
    found = describe(Fault("not-found", 404, "No.", pointer="/a", limit=3, allowed=["x"]))
    assert found == {
        "type": "not-found",
        "title": "Not found",
        "status": 404,
        "detail": "No.",
        "pointer": "/a",
        "allowed": ["x"],
        "params": {"limit": 3, "allowed": ["x"]},
    }


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
requests = st.fixed_dictionaries(
    {"model": st.sampled_from(["toy-lstm", "toy-gru", "numbers-lstm", "numbers-gru"]) | json_values},
    optional={
        "input": st.text("()[]ab", min_size=1, max_size=6) | json_values,
        "include": st.lists(st.sampled_from(["f", "C", "h", "pre"]), max_size=3) | json_values,
        "initial_state": st.fixed_dictionaries({}, optional={"h": json_values, "C": json_values}) | json_values,
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=requests | json_values)
def test_whatever_is_sent_is_answered_or_refused_and_never_a_500(client: TestClient, sent: object) -> None:
    answer = client.post(STREAM, content=json.dumps(sent), headers=JSON)
    if answer.status_code != 200:
        assert problem_of(answer)["status"] in (400, 404, 422)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=64))
def test_whatever_bytes_are_sent_are_refused(client: TestClient, body: bytes) -> None:
    assert problem_of(client.post(STREAM, content=body, headers=JSON))["status"] in (400, 422)


@pytest.mark.parametrize("layer", [2**64, -(2**64), 1e300])
def test_a_number_that_no_json_holds_is_refused_like_any_other(client: TestClient, layer: float) -> None:
    body = {"model": "brackets-lstm", "input": "([a])", "layer": layer}
    answer = client.post("/api/v1/explain/units", json=body)
    assert answer.status_code == 422
    assert str(int(layer)) in answer.json()["params"].values()
