"""POST /api/v1/trace and /api/v1/trace/stream: run a model over an input. Knows neither the core nor what lines say."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from app.deps import CheckedDocument, CheckedRun, Shared
from app.openapi import body, lines, problems
from app.requests import JSONRoute
from app.streaming import Lines, LinesResponse, document

PROBLEMS: Final = problems(400, 404, 413, 415, 422)

router = APIRouter(prefix="/api/v1/trace", tags=["traces"], route_class=JSONRoute)


@router.post(
    "", summary="Run a model", response_class=Response, responses=body("TraceDocument", "The whole run.") | PROBLEMS
)
async def trace(run: CheckedDocument, request: Request, shared: Shared) -> Response:
    """Run a model over an input and answer with every step in one document."""
    return await document(
        run, Lines(run, shared.computing, shared.settings.batch_steps, shared.crowd), request, shared.room
    )


@router.post(
    "/stream",
    summary="Run a model step by step",
    response_class=Response,
    responses=lines("Message", "The run, line by line.") | PROBLEMS,
)
async def stream(run: CheckedRun, shared: Shared) -> Response:
    """Run a model over an input and send each step as it is computed: one JSON object a line.

    The first line is `start`, the last one `end`, or `error` where the network left the range of its numbers.
    """
    settings = shared.settings
    return LinesResponse(Lines(run, shared.computing, settings.batch_steps, shared.crowd), settings.stream_seconds)
