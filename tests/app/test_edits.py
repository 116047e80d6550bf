"""What-if edits in requests: shown in full, refused in their place, in every answer about a run, and nobody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.cli import main
from lstm.catalog import Catalog
from lstm.cells import CELLS
from lstm.edits import PRESETS, Ablate, Clamp, Edit, Edits, SetState
from lstm.explain.jacobian import jacobian
from lstm.explain.saliency import saliency
from tests.app.asking import STREAM, TRACE, stream, trace
from tests.app.test_errors import problem_of

ARITHMETIC, LEDGER = "/api/v1/explain/arithmetic", "/api/v1/explain/ledger"
JACOBIAN, SALIENCY = "/api/v1/gradients/jacobian", "/api/v1/gradients/saliency"
DIFFERENCE, GLANCE = "/api/v1/explain/difference", "/api/v1/explain/units"

CLAMP = {"kind": "clamp", "quantity": "f", "value": 0.25, "units": [0, 2], "from": 1, "to": 2}
ABLATE = {"kind": "ablate", "layer": 0, "units": [1], "from": 2}
SET = {"kind": "set", "quantity": "C", "value": -1.5, "t": 1}
TOKEN = {"kind": "token", "t": 2, "token": "["}
OF_CORE: tuple[Edit, ...] = (Clamp("f", 0.25, 0, (0, 2), 1, 2), Ablate(0, (1,), 2), SetState("c", -1.5, 1))
INPUT = "(a)b"


def ask(client: TestClient, address: str, **sent: object) -> dict[str, Any]:
    answer = client.post(address, json=sent)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_the_start_shows_all_edits_in_their_order_with_every_default_filled_in(client: TestClient) -> None:
    edits = [TOKEN, {"kind": "ablate"}, SET, {"kind": "clamp", "quantity": "C_tilde", "value": -1}, CLAMP]
    (start, *_) = stream(client, "toy-lstm", INPUT, edits=edits)
    everywhere = {"layer": 0, "units": None, "from": 0, "to": None}
    assert start["edits"] == [
        TOKEN,
        {"kind": "ablate", **everywhere},
        {**SET, "layer": 0, "units": None},
        {"kind": "clamp", "quantity": "C_tilde", "value": -1.0, **everywhere},
        {**CLAMP, "layer": 0},
    ]
    assert trace(client, "toy-lstm", INPUT, edits=start["edits"])["start"] == start, "what is shown can be sent again"
    assert trace(client, "toy-lstm", INPUT)["start"]["edits"] == []


def test_an_edited_run_is_the_core_s_bit_for_bit(client: TestClient, catalog: Catalog) -> None:
    model = catalog.load("toy-lstm")
    x = model.tokenizer.encode(INPUT).x
    expected = model.network.run(x, pre=True, edits=Edits(OF_CORE))
    assert expected.y is not None
    for document in (
        trace(client, "toy-lstm", INPUT, edits=[CLAMP, ABLATE, SET]),
        {"steps": stream(client, "toy-lstm", INPUT, edits=[CLAMP, ABLATE, SET])[1:-1]},
    ):
        for t, step in enumerate(document["steps"]):
            for ours, rows in zip(step["layers"], expected.layers, strict=True):
                for quantity in model.network.cell.quantities:
                    assert np.array_equal(np.float32(ours[quantity.key]), rows[quantity.name][t]), quantity.key
            top, p = step["y"]["top"][0]
            assert p == pytest.approx(expected.y[t].max())
            assert model.card["outputs"] is not None
            assert top == model.card["outputs"][int(expected.y[t].argmax())]
    layers = [step["layers"][0] for step in trace(client, "toy-lstm", INPUT, edits=[CLAMP, ABLATE, SET])["steps"]]
    assert [layer["f"][2] == 0.25 for layer in layers] == [False, True, True, False]
    assert [layer["h"][1] == 0 for layer in layers] == [False, False, True, True]
    assert layers[1]["C"] == [-1.5] * len(layers[1]["C"])


@pytest.mark.parametrize(
    ("model", "given", "edits", "read"),
    [
        (
            "brackets-lstm",
            "([a])",
            [{"kind": "token", "t": 1, "token": "("}, {"kind": "token", "t": 3, "token": ")"}],
            "((a))",
        ),
        ("brackets-lstm", "([a])", [{"kind": "token", "t": 1, "token": "a"}], "(aa])"),
        (
            "recall-gru",
            "Bw?",
            [{"kind": "token", "t": 0, "token": "A"}, {"kind": "token", "t": 0, "token": "D"}],
            "Dw?",
        ),
        ("brackets-lstm", "(a)", [{"kind": "token", "t": 0, "token": "（"}], "(a)"),
        ("numbers-lstm", [[1, 2], [3, 4]], [{"kind": "token", "t": 1, "token": [0.5, -1]}], [[1, 2], [0.5, -1]]),
        ("numbers-gru", [1, 2, 3], [{"kind": "token", "t": 2, "token": 0.25}], [1, 2, 0.25]),
    ],
)
def test_another_token_is_another_input_with_its_own_marks_and_answers(
    client: TestClient, model: str, given: object, edits: list[object], read: object
) -> None:
    found, expected = trace(client, model, given, edits=edits), trace(client, model, read)
    assert found["start"].pop("edits") == edits
    assert expected["start"].pop("edits") == []
    assert found == expected


REFUSED: list[tuple[object, str, str, dict[str, Any]]] = [
    # the edits of a run of four steps over toy-lstm, the type, the place, and what else is said
    ("f=1", "wrong-type", "/edits", {}),
    (["f"], "wrong-type", "/edits/0", {}),
    ([CLAMP] * 65, "wrong-type", "/edits", {}),
    ([{}], "missing-field", "/edits/0/kind", {}),
    ([{"kind": "clamps"}], "wrong-type", "/edits/0/kind", {"wanted": "be one of clamp, ablate, set, token"}),
    ([{"kind": ["clamp"]}], "wrong-type", "/edits/0/kind", {}),
    ([CLAMP, {"kind": "clamp", "value": 1}], "missing-field", "/edits/1/quantity", {}),
    ([{**CLAMP, "until": 3}], "unknown-field", "/edits/0/until", {"field": "until"}),
    ([{**CLAMP, "from_": 3}], "unknown-field", "/edits/0/from_", {"field": "from_"}),
    ([{**ABLATE, "value": 0}], "unknown-field", "/edits/0/value", {}),
    ([{**CLAMP, "value": "1"}], "wrong-type", "/edits/0/value", {}),
    ([{**CLAMP, "value": True}], "wrong-type", "/edits/0/value", {}),
    ([{**CLAMP, "value": 1e7}], "wrong-type", "/edits/0/value", {}),
    ([{**CLAMP, "value": 1.01}], "out-of-range", "/edits/0/value", {"quantity": "f", "min": 0, "max": 1}),
    ([{**SET, "value": -1e6 - 1}], "wrong-type", "/edits/0/value", {}),
    ([{**CLAMP, "quantity": "z"}], "unknown-quantity", "/edits/0/quantity", {"quantity": "z"}),
    ([{**CLAMP, "quantity": "c_tilde"}], "unknown-quantity", "/edits/0/quantity", {"quantity": "c_tilde"}),
    (
        [{**CLAMP, "quantity": "h"}],
        "not-editable",
        "/edits/0/quantity",
        {"edit": "clamp", "allowed": ["f", "i", "C_tilde", "o"]},
    ),
    ([{**SET, "quantity": "h"}], "not-editable", "/edits/0/quantity", {"edit": "set", "allowed": ["C"]}),
    ([{**CLAMP, "layer": 1}], "bad-parameter", "/edits/0/layer", {"min": 0, "max": 0}),
    ([{**CLAMP, "layer": 0.5}], "wrong-type", "/edits/0/layer", {}),
    ([{**CLAMP, "units": []}], "wrong-type", "/edits/0/units", {}),
    ([{**CLAMP, "units": 3}], "wrong-type", "/edits/0/units", {}),
    ([TOKEN, {**CLAMP, "units": [0, 99]}], "bad-parameter", "/edits/1/units", {"value": 99, "min": 0}),
    ([{**CLAMP, "from": 4, "to": None}], "bad-parameter", "/edits/0/from", {"min": 0, "max": 3}),
    ([{**CLAMP, "from": 2, "to": 1}], "bad-parameter", "/edits/0/to", {"min": 2, "max": 3}),
    ([{**SET, "t": -1}], "bad-parameter", "/edits/0/t", {"min": 0, "max": 3}),
    ([{**TOKEN, "t": 4}], "bad-parameter", "/edits/0/t", {"min": 0, "max": 3}),
    ([{**TOKEN, "token": "x"}], "unknown-symbol", "/edits/0/token", {"symbol": "x", "position": 2}),
    ([{**TOKEN, "token": "(("}], "unknown-symbol", "/edits/0/token", {"symbol": "(("}),
    ([{**TOKEN, "token": ""}], "unknown-symbol", "/edits/0/token", {}),
    ([{**TOKEN, "token": 1}], "wants-text", "/edits/0/token", {}),
    ([{**TOKEN, "token": None}], "wants-text", "/edits/0/token", {}),
]


@pytest.mark.parametrize(("edits", "slug", "pointer", "params"), REFUSED)
def test_an_edit_that_is_not_right_is_refused_in_its_place(
    client: TestClient, edits: object, slug: str, pointer: str, params: dict[str, Any]
) -> None:
    for address in (TRACE, STREAM):
        document = problem_of(client.post(address, json={"model": "toy-lstm", "input": INPUT, "edits": edits}))
        assert (document["status"], document["type"], document["pointer"]) == (422, slug, pointer)
        assert document.get("params", {}) | params == document.get("params", {})


@pytest.mark.parametrize(
    ("token", "slug"),
    [
        ("a", "wants-numbers"),
        ([1], "wrong-shape"),
        ([1, 1e7], "out-of-bounds"),
        ([1, True], "wants-numbers"),
        (3, "wants-numbers"),
    ],
)
def test_a_token_of_a_model_over_numbers_is_checked_as_its_input_is(
    client: TestClient, token: object, slug: str
) -> None:
    sent = {"model": "numbers-lstm", "input": [[1, 2]], "edits": [{"kind": "token", "t": 0, "token": token}]}
    document = problem_of(client.post(TRACE, json=sent))
    assert (document["type"], document["pointer"]) == (slug, "/edits/0/token")


@pytest.mark.parametrize("address", [ARITHMETIC, LEDGER, JACOBIAN, SALIENCY, GLANCE, DIFFERENCE])
def test_every_answer_about_a_run_takes_edits_and_refuses_what_does_not_fit(client: TestClient, address: str) -> None:
    sent: dict[str, object] = {"model": "toy-lstm", "input": INPUT}
    sent |= {"unit": 0, "t": 3} if address in (ARITHMETIC, LEDGER) else {}
    sent |= {"other_input": "(b)b"} if address == DIFFERENCE else {}
    plain, edited = (client.post(address, json={**sent, "edits": edits}) for edits in ([], [CLAMP, ABLATE, SET]))
    assert (plain.status_code, edited.status_code) == (200, 200)
    assert plain.json() != edited.json()
    token = {**TOKEN, "t": 1, "token": "b"}
    replaced, expected = (
        client.post(address, json={**sent, "edits": [token]}),
        client.post(address, json={**sent, "input": "(b)b"}),
    )
    assert replaced.json() == expected.json()
    document = problem_of(client.post(address, json={**sent, "edits": [{**CLAMP, "units": [99]}]}))
    assert (document["type"], document["pointer"]) == ("bad-parameter", "/edits/0/units")


def test_gradients_are_those_of_the_edited_run(client: TestClient, catalog: Catalog) -> None:
    model, edits = catalog.load("toy-lstm"), Edits(OF_CORE)
    x = model.tokenizer.encode(INPUT).x
    sent = {"model": "toy-lstm", "input": INPUT, "edits": [CLAMP, ABLATE, SET]}
    assert ask(client, JACOBIAN, **sent)["total"]["log10"] == [
        value if np.isfinite(value) else None for value in jacobian(model.network, x, layer=0, t=3, edits=edits).total
    ]
    found = ask(client, SALIENCY, **sent, t=3, output="(")
    assert found["inputs"] == saliency(model.network, x, t=3, output=0, edits=edits).inputs.tolist()
    assert [found["gates"]["f"][t][2] == 0 for t in range(4)] == [True, True, True, False], (
        "set at 1, clamped at 1 and 2"
    )


def test_the_arithmetic_says_what_was_put_in_the_place_of_what(client: TestClient) -> None:
    place = {"model": "toy-lstm", "input": INPUT, "unit": 0, "t": 1}
    plain, edited = (
        {line["key"]: line for line in ask(client, ARITHMETIC, **place, gate="f", edits=edits)["quantities"]}
        for edits in ([], [CLAMP, SET])
    )
    assert [key for key, line in edited.items() if line["edited"]] == ["f", "C"]
    assert not any(line["edited"] for line in plain.values())
    assert edited["f"]["value"] == 0.25
    assert edited["f"]["computed"] == plain["f"]["computed"]
    assert edited["C"]["variables"]["f"] == 0.25
    assert edited["C"]["value"] == edited["h"]["variables"]["C"] == -1.5
    assert edited["h"]["value"] == pytest.approx(edited["h"]["variables"]["o"] * np.tanh(-1.5), rel=1e-6)


def test_the_ledger_of_a_state_that_was_set_begins_there(client: TestClient) -> None:
    found = ask(client, LEDGER, model="toy-lstm", input=INPUT, unit=3, t=3, edits=[SET])["memory"]
    assert found["kept"][1] == 0
    assert found["wrote"][1] == -1.5
    left = {writer["t"]: writer["left"] for writer in found["writers"]}
    assert left[0] == 0
    assert left[1] == pytest.approx(-1.5 * found["kept"][2] * found["kept"][3], rel=1e-12)
    assert sum(left.values()) == pytest.approx(found["value"], abs=1e-6)


def test_every_preset_of_every_card_can_be_asked_for(client: TestClient) -> None:
    cards = client.get("/api/v1/models").json()["models"]
    names = {card["cell"]: [preset["name"] for preset in card["presets"]] for card in cards}
    assert names == {cell: [preset.name for preset in PRESETS.get(cell, ())] for cell in CELLS}
    assert (names["lstm"], names["rnn"]) == (["remember", "keep", "overwrite", "forget", "hide"], [])
    for card in {card["cell"]: card for card in cards}.values():
        for preset in card["presets"]:
            given = card["alphabet"][0] * 3 if card["alphabet"] else [[0.5] * card["input_size"]] * 3
            for step in trace(client, card["name"], given, edits=preset["edits"])["steps"]:
                for edit in preset["edits"]:
                    assert set(step["layers"][0][edit["quantity"]]) == {edit["value"]}


def test_many_at_once_each_get_their_own_run(client: TestClient) -> None:
    """Plain and edited runs of one model, over one application, side by side: each as if it were alone."""
    text = "((a)[b])" * 20
    asked = [
        [],
        [{**CLAMP, "to": None}],
        [],
        [{"kind": "ablate"}],
        [{**SET, "t": 80}],
        [{**TOKEN, "t": 3, "token": "b"}],
    ]
    sent = [{"model": "brackets-lstm", "input": text, "edits": edits} for edits in asked]
    alone = [client.post(TRACE, json=body).content for body in sent]
    assert len(set(alone)) == 5
    with ThreadPoolExecutor(6) as pool:
        for _ in range(3):
            assert list(pool.map(lambda body: client.post(TRACE, json=body).content, sent)) == alone


def test_the_command_line_takes_them_as_json(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    edits = '[{"kind": "clamp", "quantity": "z", "value": 0, "from": 1}]'
    assert main(["trace", "recall-gru", "Bw?", "--edits", edits]) == 0
    request = {
        "model": "recall-gru",
        "input": "Bw?",
        "edits": [{"kind": "clamp", "quantity": "z", "value": 0, "from": 1}],
    }
    assert capsys.readouterr().out == client.post(STREAM, json=request).text
    for wrong, says in (("[{", "The edits are not JSON"), ('[{"kind": "ablate", "units": [16]}]', "from 0 to 15")):
        assert main(["trace", "recall-gru", "Bw?", "--edits", wrong]) == 1
        assert says in capsys.readouterr().err
