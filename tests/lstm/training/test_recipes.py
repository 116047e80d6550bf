"""Recipes: every shipped model has one, and the models of a task are trained and searched alike."""

from __future__ import annotations

import pytest

from lstm.catalog import shipped
from lstm.tasks import TASKS
from lstm.training.initialise import INITIALISATIONS
from lstm.training.recipes import BUDGETS, RECIPES


def test_every_shipped_model_has_a_recipe() -> None:
    assert set(shipped().names()) == set(RECIPES)
    assert all(recipe.name == name and recipe.task in TASKS for name, recipe in RECIPES.items())


@pytest.mark.parametrize("task", BUDGETS)
def test_the_models_of_a_task_differ_in_cell_and_initialisation_alone(task: str) -> None:
    recipes = [recipe for recipe in RECIPES.values() if recipe.task == task]
    assert len(recipes) > 1
    searches = []
    for recipe in recipes:
        tries = recipe.tries()
        assert {one.initialisation for one in tries} == set(INITIALISATIONS[recipe.cell])
        assert len(tries) == len(BUDGETS[task].learning_rates) * 3
        searches.append(
            sorted(
                (one.learning_rate, one.batches, one.batch_size, one.hidden_size, one.span, one.together, one.seed)
                for one in tries
            )
        )
    assert all(search == searches[0] for search in searches)


def test_the_figures_of_a_card_cover_what_the_task_promises() -> None:
    assert {length for length, _ in BUDGETS["brackets"].test} == {30, 200}
    assert {1, 10, 50, 100, 200} <= {length - 2 for length, _ in BUDGETS["recall"].test}
    for budget in BUDGETS.values():
        longest = max(length for length, _ in budget.test)
        assert all(length > longest for length, _ in budget.beyond)
