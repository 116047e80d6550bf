"""The part of plotly.min.js that the page draws with.

The whole file is 4.8 MB, and a browser on two slow cores needs 1.3 to 1.5 s to evaluate it: among fifty kinds of chart
are maps and 3-D, whose start-up throws and catches errors, for each of which V8 parses the file again to know the line.
The page needs two kinds. The file was made by esbuild: statements one after the other in one function, where a module
is `var name=W((exports,module)=>{…})` or `var a,b,name=Ea(()=>{…})` and runs when somebody calls `name()`; the last one
registers the kinds of chart. So: shorten that list, then keep what can still be reached. No statement is changed but
the list; the shell around them, which is for other ways to load the file, gives way to a plain one. A file of another
shape is left whole.

Knows JavaScript's brackets and literals; does not know the page or HTTP.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Final, NamedTuple

import numpy as np

log = logging.getLogger(__name__)

_STRING: Final = rb""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""


def _template(levels: int) -> bytes:
    """A template literal, with others inside its expressions to so many levels."""
    if levels == 0:
        return rb"`(?:[^`\\]|\\.)*`"
    inside = rb"[^`\"'{}]|" + _STRING + rb"|" + _template(levels - 1)
    return rb"`(?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:" + inside + rb"|\{(?:" + inside + rb")*\})*\})*`"


_COMMENT_OR_REGEX: Final = (
    rb"/(?:\*.*?\*/|(?:(?<=[(,=:\[!&|?{};+\-*%<>~^]/)|(?<=return/)|(?<=typeof/)|(?<=case/))"
    rb"(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/)"
)
_NO_CODE: Final = re.compile(b"|".join([_STRING, _template(2), _COMMENT_OR_REGEX]), re.DOTALL)
_START: Final = b"var Plotly=(()=>{"
_END: Final = b"})();"
_EXPORT: Final = b"window.Plotly = Plotly;"
_OPEN: Final = b'\nwindow.Plotly=(function(){"use strict";'
_CLOSE: Final = b"}).call(this);"
"""Of a function in brackets V8 knows that it runs at once, and reads it in full in the thread that gets the file."""
_FUNCTION: Final = re.compile(rb"(?:async )?function\*?\s*([\w$]+)")
_MODULE: Final = re.compile(rb"var (?:[\w$]+,)*([\w$]+)=[\w$]+\((?:[\w$]+|\([\w$,]*\))=>\{")
_NAME: Final = re.compile(rb"[\w$]+")
_ABOUT: Final = re.compile(rb"[\w$]+\(([\w$]+),")
_USE: Final = re.compile(rb"(?<![\w$.])([A-Za-z_$][\w$]*)(\(\))?")
_REGISTER: Final = re.compile(rb"\.register\(\[((?:[\w$]+\(\),?)+)\]\)")
_REEXPORT: Final = re.compile(rb"\.exports=([\w$]+)\(\)\}\)")


class UnknownShape(ValueError):
    """The file is not the bundle that this module can read."""


class Statement(NamedTuple):
    """One statement of the bundle's body."""

    text: bytes
    declares: list[bytes]
    module: bytes | None
    """The name whose call runs it, if it waits to be called."""


@cache
def part(source: bytes, kinds: tuple[str, ...]) -> bytes:
    """The bundle with these kinds of chart beside `scatter`, which is in its core; the whole bundle if that fails."""
    try:
        return _part(source, kinds)
    except UnknownShape as fault:
        log.warning("The page gets all of plotly.min.js, which is slow: %s", fault)
        return source


def _part(source: bytes, kinds: tuple[str, ...]) -> bytes:
    end, bounds, commas = _read(source)
    statements = [_statement(source, a, b, commas) for a, b in bounds]
    entry, shorter = _fewer(statements, kinds)
    statements[entry] = statements[entry]._replace(text=shorter)
    kept = sorted(_reached(statements))
    body = b"".join(statements[n].text for n in kept)
    licence, notices = source[: source.find(b"*/") + 2], source[end + len(_END) : source.rfind(_EXPORT)]
    return licence + _OPEN + body + _CLOSE + notices


def _read(source: bytes) -> tuple[int, list[tuple[int, int]], np.ndarray]:
    """Where the bundle's body ends, its statements, and the commas that stand in no bracket."""
    start = source.find(_START) + len(_START)
    if start < len(_START):
        raise UnknownShape("it does not start as esbuild's bundles do")
    if not source.startswith(b"/**") or _EXPORT not in source:
        raise UnknownShape("its licence or its end is another")
    code = np.frombuffer(source, np.uint8)[start:].copy()
    spans = np.array([found.span() for found in _NO_CODE.finditer(source, start)]) - start
    edges = np.zeros(len(code) + 1, np.int8)
    edges[spans[:, 0]] += 1
    np.subtract.at(edges, spans[:, 1], 1)
    code[np.cumsum(edges[:-1], dtype=np.int8) > 0] = ord(" ")
    by = np.zeros(256, np.int8)
    by[list(b"([{")], by[list(b")]}")] = 1, -1
    depth = np.cumsum(by[code], dtype=np.int32)
    size = int(np.argmax(depth < 0))
    if not source.startswith(_END, start + size):
        raise UnknownShape("its brackets cannot be paired")
    outside = np.where(depth[:size] == 0, code[:size], 0)
    bounds, at = [], start
    for place in (np.flatnonzero((outside == ord(";")) | (outside == ord("}"))) + start + 1).tolist():
        if source[place - 1 : place] == b";" or _FUNCTION.match(source, at):
            bounds.append((at, place))
            at = place
    if source[at : start + size].strip():
        raise UnknownShape("its last statement has no end")
    return start + size, bounds, np.flatnonzero(outside == ord(",")) + start


def _statement(source: bytes, start: int, end: int, commas: np.ndarray) -> Statement:
    text = source[start:end]
    if function := _FUNCTION.match(text):
        return Statement(text, [function[1]], None)
    if not text.startswith((b"var ", b"let ", b"const ")):
        return Statement(text, [], None)
    first, last = np.searchsorted(commas, (start, end))
    places = [text.index(b" ") + 1, *(commas[first:last] - start + 1).tolist()]
    module = _MODULE.match(text)
    return Statement(text, [name[0] for at in places if (name := _NAME.match(text, at))], module[1] if module else None)


def _fewer(statements: list[Statement], kinds: tuple[str, ...]) -> tuple[int, bytes]:
    """The statement that registers the kinds of chart, and its text with those that are wanted."""
    modules = {statement.module: statement.text for statement in statements if statement.module}
    for entry in range(len(statements) - 1, -1, -1):
        if found := _REGISTER.search(statements[entry].text):
            break
    else:
        raise UnknownShape("nothing registers kinds of chart")
    wanted = []
    for name in found[1].replace(b"()", b"").split(b","):
        inner = _REEXPORT.search(modules.get(name, b""))
        text = modules.get(inner[1], b"") if inner else b""
        if any(b'moduleType:"trace",name:"%s"' % kind.encode() in text for kind in kinds):
            wanted.append(name + b"()")
    if len(wanted) != len(kinds):
        raise UnknownShape(f"it does not register {', '.join(kinds)} as expected")
    text = statements[entry].text
    return entry, text[: found.start(1)] + b",".join(wanted) + text[found.end(1) :]


def _reached(statements: list[Statement]) -> set[int]:
    """The places of the statements that run or may be asked for.

    A module is asked for by a call without arguments, anything else by its name. An expression such as `Fp(x,{…})`
    belongs to `x`; any other runs at once.
    """
    owners = {name: n for n, statement in enumerate(statements) for name in statement.declares}
    belonging: dict[int, list[int]] = {}
    todo: list[int] = []
    for n, statement in enumerate(statements):
        if not statement.declares:
            about = _ABOUT.match(statement.text)
            (belonging.setdefault(owners[about[1]], []) if about and about[1] in owners else todo).append(n)
    reached: set[int] = set()
    while todo:
        n = todo.pop()
        if n in reached:
            continue
        reached.add(n)
        todo += belonging.get(n, [])
        for name, call in set(_USE.findall(statements[n].text)):
            owner = owners.get(name)
            if owner is not None and (call or statements[owner].module is None):
                todo.append(owner)
    return reached
