"""Adam (Kingma & Ba 2015) on one flat vector, with the gradient clipped by its norm.

Does not know what the numbers belong to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from lstm.activations import Array

BETA_1: Final = 0.9
BETA_2: Final = 0.999
EPSILON: Final = 1e-8


class Adam:
    """Parameters side by side in one vector; `parameters` are views into it, so a step changes them in place.

    `clip` is the largest norm of the whole gradient that a step follows; a longer one is scaled down to it.
    """

    def __init__(self, parameters: Mapping[str, Array], clip: float) -> None:
        self.vector = np.concatenate([values.ravel() for values in parameters.values()])
        self.parameters: dict[str, Array] = {}
        start = 0
        for name, values in parameters.items():
            self.parameters[name] = self.vector[start : start + values.size].reshape(values.shape)
            start += values.size
        self._clip = clip
        self._mean = np.zeros_like(self.vector)
        self._square = np.zeros_like(self.vector)
        self._steps = 0

    def step(self, gradients: Mapping[str, Array], learning_rate: float) -> None:
        """Move every parameter against its gradient; `gradients` has the names of `parameters`."""
        gradient = np.concatenate([gradients[name].ravel() for name in self.parameters])
        norm = float(np.sqrt(gradient @ gradient))
        if norm > self._clip:
            gradient *= self._clip / norm
        self._steps += 1
        self._mean += (1 - BETA_1) * (gradient - self._mean)
        self._square += (1 - BETA_2) * (gradient * gradient - self._square)
        root = np.sqrt(self._square / (1 - BETA_2**self._steps))
        root += EPSILON
        self.vector -= (learning_rate / (1 - BETA_1**self._steps)) * self._mean / root
