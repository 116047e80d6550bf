"""A layer at a glance over HTTP: its facts are those of the trace of the same run, in every layer of every cell."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter, with_config

from app.main import create_app
from app.schemas.glance import UnitsBody
from app.settings import Settings
from lstm.catalog import Catalog
from tests.app.asking import trace
from tests.app.test_errors import problem_of
from tests.app.test_explain import RUNS, Given, last_state
from tests.lstm.by_hand import BY_HAND

UNITS = "/api/v1/explain/units"
SHAPE: TypeAdapter[Any] = TypeAdapter(with_config({"extra": "forbid"})(UnitsBody))


def ask(client: TestClient, model: str, given: Given, **more: object) -> dict[str, Any]:
    answer = client.post(UNITS, json={"model": model, "input": given, **more})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    SHAPE.validate_python(document)
    return document


def ranked(values: np.ndarray, tokens: list[Any], most: bool) -> list[tuple[float, int]]:
    """The means of values over the steps of each token, the largest or the smallest first, with how many steps."""
    pairs = sorted(zip(tokens, values.tolist(), strict=True), key=repr)
    groups = [[value for _, value in group] for _, group in groupby(pairs, lambda pair: repr(pair[0]))]
    return sorted(((float(np.mean(group)), len(group)) for group in groups), reverse=most)[:3]


def kept(cell: str, rows: dict[str, np.ndarray]) -> np.ndarray | None:
    """What each unit keeps of its state at each step, by the equations of the cell; None of a simple RNN."""
    known = BY_HAND[cell]
    if known.keep is None:
        return None
    return np.ones_like(rows[known.state]) if known.gate is None else rows[known.gate]


@pytest.mark.parametrize(("model", "given"), RUNS)
def test_the_facts_are_those_of_the_trace(client: TestClient, catalog: Catalog, model: str, given: Given) -> None:
    network, state = catalog.load(model).network, last_state(client, model, given)
    run = trace(client, model, given, initial_state=state)
    tokens = [step["token"] for step in run["steps"]]
    for layer in range(len(network.cells)):
        found = ask(client, model, given, initial_state=state, layer=layer)
        rows = {
            q.key: np.array([step["layers"][layer][q.key] for step in run["steps"]]) for q in network.cell.quantities
        }
        assert [one["gate"] for one in found["saturation"]] == [
            q.key for q in network.cell.quantities if q.kind == "gate"
        ]
        for one in found["saturation"]:
            gate = rows[one["gate"]]
            assert one["units"]["low"] == [sum(column < 0.1) / len(given) for column in gate.T]
            assert one["units"]["high"] == [sum(column > 0.9) / len(given) for column in gate.T]
            assert one["low"] == pytest.approx(np.mean(gate < 0.1))
            assert one["high"] == pytest.approx(np.mean(gate > 0.9))
        assert sorted(found["order"]) == list(range(network.hidden_size))
        held = rows[found["state"]]
        before = np.concatenate([[state[found["state"]][layer]], held[:-1]])
        keep = kept(network.cell.name, rows)
        write = held - before if keep is None else held - keep * before
        assert [unit["unit"] for unit in found["units"]] == list(range(network.hidden_size))
        for u, unit in enumerate(found["units"]):
            assert (unit["min"], unit["max"]) == (held[:, u].min(), held[:, u].max())
            assert unit["mean"] == pytest.approx(held[:, u].mean(), abs=1e-6)
            means = [(on["size"], on["steps"]) for on in unit["writes"]]
            expected = ranked(np.abs(write[:, u]), tokens, most=True)
            assert [size for size, _ in means] == pytest.approx([size for size, _ in expected], abs=1e-6)
            for key, values, most in (("resets", keep, False), ("opens", rows.get("o"), True)):
                if values is None or (key == "opens" and found["output_gate"] is None):
                    assert unit[key] is None
                    continue
                expected = ranked(values[:, u], tokens, most)
                assert [on["mean"] for on in unit[key]] == pytest.approx([mean for mean, _ in expected], abs=1e-6)
            for on in unit["writes"] + (unit["resets"] or []) + (unit["opens"] or []):
                assert on["token"] == tokens[on["t"]]
                assert on["steps"] == tokens.count(on["token"])
        assert [(step["t"], step["token"]) for step in found["steps"]] == list(enumerate(tokens))
        said = {"writes": write, "changes": held, "opens": rows.get("o"), "closes": rows.get("o")}
        if keep is not None:
            said["forgets"] = 1 - keep
        for step in found["steps"]:
            for event in step["events"]:
                values = said[event["kind"]]
                assert values is not None
                assert event["amount"] == pytest.approx(values[step["t"], event["unit"]], abs=2e-6)


def test_half_lives_are_medians_of_the_ledgers(client: TestClient) -> None:
    """Where a run shows every half-life but those of the last steps, the facts' is the median of the ledger's."""
    text = "([ab]c(d)a)" * 12
    units = ask(client, "toy-lstm", text)["units"]
    for unit in (0, 3):
        sent = {"model": "toy-lstm", "input": text, "unit": unit, "t": 0}
        lives = client.post("/api/v1/explain/ledger", json=sent).json()["memory"]["half_life"]
        assert sum(life is None for life in lives) < 10
        assert units[unit]["half_life"] == int(np.median([life for life in lives if life is not None]))


def test_the_facts_of_an_edited_run_are_those_of_its_trace(client: TestClient) -> None:
    """With f held at 1 two units keep everything, and all others are as the run with these edits has them."""
    edits = [{"kind": "clamp", "quantity": "f", "value": 1.0, "units": [0, 4]}]
    found = ask(client, "toy-lstm", "([ab]c(d)a)", edits=edits)
    assert [unit["half_life"] is None for unit in found["units"]] == [u in (0, 4) for u in range(6)]
    for u in (0, 4):
        assert {on["mean"] for on in found["units"][u]["resets"]} == {1.0}
        assert found["saturation"][0]["units"]["high"][u] == 1
    steps = trace(client, "toy-lstm", "([ab]c(d)a)", edits=edits)["steps"]
    cells = np.array([step["layers"][0]["C"] for step in steps])
    assert [unit["max"] for unit in found["units"]] == cells.max(axis=0).tolist()


def test_an_rnn_has_neither_half_life_nor_resets_nor_gates(client: TestClient) -> None:
    found = ask(client, "recall-rnn", "Bwx?")
    assert (found["state"], found["identity"], found["output_gate"], found["saturation"]) == ("h", None, None, [])
    assert {(unit["half_life"], unit["resets"], unit["opens"]) for unit in found["units"]} == {(None, None, None)}
    assert {event["kind"] for step in found["steps"] for event in step["events"]} == {"changes"}


@pytest.mark.parametrize(
    ("sent", "slug", "pointer"),
    [
        ({"layer": 2}, "bad-parameter", "/layer"),
        ({"layer": -1}, "bad-parameter", "/layer"),
        ({"layer": "0"}, "wrong-type", "/layer"),
        ({"unit": 0}, "unknown-field", "/unit"),
        ({"input": "(x"}, "unknown-symbol", "/input"),
        ({"initial_state": {"h": [[0] * 5]}}, "wrong-shape", "/initial_state/h"),
    ],
)
def test_a_fault_has_its_name_and_its_place(
    client: TestClient, sent: dict[str, object], slug: str, pointer: str
) -> None:
    document = problem_of(client.post(UNITS, json={"model": "toy-gru", "input": "(a)", **sent}))
    assert (document["status"], document["type"], document["pointer"]) == (422, slug, pointer)


def test_a_run_too_long_to_be_kept_is_refused_with_the_limit(catalog: Catalog) -> None:
    with TestClient(create_app(Settings(max_document_numbers=1_000), catalog)) as client:
        steps = 1_000 // (3 * 2 * 4 * 5 // 2)  # a trace of two layers and half as much again
        assert client.post(UNITS, json={"model": "toy-gru", "input": "a" * steps}).status_code == 200
        document = problem_of(client.post(UNITS, json={"model": "toy-gru", "input": "a" * (steps + 1)}))
    assert (document["type"], document["pointer"]) == ("too-many-steps", "/input")
    assert document["params"] == {"steps": steps + 1, "limit": steps}
