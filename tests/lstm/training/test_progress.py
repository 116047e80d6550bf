"""The progress line: what it says, and how often it is written where nobody can redraw it."""

from __future__ import annotations

import io

import pytest

from lstm.training.loop import Report
from lstm.training.progress import Progress


class Clock:
    """A clock that a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("lstm.training.progress.time.monotonic", lambda: self.now)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_the_line_says_how_far_how_well_and_how_long(clock: Clock) -> None:
    out = Terminal()
    progress = Progress(200, out)
    progress.phase("try 1 of 2")
    for batch in range(1, 51):
        clock.now += 1
        progress.batch(Report(batch, loss=2.0, accuracy=0.5))
    assert progress.line(50.0) == (
        "[######..................] 50/200 batches, try 1 of 2: loss 2.0000, right 50.0%, 2:30 left"
    )
    assert out.getvalue().endswith(progress.line(50.0))


def test_loss_and_accuracy_follow_the_last_batches_of_the_phase(clock: Clock) -> None:
    progress = Progress(2_000, io.StringIO())
    progress.phase("one")
    for batch in range(1, 501):
        progress.batch(Report(batch, loss=9.0, accuracy=0.0))
    for batch in range(501, 1_001):
        progress.batch(Report(batch, loss=1.0, accuracy=1.0))
    assert "loss 1.0003, right 100.0%" in progress.line(1.0)
    progress.phase("two")
    progress.batch(Report(1, loss=5.0, accuracy=0.25))
    assert "two: loss 5.0000, right 25.0%" in progress.line(1.0)
    assert clock.now == 100.0


def test_a_terminal_is_redrawn_ten_times_a_second_at_most(clock: Clock) -> None:
    out = Terminal()
    progress = Progress(1_000, out)
    for batch in range(1, 500):
        clock.now += 0.01
        progress.batch(Report(batch, 1.0, 1.0))
    assert 45 <= out.getvalue().count("\r") <= 51
    assert "\n" not in out.getvalue()


def test_a_file_gets_a_line_every_ten_seconds_and_the_last_one(clock: Clock) -> None:
    out = io.StringIO()
    progress = Progress(350, out)
    for batch in range(1, 351):
        clock.now += 0.125  # exact in binary: 80 batches are ten seconds
        progress.batch(Report(batch, 1.0, 1.0))
    lines = out.getvalue().splitlines()
    assert [line.split(" ")[1] for line in lines] == ["1/350", "81/350", "161/350", "241/350", "321/350", "350/350"]
    assert "0:00 left" in lines[-1]


def test_a_note_stays(clock: Clock) -> None:
    out = Terminal()
    progress = Progress(10, out)
    progress.batch(Report(1, 1.0, 1.0))
    progress.note("what was found")
    assert out.getvalue().endswith("\r\x1b[Kwhat was found\n")
    assert clock.now == 100.0
