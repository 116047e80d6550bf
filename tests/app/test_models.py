"""Cards and examples: what a page needs to offer a model, and fresh inputs that can be drawn again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from app.main import create_app
from app.schemas.models import CardBody, ModelsBody
from app.settings import Settings
from lstm.catalog import Catalog, shipped
from lstm.tasks import TASKS


def test_models_are_listed_in_their_order_with_their_whole_cards(client: TestClient, catalog: Catalog) -> None:
    cards = client.get("/api/v1/models").json()["models"]
    assert tuple(card["name"] for card in cards) == catalog.names()
    assert tuple(card["name"] for card in cards)[: len(shipped().names())] == shipped().names()
    for card in cards:
        assert client.get(f"/api/v1/models/{card['name']}").json() == card


def test_cards_are_what_the_types_say(client: TestClient) -> None:
    TypeAdapter(ModelsBody).validate_python(client.get("/api/v1/models").json())
    for card in client.get("/api/v1/models").json()["models"]:
        assert set(card) == set(CardBody.__annotations__)


def test_a_trained_card_tells_what_was_learned_and_where_it_fails(client: TestClient) -> None:
    card = client.get("/api/v1/models/recall-lstm").json()
    assert card["trained"] is True
    assert (card["task"], card["cell"], card["hidden_size"], card["layers"]) == ("recall", "lstm", 16, 1)
    assert card["outputs"] == list("ABCDEFGH")
    assert card["generator"] == [{"name": "lag", "min": 1, "max": 200, "default": 20}]
    assert card["accuracy"]["low"] <= card["accuracy"]["value"] <= card["accuracy"]["high"]
    assert {"lag", "value", "n"} <= set(card["accuracy"]["by"][0])
    assert card["training"]["tries"]
    assert {*card["label"], *card["about"], *card["fails"]} == {"en", "ja"}
    assert [quantity["key"] for quantity in card["quantities"]] == ["f", "i", "C_tilde", "C", "o", "h"]
    assert set(card["quantities"][0]) == {"key", "symbol", "word", "kind", "min", "max", "formula"}


def test_an_untrained_card_says_so(client: TestClient) -> None:
    card = client.get("/api/v1/models/numbers-lstm").json()
    assert (card["trained"], card["accuracy"], card["training"], card["task"]) == (False, None, None, None)
    assert (card["alphabet"], card["outputs"], card["input_size"]) == (None, None, 2)
    assert (card["readout"], card["generator"]) == ("linear", [])
    assert (card["group"], card["by"], card["tolerance"], card["guess"]) == (None, None, None, None)
    assert card["label"] == {"en": "numbers-lstm", "ja": "numbers-lstm"}


def test_a_card_says_what_its_task_teaches_and_what_counts_as_right(client: TestClient) -> None:
    adding = client.get("/api/v1/models/numbers-adding").json()
    assert (adding["group"], adding["by"], adding["tolerance"]) == ("numbers", "length", 0.04)
    recall = client.get("/api/v1/models/recall-lstm").json()
    assert (recall["group"], recall["by"], recall["tolerance"], recall["guess"]) == ("memory", "lag", None, 1 / 8)


def test_cards_are_revalidated(client: TestClient) -> None:
    first = client.get("/api/v1/models")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/api/v1/models", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_example_can_be_drawn_again_from_its_seed(client: TestClient) -> None:
    fresh = client.get("/api/v1/models/recall-lstm/example?lag=50").json()
    assert set(fresh) == {"model", "input", "seed", "parameters"}
    assert (fresh["model"], fresh["parameters"], len(fresh["input"])) == ("recall-lstm", {"lag": 50}, 52)
    again = client.get(f"/api/v1/models/recall-lstm/example?lag=50&seed={fresh['seed']}").json()
    assert again == fresh
    assert client.get("/api/v1/models/recall-lstm/example?seed=7").json()["parameters"] == {"lag": 20}


def test_examples_without_a_seed_are_fresh(client: TestClient) -> None:
    answers = [client.get("/api/v1/models/brackets-lstm/example") for _ in range(4)]
    assert len({answer.json()["input"] for answer in answers}) > 1
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


@pytest.mark.parametrize("model", ["brackets-lstm", "recall-gru", "toy-lstm"])
def test_an_example_belongs_to_its_task(client: TestClient, catalog: Catalog, model: str) -> None:
    drawn = client.get(f"/api/v1/models/{model}/example?seed=3").json()["input"]
    task = TASKS[catalog.load(model).card["task"] or ""]
    assert task.judge(list(drawn)).off_task is None


def test_a_broken_file_is_reported_and_skipped(
    model_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = (model_folder / "toy-lstm.safetensors").read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "toy-lstm.safetensors").write_bytes(whole)
    with TestClient(create_app(Settings(models=(tmp_path, tmp_path / "missing")))) as client:
        names = [card["name"] for card in client.get("/api/v1/models").json()["models"]]
    assert names == [*shipped().names(), "toy-lstm"]
    said = [record.getMessage() for record in caplog.records if record.name == "app.main"]
    assert len(said) == 2
    assert "cut.safetensors" in said[0]
    assert "missing" in said[1]


def test_health(client: TestClient) -> None:
    answer = client.get("/healthz").json()
    assert set(answer) == {"status", "version"}
    assert answer["status"] == "ok"
    assert json.dumps(answer["version"])
