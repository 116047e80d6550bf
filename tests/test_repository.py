"""What the repository says about itself is true: the README's tree, the locked lists, the commands, the image.

Knows the files at the top of the repository and not what the code does.
"""

import re
import tomllib
from pathlib import Path

import pytest

from app import VERSION

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LISTS = ("requirements.txt", "requirements-dev.txt")
PROSE = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
REQUIREMENT = re.compile(
    r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))? *\\?$", re.MULTILINE
)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def locked(name: str) -> set[tuple[str, str, str | None]]:
    """Each package of a locked list, with its version and its marker."""
    return {(match["name"], match["version"], match["marker"]) for match in REQUIREMENT.finditer(text(name))}


def named(requirements: list[str]) -> set[str]:
    """The packages that requirements name, without versions."""
    return {re.split(r"[<>=!~\[; ]", requirement)[0] for requirement in requirements}


def folders(parent: Path) -> set[str]:
    """Folders of the repository itself: not those that tools and environments make."""
    return {path.name for path in parent.iterdir() if path.is_dir() and path.name[0] not in "._"} - {
        "node_modules",
        "test-results",
    }


# --- the README's tree -----------------------------------------------------------------------------------------------


def tree() -> dict[str, str]:
    """The README's tree as path -> its line of words; a name without "/" is a Python module."""
    entries: dict[str, str] = {}
    above: list[str] = []
    block = text("README.md").partition("## The tree\n")[2]
    for indent, name, words in re.findall(r"^    ( *)([\w.]+/?) +(\S.*)$", block, re.MULTILINE):
        above[len(indent) // 2 :] = [name]
        entries["".join(above)] = words
    return entries


def test_tree_names_every_folder() -> None:
    named_here = {path for path in tree() if path.endswith("/")}
    top = {f"{name}/" for name in folders(ROOT)}
    inner = {
        f"{parent}/{name}/" for parent in ("app", "deploy", "lstm", "static", "static/js", "templates", "tests")
        for name in folders(ROOT / parent)
    }  # fmt: skip
    assert named_here == top | inner


def test_tree_names_every_module_of_the_core() -> None:
    modules = {f"lstm/{path.stem}" for path in (ROOT / "lstm").glob("*.py") if path.stem != "__init__"}
    assert {path for path in tree() if not path.endswith("/")} == modules


# --- links and commands ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_readme_shows_pictures_that_exist_and_says_what_is_on_them() -> None:
    pictures = re.findall(r"!\[(.*?)\]\((.*?)\)", text("README.md"))
    assert pictures
    for words, path in pictures:
        assert len(words.split()) > 5, path
        assert (ROOT / path).read_bytes().startswith(b"\x89PNG\r\n\x1a\n"), path


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    used = set(re.findall(r"(?:`|^    |^)make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert used <= targets


def test_contributing_explains_every_command() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    explained = set(re.findall(r"^\| `make ([a-z]+)", text("CONTRIBUTING.md"), re.MULTILINE))
    assert targets == explained


def test_files_named_in_contributing_exist() -> None:
    paths = re.findall(
        r"`((?:app|benchmarks|docs|lstm|scripts|static|templates|tests)/[\w./-]*)`", text("CONTRIBUTING.md")
    )
    assert len(paths) > 10
    assert [path for path in paths if "NAME" not in path and not (ROOT / path).exists()] == []


# --- packages and versions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_locked_list_has_hashes_and_names_no_host(name: str) -> None:
    lines = text(name)
    assert not re.search(r"://|^-|--(?!hash=)|file:|@", lines, re.MULTILINE)
    for entry in re.split(r"\n(?=[a-z0-9.-]+==)", lines)[1:]:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry.splitlines()[0]


def test_locked_lists_hold_what_the_project_names() -> None:
    groups = PROJECT["dependency-groups"]
    run = named(PROJECT["project"]["dependencies"])
    develop = run | named(groups["test"]) | named([item for item in groups["dev"] if isinstance(item, str)])
    assert run <= {name for name, _, _ in locked("requirements.txt")}
    assert develop <= {name for name, _, _ in locked("requirements-dev.txt")}
    assert locked("requirements.txt") <= locked("requirements-dev.txt"), "both lists should agree: make lock"


def test_locked_lists_hold_for_every_python_and_leave_torch_out() -> None:
    numpy = {marker for name, _, marker in locked("requirements.txt") if name == "numpy"}
    assert numpy == {"python_full_version < '3.12'", "python_full_version >= '3.12'"}
    assert not [name for name, _, _ in locked("requirements-dev.txt") if name == "torch" or name.startswith("nvidia")]


def test_every_dependency_earns_its_place_in_a_sentence() -> None:
    lines = re.findall(r'^    "[\w-]+>=[\d.]+",? *(.*)$', text("pyproject.toml"), re.MULTILINE)
    groups = PROJECT["dependency-groups"]
    direct = len(PROJECT["project"]["dependencies"]) + sum(
        isinstance(item, str) for group in groups.values() for item in group
    )
    assert len(lines) == direct
    assert [line for line in lines if not re.fullmatch(r"# [A-Z].{10,}\.", line)] == []


def test_one_version() -> None:
    version = PROJECT["project"]["version"]
    assert version == VERSION
    assert f"## [{version}] - " in text("CHANGELOG.md")


def test_no_file_of_others_is_in_the_repository() -> None:
    """Plotly, Swagger UI and axe-core come out of installed packages."""
    ours = [path for name in ("app", "docs", "static", "templates", "tests") for path in (ROOT / name).rglob("*.*")]
    assert [path for path in ours if ".min." in path.name or "swagger" in path.name] == []


# --- the image -------------------------------------------------------------------------------------------------------


def test_image_is_given_what_it_copies_and_nothing_else() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text("Dockerfile"), re.MULTILINE)
    names = {name for names in copied for name in names.split()}
    allowed = set(re.findall(r"^!(.+)$", text(".dockerignore"), re.MULTILINE))
    assert names == allowed
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_image_runs_as_a_numeric_user_that_is_not_root() -> None:
    user = re.findall(r"^USER (\S+)$", text("Dockerfile"), re.MULTILINE)
    assert len(user) == 1
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user[0])
