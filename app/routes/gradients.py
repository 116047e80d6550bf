"""POST /api/v1/gradients/jacobian and /saliency: what a state or an output depends on. Knows no mathematics."""

from __future__ import annotations

from functools import partial
from typing import Final

from fastapi import APIRouter, Request, Response

from app.deps import Shared
from app.documents import answer
from app.gradients import CheckedJacobian, CheckedSaliency, jacobian_answer, saliency_answer
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
async def jacobian(asked: CheckedJacobian, request: Request, shared: Shared) -> Response:
    """Give the norms of the Jacobian of a layer's state at step t by its state at every earlier step.

    How much what a layer holds at a step still decides of what it holds at step t: a norm that falls to nothing is a
    gradient that has vanished.
    """
    return await answer(partial(jacobian_answer, asked), asked.numbers, request, shared)


@router.post(
    "/saliency",
    summary="See what an output depends on",
    response_class=Response,
    responses=body("SaliencyBody", "The gradients of one logit at step t, for every step s up to t.") | PROBLEMS,
)
async def saliency(asked: CheckedSaliency, request: Request, shared: Shared) -> Response:
    """Give the gradient of one output at step t by every input up to it, and by the gates of a layer."""
    return await answer(partial(saliency_answer, asked), asked.numbers, request, shared)
