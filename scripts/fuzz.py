"""Send the server and the reader of model files what is almost right, for a long time: `python -m scripts.fuzz`.

The tests in tests/fuzz/ with --cases tries each (100,000) instead of a few hundred, in a process that may not take more
than --memory MB: no fault of the server, no crash, no growth. `--only bodies` tries one of them. Prints how much memory
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


def main(arguments: list[str]) -> int:
    """Try; the exit status of the tests."""
    parser = argparse.ArgumentParser("python -m scripts.fuzz", description="Try what is almost right.")
    parser.add_argument("--cases", type=int, default=100_000, help="how many of each (100,000)")
    parser.add_argument("--memory", type=int, default=6_000, help="MB of address space the process may take (6,000)")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part, or several")
    given = parser.parse_args(arguments)
    started = time.monotonic()
    for part in given.only or PARTS:
        command = [sys.executable, "-m", "pytest", "-q", f"tests/fuzz/test_{part}.py", "--timeout", "0"]
        environment = {**os.environ, "FUZZ_CASES": str(given.cases), "OPENBLAS_NUM_THREADS": "1"}
        limit = given.memory * 1_000_000

        def limited(limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

        unlimited = part == "contract"  # the server is a process of its own, and schemathesis takes what it likes
        ran = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            check=False,
            preexec_fn=None if unlimited else limited,  # there are no threads here
        )
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
        print(
            f"{part}: {given.cases:,} cases, at most {most:.0f} MB resident, {time.monotonic() - started:.0f} s so far"
        )
        if ran.returncode:
            return ran.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
