"""docs/api.md says what is true: each curl in it is asked of the application, and its answer compared."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from fastapi.testclient import TestClient

from app.errors import slugs
from app.settings import Settings
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\n(curl .*?)```\n```(jsonl?)\n(.*?)```", TEXT, re.DOTALL)
ANYTHING = "…"


def parsed(text: str) -> object:
    """JSON in which … stands for anything, and at the end of a list for more."""
    return json.loads(re.sub(r'(?<!")…(?!")', f'"{ANYTHING}"', text))


def differs(written: object, real: object, at: str = "") -> str | None:
    """Where an answer is not as it is written, None where it is."""
    if written == ANYTHING:
        return None
    if isinstance(written, dict) and isinstance(real, dict):
        if written.keys() != real.keys():
            return f"{at}: {sorted(written)} is written, {sorted(real)} came"
        pairs = [(f"{at}/{key}", value, real[key]) for key, value in written.items()]
    elif isinstance(written, list) and isinstance(real, list):
        more = bool(written) and written[-1] == ANYTHING
        known = written[:-1] if more else written
        if len(real) < len(known) or (len(real) > len(known) and not more):
            return f"{at}: {len(known)} entries are written, {len(real)} came"
        pairs = [(f"{at}/{k}", value, real[k]) for k, value in enumerate(known)]
    else:
        return None if written == real else f"{at}: {written!r} is written, {real!r} came"
    return next((found for place, value, came in pairs if (found := differs(value, came, place))), None)


@pytest.mark.parametrize(("command", "kind", "written"), EXAMPLES, ids=[example[0].split()[-1] for example in EXAMPLES])
def test_a_curl_gets_the_answer_that_is_written(client: TestClient, command: str, kind: str, written: str) -> None:
    words = shlex.split(command)
    address = next(word for word in words if word.startswith("http://127.0.0.1:8000")).removeprefix(
        "http://127.0.0.1:8000"
    )
    if "--json" in words:
        sent = words[words.index("--json") + 1]
        answer = client.post(address, content=sent.encode(), headers={"content-type": "application/json"})
    else:
        answer = client.get(address)
    if kind == "json":
        assert differs(parsed(written), answer.json()) is None
    else:
        lines, came = written.strip().split("\n"), answer.text.strip().split("\n")
        assert len(lines) == len(came)
        assert [differs(parsed(line), json.loads(real)) for line, real in zip(lines, came, strict=True)] == [
            None
        ] * len(lines)


def test_every_kind_of_answer_has_its_example() -> None:
    assert len(EXAMPLES) == TEXT.count("curl http") + TEXT.count("curl -N http") + TEXT.count("curl 'http") == 13


def test_the_comparison_can_fail() -> None:
    assert differs(parsed('{"a": [1, …]}'), {"a": [1, 2, 3]}) is None
    assert differs(parsed('{"a": [1, …]}'), {"a": [2, 2]}) == "/a/0: 1 is written, 2 came"
    assert differs(parsed('{"a": [1]}'), {"a": [1, 2]}) == "/a: 1 entries are written, 2 came"
    assert differs(parsed('{"a": …}'), {"b": 1}) == ": ['a'] is written, ['b'] came"


def test_every_error_stands_in_the_table() -> None:
    table = TEXT[TEXT.index("| status |") : TEXT.index("In a stream, an error")]
    assert sorted(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", table)) == [
        slug for slug in slugs() if slug not in ("bad-checkpoint", "unknown-task")
    ], "all but those of model files and of training, which no request can cause"


def test_settings_that_are_named_exist() -> None:
    for name in re.findall(r"GATESCOPE_([A-Z_]+)", TEXT):
        assert name.lower() in Settings.model_fields
