"""`python -m benchmarks [core] [training] [stream] [explain] [page]`: measure the budgets; 1 where one is missed.

Most measurements compare two things in one run on this machine, with one BLAS and one torch thread; those of the
explanations and of the page are seconds, and a busy machine makes them worse. Knows in which order to measure and not
what is measured.
"""

import importlib
import os
import sys
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

PARTS = {
    "core": "the cells against PyTorch",
    "training": "a step of training against PyTorch",
    "stream": "the stream against FastAPI's own",
    "explain": "why a value is what it is, over HTTP",
    "page": "the page in a real Chromium",
}


def main(wanted: list[str]) -> int:
    """Measure the parts named, or all; return the exit status."""
    if unknown := [name for name in wanted if name not in PARTS]:
        print(f"There is no part {unknown[0]!r}. The parts: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    from benchmarks.rows import print_rows  # noqa: PLC0415 - the thread settings above come before NumPy

    busy = os.getloadavg()[0]
    if busy > 1:
        note = f"This machine is busy (load {busy:.1f}): the figures in seconds will be worse than on an idle one."
        print(note, file=sys.stderr, flush=True)
    rows = []
    for name, what in PARTS.items():
        if name in wanted or not wanted:
            print(f"Measuring {what} …", file=sys.stderr, flush=True)
            started = time.perf_counter()
            rows += importlib.import_module(f"benchmarks.{name}").run()
            print(f"  done after {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    holds = print_rows(rows)
    print("All that must hold does." if holds else "What must hold and does not is marked MISSED.")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
