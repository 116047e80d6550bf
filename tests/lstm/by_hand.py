"""What each cell is, written by hand from the equations: the gate table and all that follows from it are held to this.

The tests that have to know a cell look it up here, so that a new cell is added once. Knows nothing of lstm/; an entry
reads neither the gate table nor a cell's class, or it would say nothing about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Bounds = tuple[float | None, float | None]


@dataclass(frozen=True)
class Known:
    """One cell, in JSON keys and in the language of the formulas, which tests/lstm/formula.py evaluates.

    keys         its quantities in the order of the screen
    keep, write  the state is keep·(the state before) + write; None where it is no such sum
    shown        h is o times this, or this where there is no o
    bounds       of a quantity whose bounds are not those of its kind: a gate's, a candidate's, a state's or h's
    """

    keys: str
    keep: str | None = "f"
    write: str | None = "i * C_tilde"
    shown: str = "tanh(C)"
    bounds: Mapping[str, Bounds] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """The key of what can be set and of what keeps: C where there is one, else h."""
        return "C" if "C" in self.keys.split() else "h"

    @property
    def gate(self) -> str | None:
        """The one gate that keeps the state when it is 1, if there is one."""
        return self.keep if self.keep in self.keys.split() else None


BY_HAND = {
    "lstm": Known("f i C_tilde C o h"),
    "gru": Known("r z n h", keep="z", write="(1 - z) * n"),
    "rnn": Known("h", keep=None, write=None),
    "lstm1997": Known("i C_tilde C o h", keep="1", shown="2 * sigmoid(C) - 1", bounds={"C_tilde": (-2, 2)}),
    "lstm1997-open": Known("i C_tilde C h", keep="1", shown="C", bounds={"C_tilde": (0, 1), "h": (None, None)}),
    "lstm-peephole": Known("f i C_tilde C o h"),
    "lstm-coupled": Known("f C_tilde C o h", write="(1 - f) * C_tilde", bounds={"C": (-1, 1)}),
}
SUMS = {cell: (known.keep, known.write) for cell, known in BY_HAND.items() if known.keep and known.write}
"""The cells whose state is a sum of what was written, and what keeps and what is written there."""
