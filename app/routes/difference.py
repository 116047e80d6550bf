"""POST /api/v1/explain/difference: what two runs differ by. Knows neither the core nor what the document says."""

from __future__ import annotations

from functools import partial
from typing import Final

from fastapi import APIRouter, Request, Response

from app.deps import Shared
from app.differences import CheckedDifference, difference_answer
from app.documents import answer
from app.openapi import body, problems
from app.requests import JSONRoute
from lstm.errors import UnknownSymbol

PROBLEMS: Final = problems(400, 404, 413, 415, 422, bad=UnknownSymbol("!", 3, tuple("()[]abcd")))

router = APIRouter(prefix="/api/v1/explain", tags=["explain"], route_class=JSONRoute)


@router.post(
    "/difference",
    summary="Lay two runs side by side",
    response_class=Response,
    responses=body("DifferenceBody", "What the second run differs by from the first, quantity by quantity.") | PROBLEMS,
)
async def difference(asked: CheckedDifference, request: Request, shared: Shared) -> Response:
    """Say what a model does differently over another input: from which step on, how much, and how far it travels.

    Or under other edits: the same input twice, and `other_edits` beside none, tell what an edit does. Both are read
    from the same start and compared step by step, up to the end of the shorter; every difference is the second less
    the first, in float64 of the float32 values of the traces. Up to the first step at which the inputs or the edits
    differ, all is exactly equal.
    """
    return await answer(partial(difference_answer, asked), asked.numbers, request, shared)
