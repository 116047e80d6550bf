"""What tests of the web and of the page share: models, an application without a network, a real server on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import hypothesis
import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from lstm.catalog import Catalog
from lstm.checkpoint import Card, Model
from lstm.network import Network
from lstm.tasks import TASKS
from lstm.untrained import untrained

ROOT = Path(__file__).parent.parent

hypothesis.settings.register_profile("gatescope", deadline=None)  # no test is timed: the machine may be busy
hypothesis.settings.load_profile("gatescope")


OTHER_CELLS = ("lstm1997", "lstm1997-open", "lstm-peephole", "lstm-coupled")
"""Cells of which the tests of the page have one small network each, "toy-NAME"."""


def of_task(model: Model, task: str) -> Model:
    """The same model, said to be of a task."""
    return replace(model, card=cast(Card, {**model.card, "task": task}))


def overflowing() -> Model:
    """A network over numbers whose output leaves float32 at the first step with an input above 1."""
    ones = np.ones((2, 1), np.float32)
    nothing = np.zeros(2, np.float32)
    parameters = {
        "weight_ih_l0": ones,
        "weight_hh_l0": np.zeros((2, 2), np.float32),
        "bias_ih_l0": nothing,
        "bias_hh_l0": nothing,
        "readout.weight": np.full((1, 2), 3e38, np.float32),
        "readout.bias": np.zeros(1, np.float32),
    }
    model = untrained("rnn", 2, input_size=1, name="overflowing")
    return replace(model, network=Network.from_parameters("rnn", parameters, "linear"))


def answering(model: Model, task: str) -> Model:
    """The same model with a readout of the task's own width, said to be of the task and trained to nothing."""
    wanted = TASKS[task]
    rng = np.random.default_rng(6)
    parameters = dict(model.network.parameters())
    width = model.network.hidden_size
    parameters["readout.weight"] = rng.uniform(-0.5, 0.5, (wanted.output_size, width)).astype(np.float32)
    parameters["readout.bias"] = np.full(wanted.output_size, 0.4, np.float32)
    network = Network.from_parameters(model.network.cell.name, parameters, model.network.readout.kind)
    outputs = None if wanted.outputs is None else list(wanted.outputs)
    return of_task(replace(model, network=network, card=cast(Card, {**model.card, "outputs": outputs})), task)


def small_models() -> list[Model]:
    """Small networks of every kind; untrained, so that no test waits for training or depends on it."""
    brackets, recall = TASKS["brackets"].alphabet, TASKS["recall"]
    return [
        of_task(untrained("lstm", 6, alphabet=brackets, name="toy-lstm", seed=1), "brackets"),
        of_task(untrained("gru", 5, layers=2, alphabet=brackets, name="toy-gru", seed=2), "brackets"),
        untrained("rnn", 4, alphabet=recall.alphabet, name="toy-rnn", seed=3),
        untrained("lstm", 3, layers=2, input_size=2, name="numbers-lstm", seed=4),
        untrained("gru", 3, input_size=1, name="numbers-gru", seed=5),
        answering(untrained("lstm", 4, input_size=2, name="numbers-adding", seed=6), "adding"),
        answering(untrained("gru", 4, alphabet=TASKS["reber"].alphabet, name="toy-reber", seed=7), "reber"),
        *(untrained(cell, 9, alphabet=brackets, name=f"toy-{cell}", seed=6) for cell in OTHER_CELLS),
        overflowing(),
    ]


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as GATESCOPE_MODELS names it."""
    folder = tmp_path_factory.mktemp("models")
    for model in small_models():
        model.save(folder / f"{model.name}.safetensors")
    return folder


@pytest.fixture(scope="session")
def settings(model_folder: Path) -> Settings:
    """The settings under which tests run."""
    return Settings(models=(model_folder,))


@pytest.fixture(scope="session")
def catalog(settings: Settings) -> Catalog:
    """The shipped models and those of the tests."""
    return Catalog(settings.models)


@pytest.fixture(scope="session")
def client(settings: Settings, catalog: Catalog) -> Iterator[TestClient]:
    """The application, asked without a network."""
    with TestClient(create_app(settings, catalog)) as client:
        yield client


@pytest.fixture(scope="session")
def server(model_folder: Path) -> Iterator[str]:
    """The address of a real server: `python -m app` in a process of its own, on a free port of loopback."""
    environment = {**os.environ, "GATESCOPE_MODELS": str(model_folder)}
    command = [sys.executable, "-m", "app", "serve", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("Gatescope is at http://"), said
        yield said.split()[3]
        process.terminate()
