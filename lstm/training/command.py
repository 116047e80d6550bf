"""The command line: train a shipped model again from its seed, and replace its file when all is done."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from lstm.catalog import SHIPPED_FOLDER, SUFFIX
from lstm.checkpoint import load
from lstm.training.progress import Progress
from lstm.training.recipes import RECIPES
from lstm.training.search import batches_of, described, make

STOPPED = 130
"""The exit status of a program that Ctrl-C ended."""


def main(arguments: list[str] | None = None) -> int:
    """Train what the command line names and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m lstm.training", description="Train a shipped model again.")
    parser.add_argument("model", choices=RECIPES, help="its name")
    parser.add_argument("--card", action="store_true", help="train nothing: measure the file and write its card anew")
    parser.add_argument("--folder", type=Path, default=SHIPPED_FOLDER, help="where the file goes (%(default)s)")
    options = parser.parse_args(arguments)
    path = options.folder / f"{options.model}{SUFFIX}"
    recipe = RECIPES[options.model]
    if options.card:
        model = load(path)
        described(recipe, model.network, model.card["training"] or {}).save(path)
        print(f"Measured {path.name} again and wrote its card.")
        return 0
    print(f"Training {recipe.name} ({batches_of(recipe):,} batches). Ctrl-C stops it and changes no file.", flush=True)
    start = time.monotonic()
    try:
        model = make(recipe, Progress(batches_of(recipe)))
        options.folder.mkdir(parents=True, exist_ok=True)
        model.save(path)
    except KeyboardInterrupt:
        print(f"\nStopped. Nothing was written. To start again from the seed: make train MODEL={recipe.name}")
        return STOPPED
    accuracy = model.card["accuracy"]
    right = "" if accuracy is None else f"right {accuracy['value']:.2%} of {accuracy['n']:,}"
    print(f"Wrote {path.name} after {(time.monotonic() - start) / 60:.1f} minutes: {right} on fresh sequences.")
    print("Next: make run shows it; make test checks its card.")
    return 0
