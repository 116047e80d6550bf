"""The JSON of a layer at a glance: what its gates and units do over a run, and what there is to tell of each step."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from app.schemas.explain import IdentityBody
from app.schemas.run import Doubles, RunRequest
from app.schemas.strict import Whole


class UnitsRequest(RunRequest):
    """The layer whose units are asked about."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": "brackets-lstm", "input": "([a])", "layer": 0}]}
    )

    layer: Whole = Field(0, description="The layer, from 0.")


class UnitShares(TypedDict):
    """One share a unit."""

    low: Doubles
    high: Doubles


class SaturationBody(TypedDict):
    """How far a gate is saturated: the share of steps below 0.1 (`low`) and above 0.9 (`high`).

    Of the layer as a whole, and of each unit, as in Karpathy, Johnson & Fei-Fei (2015), §4.2.
    """

    gate: str
    low: float
    high: float
    units: UnitShares


class OnTokenBody(TypedDict):
    """What a unit does where it reads this token: the `mean` and the mean `size`, over its `steps`.

    `t` is the one of these steps at which it does the most of it.
    """

    token: str | float | list[float]
    t: int
    steps: int
    mean: float
    size: float


class UnitBody(TypedDict):
    """One unit over the run. `mean`, `min`, `max` are of its `state`.

    `half_life`: the median over the steps of how many steps it takes until less than half of what is there is kept; a
    step after which the run ends too soon counts for as long as it is seen (Kaplan & Meier 1958). Null where the run
    does not show it. `writes`: the tokens on which it writes the most, by mean size; `resets`: those on which it keeps
    the least, with the mean of what it keeps; `opens`: those on which its output gate is open the furthest.
    """

    unit: int
    mean: float
    min: Any
    max: Any
    half_life: int | None
    writes: list[OnTokenBody]
    resets: list[OnTokenBody] | None
    opens: list[OnTokenBody] | None


class EventBody(TypedDict):
    """One thing that a unit does at a step: what there is to say of it, and what it does to the state or to h.

    forgets: `amount` is the part it forgets, `change` −(1 − keep)·state(t−1). writes: both are what is written. opens,
    closes: how far the output gate is open now, and what moving it did to h. changes: the state it changes to, and by
    how much.
    """

    unit: int
    kind: Literal["forgets", "writes", "opens", "closes", "changes"]
    amount: float
    change: float


class StepEvents(TypedDict):
    """The most telling things of a step, the largest first; none where nothing reaches a tenth of the run's largest."""

    t: int
    token: str | float | list[float]
    events: list[EventBody]


class UnitsBody(TypedDict):
    """A layer at a glance. `state` is what its facts are of; without an identity nothing of it is kept as it is.

    Then `half_life` and `resets` are null, and `writes` has what the state changes by. `order`: all units, those whose
    states behave alike beside each other.
    """

    model: str
    cell: str
    layer: int
    state: str
    identity: IdentityBody | None
    output_gate: str | None
    saturation: list[SaturationBody]
    units: list[UnitBody]
    order: list[int]
    steps: list[StepEvents]
