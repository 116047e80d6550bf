"""Airline: months of a real series in, the next month out, in thousands of passengers.

The series is G of Box, Jenkins & Reinsel (Time Series Analysis): monthly totals of international airline passengers,
January 1949 to December 1960, 144 numbers, as PyPI's pmdarima carries them (MIT licence). It grows, and it has a season
that grows with it. Knows no network.

The split is by time. Practice sees the months to the end of 1956 alone, in windows of four years; each window is
multiplied by a factor of its own and given some growth or decline of its own, so that a network learns the season's
shape rather than a level, and meets levels that the series reaches later. 1957 decides between tries. 1958 to 1960
decide nothing: they are the test, one month ahead each, with three years of true months before the year in question.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from lstm.tasks.task import (
    Batch,
    Judgement,
    Mark,
    OffTask,
    OverNumbers,
    Parameter,
    Prepared,
    Scale,
    checked,
    without_answers,
)

FIRST_YEAR: Final = 1949
YEAR: Final = 12
"""Months of a year. Answers are asked for from the twelfth step on: before it no month has come back yet."""

# fmt: off
SERIES: Final = np.array([
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118,  # 1949
    115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140,
    145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166,
    171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194,
    196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201,
    204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,  # 1954
    242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
    284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306,
    315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336,  # 1957
    340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337,
    360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405,
    417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
], np.float64)
# fmt: on
"""Thousands of passengers, month by month."""

TRAINED_TO: Final = 1956
"""The last year that practice draws from."""
HELD_OUT: Final = (1958, 1959, 1960)
"""The years of the test."""
WINDOW: Final = 4 * YEAR
BEFORE: Final = 3 * YEAR
"""True months that come before a year whose months are asked for."""
FACTORS: Final = (0.8, 1.8)
"""The smallest and the largest factor of a window of practice, each size between them as likely as any other."""
GROWTH: Final = 0.15
"""The largest growth or decline that a window of practice has on top of its own: e to this power a year."""
MONTHS: Final = Parameter("months", YEAR + 1, len(SERIES) - 1, BEFORE)


def _months(first: int, last: int) -> list[float]:
    """Return the months from January of the first year to November of the last, whose December is the last answer."""
    return [float(value) for value in SERIES[(first - FIRST_YEAR) * YEAR : (last + 1 - FIRST_YEAR) * YEAR - 1]]


def _without_summer() -> list[float]:
    """Return 1958 to November 1960 with 300 in place of July and August 1959, as if nobody had flown on holiday."""
    months = _months(1958, 1960)
    months[18:20] = 300.0, 300.0
    return months


EXAMPLES: Final = (
    Prepared(
        _months(1957, 1960),
        {
            "en": "January 1957 to November 1960; from 1958 on no month was trained on. Every summer is higher than the"
            " one before: watch for units that swing with the year, and for one that rises with the level.",
            "ja": "1957 年 1 月から 1960 年 11 月までです。1958 年以降は学習に使っていません。"
            "夏の山は年ごとに高くなります。一年の周期で揺れるユニットと、水準とともに上がるユニットを探してみましょう。",
        },
    ),
    Prepared(
        _months(1949, 1951),
        {
            "en": "The first three years, which it was trained on: small numbers, and a shallow season.",
            "ja": "学習に使った最初の三年間です。値は小さく、季節の波も浅めです。",
        },
    ),
    Prepared(
        _without_summer(),
        {
            "en": "What if the summer of 1959 had not come? At steps 18 and 19 the true 548 and 559 are replaced by"
            " 300; from there on there is no right answer. See how long the forecast takes to recover.",
            "ja": "もし 1959 年の夏の山がなかったら？ "
            "ステップ 18 と 19 では本当の値 548 と 559 を 300 に置き換えました。"
            "そこから先に正解はありません。予測が元に戻るまで何か月かかるか見てみましょう。",
        },
    ),
    Prepared(
        [300.0] * (2 * YEAR),
        {
            "en": "The same number for two years. The series never did that; does the network still expect a summer?",
            "ja": "二年間ずっと同じ値です。実際の系列にはない入力ですが、"
            "それでもネットワークは夏の山を予測するでしょうか。",
        },
    ),
)


class Airline(OverNumbers):
    """The task; see the module."""

    name: ClassVar[str] = "airline"
    group: ClassVar[str] = "series"
    input_size = 1
    tolerance = 20.0
    scale = Scale(200.0, 100.0)
    parameters: ClassVar[tuple[Parameter, ...]] = (MONTHS,)
    by: ClassVar[str] = "year"
    examples = EXAMPLES
    label: ClassVar[Mapping[str, str]] = {"en": "Airline passengers", "ja": "航空旅客数"}
    about: ClassVar[Mapping[str, str]] = {
        "en": (
            "Passengers of international airlines, in thousands a month, 1949 to 1960. From the twelfth month on, say"
            " the next month's number: an answer less than 20 away counts. 1958 to 1960 were never trained on."
        ),
        "ja": (
            "1949〜1960 年の国際線の月別旅客数（千人）です。12 か月目から、翌月の値を予測します。"
            "誤差が 20 未満なら正解とします。1958〜1960 年は学習に使っていません。"
        ),
    }

    def example(self, rng: np.random.Generator, /, **parameters: int) -> list[float]:
        """Draw one stretch of the series; `months` is how long it is. There is a true next month after each."""
        months = checked(self.parameters, parameters)["months"]
        start = int(rng.integers(len(SERIES) - months))
        return [float(value) for value in SERIES[start : start + months]]

    def batch(self, rng: np.random.Generator, size: int, length: int | None = None, *, practice: bool = False) -> Batch:
        """Draw `size` windows of the trained years, scored from the twelfth month; for practice in many sizes.

        Given a year as `length`, all sequences are the same: the months before it, scored at those of this year alone.
        """
        if length is None:
            start = rng.integers((TRAINED_TO + 1 - FIRST_YEAR) * YEAR - WINDOW + 1, size=size)
            at, first = start + np.arange(WINDOW)[:, np.newaxis], YEAR - 1
        else:
            start = np.full(size, (length - FIRST_YEAR) * YEAR - BEFORE)
            at, first = start + np.arange(BEFORE + YEAR)[:, np.newaxis], BEFORE - 1
        months = SERIES[at]
        if practice:
            factor = rng.uniform(math.log(FACTORS[0]), math.log(FACTORS[1]), size)
            growth = rng.uniform(-GROWTH, GROWTH, size)
            months = months * np.exp(factor + growth * np.arange(len(at))[:, np.newaxis] / YEAR)
        targets = months[first + 1 :, :, np.newaxis].astype(np.float32)
        years = FIRST_YEAR + at[first + 1 :] // YEAR
        return Batch(
            months[:-1, :, np.newaxis], first, targets, np.ones(targets.shape, np.bool_), years, None, self.tolerance
        )

    def judge(self, tokens: Sequence[float], *, has_initial_state: bool = False) -> Judgement:
        """Find the tokens in the series, and say what came next there; tie each month's step to the next year's.

        As long as the tokens stand in several places, what came next is not known.
        """
        if has_initial_state:
            return without_answers(len(tokens), "initial-state")
        places = np.arange(len(SERIES))
        end, off_task = len(tokens), None
        for t, token in enumerate(tokens):
            inside = places[places + t < len(SERIES)]
            found = inside[SERIES[inside + t] == token]
            if not len(found):
                end, off_task = t, OffTask(t, "not-the-series", {"value": f"{token:g}"})
                break
            places = found
        answers: list[float | None] = [None] * len(tokens)
        if len(places) == 1:
            start = int(places[0])
            for t in range(YEAR - 1, min(end, len(SERIES) - 1 - start)):
                answers[t] = float(SERIES[start + t + 1])
        marks = tuple(Mark(t, t + YEAR, "year") for t in range(0, end - YEAR, YEAR))
        return Judgement(marks, tuple(answers), (None,) * len(tokens), off_task)


def months_of(year: int) -> NDArray[np.intp]:
    """Return the places of a year's months in the series."""
    return (year - FIRST_YEAR) * YEAR + np.arange(YEAR)


def same_month(t: NDArray[np.intp]) -> NDArray[np.float64]:
    """Forecast month `t` by the same month a year earlier: the seasonal naive forecast."""
    return np.asarray(SERIES[t - YEAR])


def same_month_grown(t: NDArray[np.intp]) -> NDArray[np.float64]:
    """Forecast month `t` by the same month a year earlier, times the growth over a year of the month before `t`."""
    return np.asarray(SERIES[t - YEAR] * SERIES[t - 1] / SERIES[t - YEAR - 1])


RIVALS: Final[tuple[tuple[Mapping[str, str], Callable[[NDArray[np.intp]], NDArray[np.float64]]], ...]] = (
    ({"en": "the same month a year earlier", "ja": "前年同月"}, same_month),
    (
        {"en": "the same month a year earlier times the last month's growth", "ja": "前年同月×前月の前年比"},
        same_month_grown,
    ),
)
"""Forecasts that need no network, each with its words."""
