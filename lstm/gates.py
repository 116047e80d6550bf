"""The one table of what each cell computes: names, words, ranges, formulas, in the order of the screen.

Everything that names a quantity (JSON, the page, the colour scales, the docs) reads it here. Does not know how to
compute any of it; a test evaluates each `formula` against the cell that runs.

A formula is written in a small language that the page parses as well: the JSON keys are the variables; `prev.C` and
`prev.h` are the states one step earlier; `pre.x`, `pre.h`, `pre.b` are the parts of this quantity's own pre-activation,
W_ih·x, W_hh·h(t−1) and b_ih + b_hh (a GRU's n keeps `pre.b_ih` and `pre.b_hh` apart, because r reaches only one of
them); then `+ - *`, parentheses, `sigmoid()`, `tanh()` and numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["gate", "candidate", "state"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing a cell computes at every step, for every unit.

    `name` in Python, `key` in JSON, `symbol` in formulas, `word` in English; `min` and `max` are closed bounds (σ and
    tanh reach theirs exactly in float32), None where there is none.
    """

    name: str
    key: str
    symbol: str
    word: str
    kind: Kind
    min: float | None
    max: float | None
    formula: str


_SIGMA: Final = "sigmoid(pre.x + pre.h + pre.b)"
_TANH: Final = "tanh(pre.x + pre.h + pre.b)"

LSTM: Final = (
    Quantity("f", "f", "f", "forget gate", "gate", 0, 1, _SIGMA),
    Quantity("i", "i", "i", "input gate", "gate", 0, 1, _SIGMA),
    Quantity("c_tilde", "C_tilde", "C\u0303", "candidate", "candidate", -1, 1, _TANH),
    Quantity("c", "C", "C", "cell state", "state", None, None, "f * prev.C + i * C_tilde"),
    Quantity("o", "o", "o", "output gate", "gate", 0, 1, _SIGMA),
    Quantity("h", "h", "h", "hidden state", "state", -1, 1, "o * tanh(C)"),
)
GRU: Final = (
    Quantity("r", "r", "r", "reset gate", "gate", 0, 1, _SIGMA),
    Quantity("z", "z", "z", "update gate", "gate", 0, 1, _SIGMA),
    Quantity("n", "n", "n", "candidate", "candidate", -1, 1, "tanh(pre.x + pre.b_ih + r * (pre.h + pre.b_hh))"),
    Quantity("h", "h", "h", "hidden state", "state", -1, 1, "(1 - z) * n + z * prev.h"),
)
RNN: Final = (Quantity("h", "h", "h", "hidden state", "state", -1, 1, _TANH),)

TABLES: Final[dict[str, tuple[Quantity, ...]]] = {"lstm": LSTM, "gru": GRU, "rnn": RNN}
