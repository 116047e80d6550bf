"""The JSON of what two runs differ by: the request and its answer."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, WithJsonSchema
from typing_extensions import TypedDict

from app.schemas.edits import MOST_EDITS, EditBody
from app.schemas.run import INPUT, Doubles, RunRequest
from app.schemas.strict import NAME_LENGTH, Whole
from lstm.explain.difference import PART


class DifferenceRequest(RunRequest):
    """One model over two inputs, or over one with and without edits, step by step up to the end of the shorter."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": "brackets-lstm", "input": "([a])", "other_input": "([b])"}]}
    )

    other_input: Annotated[Any, WithJsonSchema(INPUT)] = Field(
        description="The second sequence, in the form of the first.", examples=["([b])"]
    )
    other_edits: Annotated[list[EditBody], Field(fail_fast=True)] | None = Field(
        None,
        max_length=MOST_EDITS,
        description="What is changed in the second run; null for the edits of the first, but for those of tokens. "
        "Over the same input they tell what an edit does.",
        examples=[[{"kind": "ablate", "units": [3]}]],
    )
    layer: Whole = Field(0, description="The layer, from 0.")
    include: Annotated[list[Annotated[str, Field(max_length=NAME_LENGTH)]], Field(fail_fast=True)] | None = Field(
        None, max_length=32, description="Quantities to compare (all where none is named).", examples=[["C", "h"]]
    )
    tolerance: float = Field(
        0.0, ge=0, allow_inf_nan=False, description="The size of a difference that still counts as equal."
    )
    part: float = Field(
        PART, gt=0, le=1, description="A difference has passed where it stays below this part of its peak."
    )
    values: bool = Field(False, description="Whether to send the difference of every unit at every step, too.")


class Travel(TypedDict):
    """One difference, the second run less the first, step by step: where it starts, peaks and passes.

    `size`: the root of the mean square over the units. `largest`: the largest |Δ|. `first` and `last`: the steps
    between which `largest` is above the tolerance; null where it never is. `peak`: the step of the largest size.
    `passed`: the step from which on the size stays below `part` of that; null where it never does. `travels`: the steps
    from `first` to `passed`, or to the end. `values`: a row a step, one number a unit.
    """

    first: int | None
    last: int | None
    peak: int | None
    passed: int | None
    travels: int
    size: Doubles
    largest: Doubles
    values: list[Doubles] | None


class QuantityTravel(Travel):
    """The same of a quantity. `unit`: whose the largest |Δ| of each step is."""

    unit: list[int]


class OutputsTravel(Travel):
    """The same of what the network says: probabilities, or numbers. `output`: which one the largest |Δ| is of.

    `prediction`: the first step at which another symbol is the most probable; null where there is none.
    """

    output: list[int]
    prediction: int | None


class DifferenceBody(TypedDict):
    """What two runs differ by in one layer. `lengths`: the steps of both; `steps`: how many were compared.

    `tokens`: the steps at which the two inputs have not the same.
    """

    model: str
    cell: str
    layer: int
    steps: int
    lengths: list[int]
    tokens: list[int]
    tolerance: float
    part: float
    quantities: dict[str, QuantityTravel]
    outputs: OutputsTravel | None
