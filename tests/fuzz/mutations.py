"""Values that are almost right: something valid with a part of it changed, as mistakes and attacks are made.

`python -m scripts.fuzz` sets FUZZ_CASES, and the tests beside this file then try so many; else they are a taste of it.
Knows JSON and bytes; knows no request and no file.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

CASES: Final = int(os.environ.get("FUZZ_CASES", "0"))

SCALARS: Final = (
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["", "(a)", "\0", "e\u0301", "😀", "\u202e", "f", "C", "h", "pre", 2**31, 2**63, -(2**63), 1e308, 1e-320]
    )
)
VALUES: Final = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=10,
)
LARGE: Final = st.sampled_from(
    [
        *("a" * 20_000, "x" * 5_000, "☃" * 4_000),
        *([0.5] * 20_000, [[0.5] for _ in range(3_000)], {str(n): n for n in range(3_000)}),
    ]
)
"""Rows of their own: what replaces a row that is 3,000 in one would be there 3,000 times, and once more in itself."""


def often(fast: int) -> settings:
    """So many cases in an ordinary run; as many as are asked for in a long one."""
    return settings(
        max_examples=CASES or fast,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
        database=None,
    )


@st.composite
def changed(draw: st.DrawFn, valid: Any) -> Any:  # noqa: ANN401 - any JSON
    """A JSON value with up to three of its parts replaced, removed, repeated or wrapped."""
    value = [copy.deepcopy(valid)]  # in a list, so that the whole has a place too
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(_places(value))))
        what = draw(st.sampled_from(["replace", "replace", "replace", "remove", "wrap", "add", "large", "deep"]))
        if what == "remove" and holder is not value:
            del holder[key]
        elif what == "wrap":
            holder[key] = [holder[key]]
        elif what == "add" and isinstance(holder[key], dict):
            holder[key][draw(st.text(max_size=8))] = draw(VALUES)
        elif what == "large":
            holder[key] = copy.deepcopy(draw(LARGE))
        elif what == "deep":
            for _ in range(draw(st.integers(1, 60))):
                holder[key] = {"a": holder[key]} if draw(st.booleans()) else [holder[key]]
        else:
            holder[key] = draw(VALUES)
    return value[0]


@st.composite
def scrambled(draw: st.DrawFn, valid: bytes) -> bytes:
    """Bytes with some of them changed, cut off, repeated or put in."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        what = draw(st.sampled_from(["flip", "cut", "insert", "repeat", "drop"]))
        if what == "flip" and data:
            data[place] ^= draw(st.integers(1, 255))
        elif what == "cut":
            del data[place:]
        elif what == "insert":
            data[place:place] = draw(st.binary(max_size=16))
        elif what == "repeat":
            data[place:place] = data[place : place + draw(st.integers(1, 64))]
        else:
            del data[place : place + draw(st.integers(1, 16))]
    return bytes(data)


def sent(valid: object) -> st.SearchStrategy[bytes]:
    """A JSON body that is almost right, in its values or in its bytes."""
    text = json.dumps(valid).encode()
    return changed(valid).map(lambda value: json.dumps(value).encode()) | scrambled(text)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - any JSON
    """Every place in a JSON value: what holds it, and under which key."""
    keys = list(value)[:30] if isinstance(value, dict) else list(range(min(len(value), 30)))
    for key in keys:
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from _places(value[key])
