"""What is known of the request that is being answered, for the log and the metrics: never a word that its sender wrote.

Any code that answers may `note` a fact, in whatever thread; the record goes with the context. Knows no logger.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["ok", "refused", "fault", "left", "cut", "late", "failed"]
"""How a request ended: answered; 4xx, 429 and 503; 500; the client left; the server stopped; it took too long; the run
ended in an `error` line."""


@dataclass(slots=True)
class Record:
    """One request. `steps` is the length of the input, `model` the name of a model that exists."""

    id: str
    model: str | None = None
    steps: int | None = None
    outcome: Outcome | None = None


_current: ContextVar[Record | None] = ContextVar("record", default=None)


def begin(record: Record) -> None:
    """From here on, what this task answers belongs to the record."""
    _current.set(record)


def current() -> Record | None:
    """The record of the request that is being answered, if one is."""
    return _current.get()


def note(*, model: str | None = None, steps: int | None = None, outcome: Outcome | None = None) -> None:
    """Add facts to the record, if there is one."""
    record = _current.get()
    if record is not None:
        record.model = record.model if model is None else model
        record.steps = record.steps if steps is None else steps
        record.outcome = record.outcome if outcome is None else outcome
