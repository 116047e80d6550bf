"""`python -m app` in a process of its own, on a free port, with the models that a benchmark gives it.

Knows what Linux tells of the process, and not what is asked of it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lstm.checkpoint import Model

ROOT: Final = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Server:
    """A server process on loopback."""

    port: int
    process: int

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory(self) -> float:
        """Resident, in MB."""
        return int(re.findall(r"VmRSS:\s+(\d+)", self._status())[0]) / 1e3

    @property
    def peak(self) -> float:
        """The most that was ever resident, in MB."""
        return int(re.findall(r"VmHWM:\s+(\d+)", self._status())[0]) / 1e3

    @property
    def threads(self) -> int:
        """How many there are."""
        return int(re.findall(r"Threads:\s+(\d+)", self._status())[0])

    @property
    def files(self) -> int:
        """How many are open, connections among them."""
        return sum(1 for _ in Path(f"/proc/{self.process}/fd").iterdir())

    def _status(self) -> str:
        return Path(f"/proc/{self.process}/status").read_text("ascii")


@contextmanager
def serving(*models: Model, **environment: str) -> Iterator[Server]:
    """A server that has these models beside the shipped ones. Raises RuntimeError where it does not start."""
    with TemporaryDirectory() as folder:
        for model in models:
            model.save(Path(folder) / f"{model.name}.safetensors")
        everything = {**os.environ, "GATESCOPE_MODELS": folder, **environment}
        command = [sys.executable, "-m", "app", "--port", "0"]
        with subprocess.Popen(command, cwd=ROOT, env=everything, stdout=subprocess.PIPE, text=True) as process:
            try:
                said = process.stdout.readline() if process.stdout else ""
                if (found := re.search(r":(\d+) ", said)) is None:
                    raise RuntimeError(f"the benchmark's server did not start: {said}")
                yield Server(int(found[1]), process.pid)
            finally:
                process.terminate()
