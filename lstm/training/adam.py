"""Adam (Kingma & Ba 2015) on one flat vector a network, with the gradient clipped by its norm.

Does not know what the numbers belong to. The parameters of a stack of S networks have a leading axis S; each network
is clipped by itself and takes steps of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array

BETA_1: Final = 0.9
BETA_2: Final = 0.999
EPSILON: Final = 1e-8


class Adam:
    """Parameters side by side in one vector; `parameters` are views into it, so a step changes them in place.

    `clip` is the largest norm of the whole gradient that a step follows; a longer one is scaled down to it. `stack` is
    () or (S,). `beta_2` is the paper's decay of the mean square: over about 1 / (1 - beta_2) steps it looks back.
    """

    def __init__(
        self, parameters: Mapping[str, Array], clip: float, stack: tuple[int, ...] = (), *, beta_2: float = BETA_2
    ) -> None:
        self._stack = stack
        self._beta_2 = beta_2
        self._shapes = {name: values.shape[len(stack) :] for name, values in parameters.items()}
        self.vector = self._flat(parameters)
        self._clip = clip
        self._mean = np.zeros_like(self.vector)
        self._square = np.zeros_like(self.vector)
        self._steps = 0

    @property
    def parameters(self) -> dict[str, Array]:
        """The parameters by name, as views."""
        views = {}
        start = 0
        for name, shape in self._shapes.items():
            stop = start + int(np.prod(shape))
            views[name] = self.vector[..., start:stop].reshape(*self._stack, *shape)
            start = stop
        return views

    def step(self, gradients: Mapping[str, Array], learning_rate: float | Array) -> None:
        """Move every parameter against its gradient; `gradients` has the names of `parameters`.

        Each network of a stack may have a learning rate of its own, (S, 1).
        """
        gradient = self._flat(gradients)
        norm = np.sqrt(np.vecdot(gradient, gradient))[..., np.newaxis]
        if (norm > self._clip).any():
            gradient *= np.minimum(self._clip / norm, 1)
        self._steps += 1
        self._mean += (1 - BETA_1) * (gradient - self._mean)
        self._square += (1 - self._beta_2) * (gradient * gradient - self._square)
        root = np.sqrt(self._square / (1 - self._beta_2**self._steps))
        root += EPSILON
        self.vector -= (learning_rate / (1 - BETA_1**self._steps)) * self._mean / root

    def keep(self, networks: NDArray[np.intp]) -> None:
        """Go on with some networks of the stack: their indices, (S',)."""
        self.vector, self._mean, self._square = (values[networks] for values in (self.vector, self._mean, self._square))
        self._stack = (len(self.vector),)

    def _flat(self, named: Mapping[str, Array]) -> Array:
        return np.concatenate([named[name].reshape(*self._stack, -1) for name in self._shapes], axis=-1)
