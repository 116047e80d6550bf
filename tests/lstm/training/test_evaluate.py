"""Figures: against a count made one sequence at a time by the judge, and intervals against known ones."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from lstm.network import Network
from lstm.tasks import TASKS, Task
from lstm.tasks.brackets import Brackets
from lstm.tasks.recall import Recall
from lstm.training.evaluate import Figures, Row, evaluate, listed, share, wilson
from lstm.training.initialise import initial


def a_network(task: str, cell: str = "lstm") -> Network:
    sizes = TASKS[task].input_size, TASKS[task].output_size, 6
    parameters = initial(cell, *sizes, initialisation="uniform", span=10, rng=np.random.default_rng(3))
    if task == "brackets":
        parameters["readout.bias"][[1, 3]] += 0.4  # or else no closing bracket ever ranks first
    parameters = {name: (3 * values).astype(np.float32) for name, values in parameters.items()}
    return Network.from_parameters(cell, parameters, "softmax")


def test_brackets_are_counted_as_the_judge_counts_them() -> None:
    network, task = a_network("brackets"), Brackets()
    figures = evaluate(network, task, ((20, 40), (30, 10)), seed=1)
    rng = np.random.default_rng((1, 2))
    right: Counter[tuple[int, int]] = Counter()
    n: Counter[tuple[int, int]] = Counter()
    largest, distance, steps = 0.0, 0.0, 0
    for length, sequences in ((20, 40), (30, 10)):
        for column in task.batch(rng, sequences, length).x.T:
            tokens = [task.alphabet[s] for s in column]
            trace, judgement, depth = network.run(column), task.judge(tokens), 0
            assert trace.y is not None
            largest = max(largest, float(np.abs(trace.layers[0]["c"]).max()))
            for t, token in enumerate(tokens):
                depth += (token in "([") - (token in ")]")
                truth = judgement.truth(t)
                assert truth is not None
                distance += sum(p * np.log(p / trace.y[t, task.outputs.index(s)]) for s, p in truth.items())
                steps += 1
                if depth:
                    n[length, depth] += 1
                    right[length, depth] += task.outputs[int(trace.y[t].argmax())] == judgement.answer(t)
    assert {(row.length, row.group): (row.right, row.n) for row in figures.rows} == {
        key: (right[key], n[key]) for key in n
    }
    assert 0 < figures.right < figures.n
    assert figures.largest == {"c": pytest.approx(largest, rel=1e-6)}
    assert figures.loss == pytest.approx(distance / steps, rel=1e-5)


def test_recall_is_scored_once_a_sequence() -> None:
    network, task = a_network("recall", "gru"), Recall()
    figures = evaluate(network, task, ((5, 60), (12, 30)), seed=2)
    assert [(row.group, row.length, row.n) for row in figures.rows] == [(3, 5, 60), (10, 12, 30)]
    assert figures.largest == {}
    x = task.batch(np.random.default_rng((2, 2)), 60, 5).x
    right = sum(int(network.run(column).layers[0]["h"].shape[0] == 5 and _names(network, column)) for column in x.T)
    assert figures.rows[0].right == right


def test_a_task_of_whole_sequences_counts_each_once_and_right_only_where_every_answer_is() -> None:
    """A network that says b after a, $ after b and a after $ is right where no block has a second a."""
    parameters = {
        "weight_ih_l0": 5 * np.eye(3, dtype=np.float32),
        "weight_hh_l0": np.zeros((3, 3), np.float32),
        "bias_ih_l0": np.zeros(3, np.float32),
        "bias_hh_l0": np.zeros(3, np.float32),
        "readout.weight": np.eye(3, dtype=np.float32)[[2, 0, 1]],
        "readout.bias": np.zeros(3, np.float32),
    }
    network, task = Network.from_parameters("rnn", parameters, "softmax"), TASKS["count"]
    figures = evaluate(network, task, ((1, 800), (2, 50)), seed=5)
    drawn = task.batch(np.random.default_rng((5, 2)), 800, 1)
    assert drawn.scored is not None
    texts = ["".join("ab$"[s] for s in x[scored]) for x, scored in zip(drawn.x.T, drawn.scored.T, strict=True)]
    only_ones = sum(re.fullmatch(r"(ab\$)+", text) is not None for text in texts)
    assert 150 < only_ones < 300  # a quarter of the sequences are one block, and one in 48 has two blocks of one a each
    assert figures.rows == (Row(1, 1, only_ones, 800), Row(2, 2, 0, 50))


def _names(network: Network, column: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> bool:
    y = network.run(column).y
    return y is not None and bool(y[-1].argmax() == column[0])


def test_long_plans_are_run_in_parts_and_the_seed_decides() -> None:
    network, task = a_network("recall", "rnn"), TASKS["recall"]
    one = evaluate(network, task, ((202, 600),), seed=3)  # more steps than are run at a time
    assert one.n == 600
    assert one == evaluate(network, task, ((202, 600),), seed=3)
    assert one.loss != evaluate(network, task, ((202, 600),), seed=4).loss


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [  # Newcombe 1998, table I, method 3 (the score method)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_the_literature(right: int, n: int, low: float, high: float) -> None:
    assert wilson(right, n) == pytest.approx((low, high), abs=5e-5)
    mirrored = wilson(n - right, n)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_a_share_lies_in_its_interval_even_at_the_ends() -> None:
    for right in (0, 7, 10):
        found = share(right, 10)
        assert 0 <= found["low"] <= found["value"] <= found["high"] <= 1


def test_rows_name_their_length_only_where_it_has_several_groups() -> None:
    both = [Row(1, 30, 3, 4), Row(2, 30, 4, 4)]
    assert [(row["depth"], row["length"], row["value"]) for row in listed(both, "depth")] == [
        (1, 30, 0.75),
        (2, 30, 1.0),
    ]
    once = listed([Row(1, 3, 3, 4), Row(10, 12, 1, 4)], "lag")
    assert [(row["lag"], row["value"], row["n"]) for row in once] == [(1, 0.75, 4), (10, 0.25, 4)]
    assert "length" not in once[0]


def test_success_is_asked_of_every_row() -> None:
    figures = Figures((Row(1, 30, 999, 1000), Row(2, 30, 90, 100)), 0.0, {})
    assert figures.all_at_least(0.9)
    assert not figures.all_at_least(0.95)
    assert (figures.right, figures.n) == (1089, 1100)


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.name)
def test_the_word_that_accuracy_is_listed_by_is_no_field_of_a_figure(task: Task) -> None:
    (row,) = listed([Row(3, 6, 9, 10)], task.by)
    assert (row[task.by], row["n"]) == (3, 10)
