"""The comparison with PyTorch: its arithmetic, and what it says where there is no PyTorch."""

from __future__ import annotations

import pytest

from benchmarks import core


def test_a_ratio_is_the_median_over_the_turns_and_not_of_the_times() -> None:
    ours, peer = [1.0, 10.0, 2.0], [4.0, 30.0, 10.0]
    row = core._faster("1 cells", peer, ours, 1_000_000, 3, 5)
    assert (row.must, row.reach, row.holds) == ("≥ 3×", "≥ 5×", True)
    assert row.measured == "4.0× faster (2.0 against 10.0 µs a step)"
    assert core._faster("1 cells", peer, ours, 1, 5, 6).holds is False
    share = core._share("2 cells", ours, peer, 1, 1.1, 0.8)
    assert (share.must, share.reach, share.holds) == ("≤ 1.1×", "≤ 0.8×", False)
    assert core._share("3 cells", ours, peer, 1, None, 1.0).holds is None


def test_all_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "TURNS", 3)
    order: list[str] = []
    seconds = core._times_of(lambda: order.append("a"), lambda: order.append("b"))
    assert order == ["a", "b", "b", "a"] * 2 + ["a", "b"]
    assert [len(times) for times in seconds] == [3, 3]


def test_without_pytorch_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "torch", None)
    rows = core.run()
    assert [row.label[0] for row in rows] == ["1", "2", "3"]
    assert all(row.holds is None and "PyTorch is not installed" in row.measured for row in rows)
