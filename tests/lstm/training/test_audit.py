"""The audit of a card: it finds every figure again, and every one that was changed."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lstm.catalog import SHIPPED_FOLDER
from lstm.checkpoint import Model, load
from lstm.training import command, recipes
from lstm.training.audit import apart, differences
from lstm.training.recipes import BUDGETS, RECIPES

SMALL = replace(BUDGETS["recall"], test=((3, 200), (12, 200)), beyond=((40, 100),))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Model:
    """A shipped model with a card of fewer sequences, so that measuring it again is quick."""
    monkeypatch.setitem(recipes.BUDGETS, "recall", SMALL)
    path = tmp_path / "recall-gru.safetensors"
    load(SHIPPED_FOLDER / path.name).save(path)
    assert command.main(["recall-gru", "--card", "--folder", str(tmp_path)]) == 0
    return load(path)


def test_a_true_card_is_found_again(model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert differences(RECIPES["recall-gru"], model) == []
    assert command.main(["recall-gru", "--evaluate", "--folder", str(tmp_path)]) == 0
    assert "Every figure and text of 1 cards came out the same again" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "by"),
    [
        (("value",), -0.0011),
        (("low",), -0.002),
        (("n",), 1),
        (("by", 0, "value"), -0.0011),
        (("by", 1, "lag"), 1),
        (("beyond", 0, "value"), -0.0011),
    ],
)
def test_each_figure_that_was_changed_is_named(model: Model, path: tuple[str | int, ...], by: float) -> None:
    card = copy.deepcopy(model.card)
    place = card["accuracy"]
    for step in path[:-1]:
        place = place[step]  # type: ignore[index]
    place[path[-1]] += by  # type: ignore[index]
    (said,) = differences(RECIPES["recall-gru"], replace(model, card=card))
    assert said.startswith("accuracy." + ".".join(map(str, path)))
    assert "the card says" in said


def test_a_figure_too_few_and_one_too_many_are_named(model: Model) -> None:
    card = copy.deepcopy(model.card)
    assert card["accuracy"] is not None
    del card["accuracy"]["beyond"]
    card["accuracy"]["more"] = 0.5
    said = differences(RECIPES["recall-gru"], replace(model, card=card))
    assert "accuracy.more: it is in the card and does not follow" in said
    assert "accuracy.beyond.0.value: it is not in the card" in said


def test_a_note_that_is_not_this_networks_is_named(model: Model) -> None:
    card = copy.deepcopy(model.card)
    card["examples"][0]["note"]["ja"] = card["examples"][0]["note"]["ja"].replace("D", "E")
    (said,) = differences(RECIPES["recall-gru"], replace(model, card=card))
    assert said.startswith("examples.0.note.ja: the card says")


def _nothing_tried(card: dict[str, Any]) -> None:
    card["training"]["tries"] = card["training"]["seeds"] = []


def _all_well(card: dict[str, Any]) -> None:
    for one in card["training"]["tries"] + card["training"]["seeds"]:
        one |= {"succeeded": True, "accuracy": 1.0, "worst": 1.0, "loss": 0.5}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda card: card["fails"].update(en="It never fails."), "fails.en"),
        (lambda card: card["about"].update(ja="何でも覚えます。"), "about.ja"),
        (lambda card: card.update(trained=False), "trained"),
        (lambda card: card["examples"].clear(), "examples.0.input"),
        (lambda card: card["examples"].insert(0, card["examples"][0]), "examples.1.input"),
        (lambda card: card["examples"][0].update(input="A?"), "examples.0.input"),
        (lambda card: card["examples"][0].update(unit=15), "examples.0.unit"),
        (_nothing_tried, "training.tries.0.learning_rate"),
        (_all_well, "training.seeds.0.loss"),
        (lambda card: card["training"].update(initialisation="identity"), "training.initialisation"),
        (lambda card: card["training"].update(learning_rate=0.0031), "training.learning_rate"),
        (lambda card: card["training"]["tries"][1].update(batches=6_000), "training.tries.1.batches"),
        (lambda card: card["training"]["tries"][1].update(succeeded=None), "training.tries.1.succeeded"),
        (lambda card: card["training"]["tries"].pop(), "training.tries.5.seed"),
        (lambda card: card["training"]["seeds"][0].update(loss=0.01), "training.seeds.0.loss"),
    ],
)
def test_whatever_else_was_changed_is_named(model: Model, change: Callable[[Any], object], place: str) -> None:
    card = copy.deepcopy(model.card)
    change(card)
    said = differences(RECIPES["recall-gru"], replace(model, card=card))
    assert place in {one.partition(":")[0] for one in said}


@pytest.mark.parametrize(
    ("one", "other", "by"),
    [
        ("C is 0.50.", "C is 0.51.", 0.01),
        ("C is −0.5.", "C is 0.5.", 1),
        ("C is 1.", "h is 1.", math.inf),
        ("C.", "C.", 0),
        ("5.00 % wrong", "5.50 % wrong", 0.05),
    ],
)
def test_how_far_two_notes_are_apart(one: str, other: str, by: float) -> None:
    assert apart(one, other) == pytest.approx(by)


def test_the_command_fails_on_a_difference(model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = copy.deepcopy(model.card)
    assert card["accuracy"] is not None
    card["accuracy"]["by"][0]["value"] -= 0.01
    replace(model, card=card).save(tmp_path / "recall-gru.safetensors")
    assert command.main(["recall-gru", "--evaluate", "--folder", str(tmp_path)]) == 1
    assert "accuracy.by.0.value" in capsys.readouterr().out
    (tmp_path / "recall-gru.safetensors").write_bytes(b"no model")
    assert command.main(["recall-gru", "--evaluate", "--folder", str(tmp_path)]) == 1
