"""The language of the gate table: values by Python's own judgement, steps, and what is kept, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lstm.formula import evaluate, keeping, names, parse, squashing, steps, text
from lstm.gates import TABLES

FORMULAS = sorted({quantity.formula for table in TABLES.values() for quantity in table})


class Named:
    """prev and pre, as Python reads them."""

    def __init__(self, **values: float) -> None:
        self.__dict__.update(values)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_has_the_value_that_python_gives_it(formula: str) -> None:
    rng = np.random.default_rng(0)
    node = parse(formula)
    values = {name: float(rng.standard_normal()) for name in names(node)}
    spoken: dict[str, object] = {name: value for name, value in values.items() if "." not in name}
    for owner in ("prev", "pre"):
        inside = {name.split(".")[1]: value for name, value in values.items() if name.startswith(f"{owner}.")}
        spoken[owner] = Named(**inside)
    functions = {"sigmoid": lambda z: 1 / (1 + math.exp(-z)), "tanh": math.tanh}
    expected = eval(formula, {**functions, **spoken})
    assert evaluate(node, values) == pytest.approx(expected, rel=1e-15)
    assert text(node) == formula


def test_a_formula_over_arrays_is_evaluated_place_by_place() -> None:
    found = evaluate(parse("(1 - z) * n + z * prev.h"), {"z": np.array([0, 1]), "n": np.array([2, 3]), "prev.h": 7.0})
    assert np.asarray(found).tolist() == [2, 7]
    assert evaluate(parse("sigmoid(a)"), {"a": -1e4}) == 0


@pytest.mark.parametrize("formula", ["a / b", "a ** 2", "exp(a)", "tanh(a, b)", "a.b.c", "'a'", "-a", "a if b else c"])
def test_what_is_not_part_of_the_language_is_refused(formula: str) -> None:
    with pytest.raises(ValueError, match="not part of the language"):
        parse(formula)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("C", []),
        ("o * tanh(C)", ["tanh(C)", "o * tanh(C)"]),
        ("f * prev.C + i * C_tilde", ["f * prev.C", "i * C_tilde", "f * prev.C + i * C_tilde"]),
        ("4 * sigmoid(a + b + c) - 2", ["a + b + c", "sigmoid(a + b + c)", "4 * sigmoid(a + b + c)"]),
        ("(1 - z) * n + z * prev.h", ["1 - z", "(1 - z) * n", "z * prev.h"]),
    ],
)
def test_the_steps_of_a_formula_are_its_operations_from_the_inside(formula: str, expected: list[str]) -> None:
    found = [text(step) for step in steps(parse(formula))]
    assert found == (expected if not expected or expected[-1] == formula else [*expected, formula])


def test_the_squash_is_the_call_that_takes_the_pre_activation() -> None:
    call = squashing(parse("tanh(pre.x + pre.b_ih + r * (pre.h + pre.b_hh))"))
    assert call is not None
    assert names(call) == ["pre.x", "pre.b_ih", "r", "pre.h", "pre.b_hh"]
    assert squashing(parse("o * tanh(C)")) is None


@pytest.mark.parametrize(
    ("formula", "state", "keep", "write"),
    [
        ("f * prev.C + i * C_tilde", "prev.C", "f", "i * C_tilde"),
        ("prev.C + i * C_tilde", "prev.C", "1", "i * C_tilde"),
        ("f * prev.C + (1 - f) * C_tilde", "prev.C", "f", "(1 - f) * C_tilde"),
        ("(1 - z) * n + z * prev.h", "prev.h", "z", "(1 - z) * n"),
        ("a * prev.C * b + c + d", "prev.C", "a * b", "c + d"),
        ("f * prev.C", "prev.C", "f", "0"),
    ],
)
def test_what_is_kept_and_what_is_written_is_read_from_the_formula(
    formula: str, state: str, keep: str, write: str
) -> None:
    found = keeping(parse(formula), state)
    assert found is not None
    assert (text(found.keep), text(found.write)) == (keep, write)


@pytest.mark.parametrize(
    "formula",
    ["o * tanh(C)", "tanh(prev.C) + a", "prev.C * prev.C", "prev.C + prev.C", "a - prev.C", "f * (prev.C + a)"],
)
def test_what_is_no_sum_with_a_kept_part_keeps_nothing(formula: str) -> None:
    assert keeping(parse(formula), "prev.C") is None
