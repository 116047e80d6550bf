"""Adding and multiplying: known answers, the paper's definition counted in what is drawn, and what lies outside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lstm.errors import BadParameter
from lstm.tasks import Mark, Task
from lstm.tasks.adding import Adding, Multiplying
from lstm.tasks.task import is_right

TASKS: dict[str, Task] = {"adding": Adding(), "multiplying": Multiplying()}
BOTH = pytest.mark.parametrize("name", TASKS)
KNOWN = [[0.3, -1.0], [0.5, 1.0], [0.2, 0.0], [0.25, 1.0], [0.9, -1.0]]


def target(name: str, x: NDArray[Any]) -> float:
    """The right answer of one sequence, (T, 2), without a look at where its marks came from."""
    values = x[x[:, 1] == 1, 0]
    return float(0.5 + values.sum() / 4 if name == "adding" else values.prod())


@pytest.mark.parametrize(("name", "answer"), [("adding", 0.6875), ("multiplying", 0.125)])
def test_a_known_sequence_has_its_known_answer_at_its_end_alone(name: str, answer: float) -> None:
    judgement = TASKS[name].judge(KNOWN)
    assert judgement.answers[:4] == (None,) * 4
    assert judgement.answers[4] == pytest.approx(answer, abs=1e-12)
    assert judgement.marks == (Mark(1, 4, "marked"), Mark(3, 4, "marked"))
    assert judgement.off_task is None
    assert judgement.truths == (None,) * 5


@pytest.mark.parametrize(("name", "answer"), [("adding", 0.625), ("multiplying", 0.5)])
def test_where_the_first_pair_got_marked_its_value_does_not_count(name: str, answer: float) -> None:
    judgement = TASKS[name].judge([[0.3, -1], [0.5, 1], [0.2, 0], [0.9, -1]])
    assert judgement.answers[3] == pytest.approx(answer, abs=1e-12)
    assert judgement.marks == (Mark(1, 3, "marked"),)


def test_the_largest_and_the_smallest_sum_lie_at_1_and_0() -> None:
    for value, answer in ((1.0, 1.0), (-1.0, 0.0)):
        judgement = TASKS["adding"].judge([[0, -1], [value, 1], [value, 1], [0, -1]])
        assert judgement.answers[3] == answer


@BOTH
def test_before_the_end_there_is_no_answer_and_no_mark_yet(name: str) -> None:
    judgement = TASKS[name].judge(KNOWN[:-1])
    assert judgement.answers == (None,) * 4
    assert judgement.marks == ()
    assert judgement.off_task is None


@pytest.mark.parametrize(
    ("change", "at", "reason"),
    [
        ({0: [0.3, 0]}, 0, "no-start"),
        ({0: [0.3, 1]}, 0, "no-start"),
        ({2: [1.01, 0]}, 2, "value-out-of-range"),
        ({2: [-1.01, 0]}, 2, "value-out-of-range"),
        ({2: [0.2, 0.5]}, 2, "unknown-marker"),
        ({2: [0.2, 1], 4: [0.9, 0]}, 3, "third-marked"),
        ({1: [0.5, 0], 3: [0.25, 0]}, 4, "none-marked"),
        ({1: [0.5, -1]}, 1, "none-marked"),
        ({3: [0.25, -1]}, 4, "pair-after-end"),
    ],
)
@BOTH
def test_from_the_first_pair_that_the_task_cannot_contain_nothing_is_right(
    name: str, change: dict[int, list[float]], at: int, reason: str
) -> None:
    judgement = TASKS[name].judge([change.get(t, pair) for t, pair in enumerate(KNOWN)])
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (at, reason)
    assert all(judgement.answer(t) is None for t in range(at, 5))


def test_only_adding_has_values_below_0() -> None:
    pairs = [[0.3, -1.0], [-0.5, 1.0], [0.9, -1.0]]
    assert TASKS["adding"].judge(pairs).off_task is None
    off_task = TASKS["multiplying"].judge(pairs).off_task
    assert off_task is not None
    assert (off_task.from_, off_task.params) == (1, {"value": "-0.5", "low": 0, "high": 1})


@BOTH
def test_a_run_that_continues_another_has_no_right_answer(name: str) -> None:
    judgement = TASKS[name].judge(KNOWN, has_initial_state=True)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (0, "initial-state")
    assert judgement.answers == (None,) * 5


@pytest.mark.parametrize("length", [12, 23, 100])
@BOTH
def test_a_batch_agrees_with_the_judge_and_with_a_plain_sum_or_product(name: str, length: int) -> None:
    task = TASKS[name]
    batch = task.batch(np.random.default_rng(3), 300, length)
    assert batch.first == length - 1
    assert batch.scored is not None
    assert np.array_equal(batch.answers[..., 0], batch.scored)
    assert (batch.scored.sum(axis=0) == 1).all()
    assert (batch.group == length).all()
    for b in range(300):
        last = batch.first + int(batch.scored[:, b].argmax())
        assert not batch.x[last + 1 :, b].any()
        tokens = batch.x[: last + 1, b]
        judgement = task.judge(tokens.tolist())
        answer = judgement.answer(last)
        assert isinstance(answer, float)
        assert answer == pytest.approx(target(name, tokens), abs=1e-12)
        assert batch.targets[last - batch.first, b, 0] == pytest.approx(answer, abs=1e-6)
        assert all(judgement.answer(t) is None for t in range(last))


@BOTH
def test_sequences_are_drawn_as_the_paper_says(name: str) -> None:
    n, length = 40_000, 20
    batch = TASKS[name].batch(np.random.default_rng(6), n, length)
    assert batch.scored is not None
    lasts = length - 1 + batch.scored.argmax(axis=0)
    assert np.unique(lasts).tolist() == [19, 20, 21]
    marked = batch.x[..., 1] == 1
    one, both = marked.argmax(axis=0), marked.sum(axis=0) == 2
    two = len(marked) - 1 - marked[::-1].argmax(axis=0)
    # The rare case: the first pair is the first mark (1 in 10) or the second one (1 in 9 of the others).
    rare = 0.1 + 0.9 / 9
    assert (~both).mean() == pytest.approx(rare, abs=5 * (rare * (1 - rare) / n) ** 0.5)
    assert two.max() == 9
    # Pairs 1 and 2 are both marked where one of them comes first (1 in 10 each) and the other second (1 in 9).
    pair = (one == 1) & (two == 2) & both
    p = 0.1 / 9 + 0.1 / 9
    assert pair.mean() == pytest.approx(p, abs=5 * (p * (1 - p) / n) ** 0.5)
    values = batch.x[:19, :, 0]
    low = -1 if name == "adding" else 0
    assert low <= values.min() < low + 0.001
    assert 0.999 < values.max() <= 1
    assert values.mean() == pytest.approx((low + 1) / 2, abs=5 * (1 - low) / 12**0.5 / values.size**0.5)
    assert np.isin(batch.x[..., 1], (-1, 0, 1)).all()
    assert (batch.x[0, :, 1] == -1).all()
    assert (batch.x[lasts, np.arange(n), 1] == -1).all()


@BOTH
def test_right_means_less_than_4_hundredths_away_in_a_batch_and_at_a_step(name: str) -> None:
    task = TASKS[name]
    batch = task.batch(np.random.default_rng(4), 50, 12)
    for error, right in ((0.0399, True), (-0.0399, True), (0.0401, False), (-0.0401, False)):
        y = batch.targets + np.float32(error)
        assert (batch.right(y)[batch.asked] == right).all()
        assert is_right(0.5, np.array([0.5 + error]), task) is right


@BOTH
def test_a_constant_is_as_often_right_as_the_task_says(name: str) -> None:
    task = TASKS[name]
    batch = task.batch(np.random.default_rng(8), 40_000, 100)
    targets = np.sort(batch.targets[0, :, 0])
    lows = np.linspace(-0.05, 1, 500)
    best = float((np.searchsorted(targets, lows + 0.08) - np.searchsorted(targets, lows)).max()) / len(targets)
    assert task.guess == pytest.approx(best, abs=0.01)


@BOTH
def test_practice_draws_short_sequences_as_often_as_long_ones(name: str) -> None:
    rng = np.random.default_rng(8)
    lengths = np.array([TASKS[name].batch(rng, 1, practice=True).first + 1 for _ in range(4_000)])
    assert (lengths.min(), lengths.max()) == (12, 99)
    doubling = np.log(24 / 12) / np.log(100 / 12)
    for low in (12, 24, 48):
        share = ((low <= lengths) & (lengths < 2 * low)).mean()
        assert share == pytest.approx(doubling, abs=5 * (doubling * (1 - doubling) / 4_000) ** 0.5)


@pytest.mark.parametrize("length", [12, 16, 1000])
@BOTH
def test_an_example_has_the_length_that_was_asked_for_and_its_answer(name: str, length: int) -> None:
    task = TASKS[name]
    given: Any = task.example(np.random.default_rng(1), length=length)
    assert length <= len(given) <= length + length // 10
    assert all(value == round(value, 2) for value, _ in given)
    answer = task.judge(given).answer(len(given) - 1)
    assert answer == pytest.approx(target(name, np.array(given)), abs=1e-12)


@BOTH
def test_an_example_is_short_when_nothing_is_asked_for(name: str) -> None:
    assert 16 <= len(TASKS[name].example(np.random.default_rng(1))) <= 17
    with pytest.raises(BadParameter, match="length"):
        TASKS[name].example(np.random.default_rng(1), length=11)


@BOTH
def test_the_same_seed_draws_the_same(name: str) -> None:
    one, two = (TASKS[name].batch(np.random.default_rng(9), 8, practice=True) for _ in range(2))
    assert np.array_equal(one.x, two.x)
    assert TASKS[name].example(np.random.default_rng(3)) == TASKS[name].example(np.random.default_rng(3))


@BOTH
def test_every_prepared_input_has_an_answer(name: str) -> None:
    for prepared in TASKS[name].examples:
        given: Any = prepared.input
        judgement = TASKS[name].judge(given)
        assert judgement.off_task is None
        assert len(judgement.marks) == 2
        assert judgement.answer(len(given) - 1) == pytest.approx(target(name, np.array(given)), abs=1e-12)
