"""The contract of a run: exact names, exact numbers, the right answers of a task, a run cut and continued."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.testing import assert_allclose, assert_array_equal
from pydantic import TypeAdapter, with_config

from app.schemas.run import Message, TraceDocument
from lstm.activations import sigmoid
from lstm.catalog import Catalog
from tests.app.asking import STREAM, stream, trace

KEYS = {
    "lstm": ["f", "i", "C_tilde", "C", "o", "h"],
    "gru": ["r", "z", "n", "h"],
    "rnn": ["h"],
    "lstm1997-open": ["i", "C_tilde", "C", "h"],
    "lstm-peephole": ["f", "i", "C_tilde", "C", "o", "h"],
}
STATES = {"gru": ["h"], "rnn": ["h"]}
RUNS = [
    ("toy-lstm", "((a)[b])c"),
    ("toy-gru", "(a[b]c)"),
    ("toy-rnn", "Awxyz?"),
    ("toy-lstm1997-open", "(a)"),
    ("toy-lstm-peephole", "(a)"),
    ("numbers-lstm", [[0.1, -1], [2, 3.5], [0, 0]]),
    ("numbers-gru", [0.1, 0.5, -3]),
]


def float32(rows: object) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.array(rows, np.float32)


@pytest.mark.parametrize(("model", "given"), RUNS)
def test_every_message_has_the_contract_s_names_and_no_others(
    client: TestClient, catalog: Catalog, model: str, given: object
) -> None:
    start, *steps, end = stream(client, model, given)
    network = catalog.load(model).network
    cell = network.cell.name
    assert list(start) == [
        "type", "model", "cell", "layers", "hidden_size", "steps", "tokens", "marks", "off_task", "edits",
    ]  # fmt: skip
    facts = (start["type"], start["model"], start["cell"], start["layers"], start["hidden_size"], start["steps"])
    assert facts == ("start", model, cell, len(network.cells), network.hidden_size, len(steps))
    for t, step in enumerate(steps):
        assert list(step) == ["type", "t", "token", "layers", "y"]
        assert (step["type"], step["t"], step["token"]) == ("step", t, start["tokens"][t])
        assert [list(layer) for layer in step["layers"]] == [KEYS[cell]] * len(network.cells)
        assert all(len(numbers) == network.hidden_size for layer in step["layers"] for numbers in layer.values())
        assert list(step["y"]) == ["top", "value", "next", "answer", "right", "truth"]
    assert list(end) == ["type", "steps", "final_state"]
    assert (end["type"], end["steps"]) == ("end", len(steps))
    assert list(end["final_state"]) == STATES.get(cell, ["h", "C"])


@pytest.mark.parametrize(("model", "given"), RUNS)
def test_what_is_sent_is_what_the_types_say(client: TestClient, model: str, given: object) -> None:
    """The types are also what mypy checks and what OpenAPI shows."""
    adapter = TypeAdapter(with_config({"extra": "forbid"})(TraceDocument))
    adapter.validate_python(trace(client, model, given, include=["pre"]), strict=False)
    for message in stream(client, model, given):
        TypeAdapter(Message).validate_python(message)


@pytest.mark.parametrize(("model", "given"), RUNS)
def test_numbers_parse_back_to_the_very_float32_of_the_core(
    client: TestClient, catalog: Catalog, model: str, given: object
) -> None:
    loaded = catalog.load(model)
    oracle = loaded.network.run(loaded.tokenizer.encode(given).x)
    _, *steps, end = stream(client, model, given)
    names = {q.name: q.key for q in loaded.network.cell.quantities}
    for t, step in enumerate(steps):
        for layer, rows in zip(step["layers"], oracle.layers, strict=True):
            for name, key in names.items():
                assert_array_equal(float32(layer[key]), rows[name][t])
    for k, state in enumerate(oracle.final):
        for name, values in state.items():
            assert_array_equal(float32(end["final_state"][names[name]][k]), values)


def test_numbers_are_written_in_the_shortest_form_that_is_exact(client: TestClient, catalog: Catalog) -> None:
    answer = client.post(STREAM, json={"model": "toy-lstm", "input": "(a[b]c)"})
    loaded = catalog.load("toy-lstm")
    oracle = loaded.network.run(loaded.tokenizer.encode("(a[b]c)").x)
    for t, line in enumerate(answer.text.splitlines()[1:-1]):
        written = json.loads(line, parse_float=Decimal)["layers"][0]["C"]
        shortest = [Decimal(np.format_float_scientific(value, unique=True)) for value in oracle.layers[0]["c"][t]]
        assert written == shortest


@pytest.mark.parametrize(("model", "given"), RUNS)
def test_the_document_is_the_stream(client: TestClient, model: str, given: object) -> None:
    start, *steps, end = stream(client, model, given, include=["h", "pre"])
    assert trace(client, model, given, include=["h", "pre"]) == {"start": start, "steps": steps, "end": end}


def test_top_holds_the_five_most_probable_symbols_and_next_the_one_that_comes(
    client: TestClient, catalog: Catalog
) -> None:
    text = "(a[b]c)"
    loaded = catalog.load("toy-lstm")
    y = loaded.network.run(loaded.tokenizer.encode(text).x).y
    assert y is not None
    symbols = list("()[]abcd")
    steps = trace(client, "toy-lstm", text)["steps"]
    for t, step in enumerate(steps):
        best = sorted(range(8), key=lambda k: -y[t, k])[:5]
        assert [symbol for symbol, _ in step["y"]["top"]] == [symbols[k] for k in best]
        assert_array_equal(float32([p for _, p in step["y"]["top"]]), y[t, best])
        assert step["y"]["value"] is None
        if t + 1 < len(text):
            assert step["y"]["next"]["symbol"] == text[t + 1]
            assert np.float32(step["y"]["next"]["p"]) == y[t, symbols.index(text[t + 1])]
    assert steps[-1]["y"]["next"] is None


def test_next_is_null_where_the_outputs_lack_the_symbol(client: TestClient) -> None:
    """The outputs of recall are A to H; the noise that comes next is none of them."""
    steps = trace(client, "recall-lstm", "AwB?")["steps"]
    assert [step["y"]["next"] and step["y"]["next"]["symbol"] for step in steps] == [None, "B", None, None]


def test_numbers_have_a_value_and_no_symbols(client: TestClient, catalog: Catalog) -> None:
    given = [[0.5, 1], [-2, 0]]
    loaded = catalog.load("numbers-lstm")
    y = loaded.network.run(loaded.tokenizer.encode(given).x).y
    assert y is not None
    document = trace(client, "numbers-lstm", given)
    assert document["start"]["tokens"] == given
    assert document["start"]["marks"] is None
    for t, step in enumerate(document["steps"]):
        value = step["y"].pop("value")
        assert_array_equal(float32(value), y[t])
        assert step["y"] == {"top": None, "next": None, "answer": None, "right": None, "truth": None}


def test_brackets_have_their_right_answers(client: TestClient) -> None:
    document = trace(client, "toy-lstm", "([a])b")
    assert document["start"]["marks"] == [{"from": 0, "to": 4, "kind": "pair"}, {"from": 1, "to": 3, "kind": "pair"}]
    assert document["start"]["off_task"] is None
    outputs = [step["y"] for step in document["steps"]]
    assert [y["answer"] for y in outputs] == [")", "]", "]", ")", None, None]
    assert [y["right"] for y in outputs] == [
        None if y["answer"] is None else y["top"][0][0] == y["answer"] for y in outputs
    ]
    open_paren = {"(": 0.15, "[": 0.15, ")": 0.4, "a": 0.075, "b": 0.075, "c": 0.075, "d": 0.075}
    assert outputs[0]["truth"] == pytest.approx(open_paren)
    assert outputs[4]["truth"] == pytest.approx({"(": 0.25, "[": 0.25, "a": 0.125, "b": 0.125, "c": 0.125, "d": 0.125})


def test_a_trained_model_is_right_about_its_own_examples(client: TestClient, catalog: Catalog) -> None:
    for example in catalog.load("brackets-lstm").card["examples"]:
        judged = {step["y"]["right"] for step in trace(client, "brackets-lstm", example["input"])["steps"]}
        assert judged - {None} == {True}, example["input"]


def test_input_that_the_task_cannot_contain_runs_without_right_answers(client: TestClient) -> None:
    document = trace(client, "toy-lstm", "(a))b")
    assert document["start"]["off_task"] == {"from": 3, "reason": "unmatched-close", "symbol": ")", "due": None}
    assert document["start"]["marks"] == [{"from": 0, "to": 2, "kind": "pair"}]
    assert [step["y"]["answer"] for step in document["steps"]] == [")", ")", None, None, None]
    assert [step["y"]["truth"] is None for step in document["steps"]] == [False, False, False, True, True]


def test_full_width_symbols_are_read_as_the_alphabet_s(client: TestClient) -> None:
    assert trace(client, "toy-lstm", "(a]")["start"]["tokens"] == ["(", "a", "]"]


def test_a_model_without_a_task_has_no_answers(client: TestClient) -> None:
    document = trace(client, "toy-rnn", "Aw?")
    assert (document["start"]["marks"], document["start"]["off_task"]) == (None, None)
    assert {(step["y"]["answer"], step["y"]["truth"]) for step in document["steps"]} == {(None, None)}


@pytest.mark.parametrize("model", ["toy-lstm", "toy-gru"])
@pytest.mark.parametrize("cut", [1, 4, 8])
def test_a_run_goes_on_where_another_one_ended(client: TestClient, model: str, cut: int) -> None:
    text = "((a)[b])c"
    whole = trace(client, model, text)
    first = trace(client, model, text[:cut])
    second = trace(client, model, text[cut:], initial_state=first["end"]["final_state"])
    assert second["start"]["off_task"] == {"from": 0, "reason": "initial-state"}
    assert second["start"]["marks"] is None
    assert [step["t"] for step in second["steps"]] == list(range(len(text) - cut))
    assert {step["y"]["answer"] for step in second["steps"]} == {None}
    joined = first["steps"] + second["steps"]
    assert [step["layers"] for step in joined] == [step["layers"] for step in whole["steps"]]
    assert [step["y"]["top"] for step in joined] == [step["y"]["top"] for step in whole["steps"]]
    assert second["end"]["final_state"] == whole["end"]["final_state"]


@pytest.mark.parametrize(
    ("include", "keys"),
    [
        (None, ["f", "i", "C_tilde", "C", "o", "h"]),
        ([], ["f", "i", "C_tilde", "C", "o", "h"]),
        (["h", "f"], ["f", "h"]),
        (["C", "C"], ["C"]),
        (["pre"], ["f", "i", "C_tilde", "C", "o", "h", "pre"]),
        (["pre", "C"], ["C", "pre"]),
    ],
)
def test_include_chooses_what_is_sent(client: TestClient, include: list[str] | None, keys: list[str]) -> None:
    step = trace(client, "toy-lstm", "(", include=include)["steps"][0]
    assert list(step["layers"][0]) == keys


def test_the_parts_of_each_gate_add_up_to_it(client: TestClient) -> None:
    for step in trace(client, "toy-lstm", "(a[b])", include=["pre"])["steps"]:
        layer = step["layers"][0]
        assert sorted(layer["pre"]) == ["C_tilde", "f", "i", "o"]
        for gate, parts in layer["pre"].items():
            assert sorted(parts) == ["b", "h", "x"]
            z = float32(parts["x"]) + float32(parts["h"]) + float32(parts["b"])
            assert_allclose(np.tanh(z) if gate == "C_tilde" else sigmoid(z), layer[gate], atol=2e-6)


def test_the_parts_of_a_gate_with_a_peephole_are_four(client: TestClient) -> None:
    for step in trace(client, "toy-lstm-peephole", "(a[b])", include=["pre", "f", "o"])["steps"]:
        layer = step["layers"][0]
        assert {gate: list(parts) for gate, parts in layer["pre"].items()} == {
            "f": ["x", "h", "c", "b"],
            "i": ["x", "h", "c", "b"],
            "C_tilde": ["x", "h", "b"],
            "o": ["x", "h", "c", "b"],
        }
        for gate in ("f", "o"):
            z = np.sum([float32(values) for values in layer["pre"][gate].values()], axis=0)
            assert_allclose(sigmoid(z), layer[gate], atol=2e-6)


def test_the_candidate_of_a_gru_keeps_its_biases_apart(client: TestClient) -> None:
    layer = trace(client, "numbers-gru", [0.5], include=["pre"])["steps"][0]["layers"][0]
    parts = {name: float32(values) for name, values in layer["pre"]["n"].items()}
    assert sorted(parts) == ["b_hh", "b_ih", "h", "x"]
    n = np.tanh(parts["x"] + parts["b_ih"] + float32(layer["r"]) * (parts["h"] + parts["b_hh"]))
    assert_allclose(n, layer["n"], atol=2e-6)
    assert sorted(layer["pre"]["r"]) == ["b", "h", "x"]
