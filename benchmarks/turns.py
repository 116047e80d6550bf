"""Measuring two sides against each other: they take turns, and a ratio is the median over the turns.

So a slow moment of the machine hits both. Does not know what the sides do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

from benchmarks.rows import Row

TURNS: Final = 15

Work = Callable[[], Any]
Times = list[float]


def faster(label: str, peer: Times, ours: Times, steps: int, must: int | None, reach: int) -> Row:
    """How many times faster than the peer we are; `must` bounds it from below."""
    ratio = median(theirs / mine for theirs, mine in zip(peer, ours, strict=True))
    bound = "–" if must is None else f"≥ {must}×"
    holds = None if must is None else ratio >= must
    return Row(label, bound, f"≥ {reach}×", f"{ratio:.1f}× faster {_times(peer, ours, steps)}", holds)


def share(label: str, peer: Times, ours: Times, steps: int, must: float | None, reach: float) -> Row:
    """How much of the peer's time we take; `must` bounds it."""
    ratio = median(mine / theirs for theirs, mine in zip(peer, ours, strict=True))
    bound = "–" if must is None else f"≤ {must}×"
    holds = None if must is None else ratio <= must
    return Row(label, bound, f"≤ {reach}×", f"{ratio:.2f}× its time {_times(peer, ours, steps)}", holds)


def _times(peer: Times, ours: Times, steps: int) -> str:
    return f"({median(ours) / steps * 1e6:.1f} against {median(peer) / steps * 1e6:.1f} µs a step)"


def times_of(*works: Work) -> list[Times]:
    """The seconds of each work, once a turn; which one begins a turn changes.

    Seconds of this thread, in which both sides run: what other programs take on a busy machine is not in them.
    """
    seconds: list[Times] = [[] for _ in works]
    for turn in range(TURNS + 2):
        for k in sorted(range(len(works)), key=lambda k: (k + turn) % len(works)):
            started = time.thread_time()
            works[k]()
            if turn >= 2:  # the first two turns bring memory and caches into place
                seconds[k].append(time.thread_time() - started)
    return seconds
