"""GET /healthz and /readyz: the process answers; it has a model to show. Knows no model by name."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from app import VERSION
from app.deps import Shared
from app.errors import Fault
from app.openapi import problems, refusal
from app.schemas.run import Health
from app.schemas.server import Ready

NO_MODEL: Final = Fault("not-ready", 503, "The server has no model that it can use.")

router = APIRouter(tags=["server"])


@router.get("/healthz", summary="Say whether the server answers", responses=problems())
async def health() -> Health:
    """Say that the server answers, and in which version."""
    return {"status": "ok", "version": VERSION}


@router.get(
    "/readyz",
    summary="Say whether the server can run models",
    responses=problems() | {503: refusal("There is no model that the server can use.", NO_MODEL)},
)
def ready(shared: Shared) -> Ready:
    """Say how many models there are, and how many files could not be used; 503 while there is none."""
    models, faults = len(shared.catalog.names()), len(shared.catalog.faults)
    if not models:
        raise NO_MODEL
    return {"status": "ready", "models": models, "unusable": faults}
