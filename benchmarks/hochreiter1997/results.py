"""The file that keeps each finished run: one line a run, and no half-written file whenever it is stopped.

Knows what a run is; does not know how one is made or shown.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.hochreiter1997.experiments import Experiment, Setting, as_json

FOLDER: Final = Path(__file__).parents[2] / "docs"
FILE: Final = "hochreiter1997.json"


@dataclass(frozen=True, slots=True)
class Run:
    """One seed of one network, finished: solved after so many training sequences, or stopped at the cap.

    `wrong`, `error` and `squared` are what its test found. `seconds` is its share of the processor's time: networks
    are trained side by side, and those that train at the same time share it evenly.
    """

    experiment: str
    cell: str
    seed: int
    sequences: int
    solved: bool
    wrong: int
    error: float
    squared: float
    seconds: float
    setting: Mapping[str, Any]
    machine: str


class Results:
    """The runs in a file; of each seed of each network of each experiment the newest."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = json.loads(path.read_text("utf-8")) if path.exists() else []
        self._runs = {_key(run): run for run in (Run(**line) for line in lines)}

    def add(self, runs: Iterable[Run]) -> None:
        """Keep runs, in the file too."""
        self._runs |= {_key(run): run for run in runs}
        lines = [json.dumps(asdict(self._runs[key]), ensure_ascii=False) for key in sorted(self._runs)]
        beside = self._path.with_suffix(".tmp")
        beside.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
        beside.replace(self._path)

    def of(self, experiment: Experiment, setting: Setting) -> list[Run]:
        """The finished runs of a network, by seed; runs with other settings do not count."""
        wanted = as_json(setting)
        found = [self._runs.get((experiment.key, setting.cell, seed)) for seed in range(experiment.seeds)]
        return [run for run in found if run is not None and run.setting == wanted]

    def missing(self, experiment: Experiment, setting: Setting) -> list[int]:
        """The seeds of a network that have not been run."""
        done = {run.seed for run in self.of(experiment, setting)}
        return [seed for seed in range(experiment.seeds) if seed not in done]


def machine() -> str:
    """What the runs are made with."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = named[0] if named else model
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, NumPy {np.__version__}"


def _key(run: Run) -> tuple[str, str, int]:
    return run.experiment, run.cell, run.seed
