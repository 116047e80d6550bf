"""All of the page's own modules in one file, with a source map that shows them apart.

Fifty modules are fifty requests, six at a time: on two slow cores a third of a second of a first visit. Here each
becomes a function that runs once, in the order of the imports (in brackets, by which V8 knows that and reads it in full
in the thread that gets the file); its lines stay as they are but for `import` and `export`. This is no bundler: it
reads the forms of import and export that our modules use, one a line, and refuses any other. Knows that much of
JavaScript; does not know what the modules do, or HTTP.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, normpath
from typing import Final, NamedTuple

_FROM: Final = r' from "(\.[\w./-]+)";$'
_NAMED: Final = re.compile(r"import \{ ([\w$ ,]+?),? \}" + _FROM)
_WHOLE: Final = re.compile(r"import \* as ([\w$]+)" + _FROM)
_LATER: Final = re.compile(r'\bimport\("(\.[\w./-]+)"\)')
_EXPORT: Final = re.compile(r"export ((?:async )?(?:const|class|function\*?) ([\w$]+))")
_OTHER: Final = re.compile(r"(?:import|export)\b(?!\()")
_BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class UnknownForm(ValueError):
    """A line that this module cannot read."""


class Module(NamedTuple):
    """One module, its lines ready to stand in a function; `@name@` stands for another module's exports."""

    lines: list[str]
    needs: list[str]
    """What has to run before it."""
    asks: list[str]
    """What it imports when it wants it."""


def join(sources: Mapping[str, str], entry: str, name: str) -> tuple[str, str]:
    """The module `entry` and all that it imports as one module `name`, and the source map of that.

    `sources` has each module by its path from the folder where the result stands. Raises UnknownForm.
    """
    modules: dict[str, Module] = {}
    wanted = [entry]
    for path in wanted:
        _visit(path, sources, modules, ())
        wanted += [asked for module in modules.values() for asked in module.asks if asked not in wanted]
    numbers = {path: f"m{n}" for n, path in enumerate(modules)}
    lines: list[str] = []
    places: list[tuple[int, int] | None] = []
    for n, (path, module) in enumerate(modules.items()):
        lines += [f"const {numbers[path]} = (function () {{ // {path}", *module.lines, "})();"]
        places += [None, *((n, line) for line in range(len(module.lines) - 1)), None, None]
    text = re.sub(r"@([\w./-]+\.js)@", lambda found: numbers[found[1]], "\n".join(lines))
    return f"{text}\n//# sourceMappingURL={name}.map\n", _source_map(list(modules), places)


def _visit(path: str, sources: Mapping[str, str], done: dict[str, Module], above: tuple[str, ...]) -> None:
    """Put what a module needs and then the module itself into `done`."""
    if path in done:
        return
    if path in above:
        raise UnknownForm(f"{path} imports itself by way of {', '.join(above)}.")
    if path not in sources:
        raise UnknownForm(f"{path} is imported and is not there.")
    module = _read(path, sources[path])
    for need in module.needs:
        _visit(need, sources, done, (*above, path))
    done[path] = module


def _read(path: str, source: str) -> Module:
    needs, asks, exports = [], [], []
    lines = source.removesuffix("\n").split("\n")

    def target(address: str) -> str:
        return normpath(f"{dirname(path)}/{address}")

    def later(found: re.Match[str]) -> str:
        asks.append(target(found[1]))
        return f"Promise.resolve().then(() => @{asks[-1]}@)"

    for n, line in enumerate(lines):
        if named := _NAMED.match(line):
            needs.append(target(named[2]))
            lines[n] = f"const {{ {named[1].replace(' as ', ': ')} }} = @{needs[-1]}@;"
        elif whole := _WHOLE.match(line):
            needs.append(target(whole[2]))
            lines[n] = f"const {whole[1]} = @{needs[-1]}@;"
        elif export := _EXPORT.match(line):
            exports.append(export[2])
            lines[n] = _LATER.sub(later, line.removeprefix("export "))
        elif _OTHER.match(line):
            raise UnknownForm(f'{path}:{n + 1}: "{line}" is a form that app/modules.py does not know.')
        else:
            lines[n] = _LATER.sub(later, line)
    return Module([*lines, f"return {{ {', '.join(exports)} }};"], needs, asks)


def _source_map(sources: list[str], places: list[tuple[int, int] | None]) -> str:
    """Version 3 (ECMA-426): for each line of the result its source and line, from the column 0."""
    mappings = []
    before = (0, 0)
    for place in places:
        if place is None:
            mappings.append("")
            continue
        steps = (0, place[0] - before[0], place[1] - before[1], 0)
        mappings.append("".join(digit for step in steps for digit in _vlq(step)))
        before = place
    return json.dumps({"version": 3, "sources": sources, "names": [], "mappings": ";".join(mappings)})


def _vlq(number: int) -> Iterator[str]:
    """A whole number in base 64, five bits a digit, the lowest first, the sign in the lowest of all."""
    rest = abs(number) << 1 | (number < 0)
    while rest >= 32:
        yield _BASE64[rest & 31 | 32]
        rest >>= 5
    yield _BASE64[rest]
