"""Order: the paper's rules, positions and lengths, written out here once more, and every way to leave the task."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lstm.errors import BadParameter
from lstm.tasks import TASKS, Mark
from tests.lstm.tasks.agreement import assert_agrees, texts

RULES = {
    "order": {"XX": "Q", "XY": "R", "YX": "S", "YY": "U"},
    "order3": {
        "XXX": "Q",
        "XXY": "R",
        "XYX": "S",
        "XYY": "U",
        "YXX": "V",
        "YXY": "A",
        "YYX": "B",
        "YYY": "C",
    },
}
POSITIONS = {"order": [(10, 20), (50, 60)], "order3": [(10, 20), (33, 43), (66, 76)]}
ALL = [(name, order, answer) for name, rules in RULES.items() for order, answer in rules.items()]


@pytest.mark.parametrize(("name", "order", "answer"), ALL)
def test_the_class_follows_from_the_order_however_much_stands_between(name: str, order: str, answer: str) -> None:
    for noise in ("", "a", "dcba" * 30):
        text = f"E{noise}" + noise.join(order) + f"{noise}B"
        judgement = TASKS[name].judge(text)
        assert judgement.off_task is None
        assert judgement.answers == (None,) * (len(text) - 1) + (answer,)
        assert judgement.truths == (None,) * (len(text) - 1) + ({answer: 1.0},)


def test_marks_lead_from_each_relevant_symbol_to_the_next_and_to_the_end() -> None:
    assert TASKS["order"].judge("EaXbbYcB").marks == (Mark(2, 5, "order"), Mark(5, 7, "order"))
    assert TASKS["order3"].judge("EXYaXB").marks == (Mark(1, 2, "order"), Mark(2, 4, "order"), Mark(4, 5, "order"))
    assert TASKS["order"].judge("EaXbbYc").marks == (Mark(2, 5, "order"),)


@pytest.mark.parametrize(
    ("name", "text", "at", "reason"),
    [
        ("order", "aXYB", 0, "no-e"),
        ("order", "B", 0, "no-e"),
        ("order", "EXEYB", 2, "start-again"),
        ("order", "EXaB", 3, "too-few-relevant"),
        ("order3", "EXXB", 3, "too-few-relevant"),
        ("order", "EXYaXB", 4, "too-many-relevant"),
        ("order3", "EXYXYB", 4, "too-many-relevant"),
        ("order", "EXYBa", 4, "after-end"),
        ("order", "EXYBB", 4, "after-end"),
        ("order", "EXYBX", 4, "after-end"),
    ],
)
def test_from_the_first_symbol_that_the_task_cannot_contain_nothing_is_right(
    name: str, text: str, at: int, reason: str
) -> None:
    judgement = TASKS[name].judge(text)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (at, reason)
    assert judgement.off_task.params["symbol"] == text[at]
    assert judgement.answers[at:] == (None,) * (len(text) - at)


def test_too_few_says_how_many_there_were() -> None:
    judgement = TASKS["order3"].judge("EXYB")
    assert judgement.off_task is not None
    assert judgement.off_task.params == {"symbol": "B", "seen": 2, "limit": 3}


@pytest.mark.parametrize("name", RULES)
def test_drawn_sequences_are_the_papers(name: str) -> None:
    rng = np.random.default_rng(1)
    lengths, places, orders, noise = [], [], [], ""
    for _ in range(400):
        for text in texts(TASKS[name], TASKS[name].batch(rng, 20)):
            assert re.fullmatch("E[abcdXY]+B", text)
            lengths.append(len(text))
            places.append([m.start() for m in re.finditer("[XY]", text)])
            orders.append("".join(text[t] for t in places[-1]))
            noise += re.sub("[^abcd]", "", text)
    assert set(lengths) == set(range(100, 111))
    assert np.bincount(lengths)[100:] / 20 == pytest.approx([400 / 11] * 11, abs=5 * (400 / 11) ** 0.5)
    for place, (low, high) in zip(np.array(places).T, POSITIONS[name], strict=True):
        assert np.bincount(place)[low:].tolist() == pytest.approx([8_000 / 11] * 11, abs=5 * (8_000 / 11) ** 0.5)
        assert (place.min(), place.max()) == (low, high)
    fair = 8_000 / len(RULES[name])
    assert [orders.count(one) for one in RULES[name]] == pytest.approx([fair] * len(RULES[name]), abs=5 * fair**0.5)
    assert [noise.count(s) for s in "abcd"] == pytest.approx([len(noise) / 4] * 4, abs=5 * (len(noise) / 4) ** 0.5)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("length", [None, 10, 11, 37, 99, 111, 1_000])
def test_a_batch_agrees_with_the_judge_at_any_length(name: str, length: int | None) -> None:
    task = TASKS[name]
    batch = task.batch(np.random.default_rng(2), 50, length)
    assert_agrees(task, batch)
    assert (batch.group == len(batch.x)).all()
    assert length in (None, len(batch.x))
    for text in texts(task, batch):
        assert batch.answers.shape == (1, 50, len(RULES[name]))
        assert RULES[name][re.sub("[^XY]", "", text)] == task.judge(text).answers[-1]


def test_practice_has_shorter_sequences_too() -> None:
    rng = np.random.default_rng(3)
    lengths = [len(TASKS["order"].batch(rng, 1, practice=True).x) for _ in range(2_000)]
    assert (min(lengths), max(lengths)) == (10, 110)
    assert sum(length < 100 for length in lengths) / 2_000 == pytest.approx(0.5, abs=5 * 0.5 / 2_000**0.5)


def test_no_sequence_is_shorter_than_ten() -> None:
    with pytest.raises(ValueError, match="10 symbols at least, not 9"):
        TASKS["order3"].batch(np.random.default_rng(0), 2, 9)


@pytest.mark.parametrize("name", RULES)
def test_a_run_that_continues_another_has_no_right_answer(name: str) -> None:
    judgement = TASKS[name].judge("EXYB", has_initial_state=True)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (0, "initial-state")
    assert judgement.answers == (None,) * 4


@pytest.mark.parametrize("name", RULES)
def test_an_example_has_the_length_that_was_asked_for(name: str) -> None:
    rng = np.random.default_rng(4)
    for length in (10, 24, 105, 200):
        text = TASKS[name].example(rng, length=length)
        assert isinstance(text, str)
        assert len(text) == length
        assert TASKS[name].judge(text).answers[-1] == RULES[name][re.sub("[^XY]", "", text)]
    with pytest.raises(BadParameter, match="from 10 to 200"):
        TASKS[name].example(rng, length=9)
