"""Experiment 2a's direct connections: what they add, their gradient by finite differences, and who learns when."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.hochreiter1997 import nets
from benchmarks.hochreiter1997.nets import ALONE, DIRECT, DirectLearner, Net
from lstm.tasks import Batch
from lstm.training.initialise import initial

S, T, B, X, H = 2, 5, 3, 4, 2


def beginnings() -> list[dict[str, np.ndarray]]:
    each = []
    for seed in range(S):
        rng = np.random.default_rng(seed)
        own = initial("lstm1997-open", X, X, H, initialisation="uniform", span=10, rng=rng)
        each.append({**own, DIRECT: rng.normal(size=(X, X))})
    return each


def some_batch() -> Batch:
    rng = np.random.default_rng(9)
    x = rng.integers(X, size=(T, S * B))
    targets = np.eye(X, dtype=np.float32)[rng.integers(X, size=(T, S * B))]
    return Batch(x, 0, targets, targets > 0, np.zeros(x.shape, np.intp))


def loss_of(parameters: dict[str, np.ndarray], batch: Batch) -> float:
    y = Net.of("lstm1997-open", parameters, "softmax").y(batch)
    return float(-(batch.targets * np.log(y)).sum() / batch.group.size)


def test_each_symbol_adds_its_row_to_the_logits() -> None:
    (parameters, _), batch = beginnings(), some_batch()
    without = {name: values for name, values in parameters.items() if name != DIRECT}
    plain, direct = (np.log(Net.of("lstm1997-open", own, "softmax").y(batch)) for own in (without, parameters))
    added = direct - plain
    centred = added - added.mean(axis=-1, keepdims=True)
    rows = parameters[DIRECT][batch.x]
    assert centred == pytest.approx(rows - rows.mean(axis=-1, keepdims=True), abs=1e-12)


def learner_of(each: list[dict[str, np.ndarray]]) -> DirectLearner:
    together = {name: np.stack([own[name] for own in each]) for name in each[0]}
    return DirectLearner("lstm1997-open", together, "softmax", (len(each),))


def test_the_direct_connections_learn_alone_before_the_cells_do() -> None:
    learner, batch = learner_of(beginnings()), some_batch().stacked(S)

    def moved() -> set[str]:
        before = {name: values.copy() for name, values in learner.parameters.items()}
        learner.step(batch, 0.01)
        return {name for name, values in learner.parameters.items() if not np.array_equal(values, before[name])}

    for _ in range(0, ALONE, B):
        assert moved() == {DIRECT}
    assert moved() == set(learner.parameters)


def test_a_network_learns_the_same_when_others_have_left_the_stack() -> None:
    first, second = beginnings()
    batch = some_batch().part(slice(B))
    stays, single = learner_of([first, second]), learner_of([second])
    stays.keep(np.array([1]))
    for learner in (stays, single):
        for _ in range(2):
            learner.step(batch.stacked(1), 0.01)
    assert stays.parameters[DIRECT] == pytest.approx(single.parameters[DIRECT])


def test_the_gradient_of_every_parameter_is_that_of_finite_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    each, batch = beginnings(), some_batch()
    monkeypatch.setattr(nets, "ALONE", 0)
    learner, found = learner_of(each), dict[str, np.ndarray]()
    for adam in (learner._adam, learner._direct):
        monkeypatch.setattr(adam, "step", lambda gradients, _: found.update(gradients))
    loss, _ = learner.step(batch.stacked(S), 0.1)
    for s, own in enumerate(each):
        mine = batch.part(slice(s * B, (s + 1) * B))
        assert loss[s] == pytest.approx(loss_of(own, mine), rel=1e-6)
        for name, values in own.items():
            at = tuple(np.random.default_rng(3).integers(values.shape))
            slopes = []
            for nudge in (1e-5, -1e-5):
                moved = values.copy()
                moved[at] += nudge
                slopes.append(loss_of({**own, name: moved}, mine))
            assert found[name][s][at] == pytest.approx((slopes[0] - slopes[1]) / 2e-5, rel=1e-4, abs=1e-8), name
