"""Two sides against each other: the arithmetic of ratios, and whose turn it is."""

from __future__ import annotations

import pytest

from benchmarks import turns
from benchmarks.turns import faster, share, times_of


def test_a_ratio_is_the_median_over_the_turns_and_not_of_the_times() -> None:
    ours, peer = [1.0, 10.0, 2.0], [4.0, 30.0, 10.0]
    row = faster("1 cells", peer, ours, 1_000_000, 3, 5)
    assert (row.must, row.reach, row.holds) == ("≥ 3×", "≥ 5×", True)
    assert row.measured == "4.0× faster (2.0 against 10.0 µs a step)"
    assert faster("1 cells", peer, ours, 1, 5, 6).holds is False
    half = share("2 cells", ours, peer, 1, 1.1, 0.8)
    assert (half.must, half.reach, half.holds) == ("≤ 1.1×", "≤ 0.8×", False)
    assert share("3 cells", ours, peer, 1, None, 1.0).holds is None


def test_all_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURNS", 3)
    order: list[str] = []
    seconds = times_of(lambda: order.append("a"), lambda: order.append("b"))
    assert order == ["a", "b", "b", "a"] * 2 + ["a", "b"]
    assert [len(times) for times in seconds] == [3, 3]
