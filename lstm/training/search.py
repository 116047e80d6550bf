"""From a recipe to a model: try the settings, train with the best, measure, write the card.

Does not know the command line or where files lie.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from lstm.checkpoint import Model
from lstm.network import Network
from lstm.tasks import TASKS
from lstm.training.card import card
from lstm.training.evaluate import Figures, evaluate
from lstm.training.loop import CLIP, Report, Settings, train
from lstm.training.notes import notes_of, reader
from lstm.training.recipes import SEARCH_SEED, SUCCESS, Recipe


class Watcher(Protocol):
    """Who is told how it goes; each of the three may raise to stop."""

    def phase(self, words: str) -> None:
        """A phase begins."""

    def batch(self, report: Report) -> None:
        """A batch is done."""

    def note(self, words: str) -> None:
        """Something worth keeping happened."""


@dataclass(frozen=True, slots=True)
class Try:
    """One setting, the network it led to, and how that did on the sequences by which tries are compared."""

    settings: Settings
    network: Network
    figures: Figures

    def facts(self) -> dict[str, Any]:
        """Return what a card says of a try; it succeeded when each depth, or lag, was right often enough."""
        return {
            "learning_rate": self.settings.learning_rate,
            "initialisation": self.settings.initialisation,
            "batches": self.settings.batches,
            "seed": self.settings.seed,
            "loss": round(self.figures.loss, 6),
            "accuracy": round(self.figures.right / self.figures.n, 6),
            "worst": round(min(row.right / row.n for row in self.figures.rows), 6),
            "succeeded": self.figures.all_at_least(SUCCESS),
        }


def batches_of(recipe: Recipe) -> int:
    """Return how many batches `make` trains in all."""
    budget = recipe.budget
    return len(recipe.tries()) * budget.search + (budget.batches if budget.batches != budget.search else 0)


def make(recipe: Recipe, watcher: Watcher) -> Model:
    """Search, train, turn the units for the eye, and measure: the whole recipe, as `make train` runs it."""
    tries: list[Try] = []
    for settings in recipe.tries():
        watcher.phase(f"try {len(tries) + 1} of {len(recipe.tries())}")
        tries.append(_try(recipe, settings, watcher.batch))
        watcher.note(_described(tries[-1]))
    best = min(tries, key=lambda one: one.figures.loss)
    if recipe.budget.batches != recipe.budget.search:
        watcher.phase("the chosen settings")
        best = _try(recipe, replace(best.settings, batches=recipe.budget.batches), watcher.batch)
        watcher.note(_described(best))
    network = notes_of(TASKS[recipe.task]).oriented(best.network)
    return described(recipe, network, _training(best.settings, tries))


def described(recipe: Recipe, network: Network, training: dict[str, Any]) -> Model:
    """Return the network as a model, with a card made anew from its figures."""
    return Model(network, reader(TASKS[recipe.task]), card(recipe, network, training))


def _try(recipe: Recipe, settings: Settings, watch: Callable[[Report], None]) -> Try:
    task = TASKS[recipe.task]
    network = train(task, recipe.cell, settings, watch)
    return Try(settings, network, evaluate(network, task, recipe.budget.compare, SEARCH_SEED))


def _training(settings: Settings, tries: Sequence[Try]) -> dict[str, Any]:
    """What a card says of how its network was trained."""
    return {
        "seed": settings.seed,
        "initialisation": settings.initialisation,
        "learning_rate": settings.learning_rate,
        "schedule": "half a cosine, to 0",
        "optimiser": "Adam",
        "clip": CLIP,
        "batches": settings.batches,
        "batch_size": settings.batch_size,
        "sequences": settings.batches * settings.batch_size,
        "tries": [one.facts() for one in tries],
    }


def _described(one: Try) -> str:
    facts = one.facts()
    return (
        f"learning rate {facts['learning_rate']:g}, {facts['initialisation']}, {facts['batches']:,} batches: "
        f"{facts['loss']:.5f} nats from the truth, right {facts['accuracy']:.2%}, at worst {facts['worst']:.2%}"
    )
