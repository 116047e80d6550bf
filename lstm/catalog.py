"""Which models there are: the shipped ones, and those in further folders; each loaded and checked once.

A file that cannot be used is reported in `faults` and skipped. Does not know settings, HTTP or training.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Final

from lstm.cells import CELLS
from lstm.checkpoint import Model, load
from lstm.errors import BadCheckpoint, UnknownModel
from lstm.tasks import TASKS

SHIPPED_FOLDER: Final = Path(__file__).parent / "pretrained"
SUFFIX: Final = ".safetensors"


class Catalog:
    """The shipped models and those in `folders`, in the order they are offered.

    First the shipped ones, by task and by cell, each in the order of its table, trained before untrained; then by name.

    Nothing is read before it is asked for; then all files are, once, whichever thread comes first. A name that is
    already taken (by a shipped model, or in an earlier folder) is a fault, not a replacement, and so is a model with
    more than `most_units` in a layer.
    """

    def __init__(
        self, folders: Iterable[Path] = (), shipped: Path = SHIPPED_FOLDER, most_units: int | None = None
    ) -> None:
        self._folders = (shipped, *folders)
        self._most_units = most_units
        self._lock = Lock()
        self._read: tuple[dict[str, Model], tuple[BadCheckpoint, ...]] | None = None

    def names(self) -> tuple[str, ...]:
        """The names of all usable models, in order."""
        return tuple(self._models())

    def load(self, name: str) -> Model:
        """The model of this name; the same object each time. Raises UnknownModel."""
        models = self._models()
        if name not in models:
            raise UnknownModel(name, tuple(models))
        return models[name]

    @property
    def faults(self) -> tuple[BadCheckpoint, ...]:
        """The files and folders that cannot be used, each with its reason."""
        return self._all()[1]

    def _models(self) -> dict[str, Model]:
        return self._all()[0]

    def _all(self) -> tuple[dict[str, Model], tuple[BadCheckpoint, ...]]:
        with self._lock:
            if self._read is None:
                self._read = self._scan()
            return self._read

    def _scan(self) -> tuple[dict[str, Model], tuple[BadCheckpoint, ...]]:
        found: dict[str, Model] = {}
        faults: list[BadCheckpoint] = []
        own: set[str] = set()
        for folder in self._folders:
            try:
                paths = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX) and path.name[0] != ".")
            except OSError as error:
                faults.append(BadCheckpoint(folder, f"the folder cannot be read ({error.strerror})"))
                continue
            for path in paths:
                try:
                    model = _load_named(path)
                    units = model.network.hidden_size
                    if self._most_units is not None and units > self._most_units:
                        raise BadCheckpoint(path, f"its layers have {units:,} units; at most {self._most_units:,} may")
                    if model.name in found:
                        raise BadCheckpoint(path, f"there is already a model named {model.name}")
                except BadCheckpoint as fault:
                    faults.append(fault)
                else:
                    found[model.name] = model
                    own |= {model.name} if folder == self._folders[0] else set()
        names = sorted(found, key=lambda name: (name not in own, _place(found[name]) if name in own else (), name))
        return {name: found[name] for name in names}, tuple(faults)


def _place(model: Model) -> tuple[int, bool, int]:
    """Where a shipped model is offered."""
    tasks, cells = list(TASKS), list(CELLS)
    task = tasks.index(model.card["task"]) if model.card["task"] in tasks else len(tasks)
    return task, not model.card["trained"], cells.index(model.card["cell"])


def _load_named(path: Path) -> Model:
    model = load(path)
    if model.name != path.name.removesuffix(SUFFIX):
        raise BadCheckpoint(path, f"its card says its name is {model.name}; the file should be named so")
    return model


def shipped() -> Catalog:
    """A catalog of the shipped models alone."""
    return Catalog()
