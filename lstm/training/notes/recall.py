"""What the cards of recall say: prepared inputs with notes, and where a network fails.

Every unit and number in a sentence is found by running this network. Does not know how it was trained, nor the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from lstm.checkpoint import Example, Words
from lstm.network import Network
from lstm.tasks.recall import Recall
from lstm.training.evaluate import Row
from lstm.training.initialise import KEEPS
from lstm.training.notes.watching import SEED, example, likely, outputs, percent, rows, state_name, state_of, top

RECALL: Final = Recall()


def oriented(network: Network) -> Network:
    """Return the network as it is."""
    return network


def examples(network: Network) -> list[Example]:
    """Prepared inputs with notes, the one that plays first at the top."""
    short = [_first_recall(network), _other_symbol(network)]
    return [*short, _recall_after(network, 50), _recall_after(network, 200), _recall_after(network, 400), _two(network)]


def _first_recall(network: Network) -> Example:
    text = "Dwxyzzyxwz?"
    y = outputs(network, RECALL, text)[:, RECALL.outputs.index("D")]
    first, last = likely(y[0]), likely(y[-1])
    en = f"D has {first} at step 0 already and {last} at the question mark; only the latter counts."
    ja = f"D の確率はステップ 0 ですでに {first}、「?」では {last} です。採点されるのは「?」だけです。"
    gate = KEEPS.get(network.cell.name)
    if gate is not None:
        kept = int((rows(network, RECALL, text)[gate][1:-1].mean(axis=0) > 0.9).sum())
        en += f" Through the noise {kept} of 16 units have {gate} > 0.9 on average: these keep their state."
        ja += f"間の記号では 16 ユニットのうち {kept} 個で {gate} の平均が 0.9 を超え、状態を保ちます。"
    return example(text, en, ja)


def _other_symbol(network: Network) -> Example:
    """The same noise after another symbol: what differs before the query is the memory."""
    text, other = "Bwxyzzyxwz?", "Dwxyzzyxwz?"
    name = state_name(network)
    here, there = (state_of(network, rows(network, RECALL, one))[-2] for one in (text, other))
    unit = int(np.abs(here - there).argmax())
    return example(
        text,
        f"Only the first symbol differs from the example with D; after the noise unit {unit} differs most, its {name}"
        f" is {here[unit]:.2f} here and {there[unit]:.2f} there.",
        f"D の例とは最初の記号だけが違います。間の記号の後でいちばん違うのはユニット {unit} で、{name} はここでは"
        f" {here[unit]:.2f}、D の例では {there[unit]:.2f} です。",
        unit,
    )


def _recall_after(network: Network, lag: int) -> Example:
    rng = np.random.default_rng((SEED, lag))
    text = "".join(RECALL.alphabet[s] for s in RECALL.batch(rng, 1, lag + 2).x[:, 0])
    said, p = top(network, RECALL, text, lag + 1), likely(outputs(network, RECALL, text)[-1].max())
    right = said == text[0]
    state = state_of(network, rows(network, RECALL, text))
    unit = int(np.abs(state[-2]).argmax())
    trained = lag <= 200
    en = f"{lag} symbols of noise" + ("" if trained else ", more than in any training sequence")
    en += f": it names {said} with {p}, which is {'right' if right else 'wrong'}."
    ja = f"無関係な記号が {lag} 個" + ("" if trained else "（学習時より長い）")
    ja += f"。{said} と答え（{p}）、{'正解' if right else '不正解'}です。"
    if "c" in network.cell.state_names:
        en += f" The C of unit {unit} has gone from {state[0, unit]:.2f} to {state[-2, unit]:.2f} by then."
        ja += f"そのときまでにユニット {unit} の C は {state[0, unit]:.2f} から {state[-2, unit]:.2f} になります。"
    else:
        full = int((np.abs(state[-2]) > 0.9).sum())
        en += f" By then {full} of 16 units have |h| > 0.9."
        ja += f"そのとき 16 ユニットのうち {full} 個で |h| > 0.9 です。"
    return example(text, en, ja, unit)


def _two(network: Network) -> Example:
    text = "DwxBzy?"
    said = top(network, RECALL, text, len(text) - 1)
    return example(
        text,
        f"A second capital was never trained, so from step 3 on there is no right answer; the network answers {said}.",
        f"二つ目の大文字は学習にないので、ステップ 3 から先には正解がありません。ネットワークは {said} と答えます。",
    )


def fails(inside: Sequence[Row], beyond: Sequence[Row]) -> Words:
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
        en += f" At lags longer than any in training: {_at_lags(beyond, 'en')}."
        ja += f"学習時より長いラグでの正答率は{_at_lags(beyond, 'ja')}です。"
    return {
        "en": f"{en} A second capital letter was never trained.",
        "ja": f"{ja}二つ目の大文字は学習していません。",
    }


def _at_lags(rows: Sequence[Row], language: str) -> str:
    if language == "ja":
        return "、".join(f"ラグ {row.group:,} で {percent(row.right, row.n)}" for row in rows)
    return ", ".join(f"{percent(row.right, row.n)} right at lag {row.group:,}" for row in rows)
