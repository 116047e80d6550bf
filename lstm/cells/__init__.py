"""One timestep of each cell, and one back; the code reads like the equations. One file a cell.

Knows no stacks, readouts, losses or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lstm.cells.cell import Cell
from lstm.cells.gru import GRUCell
from lstm.cells.lstm import LSTMCell
from lstm.cells.rnn import RNNCell

CELLS: Final[Mapping[str, type[Cell]]] = {cell.name: cell for cell in (LSTMCell, GRUCell, RNNCell)}
"""Every cell by its name in cards."""

__all__ = ["CELLS", "Cell", "GRUCell", "LSTMCell", "RNNCell"]
