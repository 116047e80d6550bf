"""What the documents show is what happens: the README's curl gives its answer, the guide's code makes a model.

Knows the documents and runs what they say; the API itself is tested in tests/app/.
"""

import json
import re
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import pytest

from lstm.card import Card
from lstm.catalog import Catalog
from lstm.untrained import untrained

ROOT = Path(__file__).parents[1]


def numbers_apart(line: str) -> tuple[str, list[float]]:
    """A line up to its first decimal, and its whole decimals: their last digit may differ between processors."""
    decimals = list(re.finditer(r"-?\d+\.\d+(?:e-?\d+)?(?=[,\]])", line))
    return line[: decimals[0].start()] if decimals else line, [float(found[0]) for found in decimals]


def test_readme_curl_gives_the_answer_that_stands_below_it(server: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(
        r"    curl -sN http://127\.0\.0\.1:8000(\S+) -H '([\w-]+): ([\w/]+)' \\\n"
        r"      -d '(.*)' \| cut -c -(\d+)\n\n((?:    \{.*\n)+)",
        readme,
    )
    assert found, "the README has a curl command and its answer"
    path, header, value, body, width, shown = found.groups()
    request = Request(server + path, body.encode(), {header: value})
    with urlopen(request) as answer:
        given = [line[: int(width)] for line in answer.read().decode().splitlines()]
    shown_lines = [line[4:] for line in shown.splitlines()]
    assert len(given) == len(shown_lines)
    for here, there in zip(given, shown_lines, strict=True):
        (words, numbers), (words_given, numbers_given) = numbers_apart(there), numbers_apart(here)
        assert words_given == words
        both = min(len(numbers), len(numbers_given))
        assert both > 2 or not numbers
        assert numbers_given[:both] == pytest.approx(numbers[:both], rel=1e-4)


def test_guide_makes_a_model_that_the_catalog_offers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (ROOT / "docs" / "adding-a-model.md").read_text(encoding="utf-8")
    from_torch, save = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert "state_dict" in from_torch, "the first block needs torch, which is not here; the second is run below"
    monkeypatch.chdir(tmp_path)
    network = untrained("lstm", 3, layers=2, alphabet="()ab").network
    exec(compile(save, "adding-a-model.md", "exec"), {"weights": network.parameters()})
    model = Catalog([tmp_path], shipped=tmp_path / "..").load("my-lstm")
    assert model.card["label"]["ja"] == "わたしの括弧"
    h = model.network.run(model.tokenizer.encode("(ab)").x).layers[1]["h"]
    assert np.array_equal(h, network.run(np.array([0, 2, 3, 1])).layers[1]["h"])


def test_guide_explains_every_field_of_a_card() -> None:
    guide = (ROOT / "docs" / "adding-a-model.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", guide.partition("## What the card says")[2], re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == set(Card.__annotations__)


def test_decision_on_drawing_gives_the_page_s_own_numbers() -> None:
    decision = " ".join((ROOT / "docs" / "decisions" / "drawing-once.md").read_text(encoding="utf-8").split())
    scripts = "".join(
        (ROOT / "static" / "js" / name).read_text(encoding="utf-8") for name in ("geometry.js", "actions.js")
    )
    page = {name: int(value) for name, value in re.findall(r"const ([A-Z_]+) = (\d+);", scripts)}
    assert f"a run of up to {page['DRAWN_WHOLE']:,} steps once it is there" in decision
    assert f"a run of more than {page['DRAWN_WHOLE']:,} steps that goes beyond" in decision
    assert f"of up to {page['WHOLE_COLUMNS']} steps is drawn whole" in decision
    assert f"a window of {page['WINDOW_COLUMNS']} columns" in decision


def test_package_json_only_names_the_kind_of_module() -> None:
    """A dependency there would bring a second lock file."""
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert package["type"] == "module"
    assert not [key for key in package if "ependencies" in key]
