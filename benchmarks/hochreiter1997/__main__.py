"""`python -m benchmarks.hochreiter1997`: run what has not been run, and write docs/hochreiter1997.md."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from benchmarks.hochreiter1997.experiments import EXPERIMENTS
from benchmarks.hochreiter1997.results import FILE, FOLDER, Results
from benchmarks.hochreiter1997.runner import missing, run
from benchmarks.hochreiter1997.table import DOCUMENT, write

CELLS = ("lstm1997", "lstm", "rnn")


def main(arguments: list[str]) -> int:
    """Run and write; return the exit status: 1 where it was stopped before the end."""
    keys = [experiment.key for experiment in EXPERIMENTS]
    asked = argparse.ArgumentParser(prog="python -m benchmarks.hochreiter1997", description=__doc__)
    asked.add_argument("experiments", nargs="*", metavar="experiment", help=f"which: {', '.join(keys)}; all")
    asked.add_argument("--cells", nargs="+", choices=CELLS, default=CELLS, help="which networks; all, in this order")
    asked.add_argument("--jobs", type=int, default=2, help="processes; 2")
    asked.add_argument("--folder", type=Path, default=FOLDER, help="where the runs and the document lie; docs")
    asked.add_argument("--table", action="store_true", help="run nothing, write the table from what has been run")
    given = asked.parse_args(arguments)
    if unknown := [key for key in given.experiments if key not in keys]:
        asked.error(f"there is no experiment {unknown[0]}; the experiments: {', '.join(keys)}")
    wanted = [experiment for experiment in EXPERIMENTS if not given.experiments or experiment.key in given.experiments]
    results = Results(given.folder / FILE)
    jobs = [] if given.table else missing(wanted, given.cells, results)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # leaves no process behind, like Ctrl-C
    print(f"{sum(len(job.seeds) for job in jobs)} runs to do.", file=sys.stderr)
    done = run(jobs, results, given.jobs)
    print(f"Written: {write(results, given.folder / DOCUMENT)}")
    if not done:
        print("Stopped. What has finished is kept; the same command goes on from there.")
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
