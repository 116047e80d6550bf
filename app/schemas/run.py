"""The JSON of a run: the request, the messages of its answer, and the problem document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, GetPydanticSchema, JsonValue, WithJsonSchema
from pydantic_core import core_schema
from typing_extensions import NotRequired, TypedDict  # noqa: UP035 - pydantic wants these on Python 3.11

from app.schemas.edits import MOST_EDITS, EditBody, EditShown
from app.schemas.strict import BOUND, NAME_LENGTH, BoundedNumber, Strict

MOST_LAYERS = 64
"""No network has more layers."""

Numbers = Annotated[
    NDArray[np.float32],
    GetPydanticSchema(lambda _source, _handler: core_schema.list_schema(core_schema.float_schema(allow_inf_nan=False))),
]
"""One number a unit: a float32 array in the server, an array of numbers in JSON (shortest form that is exact)."""

Doubles = Annotated[
    NDArray[np.float64],
    GetPydanticSchema(lambda _source, _handler: core_schema.list_schema(core_schema.float_schema(allow_inf_nan=False))),
]
"""The same in float64: what gradients are computed and sent in."""

Parts = dict[str, dict[str, Numbers]]
"""Gate → part (x, h, b; c with a peephole; b_ih and b_hh for a GRU's n) → one number a unit."""


StateRows = Annotated[
    list[Annotated[list[BoundedNumber], Field(fail_fast=True)]], Field(fail_fast=True), Field(max_length=MOST_LAYERS)
]


class StateBody(Strict):
    """The state to start from, as `final_state` of an earlier run gave it: one row of numbers a layer."""

    h: StateRows = Field(description="The hidden state of each layer.")
    C: StateRows | None = Field(None, description="The cell state of each layer, for an LSTM.")


_NUMBER = {"type": "number", "minimum": -BOUND, "maximum": BOUND}
INPUT = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "items": _NUMBER},
        {"type": "array", "minItems": 1, "items": {"type": "array", "minItems": 1, "items": _NUMBER}},
    ]
}


class RunRequest(Strict):
    """Which model to run, and over what: the part that all requests about a run share."""

    model: str = Field(
        max_length=NAME_LENGTH, description="A name from GET /api/v1/models.", examples=["brackets-lstm"]
    )
    input: Annotated[Any, WithJsonSchema(INPUT)] = Field(
        description="The sequence: text for a model with an alphabet, else one number or one row of numbers a step. "
        "The model's tokenizer checks it.",
        examples=["([a])"],
    )
    initial_state: StateBody | None = Field(
        None, description="The state to start from; without it every state is 0. Such a run has no right answers."
    )
    edits: Annotated[list[EditBody], Field(fail_fast=True)] = Field(
        [],
        max_length=MOST_EDITS,
        description="What is changed in this run: gates held at a value, units whose h is 0 for every reader, states "
        "set, tokens replaced. Where two meet the later one holds.",
        examples=[[{"kind": "clamp", "quantity": "f", "value": 1.0}]],
    )


class TraceRequest(RunRequest):
    """Which model to run, over what, and what to send of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"model": "brackets-lstm", "input": "([a])"}]})

    include: Annotated[list[Annotated[str, Field(max_length=NAME_LENGTH)]], Field(fail_fast=True)] | None = Field(
        None,
        max_length=32,
        description='Quantities to send (all where none is named); "pre" adds each gate\'s pre-activation in parts.',
        examples=[["f", "C", "pre"]],
    )


Mark = TypedDict("Mark", {"from": int, "to": int, "kind": str})
"""Two steps that belong together, such as a bracket and its partner; both are included."""


class StartMessage(TypedDict):
    """What is known before the first step; `tokens` are those that are read, after edits of them."""

    type: Literal["start"]
    model: str
    cell: str
    layers: int
    hidden_size: int
    steps: int
    tokens: list[str] | list[float] | list[list[float]]
    marks: list[Mark] | None
    off_task: dict[str, JsonValue] | None
    edits: list[EditShown]


class Next(TypedDict):
    """The symbol that the input has next, and the probability that the network gave it."""

    symbol: str
    p: float


class Output(TypedDict):
    """What the network says after a step: `top`, `next` and `truth` for symbols, `value` for numbers.

    `answer`: the symbol that should rank first, or several that should all rank before the others, or a number.
    """

    top: list[tuple[str, float]] | None
    value: Numbers | None
    next: Next | None
    answer: str | list[str] | float | None
    right: bool | None
    truth: dict[str, float] | None


class StepMessage(TypedDict):
    """One timestep: for each layer, each quantity's number for each unit."""

    type: Literal["step"]
    t: int
    token: str | float | list[float]
    layers: list[dict[str, Numbers | Parts]]
    y: Output | None


class EndMessage(TypedDict):
    """The run is complete; `final_state` continues it as another run's `initial_state`."""

    type: Literal["end"]
    steps: int
    final_state: dict[str, list[Numbers]]


class Facts(TypedDict):
    """What was wrong, where, and what would be right."""

    title: str
    status: int
    detail: str
    pointer: NotRequired[str]
    position: NotRequired[int]
    allowed: NotRequired[list[str]]
    params: NotRequired[dict[str, JsonValue]]


class Problem(Facts):
    """RFC 9457: the document of an error; `type` is its slug."""

    type: str


class ErrorMessage(Facts):
    """The run ended early: a problem document whose slug is in `problem`, because `type` says what line this is."""

    type: Literal["error"]
    problem: str


Message = StartMessage | StepMessage | EndMessage | ErrorMessage
"""One line of a stream."""


class TraceDocument(TypedDict):
    """A whole run."""

    start: StartMessage
    steps: list[StepMessage]
    end: EndMessage


class Health(TypedDict):
    """The server answers."""

    status: Literal["ok"]
    version: str
