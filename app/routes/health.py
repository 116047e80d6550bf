"""GET /healthz: the server answers. Knows nothing of models."""

from __future__ import annotations

from fastapi import APIRouter

from app import VERSION
from app.openapi import problems
from app.schemas.run import Health

router = APIRouter(tags=["server"])


@router.get("/healthz", summary="Say whether the server answers", responses=problems())
async def health() -> Health:
    """Say that the server answers, and in which version."""
    return {"status": "ok", "version": VERSION}
