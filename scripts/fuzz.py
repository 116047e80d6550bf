"""Send the server and the reader of model files what is almost right, for a long time: `python -m scripts.fuzz`.

The tests in tests/fuzz/ with --cases tries each (100,000) instead of a hundred, in processes that take no more than
--memory MB: no fault of the server, no crash, no growth. `--only bodies` tries one of them. Prints how much memory
was taken. Knows no case.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PARTS = ("bodies", "checkpoints", "contract")
ROUND = 5_000
"""So many cases a process: hypothesis remembers what it has tried, which takes more memory than what is tried."""


def main(arguments: list[str]) -> int:
    """Try; the exit status of the tests."""
    parser = argparse.ArgumentParser("python -m scripts.fuzz", description="Try what is almost right.")
    parser.add_argument("--cases", type=int, default=100_000, help="how many of each (100,000)")
    parser.add_argument("--memory", type=int, default=4_000, help="MB of address space a process may take (4,000)")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part, or several")
    given = parser.parse_args(arguments)
    started = time.monotonic()
    for part in given.only or PARTS:
        left = given.cases
        while left > 0:
            cases = min(left, left if part == "contract" else ROUND)
            left -= cases
            if status := _try(part, cases, given.memory):
                return status
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
        print(
            f"{part}: {given.cases:,} cases, at most {most:.0f} MB resident, {time.monotonic() - started:.0f} s so far"
        )
    return 0


def _try(part: str, cases: int, megabytes: int) -> int:
    """One process that tries so many; its exit status."""
    limit = megabytes * 1_000_000

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"tests/fuzz/test_{part}.py", "--timeout", "0"],
        cwd=ROOT,
        env={**os.environ, "FUZZ_CASES": str(cases), "OPENBLAS_NUM_THREADS": "1"},
        check=False,
        preexec_fn=None if part == "contract" else limited,  # there the server is a process of its own
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
