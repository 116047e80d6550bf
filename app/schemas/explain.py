"""The JSON of why a value is what it is: requests and answers of arithmetic, ledger and gradients."""

from __future__ import annotations

from types import NoneType
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from app.schemas.run import Doubles, Numbers, RunRequest
from app.schemas.strict import NAME_LENGTH, Whole

_ON_RECALL: Final[dict[str, JsonValue]] = {"model": "recall-lstm", "input": "Bwx?", "layer": 0, "unit": 3, "t": 3}

MOST_DECIMALS = 9
"""The most decimals to which the terms of a sum are rounded together."""


class UnitRequest(RunRequest):
    """One unit of one layer at one step of a run."""

    layer: Whole = Field(0, description="The layer, from 0.")
    unit: Whole = Field(description="The unit, from 0.", examples=[3])
    t: Whole = Field(description="The step, from 0.", examples=[3])


class ArithmeticRequest(UnitRequest):
    """The unit whose values are asked for, and the gate whose sum is wanted term by term."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_ON_RECALL, "gate": "f"}]})

    gate: str | None = Field(
        None,
        max_length=NAME_LENGTH,
        description="The key of a gate, or of whatever else has weights, to get its sum; without it only the formulas.",
        examples=["f"],
    )
    decimals: Whole = Field(
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
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, NoneType)):
        raise PydanticCustomError("output_type", "Output should be a symbol or a whole number")
    return value


class JacobianRequest(RunRequest):
    """The layer whose state is asked about, and the step from which the Jacobian looks back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"model": "recall-lstm", "input": "Bwx?", "layer": 0}]})

    layer: Whole = Field(0, description="The layer, from 0.")
    t: Whole | None = Field(
        None, description="The step that is looked back from; without it the last one.", examples=[3]
    )


class SaliencyRequest(RunRequest):
    """The output whose gradients are asked for, its step, and the layer whose gates are wanted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": "recall-lstm", "input": "Bwx?", "t": 3, "output": "B"}]}
    )

    layer: Whole = Field(0, description="The layer whose gates' gradients are sent, from 0.")
    t: Whole | None = Field(None, description="The step of the output; without it the last one.", examples=[3])
    output: Annotated[
        Any,
        BeforeValidator(_symbol_or_number),
        WithJsonSchema(
            {"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer", "minimum": 0}, {"type": "null"}]}
        ),
    ] = Field(
        None,
        description="The output, by its symbol in the card's `outputs` or its number from 0; without it the one whose "
        "logit is the largest.",
        examples=["B"],
    )


class FormulaStep(TypedDict):
    """A part of a formula, and its value."""

    formula: str
    value: float


class QuantityLine(TypedDict):
    """One quantity of a unit at a step: what its formula speaks of, and what each step of it gives, from the inside.

    `variables` by their names in the formula; `pre.x`, `pre.h` and so on are the parts of its own pre-activation.
    `value` is the cell's own number, as in the trace, and `computed` what the formula gives in float64. `edited`: an
    edit put `value` in the place of `computed`.
    """

    key: str
    formula: str
    variables: dict[str, float]
    steps: list[FormulaStep]
    computed: float
    value: float
    edited: bool


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
    until less than half of what is there is kept; null where the run ends before. `kept` and `wrote`: for each step of
    the run, what part of the state before it it kept, and what it wrote; all the rest follows from these. `triangle`:
    for each step what is left of the state before the run, then of what steps 0, 1, … wrote.
    """

    value: float
    total: float
    rounding: float
    writers: list[Writer]
    half_life: list[int | None]
    kept: Doubles
    wrote: Doubles
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
