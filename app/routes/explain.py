"""POST /api/v1/explain/arithmetic, /ledger and /units: what made a value, who wrote into a memory, what units do.

Computes in the thread pool, as a run does. Knows neither the core nor what the documents say.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from fastapi import APIRouter, Request, Response

from app.deps import CheckedArithmetic, CheckedLedger, Shared
from app.documents import answer
from app.explanations import arithmetic_body, encode, ledger_body
from app.glance import CheckedUnits, units_answer
from app.openapi import body, problems
from app.requests import JSONRoute
from lstm.errors import BadParameter

PROBLEMS: Final = problems(400, 404, 413, 415, 422, bad=BadParameter("unit", 16, 0, 15))
OF_A_LAYER: Final = problems(400, 404, 413, 415, 422, bad=BadParameter("layer", 2, 0, 1))

router = APIRouter(prefix="/api/v1/explain", tags=["explain"], route_class=JSONRoute)


@router.post(
    "/arithmetic",
    summary="Take a value apart",
    response_class=Response,
    responses=body("ArithmeticBody", "Every formula of the unit, and the gate's sum.") | PROBLEMS,
)
async def arithmetic(asked: CheckedArithmetic, request: Request, shared: Shared) -> Response:
    """Take the values of a unit at a step apart: every formula step by step, and of a gate every product.

    Numbers are doubles, made from the very float32 weights and values of the cell, and add up as doubles do; `value` is
    the cell's own float32. `shown` is rounded by largest remainders: each term goes to a neighbour, down or up, so that
    what is shown adds up exactly.
    """
    question, gate, decimals = asked
    return await answer(lambda: encode(arithmetic_body(question, gate, decimals)), question.numbers, request, shared)


@router.post(
    "/ledger",
    summary="Look into a memory",
    response_class=Response,
    responses=body("LedgerBody", "Who wrote what, and what is left of it.") | PROBLEMS,
)
async def ledger(asked: CheckedLedger, request: Request, shared: Shared) -> Response:
    """Say who wrote what into a unit's memory, how much of it is left at a step, and how long it lasts.

    For an LSTM C(t) = Σ_s (Π_{k=s+1..t} f(k))·i(s)·C̃(s) + (Π f)·C(−1), for a GRU the same of h with z and (1 − z)·n;
    a cell without a forget gate keeps everything. A simple RNN squashes its whole state at every step: it has no such
    sum.
    """
    question, whole = asked
    return await answer(lambda: encode(ledger_body(question, whole=whole)), question.numbers, request, shared)


@router.post(
    "/units",
    summary="See all units at a glance",
    response_class=Response,
    responses=body("UnitsBody", "What the gates and units of a layer do over a run, and at each step.") | OF_A_LAYER,
)
async def units(asked: CheckedUnits, request: Request, shared: Shared) -> Response:
    """Give the facts of every unit of a layer: saturation of its gates, range, half-life, and on which tokens it acts.

    `order` puts units whose states behave alike beside each other: average-linkage clustering by 1 − r, each branch
    turned so that like ends meet (Gruvaeus & Wainer 1972). `steps` tells of each step the two or three largest changes:
    by forgetting, by writing and by the output gate, each measured by the largest of its kind in the run.
    """
    return await answer(partial(units_answer, asked), asked.numbers, request, shared)
