"""Runs the JavaScript unit tests of tests/js/ on the Node that Playwright carries, one pytest test a file.

A failing JavaScript test is a failing pytest test with Node's own report. Knows nothing of what the modules do.
"""

import subprocess
from pathlib import Path

import playwright
import pytest

ROOT = Path(__file__).parents[1]
NODE = Path(playwright.__file__).parent / "driver" / "node"
MODULES = sorted((ROOT / "static" / "js").rglob("*.js"))
TESTS = sorted((ROOT / "tests" / "js").rglob("*.test.mjs"))


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Playwright's Node in the repository's folder and return what it said."""
    return subprocess.run([NODE, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TESTS, ids=relative)
def test_unit_tests_pass(path: Path) -> None:
    ran = node("--test", "--test-reporter=spec", relative(path))
    assert ran.returncode == 0, f"\n{ran.stdout}{ran.stderr}"
    assert f"✔ {relative(path)} (" not in ran.stdout, "Node counts a file that holds no test as one passed test"
    assert "skipped 0\n" in ran.stdout, f"{relative(path)} skips a test"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_is_valid_and_runs_no_code_from_a_string(path: Path) -> None:
    """Node parses each module; eval and its kin would break the page's Content-Security-Policy."""
    parsed = node("--check", relative(path))
    assert parsed.returncode == 0, parsed.stderr
    source = path.read_text(encoding="utf-8")
    assert not [word for word in ("eval(", "new Function(", "document.write(") if word in source]


def test_there_are_modules_and_tests() -> None:
    """An empty folder would make the tests above pass by running none."""
    assert MODULES
    assert TESTS
