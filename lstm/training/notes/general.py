"""What the card of any task says: its prepared inputs with what this network does there, and where it fails.

Knows tasks by their protocol alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from lstm.activations import Array
from lstm.checkpoint import Example, Words
from lstm.network import Network
from lstm.tasks import Judgement, Prepared, Task
from lstm.tasks.task import Answer, is_right
from lstm.training.evaluate import Row
from lstm.training.notes.watching import example, likely, percent, reader

PLACES: Final = {
    "depth": ("depth {}", "深さ {}"),
    "lag": ("lag {}", "ラグ {}"),
    "length": ("length {}", "長さ {}"),
    "n": ("n = {}", "n = {}"),
}
"""What accuracy is listed by, in words."""
FAILING: Final = 0.99
"""A network begins to fail where it is right less often than this."""


class General:
    """The words of a task that has none of its own."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def oriented(self, network: Network) -> Network:
        """Return the network as it is."""
        return network

    def examples(self, network: Network) -> list[Example]:
        """The task's prepared inputs, each note followed by what this network does."""
        return [self._example(network, prepared) for prepared in self._task.examples]

    def _example(self, network: Network, prepared: Prepared) -> Example:
        encoded = reader(self._task).encode(prepared.input)
        judgement = self._task.judge(encoded.tokens)
        h = network.run(encoded.x, y=False).layers[-1]["h"]
        en, ja, unit = self._verdict(network, h, judgement)
        note = prepared.note
        return example(prepared.input, f"{note['en']} {en}".strip(), f"{note['ja']}{ja}", unit)

    def _verdict(self, network: Network, h: Array, judgement: Judgement) -> tuple[str, str, int | None]:
        """What the network answers, whether that is right, and the unit that speaks loudest for it."""
        y = network.readout(h)
        task = self._task
        asked = [(t, answer) for t, answer in enumerate(judgement.answers) if answer is not None]
        if not asked:
            return "", "", None
        wrong = [(t, answer) for t, answer in asked if not is_right(answer, y[t], task)]
        t, answer = wrong[0] if wrong else asked[-1]
        said = self._said(y[t])
        unit = int(np.abs(network.readout.weight[int(y[t].argmax())] * h[t]).argmax())
        if len(asked) == 1:
            en, ja = (
                ("which is right", "正解です")
                if not wrong
                else (f"but {_shown(answer)} is right", f"正解は {_shown(answer)} です")
            )
            weighs = f"{unit} (h = {h[t, unit]:.2f})"
            en = f"This network answers {said}, {en}; unit {weighs} weighs most in it."
            ja = f"このネットワークの答えは {said} で、{ja}。最も大きく効くのはユニット {weighs} です。"
        elif not wrong:
            en = f"This network is right at all {len(asked)} steps that have a right answer."
            ja = f"このネットワークは正解のある {len(asked)} ステップすべてで正しく答えます。"
            unit = int(h.std(axis=0).argmax())
        else:
            en = f"This network is wrong at {len(wrong)} of {len(asked)} steps"
            en += f": at step {t} it answers {said}, but {_shown(answer)} is right."
            ja = f"このネットワークは {len(asked)} ステップのうち {len(wrong)} ステップで誤ります。"
            ja += f"ステップ {t} の答えは {said} ですが、正解は {_shown(answer)} です。"
        return en, ja, unit

    def _said(self, y: Array) -> str:
        if self._task.outputs is None:
            return f"{y[0]:.3f}"
        best = int(y.argmax())
        return f"{self._task.outputs[best]} ({likely(float(y[best]))})"

    def fails(self, inside: Sequence[Row], beyond: Sequence[Row]) -> Words:
        """Say how often it is wrong and where most, and where it begins to fail beyond what it was trained on."""
        n = sum(row.n for row in inside)
        wrong = n - sum(row.right for row in inside)
        worst = min(inside, key=lambda row: row.right / row.n)
        if wrong == 0:
            en, ja = f"None of {n:,} test answers is wrong.", f"テストの {n:,} 個の答えに誤りはありません。"
        else:
            share = percent(worst.right, worst.n)
            en = f"{wrong:,} of {n:,} test answers are wrong"
            ja = f"テストの {n:,} 個の答えのうち {wrong:,} 個が誤りです"
            several = len({row.group for row in inside}) > 1
            en += f"; most often at {self._place(worst, 0)} ({share} right)." if several else "."
            ja += f"。最も多いのは{self._place(worst, 1)}（正答率 {share}）です。" if several else "。"
        if beyond:
            en, ja = f"{en} {self._beyond(beyond, 0)}", ja + self._beyond(beyond, 1)
        if wrong and self._task.guess is not None:
            en += f" Guessing would be right in {100 * self._task.guess:.4g} %."
            ja += f"当てずっぽうなら {100 * self._task.guess:.4g} % です。"
        return {"en": en, "ja": ja}

    def _beyond(self, beyond: Sequence[Row], language: int) -> str:
        """Where it begins to fail beyond what was trained."""
        failing = next((row for row in beyond if row.right < FAILING * row.n), None)
        if failing is None:
            last = self._place(beyond[-1], language)
            return (
                f"Beyond its training it holds to {last}, the furthest tried."
                if language == 0
                else f"学習の範囲を超えても、試した{last}まで正しく答えます。"
            )
        where, share = self._place(failing, language), percent(failing.right, failing.n)
        return (
            f"Beyond its training it begins to fail at {where} ({share} right)."
            if language == 0
            else f"学習の範囲を超えると、{where}から誤り始めます（正答率 {share}）。"
        )

    def _place(self, row: Row, language: int) -> str:
        return PLACES[self._task.by][language].format(f"{row.group:,}")


def _shown(answer: Answer) -> str:
    """An answer as a sentence has it."""
    if isinstance(answer, float):
        return f"{answer:.3f}"
    return answer if isinstance(answer, str) else " / ".join(answer)
