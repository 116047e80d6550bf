"""Every request body, almost right: each is answered or refused in the one shape, none is a fault of the server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, with_config

from app.schemas.run import Problem
from tests.fuzz.mutations import often, sent

ADAPTER = TypeAdapter(with_config({"extra": "forbid"})(Problem))
STATE = {"h": [[0.5] * 6], "C": [[0.25] * 6]}
EDITS = [
    {"kind": "clamp", "quantity": "f", "value": 1.0, "layer": 0, "units": [3], "from": 0, "to": 2},
    {"kind": "ablate", "layer": 0, "units": [1], "from": 0, "to": None},
    {"kind": "set", "quantity": "C", "value": 0.5, "layer": 0, "units": None, "t": 1},
    {"kind": "token", "t": 2, "token": "["},
]
RUN = {"model": "toy-lstm", "input": "(a[b])", "edits": EDITS}
NUMBERS = {"model": "numbers-lstm", "input": [[0.1, 1.0], [0.5, -1e6]]}
VALID: dict[str, list[dict[str, Any]]] = {
    "/api/v1/trace": [{**RUN, "initial_state": STATE, "include": ["f", "C", "pre"]}, NUMBERS],
    "/api/v1/trace/stream": [{**RUN, "initial_state": STATE, "include": ["h", "pre"]}, NUMBERS],
    "/api/v1/explain/arithmetic": [{**RUN, "unit": 3, "t": 2, "layer": 0, "gate": "f", "decimals": 3}],
    "/api/v1/explain/ledger": [{**RUN, "unit": 3, "t": 2, "layer": 0, "triangle": True}],
    "/api/v1/gradients/jacobian": [{**RUN, "layer": 0, "t": 3}],
    "/api/v1/gradients/saliency": [{**RUN, "layer": 0, "t": 3, "output": "("}],
}
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def others(client: TestClient) -> dict[str, list[dict[str, Any]]]:
    """The bodies that the description of the API gives as examples, of the routes that are not listed here."""
    document = client.get("/openapi.json").json()
    found = {}
    for path, methods in document["paths"].items():
        if "post" in methods and path not in VALID:
            schema = methods["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            found[path] = document["components"]["schemas"][schema]["examples"]
    return found


def judge(client: TestClient, path: str, body: bytes) -> None:
    answer = client.post(path, content=body, headers=JSON)
    assert answer.status_code in (200, 400, 404, 413, 422), (path, body[:2_000], answer.text)
    if answer.status_code != 200:
        ADAPTER.validate_python(answer.json())
    elif path.endswith("/stream"):
        last = json.loads(answer.text.splitlines()[-1])
        assert last["type"] == "end" or last["problem"] == "non-finite", (body, last)


def test_what_is_changed_here_is_valid(client: TestClient) -> None:
    for path, bodies in VALID.items():
        for body in bodies:
            answer = client.post(path, json=body)
            assert answer.status_code == 200, (path, answer.text)


@often(fast=120)
@given(data=st.data())
def test_no_body_is_a_fault_of_the_server(
    client: TestClient, others: dict[str, list[dict[str, Any]]], data: st.DataObject
) -> None:
    routes = VALID | others
    path = data.draw(st.sampled_from(sorted(routes)))
    judge(client, path, data.draw(sent(data.draw(st.sampled_from(routes[path])))))
