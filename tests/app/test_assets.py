"""Static files: found by name alone, cached for ever under their hash, compressed, revalidated."""

from __future__ import annotations

import gzip
import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers

from app import assets
from app.assets import CHARTS, FOREVER, REVALIDATE, Asset, Site, accepts_gzip
from app.main import create_app
from app.plotly import part
from app.settings import Settings


@pytest.fixture(scope="module")
def build(client: TestClient) -> str:
    found = re.search(r'"static/([0-9a-f]{12})/', client.get("/").text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("plotly.min.js", "text/javascript; charset=utf-8"),
        ("swagger-ui.css", "text/css; charset=utf-8"),
        ("js/main.js", "text/javascript; charset=utf-8"),
        ("css/app.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_files_come_with_their_type_and_stay_cached(client: TestClient, build: str, name: str, kind: str) -> None:
    answer = client.get(f"/static/{build}/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.content)
    plain = client.get(f"/static/{build}/{name}", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content
    assert plain.headers["etag"] != answer.headers["etag"]


def test_plotly_is_a_part_of_the_one_in_the_package(client: TestClient, build: str) -> None:
    files = [file for file in distribution("plotly").files or () if file.name == "plotly.min.js"]
    served = client.get(f"/static/{build}/plotly.min.js").content
    assert served == part(Path(str(files[0].locate())).read_bytes(), CHARTS)


def test_the_page_gets_its_modules_and_style_sheets_joined_and_in_debug_apart() -> None:
    page = re.compile(
        r'<(?:link rel="(?:modulepreload|stylesheet)" href|script type="module" src)="static/[^/]+/([^"]+)"'
    )
    joined = TestClient(create_app(Settings()))
    assert page.findall(joined.get("/").text) == ["page.css", "page.js"]
    apart = TestClient(create_app(Settings(debug=True)))
    names = page.findall(apart.get("/").text)
    assert names[-1] == "js/main.js"
    assert {name for name in names if name.endswith(".js")} == {
        path.relative_to(assets.STATIC).as_posix() for path in (assets.STATIC / "js").rglob("*.js")
    }
    style = b"".join((assets.STATIC / name).read_bytes() for name in names if name.endswith(".css"))
    assert Site().find("page.css") == Asset("page.css", style)


def test_the_address_of_another_build_leads_to_today_s_file_and_is_not_kept(client: TestClient) -> None:
    answer = client.get("/static/000000000000/js/main.js")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, REVALIDATE)


def test_a_reader_who_has_it_gets_it_once(client: TestClient, build: str) -> None:
    for encoding in ("gzip", "identity"):
        address, headers = f"/static/{build}/plotly.min.js", {"accept-encoding": encoding}
        first = client.get(address, headers=headers)
        for tag in (first.headers["etag"], f"W/{first.headers['etag']}", f'"other", {first.headers["etag"]}', "*"):
            again = client.get(address, headers={**headers, "if-none-match": tag})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == first.headers["etag"]
        assert client.get(address, headers={**headers, "if-none-match": '"other"'}).status_code == 200


def test_head_answers_as_get_without_the_body(client: TestClient, build: str) -> None:
    for address in (f"/static/{build}/js/main.js", "/", "/docs", "/healthz", "/api/v1/models"):
        get, head = client.get(address), client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == get.headers["content-length"]
        assert head.headers.get("etag") == get.headers.get("etag")


@pytest.mark.parametrize(
    "name", ["../app/main.py", "js/../../app/main.py", "/etc/passwd", "", "js", "js/", "\0", "JS/main.js"]
)
def test_only_names_in_the_table_are_found(name: str) -> None:
    assert Site().find(name) is None


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip", True), ("gzip, deflate, br", True), ("br, GZIP;q=0.5", True), ("*", True), ("", False),
        ("identity", False), ("gzip;q=0", False), ("gzip; q=0.0", False), ("br", False),
    ],
)  # fmt: skip
def test_compression_is_offered_to_who_takes_it(header: str, takes: bool) -> None:
    assert accepts_gzip(Headers({"accept-encoding": header})) is takes


def test_what_would_not_be_smaller_is_sent_as_it_is() -> None:
    assert Asset("a.js", b"x").gzipped() is None
    assert Asset("a.png", b"x" * 1000).gzipped() is None
    packed = Asset("a.js", b"x" * 1000).gzipped()
    assert packed is not None
    assert gzip.decompress(packed) == b"x" * 1000


def _folder(folder: Path) -> Path:
    """A folder of static files with those that a page is joined from."""
    for name in (assets.SCRIPT, *assets.STYLES):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("", encoding="utf-8")
    return folder


def test_a_changed_file_shows_at_once_in_debug_and_changes_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "STATIC", _folder(tmp_path))
    file = tmp_path / "a.js"
    file.write_text("1", encoding="utf-8")
    live, still = Site(debug=True), Site()
    first, same = live.build, still.build
    file.write_text("22", encoding="utf-8")
    found, kept = live.find("a.js"), still.find("a.js")
    assert found is not None
    assert kept is not None
    assert (found.data, kept.data) == (b"22", b"1")
    assert live.build != first
    assert still.build == same


def test_hidden_files_and_unknown_kinds_are_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "STATIC", _folder(tmp_path))
    for name in (".secret.js", "notes.txt", "a.py", "a.js"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    site = Site()
    assert [name for name in (".secret.js", "notes.txt", "a.py", "a.js") if site.find(name)] == ["a.js"]
