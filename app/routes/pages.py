"""GET / and the static files. Knows how they are cached, not what they say."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.assets import FOREVER, REVALIDATE
from app.deps import Shared
from app.errors import Fault
from app.pages import preferred_language

router = APIRouter(include_in_schema=False)


@router.get("/")
def score(request: Request, shared: Shared) -> Response:
    """The page."""
    language = preferred_language(request.headers.get("accept-language", ""))
    vary = {"Vary": "Accept-Encoding, Accept-Language", "Content-Language": language}
    return shared.pages.score(language).response(request.headers, REVALIDATE, vary)


@router.get("/static/{build}/{name:path}")
def static(build: str, name: str, request: Request, shared: Shared) -> Response:
    """A static file; under the address of an older build it is today's, and is not kept."""
    asset = shared.site.find(name)
    if asset is None:
        raise Fault("not-found", 404, "There is no such file.")
    return asset.response(request.headers, FOREVER if build == shared.site.build else REVALIDATE)
