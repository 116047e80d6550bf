"""Shakespeare: the answer is what stands in the play, no network learns from Macbeth, a typed text has no answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lstm.errors import BadParameter
from lstm.tasks import Mark, shakespeare
from lstm.tasks.shakespeare import ALPHABET, APART, Shakespeare, encoded, held_out, learned
from scripts.shakespeare import cleaned, is_taken

TASK = Shakespeare()
MACBETH = APART.read_text("ascii").replace("\n", "/")


@pytest.fixture
def fresh_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the plays to learn from would lie; they are not read twice."""
    path = tmp_path / "plays.txt"
    monkeypatch.setattr(shakespeare, "PLAYS", path)
    learned.cache_clear()
    yield path
    learned.cache_clear()


def read(symbols: np.ndarray) -> str:
    return "".join(ALPHABET[symbol] for symbol in symbols)


def test_macbeth_is_whole_and_of_the_alphabet_alone() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 64
    assert read(held_out()) == MACBETH
    assert MACBETH.startswith("ACT I.//SCENE I. An open Place. Thunder and Lightning.//[Enter three Witches.]//")
    assert MACBETH.endswith("Whom we invite to see us crown'd at Scone.//[Flourish. Exeunt.]/")
    assert "To-morrow, and to-morrow, and to-morrow,/Creeps in this petty pace from day to day,/" in MACBETH
    with pytest.raises(KeyError):
        encoded("é")


def test_passages_are_macbeths_and_the_answer_is_the_next_character() -> None:
    batch = TASK.batch(np.random.default_rng(0), 5, 130)
    assert batch.x.shape == (130, 5)
    for b in range(5):
        passage = read(batch.x[:, b])
        nexts = read(batch.targets[:, b].argmax(axis=-1))
        assert passage + nexts[-1] in MACBETH
        assert passage[1:] == nexts[:-1]
    assert (batch.targets.sum(axis=-1) == 1).all()
    assert (batch.answers == (batch.targets == 1)).all()
    read_so_far = {0: 1, 1: 2, 3: 2, 4: 5, 8: 5, 9: 10, 18: 10, 19: 20, 49: 50, 98: 50, 99: 100, 129: 100}
    assert {t: int(batch.group[t, 2]) for t in read_so_far} == read_so_far


def test_practice_is_from_the_other_plays(fresh_plays: Path) -> None:
    fresh_plays.write_text("Hamlet\n" * 100, "ascii")
    batch = TASK.batch(np.random.default_rng(0), 4, practice=True)
    assert len(batch.x) in shakespeare.LENGTHS
    assert all(read(column) in "Hamlet/" * 100 for column in batch.x.T)


def test_without_the_other_plays_it_says_how_to_fetch_them(fresh_plays: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"python -m scripts\.shakespeare"):
        TASK.batch(np.random.default_rng(0), 4, practice=True)
    assert not fresh_plays.exists()


def test_a_text_has_no_answer_and_its_brackets_belong_together() -> None:
    judgement = TASK.judge("[Exit.]/]Ay[[x]")
    assert judgement.marks == (Mark(0, 6, "pair"), Mark(12, 14, "pair"))
    assert not any(judgement.answers)
    assert not any(judgement.truths)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (0, "any-text")
    assert TASK.judge("To be", has_initial_state=True).off_task is not None


def test_an_example_is_speeches_of_macbeth_in_whole_lines() -> None:
    drawn = [TASK.example(np.random.default_rng(seed)) for seed in range(40)]
    assert len(set(drawn)) > 30
    for text in drawn:
        assert re.match(r"[A-Z][A-Z '-]+\./", text)
        assert 150 < len(text) < 300
        assert f"//{text}/" in MACBETH
    with pytest.raises(BadParameter):
        TASK.example(np.random.default_rng(0), lag=1)


def test_guessing_is_always_to_say_space() -> None:
    assert TASK.guess == MACBETH.count(" ") / len(MACBETH)
    assert max(ALPHABET, key=MACBETH.count) == " "


RAW = """\
A PLAY

PERSONS: Mr. (A) and others

ACT 1.

SCENE 2.  A street.  \r

[Enter A & B.}


  A.
"Ay_--x" [To B]; well/ 2@day.
"""


def test_a_play_is_cleaned() -> None:
    expected = "ACT I.\n\nSCENE II. A street.\n\n[Enter A and B.]\n\nA.\n'Ay--x' [To B]; well IIday.\n"
    assert cleaned(RAW) == expected
    assert cleaned(expected) == expected
    assert cleaned(APART.read_text("ascii")) == APART.read_text("ascii")


def test_plays_are_taken_by_the_form_of_their_speakers_names() -> None:
    assert is_taken(APART.read_text("ascii"))
    assert is_taken("LADY MACBETH.\nAy.\n" * 300)
    assert not is_taken("LADY MACBETH.\nAy.\n" * 299)
    assert not is_taken("Ham.\nAy.\n" * 1000)
