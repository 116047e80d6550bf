"""A document that is made in one piece: in its turn, in a thread, and only for who still waits for it.

What it takes to make it is held from the documents' room meanwhile, what it is until its reader has it. Knows no
document.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from anyio import CapacityLimiter, to_thread
from fastapi import Request, Response

from app.deps import Services
from app.records import note
from app.streaming import DocumentResponse

LARGE_NUMBERS: Final = 100_000
"""Above this a document takes so long that it has a turn of its own: no run waits for it."""

NUMBER_BYTES: Final = 11
"""What a float32 takes in JSON, with its comma; the unit of the documents' room."""


async def answer(write: Callable[[], bytes], numbers: int, request: Request, shared: Services) -> Response:
    """What `write` gives; `numbers` is the most that it holds. Raises Fault without room, and what `write` raises."""
    lane = shared.pondering if numbers > LARGE_NUMBERS else shared.computing
    held = ExitStack()
    async with lane:
        if await request.is_disconnected():
            note(outcome="left")
            return DocumentResponse([], held)
        with shared.room.taken(min(numbers, shared.room.limit)):
            content = await to_thread.run_sync(write, limiter=CapacityLimiter(1))  # its turn has come already
        held.enter_context(shared.room.taken(len(content) // NUMBER_BYTES))
    return DocumentResponse([content], held)
