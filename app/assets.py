"""The static files, held in memory: hashed, compressed once, cached for ever by a browser that has the right hash.

Knows files, bytes and their headers; does not know templates, words or the API. Only names in the table can be asked
for, so no path leads outside.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response

from app import modules, plotly

ROOT: Final = Path(__file__).resolve().parent.parent
STATIC: Final = ROOT / "static"

MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""Written here because the system's table differs from machine to machine."""

PLOTLY: Final = "plotly.min.js"
CHARTS: Final = ("heatmap",)
"""The kinds of Plotly chart that the page draws, beside `scatter`, which Plotly's core brings."""

SCRIPT: Final = "js/main.js"
STYLES: Final = (
    *("css/tokens.css", "css/app.css", "css/dialog.css", "css/score.css", "css/cell.css"),
    *sorted(path.relative_to(STATIC).as_posix() for path in STATIC.glob("css/views/*.css")),
)
"""What the page starts with and how it looks, in their order. A browser gets each joined into one, named `PAGE`."""
PAGE: Final = "page"

COMPRESSED: Final = frozenset({".css", ".html", ".js", ".json", ".map", ".svg"})
FOREVER: Final = "public, max-age=31536000, immutable"
REVALIDATE: Final = "no-cache"


def _package_file(package: str, path: str) -> Path:
    """A file inside an installed package, which is not imported for it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"The package {package} is not installed.")
    return Path(spec.origin).parent / path


def _files() -> Iterator[tuple[str, Path]]:
    """Every static file by the name under which it is served."""
    yield PLOTLY, _package_file("plotly", "package_data/plotly.min.js")
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        yield name, _package_file("fastapi_swagger", f"resources/{name}")
    for path in sorted(STATIC.rglob("*")):
        if path.is_file() and path.suffix in MEDIA_TYPES and not path.name.startswith("."):
            yield path.relative_to(STATIC).as_posix(), path


def _content(name: str, path: Path) -> bytes:
    """What is served under a name: the file, and of Plotly what the page needs."""
    data = path.read_bytes()
    return plotly.part(data, CHARTS) if name == PLOTLY else data


def _joined(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The page's script with its source map, and its style sheet."""
    sources = {name: data.decode() for name, data in contents.items() if name.startswith("js/")}
    script, source_map = modules.join(sources, SCRIPT, f"{PAGE}.js")
    style = b"".join(contents[name] for name in STYLES)
    return {f"{PAGE}.js": script.encode(), f"{PAGE}.js.map": source_map.encode(), f"{PAGE}.css": style}


@dataclass(frozen=True)
class Asset:
    """Bytes with a name; compressed when they are first wanted so."""

    name: str
    data: bytes
    _packing: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)
    _packed: list[bytes | None] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def suffix(self) -> str:
        """The end of the name, which says what kind of file it is."""
        return PurePosixPath(self.name).suffix

    @cached_property
    def etag(self) -> str:
        """A strong validator of the plain bytes."""
        return f'"{hashlib.sha256(self.data).hexdigest()[:24]}"'

    def gzipped(self) -> bytes | None:
        """The bytes for a browser that takes gzip, None where that would not be smaller; packed once, by one thread."""
        if self.suffix not in COMPRESSED:
            return None
        with self._packing:
            if not self._packed:
                packed = gzip.compress(self.data, compresslevel=6, mtime=0)
                self._packed.append(packed if len(packed) < len(self.data) else None)
            return self._packed[0]

    def response(self, request: Headers, cache: str, headers: Mapping[str, str] | None = None) -> Response:
        """The answer to a request with these headers: compressed where it may be, 304 where the reader has it already.

        Compresses on first use: call it in a thread.
        """
        packed = self.gzipped() if accepts_gzip(request) else None
        etag = self.etag if packed is None else f'{self.etag[:-1]}-gzip"'
        common = {"ETag": etag, "Cache-Control": cache, "Vary": "Accept-Encoding", **(headers or {})}
        if _matches(request.get("if-none-match", ""), self.etag):
            return Response(status_code=304, headers=common)
        if packed is not None:
            common["Content-Encoding"] = "gzip"
        return Response(self.data if packed is None else packed, headers=common, media_type=MEDIA_TYPES[self.suffix])


class Site:
    """All static files and the hash of their contents, which is part of every address that leads to them.

    In `debug` they are read anew whenever one has changed, and the page gets its own apart instead of joined.
    """

    def __init__(self, *, debug: bool = False) -> None:
        self._debug = debug
        self._lock = Lock()
        self._stamp: object = None
        self._assets: dict[str, Asset] = {}
        self._build = ""
        self._read()

    @property
    def build(self) -> str:
        """The hash of all contents."""
        self._refresh()
        return self._build

    @property
    def scripts(self) -> list[str]:
        """What the page runs, first, and what the browser had better fetch at the same time."""
        self._refresh()
        apart = [SCRIPT, *(name for name in self._assets if name.startswith("js/") and name != SCRIPT)]
        return apart if self._debug else [f"{PAGE}.js"]

    @property
    def styles(self) -> list[str]:
        """The page's style sheets, in their order."""
        return list(STYLES) if self._debug else [f"{PAGE}.css"]

    def find(self, name: str) -> Asset | None:
        """The file of this name."""
        self._refresh()
        return self._assets.get(name)

    def compress(self) -> None:
        """Compress every file, so that the first visitor does not wait for it."""
        for asset in sorted(self._assets.values(), key=lambda asset: len(asset.data)):
            asset.gzipped()

    def _refresh(self) -> None:
        if self._debug and self._stamp != _stamp():
            self._read()

    def _read(self) -> None:
        with self._lock:
            stamp = _stamp()
            contents = {name: _content(name, path) for name, path in _files()}
            if not self._debug:
                contents |= _joined(contents)
            assets = {name: Asset(name, data) for name, data in contents.items()}
            digest = hashlib.sha256()
            for name, asset in assets.items():
                digest.update(f"{name}\0{asset.etag}\0".encode())
            self._assets, self._build, self._stamp = assets, digest.hexdigest()[:12], stamp


def accepts_gzip(request: Headers) -> bool:
    """Whether Accept-Encoding names gzip and does not refuse it."""
    for part in request.get("accept-encoding", "").lower().split(","):
        coding, _, quality = part.strip().partition(";")
        if coding.strip() in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _matches(if_none_match: str, etag: str) -> bool:
    """Weak comparison (RFC 9110, 13.1.2); our compressed form has the plain form's tag and a suffix."""
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in tags or not tags.isdisjoint({etag, f'{etag[:-1]}-gzip"'})


def _stamp() -> object:
    return tuple((name, (stat := path.stat()).st_mtime_ns, stat.st_size) for name, path in _files())
