"""The arrows of the design: who may import whom, read from the source and not from what happens to run.

Each list goes from the top down: a module imports only what stands below it. A new module has to be given its place.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = {
    "lstm": [
        *("training", "catalog", "untrained", "tasks", "explain", "checkpoint", "card"),
        *("backward", "network", "cells", "memory", "trace", "edits", "tokenizers"),
        *("formula", "gates", "activations", "errors", "allocator"),
    ],
    "app": [
        *(
            "__main__",
            "cli",
            "server",
            "main",
            "routes",
            "openapi",
            "documents",
            "gradients",
            "glance",
            "differences",
            "deps",
            "explanations",
            "streaming",
            "messages",
            "cards",
        ),
        *("middleware", "limits", "logs", "metrics", "records"),
        *("pages", "requests", "assets", "modules", "plotly", "errors", "schemas", "settings"),
    ],
}
SCRIPTS = ROOT / "static" / "js"
JS_IMPORT = re.compile(
    r"""(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']"""
)
LIBRARIES = {"lstm": {"numpy", "safetensors"}}


def modules(package: str) -> list[Path]:
    """The source files of a package."""
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Everything a file imports, anywhere in it, as dotted names; `from a import b` gives both a and a.b."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def place(path: Path) -> str:
    """The name under which a file stands in its package's order: its own, or that of its folder."""
    relative = path.relative_to(ROOT)
    return relative.parts[1].removesuffix(".py")


def names(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("package", ORDER)
def test_every_module_has_its_place(package: str) -> None:
    assert {place(path) for path in modules(package)} - {"__init__"} == set(ORDER[package])


@pytest.mark.parametrize("package", ORDER)
def test_arrows_point_down(package: str) -> None:
    order = ORDER[package]
    for path in modules(package):
        here = place(path)
        for name in imports(path):
            parts = name.split(".")
            if parts[0] != package or len(parts) == 1 or parts[1] not in order or parts[1] == here:
                continue
            assert here in order, f"{path.relative_to(ROOT)} is the package itself and imports {name}"
            assert order.index(here) < order.index(parts[1]), (
                f"{path.relative_to(ROOT)} imports {name}, which is above it"
            )


def test_the_core_knows_nothing_above_it() -> None:
    for path in modules("lstm"):
        allowed = {"lstm", *LIBRARIES["lstm"], *sys.stdlib_module_names}
        assert names(path) <= allowed, f"{path.relative_to(ROOT)} imports {names(path) - allowed}"


def test_serving_does_not_need_training_or_tests() -> None:
    for path in modules("app"):
        assert not names(path) & {"tests", "benchmarks", "scripts"}
        assert not [name for name in imports(path) if name.startswith("lstm.training")], path


def test_no_route_knows_another() -> None:
    for path in modules("app/routes"):
        assert not [name for name in imports(path) if name.startswith("app.routes")], path


def test_the_test_reads_every_kind_of_import(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("import a.b\nfrom c import d\ndef f():\n    if True:\n        import e as g\n", "utf-8")
    assert sorted(imports(path)) == ["a.b", "c", "c.d", "e"]


def js_imports(path: Path) -> set[str]:
    """The modules that a script imports, as paths under static/js."""
    found = {a or b for a, b in JS_IMPORT.findall(path.read_text("utf-8"))}
    return {(path.parent / name).resolve().relative_to(SCRIPTS).as_posix() for name in found if name.startswith(".")}


def test_a_view_knows_no_view_and_only_charts_know_plotly_and_only_api_fetches() -> None:
    scripts = sorted(SCRIPTS.rglob("*.js"))
    assert scripts
    for path in scripts:
        here = path.relative_to(SCRIPTS).as_posix()
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)
        imported = js_imports(path)
        if not here.startswith("main"):
            assert not {name for name in imported if name.startswith("views/")}, f"{here} imports a view: {imported}"
        if not here.startswith("charts/"):
            assert "Plotly." not in text, f"{here} calls Plotly"
        if here != "api.js":
            assert not re.search(r"\bfetch\(", text), f"{here} fetches"
