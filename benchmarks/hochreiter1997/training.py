"""Several seeds of one network side by side, each from its own sequences, until each is solved or stopped at the cap.

All are trained with Adam and full back-propagation through time (lstm.training); what the paper's measure counts is
the training sequences that a network has seen. Does not know processes or files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.hochreiter1997.criteria import Recent
from benchmarks.hochreiter1997.experiments import Experiment, Setting, as_json
from benchmarks.hochreiter1997.nets import DIRECT, DirectLearner, Net
from benchmarks.hochreiter1997.problems import networks, of_stack, problem, side_by_side
from benchmarks.hochreiter1997.results import Run, machine
from lstm.activations import Array, softmax
from lstm.cells import CELLS
from lstm.tasks import TASKS, Batch
from lstm.training.initialise import initial
from lstm.training.loop import Learner, readout_of

Report = Callable[[int, NDArray[np.floating]], None]
"""Told now and then how many sequences each network has seen, and each one's mean error of late."""

LATELY: Final = 200
"""Sequences over which the mean error is kept by which the learning rate falls."""
SLOWEST: Final = 0.01
"""The least share of the learning rate."""
_DRAWN: Final = 50_000
"""Steps drawn at a time for each seed; on what is drawn together nothing depends but speed."""


def train(experiment: Experiment, setting: Setting, seeds: Sequence[int], report: Report) -> Iterator[list[Run]]:
    """Yield the runs that are finished, as they finish."""
    stack = _Stack(experiment, setting, seeds)
    while stack.seeds:
        batch = stack.draw()
        for start in range(0, batch.x.shape[2], setting.batch_size):
            solved = stack.step(of_stack(batch, slice(start, start + setting.batch_size)))
            done = solved if stack.seen < experiment.cap else np.ones_like(solved)
            if done.any():
                yield stack.finish(done, solved)
                if not stack.seeds:
                    return
                batch = networks(batch, np.flatnonzero(~done))
        report(stack.seen, stack.lately)


class _Stack:
    """The seeds that are still training."""

    def __init__(self, experiment: Experiment, setting: Setting, seeds: Sequence[int]) -> None:
        self._experiment, self._setting = experiment, setting
        self._task = TASKS[experiment.task]
        self._readout = readout_of(self._task)
        self.seeds = list(seeds)
        self._problems = [problem(experiment, seed) for seed in seeds]
        self._rngs = [np.random.default_rng((seed, 1)) for seed in seeds]
        each = [beginning(experiment, setting, seed) for seed in seeds]
        together = {name: np.stack([own[name] for own in each]) for name in each[0]}
        learner = DirectLearner if experiment.direct else Learner
        self._learner = learner(setting.cell, together, self._readout, (len(seeds),), beta_2=setting.beta_2)
        self._recent = Recent(len(seeds), experiment.criterion)
        self.lately: NDArray[np.floating] = np.ones(len(seeds))
        self.seen = 0
        self._seconds = np.zeros(len(seeds))
        self._clock = time.process_time()

    def draw(self) -> Batch:
        """Sequences for some steps, from each seed's own generator."""
        size = self._setting.batch_size
        some = max(1, _DRAWN // (self._experiment.length or 100) // size) * size
        each = [own.draw(rng, some) for own, rng in zip(self._problems, self._rngs, strict=True)]
        return side_by_side(each).stacked(len(each))

    def step(self, batch: Batch) -> NDArray[np.bool_]:
        """Learn from a batch; returns which networks have solved the experiment with it."""
        below = self._setting.slow_below
        share = np.clip(self.lately / below, SLOWEST, 1) if below else np.ones_like(self.lately)
        rates = (self._setting.learning_rate * share).astype(np.float32)
        _, outputs = self._learner.step(batch, rates[:, np.newaxis])
        y = softmax(outputs) if self._readout == "softmax" else outputs
        errors = self._problems[0].errors(y, batch)
        self._recent.add(errors)
        self.lately += (errors.mean(axis=1) - self.lately) * min(1, errors.shape[1] / LATELY)
        self.seen += errors.shape[1]
        solved = self._recent.solved()
        if self._experiment.criterion.confirmed:
            for k in np.flatnonzero(solved):
                solved[k] = self._problems[k].confirms(self._net(int(k)))
        return solved

    def finish(self, done: NDArray[np.bool_], solved: NDArray[np.bool_]) -> list[Run]:
        """Test the networks that are done and go on without them."""
        finished = []
        for k in np.flatnonzero(done):
            tested = self._problems[k].test(self._net(int(k)), np.random.default_rng((self.seeds[k], 2)))
            finished.append((int(k), tested))
        now = time.process_time()
        self._seconds += (now - self._clock) / len(self.seeds)
        self._clock = now
        runs = [
            Run(
                self._experiment.key,
                self._setting.cell,
                self.seeds[k],
                self.seen,
                bool(solved[k]),
                tested.wrong,
                round(tested.error, 6),
                round(tested.squared, 8),
                round(float(self._seconds[k]), 1),
                as_json(self._setting),
                machine(),
            )
            for k, tested in finished
        ]
        self._keep(np.flatnonzero(~done))
        return runs

    def _keep(self, kept: NDArray[np.intp]) -> None:
        self.seeds, self._problems, self._rngs = (
            [of_each[k] for k in kept] for of_each in (self.seeds, self._problems, self._rngs)
        )
        if self.seeds:
            self._learner.keep(kept)
            self._recent.keep(kept)
            self.lately, self._seconds = self.lately[kept], self._seconds[kept]

    def _net(self, k: int) -> Net:
        own = {name: values[k] for name, values in self._learner.parameters.items()}
        return Net.of(self._setting.cell, own, self._readout)


def beginning(experiment: Experiment, setting: Setting, seed: int) -> dict[str, Array]:
    """The parameters that a seed starts from, float32."""
    task = TASKS[experiment.task]
    parameters = initial(
        setting.cell,
        task.input_size,
        task.output_size,
        setting.hidden_size,
        initialisation=setting.initialisation,
        span=experiment.length or 100,
        rng=np.random.default_rng((seed, 0)),
    )
    size = setting.hidden_size
    for gate, bias in setting.biases.items():
        start = CELLS[setting.cell].torch_order.index(gate) * size
        parameters["bias_ih_l0"][start : start + size] = bias
        parameters["bias_hh_l0"][start : start + size] = 0
    if experiment.direct:
        parameters[DIRECT] = np.zeros((task.input_size, task.output_size))
    return {name: values.astype(np.float32) for name, values in parameters.items()}
