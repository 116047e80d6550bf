"""Brackets: the right answers of known inputs, and of drawn sequences against an eraser of pairs and plain counting."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm.errors import BadParameter
from lstm.tasks import Mark
from lstm.tasks.brackets import ALPHABET, DEPTH, Brackets

BRACKETS = Brackets()


def stack_by_erasing(prefix: str) -> str:
    """The open brackets of a prefix: letters out, then matched pairs erased until none is left (no stack machine)."""
    rest = "".join(symbol for symbol in prefix if symbol in "()[]")
    while "()" in rest or "[]" in rest:
        rest = rest.replace("()", "").replace("[]", "")
    return rest


def test_a_known_input_has_its_known_pairs_and_due_brackets() -> None:
    judgement = BRACKETS.judge("([a]b)c")
    assert judgement.marks == (Mark(0, 5, "pair"), Mark(1, 3, "pair"))
    assert [judgement.answer(t) for t in range(7)] == [")", "]", "]", ")", ")", None, None]
    assert judgement.off_task is None


def test_the_truth_is_the_stated_distribution_with_the_impossible_left_out() -> None:
    letters = "abcd"
    inside = {"(": 0.15, ")": 0.40, "[": 0.15} | dict.fromkeys(letters, 0.075)
    outside = {"(": 0.25, "[": 0.25} | dict.fromkeys(letters, 0.125)
    full = {"]": 0.40 / 0.70} | dict.fromkeys(letters, 0.075 / 0.70)
    for text, truth in (("(", inside), ("()", outside), ("(((((([", None), ("((((([", full)):
        found = BRACKETS.judge(text).truth(len(text) - 1)
        assert (found is None) == (truth is None)
        if found is not None and truth is not None:
            assert found == pytest.approx(truth, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "at", "reason", "params"),
    [
        ("a)b", 1, "unmatched-close", {"symbol": ")", "due": None}),
        ("(])", 1, "unmatched-close", {"symbol": "]", "due": ")"}),
        ("[[[[[[(", 6, "too-deep", {"symbol": "(", "limit": 6}),
        ("()" * 10 + "(((((((", 26, "too-deep", {"symbol": "(", "limit": 6}),
    ],
)
def test_from_the_first_symbol_that_the_task_cannot_contain_nothing_is_right(
    text: str, at: int, reason: str, params: dict[str, object]
) -> None:
    judgement = BRACKETS.judge(text)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (at, reason)
    assert judgement.off_task.params == params
    assert judgement.truth(at - 1) is not None
    assert all(judgement.answer(t) is None and judgement.truth(t) is None for t in range(at, len(text)))


def test_a_run_that_continues_another_has_no_right_answer() -> None:
    judgement = BRACKETS.judge("(a)", has_initial_state=True)
    assert judgement.off_task is not None
    assert (judgement.off_task.from_, judgement.off_task.reason) == (0, "initial-state")
    assert judgement.marks == ()
    assert [judgement.answer(t) for t in range(3)] == [None] * 3


@given(st.text(alphabet=ALPHABET, min_size=1, max_size=40))
def test_the_due_bracket_is_the_one_that_an_eraser_of_pairs_leaves_last(text: str) -> None:
    judgement = BRACKETS.judge(text)
    end = judgement.off_task.from_ if judgement.off_task else len(text)
    for t in range(end):
        rest = stack_by_erasing(text[: t + 1])
        assert judgement.answer(t) == ({"(": ")", "[": "]"}[rest[-1]] if rest else None)
    for mark in judgement.marks:
        assert stack_by_erasing(text[mark.start : mark.stop + 1]) == ""
    if end < len(text):  # only then is the rest no prefix of any sequence of the task
        rest = stack_by_erasing(text[: end + 1])
        assert ")" in rest or "]" in rest or len(rest) > DEPTH


def test_a_long_input_shares_its_truths() -> None:
    judgement = BRACKETS.judge("(a[b])" * 1667)
    assert len({id(truth) for truth in judgement.truths}) == 3


def test_drawn_symbols_come_as_often_as_the_truth_says() -> None:
    batch = BRACKETS.batch(np.random.default_rng(5), 3000, 60)
    seen: dict[tuple[str, bool], Counter[str]] = defaultdict(Counter)
    truths = {}
    for b in range(1000):
        text = "".join(ALPHABET[s] for s in batch.x[:, b])
        judgement = BRACKETS.judge(text)
        assert judgement.off_task is None
        for t in range(59):
            rest = stack_by_erasing(text[: t + 1])
            situation = (rest[-1:], len(rest) == DEPTH)
            seen[situation][text[t + 1]] += 1
            truths[situation] = judgement.truths[t]
    assert len(seen) == 5
    for situation, counts in seen.items():
        truth = truths[situation]
        assert truth is not None
        assert set(counts) <= set(truth)
        n = counts.total()
        for symbol, p in truth.items():
            assert counts[symbol] / n == pytest.approx(p, abs=5 * (p * (1 - p) / n) ** 0.5)


@pytest.mark.parametrize("practice", [False, True])
def test_a_batch_agrees_with_the_judge(practice: bool) -> None:
    batch = BRACKETS.batch(np.random.default_rng(1), 40, 50, practice=practice)
    assert batch.first == 0
    for b in range(40):
        text = [ALPHABET[s] for s in batch.x[:, b]]
        judgement = BRACKETS.judge(text)
        for t in range(50):
            answer = judgement.answer(t)
            assert [ALPHABET[k] for k in np.flatnonzero(batch.answers[t, b])] == ([] if answer is None else [answer])
            assert batch.group[t, b] == len(stack_by_erasing("".join(text[: t + 1])))
            truth = judgement.truth(t)
            assert truth is not None
            assert {ALPHABET[k]: p for k, p in enumerate(batch.targets[t, b]) if p} == pytest.approx(truth, abs=1e-6)


def test_practice_goes_deep_more_often() -> None:
    plain = BRACKETS.batch(np.random.default_rng(2), 500, 28)
    practice = BRACKETS.batch(np.random.default_rng(2), 500, 28, practice=True)
    assert (practice.group == DEPTH).mean() > 4 * (plain.group == DEPTH).mean() > 0


def test_the_same_seed_draws_the_same() -> None:
    one, two = (BRACKETS.batch(np.random.default_rng(9), 8, practice=True) for _ in range(2))
    assert np.array_equal(one.x, two.x)
    assert BRACKETS.example(np.random.default_rng(3)) == BRACKETS.example(np.random.default_rng(3))


@pytest.mark.parametrize("seed", range(20))
def test_an_example_closes_everything_and_is_worth_watching(seed: int) -> None:
    text = BRACKETS.example(np.random.default_rng(seed))
    judgement = BRACKETS.judge(text)
    assert judgement.off_task is None
    assert stack_by_erasing(text) == ""
    assert 12 <= len(text) <= 32
    assert max(len(stack_by_erasing(text[:t])) for t in range(len(text))) >= 3


@pytest.mark.parametrize("name", ["lag", "rng", "self"])
def test_an_example_takes_no_parameter(name: str) -> None:
    with pytest.raises(BadParameter, match=f"The parameter {name} cannot be 3: no such parameter"):
        BRACKETS.example(np.random.default_rng(0), **{name: 3})
