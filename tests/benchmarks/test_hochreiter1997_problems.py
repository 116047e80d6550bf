"""The sequences of the benchmark against the paper's definitions, written down here once more."""

from __future__ import annotations

import numpy as np

from benchmarks.hochreiter1997.experiments import EXPERIMENTS
from benchmarks.hochreiter1997.problems import Sets, columns, of_stack, problem, side_by_side
from lstm.tasks import TASKS

BY_KEY = {experiment.key: experiment for experiment in EXPERIMENTS}
CLASSES = {"XX": "Q", "XY": "R", "YX": "S", "YY": "U"}


def test_order_mixes_lengths_from_100_to_110_each_scored_at_its_own_end() -> None:
    task = TASKS["order"]
    assert task.alphabet is not None
    assert task.outputs is not None
    batch = problem(BY_KEY["6a"], 0).draw(np.random.default_rng(3), 400)
    assert batch.scored is not None
    lengths = batch.first + 1 + batch.scored.argmax(axis=0)
    assert (batch.scored.sum(axis=0) == 1).all()
    assert sorted(set(lengths.tolist())) == list(range(100, 111))
    assert abs(np.corrcoef(lengths, np.arange(400))[0, 1]) < 0.2  # not sorted by length
    for k, length in enumerate(lengths):
        symbols = "".join(task.alphabet[s] for s in batch.x[:length, k])
        relevant = [(t, s) for t, s in enumerate(symbols) if s in "XY"]
        assert symbols[0] == "E"
        assert symbols[-1] == "B"
        assert set(symbols[1:-1]) <= set("abcdXY")
        assert [10 <= relevant[0][0] <= 20, 50 <= relevant[1][0] <= 60, len(relevant)] == [True, True, 2]
        target = batch.targets[length - 1 - batch.first, k]
        assert task.outputs[int(target.argmax())] == CLASSES[relevant[0][1] + relevant[1][1]]
        assert target.sum() == 1


def test_reber_has_256_strings_to_learn_from_and_256_others_to_test() -> None:
    sets = problem(BY_KEY["1"], 5)
    assert isinstance(sets, Sets)

    def strings(x: np.ndarray) -> set[str]:
        return {"".join("BTPSXVE"[s] for s in column).rstrip("B").rstrip("E") for column in x.T}

    assert sets.training.x.shape[1] == sets.test_set.x.shape[1] == 256
    assert not strings(sets.training.x) & strings(sets.test_set.x)
    assert sets.own is not None
    assert strings(sets.own.x) == strings(sets.training.x) | strings(sets.test_set.x)
    assert strings(sets.draw(np.random.default_rng(0), 500).x) <= strings(sets.training.x)


def test_reber_learns_what_came_next_and_not_what_may_come() -> None:
    batch = problem(BY_KEY["1"], 5).draw(np.random.default_rng(0), 50)
    assert batch.scored is not None
    for k in range(50):
        steps = int(batch.scored[:, k].sum())
        assert (batch.targets[:steps, k].argmax(axis=-1) == batch.x[1 : steps + 1, k]).all()
        assert (batch.targets[:steps, k].sum(axis=-1) == 1).all()
    assert (batch.answers.sum(axis=-1).max()) == 2  # both that may come have to rank first


def test_a_reber_string_is_wrong_with_one_wrong_step() -> None:
    sets = problem(BY_KEY["1"], 5)
    batch = sets.draw(np.random.default_rng(0), 3)
    y = np.where(batch.answers, 0.5, 0.1)
    assert sets.errors(y, batch).tolist() == [0, 0, 0]
    t, k = 4, 1
    allowed = int(np.flatnonzero(batch.answers[t, k])[0])
    y[t, k, allowed] = 0.05
    assert sets.errors(y, batch).tolist() == [0, 1, 0]


def test_side_by_side_changes_nothing_but_the_length() -> None:
    task, rng = TASKS["order"], np.random.default_rng(1)
    short, long = task.batch(rng, 2, 100), task.batch(rng, 3, 107)
    both = side_by_side([short, long])
    assert (both.first, both.x.shape, both.targets.shape) == (99, (107, 5), (8, 5, 4))
    assert (both.x[:100, :2] == short.x).all()
    assert (both.x[:, 2:] == long.x).all()
    assert both.scored is not None
    assert both.scored.argmax(axis=0).tolist() == [0, 0, 7, 7, 7]
    assert (both.targets[[0, 0, 7, 7, 7], range(5)] == np.concatenate([short.targets[0], long.targets[0]])).all()
    stack = of_stack(columns(both, np.array([2, 0, 3, 1])).stacked(2), slice(1, 2))
    assert stack.x.shape == (100, 2, 1)  # the second of each network: both short
    assert (stack.x[:, :, 0] == short.x).all()
