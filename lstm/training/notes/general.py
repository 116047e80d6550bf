"""What the card of any task says: its prepared inputs with what this network does there, and where it fails.

Knows tasks by their protocol alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from lstm.activations import Array
from lstm.checkpoint import Example, Words
from lstm.explain.units import correlations
from lstm.network import Network
from lstm.tasks import Judgement, Prepared, Task
from lstm.tasks.task import Answer, is_right
from lstm.training.evaluate import Row
from lstm.training.notes.watching import (
    SEED,
    Unit,
    example,
    likely,
    most_correlated,
    percent,
    reader,
    state_name,
    state_of,
)
from lstm.training.orient import negated

PLACES: Final = {
    "depth": ("depth {}", "深さ {}"),
    "lag": ("lag {}", "ラグ {}"),
    "length": ("length {}", "長さ {}"),
    "pairs": ("n = {}", "n = {}"),
    "year": ("the year {}", " {} 年"),
}
"""What accuracy is listed by, in words."""
FAILING: Final = 0.99
"""A network begins to fail where it is right less often than this."""


class General:
    """The words of a task that has none of its own."""

    def __init__(self, task: Task, prepared: Sequence[Prepared] | None = None) -> None:
        """`prepared`: other inputs than the task's own."""
        self._task = task
        self._prepared = task.examples if prepared is None else prepared

    def oriented(self, network: Network) -> Network:
        """Return the network as it is; over numbers, with the signs by which a larger answer raises each state."""
        if self._task.outputs is not None:
            return network
        return negated(network, np.flatnonzero(correlations(*_before_answers(network, self._task)) < 0))

    def examples(self, network: Network) -> list[Example]:
        """The prepared inputs, each note followed by what this network does."""
        found = [self._example(network, prepared) for prepared in self._prepared]
        if self._task.outputs is None:
            _follow(found, most_correlated(*_before_answers(network, self._task)), state_name(network))
        return found

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
            return *self._unasked(y[-1]), None
        wrong = [(t, answer) for t, answer in asked if not is_right(answer, y[t], task)]
        t, answer = wrong[0] if wrong else asked[-1]
        said = self._said(y[t])
        unit = int(np.abs(network.readout.weight[int(y[t].argmax())] * h[t]).argmax())
        right = self._shown(answer)
        if len(asked) == 1:
            en, ja = self._good(right) if not wrong else (f"but {right} is right", f"正解は {right} です")
            en, ja = f"This network answers {said}, {en}", f"このネットワークの答えは {said} で、{ja}。"
            if task.outputs is None:
                return f"{en}.", ja, unit
            weighs = f"{unit} (h = {h[t, unit]:.2f})"
            en, ja = f"{en}; unit {weighs} weighs most in it.", f"{ja}最も大きく効くのはユニット {weighs} です。"
        elif not wrong:
            en = f"This network is right at all {len(asked)} steps that have a right answer."
            ja = f"このネットワークは正解のある {len(asked)} ステップすべてで正しく答えます。"
            unit = int(h.std(axis=0).argmax())
        else:
            en = f"This network is wrong at {len(wrong)} of {len(asked)} steps"
            if isinstance(answer, tuple):
                said = self._intruder(answer, y[t])
                en += f": at step {t} it expects {said}, but only {right} may follow."
            else:
                en += f": at step {t} it answers {said}, but {right} is right."
            ja = f"このネットワークは {len(asked)} ステップのうち {len(wrong)} ステップで誤ります。"
            ja += f"ステップ {t} の答えは {said} ですが、正解は {right} です。"
        return en, ja, unit

    def _said(self, y: Array) -> str:
        if self._task.outputs is None:
            return self._shown(float(y[0]))
        best = np.flatnonzero(y == y.max())  # as likely as each other is no answer, and counts as wrong
        each = "" if len(best) == 1 else " each"
        return f"{' / '.join(self._task.outputs[n] for n in best)} ({likely(float(y[best[0]]))}{each})"

    def _intruder(self, answer: tuple[str, ...], y: Array) -> str:
        """The most probable symbol that the answer does not name."""
        outputs = self._task.outputs or ()
        p, symbol = max((float(p), symbol) for p, symbol in zip(y, outputs, strict=True) if symbol not in answer)
        return f"{symbol} ({likely(p)})"

    def _shown(self, answer: Answer) -> str:
        """An answer as a sentence has it: a number with a digit more than decides whether it is right."""
        if isinstance(answer, float):
            return f"{answer:.{max(0, 1 - math.floor(math.log10(self._task.tolerance or 1)))}f}"
        return answer if isinstance(answer, str) else " / ".join(answer)

    def _good(self, right: str) -> tuple[str, str]:
        """Words for an answer that is right; `right` is the number that should be met."""
        if self._task.outputs is None:
            return f"near enough to {right}", f"{right} に十分近く、正解です"
        return "which is right", "正解です"

    def _unasked(self, y: Array) -> tuple[str, str]:
        """Words for an input without a right answer: the number that comes out last."""
        if self._task.outputs is None:
            said = self._said(y)
            return f"After the last step this network answers {said}.", f"最後のステップの後の答えは {said} です。"
        return "", ""

    def fails(self, inside: Sequence[Row], beyond: Sequence[Row]) -> Words:
        """Say how often it is wrong and where most, and where it begins to fail beyond what it was trained on."""
        n = sum(row.n for row in inside)
        wrong = n - sum(row.right for row in inside)
        worst = min(inside, key=lambda row: row.right / row.n)
        what, count_word, unit_word = (
            ("sequences", "系列", "系列") if self._task.whole else ("answers", "個の答え", "個")
        )
        if wrong == 0:
            en, ja = f"None of {n:,} test {what} is wrong.", f"テストの {n:,} {count_word}に誤りはありません。"
        else:
            share = percent(worst.right, worst.n)
            en = f"{wrong:,} of {n:,} test {what} {'is' if wrong == 1 else 'are'} wrong"
            ja = f"テストの {n:,} {count_word}のうち {wrong:,} {unit_word}が誤りです"
            several = len({row.group for row in inside}) > 1
            en += f"; the worst is {self._place(worst, 0)} ({share} right)." if several else "."
            ja += f"。最も多いのは{self._place(worst, 1)}（正答率 {share}）です。" if several else "。"
        if beyond:
            en, ja = f"{en} {self._beyond(beyond, 0)}", ja + self._beyond(beyond, 1)
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
        held = beyond[beyond.index(failing) - 1] if failing is not beyond[0] else None
        if language == 0:
            so_far = f" it holds to {self._place(held, 0)} and" if held else " it"
            return f"Beyond its training{so_far} begins to fail at {where} ({share} right)."
        so_far = f"{self._place(held, 1)}までは正しく、" if held else ""
        return f"学習の範囲を超えると、{so_far}{where}から誤り始めます（正答率 {share}）。"

    def _place(self, row: Row, language: int) -> str:
        group = str(row.group) if self._task.by == "year" else f"{row.group:,}"
        return PLACES[self._task.by][language].format(group)


def _before_answers(network: Network, task: Task) -> tuple[Array, Array]:
    """Return the states (C, or h where there is no C), (N, H), and the right numbers, (N,), over fresh sequences."""
    batch = task.batch(np.random.default_rng((SEED, 1)), 500)
    state = state_of(network, network.run(batch.x, y=False).layers[-1])[batch.first :]
    return state[batch.asked], batch.targets[batch.asked][:, 0]


def _follow(examples: Sequence[Example], unit: Unit, state: str) -> None:
    """Point all examples to a unit that follows the right number, and say so in the first."""
    for one in examples:
        one["unit"] = unit.index
    note, r = examples[0]["note"], f"{unit.r:.2f}".replace("-", "−")
    note["en"] += f" Its {state} follows the right number best in unit {unit.index} (r = {r})."
    note["ja"] += f"{state} が正解の数に最もよく対応するのはユニット {unit.index} です（r = {r}）。"
