"""One timestep of each cell, and one back; the code reads like the equations. One file a cell.

Knows no stacks, readouts, losses or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lstm.cells.cell import Cell
from lstm.cells.gru import GRUCell
from lstm.cells.lstm import LSTMCell
from lstm.cells.lstm1997 import LSTM1997Cell, LSTM1997OpenCell
from lstm.cells.lstm_coupled import CoupledLSTMCell
from lstm.cells.lstm_peephole import PeepholeLSTMCell
from lstm.cells.rnn import RNNCell

CELLS: Final[Mapping[str, type[Cell]]] = {
    cell.name: cell
    for cell in (
        LSTMCell,
        GRUCell,
        RNNCell,
        LSTM1997Cell,
        LSTM1997OpenCell,
        PeepholeLSTMCell,
        CoupledLSTMCell,
    )
}
"""Every cell by its name in cards."""

__all__ = [
    "CELLS",
    "Cell",
    "CoupledLSTMCell",
    "GRUCell",
    "LSTM1997Cell",
    "LSTM1997OpenCell",
    "LSTMCell",
    "PeepholeLSTMCell",
    "RNNCell",
]
