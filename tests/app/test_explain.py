"""Why a value is what it is, over HTTP: the documents agree with the trace of the same run, and faults have a place."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter, with_config

from app.schemas.explain import ArithmeticBody, LedgerBody
from lstm.catalog import Catalog
from lstm.explain.ledger import TRIANGLE_STEPS
from scripts import record_ledger
from tests.app.asking import trace
from tests.app.test_errors import problem_of
from tests.conftest import OTHER_CELLS

ARITHMETIC = "/api/v1/explain/arithmetic"
LEDGER = "/api/v1/explain/ledger"
SHAPES: dict[str, TypeAdapter[Any]] = {
    ARITHMETIC: TypeAdapter(with_config({"extra": "forbid"})(ArithmeticBody)),
    LEDGER: TypeAdapter(with_config({"extra": "forbid"})(LedgerBody)),
}
INPUT = "(a[bb]c)"
Given = str | list[float] | list[list[float]]
RUNS: list[tuple[str, Given]] = [
    ("toy-lstm", INPUT),
    ("toy-gru", INPUT),
    ("toy-rnn", "Bwxyz?"),
    *((f"toy-{cell}", INPUT) for cell in OTHER_CELLS),
    ("numbers-lstm", [[0.1, -0.3], [2, 0.5], [-1, 0.25]]),
    ("numbers-gru", [0.1, -2, 0.7]),
]


def ask(client: TestClient, address: str, **sent: object) -> dict[str, Any]:
    answer = client.post(address, json=sent)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    document: dict[str, Any] = answer.json()
    SHAPES[address].validate_python(document)
    return document


def last_state(client: TestClient, model: str, given: object) -> dict[str, Any]:
    """A state to start from that is not 0."""
    final: dict[str, Any] = trace(client, model, given)["end"]["final_state"]
    return final


@pytest.mark.parametrize(("model", "given"), RUNS)
def test_the_arithmetic_is_that_of_the_trace(client: TestClient, catalog: Catalog, model: str, given: Given) -> None:
    """In every layer, of every gate, from a state: values to the bit, parts within the rounding of float32."""
    network, state, t = catalog.load(model).network, last_state(client, model, given), len(given) - 1
    keys = [quantity.key for quantity in network.cell.quantities]
    steps = trace(client, model, given, initial_state=state, include=[*keys, "pre"])["steps"]
    for layer in range(len(network.cells)):
        row, unit = steps[t]["layers"][layer], layer % network.hidden_size
        for gate, parts in row["pre"].items():
            place = {"layer": layer, "unit": unit, "t": t}
            found = ask(client, ARITHMETIC, model=model, input=given, initial_state=state, gate=gate, **place)
            assert {line["key"]: line["value"] for line in found["quantities"]} == {key: row[key][unit] for key in keys}
            (line,) = (line for line in found["quantities"] if line["key"] == gate)
            for part, values in parts.items():
                assert line["variables"][f"pre.{part}"] == pytest.approx(values[unit], abs=2e-6)
            assert line["computed"] == pytest.approx(line["value"], abs=2e-6)
            terms = found["sum"]["terms"]
            assert sum(term["product"] for term in terms) == pytest.approx(found["sum"]["total"], abs=1e-12)
            assert sum(Decimal(repr(term["shown"])) for term in terms) == Decimal(repr(found["sum"]["shown"]))


def test_a_term_has_the_symbol_of_its_input_and_units_below_have_none(client: TestClient) -> None:
    below = ask(client, ARITHMETIC, model="toy-gru", input="(a]", layer=0, unit=1, t=2, gate="z")["sum"]["terms"]
    assert [(term["index"], term["symbol"]) for term in below if term["part"] == "x"] == [(3, "]")]
    above = ask(client, ARITHMETIC, model="toy-gru", input="(a]", layer=1, unit=1, t=2, gate="z")["sum"]["terms"]
    assert sorted(term["index"] for term in above if term["part"] == "x") == list(range(5))
    assert {term["symbol"] for term in above} == {None}


def test_without_a_gate_there_are_the_formulas_alone(client: TestClient) -> None:
    found = ask(client, ARITHMETIC, model="toy-lstm", input="(a", unit=5, t=1)
    assert found["sum"] is None
    cell_state = next(line for line in found["quantities"] if line["key"] == "C")
    assert [step["formula"] for step in cell_state["steps"]] == [
        "f * prev.C",
        "i * C_tilde",
        "f * prev.C + i * C_tilde",
    ]
    v = cell_state["variables"]
    assert cell_state["steps"][-1]["value"] == v["f"] * v["prev.C"] + v["i"] * v["C_tilde"]


@pytest.mark.parametrize(("model", "given"), RUNS)
def test_the_ledger_is_that_of_the_trace(client: TestClient, catalog: Catalog, model: str, given: Given) -> None:
    network, state = catalog.load(model).network, last_state(client, model, given)
    steps = trace(client, model, given, initial_state=state)["steps"]
    layer, unit = len(network.cells) - 1, 2
    for t in range(len(given)):
        sent = {"model": model, "input": given, "layer": layer, "unit": unit, "t": t, "initial_state": state}
        found = ask(client, LEDGER, triangle=True, **sent)
        if model == "toy-rnn":
            assert (found["identity"], found["memory"]) == (None, None)
            assert found["reason"] == "squashed-at-every-step"
            continue
        memory, key = found["memory"], found["identity"]["state"]
        assert memory["value"] == steps[t]["layers"][layer][key][unit]
        amounts = {writer["t"]: writer["left"] for writer in memory["writers"]}
        assert sorted(amounts) == list(range(-1, t + 1))
        assert [abs(writer["left"]) for writer in memory["writers"]] == sorted(map(abs, amounts.values()), reverse=True)
        size = sum(map(abs, amounts.values()))
        assert abs(sum(amounts.values()) - memory["value"]) <= 2e-6 * max(1, size)
        assert memory["rounding"] == memory["value"] - memory["total"] or abs(memory["rounding"]) <= 2e-6 * max(1, size)
        assert [len(row) for row in memory["triangle"]] == list(range(2, len(given) + 2))
        assert memory["triangle"][t] == pytest.approx([amounts[s] for s in range(-1, t + 1)], rel=1e-6, abs=1e-30)
        tokens = {writer["t"]: writer["token"] for writer in memory["writers"]}
        assert tokens == {-1: None, **{s: steps[s]["token"] for s in range(t + 1)}}
        assert len(memory["half_life"]) == len(given)
        for s in range(t + 1):
            product = memory["wrote"][s] * math.prod(memory["kept"][s + 1 : t + 1])
            assert amounts[s] == pytest.approx(product, rel=1e-12, abs=1e-300)


def test_shares_add_up_and_pairs_name_each_other(client: TestClient) -> None:
    for unit in range(16):
        memory = ask(client, LEDGER, model="brackets-lstm", input="([a]b(c))", unit=unit, t=8)["memory"]
        by_step = {writer["t"]: writer for writer in memory["writers"]}
        assert -1 not in by_step, "a run that starts from 0 has nothing from before it"
        partners = {t: writer["partner"] for t, writer in by_step.items() if writer["partner"] is not None}
        assert all(partners[other] == t for t, other in partners.items())
        assert all(abs(by_step[t]["left"] + by_step[o]["left"]) < abs(by_step[t]["left"]) for t, o in partners.items())
        shares = [writer["share"] for writer in memory["writers"]]
        assert set(shares) == {None} or sum(shares) == pytest.approx(1)


def test_without_a_forget_gate_nothing_ever_fades(client: TestClient) -> None:
    memory = ask(client, LEDGER, model="toy-lstm1997", input=INPUT, unit=0, t=7)["memory"]
    assert all(writer["left"] == writer["written"] for writer in memory["writers"])
    assert memory["half_life"] == [None] * 8


def test_a_long_run_has_its_bar_at_every_step_and_no_triangle(client: TestClient) -> None:
    sent = {"model": "toy-lstm", "unit": 0, "triangle": True}
    short = ask(client, LEDGER, input="(a)" * 100, t=299, **sent)
    assert len(short["memory"]["triangle"]) == 300
    steps = TRIANGLE_STEPS + 1
    long = ask(client, LEDGER, input="a" * steps, t=steps - 1, **sent)
    assert long["triangle_steps"] == TRIANGLE_STEPS
    assert long["memory"]["triangle"] is None
    assert len(long["memory"]["writers"]) == steps
    assert ask(client, LEDGER, input="a", unit=0, t=0, model="toy-lstm")["memory"]["triangle"] is None


def test_the_answers_that_the_page_is_tested_against_are_the_servers(client: TestClient) -> None:
    """Recorded for tests/js/ledger.test.mjs; another machine's BLAS rounds the cell's float32 in other places."""

    def close(recorded: object, now: object) -> bool:
        if isinstance(recorded, dict) and isinstance(now, dict):
            return recorded.keys() == now.keys() and all(close(recorded[key], now[key]) for key in recorded)
        if isinstance(recorded, list) and isinstance(now, list):
            return len(recorded) == len(now) and all(map(close, recorded, now))
        if isinstance(recorded, float) and isinstance(now, float):
            return recorded == pytest.approx(now, rel=1e-4, abs=1e-5)
        return recorded == now

    for recorded in json.loads(record_ledger.FILE.read_text("utf-8")):
        assert close(recorded, record_ledger.answers(client, recorded["run"])), recorded["run"]


def test_half_lives_count_the_steps_until_less_than_half_is_kept(client: TestClient) -> None:
    steps = trace(client, "toy-lstm", INPUT, include=["f"])["steps"]
    f = np.array([step["layers"][0]["f"][4] for step in steps])
    found = ask(client, LEDGER, model="toy-lstm", input=INPUT, unit=4, t=0)["memory"]["half_life"]
    for t, life in enumerate(found):
        products = np.cumprod(f[t + 1 :])
        assert life == (int(np.argmax(products < 0.5)) + 1 if (products < 0.5).any() else None)


@pytest.mark.parametrize("address", [ARITHMETIC, LEDGER])
@pytest.mark.parametrize(
    ("sent", "slug", "more"),
    [
        ({"unit": 5}, "bad-parameter", {"pointer": "/unit", "params": {"min": 0, "max": 4}}),
        ({"unit": -1}, "bad-parameter", {"pointer": "/unit", "params": {"min": 0, "max": 4}}),
        ({"layer": 2}, "bad-parameter", {"pointer": "/layer", "params": {"min": 0, "max": 1}}),
        ({"t": 3}, "bad-parameter", {"pointer": "/t", "params": {"min": 0, "max": 2}}),
        ({"t": 2**60}, "bad-parameter", {"pointer": "/t", "params": {"min": 0, "max": 2}}),
        ({"t": 1.5}, "wrong-type", {"pointer": "/t"}),
        ({"t": None}, "wrong-type", {"pointer": "/t"}),
        ({"unit": "0"}, "wrong-type", {"pointer": "/unit"}),
        ({"unit": True}, "wrong-type", {"pointer": "/unit"}),
        ({"input": "(x"}, "unknown-symbol", {"pointer": "/input", "position": 1}),
        ({"input": ""}, "empty-input", {"pointer": "/input"}),
        ({"initial_state": {"h": [[0] * 5]}}, "wrong-shape", {"pointer": "/initial_state/h"}),
        ({"include": ["f"]}, "unknown-field", {"pointer": "/include"}),
    ],
)
def test_a_fault_is_named_with_its_place_and_its_bounds(
    client: TestClient, address: str, sent: dict[str, object], slug: str, more: dict[str, Any]
) -> None:
    right = {"model": "toy-gru", "input": "(a)", "layer": 1, "unit": 0, "t": 0}
    document = problem_of(client.post(address, json={**right, **sent}))
    assert (document["status"], document["type"]) == (422, slug)
    for key, value in more.items():
        assert (document[key] | value if isinstance(value, dict) else value) == document[key]


@pytest.mark.parametrize("missing", ["model", "input", "unit", "t"])
def test_what_has_to_be_said_is_asked_for(client: TestClient, missing: str) -> None:
    sent = {"model": "toy-gru", "input": "(a)", "unit": 0, "t": 0}
    del sent[missing]
    for address in (ARITHMETIC, LEDGER):
        document = problem_of(client.post(address, json=sent))
        assert (document["type"], document["pointer"]) == ("missing-field", f"/{missing}")


@pytest.mark.parametrize(
    ("sent", "slug", "pointer"),
    [
        ({"gate": "h"}, "unknown-quantity", "/gate"),
        ({"gate": "f"}, "unknown-quantity", "/gate"),
        ({"gate": 1}, "wrong-type", "/gate"),
        ({"decimals": 10}, "wrong-type", "/decimals"),
        ({"decimals": -1}, "wrong-type", "/decimals"),
    ],
)
def test_only_what_has_weights_has_a_sum(client: TestClient, sent: dict[str, object], slug: str, pointer: str) -> None:
    document = problem_of(client.post(ARITHMETIC, json={"model": "toy-gru", "input": "(a)", "unit": 0, "t": 0, **sent}))
    assert (document["type"], document["pointer"]) == (slug, pointer)
    if slug == "unknown-quantity":
        assert document["allowed"] == ["r", "z", "n"]


def test_an_unknown_model_is_not_found(client: TestClient) -> None:
    answer = client.post(LEDGER, json={"model": "none", "input": "a", "unit": 0, "t": 0})
    assert (problem_of(answer)["status"], answer.json()["pointer"]) == (404, "/model")
