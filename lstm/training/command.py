"""The command line: train shipped models again from their seeds, and measure again what their cards say."""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from lstm.catalog import SHIPPED_FOLDER, SUFFIX, shipped
from lstm.checkpoint import Model, load
from lstm.errors import BadCheckpoint
from lstm.training.audit import differences
from lstm.training.progress import Progress
from lstm.training.recipes import RECIPES, Recipe
from lstm.training.search import batches_of, before, described, make

STOPPED: Final = 130
"""The exit status of a program that Ctrl-C ended."""
ZOO: Final = Path("zoo")
"""Where `--all` puts its files."""


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m lstm.training", description="Train shipped models again.")
    parser.add_argument("models", nargs="*", metavar="model", help=f"its name: {', '.join(RECIPES)}")
    parser.add_argument("--all", action="store_true", help="train every model whose file is not in the folder yet")
    parser.add_argument("--card", action="store_true", help="train nothing: measure the file and write its card anew")
    parser.add_argument(
        "--evaluate", action="store_true", help="change nothing: measure every figure of the cards again"
    )
    parser.add_argument("--folder", type=Path, help=f"where the files are ({SHIPPED_FOLDER}; with --all: {ZOO})")
    parser.add_argument("--jobs", type=int, default=1, help="with --all: how many to train at once (%(default)s)")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.models if name not in RECIPES]:
        parser.error(f"there is no model {unknown[0]!r}; the models: {', '.join(RECIPES)}")
    if not (options.models or options.all or options.evaluate):
        parser.error(f"name a model, such as brackets-lstm; the models: {', '.join(RECIPES)}")
    folder = options.folder or (ZOO if options.all else SHIPPED_FOLDER)
    try:
        if options.evaluate:
            return evaluate_cards(options.models or shipped().names(), folder)
        if options.all:
            return train_all(options.models or list(RECIPES), folder, options.jobs)
        for name in options.models:
            (write_card if options.card else train_one)(RECIPES[name], folder)
    except KeyboardInterrupt:
        print("\nStopped. Files that were finished are whole, and no other was written. The same command starts again.")
        return STOPPED
    except OSError as error:
        if error.strerror is None:
            print(f"No file was changed: {error}.", file=sys.stderr)
            return 1
        print(f"No file was changed: {error.strerror} ({error.filename or folder}).", file=sys.stderr)
        print("Next: make room, or name a folder that can be written to with --folder.", file=sys.stderr)
        return 1
    return 0


def train_one(recipe: Recipe, folder: Path) -> None:
    """Train a model from its seed and replace its file when all is done. Raises OSError where none can be written."""
    path = folder / f"{recipe.name}{SUFFIX}"
    print(f"Training {recipe.name} ({batches_of(recipe):,} batches). Ctrl-C stops it and changes no file.", flush=True)
    start = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):  # raises now, and not after minutes of training
        pass
    model = make(recipe, Progress(batches_of(recipe))) if recipe.trained else before(recipe, _trained(recipe, folder))
    model.save(path)
    accuracy = model.card["accuracy"]
    right = "" if accuracy is None else f"right {accuracy['value']:.2%} of {accuracy['n']:,}"
    print(f"Wrote {path.name} after {(time.monotonic() - start) / 60:.1f} minutes: {right} on fresh sequences.")
    print("Next: make run shows it; make test checks its card.")


def write_card(recipe: Recipe, folder: Path) -> None:
    """Measure a file's network again and write its card anew."""
    path = folder / f"{recipe.name}{SUFFIX}"
    model = load(path)
    described(recipe, model.network, model.card["training"] or {}).save(path)
    print(f"Measured {path.name} again and wrote its card.")


def train_all(names: Sequence[str], folder: Path, jobs: int) -> int:
    """Train what is not in the folder yet, each in a process of its own; a file there is finished and is left alone."""
    wanted = [name for name in names if not (folder / f"{name}{SUFFIX}").exists()]
    for name in names:
        if name not in wanted:
            print(f"{name}: done already ({folder / f'{name}{SUFFIX}'})")
    said = threading.Lock()
    running: list[subprocess.Popen[str]] = []

    def train(name: str) -> bool:
        command = [sys.executable, "-m", "lstm.training", name, "--folder", str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:  # noqa: S603
            running.append(process)
            for line in process.stdout or ():
                with said:
                    print(f"{name}: {line}", end="", flush=True)
        return process.returncode == 0

    # What a model was before its training is made from the trained one.
    rounds = ([name for name in wanted if RECIPES[name].trained == trained] for trained in (True, False))
    failed: list[str] = []
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for group in rounds:
                failed += [name for name, well in zip(group, pool.map(train, group), strict=True) if not well]
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in running:
                process.terminate()
            raise
    if failed:
        print(f"Not made: {', '.join(failed)}; the lines above say why. The same command goes on from here.")
        return 1
    print(f"All {len(names)} models are in {folder}. Next: cp {folder}/*{SUFFIX} {SHIPPED_FOLDER}, then make evaluate.")
    return 0


def evaluate_cards(names: Sequence[str], folder: Path) -> int:
    """Make every card again from its network; 1 where something does not come out the same."""
    faults = 0
    for name in names:
        path = folder / f"{name}{SUFFIX}"
        try:
            wrong = differences(RECIPES[name], load(path))
        except BadCheckpoint as error:
            wrong = [error.detail]
        faults += len(wrong)
        print(f"{name}: {'as its card says' if not wrong else f'{len(wrong)} differences'}", flush=True)
        for line in wrong:
            print(f"  {line}")
    if faults:
        print(f"{faults} places are not what the cards say. Next: train again, or --card writes a card anew.")
        return 1
    print(f"Every figure and text of {len(names)} cards came out the same again.")
    print(
        "What the networks that are not shipped reached in the search is in the cards alone: make train finds it again."
    )
    return 0


def _trained(recipe: Recipe, folder: Path) -> Model:
    """The trained model of a recipe's task and cell: from the same folder, or else the shipped one."""
    name = f"{recipe.task}-{recipe.cell}{SUFFIX}"
    return load(next((path for path in (folder / name, SHIPPED_FOLDER / name) if path.exists()), SHIPPED_FOLDER / name))
