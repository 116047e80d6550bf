"""The gradients over HTTP: the core's own numbers, under the names of JSON, and a sentence for every fault."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from lstm.catalog import Catalog
from lstm.cells import CELLS
from lstm.explain.jacobian import jacobian
from lstm.explain.saliency import saliency
from tests.lstm.by_hand import BY_HAND

KINDS = ("jacobian", "saliency")
BRACKETS = "([a]b)"
NUMBERS = [[0.1, 1], [0.4, 0], [-0.3, 1]]


def ask(client: TestClient, kind: str, model: str, given: object, **more: object) -> dict[str, Any]:
    answer = client.post(f"/api/v1/gradients/{kind}", json={"model": model, "input": given, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    document: dict[str, Any] = answer.json()
    return document


def refused(client: TestClient, kind: str, **body: object) -> dict[str, Any]:
    answer = client.post(f"/api/v1/gradients/{kind}", json={"model": "toy-gru", "input": BRACKETS, **body})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    return document


@pytest.mark.parametrize("cell", CELLS)
def test_a_jacobian_is_the_cores_for_every_cell(client: TestClient, catalog: Catalog, cell: str) -> None:
    model = catalog.load({"rnn": "brackets-rnn"}.get(cell, f"toy-{cell}"))
    network, layer = model.network, len(model.network.cells) - 1
    found = ask(client, "jacobian", model.name, BRACKETS, layer=layer, t=4)
    expected = jacobian(network, model.tokenizer.encode(BRACKETS).x, layer=layer, t=4)
    assert (found["model"], found["cell"], found["layer"], found["t"]) == (model.name, cell, layer, 4)
    assert found["total"]["log10"] == expected.total.tolist()
    assert found["total"]["norm"] == pytest.approx(10**expected.total, rel=1e-12)
    keys = {quantity.key: quantity.name for quantity in network.cell.quantities}
    for block, logs in zip(found["blocks"], expected.blocks.values(), strict=True):
        assert [-math.inf if value is None else value for value in block["log10"]] == logs.tolist()
        assert block["norm"] == pytest.approx(10**logs, rel=1e-12, abs=0)
    assert [(keys[block["of"]], keys[block["by"]]) for block in found["blocks"]] == list(expected.blocks)
    direct = found["direct"]
    known = BY_HAND[cell]
    path = None if direct is None else (direct["state"], direct["keep"])
    assert path == (None if known.keep is None else (known.state, known.keep))
    if direct is not None and expected.direct is not None:
        assert direct["log10"] == expected.direct.tolist()


@pytest.mark.parametrize("model", ["toy-lstm", "toy-gru", "brackets-rnn"])
def test_saliency_is_the_cores(client: TestClient, catalog: Catalog, model: str) -> None:
    of, layer = catalog.load(model), len(catalog.load(model).network.cells) - 1
    found = ask(client, "saliency", model, BRACKETS, layer=layer, t=3, output=2)
    expected = saliency(of.network, of.tokenizer.encode(BRACKETS).x, t=3, output=2)
    assert (found["layer"], found["t"], found["output"], found["logit"]) == (layer, 3, 2, expected.logit)
    assert found["inputs"] == expected.inputs.tolist()
    keys = {quantity.name: quantity.key for quantity in of.network.cell.quantities}
    assert found["gates"] == {keys[gate]: rows.tolist() for gate, rows in expected.pre[layer].items()}


def test_an_output_is_named_by_its_symbol_or_its_number_and_else_is_the_likeliest(client: TestClient) -> None:
    by_symbol = ask(client, "saliency", "recall-lstm", "Bwx?", output="C")
    assert (by_symbol["output"], by_symbol["symbol"], by_symbol["t"]) == (2, "C", 3)
    assert ask(client, "saliency", "recall-lstm", "Bwx?", t=3, output=2) == by_symbol
    likeliest = ask(client, "saliency", "recall-lstm", "Bwx?")
    assert likeliest["symbol"] == "B", "what the network recalls"
    assert likeliest["logit"] > by_symbol["logit"]
    assert ask(client, "saliency", "recall-lstm", "Bwx?", t=None, output=None) == likeliest


def test_a_network_over_numbers_from_a_given_state(client: TestClient, catalog: Catalog) -> None:
    network = catalog.load("numbers-lstm").network
    state = {name: [[0.1, -0.2, 0.3], [0.0, 0.5, -0.4]] for name in ("h", "C")}
    rows = tuple(
        {name: np.array(state[key][k], np.float32) for name, key in (("h", "h"), ("c", "C"))} for k in range(2)
    )
    found = ask(client, "saliency", "numbers-lstm", NUMBERS, initial_state=state)
    expected = saliency(network, np.array(NUMBERS), rows, t=2)
    assert (found["inputs"], found["symbol"]) == (expected.inputs.tolist(), None)
    norms = ask(client, "jacobian", "numbers-lstm", NUMBERS, initial_state=state, layer=1)["total"]["log10"]
    assert norms == jacobian(network, np.array(NUMBERS), rows, layer=1, t=2).total.tolist()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("wrong", "value", "bounds"), [("t", 6, (0, 5)), ("t", -1, (0, 5)), ("layer", 2, (0, 1)), ("layer", -1, (0, 1))]
)
def test_what_is_not_there_is_refused_with_its_bounds(
    client: TestClient, kind: str, wrong: str, value: int, bounds: tuple[int, int]
) -> None:
    found = refused(client, kind, **{wrong: value})
    assert (found["type"], found["pointer"]) == ("bad-parameter", f"/{wrong}")
    assert (found["params"]["min"], found["params"]["max"]) == bounds


def test_an_output_that_is_not_there_is_refused(client: TestClient) -> None:
    found = refused(client, "saliency", output=-1)
    assert (found["type"], found["pointer"], found["params"]["max"]) == ("bad-parameter", "/output", 7)
    found = refused(client, "saliency", output="(" * 5_000)
    assert (found["type"], found["pointer"], found["allowed"]) == ("unknown-output", "/output", list("()[]abcd"))
    assert len(found["detail"]) < 300
    found = refused(client, "saliency", model="numbers-lstm", input=NUMBERS, output="a")
    assert (found["type"], found["pointer"], found["params"]["value"]) == ("bad-parameter", "/output", "a")
    values: tuple[object, ...] = (True, 1.5, [1], {})
    for value in values:
        found = refused(client, "saliency", output=value)
        assert (found["type"], found["pointer"]) == ("wrong-type", "/output")
        assert found["detail"] == 'The value at "/output" should be a symbol or a whole number.'


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("body", "slug", "pointer"),
    [
        ({"t": "3"}, "wrong-type", "/t"),
        ({"t": 1.5}, "wrong-type", "/t"),
        ({"layer": True}, "wrong-type", "/layer"),
        ({"layer": None}, "wrong-type", "/layer"),
        ({"include": ["f"]}, "unknown-field", "/include"),
        ({"input": "(x"}, "unknown-symbol", "/input"),
        ({"input": ""}, "empty-input", "/input"),
        ({"initial_state": {"h": [[0.0]]}}, "wrong-shape", "/initial_state/h"),
    ],
)
def test_every_other_fault_says_where_it_is(
    client: TestClient, kind: str, body: dict[str, object], slug: str, pointer: str
) -> None:
    found = refused(client, kind, **body)
    assert (found["type"], found["pointer"]) == (slug, pointer)


def test_an_unknown_model_is_not_found(client: TestClient) -> None:
    for kind in KINDS:
        answer = client.post(f"/api/v1/gradients/{kind}", json={"model": "nobody", "input": "a"})
        assert (answer.status_code, answer.json()["pointer"]) == (404, "/model")


def test_how_far_a_jacobian_looks_back_is_limited_by_its_cost(catalog: Catalog) -> None:
    """A GRU of 5 units takes 4·5³ = 500 multiplications a step, an LSTM of 6 units 8·6³ = 1,728."""
    client = TestClient(create_app(Settings(max_jacobian_multiplications=1_000_000), catalog))
    long = "a" * 2_001
    assert len(ask(client, "jacobian", "toy-gru", long, t=1_999)["total"]["norm"]) == 2_000
    found = refused(client, "jacobian", input=long)
    assert (found["type"], found["pointer"]) == ("too-many-steps", "/t")
    assert found["params"] == {"steps": 2_001, "limit": 2_000}
    assert "5 units can look back over at most 2,000 steps here, not over 2,001" in found["detail"]
    assert refused(client, "jacobian", model="toy-lstm", input=long)["params"]["limit"] == 578


def test_gradients_that_do_not_fit_into_a_document_are_refused(catalog: Catalog) -> None:
    """For two layers of 5 GRU units a step of the trace has 2·4·5 numbers, and its gradients take thrice as much."""
    client = TestClient(create_app(Settings(max_document_numbers=7_440), catalog))
    assert len(ask(client, "saliency", "toy-gru", "a" * 100, t=61)["inputs"]) == 62
    found = refused(client, "saliency", input="a" * 100, t=62)
    assert (found["type"], found["pointer"], found["params"]) == ("too-many-steps", "/t", {"steps": 63, "limit": 62})


def test_a_norm_that_no_double_holds_is_told_by_its_logarithm(client: TestClient) -> None:
    """Untrained, a forget gate is about a half, and so the direct path over 1,500 steps about 2⁻¹⁵⁰⁰."""
    found = ask(client, "jacobian", "brackets-untrained", "a" * 1_500)
    assert found["direct"]["norm"][0] == 0
    assert found["direct"]["log10"][0] < -324
    assert found["total"]["norm"][-1] == pytest.approx(math.sqrt(2 * 16))


def test_the_description_defines_what_is_sent(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["JacobianBody"]["description"].startswith(
        "∂s(t)/∂s(s): how a layer's state (h, C) at step t changes"
    )
    assert schemas["SaliencyBody"]["description"].startswith("‖∂ logit(t)/∂ x(s)‖₂ for each step s from 0 to t")
    assert all(schemas[name]["additionalProperties"] is False for name in ("JacobianRequest", "SaliencyRequest"))
