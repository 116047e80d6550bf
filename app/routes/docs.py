"""GET /docs: the API's description for people, drawn by Swagger UI out of a package, with no network."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.assets import REVALIDATE
from app.deps import Shared

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request, shared: Shared) -> Response:
    """The description of the API."""
    return shared.pages.docs().response(request.headers, REVALIDATE)
