"""The shipped models: what the tasks demand, cards that are true, and notes that are true of these very networks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lstm.catalog import SHIPPED_FOLDER, shipped
from lstm.checkpoint import Model
from lstm.tasks import TASKS
from lstm.training.audit import NOTE, apart
from lstm.training.evaluate import Row, evaluate, listed
from lstm.training.measures import sentence
from lstm.training.notes import Notes, brackets, notes_before, notes_of, recall
from lstm.training.notes.brackets import FIRST_BRACKETS, depth_unit, kind_unit
from lstm.training.recipes import RECIPES, SEEDS, SUCCESS, TEST_SEED

SHIPPED = shipped().names()
FRESH = 20_000
"""A seed that nothing else uses: neither training, nor the choice of settings, nor a card's figures."""


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    catalog = shipped()
    assert catalog.faults == ()
    return {name: catalog.load(name) for name in catalog.names()}


@pytest.mark.parametrize("name", SHIPPED)
def test_each_model_is_what_its_recipe_makes(name: str, models: dict[str, Model]) -> None:
    recipe, model, task = RECIPES[name], models[name], TASKS[RECIPES[name].task]
    network, budget = model.network, recipe.budget
    assert (model.card["task"], network.cell.name, model.card["trained"]) == (recipe.task, recipe.cell, recipe.trained)
    assert (len(network.cells), network.hidden_size) == (budget.layers, budget.hidden_size)
    assert network.dtype == np.dtype(np.float32)
    assert (network.input_size, network.output_size) == (task.input_size, task.output_size)


def test_the_shipped_files_are_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED_FOLDER.iterdir()) < 6_000_000


def test_brackets_lstm_names_the_due_bracket_at_every_depth_and_length(models: dict[str, Model]) -> None:
    found = evaluate(models["brackets-lstm"].network, TASKS["brackets"], ((30, 6_000), (200, 500)), FRESH)
    assert [(row.length, row.group) for row in found.rows] == [(n, d) for n in (30, 200) for d in range(1, 7)]
    for row in found.rows:
        assert row.n >= 2_000
        assert row.right >= SUCCESS * row.n, row


def test_recall_lstm_names_the_first_symbol_at_every_lag(models: dict[str, Model]) -> None:
    plan = tuple((lag + 2, 1_000) for lag in (1, 10, 50, 100, 200))
    found = evaluate(models["recall-lstm"].network, TASKS["recall"], plan, FRESH)
    assert [row.group for row in found.rows] == [1, 10, 50, 100, 200]
    for row in found.rows:
        assert row.right >= SUCCESS * row.n, row


@pytest.mark.parametrize("name", SHIPPED)
def test_fresh_sequences_agree_with_the_card(name: str, models: dict[str, Model]) -> None:
    """Other sequences than the card's, and fewer; `make evaluate` measures the card's own again, to the last one."""
    model, recipe = models[name], RECIPES[name]
    accuracy, limits = model.card["accuracy"], model.card["limits"]
    assert accuracy is not None
    assert accuracy["seed"] == TEST_SEED
    by = TASKS[recipe.task].by
    plan = tuple((length, max(2, min(n, 20_000 // length))) for length, n in recipe.budget.test)
    found = evaluate(model.network, TASKS[recipe.task], plan, FRESH)
    stated = {(row[by], row.get("length")): row["value"] for row in accuracy["by"]}
    for row in listed(found.rows, by):
        share, n = stated[row[by], row.get("length")], row["n"]
        spread = 5 * math.sqrt(max(share * (1 - share), 0.01) / n)
        assert abs(row["value"] - share) <= spread, row
    keys = {quantity.name: quantity.key for quantity in model.network.cell.quantities}
    assert limits.keys() == {keys[quantity] for quantity in found.largest}
    for quantity, largest in found.largest.items():
        assert largest <= 1.25 * limits[keys[quantity]]  # the card's own, more sequences reach further


@pytest.mark.parametrize("name", SHIPPED)
def test_a_cards_parts_agree_with_each_other(name: str, models: dict[str, Model]) -> None:
    facts, recipe = models[name].card, RECIPES[name]
    accuracy, training = facts["accuracy"], facts["training"]
    assert accuracy is not None
    assert training is not None
    right = sum(round(row["value"] * row["n"]) for row in accuracy["by"])
    assert accuracy["n"] == sum(row["n"] for row in accuracy["by"])
    assert accuracy["value"] == pytest.approx(right / accuracy["n"], abs=1e-6)
    assert all(row["low"] <= row["value"] <= row["high"] for row in (accuracy, *accuracy["by"], *accuracy["beyond"]))
    if not recipe.trained:
        assert training["batches"] == 0
        return
    tries = training["tries"]
    assert [(one["learning_rate"], one["initialisation"], one["batches"]) for one in tries] == [
        (one.learning_rate, one.initialisation, one.batches) for one in recipe.tries()
    ]
    best = min(tries, key=lambda one: (not one["succeeded"], one["loss"]))
    assert (training["learning_rate"], training["initialisation"]) == (best["learning_rate"], best["initialisation"])
    assert training["batches"] == recipe.budget.batches
    assert training["sequences"] == training["batches"] * training["batch_size"]
    runs = training["seeds"]
    assert [one["seed"] for one in runs] == list(SEEDS[: recipe.budget.seeds])
    shipped_run = next((one for one in runs if one["succeeded"]), min(runs, key=lambda one: one["loss"]))
    assert training["seed"] == shipped_run["seed"]
    assert all(one["succeeded"] == (one["worst"] >= SUCCESS) for one in (*tries, *runs))


def _values(model: Model, text: str) -> dict[str, Any]:
    return dict(model.network.run(model.tokenizer.encode(text).x).layers[0])


def test_a_unit_of_brackets_lstm_counts_the_open_brackets_and_the_first_note_names_it(models: dict[str, Model]) -> None:
    model = models["brackets-lstm"]
    unit = depth_unit(model.network)
    assert unit.r >= 0.9  # deeper is more
    first = model.card["examples"][0]
    assert first["input"] == FIRST_BRACKETS
    c = _values(model, FIRST_BRACKETS)["c"][:, unit.index]
    depth = [1, 2, 2, 1, 2, 2, 3, 3, 2, 1, 0, 0]
    assert f"Unit {unit.index} counts" in first["note"]["en"]
    assert first["unit"] == unit.index
    said = first["note"]["en"].replace("\N{MINUS SIGN}", "-")
    assert f"{c[6]:.2f} with three open" in said
    assert f"{c[10]:.2f} with none" in said
    assert f"ユニット {unit.index} " in first["note"]["ja"]
    assert float(np.corrcoef(c, depth)[0, 1]) >= 0.9  # in what the first visitor sees, too
    assert c[6] > c[10]


def test_a_unit_of_brackets_lstm_holds_the_kind_of_the_innermost_bracket(models: dict[str, Model]) -> None:
    model = models["brackets-lstm"]
    unit = kind_unit(model.network)
    assert abs(unit.r) >= 0.8
    text = "(abc[dab(cd)a]b)"
    assert model.card["examples"][1]["input"] == text
    assert model.card["examples"][1]["unit"] == unit.index
    assert f"Unit {unit.index} tells" in model.card["examples"][1]["note"]["en"]
    c = _values(model, text)["c"][:, unit.index]
    square = [t for t in range(15) if TASKS["brackets"].judge(text).answer(t) == "]"]
    round_ = [t for t in range(15) if t not in square]
    assert (c[square].mean() > c[round_].mean()) == (unit.r > 0)


@pytest.mark.parametrize("name", [name for name in SHIPPED if not name.startswith("shakespeare")])
def test_examples_and_their_notes_are_those_of_this_network(name: str, models: dict[str, Model]) -> None:
    """Those of shakespeare take a reading of the play: see test_shipped_shakespeare, and `make evaluate`."""
    model = models[name]
    stated = model.card["examples"]
    assert 3 <= len(stated) <= 6
    for one, found in zip(stated, _notes(name, model).examples(model.network), strict=True):
        assert one["input"] == found["input"]
        assert one.get("unit") == found.get("unit")
        assert apart(one["note"]["en"], found["note"]["en"]) <= NOTE
        assert apart(one["note"]["ja"], found["note"]["ja"]) <= NOTE


@pytest.mark.parametrize("name", SHIPPED)
def test_where_it_fails_is_said_from_the_cards_own_figures(name: str, models: dict[str, Model]) -> None:
    facts = models[name].card
    accuracy, by = facts["accuracy"], TASKS[RECIPES[name].task].by
    assert accuracy is not None
    inside, beyond = (
        [Row(row[by], row.get("length", 0), round(row["value"] * row["n"]), row["n"]) for row in accuracy[part]]
        for part in ("by", "beyond")
    )
    said = _notes(name, models[name]).fails(inside, beyond)
    if "measure" in accuracy:
        more = sentence(accuracy["measure"])
        said = {"en": f"{said['en']} {more['en']}", "ja": said["ja"] + more["ja"]}
    assert facts["fails"] == said


def _notes(name: str, model: Model) -> Notes:
    task = TASKS[RECIPES[name].task]
    return notes_of(task) if RECIPES[name].trained else notes_before(task, model.network)


def test_the_fails_sentence_of_known_figures() -> None:
    said = recall.fails([Row(1, 3, 10, 10), Row(200, 202, 5, 10)], [Row(500, 502, 0, 10)])
    assert said["en"] == (
        "Not always right up to lag 200: 50.00 % right at lag 200. At lags longer than any in training: 0 % right at"
        " lag 500. A second capital letter was never trained."
    )
    said = recall.fails([Row(200, 202, 10, 10)], [Row(500, 502, 10, 10), Row(5_000, 5_002, 10, 10)])
    assert said["en"].startswith(
        "No error up to lag 200. None at longer lags than in training either, tried up to 5,000."
    )
    said = brackets.fails([Row(1, 30, 100_000, 100_000), Row(2, 30, 99_999, 100_000)], [Row(1, 1_000, 10, 10)])
    assert said["en"].startswith("1 of 200,000 test steps are wrong; most often at depth 2")
    assert "(99.99 % right)" in said["en"]  # not 100 %: one was wrong
    assert "In sequences of 1,000 symbols, longer than any in training, 100 % are right." in said["en"]
