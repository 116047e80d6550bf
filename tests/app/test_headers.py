"""What a browser is told and what it may ask: no cookie, no other origin unless one is named, nothing guessed."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.app.asking import STREAM, TRACE

OURS, OTHER = "https://course.example.org", "https://other.example.org"
RUN = {"model": "recall-rnn", "input": "A?"}


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/api/v1/models", "/nowhere", "/static/x/page.css"])
def test_every_answer_has_the_headers_of_a_public_page_and_sets_no_cookie(client: TestClient, path: str) -> None:
    headers = client.get(path, headers={"Origin": OTHER}).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'self'")
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    assert not [
        name for name in headers if name == "set-cookie" or name.startswith("access-control-") or name == "server"
    ]


def test_other_origins_may_ask_only_if_they_are_named() -> None:
    asks = TestClient(create_app(Settings(cors_origins=(OURS,), requests_per_minute=1)))
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    allowed = asks.options(STREAM, headers={"Origin": OURS, **preflight})
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, OURS)
    assert "access-control-allow-credentials" not in allowed.headers
    refused = asks.options(STREAM, headers={"Origin": OTHER, **preflight})
    assert "access-control-allow-origin" not in refused.headers
    assert asks.post(TRACE, json=RUN, headers={"Origin": OURS}).headers["access-control-allow-origin"] == OURS
    limited = asks.post(TRACE, json=RUN, headers={"Origin": OURS})
    assert (limited.status_code, limited.headers["access-control-allow-origin"]) == (429, OURS)
    assert "Retry-After" in limited.headers["access-control-expose-headers"]
