"""The description of the API: valid OpenAPI 3.2 by another's judgement, whole, and true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openapi_spec_validator import validate

from app.errors import slugs
from app.main import create_app
from app.settings import Settings


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.2.0"
    validate(document)


def test_every_address_of_the_contract_is_described(document: dict[str, Any]) -> None:
    assert {(method, path) for path, method, _ in operations(document)} == {
        ("get", "/api/v1/models"),
        ("get", "/api/v1/models/{name}"),
        ("get", "/api/v1/models/{name}/example"),
        ("post", "/api/v1/gradients/jacobian"),
        ("post", "/api/v1/gradients/saliency"),
        ("post", "/api/v1/trace"),
        ("post", "/api/v1/trace/stream"),
        ("post", "/api/v1/explain/arithmetic"),
        ("post", "/api/v1/explain/ledger"),
        ("post", "/api/v1/explain/units"),
        ("post", "/api/v1/explain/difference"),
        ("get", "/healthz"),
        ("get", "/readyz"),
    }
    for _, _, operation in operations(document):
        assert operation["summary"]
        assert operation["description"].endswith(".")


def test_the_stream_is_described_by_its_lines(document: dict[str, Any]) -> None:
    content = document["paths"]["/api/v1/trace/stream"]["post"]["responses"]["200"]["content"]
    assert set(content) == {"application/jsonl"}
    assert content["application/jsonl"]["itemSchema"] == {"$ref": "#/components/schemas/Message"}
    message = document["components"]["schemas"]["Message"]
    kinds = [ref["$ref"].rpartition("/")[2] for ref in message["anyOf"]]
    assert kinds == ["StartMessage", "StepMessage", "EndMessage", "ErrorMessage"]
    for kind, name in zip(kinds, ["start", "step", "end", "error"], strict=True):
        assert document["components"]["schemas"][kind]["properties"]["type"]["const"] == name


def test_every_error_is_described_as_a_problem_with_an_example_of_its_own(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        failures = {int(code): answer for code, answer in operation["responses"].items() if code != "200"}
        expected = {500} | (
            {400, 404, 413, 415, 422, 503} if method == "post" else {404} if "{name}" in path else set()
        )
        expected |= ({429} if path.startswith("/api/") else set()) | ({503} if path == "/readyz" else set())
        assert set(failures) == expected | ({422} if "example" in path else set())
        for status, answer in failures.items():
            content = answer["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert content["example"]["status"] == status
    assert document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"] == slugs()


def test_every_reference_leads_somewhere_and_every_schema_is_used(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    named = set(re.findall(r"'#/components/schemas/(\w+)'", str(document)))
    assert named - {"Message"} <= set(schemas)
    assert set(schemas) == named


def test_the_limits_of_this_server_are_in_it() -> None:
    schemas = create_app(Settings(max_steps=77)).openapi()["components"]["schemas"]
    for request in (
        "TraceRequest",
        "ArithmeticRequest",
        "LedgerRequest",
        "JacobianRequest",
        "SaliencyRequest",
        "UnitsRequest",
        "DifferenceRequest",
    ):
        properties = schemas[request]["properties"]
        for name in {"input", "other_input"} & set(properties):
            text, *lists = properties[name]["anyOf"]
            assert text["maxLength"] == 77
            assert {numbers["maxItems"] for numbers in lists} == {77}


def test_every_limit_is_in_it() -> None:
    """Those that a schema has a word for stand there; all of them, with unit and sentence, in `x-limits`."""
    settings = Settings(max_units=7, stream_seconds=9)
    document = create_app(settings).openapi()
    state = document["components"]["schemas"]["StateBody"]["properties"]
    assert state["h"]["items"]["maxItems"] == state["C"]["anyOf"][0]["items"]["maxItems"] == 7
    limits = document["info"]["x-limits"]
    for name in Settings.model_fields:
        if name.startswith("max_") or name in ("stream_seconds", "request_seconds", "requests_per_minute"):
            limit = limits.pop(f"GATESCOPE_{name.upper()}")
            assert (limit["value"], limit["description"]) == (
                getattr(settings, name),
                Settings.model_fields[name].description,
            )
            assert limit["unit"]
    assert not limits


def test_the_limits_of_who_is_let_in_are_in_it() -> None:
    limits = Settings(max_body_bytes=2048, max_bodies_bytes=4096, requests_per_minute=77, max_streams=5)
    document = create_app(limits).openapi()
    answers = document["paths"]["/api/v1/trace/stream"]["post"]["responses"]
    assert [
        number for code in ("413", "429", "503") for number in re.findall(r"\d[\d,]*\b", answers[code]["description"])
    ] == [
        *("2,048", "4,096", "77", "5"),
    ]
    assert {"429", "503"} == {code for code, answer in answers.items() if "Retry-After" in answer.get("headers", {})}
    unlimited = create_app(Settings(requests_per_minute=0)).openapi()
    assert "429" not in unlimited["paths"]["/api/v1/models"]["get"]["responses"]


def test_the_parameters_of_an_example_are_described(document: dict[str, Any]) -> None:
    operation = document["paths"]["/api/v1/models/{name}/example"]["get"]
    assert [parameter["name"] for parameter in operation["parameters"]] == ["name", "seed", "parameters"]


def test_whole_numbers_in_requests_have_bounds(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["LedgerRequest"]["properties"]["unit"]["minimum"] == 0
    assert schemas["JacobianRequest"]["properties"]["t"]["anyOf"][0]["maximum"] == 2**31 - 1
    assert schemas["ArithmeticRequest"]["properties"]["decimals"]["maximum"] == 9
    assert "maximum" not in str(schemas["StepMessage"])


def test_a_line_is_told_by_its_type(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for kind, ref in schemas["Message"]["discriminator"]["mapping"].items():
        assert schemas[ref.rpartition("/")[2]]["properties"]["type"]["const"] == kind


def test_requests_are_closed_to_unknown_fields(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["TraceRequest"]["additionalProperties"] is False
    assert schemas["StateBody"]["additionalProperties"] is False


def test_the_examples_of_every_request_work(client: TestClient, document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        if method == "post":
            schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            examples = document["components"]["schemas"][schema]["examples"]
            assert examples
            assert [client.post(path, json=example).status_code for example in examples] == [200] * len(examples)


def test_it_is_the_same_each_time() -> None:
    app = create_app()
    assert app.openapi() is app.openapi()
