"""What two runs differ by, over HTTP: the document is the difference of the two traces, and faults have a place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from pydantic import TypeAdapter, with_config

from app.main import create_app
from app.schemas.difference import DifferenceBody
from app.settings import Settings
from tests.app.asking import trace
from tests.app.test_errors import problem_of
from tests.app.test_explain import last_state

ADDRESS = "/api/v1/explain/difference"
ABLATE = {"kind": "ablate", "units": [3]}
CLAMP = {"kind": "clamp", "quantity": "z", "value": 1.0}
TOKEN = {"kind": "token", "t": 1, "token": "#"}
SHAPE: TypeAdapter[Any] = TypeAdapter(with_config({"extra": "forbid"})(DifferenceBody))


def ask(client: TestClient, **sent: object) -> dict[str, Any]:
    answer = client.post(ADDRESS, json=sent)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    document: dict[str, Any] = answer.json()
    SHAPE.validate_python(document)
    return document


def float32(sent: object) -> NDArray[np.float64]:
    """The float32 values that were sent, so that a difference of them is exact."""
    return np.array(sent, np.float32).astype(np.float64)


@pytest.mark.parametrize(
    ("model", "first", "second"),
    [
        ("toy-lstm", "([a])b", "([b])b"),
        ("toy-gru", "(a[bb]c)", "[a]"),
        ("toy-rnn", "Bwxyz?", "Dwxyz?"),
        ("toy-lstm1997", "(a", "(b"),
        ("numbers-lstm", [[0.1, -0.3], [2, 0.5], [-1, 0.25]], [[0.1, -0.3], [1.5, 0.5], [-1, 0.25], [1, 1]]),
        ("numbers-gru", [0.1, -2, 0.7], [0.1, -2, 0.7]),
    ],
)
def test_it_is_the_difference_of_the_two_traces(client: TestClient, model: str, first: Any, second: Any) -> None:  # noqa: ANN401 - an input
    """Of every layer, quantity, step and unit, from a state, and of what the network says."""
    state = last_state(client, model, first)
    runs = [trace(client, model, given, initial_state=state) for given in (first, second)]
    steps = min(len(first), len(second))
    sent = {"model": model, "input": first, "other_input": second, "initial_state": state, "values": True}
    for layer in range(runs[0]["start"]["layers"]):
        found = ask(client, **sent, layer=layer)
        assert (found["steps"], found["lengths"]) == (steps, [len(first), len(second)])
        differ = [t for t in range(steps) if first[t] != second[t]]
        assert found["tokens"] == differ
        for key, one in found["quantities"].items():
            a, b = (float32([step["layers"][layer][key] for step in run["steps"][:steps]]) for run in runs)
            np.testing.assert_array_equal(one["values"], b - a)
            np.testing.assert_allclose(one["size"], np.sqrt(((b - a) ** 2).mean(axis=1)), rtol=1e-12)
            assert one["largest"] == np.abs(b - a).max(axis=1).tolist()
            assert [abs(b - a)[t, unit] for t, unit in enumerate(one["unit"])] == one["largest"]
            assert one["first"] == (differ[0] if differ else None), (key, layer)
    if runs[0]["steps"][0]["y"]["value"] is not None:
        a, b = (float32([step["y"]["value"] for step in run["steps"][:steps]]) for run in runs)
        np.testing.assert_array_equal(found["outputs"]["values"], b - a)
    else:
        top = [[step["y"]["top"][0][0] for step in run["steps"][:steps]] for run in runs]
        other = [t for t in range(steps) if top[0][t] != top[1][t]]
        assert found["outputs"]["prediction"] == (other[0] if other else None)


def test_a_symbol_is_felt_from_its_own_step_on_and_not_before(client: TestClient) -> None:
    found = ask(client, model="brackets-lstm", input="([a])", other_input="([b])", include=["h", "C"])
    assert list(found["quantities"]) == ["C", "h"], "in the order of the table"
    for one in (*found["quantities"].values(), found["outputs"]):
        assert one["first"] == 2
        assert one["size"][:2] == one["largest"][:2] == [0, 0]
        assert min(one["size"][2:]) > 0
        assert one["values"] is None


def test_the_second_run_may_have_edits_of_its_own(client: TestClient) -> None:
    """By default those of the first; else its own, of tokens too: what an edit does is the difference of the traces."""
    sent = {"model": "brackets-lstm", "input": "([a]b)", "other_input": "([a]b)", "include": ["C", "h"], "values": True}
    clamp = {"kind": "clamp", "quantity": "f", "value": 1.0, "units": [3], "from": 2}
    token = {"kind": "token", "t": 3, "token": "d"}
    found = ask(client, **sent, other_edits=[clamp, token])
    runs = [trace(client, "brackets-lstm", "([a]b)", edits=edits) for edits in ([], [clamp, token])]
    for key in ("C", "h"):
        a, b = (float32([step["layers"][0][key] for step in run["steps"]]) for run in runs)
        np.testing.assert_array_equal(found["quantities"][key]["values"], b - a)
        assert found["quantities"][key]["first"] == 2
    assert found["tokens"] == [3]
    assert ask(client, **sent, edits=[clamp])["quantities"]["C"]["first"] is None
    back = ask(client, **sent, edits=[clamp, token], other_edits=[])
    np.testing.assert_array_equal(back["quantities"]["C"]["values"], -np.array(found["quantities"]["C"]["values"]))


def test_tolerance_and_part_decide_where_it_starts_and_has_passed(client: TestClient) -> None:
    sent = {"model": "brackets-lstm", "input": "(a(b)c(d)a)", "other_input": "(b(b)c(d)a)", "include": ["C"]}
    for tolerance, part in [(0.0, 0.1), (0.2, 0.5), (1e9, 1.0)]:
        found = ask(client, **sent, tolerance=tolerance, part=part)["quantities"]["C"]
        above = [t for t, v in enumerate(found["largest"]) if v > tolerance]
        if not above:
            assert [found[key] for key in ("first", "last", "peak", "passed", "travels")] == [None] * 4 + [0]
            continue
        assert (found["first"], found["last"]) == (above[0], above[-1])
        assert found["size"][found["peak"]] == max(found["size"])
        after = [t for t, v in enumerate(found["size"]) if v >= part * max(found["size"])][-1] + 1
        assert found["passed"] == (after if after < 11 else None)
        assert found["travels"] == after - above[0]


@pytest.mark.parametrize(
    ("sent", "slug", "more"),
    [
        ({"other_input": "(x"}, "unknown-symbol", {"pointer": "/other_input", "position": 1}),
        ({"other_input": ""}, "empty-input", {"pointer": "/other_input"}),
        ({"other_input": [0.5]}, "wants-text", {"pointer": "/other_input"}),
        ({"input": "(x"}, "unknown-symbol", {"pointer": "/input", "position": 1}),
        ({"other_edits": [ABLATE, CLAMP | {"value": 2}]}, "out-of-range", {"pointer": "/other_edits/1/value"}),
        ({"other_edits": [ABLATE | {"from": 3}]}, "bad-parameter", {"pointer": "/other_edits/0/from"}),
        ({"edits": [TOKEN], "other_edits": [TOKEN]}, "unknown-symbol", {"pointer": "/edits/0/token"}),
        ({"other_edits": [TOKEN]}, "unknown-symbol", {"pointer": "/other_edits/0/token"}),
        ({"other_edits": [{"kind": "ablate", "unit": 3}]}, "unknown-field", {"pointer": "/other_edits/0/unit"}),
        ({"layer": 2}, "bad-parameter", {"pointer": "/layer", "params": {"min": 0, "max": 1}}),
        ({"layer": True}, "wrong-type", {"pointer": "/layer"}),
        ({"include": ["h", "C"]}, "unknown-quantity", {"pointer": "/include/1", "allowed": ["r", "z", "n", "h"]}),
        ({"tolerance": -0.1}, "wrong-type", {"pointer": "/tolerance"}),
        ({"part": 0}, "wrong-type", {"pointer": "/part"}),
        ({"part": 1.5}, "wrong-type", {"pointer": "/part"}),
        ({"values": 1}, "wrong-type", {"pointer": "/values"}),
        ({"t": 1}, "unknown-field", {"pointer": "/t"}),
    ],
)
def test_a_fault_is_named_with_its_place(
    client: TestClient, sent: dict[str, object], slug: str, more: dict[str, Any]
) -> None:
    document = problem_of(client.post(ADDRESS, json={"model": "toy-gru", "input": "(a)", "other_input": "(b)", **sent}))
    assert (document["status"], document["type"]) == (422, slug)
    for key, value in more.items():
        assert (document[key] | value if isinstance(value, dict) else value) == document[key]


@pytest.mark.parametrize("missing", ["model", "input", "other_input"])
def test_what_has_to_be_said_is_asked_for(client: TestClient, missing: str) -> None:
    sent = {"model": "toy-gru", "input": "(a)", "other_input": "(b)"}
    del sent[missing]
    document = problem_of(client.post(ADDRESS, json=sent))
    assert (document["type"], document["pointer"]) == ("missing-field", f"/{missing}")


def test_the_fault_of_a_list_of_numbers_points_at_its_number(client: TestClient) -> None:
    sent = {"model": "numbers-gru", "input": [0.1, 0.2], "other_input": [0.1, 1e7]}
    assert problem_of(client.post(ADDRESS, json=sent))["pointer"] == "/other_input/1"


def test_a_document_holds_so_many_numbers(settings: Settings) -> None:
    """brackets-lstm: 3 a step for each of C and the outputs, with values 16 units and 8 symbols more.

    In float64 and in JSON each takes the room of four; the traces that they are made from have 6·16 a step.
    """
    traces = 6 * 16 * 3 // 4
    small = settings.model_copy(update={"max_document_numbers": 4 * 5 * (6 + 24) + 11 * traces})
    with TestClient(create_app(small)) as client:
        sent = {"model": "brackets-lstm", "input": "([a])b", "include": ["C"], "values": True}
        assert ask(client, **sent, other_input="([a])")["steps"] == 5
        document = problem_of(client.post(ADDRESS, json={**sent, "other_input": "([a])a"}))
        assert document["type"] == "document-too-large"
        assert document["params"]["numbers"] == 4 * 6 * (6 + 24) + 12 * traces
        assert math.isfinite(ask(client, **{**sent, "values": False}, other_input="([a])a")["outputs"]["size"][5])
