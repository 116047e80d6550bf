"""What the cards of shakespeare say: prepared inputs with notes, what single units follow, and how far it gets.

Every unit and number in a sentence is found by running this network. A unit is chosen on the first half of Macbeth, and
its r is that of the second half. Does not know how the network was trained, nor the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from lstm.activations import Array
from lstm.card import Follower, UnitFact
from lstm.checkpoint import Example, Words
from lstm.explain.plays import NAMES, facts
from lstm.explain.units import Found, followers
from lstm.network import Network
from lstm.tasks.shakespeare import ALPHABET, BREAK, LENGTHS, encoded, held_out
from lstm.training.evaluate import Row
from lstm.training.notes.watching import SEED, example, percent, state_name
from lstm.training.reading import bits, pieces, probabilities
from lstm.untrained import untrained

MOST: Final = 3
"""So many units are listed for a fact."""
LEAST: Final = 0.5
"""A unit is listed where the size of its r is at least this, and more than any of an untrained network reaches."""

_NAME: Final = "MACBETH./So foul and fair a day I have not seen.//BANQUO./How far is't call'd to Forres?"
_VERSE: Final = (
    "MACBETH./To-morrow, and to-morrow, and to-morrow,/Creeps in this petty pace from day to day,/To the last syllable"
    " of recorded time;/And all our yesterdays have lighted fools/The way to dusty death. Out, out, brief candle!/"
    "Life's but a walking shadow; a poor player,/That struts and frets his hour upon the stage"
)
_DIRECTION: Final = (
    "[Enter three Witches.]//FIRST WITCH./When shall we three meet again?/In thunder, lightning, or in rain?"
)
_OPEN: Final = "MACBETH./I have thee not. [He draws his sword."
_MODERN: Final = "My phone has no signal, and the train to Tokyo is late again."


def oriented(network: Network) -> Network:
    """Return the network as it is."""
    return network


def unit_facts(network: Network) -> list[UnitFact]:
    """Return each fact about a play that some unit follows, with the units that follow it best.

    Some units of an untrained network follow some facts too: what it reaches stands beside.
    """
    size, layers = network.hidden_size, len(network.cells)
    begun = _found(untrained(network.cell.name, size, layers, alphabet=ALPHABET, seed=SEED).network)
    listed: list[UnitFact] = []
    for key, found in _found(network).items():
        before = max(abs(one.r) for one in begun[key])
        units = [one for one in found if abs(one.r) >= max(LEAST, before)]
        rows: list[Follower] = [{"layer": one.layer, "unit": one.unit, "r": round(one.r, 4)} for one in units]
        if rows:
            words: Words = {"en": NAMES[key]["en"], "ja": NAMES[key]["ja"]}
            listed.append({"name": words, "state": state_name(network), "before": round(before, 4), "units": rows})
    return listed


@lru_cache(maxsize=2)
def _found(network: Network) -> Mapping[str, list[Found]]:
    """The units that follow each fact best, the best first."""
    text = held_out()
    states = _states(network, text)
    read = "".join(ALPHABET[symbol] for symbol in text)
    layers = tuple({"state": values} for values in states)
    return {key: followers(layers, "state", fact, MOST) for key, fact in facts(read, BREAK).items()}


def _states(network: Network, text: np.typing.NDArray[np.uint8]) -> list[Array]:
    """The state that lasts of each layer, (T, H), over a text."""
    name = "c" if "c" in network.cell.state_names else "h"
    runs = [[rows[name] for rows in trace.layers] for trace in pieces(network, text, y=False)]
    return [np.concatenate(parts) for parts in zip(*runs, strict=True)]


def examples(network: Network) -> list[Example]:
    """Prepared inputs with notes, the one that plays first at the top."""
    return [_speaker(network), _verse(network), _direction(network), _open(network), _modern(network)]


def _speaker(network: Network) -> Example:
    unit, state, values = _watched(network, "name", _NAME)
    inside, outside = _within(values, _NAME, "ACBETH"), _within(values, _NAME, "foul and fair a day")
    return _shown(
        _NAME,
        unit,
        f"Two speakers' names and their lines: after each / see what kind of symbol is expected. {_place(unit)} tells a"
        f" speaker's name best: its {state} is {inside:.2f} on average in MACBETH and {outside:.2f} in the line below",
        f"二人の話者名と台詞です。/ の後でどんな記号が予測されるか見てください。"
        f"{_place(unit, 'ja')}は話者名の中かどうかに対応し、{state} の平均は"
        f" MACBETH の中で {inside:.2f}、台詞の中で {outside:.2f} です",
    )


def _verse(network: Network) -> Example:
    unit, state, values = _watched(network, "line", _VERSE)
    breaks = [at for at, symbol in enumerate(_VERSE) if symbol == BREAK]
    begin = float(np.mean([values[at] for at in breaks]))
    end = float(np.mean([values[at - 1] for at in breaks[1:]]))
    return _shown(
        _VERSE,
        unit,
        f"Verse, about 40 characters a line: look how the break / comes to be expected. {_place(unit)} follows the"
        f" place in the line best: its {state} is {begin:.2f} on average at a break and {end:.2f} just before one",
        "一行およそ 40 文字の韻文です。改行 / がどのように予測されていくか見てください。"
        f"行の中の位置に最もよく対応するのは{_place(unit, 'ja')}で、{state} の平均は"
        f"改行のところで {begin:.2f}、その直前で {end:.2f} です",
    )


def _direction(network: Network) -> Example:
    unit, state, values = _watched(network, "direction", _DIRECTION)
    inside, outside = _within(values, _DIRECTION, "Enter three Witches."), _within(values, _DIRECTION, "When shall we")
    return _shown(
        _DIRECTION,
        unit,
        f"How Macbeth begins: a stage direction in brackets, then speech. {_place(unit)} follows that best: its"
        f" {state} is {inside:.2f} on average inside the brackets and {outside:.2f} in the first words of the speech",
        f"『マクベス』の冒頭で、角括弧のト書きに台詞が続きます。ト書きの中かどうかに最もよく対応するのは"
        f"{_place(unit, 'ja')}で、{state} の平均は括弧の中で {inside:.2f}、台詞の最初で {outside:.2f} です",
    )


def _open(network: Network) -> Example:
    unit, _, _ = _watched(network, "direction", _OPEN)
    closing = [_expected(network, text, "]") for text in (_OPEN, _OPEN.replace("[", ""))]
    held = len(_OPEN) - _OPEN.index("[") - 1
    return _shown(
        _OPEN,
        unit,
        f"A stage direction that is still open: after its full stop, {held} characters after the [, the closing ] has"
        f" probability {closing[0]:.2f}. Take the [ away: then it has {closing[1]:.2f}.",
        f"まだ閉じていないト書きです。[ から {held} 文字後のピリオドの次に ] が来る確率は {closing[0]:.2f} です。"
        f"[ を消すと {closing[1]:.2f} になります。",
        told=False,
    )


def _modern(network: Network) -> Example:
    unit, _, _ = _watched(network, "vowel", _MODERN)
    here, play = bits(probabilities(network, encoded(_MODERN))), bits(probabilities(network, held_out()))
    return _shown(
        _MODERN,
        unit,
        f"A sentence of today costs {here:.2f} bits a character, Macbeth {play:.2f}: see which letters come as a"
        f" surprise. {_place(unit)} tells vowels best",
        f"現代の文では一文字あたり {here:.2f} ビットかかり、『マクベス』では {play:.2f} ビットです。意外とされた文字を"
        f"見てください。母音に最もよく対応するのは{_place(unit, 'ja')}です",
    )


def _watched(network: Network, fact: str, text: str) -> tuple[Found, str, Array]:
    """The unit that follows a fact best, what its state is called, and that state over a text (T,)."""
    unit = _found(network)[fact][0]
    return unit, state_name(network), _states(network, encoded(text))[unit.layer][:, unit.unit]


def _within(values: Array, text: str, part: str) -> float:
    """The mean of a unit's state over a part of a text."""
    start = text.index(part)
    return float(values[start : start + len(part)].mean())


def _expected(network: Network, text: str, symbol: str) -> float:
    """How probable a symbol is held after a text."""
    return float(probabilities(network, encoded(text + symbol))[-1])


def _place(unit: Found, language: str = "en") -> str:
    if language == "ja":
        return f"層 {unit.layer} のユニット {unit.unit} "
    return f"Unit {unit.unit} of layer {unit.layer}"


def _shown(text: str, unit: Found, en: str, ja: str, *, told: bool = True) -> Example:
    """An example that shows a unit; `told`: its sentences end in the unit's r."""
    if told:
        en, ja = f"{en} (r = {unit.r:.2f} on unseen text).", f"{ja}（学習にないテキストで r = {unit.r:.2f}）。"
    return {**example(text, en, ja, unit.unit), "layer": unit.layer}


def fails(inside: Sequence[Row], beyond: Sequence[Row]) -> Words:
    """Say how often the next character ranks first, by what was read, and in passages longer than those of training."""
    first, last = inside[0], inside[-1]
    share, n = percent(sum(row.right for row in inside), sum(row.n for row in inside)), sum(row.n for row in inside)
    longer = percent(sum(row.right for row in beyond), sum(row.n for row in beyond))
    at = [percent(row.right, row.n) for row in (first, last)]
    return {
        "en": (
            f"Of {n:,} characters of Macbeth it ranks {share} first: {at[0]} when it has read one character,"
            f" {at[1]} when it has read {last.group} or more, and {longer} in passages of {beyond[0].length:,},"
            f" longer than any in training ({max(LENGTHS)}). It has learned spelling and the form of a play, not what"
            " is meant."
        ),
        "ja": (
            f"『マクベス』の {n:,} 文字のうち {share} を 1 位に予測します。一文字だけ読んだときは {at[0]}、"
            f"{last.group} 文字以上読んだときは {at[1]}、学習時（最長 {max(LENGTHS)} 文字）より長い"
            f" {beyond[0].length:,} 文字の文章では {longer} です。"
            "学んだのは綴りと戯曲の形式で、意味ではありません。"
        ),
    }
