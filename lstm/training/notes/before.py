"""What the card of a network before its training says: the inputs of the trained one, and how little it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lstm.checkpoint import Words
from lstm.tasks import Prepared, Task
from lstm.training.evaluate import Row
from lstm.training.notes.general import General

_NOTE = {
    "en": "Nothing has been learned yet: compare this picture with the trained network's.",
    "ja": "まだ何も学習していません。学習済みのネットワークの図と見比べてください。",
}


def before_training(label: Mapping[str, str]) -> Words:
    """Return a task's title for a network that has not learned it."""
    return {"en": f"{label['en']}, before training", "ja": f"{label['ja']}（学習前）"}


class BeforeTraining(General):
    """The words of a network with the weights that training began with; `inputs` are the trained one's examples."""

    def __init__(self, task: Task, inputs: Sequence[str]) -> None:
        super().__init__(task, [Prepared(given, _NOTE) for given in inputs])

    def fails(self, inside: Sequence[Row], beyond: Sequence[Row]) -> Words:  # noqa: ARG002 - it fails everywhere
        """Say that it is not trained, and how often it is right all the same."""
        right, n = sum(row.right for row in inside), sum(row.n for row in inside)
        en = f"It has the random weights that training began with: {right:,} of {n:,} test answers are right."
        ja = f"学習を始める前のランダムな重みのままです。テストの {n:,} 個の答えのうち正解は {right:,} 個です。"
        return {"en": en, "ja": ja}
