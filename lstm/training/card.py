"""What a model's file says about it: its figures on fresh sequences, its training, where it fails, what to look at.

Every sentence with a number in it is made from the number. Does not know how to train.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lstm.checkpoint import Card, Words
from lstm.network import Network
from lstm.tasks import TASKS
from lstm.training.evaluate import evaluate, listed, share
from lstm.training.measures import MEASURES, sentence
from lstm.training.notes import UNIT_FACTS, notes_before, notes_of
from lstm.training.notes.before import before_training
from lstm.training.recipes import TEST_SEED, Recipe


def card(recipe: Recipe, network: Network, training: Mapping[str, Any]) -> Card:
    """Measure the network and write its card; `training` says how it was trained, as the search does."""
    task = TASKS[recipe.task]
    inside = evaluate(network, task, recipe.budget.test, TEST_SEED)
    beyond = evaluate(network, task, recipe.budget.beyond, TEST_SEED)
    accuracy: dict[str, Any] = {
        **share(inside.right, inside.n),
        "seed": TEST_SEED,
        "by": listed(inside.rows, task.by),
        "beyond": listed(beyond.rows, task.by),
    }
    notes = notes_of(task) if recipe.trained else notes_before(task, network)
    fails = notes.fails(inside.rows, beyond.rows)
    if recipe.task in MEASURES:
        accuracy["measure"] = measure = MEASURES[recipe.task](network)
        said = sentence(measure)
        fails = {"en": f"{fails['en']} {said['en']}", "ja": fails["ja"] + said["ja"]}
    keys = {quantity.name: quantity.key for quantity in network.cell.quantities}
    limits = {keys[name]: max(0.5, math.ceil(2 * largest) / 2) for name, largest in inside.largest.items()}
    made: Card = {
        "name": recipe.name,
        "cell": recipe.cell,
        "readout": network.readout.kind,
        "trained": recipe.trained,
        "task": recipe.task,
        "alphabet": None if task.alphabet is None else list(task.alphabet),
        "outputs": None if task.outputs is None else list(task.outputs),
        "limits": limits,
        "accuracy": accuracy,
        "training": dict(training),
        "label": _words(task.label) if recipe.trained else before_training(task.label),
        "about": _words(task.about),
        "fails": fails,
        "examples": notes.examples(network),
    }
    if recipe.task in UNIT_FACTS:
        made["units"] = UNIT_FACTS[recipe.task](network)
    return made


def _words(texts: Mapping[str, str]) -> Words:
    return {"en": texts["en"], "ja": texts["ja"]}
