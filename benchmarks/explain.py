"""Why a value is what it is, over HTTP: milliseconds on the server for H = 64 and T = 200, for each kind of question.

A server process of its own has an untrained network of each cell; the reader sends one request after the other over
loopback and takes the whole answer. `python -m benchmarks.explain` prints the rows.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from statistics import median
from typing import Any, Final

from benchmarks.rows import Row, print_rows
from benchmarks.served import serving
from lstm.untrained import untrained

HIDDEN_SIZE: Final = 64
STEPS: Final = 200
ROUNDS: Final = 15
MOST_MS: Final = 100
REACH_MS: Final = 50
ALPHABET: Final = "()[]abcd"
CELLS: Final = ("lstm", "gru", "rnn", "lstm-peephole")
INPUT: Final = (ALPHABET * STEPS)[:STEPS]
ABLATED: Final = {"kind": "ablate", "units": [3], "from": 5}
LAST: Final = {"t": STEPS - 1}
GATE: Final = {"rnn": "h", "gru": "n"}
"""The gate of a cell whose sum is asked for, where that is not f."""


def run() -> list[Row]:
    """Measure a row for each question; where cells differ, of the slowest."""
    models = [untrained(cell, HIDDEN_SIZE, alphabet=ALPHABET, name=_name(cell)) for cell in CELLS]
    with serving(*models, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1") as server:
        rows = []
        for label, path, more in _questions():
            times = {cell: _milliseconds(server.port, path, cell, more) for cell in CELLS}
            slowest = max(times, key=times.__getitem__)
            rest = ", ".join(f"{cell} {ms:.0f}" for cell, ms in times.items() if cell != slowest)
            measured = f"{times[slowest]:.0f} ms ({slowest}; {rest})"
            holds = times[slowest] <= MOST_MS
            rows.append(Row(f"   {label}", f"<= {MOST_MS} ms", f"<= {REACH_MS} ms", measured, holds))
    return rows


def _questions() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What is asked: in words, where, and what beside the run."""
    yield "arithmetic of a unit with one sum", "explain/arithmetic", {**LAST, "unit": 3, "gate": None}
    yield "ledger of a unit with its triangle", "explain/ledger", {**LAST, "unit": 3, "triangle": True}
    yield "Jacobian norms at every step", "gradients/jacobian", LAST
    yield "saliency of an output, with gates", "gradients/saliency", LAST
    yield "difference of two inputs", "explain/difference", {"other_input": INPUT[::-1], "values": True}
    yield "difference that an edit makes", "explain/difference", {"other_input": INPUT, "other_edits": [ABLATED]}
    yield "units at a glance, by similarity", "explain/units", {}


def _milliseconds(port: int, path: str, cell: str, more: dict[str, Any]) -> float:
    """The median over the rounds, from the request to the last byte of the answer."""
    asked = {**more, **({"gate": GATE.get(cell, "f")} if "gate" in more else {})}
    body = json.dumps({"model": _name(cell), "input": INPUT} | asked)
    connection = HTTPConnection("127.0.0.1", port)
    times = []
    for turn in range(ROUNDS + 2):
        started = time.perf_counter()
        connection.request("POST", f"/api/v1/{path}", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} of {cell} answered {answer.status}: {content[:300]!r}")
        if turn >= 2:  # the first two bring memory and caches into place
            times.append(1000 * (time.perf_counter() - started))
    connection.close()
    return median(times)


def _name(cell: str) -> str:
    return f"untrained-{cell}-{HIDDEN_SIZE}"


if __name__ == "__main__":
    print_rows(run())
