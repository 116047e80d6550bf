"""Record what the API's ledger answers at every step of a few runs, for the tests of the page's own ledger.

The page asks for a unit once and works out every step itself (static/js/memory/ledger.js). tests/js/ledger.test.mjs
holds it to these answers, and tests/app/test_explain.py holds these answers to the server's. Run it when one of the
models is trained again:

    python -m scripts.record_ledger
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from fastapi.testclient import TestClient

from app.main import create_app

FILE: Final = Path(__file__).parent.parent / "tests" / "js" / "recorded" / "ledger.json"
RUNS: Final = (
    {"model": "brackets-lstm", "input": "((a)[b[c]])d", "unit": 13},  # with two pairs
    {"model": "recall-gru", "input": "Bwxyz?", "unit": 1},
    {"model": "recall-lstm1997", "input": "Bwx?", "unit": 2},
)


def answers(client: TestClient, run: dict[str, object]) -> dict[str, Any]:
    """What is asked, and the memory at each step with the triangle."""
    steps = range(len(str(run["input"])))
    asked = ({**run, "t": t, "triangle": True} for t in steps)
    return {"run": run, "memory": [client.post("/api/v1/explain/ledger", json=one).json()["memory"] for one in asked]}


if __name__ == "__main__":
    with TestClient(create_app()) as client:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(json.dumps([answers(client, dict(run)) for run in RUNS], ensure_ascii=False) + "\n", "utf-8")
