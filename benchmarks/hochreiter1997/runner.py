"""Runs what is missing, in as many processes as asked for, keeps each run as it finishes, and shows how far all is.

Ctrl-C stops the processes; what has finished is in the file, so the same command goes on from there. Does not know how
a network is trained.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TextIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.hochreiter1997.experiments import Experiment, Setting
from benchmarks.hochreiter1997.results import Results, Run
from benchmarks.hochreiter1997.training import train
from lstm import allocator

_PAUSE: Final = 10.0
"""Seconds between two lines about one job."""


@dataclass(frozen=True, slots=True)
class Job:
    """Seeds of one network that train side by side."""

    experiment: Experiment
    setting: Setting
    seeds: Sequence[int]

    @property
    def name(self) -> str:
        """What progress calls it."""
        return f"{self.experiment.key} {self.setting.cell}"


@dataclass(frozen=True, slots=True)
class Told:
    """How far a job is; `errors` are the recent mean errors of the networks still training."""

    name: str
    seen: int
    cap: int
    errors: Sequence[float]


@dataclass(frozen=True, slots=True)
class Ended:
    """The job of this process has no more to do, or failed."""

    pid: int | None
    fault: str | None = None


Message: TypeAlias = "Told | Ended | list[Run]"


def missing(experiments: Iterable[Experiment], cells: Sequence[str], results: Results) -> list[Job]:
    """What has not been run: cell by cell in this order, and for each the experiments in theirs."""
    experiments = list(experiments)
    jobs = []
    for cell in cells:
        for experiment in experiments:
            for setting in experiment.settings:
                seeds = results.missing(experiment, setting)
                if _family(setting.cell) == cell and seeds:
                    jobs.append(Job(experiment, setting, seeds))
    return jobs


def run(jobs: Sequence[Job], results: Results, processes: int, out: TextIO = sys.stderr) -> bool:
    """Run the jobs; True where all were finished, False where someone stopped them. Raises RuntimeError on a fault."""
    context = multiprocessing.get_context("spawn")
    messages: Any = context.Queue()
    waiting, running = list(jobs), list[Any]()
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                process = context.Process(target=_work, args=(waiting.pop(0), messages), daemon=True)
                process.start()
                running.append(process)
            message = _next(messages, running)
            if isinstance(message, list):
                results.add(message)
                for finished in message:
                    print(described(finished), file=out, flush=True)
            elif isinstance(message, Told):
                print(_line(message), file=out, flush=True)
            elif message.fault:
                raise RuntimeError(message.fault)
            else:
                done = next(process for process in running if process.pid == message.pid)
                done.join()
                running.remove(done)
    except KeyboardInterrupt:
        return False
    finally:
        for process in running:
            process.terminate()
            process.join()
    return True


def described(finished: Run) -> str:
    """A finished run in one line."""
    how = "solved after" if finished.solved else "not solved after"
    return (
        f"{finished.experiment} {finished.cell} seed {finished.seed}: {how} {finished.sequences:,} sequences, "
        f"{finished.wrong} of 2,560 wrong, {finished.seconds:.0f} s"
    )


def _family(cell: str) -> str:
    """The name under which a cell is asked for: experiment 2a's form of the 1997 cell counts as one."""
    return "lstm1997" if cell == "lstm1997-open" else cell


def _next(messages: Any, running: Sequence[Any]) -> Message:  # noqa: ANN401 - multiprocessing's own queue
    while True:
        try:
            message: Message = messages.get(timeout=1)
        except queue.Empty:
            if any(process.exitcode not in (None, 0) for process in running):
                return Ended(None, "a process ended by itself")
        else:
            return message


def _line(told: Told) -> str:
    errors = " ".join(f"{error:.3f}" for error in sorted(told.errors))
    return f"{told.name}: {told.seen:,} of at most {told.cap:,} sequences; recent errors {errors}"


def _work(job: Job, messages: Any) -> None:  # noqa: ANN401
    """In a process of its own: train, and tell."""
    allocator.keep()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops us
    last = time.monotonic()

    def report(seen: int, errors: NDArray[np.floating]) -> None:
        nonlocal last
        if time.monotonic() - last >= _PAUSE:
            last = time.monotonic()
            messages.put(Told(job.name, seen, job.experiment.cap, [float(error) for error in errors]))

    try:
        for finished in train(job.experiment, job.setting, job.seeds, report):
            messages.put(finished)
        messages.put(Ended(os.getpid()))
    except Exception as fault:  # noqa: BLE001 - told to the parent, which raises it
        messages.put(Ended(os.getpid(), f"{job.name}: {fault!r}"))
