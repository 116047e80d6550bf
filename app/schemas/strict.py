"""What every part of a request shares: how strictly JSON is read, and how large a name or a number may be."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

NAME_LENGTH = 200
"""No model or quantity has a longer name."""

BOUND = 1e6
"""The largest size of a number in a request."""

BoundedNumber = Annotated[float, Field(ge=-BOUND, le=BOUND, allow_inf_nan=False)]


def _whole(value: object) -> object:
    """JSON has one kind of number: 3.0 is as whole as 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number, such as a place counted from 0."""


class Strict(BaseModel):
    """A part of a request: no field but those named, no value turned into another type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, data: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Stop at the first unknown field: pydantic would list them all, which a hostile body can make slow."""
        if not isinstance(data, dict):
            return data
        allowed = [field.alias or name for name, field in cls.model_fields.items()]
        if unknown := next((name for name in data if name not in allowed), None):
            facts = {"field": unknown[:NAME_LENGTH], "allowed": allowed}
            raise PydanticCustomError("unknown_field", 'There is no field "{field}".', facts)
        return data
