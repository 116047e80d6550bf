"""The description of the API against the API itself: schemathesis asks what the document allows and what it forbids.

All of its checks but one, whose place another takes (tests/fuzz/hooks.py); single requests and chains of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.fuzz.mutations import CASES


def test_the_api_does_what_its_description_says(server: str, tmp_path: Path) -> None:
    phases = "examples,coverage,fuzzing,stateful" if CASES else "examples,fuzzing,stateful"
    options = ["--checks", "all", "--exclude-checks", "positive_data_acceptance", "--phases", phases]
    options += ["--max-examples", str(max(1, CASES // 100) if CASES else 2), "--warnings", "off", "--no-color"]
    options += ["--generation-database", "none", "--request-timeout", "60"]
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("schemathesis")), "run", f"{server}/openapi.json", *options],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-20_000:]
    assert "0 failures" in ran.stdout or "No issues found" in ran.stdout, ran.stdout[-2_000:]
