"""The command line of training: what it refuses, and making the zoo, resumed."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import NoReturn

import pytest

from lstm.checkpoint import load
from lstm.training import command


@pytest.mark.parametrize("arguments", [[], ["no-such-model"], ["brackets-lstm", "no-such-model"]])
def test_it_names_the_models_that_there_are(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        command.main(arguments)
    assert stop.value.code == 2
    assert "recall-gru" in capsys.readouterr().err


def test_all_leaves_finished_files_alone_and_makes_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The model before training is the one that a test can wait for; the rest is there already."""
    finished = tmp_path / "recall-gru.safetensors"
    finished.write_bytes(b"finished")
    assert command.main(["recall-gru", "brackets-untrained", "--all", "--folder", str(tmp_path), "--jobs", "2"]) == 0
    said = capsys.readouterr().out
    assert "recall-gru: done already" in said
    assert "brackets-untrained: Wrote brackets-untrained.safetensors" in said
    assert finished.read_bytes() == b"finished"
    assert load(tmp_path / "brackets-untrained.safetensors").card["trained"] is False


def test_all_says_what_could_not_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a file"
    folder.write_text("not a folder")
    assert command.main(["brackets-untrained", "--all", "--folder", str(folder)]) == 1
    assert "Not made: brackets-untrained" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_to_is_told_before_any_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(**_options: object) -> NoReturn:
        raise OSError(errno.EROFS, "Read-only file system", str(tmp_path))

    monkeypatch.setattr(command, "TemporaryFile", read_only)
    assert command.main(["brackets-lstm", "--folder", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert f"No file was changed: Read-only file system ({tmp_path})." in said.err
    assert "Wrote" not in said.out


def test_a_disk_that_is_full_in_the_end_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: Path, _data: bytes) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert command.main(["brackets-untrained", "--folder", str(tmp_path)]) == 1
    assert f"No file was changed: No space left on device ({tmp_path})." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
