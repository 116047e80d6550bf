"""The small language of the gate table, read: a formula's value, its steps, and what of a state it keeps.

The language (lstm/gates.py) is part of Python's grammar, so Python reads it. Knows no cell and no table; tests hold the
formulas themselves to what the cells compute.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cache, reduce
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Node: TypeAlias = ast.expr
Value: TypeAlias = float | NDArray[np.float64]

_OPERATORS: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
}
_FUNCTIONS: Final[Mapping[str, Callable[[Any], Any]]] = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh}


class Keeping(NamedTuple):
    """What a formula says of a state S: S(t) = keep·S(t−1) + write, neither of which names S(t−1)."""

    keep: Node
    write: Node


@cache
def parse(formula: str) -> Node:
    """The formula as a tree. Raises ValueError for what is not part of the language."""
    tree = ast.parse(formula, mode="eval").body
    for node in _nodes(tree):
        match node:
            case ast.Constant(value=int() | float()) | ast.Name() | ast.Attribute(value=ast.Name()):
                pass
            case ast.BinOp(op=op) if type(op) in _OPERATORS:
                pass
            case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]) if name in _FUNCTIONS:
                pass
            case _:
                raise ValueError(f"{ast.unparse(node)!r} in {formula!r} is not part of the language of formulas")
    return tree


def text(node: Node) -> str:
    """A part of a formula, written as in the table."""
    return ast.unparse(node)


def names(node: Node) -> list[str]:
    """The variables in it, such as "prev.C", in reading order, each once."""
    return list(dict.fromkeys(text(leaf) for leaf in _nodes(node) if isinstance(leaf, ast.Name | ast.Attribute)))


def evaluate(node: Node, variables: Mapping[str, Value]) -> Value:
    """Its value in float64; `variables` by their names, numbers or arrays of one shape."""
    with np.errstate(over="ignore"):  # exp(−z) in σ passes through infinity
        value: Value = _value(node, variables)
    return value


def steps(node: Node) -> list[Node]:
    """Every operation in it, in the order of computing, itself the last; a sum or product of several is one step."""
    found = [step for operand in _operands(node) for step in steps(operand)]
    return [*found, node] if _operands(node) else []


def squashing(node: Node) -> ast.Call | None:
    """The call that squashes the pre-activation: the one whose argument speaks of `pre.`, if there is one."""
    calls = (part for part in _nodes(node) if isinstance(part, ast.Call))
    return next((call for call in calls if any(name.startswith("pre.") for name in names(call))), None)


def keeping(node: Node, state: str) -> Keeping | None:
    """What a formula keeps of `state`, such as "prev.C", and what it adds; None where it is no such sum."""
    terms = [_chain(term, ast.Mult) for term in _chain(node, ast.Add)]
    kept = [factors for factors in terms if any(text(factor) == state for factor in factors)]
    if len(kept) != 1 or sum(text(leaf) == state for leaf in _nodes(node)) != 1:
        return None
    keep = [factor for factor in kept[0] if text(factor) != state]
    write = [_joined(factors, ast.Mult(), 1) for factors in terms if factors is not kept[0]]
    return Keeping(_joined(keep, ast.Mult(), 1), _joined(write, ast.Add(), 0))


def _value(node: Node, variables: Mapping[str, Value]) -> Any:  # noqa: ANN401 - a number or an array
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, variables), _value(right, variables))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _FUNCTIONS[name](_value(argument, variables))
        case _:
            return variables[text(node)]


def _nodes(node: Node) -> Iterator[Node]:
    """The tree's nodes in reading order, an operation before its operands."""
    yield node
    match node:
        case ast.BinOp(left=left, right=right):
            yield from (*_nodes(left), *_nodes(right))
        case ast.Call(args=arguments):
            for argument in arguments:
                yield from _nodes(argument)


def _operands(node: Node) -> list[Node]:
    """What one step works on: the argument of a call, all terms of a sum, all factors of a product."""
    match node:
        case ast.BinOp(op=ast.Mult()):
            return _chain(node, ast.Mult)
        case ast.BinOp():
            return _chain(node, ast.Add, ast.Sub)
        case ast.Call(args=[argument]):
            return [argument]
        case _:
            return []


def _chain(node: Node, *operators: type[ast.operator]) -> list[Node]:
    """a, b and c of a + b + c, which is read as (a + b) + c."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, operators):
        return [*_chain(node.left, *operators), node.right]
    return [node]


def _joined(nodes: list[Node], operator: ast.operator, nothing: int) -> Node:
    """The terms of a sum, or the factors of a product, as one formula again; `nothing` where there are none."""
    return reduce(lambda left, right: ast.BinOp(left, operator, right), nodes) if nodes else ast.Constant(nothing)
