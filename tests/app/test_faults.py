"""Faults from outside: model files that go bad, a disk that is full, a log that cannot be written, no memory left.

Serving goes on, and what cannot be done is said.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from lstm.catalog import Catalog
from lstm.errors import BadCheckpoint
from lstm.untrained import untrained
from tests.app.asking import STREAM, stream, trace
from tests.app.serving import Probe, Probed
from tests.conftest import ROOT

RUN = ("toy-lstm", "(a[b])")


@pytest.fixture
def folder(model_folder: Path, tmp_path: Path) -> Path:
    """Model files of our own, which a test may spoil."""
    return Path(shutil.copytree(model_folder, tmp_path / "models"))


@pytest.mark.parametrize("spoil", ["removed", "cut", "overwritten"])
def test_model_files_that_go_bad_while_it_serves_change_no_answer(folder: Path, spoil: str) -> None:
    """They are read once, at the start, and nothing of them is read later."""
    with TestClient(create_app(Settings(models=(folder,)))) as client:
        before = trace(client, *RUN)
        for path in folder.iterdir():
            if spoil == "removed":
                path.unlink()
            elif spoil == "cut":
                os.truncate(path, 100)
            else:
                path.write_bytes(os.urandom(path.stat().st_size))
        assert trace(client, *RUN) == before
        assert client.get("/readyz").json()["unusable"] == 0


def test_files_that_are_bad_at_the_start_are_named_and_the_others_serve(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    os.truncate(folder / "toy-gru.safetensors", 500)
    (folder / "toy-rnn.safetensors").unlink()
    (folder / "toy-rnn.safetensors").symlink_to(folder / "nothing")
    with TestClient(create_app(Settings(models=(folder, folder / "missing")))) as client:
        assert stream(client, *RUN)[-1]["type"] == "end"
        ready = client.get("/readyz").json()
        assert (ready["status"], ready["unusable"]) == ("ready", 3)
        assert client.post(STREAM, json={"model": "toy-gru", "input": "a"}).status_code == 404
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert sorted(name for line in said for name in ("toy-gru", "toy-rnn", "missing") if name in line) == [
        *("missing", "toy-gru", "toy-rnn"),
    ]


def test_without_a_single_model_it_is_not_ready_and_says_so(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(), Catalog(shipped=tmp_path))) as client:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["type"]) == (503, "not-ready")
        assert client.get("/healthz").status_code == 200


def test_a_full_disk_stops_the_saving_of_a_model_and_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = untrained("lstm", 3, alphabet="ab", name="small")
    path = tmp_path / "small.safetensors"
    model.save(path)
    before = path.read_bytes()

    write = Path.write_bytes

    def full(file: Path, data: bytes) -> int:
        write(file, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        untrained("lstm", 3, alphabet="ab", name="small", seed=9).save(path)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["small.safetensors"]


@pytest.fixture
def full_disk() -> Iterator[int]:
    """A file on a disk that is full: Linux has one for trying."""
    file = os.open("/dev/full", os.O_WRONLY)
    yield file
    os.close(file)


def test_a_log_that_cannot_be_written_stops_nothing(full_disk: int) -> None:
    """Every line of the log fails; every request is answered."""
    code = (
        "from fastapi.testclient import TestClient; from app.main import create_app; from app.logs import write_json;"
        "write_json(); client = TestClient(create_app());"
        "print([client.get('/healthz').status_code for _ in range(3)])"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=full_disk, text=True, check=False)
    assert ran.stdout == "[200, 200, 200]\n"


def test_memory_that_runs_out_in_a_run_ends_that_run_alone(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    probe = Probe(catalog.load("toy-lstm").network)
    client = TestClient(create_app(Settings(), Probed(catalog.load("toy-lstm"), probe)))  # type: ignore[arg-type]
    real = json.loads(json.dumps(stream(client, *RUN)))

    def none_left(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("app.messages._step_message", none_left)
        lines = stream(client, *RUN)
        assert [line["type"] for line in lines] == ["start", "error"]
        assert lines[-1]["problem"] == "internal-error"
    assert stream(client, *RUN) == real


def test_a_folder_that_cannot_be_read_is_a_fault_of_its_own(tmp_path: Path) -> None:
    missing = Catalog([tmp_path / "gone"])
    (fault,) = missing.faults
    assert isinstance(fault, BadCheckpoint)
    assert "gone" in fault.detail
    assert missing.names()
