"""Adam against its paper's algorithm written out with plain numbers, and the clipping of a gradient."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lstm.training.adam import Adam


@pytest.mark.parametrize("beta_2", [0.999, 0.99])
def test_three_steps_are_those_of_the_papers_algorithm(beta_2: float) -> None:
    adam = Adam({"w": np.array([1.0])}, clip=100, beta_2=beta_2)
    w, m, v = 1.0, 0.0, 0.0
    for t, gradient in enumerate((0.5, -2.0, 0.25), start=1):
        adam.step({"w": np.array([gradient])}, 0.1)
        m = 0.9 * m + 0.1 * gradient
        v = beta_2 * v + (1 - beta_2) * gradient**2
        w -= 0.1 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - beta_2**t)) + 1e-8)
        assert adam.parameters["w"] == pytest.approx([w], rel=1e-12)


def test_a_long_gradient_is_scaled_to_the_clip_as_a_whole() -> None:
    parameters = {"a": np.zeros(2), "b": np.zeros((1, 1))}
    clipped, scaled = Adam(parameters, clip=1.0), Adam(parameters, clip=100.0)
    first = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}  # the norm is 5
    then = {"a": np.array([0.1, 0.2]), "b": np.array([[-0.3]])}
    clipped.step(first, 0.1)
    scaled.step({name: values / 5 for name, values in first.items()}, 0.1)
    for adam in (clipped, scaled):
        adam.step(then, 0.1)
    assert clipped.vector == pytest.approx(scaled.vector, rel=1e-12)
    unclipped = Adam(parameters, clip=100.0)
    unclipped.step(first, 0.1)
    unclipped.step(then, 0.1)
    assert np.abs(unclipped.vector - clipped.vector).max() > 1e-3


def test_parameters_keep_shape_and_dtype_and_change_in_place() -> None:
    adam = Adam({"a": np.ones((2, 3), np.float32), "b": np.zeros(4, np.float32)}, clip=1)
    a = adam.parameters["a"]
    adam.step({"a": np.ones((2, 3), np.float32), "b": np.zeros(4, np.float32)}, 0.5)
    assert a.shape == (2, 3)
    assert a.dtype == adam.vector.dtype == np.float32
    assert a == pytest.approx(0.5, rel=1e-5)
    assert (adam.parameters["b"] == 0).all()


def test_each_network_of_a_stack_has_its_own_learning_rate() -> None:
    rates = np.array([[0.1], [0.02]])
    stack = Adam({"w": np.ones((2, 3))}, clip=1, stack=(2,))
    alone = [Adam({"w": np.ones(3)}, clip=1) for _ in rates]
    for scale in (1.0, -0.5):
        gradient = scale * np.arange(1.0, 7).reshape(2, 3)
        stack.step({"w": gradient}, rates)
        for adam, own, rate in zip(alone, gradient, rates[:, 0], strict=True):
            adam.step({"w": own}, float(rate))
    assert stack.parameters["w"] == pytest.approx(np.array([adam.parameters["w"] for adam in alone]), rel=1e-12)
