"""The command line of training: what it refuses, and making the zoo, resumed."""

from __future__ import annotations

from pathlib import Path

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
