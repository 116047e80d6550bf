"""The prepared inputs of a model, each with one sentence on what to watch.

Every unit and number in a sentence is found by running this network, so the sentences stay true when it is trained
again. Does not know how the network was trained, nor the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lstm.activations import Array
from lstm.checkpoint import Example
from lstm.network import Network
from lstm.tasks import TASKS, Batch, Judgement, Task
from lstm.training.initialise import KEEPS
from lstm.training.orient import negated

_SEED: Final = 5
_MINUS: Final = re.compile(r"-(?=\d)")
FIRST_BRACKETS: Final = "((a)[b[c]])d"
"""What plays at the first visit."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit whose state follows something nameable; `r` is their correlation over fresh sequences."""

    index: int
    r: float


def depth_unit(network: Network) -> Unit:
    """Find the unit whose state (C, or h where there is no C) follows the number of open brackets best."""
    batch, state, _ = _fresh_brackets(network)
    return _most_correlated(state, batch.group)


def oriented(task: str, network: Network) -> Network:
    """Return the same network with each unit's sign such that a deeper stack of brackets raises its state."""
    if task != "brackets":
        return network
    batch, state, _ = _fresh_brackets(network)
    return negated(network, np.flatnonzero(_correlations(state, batch.group) < 0))


def kind_unit(network: Network) -> Unit:
    """Find the unit whose state tells the kind of the innermost bracket best; r > 0: it is higher under [ than (."""
    batch, state, _ = _fresh_brackets(network)
    asked = batch.answers >= 0
    return _most_correlated(state[asked], batch.answers[asked])


def examples(task: str, network: Network) -> list[Example]:
    """Return a model's prepared inputs with their notes, the one that plays first at the top."""
    return _brackets(network) if task == "brackets" else _recall(network)


def _brackets(network: Network) -> list[Example]:
    found = [_counting(network), _holding_the_kind(network), _full(network)]
    return [*found, _long_brackets(network), _not_a_pair(network), _too_deep(network)]


def _counting(network: Network) -> Example:
    unit = depth_unit(network)
    name = _state_name(network)
    values = _state(network, _rows(network, FIRST_BRACKETS))[:, unit.index]
    deep, empty = FIRST_BRACKETS.index("c") - 1, len(FIRST_BRACKETS) - 2
    return _example(
        FIRST_BRACKETS,
        f"Unit {unit.index} counts what is open: its {name} is {values[deep]:.2f} with three open (step {deep})"
        f" and {values[empty]:.2f} with none (step {empty}); on fresh sequences"
        f" r = {unit.r:.2f} with the depth.",
        f"ユニット {unit.index} は開いている括弧の数に対応します。{name} は三つ開いているとき（ステップ {deep}）"
        f"は {values[deep]:.2f}、一つも開いていないとき（ステップ {empty}）は {values[empty]:.2f} です。"
        f"新しい系列での深さとの相関は r = {unit.r:.2f} です。",
        unit.index,
    )


def _holding_the_kind(network: Network) -> Example:
    unit = kind_unit(network)
    name = _state_name(network)
    high, low = ("[", "(") if unit.r > 0 else ("(", "[")
    en = (
        f"Unit {unit.index} tells which kind is innermost: its {name} is higher under {high} than under {low}"
        f" (r = {abs(unit.r):.2f})."
    )
    ja = (
        f"ユニット {unit.index} はいちばん内側の括弧の種類を表します。"
        f"{name} は {high} の中で高く、{low} の中で低くなります（|r| = {abs(unit.r):.2f}）。"
    )
    if network.cell.name == "lstm":
        batch, _, f = _fresh_brackets(network)
        letter = batch.x >= 4
        kept, replaced = float(f[letter][:, unit.index].mean()), float(f[~letter][:, unit.index].mean())
        en += f" Its f is {kept:.2f} on average at a letter and {replaced:.2f} at a bracket."
        ja += f"f の平均は文字で {kept:.2f}、括弧で {replaced:.2f} です。"
    return _example("(abc[dab(cd)a]b)", en, ja, unit.index)


def _full(network: Network) -> Example:
    text = "[([([(a)])])]"
    y = _outputs(network, text)
    opening = [TASKS["brackets"].outputs.index(symbol) for symbol in "(["]
    below, full = (float(y[t, opening].sum()) for t in (4, 6))
    return _example(
        text,
        f"At depth 6 no bracket may open: at the letter (step 6) ( and [ together get {full:.3f}, at depth 5 (step 4)"
        f" they got {below:.3f}.",
        f"深さ 6 ではもう括弧を開けません。文字のところ（ステップ 6）で ( と [ の確率は合わせて {full:.3f}、"
        f"深さ 5（ステップ 4）では {below:.3f} でした。",
    )


def _long_brackets(network: Network) -> Example:
    """A sequence with an error in it where one is found, else one without."""
    task = TASKS["brackets"]
    rng = np.random.default_rng(_SEED)
    texts = ["".join(task.alphabet[s] for s in column) for column in task.batch(rng, 200, 60).x.T]
    faults = [(_first_error(network, task, text), text) for text in texts]
    wrong = next(((t, text) for t, text in faults if t is not None), None)
    if wrong is None:
        text = texts[0]
        due = sum(answer is not None for answer in task.judge(text).answers)
        return _example(
            text,
            f"60 symbols drawn at random: a bracket is due after {due} of them, and the network names it every time.",
            f"無作為に引いた 60 記号。{due} か所で閉じ括弧が正解となり、ネットワークはすべて正しく答えます。",
        )
    t, text = wrong
    said, due_ = _top(network, task, text, t), task.judge(text).answer(t)
    return _example(
        text,
        f"Here it fails: after step {t} it expects {said}, but {due_} is due.",
        f"ここで間違えます。ステップ {t} の後に {said} を予測しますが、正解は {due_} です。",
    )


def _not_a_pair(network: Network) -> Example:
    text = "(a]b)"
    task = TASKS["brackets"]
    said = _top(network, task, text, 2)
    return _example(
        text,
        "The ] at step 2 does not close the (, so from there on there is no right answer; the network goes on and"
        f" expects {said}.",
        "ステップ 2 の ] は ( を閉じないので、そこから先には正解がありません。"
        f"ネットワークは続けて {said} を予測します。",
    )


def _too_deep(network: Network) -> Example:
    text = "[(([(([a])"
    said = _top(network, TASKS["brackets"], text, 7)
    return _example(
        text,
        f"The seventh bracket (step 6) is deeper than any in training, so from there on there is no right answer; at"
        f" the letter the network expects {said}.",
        f"七つ目の括弧（ステップ 6）は学習にない深さなので、そこから先には正解がありません。"
        f"文字のところでネットワークは {said} を予測します。",
    )


def _recall(network: Network) -> list[Example]:
    short = [_first_recall(network), _other_symbol(network)]
    return [*short, _recall_after(network, 50), _recall_after(network, 200), _recall_after(network, 400), _two(network)]


def _first_recall(network: Network) -> Example:
    text = "Dwxyzzyxwz?"
    y = _outputs(network, text)[:, TASKS["recall"].outputs.index("D")]
    first, last = _p(y[0]), _p(y[-1])
    en = f"D has {first} at step 0 already and {last} at the question mark; only the latter counts."
    ja = f"D の確率はステップ 0 ですでに {first}、「?」では {last} です。採点されるのは「?」だけです。"
    gate = KEEPS.get(network.cell.name)
    if gate is not None:
        kept = int((_rows(network, text)[gate][1:-1].mean(axis=0) > 0.9).sum())
        en += f" Through the noise {kept} of 16 units have {gate} > 0.9 on average: these keep their state."
        ja += f"間の記号では 16 ユニットのうち {kept} 個で {gate} の平均が 0.9 を超え、状態を保ちます。"
    return _example(text, en, ja)


def _other_symbol(network: Network) -> Example:
    """The same noise after another symbol: what differs before the query is the memory."""
    text, other = "Bwxyzzyxwz?", "Dwxyzzyxwz?"
    name = _state_name(network)
    here, there = (_state(network, _rows(network, one))[-2] for one in (text, other))
    unit = int(np.abs(here - there).argmax())
    return _example(
        text,
        f"Only the first symbol differs from the example with D; after the noise unit {unit} differs most, its {name}"
        f" is {here[unit]:.2f} here and {there[unit]:.2f} there.",
        f"D の例とは最初の記号だけが違います。間の記号の後でいちばん違うのはユニット {unit} で、{name} はここでは"
        f" {here[unit]:.2f}、D の例では {there[unit]:.2f} です。",
        unit,
    )


def _recall_after(network: Network, lag: int) -> Example:
    task = TASKS["recall"]
    rng = np.random.default_rng((_SEED, lag))
    text = "".join(task.alphabet[s] for s in task.batch(rng, 1, lag + 2).x[:, 0])
    said, p = _top(network, task, text, lag + 1), _p(_outputs(network, text)[-1].max())
    right = said == text[0]
    state = _state(network, _rows(network, text))
    unit = int(np.abs(state[-2]).argmax())
    trained = lag <= 200
    en = f"{lag} symbols of noise" + ("" if trained else ", more than in any training sequence")
    en += f": it names {said} with {p}, which is {'right' if right else 'wrong'}."
    ja = f"無関係な記号が {lag} 個" + ("" if trained else "（学習時より長い）")
    ja += f"。{said} と答え（{p}）、{'正解' if right else '不正解'}です。"
    if network.cell.name == "lstm":
        en += f" The C of unit {unit} has gone from {state[0, unit]:.2f} to {state[-2, unit]:.2f} by then."
        ja += f"そのときまでにユニット {unit} の C は {state[0, unit]:.2f} から {state[-2, unit]:.2f} になります。"
    else:
        full = int((np.abs(state[-2]) > 0.9).sum())
        en += f" By then {full} of 16 units have |h| > 0.9."
        ja += f"そのとき 16 ユニットのうち {full} 個で |h| > 0.9 です。"
    return _example(text, en, ja, unit)


def _two(network: Network) -> Example:
    text = "DwxBzy?"
    said = _top(network, TASKS["recall"], text, len(text) - 1)
    return _example(
        text,
        f"A second capital was never trained, so from step 3 on there is no right answer; the network answers {said}.",
        f"二つ目の大文字は学習にないので、ステップ 3 から先には正解がありません。ネットワークは {said} と答えます。",
    )


def _example(text: str, en: str, ja: str, unit: int | None = None) -> Example:
    note = {language: _MINUS.sub("−", words) for language, words in (("en", en), ("ja", ja))}
    example: Example = {"input": text, "note": {"en": note["en"], "ja": note["ja"]}}
    if unit is not None:
        example["unit"] = unit
    return example


def _indices(task: Task, text: str) -> NDArray[np.intp]:
    return np.array([task.alphabet.index(symbol) for symbol in text])


def _p(value: float) -> str:
    """Write a probability so that it never looks like certainty."""
    return "p > 0.99" if value > 0.99 else f"p = {value:.2f}"


def _state_name(network: Network) -> str:
    return "C" if network.cell.name == "lstm" else "h"


def _state(network: Network, rows: dict[str, Array]) -> Array:
    return rows["c" if network.cell.name == "lstm" else "h"]


def _rows(network: Network, text: str) -> dict[str, Array]:
    """Return the quantities of the last layer while it reads the text, each (T, H)."""
    task = next(task for task in TASKS.values() if set(text) <= set(task.alphabet))
    return dict(network.run(_indices(task, text), y=False).layers[-1])


def _outputs(network: Network, text: str) -> Array:
    """Return y (T, O) while the network reads the text."""
    task = next(task for task in TASKS.values() if set(text) <= set(task.alphabet))
    return network.readout(network.run(_indices(task, text), y=False).layers[-1]["h"])


def _top(network: Network, task: Task, text: str, t: int) -> str:
    return task.outputs[int(_outputs(network, text)[t].argmax())]


def _first_error(network: Network, task: Task, text: str) -> int | None:
    """The first step whose right answer does not rank first."""
    judgement: Judgement = task.judge(text)
    ranked_first = _outputs(network, text).argmax(axis=-1)
    for t, answer in enumerate(judgement.answers):
        if answer is not None and task.outputs[int(ranked_first[t])] != answer:
            return t
    return None


def _fresh_brackets(network: Network) -> tuple[Batch, Array, Array]:
    """Fresh sequences, the state (T, B, H) over them, and an LSTM's forget gate (else the state again)."""
    batch = TASKS["brackets"].batch(np.random.default_rng((_SEED, 1)), 500, 60)
    rows = dict(network.run(batch.x, y=False).layers[-1])
    state = _state(network, rows)
    return batch, state, rows.get("f", state)


def _most_correlated(state: Array, fact: NDArray[np.intp]) -> Unit:
    """Find the unit of state (…, H) whose correlation with a fact (…) is largest in size."""
    r = _correlations(state, fact)
    best = int(np.abs(r).argmax())
    return Unit(best, float(r[best]))


def _correlations(state: Array, fact: NDArray[np.intp]) -> Array:
    """Return each unit's correlation with a fact: (…, H) and (…) give (H,)."""
    units = state.reshape(-1, state.shape[-1]).astype(np.float64)
    units -= units.mean(axis=0)
    facts = fact.ravel() - fact.mean()
    r: Array = (facts @ units) / np.sqrt((units**2).sum(axis=0) * (facts @ facts))
    return r
