"""The comparisons with PyTorch: what they say where there is no PyTorch."""

from __future__ import annotations

import pytest

from benchmarks import core, training


def test_without_pytorch_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "torch", None)
    rows = core.run()
    assert [row.label[0] for row in rows] == ["1", "2", "3"]
    assert all(row.holds is None and "PyTorch is not installed" in row.measured for row in rows)
    monkeypatch.setattr(training, "torch", None)
    (row,) = training.run()
    assert row.holds is None
    assert "PyTorch is not installed" in row.measured
