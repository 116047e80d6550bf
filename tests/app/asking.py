"""How tests ask for a run. Knows the addresses of the API; judges nothing."""

from __future__ import annotations

import json
from typing import Any

from fastapi.testclient import TestClient

TRACE = "/api/v1/trace"
STREAM = "/api/v1/trace/stream"


def trace(client: TestClient, model: str, given: object, **more: object) -> dict[str, Any]:
    """A run as one document."""
    answer = client.post(TRACE, json={"model": model, "input": given, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    document: dict[str, Any] = answer.json()
    return document


def stream(client: TestClient, model: str, given: object, **more: object) -> list[dict[str, Any]]:
    """A run as lines."""
    answer = client.post(STREAM, json={"model": model, "input": given, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/jsonl"
    assert answer.text.endswith("\n")
    return [json.loads(line) for line in answer.text.splitlines()]
