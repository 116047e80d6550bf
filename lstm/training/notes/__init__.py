"""What a card says in words: its prepared inputs with notes, and where the network fails; found by running the network.

A task without words of its own here gets the general ones, which are about its own prepared inputs. Does not know how
a network was trained, nor the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from lstm.card import UnitFact
from lstm.checkpoint import Example, Words
from lstm.network import Network
from lstm.tasks import Task
from lstm.training.evaluate import Row
from lstm.training.notes import brackets, recall, shakespeare
from lstm.training.notes.before import BeforeTraining
from lstm.training.notes.counting import Counting
from lstm.training.notes.general import General
from lstm.training.notes.watching import reader


class Notes(Protocol):
    """The words of one task."""

    def examples(self, network: Network, /) -> list[Example]:
        """Prepared inputs with notes, the one that plays first at the top."""

    def fails(self, inside: Sequence[Row], beyond: Sequence[Row], /) -> Words:
        """Say where a network fails, from its figures inside what the task draws and beyond."""

    def oriented(self, network: Network, /) -> Network:
        """Return the same function with the signs of its units chosen for the eye."""


def notes_of(task: Task) -> Notes:
    """Return the words of a task."""
    own: dict[str, Notes] = {"brackets": brackets, "recall": recall, "count": Counting(), "shakespeare": shakespeare}
    return own.get(task.name, General(task))


UNIT_FACTS: Final[Mapping[str, Callable[[Network], list[UnitFact]]]] = {"shakespeare": shakespeare.unit_facts}
"""For each task whose units are sought by what they follow, by its name: what finds them."""


def notes_before(task: Task, network: Network) -> Notes:
    """Return the words of a network before its training, about the inputs that the trained one shows."""
    return BeforeTraining(task, [example["input"] for example in notes_of(task).examples(network)])


__all__ = ["UNIT_FACTS", "Notes", "notes_before", "notes_of", "reader"]
