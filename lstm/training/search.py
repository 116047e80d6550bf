"""From a recipe to a model: try the settings, train with the best from several seeds, measure, write the card.

Does not know the command line or where files lie.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from lstm.checkpoint import Model
from lstm.network import Network
from lstm.tasks import TASKS
from lstm.training.card import card
from lstm.training.evaluate import Figures, evaluate
from lstm.training.loop import CLIP, Report, Settings, beginning, readout_of, train
from lstm.training.notes import notes_of, reader
from lstm.training.recipes import SEARCH_SEED, SEEDS, SUCCESS, Recipe


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
    """Settings, the network they led to, and how that did on the sequences by which runs are compared."""

    settings: Settings
    network: Network
    figures: Figures

    @property
    def succeeded(self) -> bool:
        """Whether each depth, or lag, was right often enough."""
        return self.figures.all_at_least(SUCCESS)

    @property
    def rank(self) -> tuple[bool, float]:
        """What tries are compared by: those that succeeded come first, and among equals the lowest loss.

        A loss alone can prefer a try that is a little surer everywhere to the only one that remembers.
        """
        return _rank(self.succeeded, self.figures.loss)

    def facts(self) -> dict[str, Any]:
        """Return what a card says of a run."""
        return {
            **_settings(self.settings),
            "loss": round(self.figures.loss, 6),
            "accuracy": round(self.figures.right / self.figures.n, 6),
            "worst": round(min(row.right / row.n for row in self.figures.rows), 6),
            "succeeded": self.succeeded,
        }


def batches_of(recipe: Recipe) -> int:
    """Return how many batches `make` trains in all."""
    budget = recipe.budget
    if not recipe.trained:
        return 0
    return len(recipe.tries()) * budget.search + (budget.seeds - (budget.batches == budget.search)) * budget.batches


def make(recipe: Recipe, watcher: Watcher) -> Model:
    """Search, train, turn the units for the eye, and measure: the whole recipe, as `make train` runs it."""
    tries: list[Try] = []
    for settings in recipe.tries():
        watcher.phase(f"try {len(tries) + 1} of {len(recipe.tries())}")
        tries.append(_try(recipe, settings, watcher))
    best = min(tries, key=lambda one: one.rank)
    chosen = replace(best.settings, batches=recipe.budget.batches)
    runs = [best] if chosen == best.settings else []
    for seed in SEEDS[len(runs) : recipe.budget.seeds]:
        watcher.phase(f"the chosen settings from seed {seed}")
        runs.append(_try(recipe, replace(chosen, seed=seed), watcher))
    shipped = runs[_shipped([(run.succeeded, run.figures.loss) for run in runs])]
    network = notes_of(TASKS[recipe.task]).oriented(shipped.network)
    return described(recipe, network, _training(shipped.settings, tries, runs))


def before(recipe: Recipe, trained: Model) -> Model:
    """Return what a trained model of the recipe's task and cell began as."""
    training = trained.card["training"] or {}
    settings = next(one for one in recipe.tries() if one.initialisation == training["initialisation"])
    task = TASKS[recipe.task]
    parameters = beginning(task, recipe.cell, replace(settings, seed=training["seed"]))
    network = Network.from_parameters(recipe.cell, parameters, readout_of(task))
    return described(recipe, network, _untrained(training))


def described(recipe: Recipe, network: Network, training: dict[str, Any]) -> Model:
    """Return the network as a model, with a card made anew from its figures."""
    return Model(network, reader(TASKS[recipe.task]), card(recipe, network, training))


def retold(recipe: Recipe, network: Network, stated: Mapping[str, Any]) -> dict[str, Any]:
    """What a card should say of the training of its network, where only that network is left of it.

    The settings are the recipe's and the choices follow its rule from what is stated; what the network reached is
    measured again, and what the others reached is taken from what is stated.
    """
    if not recipe.trained:
        return _untrained(stated)

    def facts(settings: Settings, one: Mapping[str, Any]) -> dict[str, Any]:
        return {**one, **_settings(settings), "succeeded": one.get("worst", 0) >= SUCCESS}

    def reached(one: Mapping[str, Any]) -> tuple[bool, float]:
        return one["succeeded"], one.get("loss", math.inf)

    tries = [facts(*pair) for pair in _paired(recipe.tries(), stated.get("tries", []))]
    best = min(range(len(tries)), key=lambda k: _rank(*reached(tries[k])))
    chosen = replace(recipe.tries()[best], batches=recipe.budget.batches)
    seeds = [replace(chosen, seed=seed) for seed in SEEDS[: recipe.budget.seeds]]
    runs = [facts(*pair) for pair in _paired(seeds, stated.get("seeds", []))]
    k = _shipped([reached(run) for run in runs])
    runs[k] = _measured(recipe, seeds[k], network).facts()
    if chosen == recipe.tries()[best] and k == 0:
        tries[best] = runs[k]
    return {**_chosen(seeds[k]), "tries": tries, "seeds": runs}


def _try(recipe: Recipe, settings: Settings, watcher: Watcher) -> Try:
    task = TASKS[recipe.task]
    network = train(task, recipe.cell, settings, watcher.batch)
    done = _measured(recipe, settings, network)
    watcher.note(_described(done))
    return done


def _rank(succeeded: bool, loss: float) -> tuple[bool, float]:
    return not succeeded, loss


def _shipped(reached: Sequence[tuple[bool, float]]) -> int:
    """Which run is shipped, by whether each succeeded and its loss: the first that did, or else the best."""
    best = min(range(len(reached)), key=lambda k: reached[k][1])
    return next((k for k, (succeeded, _) in enumerate(reached) if succeeded), best)


def _measured(recipe: Recipe, settings: Settings, network: Network) -> Try:
    budget, task = recipe.budget, TASKS[recipe.task]
    plan, practice = budget.compare, budget.compare_in_practice
    return Try(settings, network, evaluate(network, task, plan, SEARCH_SEED, practice=practice))


def _training(settings: Settings, tries: Sequence[Try], runs: Sequence[Try]) -> dict[str, Any]:
    """What a card says of how its network was trained."""
    return {
        **_chosen(settings),
        "tries": [one.facts() for one in tries],
        "seeds": [one.facts() for one in runs],
    }


def _untrained(origin: Mapping[str, Any]) -> dict[str, Any]:
    """What a card says of the training that was not: where the network began."""
    return {"seed": origin.get("seed"), "initialisation": origin.get("initialisation"), "batches": 0, "tries": []}


def _settings(settings: Settings) -> dict[str, Any]:
    """What a card says of a run before it."""
    return {
        "learning_rate": settings.learning_rate,
        "initialisation": settings.initialisation,
        "batches": settings.batches,
        "seed": settings.seed,
    }


def _chosen(settings: Settings) -> dict[str, Any]:
    """What a card says of the run that is shipped, before it."""
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
    }


def _paired(settings: Sequence[Settings], stated: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Settings, Any]]:
    """Each of the recipe's settings with what is stated of it, as far as anything is."""
    return zip(settings, [*stated, *({} for _ in settings)], strict=False)


def _described(one: Try) -> str:
    facts = one.facts()
    settings = "learning rate {learning_rate:g}, {initialisation}, seed {seed}, {batches:,} batches"
    found = "loss {loss:.5f} above the least, right {accuracy:.2%}, at worst {worst:.2%}"
    return f"{settings}: {found}".format(**facts)
