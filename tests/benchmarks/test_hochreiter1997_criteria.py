"""The paper's criteria on sequences whose errors are known: just enough solves, just short of it does not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.hochreiter1997.criteria import Criterion, Recent
from benchmarks.hochreiter1997.experiments import EXPERIMENTS, Experiment, weights
from benchmarks.hochreiter1997.nets import Net
from benchmarks.hochreiter1997.problems import problem
from lstm.cells import CELLS
from lstm.tasks import TASKS

BY_KEY = {experiment.key: experiment for experiment in EXPERIMENTS}


def solved_after(criterion: Criterion, errors: list[float], batch: int = 1) -> int | None:
    """How many sequences one network had seen when the criterion was met first."""
    recent = Recent(1, criterion)
    for start in range(0, len(errors), batch):
        recent.add(np.array([errors[start : start + batch]]))
        if recent.solved()[0]:
            return start + batch
    return None


def test_adding_needs_two_thousand_right_in_a_row() -> None:
    criterion = BY_KEY["4-100"].criterion
    right, just_wrong = 0.009, 0.04
    assert solved_after(criterion, [right] * 1999) is None
    assert solved_after(criterion, [right] * 2000) == 2000
    assert solved_after(criterion, [right] * 1999 + [just_wrong] + [right] * 1999) is None
    assert solved_after(criterion, [right] * 1999 + [just_wrong] + [right] * 2000) == 4000


def test_adding_needs_a_mean_error_below_a_hundredth_too() -> None:
    criterion = BY_KEY["4-1000"].criterion
    assert solved_after(criterion, [0.01] * 5000) is None
    assert solved_after(criterion, [0.011] * 2000 + [0.005] * 1000) == 2334  # the mean is 0.01 after 333⅓ of them


@pytest.mark.parametrize(("key", "allowed"), [("5-140", 139), ("5-13", 12)])
def test_multiplying_needs_less_than_n_seq_wrong_of_the_last_two_thousand(key: str, allowed: int) -> None:
    criterion = BY_KEY[key].criterion
    assert solved_after(criterion, [0.5] * (allowed + 1) + [0.0] * (1999 - allowed)) is None
    assert solved_after(criterion, [0.5] * allowed + [0.0] * (2000 - allowed)) == 2000
    assert solved_after(criterion, [0.5] * (allowed + 1) + [0.0] * (2000 - allowed)) == 2001


def test_order_needs_every_output_near_and_the_mean_below_a_tenth() -> None:
    criterion = BY_KEY["6a"].criterion
    assert solved_after(criterion, [0.09] * 1999 + [0.3]) is None
    assert solved_after(criterion, [0.09] * 1999 + [0.29]) == 2000
    assert solved_after(criterion, [0.1] * 3000) is None


def test_a_batch_counts_to_its_end_and_may_be_larger_than_what_is_recent() -> None:
    criterion = Criterion(limit=0.5, recent=3)
    assert solved_after(criterion, [1, 0, 0, 0, 0, 0], batch=2) == 4
    assert solved_after(criterion, [1, 1, 0, 0, 0, 1], batch=5) == 5
    assert solved_after(criterion, [0, 0, 0, 0, 1], batch=5) is None


def test_networks_side_by_side_are_judged_each_by_itself() -> None:
    recent = Recent(3, Criterion(limit=0.5, recent=2))
    recent.add(np.array([[0, 0], [1, 0], [0, 1]]))
    assert recent.solved().tolist() == [True, False, False]
    recent.keep(np.array([1, 2]))
    recent.add(np.array([[0], [0]]))
    assert recent.solved().tolist() == [True, False]


@pytest.mark.parametrize(
    ("key", "blocks", "cells", "gate_biases", "all_biases"),
    [("1", 3, 2, True, False), ("4-100", 2, 2, True, True), ("6a", 2, 2, True, True), ("6b", 3, 2, True, True)],
)
def test_the_papers_weights_are_those_of_its_networks(
    key: str, blocks: int, cells: int, gate_biases: bool, all_biases: bool
) -> None:
    """Each cell and each gate reads the input, all cells and all gates; the outputs read the cells."""
    task, gates = TASKS[BY_KEY[key].task], 2 * blocks
    units = blocks * cells + gates
    count = units * (task.input_size + units) + task.output_size * blocks * cells
    count += gates * gate_biases + (units - gates + task.output_size) * all_biases
    assert BY_KEY[key].paper.weights == count


def test_weights_are_what_a_network_has_with_one_bias_a_gate() -> None:
    for experiment in EXPERIMENTS:
        for setting in experiment.settings:
            task = TASKS[experiment.task]
            shapes = CELLS[setting.cell].shapes(task.input_size, setting.hidden_size)
            count = sum(int(np.prod(shape)) for name, shape in shapes.items() if name != "bias_hh")
            count += 101 * 101 if experiment.key == "2a" else 0
            assert weights(experiment, setting) == count + task.output_size * (setting.hidden_size + 1)
            assert 0.75 * experiment.paper.weights < weights(experiment, setting) < 1.4 * experiment.paper.weights


def answers(experiment: Experiment, right: NDArray[np.float32]) -> Net:
    """A network that always answers the same."""
    task = TASKS[experiment.task]
    shapes = {f"{name}_l0": shape for name, shape in CELLS["rnn"].shapes(task.input_size, 1).items()}
    parameters = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    parameters |= {"readout.weight": np.zeros((len(right), 1), np.float32), "readout.bias": right}
    return Net.of("rnn", parameters, "linear" if task.outputs is None else "softmax")


def test_the_test_counts_wrong_sequences_of_2560() -> None:
    """The best constant is right about 15.4 % of additions (the task's own figure, from the law of the sum)."""
    experiment = BY_KEY["4-100"]
    tested = problem(experiment, 0).test(answers(experiment, np.array([0.5], np.float32)), np.random.default_rng(1))
    assert tested.wrong == pytest.approx(2560 * (1 - 0.154), abs=4 * np.sqrt(2560 * 0.154 * 0.846))
    assert tested.error == pytest.approx(1 / 6, rel=0.05)  # E|X1 + X2| / 4, where rarely one of them is 0
    assert tested.squared == pytest.approx(1 / 24, rel=0.08)  # (1/3 + 1/3) / 16


def test_long_lag_is_confirmed_by_both_of_its_sequences_and_by_nothing_less() -> None:
    own = problem(BY_KEY["2a"], 0)
    assert own.own is not None
    assert own.own.x.shape == (100, 2)
    assert own.own.x[0].tolist() == [99, 100]
    sure = np.where(own.own.targets > 0, 1, 0).astype(np.float64)
    assert own.errors(sure, own.own).tolist() == [0, 0]
    sure[99, 1, 100], sure[99, 1, 99] = 0.75, 0.25  # the last symbol of the second sequence: just not sure enough
    assert own.errors(sure, own.own).tolist() == [0, 0.25]
    assert not own.confirms(answers(BY_KEY["2a"], np.zeros(101, np.float32)))
