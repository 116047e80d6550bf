"""From a recipe to a model, with a recipe so small that a test can wait for it; and the command, stopped by Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lstm.catalog import SHIPPED_FOLDER
from lstm.checkpoint import load
from lstm.tasks import TASKS
from lstm.training import command, recipes, search
from lstm.training.evaluate import Figures, Row, evaluate
from lstm.training.loop import Report, train
from lstm.training.notes.brackets import oriented
from lstm.training.recipes import RECIPES, SEARCH_SEED, SEEDS, Budget
from lstm.training.search import Try, batches_of, make

ROOT = Path(__file__).parents[3]
TINY = Budget(
    cells=("lstm", "rnn"),
    search=12,
    batches=20,
    span=10,
    together=2,
    compare=((12, 60),),
    test=((30, 150), (40, 60)),
    beyond=((60, 20),),
)


class Notes:
    """A watcher that keeps what it is told."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.batches = 0
        self.notes: list[str] = []

    def phase(self, words: str) -> None:
        self.phases.append(words)

    def batch(self, report: Report) -> None:
        assert np.isfinite(report.loss)
        self.batches += 1

    def note(self, words: str) -> None:
        self.notes.append(words)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(recipes.BUDGETS, "brackets", TINY)


@pytest.mark.usefixtures("tiny")
def test_the_best_try_decides_the_settings_and_all_tries_stand_in_the_card() -> None:
    recipe, watcher = RECIPES["brackets-rnn"], Notes()
    model = make(recipe, watcher)
    training = model.card["training"]
    assert training is not None
    assert watcher.phases == [
        *(f"try {k} of 6" for k in range(1, 7)),
        *(f"the chosen settings from seed {seed}" for seed in SEEDS),
    ]
    assert watcher.batches == batches_of(recipe) == 6 * 12 + 3 * 20
    assert len(watcher.notes) == 9
    assert len(training["tries"]) == 6
    task = TASKS["brackets"]
    losses = []
    for one, settings in zip(training["tries"], recipe.tries(), strict=True):
        found = evaluate(train(task, "rnn", settings), task, TINY.compare, SEARCH_SEED)
        losses.append(found.loss)
        assert one["loss"] == round(found.loss, 6)
        assert one["accuracy"] == round(found.right / found.n, 6)
        assert one["succeeded"] is False
        assert (one["learning_rate"], one["initialisation"]) == (settings.learning_rate, settings.initialisation)
    best = recipe.tries()[int(np.argmin(losses))]
    assert (training["learning_rate"], training["initialisation"]) == (best.learning_rate, best.initialisation)
    assert (training["batches"], training["sequences"]) == (20, 20 * 64)
    assert [one["seed"] for one in training["seeds"]] == list(SEEDS)
    assert training["seed"] == min(training["seeds"], key=lambda one: one["loss"])["seed"]  # none succeeds so soon


@pytest.mark.usefixtures("tiny")
def test_a_recipe_makes_the_same_file_every_time(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        assert command.main(["brackets-rnn", "--folder", str(tmp_path / name)]) == 0
        files.append((tmp_path / name / "brackets-rnn.safetensors").read_bytes())
    assert files[0] == files[1]
    model = load(tmp_path / "one" / "brackets-rnn.safetensors")
    assert model.card["trained"] is True
    assert model.network.hidden_size == 16


@pytest.mark.usefixtures("tiny")
def test_a_card_can_be_made_anew_without_training(tmp_path: Path) -> None:
    path = tmp_path / "brackets-rnn.safetensors"
    command.main(["brackets-rnn", "--folder", str(tmp_path)])
    before = path.read_bytes()
    model = load(path)
    model.card["accuracy"] = None
    model.card["examples"] = []
    model.save(path)
    assert path.read_bytes() != before
    assert command.main(["brackets-rnn", "--card", "--folder", str(tmp_path)]) == 0
    assert path.read_bytes() == before


@pytest.mark.usefixtures("tiny")
def test_where_a_try_has_the_whole_budget_the_best_one_is_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = Budget(("lstm", "rnn"), 12, 12, TINY.span, TINY.together, TINY.compare, TINY.test, TINY.beyond)
    monkeypatch.setitem(recipes.BUDGETS, "brackets", budget)
    recipe, watcher = RECIPES["brackets-lstm"], Notes()
    model = make(recipe, watcher)
    assert watcher.batches == batches_of(recipe) == 6 * 12 + 2 * 12
    training = model.card["training"]
    assert training is not None
    best = min(recipe.tries(), key=lambda one: _loss_of(training["tries"], one.learning_rate, one.initialisation))
    assert training["seeds"][0] == min(training["tries"], key=lambda one: one["loss"])
    again = oriented(train(TASKS["brackets"], "lstm", replace(best, seed=training["seed"])))
    for name, values in model.network.parameters().items():
        assert np.array_equal(values, again.parameters()[name])


def test_a_try_that_succeeded_comes_before_one_of_lower_loss() -> None:
    settings, network = RECIPES["recall-rnn"].tries()[0], load(SHIPPED_FOLDER / "recall-rnn.safetensors").network
    surer = Try(settings, network, Figures((Row(1, 3, 100, 100), Row(9, 11, 99, 100)), 0.1, {}))
    remembers = Try(settings, network, Figures((Row(1, 3, 100, 100), Row(9, 11, 100, 100)), 0.7, {}))
    less_sure = Try(settings, network, Figures((Row(1, 3, 100, 100), Row(9, 11, 100, 100)), 0.8, {}))
    assert sorted((less_sure, surer, remembers), key=lambda one: one.rank) == [remembers, less_sure, surer]


@pytest.mark.usefixtures("tiny")
def test_the_first_seed_that_succeeds_is_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SUCCESS", 0.0)
    training = make(RECIPES["brackets-lstm"], Notes()).card["training"]
    assert training is not None
    assert all(one["succeeded"] for one in training["seeds"])
    assert training["seed"] == SEEDS[0]


@pytest.mark.usefixtures("tiny")
def test_a_model_before_its_training_has_the_weights_that_training_began_with(tmp_path: Path) -> None:
    assert command.main(["brackets-lstm", "brackets-untrained", "--folder", str(tmp_path)]) == 0
    trained, began = (load(tmp_path / f"brackets-{name}.safetensors") for name in ("lstm", "untrained"))
    assert began.card["trained"] is False
    assert trained.card["training"] is not None
    settings = next(
        one for one in RECIPES["brackets-lstm"].tries()
        if one.initialisation == trained.card["training"]["initialisation"]
    )  # fmt: skip
    nothing = replace(settings, batches=0, seed=trained.card["training"]["seed"])
    begun = train(TASKS["brackets"], "lstm", nothing).parameters()
    for name, values in began.network.parameters().items():
        assert np.array_equal(values, begun[name])
    inputs = [example["input"] for example in trained.card["examples"]]
    assert [example["input"] for example in began.card["examples"]][:3] == inputs[:3]


def _loss_of(tries: list[dict[str, object]], learning_rate: float, initialisation: str) -> float:
    (loss,) = (
        one["loss"] for one in tries if (one["learning_rate"], one["initialisation"]) == (learning_rate, initialisation)
    )
    assert isinstance(loss, float)
    return loss


def test_ctrl_c_stops_it_and_changes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "recall-rnn.safetensors"
    path.write_bytes(b"the file that was there")
    process = subprocess.Popen(
        [sys.executable, "-m", "lstm.training", "recall-rnn", "--folder", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "try 1 of 6" in process.stderr.readline()  # it trains by now
    process.send_signal(signal.SIGINT)
    out, rest = process.communicate(timeout=60)
    assert process.returncode == command.STOPPED
    assert "Stopped. Files that were finished are whole, and no other was written." in out
    assert "Traceback" not in rest
    assert path.read_bytes() == b"the file that was there"
    assert list(tmp_path.iterdir()) == [path]


def test_a_model_without_a_recipe_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["brackets-gru"])
    said = capsys.readouterr().err
    assert "brackets-gru" in said
    assert "brackets-lstm" in said
