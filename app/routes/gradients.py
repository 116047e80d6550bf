"""POST /api/v1/gradients/jacobian and /saliency: what a state or an output depends on. Knows no mathematics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, Response

from app.deps import Services, Shared
from app.gradients import CheckedJacobian, CheckedSaliency, Question, jacobian_answer, saliency_answer
from app.openapi import body, problems
from app.requests import JSONRoute
from lstm.errors import BadParameter

PROBLEMS: Final = problems(400, 404, 413, 415, 422, bad=BadParameter("t", 7, 0, 4))

router = APIRouter(prefix="/api/v1/gradients", tags=["gradients"], route_class=JSONRoute)


@router.post(
    "/jacobian",
    summary="See a gradient vanish",
    response_class=Response,
    responses=body("JacobianBody", "The norms of ∂s(t)/∂s(s) of a layer's state, for every step s up to t.") | PROBLEMS,
)
async def jacobian(asked: CheckedJacobian, shared: Shared) -> Response:
    """Give the norms of the Jacobian of a layer's state at step t by its state at every earlier step.

    How much what a layer holds at a step still decides of what it holds at step t: a norm that falls to nothing is a
    gradient that has vanished.
    """
    return await _answer(jacobian_answer, asked, shared)


@router.post(
    "/saliency",
    summary="See what an output depends on",
    response_class=Response,
    responses=body("SaliencyBody", "The gradients of one logit at step t, for every step s up to t.") | PROBLEMS,
)
async def saliency(asked: CheckedSaliency, shared: Shared) -> Response:
    """Give the gradient of one output at step t by every input up to it, and by the gates of a layer."""
    return await _answer(saliency_answer, asked, shared)


async def _answer(compute: Callable[[Question], bytes], asked: Question, shared: Services) -> Response:
    """What a thread of the pool computes and writes, as a document."""
    content = await to_thread.run_sync(compute, asked, limiter=shared.computing)
    return Response(content, headers={"Cache-Control": "no-store"}, media_type="application/json")
