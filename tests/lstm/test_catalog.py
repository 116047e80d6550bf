"""Which models there are, in what order, and what becomes of files that are none."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lstm import catalog as module
from lstm.catalog import SHIPPED_FOLDER, Catalog, shipped
from lstm.checkpoint import Model, load
from lstm.errors import UnknownModel
from lstm.untrained import untrained


def save(folder: Path, name: str, file: str | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{file or name}.safetensors"
    untrained("rnn", 2, alphabet="ab", name=name).save(path)
    return path


def test_the_shipped_models_are_all_there_by_task_and_cell() -> None:
    catalog = shipped()
    names = catalog.names()
    assert catalog.faults == ()
    assert {path.stem for path in SHIPPED_FOLDER.glob("*")} == set(names)
    assert names[:3] == ("brackets-lstm", "brackets-rnn", "brackets-untrained")
    assert names.index("recall-lstm") < names.index("recall-gru") < names.index("recall-rnn")
    for name in names:
        model = catalog.load(name)
        assert model.name == name
        assert model.card["trained"] != name.endswith("-untrained")
        assert model.card["accuracy"] is not None


def test_shipped_models_come_first_and_the_others_by_name(tmp_path: Path) -> None:
    for name in ("zebra", "yak"):
        save(tmp_path / "shipped", name)
    for name in ("bee", "ant"):
        save(tmp_path / "more", name)
    catalog = Catalog([tmp_path / "more"], shipped=tmp_path / "shipped")
    assert catalog.names() == ("yak", "zebra", "ant", "bee")


def test_a_file_elsewhere_does_not_shadow_a_model(tmp_path: Path) -> None:
    save(tmp_path / "shipped", "brackets-lstm")
    shadow = save(tmp_path / "more", "brackets-lstm")
    catalog = Catalog([tmp_path / "more"], shipped=tmp_path / "shipped")
    assert catalog.names() == ("brackets-lstm",)
    (fault,) = catalog.faults
    assert fault.path == shadow
    assert "already a model named brackets-lstm" in fault.detail


def test_what_cannot_be_used_is_reported_and_skipped(tmp_path: Path) -> None:
    save(tmp_path, "good")
    save(tmp_path, "one-name", file="another-name")
    (tmp_path / "broken.safetensors").write_bytes(b"not a model")
    (tmp_path / "folder.safetensors").mkdir()
    (tmp_path / "notes.txt").write_text("not looked at")
    (tmp_path / ".good.safetensors.123").write_bytes(b"a file half written")
    (tmp_path / ".hidden.safetensors").write_bytes(b"")
    catalog = Catalog([tmp_path, tmp_path / "missing"], shipped=tmp_path / "good.safetensors")
    assert catalog.names() == ("good",)
    reasons = {fault.path.name: str(fault.params["reason"]) for fault in catalog.faults}
    assert reasons.keys() == {
        "another-name.safetensors",
        "broken.safetensors",
        "folder.safetensors",
        "missing",
        "good.safetensors",
    }
    assert "one-name" in reasons["another-name.safetensors"]
    assert "No such file" in reasons["missing"]
    assert reasons["folder.safetensors"] == "it is not a file"


def test_a_model_that_is_wider_than_is_allowed_is_a_fault(tmp_path: Path) -> None:
    save(tmp_path, "one")
    units = Catalog(shipped=tmp_path).load("one").network.hidden_size
    assert Catalog(shipped=tmp_path, most_units=units).names() == ("one",)
    catalog = Catalog(shipped=tmp_path, most_units=units - 1)
    assert catalog.names() == ()
    assert f"its layers have {units} units" in catalog.faults[0].detail


def test_an_unknown_name_is_refused_with_those_there_are(tmp_path: Path) -> None:
    save(tmp_path, "only")
    with pytest.raises(UnknownModel) as caught:
        Catalog(shipped=tmp_path).load("../only")
    assert caught.value.params == {"model": "../only", "known": ["only"]}


def test_nothing_is_read_before_it_is_asked_for_and_all_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def counted(path: Path) -> Model:
        read.append(path)
        return load(path)

    monkeypatch.setattr(module, "load", counted)
    paths = [save(tmp_path, name) for name in ("a", "b", "c")]
    catalog = Catalog(shipped=tmp_path)
    assert read == []
    with ThreadPoolExecutor(8) as pool:
        models = list(pool.map(catalog.load, ["a", "b"] * 20))
    assert len({id(model) for model in models}) == 2
    assert read == paths
    shutil.rmtree(tmp_path)
    assert catalog.load("c").name == "c"
