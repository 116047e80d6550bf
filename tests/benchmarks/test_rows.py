"""The table of budgets says which of them hold, and whether all that must do."""

from __future__ import annotations

import pytest

from benchmarks.rows import Row, print_rows

HOLDS = Row("1 cells", "≥ 3×", "≥ 5×", "4.2× faster", holds=True)
FREE = Row("3 a longer label", "–", "≤ 1.0×", "2×", holds=None)
MISSED = Row("2", "≤ 1.1×", "≤ 0.8×", "1.4×", holds=False)


def test_columns_are_aligned_and_verdicts_are_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_rows([HOLDS, FREE])
    assert capsys.readouterr().out.splitlines() == [
        "what              must hold  reach for  measured",
        "1 cells           ≥ 3×       ≥ 5×       4.2× faster  holds",
        "3 a longer label  –          ≤ 1.0×     2×           -",
    ]


def test_one_missed_budget_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    assert not print_rows(iter([HOLDS, MISSED, FREE]))
    assert "MISSED" in capsys.readouterr().out
