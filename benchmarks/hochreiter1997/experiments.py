"""The experiments as data: what the paper reports for each, its criterion, and the networks that we train on it.

The paper's figures are those of its tables 1, 2, 7, 8 and 9; where it gives none, there is None. Knows no training.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.hochreiter1997.criteria import Criterion
from lstm.cells import CELLS
from lstm.tasks import TASKS
from lstm.training.adam import BETA_2

TEST: Final = 2560
"""Sequences of a test, in the paper and here."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A row of the paper: the mean number of training sequences to success, and what else its table gives.

    `solved` is the share of its trials that succeeded, `wrong` the wrong predictions in a test of 2,560 sequences.
    """

    table: int
    weights: int
    sequences: int
    trials: int
    solved: float | None = None
    wrong: float | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """One of our networks and how it is trained; a finished run keeps it, and counts for this setting alone.

    `initialisation` is one of lstm.training's; `biases` then sets the biases of gates, by their names. `learning_rate`
    falls in proportion to the mean error of recent sequences where that is below `slow_below`; 0: never. `beta_2` is
    Adam's: one that looks back over fewer steps forgets a large gradient sooner.
    """

    cell: str
    hidden_size: int
    initialisation: str
    learning_rate: float
    slow_below: float
    batch_size: int
    biases: Mapping[str, float] = field(default_factory=dict)
    beta_2: float = BETA_2


@dataclass(frozen=True, slots=True)
class Experiment:
    """One row of the paper's tables; `length` is the task's (T), `seeds` how many we train of each network."""

    key: str
    label: str
    task: str
    length: int | None
    criterion: Criterion
    paper: Paper
    settings: tuple[Setting, ...]
    seeds: int = 10
    direct: bool = False
    """Whether the input is connected to the outputs directly too, as in the paper's network of experiment 2a."""

    @property
    def cap(self) -> int:
        """Training sequences after which a run counts as failed: twice the paper's."""
        return 2 * self.paper.sequences

    def setting(self, cell: str) -> Setting:
        """Our network of this cell."""
        return next(setting for setting in self.settings if setting.cell == cell)


def weights(experiment: Experiment, setting: Setting) -> int:
    """How many numbers a network learns; the two biases of each gate, of which the sum alone matters, count as one."""
    task, size = TASKS[experiment.task], setting.hidden_size
    gates = len(CELLS[setting.cell].torch_order)
    direct = task.input_size * task.output_size if experiment.direct else 0
    return gates * size * (task.input_size + size + 1) + task.output_size * (size + 1) + direct


def as_json(setting: Setting) -> dict[str, Any]:
    """The setting as a results file keeps it."""
    return {
        "hidden_size": setting.hidden_size,
        "initialisation": setting.initialisation,
        "biases": dict(setting.biases),
        "learning_rate": setting.learning_rate,
        "slow_below": setting.slow_below,
        "batch_size": setting.batch_size,
        "beta_2": setting.beta_2,
    }


def _marked(length: int) -> tuple[Setting, ...]:
    """Experiments 4 and 5: the longer the sequence, the less may each step write and the less may it forget."""
    longer = round(math.log(length / 100), 1)
    return (
        Setting("lstm1997", 4, "uniform", 0.03, 0.03, 4, {"i": -5 - longer}),
        Setting("lstm", 4, "uniform", 0.02, 0.03, 4, {"f": 7 + longer, "i": -4 - longer}),
        Setting("rnn", 8, "orthogonal", 0.003, 0.03, 16),
    )


EXPERIMENTS: Final = (
    Experiment(
        "6a",
        "6a, temporal order, two symbols",
        "order",
        None,
        Criterion(limit=0.3, mean=0.1),
        Paper(9, 156, 31_390, 20, wrong=1),
        (
            Setting("lstm1997", 4, "closed", 0.02, 0.1, 4),
            Setting("lstm", 3, "chrono", 0.02, 0.1, 4),
            Setting("rnn", 8, "orthogonal", 0.003, 0.1, 4),
        ),
    ),
    Experiment(
        "6b",
        "6b, temporal order, three symbols",
        "order3",
        None,
        Criterion(limit=0.3, mean=0.1),
        Paper(9, 308, 571_100, 10, wrong=2),
        (
            Setting("lstm1997", 6, "closed", 0.02, 0.1, 4),
            Setting("lstm", 5, "chrono", 0.02, 0.1, 4),
            Setting("rnn", 11, "orthogonal", 0.003, 0.1, 16),
        ),
    ),
    Experiment(
        "1",
        "1, embedded Reber grammar",
        "reber",
        None,
        Criterion(limit=0.5, recent=64, confirmed=True),
        Paper(1, 276, 8_440, 30, solved=1.0),
        (
            Setting("lstm1997", 6, "uniform", 0.02, 0, 1, {"o": -1}, beta_2=0.99),
            Setting("lstm", 6, "uniform", 0.02, 0, 1, {"f": 5, "i": -1, "o": -1}, beta_2=0.99),
            Setting("rnn", 11, "orthogonal", 0.005, 0, 1, beta_2=0.99),
        ),
    ),
    Experiment(
        "2a",
        "2a, noise-free, long time lag",
        "long-lag",
        None,
        Criterion(limit=0.25, recent=8, confirmed=True),
        Paper(2, 10_504, 5_040, 18, solved=1.0),
        (
            Setting("lstm1997-open", 2, "uniform", 0.02, 0.1, 2, {"i": -6}),
            Setting("lstm", 2, "uniform", 0.02, 0.1, 2, {"f": 7, "i": -6}),
            Setting("rnn", 2, "orthogonal", 0.01, 0.1, 2),
        ),
        direct=True,
    ),
    Experiment(
        "4-100",
        "4, adding, T = 100",
        "adding",
        100,
        Criterion(limit=0.04, mean=0.01),
        Paper(7, 93, 74_000, 10, wrong=1),
        _marked(100),
    ),
    Experiment(
        "5-140",
        "5, multiplying, T = 100, n_seq = 140",
        "multiplying",
        100,
        Criterion(limit=0.04, failures=139),
        Paper(8, 93, 482_000, 10, wrong=139),
        _marked(100),
    ),
    Experiment(
        "5-13",
        "5, multiplying, T = 100, n_seq = 13",
        "multiplying",
        100,
        Criterion(limit=0.04, failures=12),
        Paper(8, 93, 1_273_000, 10, wrong=14),
        _marked(100),
    ),
    Experiment(
        "4-500",
        "4, adding, T = 500",
        "adding",
        500,
        Criterion(limit=0.04, mean=0.01),
        Paper(7, 93, 209_000, 10, wrong=0),
        _marked(500),
        seeds=3,
    ),
    Experiment(
        "4-1000",
        "4, adding, T = 1000",
        "adding",
        1000,
        Criterion(limit=0.04, mean=0.01),
        Paper(7, 93, 853_000, 10, wrong=1),
        _marked(1000),
        seeds=3,
    ),
)
"""The fast ones first."""
