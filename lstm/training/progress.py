"""One line that says how far training is, how well it goes and how long it will take. Does not know what is trained."""

from __future__ import annotations

import sys
import time
from typing import Final, TextIO

from lstm.training.loop import Report

WIDTH: Final = 24
_SMOOTHING: Final = 0.02


class Progress:
    """Redraws its line ten times a second at most; where the output is no terminal, it writes a line every ten seconds.

    `batches` is the number of batches of all phases together. Loss and accuracy are running means of a phase.
    """

    def __init__(self, batches: int, out: TextIO = sys.stderr) -> None:
        self._batches = batches
        self._out = out
        self._terminal = out.isatty()
        self._pause = 0.1 if self._terminal else 10.0
        self._start = time.monotonic()
        self._drawn = -self._pause
        self._done = 0
        self._phase = ""
        self._loss = self._accuracy = 0.0

    def phase(self, words: str) -> None:
        """Begin a phase, such as one try."""
        self._phase = words
        self._loss = self._accuracy = 0.0

    def batch(self, report: Report) -> None:
        """Count one batch."""
        self._done += 1
        weight = max(_SMOOTHING, 1 / report.batch)
        self._loss += weight * (report.loss - self._loss)
        self._accuracy += weight * (report.accuracy - self._accuracy)
        now = time.monotonic()
        if now - self._drawn >= self._pause or self._done == self._batches:
            self._drawn = now
            line = self.line(now - self._start)
            self._out.write(f"\r\x1b[K{line}" if self._terminal else f"{line}\n")
            self._out.flush()

    def line(self, elapsed: float) -> str:
        """Return the line as it stands after `elapsed` seconds."""
        full = WIDTH * self._done // self._batches
        left = elapsed / max(self._done, 1) * (self._batches - self._done)
        return (
            f"[{'#' * full}{'.' * (WIDTH - full)}] {self._done:,}/{self._batches:,} batches, {self._phase}: "
            f"loss {self._loss:.4f}, right {self._accuracy:.1%}, {_clock(left)} left"
        )

    def note(self, words: str) -> None:
        """Write a line that stays, above the bar."""
        self._out.write(f"\r\x1b[K{words}\n" if self._terminal else f"{words}\n")
        self._out.flush()


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
