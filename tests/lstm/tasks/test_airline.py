"""Airline: the series itself, the split by time, and the true next month of what a person may give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstm.errors import BadParameter
from lstm.tasks import Mark, Task
from lstm.tasks.airline import SERIES, Airline, months_of, same_month, same_month_grown
from lstm.tasks.task import is_right

AIRLINE: Task = Airline()
MONTHS = SERIES.tolist()


def test_the_series_has_the_known_totals_of_its_years() -> None:
    totals = [1520, 1676, 2042, 2364, 2700, 2867, 3408, 3939, 4421, 4572, 5140, 5714]
    assert SERIES.reshape(12, 12).sum(axis=1).tolist() == totals
    assert (MONTHS[0], MONTHS[11], MONTHS[-1], max(MONTHS)) == (112, 118, 432, 622)


def test_known_forecasts_of_january_1958() -> None:
    at = months_of(1958)[:1]
    assert SERIES[at].tolist() == [340]
    assert same_month(at).tolist() == [315]
    assert same_month_grown(at)[0] == pytest.approx(315 * 336 / 306)


def test_the_answer_is_the_true_next_month_from_the_twelfth_on() -> None:
    judgement = AIRLINE.judge(MONTHS[24:60])
    assert judgement.off_task is None
    assert judgement.answers == (None,) * 11 + tuple(MONTHS[36:61])
    assert judgement.marks == (Mark(0, 12, "year"), Mark(12, 24, "year"))


def test_after_the_last_month_nothing_is_known() -> None:
    judgement = AIRLINE.judge(MONTHS)
    assert judgement.off_task is None
    assert judgement.answers[-2:] == (432, None)


@pytest.mark.parametrize("at", [0, 5, 12, 20])
def test_from_the_first_number_that_is_not_the_series_nothing_is_right(at: int) -> None:
    tokens = MONTHS[48:80]
    tokens[at] = 1000.0
    judgement = AIRLINE.judge(tokens)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (at, "not-the-series")
    assert judgement.off_task.params == {"value": "1000"}
    known = [MONTHS[48 + t + 1] if 11 <= t < at else None for t in range(32)]
    assert judgement.answers == tuple(known)


def test_what_follows_the_end_of_the_series_is_not_the_series() -> None:
    off_task = AIRLINE.judge([*MONTHS, 400.0]).off_task
    assert off_task is not None
    assert off_task.from_ == 144


def test_a_run_that_continues_another_has_no_right_answer() -> None:
    judgement = AIRLINE.judge(MONTHS[:20], has_initial_state=True)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (0, "initial-state")
    assert judgement.answers == (None,) * 20


@pytest.mark.parametrize("year", [1957, 1958, 1959, 1960])
def test_a_year_is_asked_for_month_by_month_after_three_years_as_the_judge_says(year: int) -> None:
    batch = AIRLINE.batch(np.random.default_rng(1), 1, year)
    tokens = batch.x[:, 0, 0].tolist()
    start = (year - 1952) * 12
    assert tokens == MONTHS[start : start + 47]
    judgement = AIRLINE.judge(tokens)
    assert judgement.answers[batch.first :] == tuple(batch.targets[:, 0, 0].tolist())
    assert batch.targets[:, 0, 0].tolist() == MONTHS[start + 36 : start + 48]
    assert (batch.group == year).all()
    assert batch.answers.shape == (12, 1, 1)
    assert batch.answers.all()


def test_fresh_windows_agree_with_the_judge() -> None:
    batch = AIRLINE.batch(np.random.default_rng(2), 60)
    for b in range(60):
        tokens = batch.x[:, b, 0].tolist()
        start = next(k for k in range(144) if MONTHS[k : k + len(tokens)] == tokens)
        assert AIRLINE.judge(tokens).answers[batch.first :] == tuple(batch.targets[:, b, 0].tolist())
        assert batch.group[:, b].tolist() == [1949 + (start + t + 1) // 12 for t in range(batch.first, len(tokens))]


def test_practice_never_sees_a_month_after_1956() -> None:
    batch = AIRLINE.batch(np.random.default_rng(3), 5_000, practice=True)
    shapes = np.log(SERIES[np.arange(49) + np.arange(47)[:, np.newaxis]])  # every window to the end of 1956
    x = np.log(batch.x[:, :, 0])
    # A factor and a steady growth leave the second differences of the logarithm as they are.
    same = np.abs(np.diff(x, 2, axis=0)[:, np.newaxis] - np.diff(shapes, 2, axis=0)[..., np.newaxis]).max(axis=0) < 1e-9
    assert (same.sum(axis=0) == 1).all()
    assert same.any(axis=1).all()
    added = x - shapes[:, same.argmax(axis=0)]
    assert np.log(0.8) <= added[0].min() < np.log(0.801)
    assert np.log(1.799) < added[0].max() <= np.log(1.8)
    growth = 12 * (added[1] - added[0])
    assert -0.15 <= growth.min() < -0.149
    assert 0.149 < growth.max() <= 0.15
    assert np.log(batch.targets[-1, :, 0]) - x[-1] == pytest.approx(
        np.log(SERIES[same.argmax(axis=0) + 47]) - shapes[-1, same.argmax(axis=0)] + growth / 12, abs=1e-6
    )


def test_right_means_less_than_20_away_in_a_batch_and_at_a_step() -> None:
    batch = AIRLINE.batch(np.random.default_rng(4), 2, 1959)
    for error, right in ((19.9, True), (-19.9, True), (20.1, False), (-20.1, False)):
        assert (batch.right(batch.targets + np.float32(error)) == right).all()
        assert is_right(400.0, np.array([400 + error]), AIRLINE) is right


@pytest.mark.parametrize("months", [13, 36, 143])
def test_an_example_is_a_stretch_with_a_true_next_month(months: int) -> None:
    starts = set()
    for seed in range(40):
        given: Any = AIRLINE.example(np.random.default_rng(seed), months=months)
        start = next(k for k in range(144) if MONTHS[k : k + months] == given)
        assert AIRLINE.judge(given).answer(months - 1) == MONTHS[start + months]
        starts.add(start)
    assert len(starts) > 20 or months == 143


def test_an_example_has_three_years_when_nothing_is_asked_for() -> None:
    assert len(AIRLINE.example(np.random.default_rng(0))) == 36
    with pytest.raises(BadParameter, match="months"):
        AIRLINE.example(np.random.default_rng(0), months=144)


def test_the_same_seed_draws_the_same() -> None:
    one, two = (AIRLINE.batch(np.random.default_rng(9), 8, practice=True) for _ in range(2))
    assert np.array_equal(one.x, two.x)


def test_the_prepared_inputs_are_what_their_notes_say() -> None:
    unseen, first, without, flat = (AIRLINE.judge(prepared.input) for prepared in AIRLINE.examples)
    assert unseen.answers[11:] == tuple(MONTHS[108:144])
    assert first.answers[11:] == tuple(MONTHS[12:36])
    assert without.off_task is not None
    assert without.off_task.from_ == 18
    assert without.answers[17] == 548
    assert flat.off_task is not None
    assert flat.off_task.from_ == 0
