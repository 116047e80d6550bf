"""The audit says what it knows, and what it could not know; only a known vulnerability fails it."""

import json

import pytest

from scripts.audit import verdict

CLEAN = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "b", "skip_reason": "not found"}
FAULTY = {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"], "aliases": []}]}


@pytest.mark.parametrize(
    ("packages", "status", "says"),
    [
        ([CLEAN], 0, "No vulnerability is known of 1 packages."),
        ([CLEAN, SKIPPED], 0, "No vulnerability is known of 1 packages; 1 could not be asked about."),
        ([SKIPPED, SKIPPED], 0, "not audited"),
        ([CLEAN, FAULTY], 1, "c 2: PYSEC-1, mended in 2.1"),
    ],
)
def test_a_report_means_what_it_says(packages: list[object], status: int, says: str) -> None:
    found = verdict(json.dumps({"dependencies": packages, "fixes": []}))
    assert found.status == status
    assert says in found.words


@pytest.mark.parametrize("report", ["", "ConnectionError", "{}"])
def test_no_report_is_no_failure_and_is_said(report: str) -> None:
    assert verdict(report) == ("The data on vulnerabilities could not be reached: the packages were not audited.", 0)
