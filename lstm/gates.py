"""The one table of what each cell computes: names, words, ranges, formulas, in the order of the screen.

Everything that names a quantity (JSON, the page, the colour scales, the docs) reads it here. Does not know how to
compute any of it; a test evaluates each `formula` against the cell that runs.

A formula is written in a small language that the page parses as well: the JSON keys are the variables; `prev.C` and
`prev.h` are the states one step earlier; `pre.x`, `pre.h`, `pre.b` are the parts of this quantity's own pre-activation,
W_ih·x, W_hh·h(t−1) and b_ih + b_hh (a GRU's n keeps `pre.b_ih` and `pre.b_hh` apart, because r reaches only one of
them), and `pre.c` is what a peephole lets through: p·C(t−1), or p·C(t) for a gate that stands after C in its table;
then `+ - *`, parentheses, `sigmoid()`, `tanh()` and numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind = Literal["gate", "candidate", "state"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing a cell computes at every step, for every unit.

    `name` in Python, `key` in JSON, `symbol` in formulas, `word` in English; `min` and `max` are closed bounds (σ and
    tanh reach theirs exactly in float32), None where there is none. They hold for a run that begins with zeros: a state
    that is set from outside may lie anywhere, and so may a mean of it (a GRU's h, the C of coupled gates).
    """

    name: str
    key: str
    symbol: str
    word: str
    kind: Kind
    min: float | None
    max: float | None
    formula: str


Table: TypeAlias = tuple[Quantity, ...]
"""The quantities of one cell in the order of the screen, which is that in which they are computed."""

_SIGMA: Final = "sigmoid(pre.x + pre.h + pre.b)"
_TANH: Final = "tanh(pre.x + pre.h + pre.b)"
_PEEPHOLE: Final = "sigmoid(pre.x + pre.h + pre.c + pre.b)"

LSTM: Final[Table] = (
    Quantity("f", "f", "f", "forget gate", "gate", 0, 1, _SIGMA),
    Quantity("i", "i", "i", "input gate", "gate", 0, 1, _SIGMA),
    Quantity("c_tilde", "C_tilde", "C\u0303", "candidate", "candidate", -1, 1, _TANH),
    Quantity("c", "C", "C", "cell state", "state", None, None, "f * prev.C + i * C_tilde"),
    Quantity("o", "o", "o", "output gate", "gate", 0, 1, _SIGMA),
    Quantity("h", "h", "h", "hidden state", "state", -1, 1, "o * tanh(C)"),
)
GRU: Final[Table] = (
    Quantity("r", "r", "r", "reset gate", "gate", 0, 1, _SIGMA),
    Quantity("z", "z", "z", "update gate", "gate", 0, 1, _SIGMA),
    Quantity("n", "n", "n", "candidate", "candidate", -1, 1, "tanh(pre.x + pre.b_ih + r * (pre.h + pre.b_hh))"),
    Quantity("h", "h", "h", "hidden state", "state", -1, 1, "(1 - z) * n + z * prev.h"),
)
RNN: Final[Table] = (Quantity("h", "h", "h", "hidden state", "state", -1, 1, _TANH),)
LSTM1997: Final[Table] = (
    Quantity("i", "i", "i", "input gate", "gate", 0, 1, _SIGMA),
    Quantity("c_tilde", "C_tilde", "C\u0303", "candidate", "candidate", -2, 2, f"4 * {_SIGMA} - 2"),
    Quantity("c", "C", "C", "cell state", "state", None, None, "prev.C + i * C_tilde"),
    Quantity("o", "o", "o", "output gate", "gate", 0, 1, _SIGMA),
    Quantity("h", "h", "h", "hidden state", "state", -1, 1, "o * (2 * sigmoid(C) - 1)"),
)
LSTM1997_OPEN: Final[Table] = (
    Quantity("i", "i", "i", "input gate", "gate", 0, 1, _SIGMA),
    Quantity("c_tilde", "C_tilde", "C\u0303", "candidate", "candidate", 0, 1, _SIGMA),
    Quantity("c", "C", "C", "cell state", "state", None, None, "prev.C + i * C_tilde"),
    Quantity("h", "h", "h", "hidden state", "state", None, None, "C"),
)
LSTM_PEEPHOLE: Final[Table] = (
    Quantity("f", "f", "f", "forget gate", "gate", 0, 1, _PEEPHOLE),
    Quantity("i", "i", "i", "input gate", "gate", 0, 1, _PEEPHOLE),
    Quantity("c_tilde", "C_tilde", "C\u0303", "candidate", "candidate", -1, 1, _TANH),
    Quantity("c", "C", "C", "cell state", "state", None, None, "f * prev.C + i * C_tilde"),
    Quantity("o", "o", "o", "output gate", "gate", 0, 1, _PEEPHOLE),
    Quantity("h", "h", "h", "hidden state", "state", -1, 1, "o * tanh(C)"),
)
LSTM_COUPLED: Final[Table] = (  # C is a mean of the candidates so far and of the C begun with
    Quantity("f", "f", "f", "forget gate", "gate", 0, 1, _SIGMA),
    Quantity("c_tilde", "C_tilde", "C\u0303", "candidate", "candidate", -1, 1, _TANH),
    Quantity("c", "C", "C", "cell state", "state", -1, 1, "f * prev.C + (1 - f) * C_tilde"),
    Quantity("o", "o", "o", "output gate", "gate", 0, 1, _SIGMA),
    Quantity("h", "h", "h", "hidden state", "state", -1, 1, "o * tanh(C)"),
)

TABLES: Final[dict[str, Table]] = {
    "lstm": LSTM,
    "gru": GRU,
    "rnn": RNN,
    "lstm1997": LSTM1997,
    "lstm1997-open": LSTM1997_OPEN,
    "lstm-peephole": LSTM_PEEPHOLE,
    "lstm-coupled": LSTM_COUPLED,
}
