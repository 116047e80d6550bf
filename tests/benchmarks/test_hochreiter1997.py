"""A run from the start to the document: training, keeping, going on after a stop, and what the table then says."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.hochreiter1997 import runner
from benchmarks.hochreiter1997.criteria import Criterion
from benchmarks.hochreiter1997.experiments import EXPERIMENTS, Experiment, Paper, Setting, as_json
from benchmarks.hochreiter1997.results import FILE, FOLDER, Results, Run
from benchmarks.hochreiter1997.runner import Job, missing, run
from benchmarks.hochreiter1997.table import DOCUMENT, document
from benchmarks.hochreiter1997.training import beginning, train

SETTING = Setting("lstm", 2, "chrono", 0.01, 0.1, 4)
OLD = Setting("lstm1997", 2, "closed", 0.01, 0.1, 4)
OTHER = Setting("rnn", 3, "orthogonal", 0.01, 0.1, 4)
EASY = Criterion(limit=9, recent=8)
PAPER = Paper(7, 93, 100, 10, wrong=1)
SMALL = Experiment("x", "x, a small one", "adding", 12, EASY, PAPER, (OLD, SETTING, OTHER), seeds=3)


def quiet(seen: int, lately: NDArray[np.floating]) -> None:
    """Nobody watches."""


def finished(seed: int, sequences: int = 80, *, cell: str = "lstm", solved: bool = True, wrong: int = 0) -> Run:
    setting = as_json(SMALL.setting(cell))
    return Run("x", cell, seed, sequences, solved, wrong, 0.005, 0.0001, 30.0, setting, "a machine")


def test_training_stops_each_seed_when_it_is_solved_or_at_the_cap() -> None:
    hard = replace(SMALL, criterion=Criterion(limit=0.0))
    capped = [one for runs in train(hard, SETTING, [0, 1], quiet) for one in runs]
    assert [(one.seed, one.solved, one.sequences) for one in capped] == [(0, False, 200), (1, False, 200)]
    solved = [one for runs in train(SMALL, SETTING, [4, 5], quiet) for one in runs]
    assert [(one.seed, one.solved, one.sequences) for one in solved] == [(4, True, 8), (5, True, 8)]
    assert solved[0].error != solved[1].error
    assert solved[0].setting == as_json(SETTING)


def test_a_seed_learns_the_same_beside_others_and_alone() -> None:
    """Which sequences it sees, and in which order, is its own; so is where it starts from."""
    some = replace(SMALL, criterion=Criterion(limit=0.3, recent=8))
    together = {one.seed: one for runs in train(some, SETTING, [0, 1, 2], quiet) for one in runs}
    assert len({one.sequences for one in together.values()}) > 1, "one stops before the others"
    for seed, beside in together.items():
        ((alone,),) = train(some, SETTING, [seed], quiet)
        assert (alone.sequences, alone.solved) == (beside.sequences, beside.solved)
        assert alone.error == pytest.approx(beside.error, rel=1e-3)


def test_the_rate_falls_below_a_level_and_never_where_that_is_0() -> None:
    def error(slow_below: float) -> float:
        hard = replace(SMALL, criterion=Criterion(limit=0.0))
        ((run,),) = train(hard, replace(SETTING, slow_below=slow_below), [0], quiet)
        return run.error

    assert error(0) == error(1e-9)
    assert error(0) != error(10)


def test_biases_of_gates_are_set_where_a_setting_has_them() -> None:
    parameters = beginning(SMALL, replace(SETTING, initialisation="uniform", biases={"f": 5, "i": -3}), 0)
    i, f, *others = (parameters["bias_ih_l0"] + parameters["bias_hh_l0"]).reshape(4, 2)
    assert i.tolist() == [-3, -3]
    assert f.tolist() == [5, 5]
    assert np.abs(others).max() < 2


def test_what_has_finished_is_kept_and_not_run_again(tmp_path: Path) -> None:
    path = tmp_path / "runs.json"
    assert Results(path).missing(SMALL, SETTING) == [0, 1, 2]
    Results(path).add([finished(1)])
    again = Results(path)
    assert again.of(SMALL, SETTING) == [finished(1)]
    jobs = missing([SMALL], ["rnn", "lstm"], again)
    assert [(job.name, list(job.seeds)) for job in jobs] == [("x rnn", [0, 1, 2]), ("x lstm", [0, 2])]
    again.add([finished(0), finished(2)])
    assert [job.name for job in missing([SMALL], ["lstm"], Results(path))] == []


def test_runs_with_other_settings_do_not_count(tmp_path: Path) -> None:
    results = Results(tmp_path / "runs.json")
    results.add([finished(0)])
    assert results.missing(SMALL, replace(SETTING, learning_rate=0.02)) == [0, 1, 2]
    assert results.missing(replace(SMALL, seeds=1), SETTING) == []


def test_it_runs_in_processes_of_its_own_and_goes_on_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "runs.json"
    Results(path).add([finished(1, sequences=12)])
    results, out = Results(path), io.StringIO()
    assert run(missing([SMALL], ["lstm"], results), results, 1, out)
    kept = Results(path).of(SMALL, SETTING)
    assert [one.seed for one in kept] == [0, 1, 2]
    assert [one.sequences for one in kept] == [8, 12, 8]  # the kept one was not run again
    assert "x lstm seed 0: solved after 8 sequences" in out.getvalue()


def test_ctrl_c_keeps_what_has_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "runs.json"
    results = Results(path)
    told = iter([[finished(2)]])

    def then_stopped(messages: object, running: Sequence[object]) -> list[Run]:  # noqa: ARG001
        for message in told:
            return message
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "_next", then_stopped)
    assert not run([Job(SMALL, SETTING, [0, 1, 2])], results, 1, io.StringIO())
    assert [one.seed for one in Results(path).of(SMALL, SETTING)] == [2]


def test_a_fault_in_a_process_is_told(tmp_path: Path) -> None:
    broken = replace(SETTING, initialisation="none such")
    with pytest.raises(RuntimeError, match=r"x lstm: .*none such"):
        run([Job(SMALL, broken, [0])], Results(tmp_path / "runs.json"), 1, io.StringIO())


def table_of(tmp_path: Path, runs: Sequence[Run]) -> str:
    results = Results(tmp_path / "runs.json")
    results.add(runs)
    return document(results, [SMALL])


def test_the_table_shows_means_spread_and_the_share_of_the_papers_count(tmp_path: Path) -> None:
    text = table_of(tmp_path, [finished(0, 20), finished(1, 40, wrong=3), finished(2, 60)])
    assert "| the paper, table 7 | 93 |  | 100 |  |  | 1 |  |" in text
    assert "| LSTM with forget gate, 2 units | 43 | 3 of 3 seeds | 40 | 20–60 | 0.4× | 1.0 | 0.0050 |" in text
    assert "| plain RNN, 3 units | 22 | not run |" in text
    assert "The LSTM with a forget gate solves 1 of 1 experiments in every seed: x." in text
    assert "worse" not in text
    assert "Run on: a machine." in text
    assert "2 minutes of the processor's time" in text


def test_the_table_says_where_ours_is_worse(tmp_path: Path) -> None:
    runs = [finished(0, 150), finished(1, 130, wrong=4), finished(2, 200, solved=False, wrong=2000)]
    text = table_of(tmp_path, [*runs, *(finished(k, 200, cell="rnn", solved=False, wrong=2100) for k in range(2))])
    assert "| 2 of 3 seeds | 140 | 130–150 | worse: 1.4× | 668.0 |" in text
    assert "LSTM with forget gate: 1 of 3 seeds had not solved it after 200 sequences, twice the paper's count" in text
    assert (
        "2.0 wrong predictions in the test on average where it was solved (at most 4), more than the paper's 1" in text
    )
    assert "| plain RNN, 3 units | 22 | 0 of 2 seeds | none in 200 |  |  | 2100.0 |" in text
    assert "plain RNN: machine time allowed 2 of 3 seeds." in text
    assert "The LSTM with a forget gate solves 0 of 1 experiments in every seed. Not solved by every seed: x." in text
    assert "In more sequences than the paper's mean: x." in text
    assert "Not all seeds have been run: x." in text


def test_the_table_says_where_fewer_seeds_solved_it_than_trials_of_the_paper(tmp_path: Path) -> None:
    results = Results(tmp_path / "runs.json")
    results.add([finished(0), finished(1), finished(2, 200, solved=False)])
    sure = replace(SMALL, paper=replace(PAPER, solved=1.0))
    text = document(results, [sure])
    assert "In a smaller share of seeds than of the paper's trials: x." in text
    assert "twice the paper's count, and were stopped. The paper's: 100% of 10 trials." in text
    assert "smaller share" not in document(results, [replace(SMALL, paper=replace(PAPER, solved=0.6))])
    assert "smaller share" not in document(results, [SMALL]), "the paper does not say"


def test_the_committed_document_is_made_of_the_committed_runs() -> None:
    assert (FOLDER / DOCUMENT).read_text("utf-8") == document(Results(FOLDER / FILE))
    for line in json.loads((FOLDER / FILE).read_text("utf-8")):
        one = Run(**line)
        experiment = next(own for own in EXPERIMENTS if own.key == one.experiment)
        assert one.sequences <= experiment.cap + experiment.setting(one.cell).batch_size
        assert one.solved or one.sequences >= experiment.cap
        assert asdict(one) == line


def test_one_number_of_the_paper_stands_where_its_table_has_it() -> None:
    """Table 7's last row, read in the document as a person would."""
    text = (FOLDER / DOCUMENT).read_text("utf-8")
    found = re.search(r"## Experiment 4, adding, T = 1000\n(?:.*\n)+?\| the paper, table 7 \|(.*)\n", text)
    assert found
    assert [cell.strip() for cell in found[1].split("|")][:3] == ["93", "", "853,000"]
