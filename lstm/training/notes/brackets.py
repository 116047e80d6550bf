"""What the cards of brackets say: prepared inputs with notes, and where a network fails.

Every unit and number in a sentence is found by running this network, so the sentences stay true when it is trained
again. Does not know how the network was trained, nor the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from lstm.activations import Array
from lstm.checkpoint import Example, Words
from lstm.explain.units import correlations
from lstm.network import Network
from lstm.tasks import Batch
from lstm.tasks.brackets import Brackets
from lstm.training.evaluate import Row
from lstm.training.notes.watching import (
    SEED,
    Unit,
    example,
    most_correlated,
    outputs,
    percent,
    rows,
    state_name,
    state_of,
    top,
)
from lstm.training.orient import CANDIDATE, negated

BRACKETS: Final = Brackets()
FIRST_BRACKETS: Final = "((a)[b[c]])d"
"""What plays at the first visit."""


def depth_unit(network: Network) -> Unit:
    """Find the unit whose state (C, or h where there is no C) follows the number of open brackets best."""
    batch, state, _ = _fresh_brackets(network)
    return most_correlated(state, batch.group)


def kind_unit(network: Network) -> Unit:
    """Find the unit whose state tells the kind of the innermost bracket best; r > 0: it is higher under [ than (."""
    batch, state, _ = _fresh_brackets(network)
    asked = batch.asked
    return most_correlated(state[asked], batch.answers[asked].argmax(axis=-1))


def oriented(network: Network) -> Network:
    """Return the same network with each unit's sign, if it can be turned, such that a deeper stack raises its state."""
    if network.cell.name not in CANDIDATE:
        return network
    batch, state, _ = _fresh_brackets(network)
    return negated(network, np.flatnonzero(correlations(state, batch.group) < 0))


def examples(network: Network) -> list[Example]:
    """Prepared inputs with notes, the one that plays first at the top."""
    found = [_counting(network), _holding_the_kind(network), _full(network)]
    return [*found, _long_brackets(network), _not_a_pair(network), _too_deep(network)]


def _counting(network: Network) -> Example:
    unit = depth_unit(network)
    name = state_name(network)
    values = state_of(network, rows(network, BRACKETS, FIRST_BRACKETS))[:, unit.index]
    deep, empty = FIRST_BRACKETS.index("c") - 1, len(FIRST_BRACKETS) - 2
    return example(
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
    name = state_name(network)
    high, low = ("[", "(") if unit.r > 0 else ("(", "[")
    en = (
        f"Unit {unit.index} tells which kind is innermost: its {name} is higher under {high} than under {low}"
        f" (r = {abs(unit.r):.2f})."
    )
    ja = (
        f"ユニット {unit.index} はいちばん内側の括弧の種類を表します。"
        f"{name} は {high} の中で高く、{low} の中で低くなります（|r| = {abs(unit.r):.2f}）。"
    )
    if "f" in (q.name for q in network.cell.quantities):
        batch, _, f = _fresh_brackets(network)
        letter = batch.x >= 4
        kept, replaced = float(f[letter][:, unit.index].mean()), float(f[~letter][:, unit.index].mean())
        en += f" Its f is {kept:.2f} on average at a letter and {replaced:.2f} at a bracket."
        ja += f"f の平均は文字で {kept:.2f}、括弧で {replaced:.2f} です。"
    return example("(abc[dab(cd)a]b)", en, ja, unit.index)


def _full(network: Network) -> Example:
    text = "[([([(a)])])]"
    y = outputs(network, BRACKETS, text)
    opening = [BRACKETS.outputs.index(symbol) for symbol in "(["]
    below, full = (float(y[t, opening].sum()) for t in (4, 6))
    return example(
        text,
        f"At depth 6 no bracket may open: at the letter (step 6) ( and [ together get {full:.3f}, at depth 5 (step 4)"
        f" they got {below:.3f}.",
        f"深さ 6 ではもう括弧を開けません。文字のところ（ステップ 6）で ( と [ の確率は合わせて {full:.3f}、"
        f"深さ 5（ステップ 4）では {below:.3f} でした。",
    )


def _long_brackets(network: Network) -> Example:
    """A sequence with an error in it where one is found, else one without."""
    rng = np.random.default_rng(SEED)
    texts = ["".join(BRACKETS.alphabet[s] for s in column) for column in BRACKETS.batch(rng, 200, 60).x.T]
    faults = [(_first_error(network, text), text) for text in texts]
    wrong = next(((t, text) for t, text in faults if t is not None), None)
    if wrong is None:
        text = texts[0]
        due = sum(answer is not None for answer in BRACKETS.judge(text).answers)
        return example(
            text,
            f"60 symbols drawn at random: a bracket is due after {due} of them, and the network names it every time.",
            f"無作為に引いた 60 記号。{due} か所で閉じ括弧が正解となり、ネットワークはすべて正しく答えます。",
        )
    t, text = wrong
    said, due_ = top(network, BRACKETS, text, t), BRACKETS.judge(text).answer(t)
    return example(
        text,
        f"Here it fails: after step {t} it expects {said}, but {due_} is due.",
        f"ここで間違えます。ステップ {t} の後に {said} を予測しますが、正解は {due_} です。",
    )


def _not_a_pair(network: Network) -> Example:
    text = "(a]b)"
    said = top(network, BRACKETS, text, 2)
    return example(
        text,
        "The ] at step 2 does not close the (, so from there on there is no right answer; the network goes on and"
        f" expects {said}.",
        "ステップ 2 の ] は ( を閉じないので、そこから先には正解がありません。"
        f"ネットワークは続けて {said} を予測します。",
    )


def _too_deep(network: Network) -> Example:
    text = "[(([(([a])"
    said = top(network, BRACKETS, text, 7)
    return example(
        text,
        f"The seventh bracket (step 6) is deeper than any in training, so from there on there is no right answer; at"
        f" the letter the network expects {said}.",
        f"七つ目の括弧（ステップ 6）は学習にない深さなので、そこから先には正解がありません。"
        f"文字のところでネットワークは {said} を予測します。",
    )


def _first_error(network: Network, text: str) -> int | None:
    """The first step whose right answer does not rank first."""
    judgement = BRACKETS.judge(text)
    ranked_first = outputs(network, BRACKETS, text).argmax(axis=-1)
    for t, answer in enumerate(judgement.answers):
        if answer is not None and BRACKETS.outputs[int(ranked_first[t])] != answer:
            return t
    return None


def _fresh_brackets(network: Network) -> tuple[Batch, Array, Array]:
    """Fresh sequences, the state (T, B, H) over them, and an LSTM's forget gate (else the state again)."""
    batch = BRACKETS.batch(np.random.default_rng((SEED, 1)), 500, 60)
    found = network.run(batch.x, y=False).layers[-1]
    state = state_of(network, found)
    return batch, state, found.get("f", state)


def fails(inside: Sequence[Row], beyond: Sequence[Row]) -> Words:
    """Where brackets go wrong: the worst depth, longer sequences, and what was never trained."""
    worst = min(inside, key=lambda row: row.right / row.n)
    n = sum(row.n for row in inside)
    wrong = n - sum(row.right for row in inside)
    en = (
        f"{wrong:,} of {n:,} test steps are wrong; most often at depth {worst.group} in sequences of"
        f" {worst.length} symbols ({percent(worst.right, worst.n)} right)."
        if wrong
        else f"None of {n:,} test steps is wrong."
    )
    ja = (
        f"テストの {n:,} ステップのうち {wrong:,} ステップで誤りました。最も多いのは {worst.length} 記号の系列の"
        f"深さ {worst.group}（正答率 {percent(worst.right, worst.n)}）です。"
        if wrong
        else f"テストの {n:,} ステップに誤りはありません。"
    )
    longer = beyond[0].length
    share_longer = percent(sum(row.right for row in beyond), sum(row.n for row in beyond))
    return {
        "en": (
            f"{en} In sequences of {longer:,} symbols, longer than any in training, {share_longer} are right."
            " Depths above 6 were never trained."
        ),
        "ja": (
            f"{ja}学習時より長い {longer:,} 記号の系列では正答率 {share_longer} です。深さ 7 以上は学習していません。"
        ),
    }
