"""What a model's file says about it: its figures on fresh sequences, its training, where it fails, what to look at.

Every sentence with a number in it is made from the number. Does not know how to train.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lstm.checkpoint import Card, Words
from lstm.network import Network
from lstm.tasks import TASKS
from lstm.training.evaluate import Row, evaluate, listed, share
from lstm.training.examples import examples
from lstm.training.recipes import TEST_SEED, Recipe


def card(recipe: Recipe, network: Network, training: Mapping[str, Any]) -> Card:
    """Measure the network and write its card; `training` says how it was trained, as the search does."""
    task = TASKS[recipe.task]
    inside = evaluate(network, task, recipe.budget.test, TEST_SEED)
    beyond = evaluate(network, task, recipe.budget.beyond, TEST_SEED)
    accuracy = {
        **share(inside.right, inside.n),
        "seed": TEST_SEED,
        "by": listed(inside.rows, task.by),
        "beyond": listed(beyond.rows, task.by),
    }
    limits = {} if inside.largest_c is None else {"C": math.ceil(2 * inside.largest_c) / 2}
    return {
        "name": recipe.name,
        "cell": recipe.cell,
        "readout": network.readout.kind,
        "trained": True,
        "task": recipe.task,
        "alphabet": list(task.alphabet),
        "outputs": list(task.outputs),
        "limits": limits,
        "accuracy": accuracy,
        "training": dict(training),
        "label": _words(task.label),
        "about": _words(task.about),
        "fails": fails(recipe.task, inside.rows, beyond.rows),
        "examples": examples(recipe.task, network),
    }


def fails(task: str, inside: Sequence[Row], beyond: Sequence[Row]) -> Words:
    """Say where a network fails, from its figures inside what the task draws and beyond its lengths."""
    return _FAILS[task](inside, beyond)


def _words(texts: Mapping[str, str]) -> Words:
    return {"en": texts["en"], "ja": texts["ja"]}


def _percent(right: int, n: int) -> str:
    """A share that never rounds up to 100 % or down to 0 %."""
    if right in (0, n):
        return f"{100 * right // n} %"
    return f"{min(max(100 * right / n, 0.01), 99.99):.2f} %"


def _brackets_fails(inside: Sequence[Row], beyond: Sequence[Row]) -> Words:
    """Where brackets go wrong: the worst depth, longer sequences, and what was never trained."""
    worst = min(inside, key=lambda row: row.right / row.n)
    n = sum(row.n for row in inside)
    wrong = n - sum(row.right for row in inside)
    en = (
        f"{wrong:,} of {n:,} test steps are wrong; most often at depth {worst.group} in sequences of"
        f" {worst.length} symbols ({_percent(worst.right, worst.n)} right)."
        if wrong
        else f"None of {n:,} test steps is wrong."
    )
    ja = (
        f"テストの {n:,} ステップのうち {wrong:,} ステップで誤りました。最も多いのは {worst.length} 記号の系列の"
        f"深さ {worst.group}（正答率 {_percent(worst.right, worst.n)}）です。"
        if wrong
        else f"テストの {n:,} ステップに誤りはありません。"
    )
    longer = beyond[0].length
    share_longer = _percent(sum(row.right for row in beyond), sum(row.n for row in beyond))
    return {
        "en": (
            f"{en} In sequences of {longer:,} symbols, longer than any in training, {share_longer} are right."
            " Depths above 6 were never trained."
        ),
        "ja": (
            f"{ja}学習時より長い {longer:,} 記号の系列では正答率 {share_longer} です。深さ 7 以上は学習していません。"
        ),
    }


def _recall_fails(inside: Sequence[Row], beyond: Sequence[Row]) -> Words:
    """Where recall goes wrong: the lags inside the task that do, and the first longer ones."""
    wrong = [row for row in inside if row.right < row.n]
    longest = max(row.group for row in inside)
    en = (
        f"Not always right up to lag {longest}: {_at_lags(wrong, 'en')}." if wrong else f"No error up to lag {longest}."
    )
    ja = (
        f"ラグ {longest} 以内での正答率は{_at_lags(wrong, 'ja')}です。"
        if wrong
        else f"ラグ {longest} までは誤りがありません。"
    )
    if all(row.right == row.n for row in beyond):
        en += f" None at longer lags than in training either, tried up to {beyond[-1].group:,}."
        ja += f"学習時より長いラグでも、試した {beyond[-1].group:,} まで誤りがありません。"
    else:
        en += f" At lags longer than any in training: {_at_lags(beyond, 'en')}; guessing would be right in 12.5 %."
        ja += f"学習時より長いラグでの正答率は{_at_lags(beyond, 'ja')}です。当てずっぽうなら 12.5 % です。"
    return {
        "en": f"{en} A second capital letter was never trained.",
        "ja": f"{ja}二つ目の大文字は学習していません。",
    }


def _at_lags(rows: Sequence[Row], language: str) -> str:
    if language == "ja":
        return "、".join(f"ラグ {row.group:,} で {_percent(row.right, row.n)}" for row in rows)
    return ", ".join(f"{_percent(row.right, row.n)} right at lag {row.group:,}" for row in rows)


_FAILS = {"brackets": _brackets_fails, "recall": _recall_fails}
