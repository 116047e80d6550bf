"""A line of the table of budgets, and the printing of it. Does not know what is measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One budget: what must hold, what to reach for, what was measured.

    `holds` is None where nothing must hold, or nothing could be measured.
    """

    label: str
    must: str
    reach: str
    measured: str
    holds: bool | None


def print_rows(rows: Iterable[Row]) -> bool:
    """Print rows as an aligned table; True where everything that must hold does."""
    lines = [("what", "must hold", "reach for", "measured", "")]
    shown = list(rows)
    lines += [(row.label, row.must, row.reach, row.measured, _verdict(row)) for row in shown]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip(), flush=True)
    return all(row.holds is not False for row in shown)


def _verdict(row: Row) -> str:
    return {True: "holds", False: "MISSED", None: "-"}[row.holds]
