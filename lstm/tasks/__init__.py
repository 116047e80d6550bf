"""The tasks that networks are trained on, each one file: its data, its right answer, its marks.

Serving needs them as much as training does. Knows no network.
"""

from __future__ import annotations

from typing import Final

from lstm.tasks.adding import Adding, Multiplying
from lstm.tasks.airline import Airline
from lstm.tasks.brackets import Brackets
from lstm.tasks.count import Count
from lstm.tasks.long_lag import LongLag
from lstm.tasks.order import OrderOfThree, OrderOfTwo
from lstm.tasks.reber import Reber
from lstm.tasks.recall import Recall
from lstm.tasks.shakespeare import Shakespeare
from lstm.tasks.task import Batch, Judgement, Mark, OffTask, Parameter, Prepared, Task

TASKS: Final[dict[str, Task]] = {
    task.name: task
    for task in (
        Brackets(),
        Recall(),
        OrderOfTwo(),
        OrderOfThree(),
        LongLag(),
        Count(),
        Reber(),
        Adding(),
        Multiplying(),
        Airline(),
        Shakespeare(),
    )
}
"""Every task by its name."""

__all__ = ["TASKS", "Batch", "Judgement", "Mark", "OffTask", "Parameter", "Prepared", "Task"]
