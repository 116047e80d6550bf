"""The page: its language, its cache, its policy, and addresses that work under any prefix."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.pages import LANGUAGES, WORDS, json_for_html, preferred_language
from app.settings import Settings


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("en-GB,en;q=0.9,ja;q=0.8", "en"),
        ("de,ja;q=0.3", "ja"),
        ("en;q=0.2,ja;q=0.7", "ja"),
        ("ja;q=0,en", "en"),
        ("fr,de", "en"),
        ("ja;q=nonsense", "en"),
        ("*", "en"),
        (",;,ja", "ja"),
    ],
)
def test_the_browser_s_language_decides(client: TestClient, header: str, language: str) -> None:
    assert preferred_language(header) == language
    answer = client.get("/", headers={"accept-language": header})
    assert f'<html lang="{language}"' in answer.text
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Encoding, Accept-Language"


def test_the_page_brings_the_words_of_every_language(client: TestClient) -> None:
    found = re.search(r'<script type="application/json" id="words">(.*?)</script>', client.get("/").text, re.DOTALL)
    assert found
    words = json.loads(found[1])
    assert words == {language: json.loads((WORDS / f"{language}.json").read_bytes()) for language in LANGUAGES}


def test_words_cannot_leave_their_script_element() -> None:
    hostile = {"a": "</script><!--<script>\u2028"}
    text = str(json_for_html(hostile))
    assert "<" not in text
    assert json.loads(text) == hostile


def test_the_page_is_revalidated(client: TestClient) -> None:
    first = client.get("/")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/", headers={"if-none-match": first.headers["etag"], "accept-language": "ja"})
    assert other.status_code == 200


@pytest.mark.parametrize("address", ["/", "/docs"])
def test_every_address_in_a_page_is_relative_and_leads_somewhere(client: TestClient, address: str) -> None:
    found = re.findall(r'(?:href|src|data-plotly|data-openapi)="([^"#]+)"', client.get(address).text)
    assert found
    for link in found:
        assert not link.startswith(("/", "http:", "https:")), link
        assert client.get(f"/{link.removeprefix('./')}").status_code == 200, link


@pytest.mark.parametrize("asked", ["/gatescope/", "/"])
def test_a_path_prefix_works_whether_the_proxy_cuts_it_off_or_not(model_folder: Path, asked: str) -> None:
    client = TestClient(create_app(Settings(models=(model_folder,), root_path="/gatescope")))
    page = client.get(asked)
    assert page.status_code == 200
    script = re.search(r'src="(static/[^"]+page\.js)"', page.text)
    assert script
    assert client.get(asked + script[1]).status_code == 200
    assert client.get(f"{asked}api/v1/models").status_code == 200
    assert client.get("/gatescope", follow_redirects=False).headers["location"] == "/gatescope/"
    wrong = client.get(f"{asked}a/b", headers={"accept": "text/html"})
    assert (wrong.status_code, 'href="../static/' in wrong.text) == (404, True)


@pytest.mark.parametrize("address", ["/", "/docs", "/healthz", "/nowhere", "/api/v1/models", "/static/x/icon.svg"])
def test_every_answer_says_what_a_browser_may_do_with_it(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in policy["style-src"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_who_may_frame_the_page_is_a_setting() -> None:
    client = TestClient(create_app(Settings(frame_ancestors="'self' https://course.example")))
    assert client.get("/healthz").headers["content-security-policy"].endswith("'self' https://course.example")


def test_pages_have_no_inline_code(client: TestClient) -> None:
    for address in ("/", "/docs"):
        text = client.get(address).text
        for attributes in re.findall(r"<script([^>]*)>", text):
            assert "src=" in attributes or 'type="application/json"' in attributes
        assert not re.search(r"\son[a-z]+=", text)
        assert "javascript:" not in text
