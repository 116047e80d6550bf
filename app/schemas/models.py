"""The JSON of models: their cards, and examples to run them on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import JsonValue
from typing_extensions import NotRequired, TypedDict  # noqa: UP035 - pydantic wants these on Python 3.11

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


class PresetEdit(TypedDict):
    """A clamp of a preset: for all units, steps and layers that one asks for."""

    kind: Literal["clamp"]
    quantity: str
    value: float


class PresetBody(TypedDict):
    """Edits that make something of a cell.

    Remember for ever, forget nothing (keep), always overwrite, forget at once, never show (hide).
    """

    name: Literal["remember", "keep", "forget", "overwrite", "hide"]
    edits: list[PresetEdit]


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
    presets: list[PresetBody]
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
