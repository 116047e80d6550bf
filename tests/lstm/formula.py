"""Evaluates a formula of the gate table: the little language, in Python, for the test of the cells.

It is Python's own grammar with only names, numbers, + - *, parentheses, sigmoid() and tanh() let through.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
OPERATORS = {ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh}


def evaluate(formula: str, variables: Mapping[str, Numbers]) -> Numbers:
    """The value of a formula; `variables` by their name in it, such as "C_tilde" or "prev.C"."""
    return np.asarray(_value(ast.parse(formula, mode="eval").body, variables))


def _value(node: ast.expr, variables: Mapping[str, Numbers]) -> Numbers | float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return variables[name]
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return variables[f"{owner}.{name}"]
        case ast.BinOp(left=left, op=op, right=right):
            result: Numbers = OPERATORS[type(op)](_value(left, variables), _value(right, variables))
            return result
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
            squashed: Numbers = FUNCTIONS[name](_value(argument, variables))
            return squashed
    raise AssertionError(f"not part of the language: {ast.unparse(node)}")
