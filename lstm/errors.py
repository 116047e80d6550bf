"""What can be wrong with a request to the core, each as its own exception.

Every error carries a `slug` (a stable name), a `detail` (one sentence that a student understands) and `params` (the
facts in it, so that a page can say it in another language). Does not know status codes, HTTP or any language but
English.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar


class GatescopeError(Exception):
    """Something the caller can put right. `params` holds plain JSON values."""

    slug: ClassVar[str] = "error"

    def __init__(self, detail: str, **params: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.params = params


class UnknownModel(GatescopeError):
    """No model has this name."""

    slug = "unknown-model"

    def __init__(self, model: str, known: Sequence[str]) -> None:
        names = ", ".join(known) or "none"
        super().__init__(
            f"There is no model named {model!r}. The models here: {names}.", model=model, known=list(known)
        )


class UnknownSymbol(GatescopeError):
    """A symbol that the model's alphabet does not have; `position` counts code points from 0."""

    slug = "unknown-symbol"

    def __init__(self, symbol: str, position: int, allowed: Sequence[str]) -> None:
        super().__init__(
            f"This model does not know the symbol {symbol!r} at position {position}. It reads: {' '.join(allowed)}",
            symbol=symbol,
            position=position,
            allowed=list(allowed),
        )


class EmptyInput(GatescopeError):
    """A sequence without a single step."""

    slug = "empty-input"

    def __init__(self) -> None:
        super().__init__("The sequence is empty: it needs at least one step.")


class InputTooLong(GatescopeError):
    """More steps than allowed."""

    slug = "input-too-long"

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            f"The sequence has {length:,} steps; at most {limit:,} are allowed.", length=length, limit=limit
        )


class WantsText(GatescopeError):
    """Numbers were given to a model that reads symbols."""

    slug = "wants-text"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"This model reads text, not numbers. Its symbols: {' '.join(allowed)}", allowed=list(allowed))


class WantsNumbers(GatescopeError):
    """Something other than numbers was given to a model that reads numbers.

    `position` is the step that is to blame, if it is one.
    """

    slug = "wants-numbers"

    def __init__(self, input_size: int, position: int | None = None) -> None:
        a_step = "one number" if input_size == 1 else f"a list of {input_size} numbers"
        where = "" if position is None else f" (look at step {position})"
        super().__init__(
            f"This model reads a list of numbers, {a_step} a step{where}.",
            input_size=input_size,
            **({} if position is None else {"position": position}),
        )


class NotFinite(GatescopeError):
    """A number given by the caller is NaN or infinite."""

    slug = "not-finite"

    def __init__(self, what: str, position: int | None = None) -> None:
        where = "" if position is None else f" at step {position}"
        super().__init__(
            f"{what}{where} is not a finite number.", what=what, **({} if position is None else {"position": position})
        )


class OutOfBounds(GatescopeError):
    """A number given by the caller is larger than the core will compute with."""

    slug = "out-of-bounds"

    def __init__(self, what: str, limit: float, position: int | None = None) -> None:
        where = "" if position is None else f" at step {position}"
        super().__init__(
            f"{what}{where} is too large: its size may be at most {limit:g}.",
            what=what,
            limit=limit,
            **({} if position is None else {"position": position}),
        )


class WrongShape(GatescopeError):
    """An array or list of the wrong size."""

    slug = "wrong-shape"

    def __init__(self, what: str, expected: Sequence[int], got: Sequence[int], position: int | None = None) -> None:
        where = "" if position is None else f" at step {position}"
        super().__init__(
            f"{what}{where} has the shape {_shape(got)}; it should be {_shape(expected)}.",
            what=what,
            expected=list(expected),
            got=list(got),
            **({} if position is None else {"position": position}),
        )


class UnknownQuantity(GatescopeError):
    """A quantity that this cell does not have."""

    slug = "unknown-quantity"

    def __init__(self, quantity: str, allowed: Sequence[str]) -> None:
        super().__init__(
            f"This cell has no quantity {quantity!r}. It has: {', '.join(allowed)}.",
            quantity=quantity,
            allowed=list(allowed),
        )


class NotEditable(GatescopeError):
    """A quantity that this kind of edit cannot change; `edit` is "clamp" or "set"."""

    slug = "not-editable"

    def __init__(self, quantity: str, edit: str, allowed: Sequence[str]) -> None:
        what = {"clamp": "clamped: it is a state, not a gate or a candidate", "set": "set as a state"}[edit]
        right = f"What can be, in this cell: {', '.join(allowed)}." if allowed else "This cell has nothing that can be."
        super().__init__(
            f"The quantity {quantity} cannot be {what}. {right}",
            parameter="quantity",
            quantity=quantity,
            edit=edit,
            allowed=list(allowed),
        )


class OutOfRange(GatescopeError):
    """A value that a quantity cannot have."""

    slug = "out-of-range"

    def __init__(self, quantity: str, value: float, minimum: float, maximum: float) -> None:
        super().__init__(
            f"The quantity {quantity} cannot be {value:g}: it is from {minimum:g} to {maximum:g}.",
            parameter="value",
            quantity=quantity,
            value=value,
            min=minimum,
            max=maximum,
        )


class NonFinite(GatescopeError):
    """The network itself produced NaN or infinity; `quantity` is a Python name of lstm/gates.py, or "y"."""

    slug = "non-finite"

    def __init__(self, step: int, layer: int, quantity: str) -> None:
        super().__init__(
            f"The network left the range of its numbers at step {step}: {quantity} of layer {layer} is not finite.",
            step=step,
            layer=layer,
            quantity=quantity,
        )


MOST_REASON = 400
"""Characters of a reason: what is wrong with a file can be as long as the file."""


class BadCheckpoint(GatescopeError):
    """A model file that cannot be used, with the reason."""

    slug = "bad-checkpoint"

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        reason = reason if len(reason) <= MOST_REASON else f"{reason[: MOST_REASON - 1]}…"
        super().__init__(
            f"The model file {self.path.name} cannot be used: {reason}.", file=self.path.name, reason=reason
        )


class UnknownTask(GatescopeError):
    """No task has this name."""

    slug = "unknown-task"

    def __init__(self, task: str, known: Sequence[str]) -> None:
        super().__init__(
            f"There is no task named {task!r}. The tasks: {', '.join(known)}.", task=task, known=list(known)
        )


class BadParameter(GatescopeError):
    """A parameter, such as one of a task's generator or the number of a unit, that is unknown or outside its bounds."""

    slug = "bad-parameter"

    def __init__(self, parameter: str, value: object, minimum: int | None = None, maximum: int | None = None) -> None:
        right = "no such parameter exists here" if minimum is None else f"it should be from {minimum} to {maximum}"
        super().__init__(
            f"The parameter {parameter} cannot be {value!r}: {right}.",
            parameter=parameter,
            value=value if isinstance(value, (int, float, str)) else repr(value),
            **({} if minimum is None else {"min": minimum, "max": maximum}),
        )


def _shape(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape)) or "a single number"
