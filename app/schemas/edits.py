"""The JSON of what-if edits: as a request has them, and as they are shown with every default filled in."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias, cast

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WithJsonSchema, WrapValidator
from pydantic_core import InitErrorDetails, PydanticCustomError
from typing_extensions import TypedDict

from app.schemas.strict import BOUND, NAME_LENGTH, BoundedNumber, Strict, Whole

MOST_EDITS = 64
"""How many edits one run may have."""

MOST_UNITS = 4096
"""No layer has more units."""

_Layer = Annotated[Whole, Field(description="The layer, from 0.")]
_Units = Annotated[
    Annotated[list[Whole], Field(fail_fast=True, min_length=1, max_length=MOST_UNITS)] | None,
    Field(description="The units, from 0; null for all of them."),
]
_From = Annotated[Whole, Field(alias="from", description="The first step, from 0.")]
_To = Annotated[Whole | None, Field(description="The last step, included; null for the end of the run.")]
_NUMBER: Final = {"type": "number", "minimum": -BOUND, "maximum": BOUND}
_TOKEN: Final = {"anyOf": [{"type": "string", "minLength": 1}, _NUMBER, {"type": "array", "items": _NUMBER}]}


class ClampEdit(Strict):
    """A gate or a candidate is held at a value, whatever its sum would give."""

    kind: Literal["clamp"]
    quantity: str = Field(
        max_length=NAME_LENGTH, description="The key of a gate or a candidate of the cell.", examples=["f"]
    )
    value: BoundedNumber = Field(description="Within the range of the quantity.", examples=[1.0])
    layer: _Layer = 0
    units: _Units = None
    from_: _From = 0
    to: _To = None


class AblateEdit(Strict):
    """The h of some units is 0 for every reader: the next step, the layer above and the readout. C runs on."""

    kind: Literal["ablate"]
    layer: _Layer = 0
    units: _Units = None
    from_: _From = 0
    to: _To = None


class SetEdit(Strict):
    """The state after a step becomes a value; h of that step is computed from it."""

    kind: Literal["set"]
    quantity: str = Field(
        max_length=NAME_LENGTH, description="C, or h for a cell that has no cell state.", examples=["C"]
    )
    value: BoundedNumber = Field(description="Within the range of the quantity.", examples=[0.5])
    layer: _Layer = 0
    units: _Units = None
    t: Whole = Field(description="The step after which the state is set, from 0.", examples=[4])


class TokenEdit(Strict):
    """The input of a step is another one, as if it had been given so."""

    kind: Literal["token"]
    t: Whole = Field(description="The step, from 0.", examples=[2])
    token: Annotated[Any, WithJsonSchema(_TOKEN)] = Field(
        description="A symbol of the alphabet; for a model over numbers a number, or a list of them.", examples=["["]
    )


AnyEdit: TypeAlias = ClampEdit | AblateEdit | SetEdit | TokenEdit
_KINDS: Final[dict[str, type[AnyEdit]]] = {
    "clamp": ClampEdit,
    "ablate": AblateEdit,
    "set": SetEdit,
    "token": TokenEdit,
}


def _of_its_kind(data: Any, _handler: ValidatorFunctionWrapHandler) -> AnyEdit:  # noqa: ANN401 - whatever JSON holds
    """The edit of the kind that it names; so the place of a fault is one in the JSON, which pydantic's own is not."""
    if isinstance(data, AnyEdit):
        return data
    if not isinstance(data, dict):
        raise PydanticCustomError("model_type", "Edit should be an object")
    if "kind" not in data:
        raise _fault("missing", data)
    kind = data["kind"]
    if not isinstance(kind, str) or kind not in _KINDS:
        raise _fault(PydanticCustomError("kind", f"Kind should be one of {', '.join(_KINDS)}"), kind)
    return _KINDS[kind].model_validate(data)


def _fault(kind: str | PydanticCustomError, given: object) -> ValidationError:
    return ValidationError.from_exception_data("Edit", [InitErrorDetails(type=kind, loc=("kind",), input=given)])


EditBody = Annotated[AnyEdit, Field(discriminator="kind"), WrapValidator(_of_its_kind)]


_Steps = TypedDict("_Steps", {"layer": int, "units": list[int] | None, "from": int, "to": int | None})


class ClampShown(_Steps):
    """A gate or a candidate that was held at a value."""

    kind: Literal["clamp"]
    quantity: str
    value: float


class AblateShown(_Steps):
    """Units whose h was 0 for every reader."""

    kind: Literal["ablate"]


class SetShown(TypedDict):
    """A state that was replaced after a step."""

    kind: Literal["set"]
    quantity: str
    value: float
    layer: int
    units: list[int] | None
    t: int


class TokenShown(TypedDict):
    """An input that was replaced."""

    kind: Literal["token"]
    t: int
    token: str | float | list[float]


EditShown: TypeAlias = ClampShown | AblateShown | SetShown | TokenShown
"""An edit as the start of a run shows it: no field is left out."""


def shown(edit: AnyEdit) -> EditShown:
    """The same edit with every default filled in."""
    return cast(EditShown, edit.model_dump(by_alias=True))
