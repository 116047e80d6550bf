"""What routes ask for: the shared services, and a run that is checked in full before its first byte.

Turns JSON into the core's arguments and says where in the JSON a fault lies. Knows neither streaming nor the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Final, NamedTuple, cast

import numpy as np
from anyio import CapacityLimiter
from fastapi import Depends, Request

from app.assets import Asset, Site
from app.cards import task_of
from app.errors import Fault
from app.explanations import Question
from app.limits import Room
from app.messages import Run
from app.pages import Pages
from app.records import note
from app.schemas.edits import AblateEdit, AnyEdit, ClampEdit, SetEdit, TokenEdit, shown
from app.schemas.explain import ArithmeticRequest, LedgerRequest, UnitRequest
from app.schemas.run import RunRequest, StateBody, TraceRequest
from app.settings import Settings
from app.streaming import Crowd
from lstm.catalog import Catalog
from lstm.checkpoint import Model
from lstm.edits import Ablate, Clamp, Edit, Edits, SetState, Size, check
from lstm.errors import BadParameter, GatescopeError, UnknownQuantity, WrongShape
from lstm.gates import Quantity
from lstm.tasks import Judgement
from lstm.tokenizers import Encoded, replaced
from lstm.trace import State

PRE: Final = "pre"


@dataclass(frozen=True, slots=True)
class Services:
    """What one process shares: nothing in it changes an answer from one request to the next.

    `computing` is for what takes turns: a batch of a stream, a small document. `pondering` is for a large document made
    in one piece, one at a time. `documents` are the cards as they are sent, each written when it is first asked for.
    """

    settings: Settings
    catalog: Catalog
    site: Site
    pages: Pages
    computing: CapacityLimiter
    pondering: CapacityLimiter
    room: Room
    crowd: Crowd
    documents: dict[str, Asset] = field(default_factory=dict)


async def services(request: Request) -> Services:
    """The services of the application that answers."""
    return cast(Services, request.app.state.services)


Shared = Annotated[Services, Depends(services)]


def checked_run(request: TraceRequest, shared: Shared) -> Run:
    """A run that can only fail by its own numbers. Raises a domain error that points into the request."""
    return prepare(request, shared.catalog, shared.settings.max_steps)


CheckedRun = Annotated[Run, Depends(checked_run)]


async def checked_document(run: CheckedRun, shared: Shared) -> Run:
    """A run whose document fits into memory. Raises Fault otherwise."""
    numbers, limit = len(run) * run.numbers_per_step, shared.settings.max_document_numbers
    if numbers > limit:
        detail = (
            f"This run has about {numbers:,} numbers, and one document holds at most {limit:,}. "
            "Use POST /api/v1/trace/stream, a shorter input, or fewer quantities with include."
        )
        raise Fault("document-too-large", 422, detail, pointer="/input", numbers=numbers, limit=limit)
    return run


CheckedDocument = Annotated[Run, Depends(checked_document)]


def checked_arithmetic(request: ArithmeticRequest, shared: Shared) -> tuple[Question, str | None, int]:
    """The unit, the Python name of the gate whose sum is wanted, and its decimals; checked."""
    question = _question(request, shared)
    cell = question.model.network.cell
    names = {q.key: q.name for q in cell.quantities if q.name in cell.torch_order}
    if request.gate is not None and request.gate not in names:
        with at("/gate"):
            raise UnknownQuantity(request.gate, list(names))
    return question, None if request.gate is None else names[request.gate], request.decimals


CheckedArithmetic = Annotated[tuple[Question, str | None, int], Depends(checked_arithmetic)]


def checked_ledger(request: LedgerRequest, shared: Shared) -> tuple[Question, bool]:
    """The unit, and whether the triangle is wanted; checked."""
    return _question(request, shared), request.triangle


CheckedLedger = Annotated[tuple[Question, bool], Depends(checked_ledger)]


def _question(request: UnitRequest, shared: Services) -> Question:
    """A unit at a step that is there. Raises BadParameter with the bounds."""
    model, encoded, state, edits = opened(request, shared.catalog, shared.settings.max_steps)
    network = model.network
    sizes = {"layer": len(network.cells), "unit": network.hidden_size, "t": len(encoded.tokens)}
    for name, size in sizes.items():
        within(name, getattr(request, name), size)
    return Question(model, encoded, state, request.layer, request.unit, request.t, edits)


def prepare(request: RunRequest, catalog: Catalog, max_steps: int) -> Run:
    """Everything that can be checked before a run, checked. Raises the core's errors, each with its `pointer`."""
    include = request.include if isinstance(request, TraceRequest) else None
    model, encoded, state, edits = opened(request, catalog, max_steps)
    quantities, pre = _included(include, model.network.cell.quantities)
    judgement = _judgement(model, encoded.tokens, state is not None)
    return Run(model, encoded, judgement, state, quantities, pre, edits, tuple(map(shown, request.edits)))


class Opened(NamedTuple):
    """What a request about a run is about: `encoded` is what is read, after edits of tokens; `edits` are the others."""

    model: Model
    encoded: Encoded
    state: State | None
    edits: Edits | None


def opened(request: RunRequest, catalog: Catalog, max_steps: int) -> Opened:
    """The model, its input, the state to start from and the edits. Raises the core's errors with a `pointer`."""
    with at("/model"):
        model = catalog.load(request.model)
    with at("/input"):
        encoded = model.tokenizer.encode(request.input, limit=max_steps)
    note(model=model.name, steps=len(encoded.tokens))
    state = None if request.initial_state is None else _state(request.initial_state, model)
    encoded, edits = edited(encoded, request.edits, model, "/edits")
    return Opened(model, encoded, state, edits)


def edited(encoded: Encoded, edits: Sequence[AnyEdit], model: Model, pointer: str) -> tuple[Encoded, Edits | None]:
    """The input after the edits of tokens, and the others; the list stands at `pointer` of the request."""
    for n, edit in enumerate(edits):
        if isinstance(edit, TokenEdit):
            with at_edit(f"{pointer}/{n}", "token"):
                encoded = replaced(model.tokenizer, encoded, edit.t, edit.token)
    return encoded, _edits(edits, model, len(encoded.tokens), pointer)


def trace_numbers(model: Model, steps: int) -> int:
    """How many numbers a trace of so many steps has."""
    network = model.network
    return steps * len(network.cells) * len(network.cell.quantities) * network.hidden_size


def within(name: str, value: object, size: int) -> None:
    """Raises BadParameter with the bounds where the field of this name is not one of the places 0 … size − 1."""
    if not isinstance(value, int) or not 0 <= value < size:
        with at(f"/{name}"):
            raise BadParameter(name, value, 0, size - 1)


@contextmanager
def at(pointer: str) -> Iterator[None]:
    """Domain errors raised inside lie at this place of the request; a number's position is a place in its list."""
    try:
        yield
    except GatescopeError as error:
        numbers = "position" in error.params and "symbol" not in error.params
        error.params.setdefault("pointer", f"{pointer}/{error.params['position']}" if numbers else pointer)
        raise


@contextmanager
def at_edit(pointer: str, field: str) -> Iterator[None]:
    """Domain errors raised inside are about the edit there: at the parameter that they name, else at `field`."""
    try:
        yield
    except GatescopeError as error:
        error.params["pointer"] = f"{pointer}/{error.params.get('parameter', field)}"
        raise


def _edits(given: Sequence[AnyEdit], model: Model, steps: int, pointer: str) -> Edits | None:
    """The core's edits from their JSON, each found to fit; None where the run itself is not edited."""
    network = model.network
    size = Size(len(network.cells), network.hidden_size, steps)
    names = {quantity.key: quantity.name for quantity in network.cell.quantities}
    found: list[Edit] = []
    for n, body in enumerate(given):
        if not isinstance(body, TokenEdit):
            with at_edit(f"{pointer}/{n}", "quantity"):
                edit = _edit(body, names)
                check(edit, network.cell.quantities, size)
            found.append(edit)
    return Edits(tuple(found)) if found else None


def _edit(body: ClampEdit | AblateEdit | SetEdit, names: Mapping[str, str]) -> Edit:
    """The same in the core; `names` has the Python name of a key. Raises UnknownQuantity."""
    units = None if body.units is None else tuple(body.units)
    if isinstance(body, AblateEdit):
        return Ablate(body.layer, units, body.from_, body.to)
    if body.quantity not in names:
        raise UnknownQuantity(body.quantity, list(names))
    if isinstance(body, SetEdit):
        return SetState(names[body.quantity], body.value, body.t, body.layer, units)
    return Clamp(names[body.quantity], body.value, body.layer, units, body.from_, body.to)


def _judgement(model: Model, tokens: object, has_initial_state: bool) -> Judgement | None:
    task = task_of(model)
    return None if task is None else task.judge(cast(list[str], tokens), has_initial_state=has_initial_state)


def _included(include: list[str] | None, table: tuple[Quantity, ...]) -> tuple[tuple[Quantity, ...], bool]:
    """The quantities to send, in the table's order, and whether the parts are wanted."""
    keys = [quantity.key for quantity in table]
    for place, key in enumerate(include or ()):
        if key != PRE and key not in keys:
            with at(f"/include/{place}"):
                raise UnknownQuantity(key, [*keys, PRE])
    named = {key for key in include or () if key != PRE}
    return tuple(q for q in table if not named or q.key in named), PRE in (include or ())


def _state(body: StateBody, model: Model) -> State:
    """The core's state from its JSON, float32 as it was sent. Raises WrongShape or UnknownQuantity."""
    network = model.network
    keys = {q.name: q.key for q in network.cell.quantities if q.name in network.cell.state_names}
    given = {key: rows for key, rows in body if rows is not None}
    for key in given:
        if key not in keys.values():
            with at(f"/initial_state/{key}"):
                raise UnknownQuantity(key, list(keys.values()))
    layers: list[dict[str, np.ndarray]] = [{} for _ in network.cells]
    for name, key in keys.items():
        if key not in given:
            detail = f'The field "{key}" is missing: the state of this cell has {" and ".join(keys.values())}.'
            raise Fault("missing-field", 422, detail, pointer=f"/initial_state/{key}", field=key)
        with at(f"/initial_state/{key}"):
            if len(given[key]) != len(layers):
                raise WrongShape("The list of layers", (len(layers),), (len(given[key]),))
        for k, row in enumerate(given[key]):
            with at(f"/initial_state/{key}/{k}"):
                if len(row) != network.hidden_size:
                    raise WrongShape("The list of units", (network.hidden_size,), (len(row),))
            layers[k][name] = np.array(row, network.dtype)
    return tuple(layers)
