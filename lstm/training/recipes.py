"""The recipes of the shipped models: what each is trained on, for how long, and what is searched over.

Every model of a task has the same budget and the same search, whatever its cell: each learning rate with each of its
cell's three initialisations is tried for `search` batches; the try with the lowest loss on fresh sequences decides the
settings, and a network with these is trained for `batches`. Does not know how training works.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lstm.training.evaluate import Plan
from lstm.training.initialise import INITIALISATIONS
from lstm.training.loop import Settings

SEED: Final = 2
SEARCH_SEED: Final = 3
"""Draws the sequences by which the tries are compared."""
TEST_SEED: Final = 4
"""Draws the sequences of a card's figures, which decide nothing."""
SUCCESS: Final = 0.995
"""A try succeeded when each depth, or lag, was right at least this often."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What all models of a task share.

    cells            those that are trained on it
    search, batches  batches of a try, and of the network that is shipped; where they are equal the best try is shipped
    span, together   as in Settings, and so are the sizes and the learning rates
    compare          sequences by which tries are compared
    test, beyond     sequences of a card's figures, inside what the task draws and beyond it; `beyond` may be empty
    """

    cells: tuple[str, ...]
    search: int
    batches: int
    span: int
    together: int
    compare: Plan
    test: Plan
    beyond: Plan
    hidden_size: int = 16
    layers: int = 1
    batch_size: int = 64
    learning_rates: tuple[float, ...] = (3e-3, 1e-2)


BUDGETS: Final = {
    "brackets": Budget(
        cells=("lstm", "rnn"),
        search=8_000,
        batches=40_000,
        span=40,
        together=8,
        compare=((30, 4_000), (200, 500)),
        test=((30, 12_000), (200, 1_500)),
        beyond=((1_000, 200),),
    ),
    "recall": Budget(
        cells=("lstm", "gru", "rnn"),
        search=3_000,
        batches=3_000,
        span=200,
        together=1,
        compare=tuple((lag + 2, 1_000) for lag in (1, 10, 50, 100, 200)),
        test=tuple((lag + 2, 2_000) for lag in (1, 2, 5, 10, 20, 50, 100, 200)),
        beyond=((502, 1_000), (1_002, 1_000), (2_002, 500), (5_002, 200)),
    ),
}
"""Every task that models are shipped for."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One shipped model."""

    task: str
    cell: str

    @property
    def name(self) -> str:
        """The model's name."""
        return f"{self.task}-{self.cell}"

    @property
    def budget(self) -> Budget:
        """What it shares with the other models of its task."""
        return BUDGETS[self.task]

    def tries(self) -> tuple[Settings, ...]:
        """Return the settings that are searched over."""
        budget = self.budget
        return tuple(
            Settings(
                hidden_size=budget.hidden_size,
                initialisation=initialisation,
                learning_rate=rate,
                batches=budget.search,
                batch_size=budget.batch_size,
                span=budget.span,
                together=budget.together,
                seed=SEED,
                layers=budget.layers,
            )
            for initialisation in INITIALISATIONS[self.cell]
            for rate in budget.learning_rates
        )


RECIPES: Final = {
    recipe.name: recipe for task, budget in BUDGETS.items() for recipe in (Recipe(task, cell) for cell in budget.cells)
}
"""Every shipped model by name."""
