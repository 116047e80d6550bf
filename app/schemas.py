"""The JSON of the contract, once: what a request may hold and what an answer holds, as types.

mypy checks the code that builds answers against these types, and the OpenAPI document is made from them. Knows
nothing of where the values come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Annotated, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    JsonValue,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema
from typing_extensions import NotRequired, TypedDict  # noqa: UP035 - pydantic wants these on Python 3.11

NAME_LENGTH = 200
"""No model or quantity has a longer name."""

MOST_LAYERS = 64
"""No network has more layers."""

BOUND = 1e6
"""The largest size of a number in a request."""

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


# --- the request ---------------------------------------------------------------------------------------------------


class Strict(BaseModel):
    """A part of a request: no field but those named, no value turned into another type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, data: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Stop at the first unknown field: pydantic would list them all, which a hostile body can make slow."""
        if isinstance(data, dict) and (unknown := next((name for name in data if name not in cls.model_fields), None)):
            facts = {"field": unknown[:NAME_LENGTH], "allowed": list(cls.model_fields)}
            raise PydanticCustomError("unknown_field", 'There is no field "{field}".', facts)
        return data


BoundedNumber = Annotated[float, Field(ge=-BOUND, le=BOUND, allow_inf_nan=False)]
StateRows = Annotated[
    list[Annotated[list[BoundedNumber], Field(fail_fast=True)]], Field(fail_fast=True), Field(max_length=MOST_LAYERS)
]


class StateBody(Strict):
    """The state to start from, as `final_state` of an earlier run gave it: one row of numbers a layer."""

    h: StateRows = Field(description="The hidden state of each layer.")
    C: StateRows | None = Field(None, description="The cell state of each layer, for an LSTM.")


_NUMBER = {"type": "number", "minimum": -BOUND, "maximum": BOUND}
_INPUT = {
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
    input: Annotated[Any, WithJsonSchema(_INPUT)] = Field(
        description="The sequence: text for a model with an alphabet, else one number or one row of numbers a step. "
        "The model's tokenizer checks it.",
        examples=["([a])"],
    )
    initial_state: StateBody | None = Field(
        None, description="The state to start from; without it every state is 0. Such a run has no right answers."
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


_ON_RECALL: Final[dict[str, JsonValue]] = {"model": "recall-lstm", "input": "Bwx?", "layer": 0, "unit": 3, "t": 3}

MOST_DECIMALS = 9
"""The most decimals to which the terms of a sum are rounded together."""


class UnitRequest(RunRequest):
    """One unit of one layer at one step of a run."""

    layer: int = Field(0, description="The layer, from 0.")
    unit: int = Field(description="The unit, from 0.", examples=[3])
    t: int = Field(description="The step, from 0.", examples=[3])


class ArithmeticRequest(UnitRequest):
    """The unit whose values are asked for, and the gate whose sum is wanted term by term."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_ON_RECALL, "gate": "f"}]})

    gate: str | None = Field(
        None,
        max_length=NAME_LENGTH,
        description="The key of a gate, or of whatever else has weights, to get its sum; without it only the formulas.",
        examples=["f"],
    )
    decimals: int = Field(
        3,
        ge=0,
        le=MOST_DECIMALS,
        description="To how many decimals the terms are rounded, together, so that what is shown adds up.",
    )


class LedgerRequest(UnitRequest):
    """The unit whose memory is asked for, and the step at which it is looked into."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ON_RECALL]})

    triangle: bool = Field(
        False,
        description="Whether to send what is left of each write at every step; null for runs of more steps than "
        "`triangle_steps`.",
    )


def _symbol_or_number(value: object) -> object:
    """An output by its symbol or its number: one check, so that a fault is one sentence at one place."""
    if isinstance(value, bool) or not isinstance(value, (str, int, NoneType)):
        raise PydanticCustomError("output_type", "Output should be a symbol or a whole number")
    return value


class JacobianRequest(RunRequest):
    """The layer whose state is asked about, and the step from which the Jacobian looks back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"model": "recall-lstm", "input": "Bwx?", "layer": 0}]})

    layer: int = Field(0, description="The layer, from 0.")
    t: int | None = Field(None, description="The step that is looked back from; without it the last one.", examples=[3])


class SaliencyRequest(RunRequest):
    """The output whose gradients are asked for, its step, and the layer whose gates are wanted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": "recall-lstm", "input": "Bwx?", "t": 3, "output": "B"}]}
    )

    layer: int = Field(0, description="The layer whose gates' gradients are sent, from 0.")
    t: int | None = Field(None, description="The step of the output; without it the last one.", examples=[3])
    output: Annotated[
        Any,
        BeforeValidator(_symbol_or_number),
        WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer", "minimum": 0}]}),
    ] = Field(
        None,
        description="The output, by its symbol in the card's `outputs` or its number from 0; without it the one whose "
        "logit is the largest.",
        examples=["B"],
    )


# --- a run ---------------------------------------------------------------------------------------------------------

Mark = TypedDict("Mark", {"from": int, "to": int, "kind": str})
"""Two steps that belong together, such as a bracket and its partner; both are included."""


class StartMessage(TypedDict):
    """What is known before the first step."""

    type: Literal["start"]
    model: str
    cell: str
    layers: int
    hidden_size: int
    steps: int
    tokens: list[str] | list[float] | list[list[float]]
    marks: list[Mark] | None
    off_task: dict[str, JsonValue] | None


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


class Problem(TypedDict):
    """RFC 9457: what was wrong, where, and what would be right."""

    type: str
    title: str
    status: int
    detail: str
    pointer: NotRequired[str]
    position: NotRequired[int]
    allowed: NotRequired[list[str]]
    params: NotRequired[dict[str, JsonValue]]


class ErrorMessage(TypedDict):
    """The run ended early: a problem document whose slug is in `problem`, because `type` says what line this is."""

    type: Literal["error"]
    problem: str
    title: str
    status: int
    detail: str
    pointer: NotRequired[str]
    position: NotRequired[int]
    allowed: NotRequired[list[str]]
    params: NotRequired[dict[str, JsonValue]]


Message = StartMessage | StepMessage | EndMessage | ErrorMessage
"""One line of a stream."""


class TraceDocument(TypedDict):
    """A whole run."""

    start: StartMessage
    steps: list[StepMessage]
    end: EndMessage


# --- why a value is what it is -------------------------------------------------------------------------------------


class FormulaStep(TypedDict):
    """A part of a formula, and its value."""

    formula: str
    value: float


class QuantityLine(TypedDict):
    """One quantity of a unit at a step: what its formula speaks of, and what each step of it gives, from the inside.

    `variables` by their names in the formula; `pre.x`, `pre.h` and so on are the parts of its own pre-activation.
    `value` is the cell's own number, as in the trace, and `computed` what the formula gives in float64.
    """

    key: str
    formula: str
    variables: dict[str, float]
    steps: list[FormulaStep]
    computed: float
    value: float


class SumTerm(TypedDict):
    """One product of a sum, `factor` of its part · `weight` · `value`, and the same rounded for showing.

    `part`: x, h, c (a peephole), or a bias b_ih, b_hh. `index`: the symbol or number of the input (in a layer above the
    first, the unit of the layer below) for x, and the unit of h(t−1) for h. `symbol`: that of the alphabet.
    """

    part: str
    index: int | None
    symbol: str | None
    weight: float
    value: float
    product: float
    shown: float


class SumPart(TypedDict):
    """All terms of one part: what the formula multiplies them by, and their sum with it."""

    part: str
    factor: float
    sum: float


class SumBody(TypedDict):
    """A gate's pre-activation, its terms by size. `shown` is exactly the sum of what is shown of the terms."""

    gate: str
    parts: list[SumPart]
    terms: list[SumTerm]
    total: float
    shown: float
    decimals: int


class ArithmeticBody(TypedDict):
    """Every quantity of a unit at a step, in the order of computing, and the sum of the gate that was asked for."""

    model: str
    cell: str
    layer: int
    unit: int
    t: int
    quantities: list[QuantityLine]
    sum: SumBody | None


class IdentityBody(TypedDict):
    """state(t) = keep(t) · state(t−1) + write(t): which state, and the formulas of both."""

    state: str
    keep: str
    write: str


class Writer(TypedDict):
    """What one step wrote, and how much of it is left. Step −1, without a token, is the state before the run.

    `share` as in MemoryBody; `partner`: the step of the other one of a pair.
    """

    t: int
    token: str | float | list[float] | None
    written: float
    left: float
    share: float | None
    partner: int | None


class MemoryBody(TypedDict):
    """What a unit holds at a step: the sum of what is `left` of all `writers`, the largest first, is `total`.

    `value` is the cell's own number, `rounding` the rest that its float32 leaves. Where signs differ, a pair of writes
    that cancel to within 6 % is set aside first, what is left of both counting for the earlier; then a share is a part
    of the sum of sizes. It is null where pairs leave less than 5 %. `half_life`: for each step of the run, the steps
    until less than half of what is there is kept; null where the run ends before. `triangle`: for each step what is
    left of the state before the run, then of what steps 0, 1, … wrote.
    """

    value: float
    total: float
    rounding: float
    writers: list[Writer]
    half_life: list[int | None]
    triangle: list[Numbers] | None


class LedgerBody(TypedDict):
    """Who wrote what into a unit's memory. Without an identity there is no memory to part: `reason` says why."""

    model: str
    cell: str
    layer: int
    unit: int
    t: int
    identity: IdentityBody | None
    reason: Literal["squashed-at-every-step"] | None
    memory: MemoryBody | None
    triangle_steps: int


# --- gradients -----------------------------------------------------------------------------------------------------


class Norms(TypedDict):
    """A Frobenius norm for each step s from 0 to t, and its decimal logarithm, which no norm is too small for.

    `norm` is null above what a double holds and 0 below it (1e-323); `log10` is null only where the norm is exactly 0.
    """

    norm: list[float | None]
    log10: list[float | None]


class BlockNorms(Norms):
    """The block ∂of(t)/∂by(s), such as C by C: the other half of the state at step s is held."""

    of: str
    by: str


class DirectPath(Norms):
    """The direct path ∂state(t)/∂state(s) alone: the diagonal matrix of the products of `keep` over steps s+1 … t."""

    state: str
    keep: str


class JacobianBody(TypedDict):
    """∂s(t)/∂s(s): how a layer's state (h, C) at step t changes with its state at each step s, cut there from its past.

    At step s the other half of the state and all other layers are held, and all inputs are as given; layers below do
    not read this one, so in a stack it is the same as for the layer alone. `total` is the norm of the whole matrix,
    `blocks` has its parts. In float64 from the model's weights. `direct` is null for a cell that has no such path.
    """

    model: str
    cell: str
    layer: int
    t: int
    total: Norms
    blocks: list[BlockNorms]
    direct: DirectPath | None


class SaliencyBody(TypedDict):
    """‖∂ logit(t)/∂ x(s)‖₂ for each step s from 0 to t: how strongly one output depends on each input.

    `logit` is W·h + b before the softmax, of the output of this number and `symbol` (null for numbers). `gates`: for
    each gate of the layer, for each step s a row of ∂ logit(t)/∂ z(s), one number a unit, where z is the gate's
    pre-activation. In float64 from the model's weights.
    """

    model: str
    cell: str
    layer: int
    t: int
    output: int
    symbol: str | None
    logit: float
    inputs: Doubles
    gates: dict[str, list[Doubles]]


# --- models and examples -------------------------------------------------------------------------------------------

Words = Mapping[str, str]
"""A sentence by language: en, ja."""


class QuantityBody(TypedDict):
    """One thing that the cell computes at every step for every unit; null where there is no bound."""

    key: str
    symbol: str
    word: str
    kind: Literal["gate", "candidate", "state"]
    min: float | None
    max: float | None
    formula: str


class Rival(TypedDict):
    """Another way of doing the model's task, and what it reaches by the same measure on the same data."""

    name: Words
    value: float


class Measure(TypedDict):
    """A figure over `n` answers, beside what others reach by it; less is better."""

    name: Words
    unit: Words
    value: float
    n: int
    rivals: list[Rival]


class Accuracy(TypedDict):
    """How often the model is right on unseen sequences, with its interval, and by depth, lag or length.

    `beyond` is about sequences that are longer than any in training; `measure` is there where right and wrong alone
    say too little, such as the error of a forecast.
    """

    value: float
    low: float
    high: float
    n: int
    by: list[dict[str, float]]
    beyond: NotRequired[list[dict[str, float]]]
    measure: NotRequired[Measure]
    seed: NotRequired[int]


class Training(TypedDict):
    """How the weights came about: the run that is kept, every try of the search, and the chosen settings by seed."""

    seed: int
    initialisation: str
    batches: int
    tries: list[dict[str, JsonValue]]
    seeds: NotRequired[list[dict[str, JsonValue]]]
    batch_size: NotRequired[int]
    clip: NotRequired[float]
    learning_rate: NotRequired[float]
    optimiser: NotRequired[str]
    schedule: NotRequired[str]
    sequences: NotRequired[int]


class CardExample(TypedDict):
    """An input worth looking at, why, and the unit to watch where it is one (of layer 0 if unsaid)."""

    input: str | list[float] | list[list[float]]
    note: Words
    unit: NotRequired[int]
    layer: NotRequired[int]


class Follower(TypedDict):
    """A unit whose state follows a fact, with their correlation on a part of a text that did not choose the unit."""

    layer: int
    unit: int
    r: float


class UnitFact(TypedDict):
    """Something nameable about the input, and the units that follow it, the best first; `state` is their symbol.

    `before`: the size of r that the best unit of an untrained network of the same size reaches, found the same way.
    """

    name: Words
    state: str
    before: float
    units: list[Follower]


class GeneratorParameter(TypedDict):
    """A whole number that GET …/example takes, with its bounds and its value when it is not given."""

    name: str
    min: int
    max: int
    default: int


class CardBody(TypedDict):
    """What a model is, what it learned and how well it learned it.

    `tolerance`: how near a number has to come to be right; `line_break`: the symbol that stands for one; `guess`: how
    often guessing is right. All from the task.
    """

    name: str
    cell: str
    layers: int
    hidden_size: int
    trained: bool
    quantities: list[QuantityBody]
    alphabet: list[str] | None
    input_size: int
    outputs: list[str] | None
    readout: Literal["softmax", "linear"]
    limits: dict[str, float]
    task: str | None
    group: str | None
    by: str | None
    tolerance: float | None
    line_break: str | None
    guess: float | None
    accuracy: Accuracy | None
    training: Training | None
    examples: list[CardExample]
    generator: list[GeneratorParameter]
    label: Words
    about: Words | None
    fails: Words | None
    units: list[UnitFact]


class ModelsBody(TypedDict):
    """Every model that can be run."""

    models: list[CardBody]


class ExampleBody(TypedDict):
    """A fresh input of a model's task; the same seed and parameters give the same input."""

    model: str
    input: str | list[float] | list[list[float]]
    seed: int
    parameters: dict[str, int]


class Health(TypedDict):
    """The server answers."""

    status: Literal["ok"]
    version: str
