"""The recipes of the shipped models: what each is trained on, for how long, and what is searched over.

Every model of a task has the same budget and the same search, whatever its cell: each learning rate with each of its
cell's three initialisations is tried for `search` batches; the try with the lowest loss on fresh sequences, of those
that succeeded if any did, decides the settings, and networks with these are trained for `batches` from each of `seeds`
seeds. The first that succeeds is shipped, or else the best; the card tells of all of them. Does not know how training
works.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lstm.training.evaluate import Plan
from lstm.training.initialise import INITIALISATIONS
from lstm.training.loop import Settings

SEEDS: Final = (2, 12, 22)
"""The search and the first network use the first one."""
SEARCH_SEED: Final = 3
"""Draws the sequences by which the tries are compared."""
TEST_SEED: Final = 4
"""Draws the sequences of a card's figures, which decide nothing."""
SUCCESS: Final = 0.995
"""A run succeeded when each depth, or lag, was right at least this often."""
BEFORE: Final = "untrained"
"""In place of a cell's name, in the name of a model that shows its LSTM before training."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What all models of a task share.

    cells            those that are trained on it
    search, batches  batches of a try, and of a network that may be shipped; where they are equal the best try is one
    seeds            how many of `SEEDS` are trained from
    span, together   as in Settings, and so are the sizes and the learning rates
    compare          sequences by which tries are compared; of those for practice where the others are few and may
                     decide nothing (`compare_in_practice`)
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
    seeds: int = len(SEEDS)
    compare_in_practice: bool = False


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
        cells=("lstm", "gru", "rnn", "lstm1997", "lstm-peephole", "lstm-coupled"),
        search=3_000,
        batches=3_000,
        span=200,
        together=1,
        compare=tuple((lag + 2, 1_000) for lag in (1, 10, 50, 100, 200)),
        test=tuple((lag + 2, 2_000) for lag in (1, 2, 5, 10, 20, 50, 100, 200)),
        beyond=((502, 1_000), (1_002, 1_000), (2_002, 500), (5_002, 200)),
    ),
    "order": Budget(
        cells=("lstm", "gru", "rnn"),
        search=3_000,
        batches=3_000,
        span=100,
        together=1,
        compare=tuple((length, 500) for length in (10, 20, 50, 100, 105, 110)),
        test=tuple((length, 500) for length in (10, 20, 50, *range(100, 111))),
        beyond=((200, 1_000), (500, 500), (1_000, 200)),
    ),
    "long-lag": Budget(
        cells=("lstm", "lstm1997-open", "rnn"),
        search=8_000,
        batches=8_000,
        span=100,
        together=1,
        compare=((101, 100),),
        test=((101, 1_000),),
        beyond=(),
        batch_size=2,
        learning_rates=(3e-3, 3e-2),
    ),
    "order3": Budget(
        cells=("lstm", "rnn"),
        search=3_000,
        batches=3_000,
        span=100,
        together=1,
        compare=tuple((length, 500) for length in (10, 20, 50, 100, 105, 110)),
        test=tuple((length, 500) for length in (10, 20, 50, *range(100, 111))),
        beyond=((200, 1_000), (500, 500), (1_000, 200)),
    ),
    "count": Budget(
        cells=("lstm", "gru", "rnn"),
        search=3_000,
        batches=3_000,
        span=24,
        together=8,
        compare=tuple((n, 200) for n in range(1, 13)),
        test=tuple((n, 500) for n in range(1, 13)),
        beyond=tuple((n, 500) for n in (*range(13, 31), 50)),
    ),
    "reber": Budget(
        cells=("lstm", "rnn"),
        search=2_000,
        batches=2_000,
        span=20,
        together=8,
        compare=tuple((lag + 3, 500) for lag in (6, 8, 10, 12, 15, 20, 30)),
        test=tuple((lag + 3, 1_000) for lag in (6, 8, 10, 12, 15, 20, 30)),
        beyond=((53, 1_000), (103, 500), (203, 500)),
    ),
    "adding": Budget(
        cells=("lstm", "gru", "rnn"),
        search=2_000,
        batches=6_000,
        span=100,
        together=1,
        compare=tuple((length, 1_000) for length in (12, 20, 50, 100)),
        test=tuple((length, 2_560) for length in (12, 20, 50, 100)),
        beyond=((200, 1_000), (500, 500), (1_000, 200)),
    ),
    "multiplying": Budget(
        cells=("lstm", "rnn"),
        search=2_000,
        batches=8_000,
        span=100,
        together=1,
        compare=tuple((length, 1_000) for length in (12, 20, 50, 100)),
        test=tuple((length, 2_560) for length in (12, 20, 50, 100)),
        beyond=((200, 1_000), (500, 500), (1_000, 200)),
    ),
    "shakespeare": Budget(
        cells=("lstm", "rnn"),
        search=300,
        batches=7_000,
        span=100,
        together=4,
        compare=((100, 200),),
        test=((128, 800),),
        beyond=((1_000, 100),),
        hidden_size=128,
        layers=2,
        batch_size=32,
        learning_rates=(2e-3, 8e-3),
        seeds=1,
        compare_in_practice=True,
    ),
    "airline": Budget(
        cells=("lstm", "gru", "rnn"),
        search=1_500,
        batches=1_500,
        span=24,
        together=8,
        compare=((1957, 1),),
        test=((1958, 1), (1959, 1), (1960, 1)),
        beyond=(),
    ),
}
"""Every task that models are shipped for."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One shipped model; `trained` False is what another began as, and has no budget of its own."""

    task: str
    cell: str
    trained: bool = True

    @property
    def name(self) -> str:
        """The model's name."""
        return f"{self.task}-{self.cell if self.trained else BEFORE}"

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
                seed=SEEDS[0],
                layers=budget.layers,
            )
            for initialisation in INITIALISATIONS[self.cell]
            for rate in budget.learning_rates
        )


_ALL: Final = (
    *(Recipe(task, cell) for task, budget in BUDGETS.items() for cell in budget.cells),
    Recipe("brackets", "lstm", trained=False),
)
RECIPES: Final = {recipe.name: recipe for recipe in _ALL}
"""Every shipped model by name."""
