"""The card of a model as the API shows it: the file's own, and what follows from its weights, its gates and its task.

Knows no HTTP.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from app.schemas.models import CardBody, GeneratorParameter, PresetBody, QuantityBody, Words
from lstm.cells import Cell
from lstm.checkpoint import Model
from lstm.edits import PRESETS
from lstm.tasks import TASKS, Task


def task_of(model: Model) -> Task | None:
    """The task whose right answers hold for a model: the one its card names, if symbols or numbers are the task's."""
    task = TASKS.get(model.card["task"] or "")
    if task is None:
        return None
    outputs = None if model.card["outputs"] is None else tuple(model.card["outputs"])
    network = model.network
    theirs = (model.tokenizer.alphabet, outputs, network.input_size, network.output_size)
    return task if theirs == (task.alphabet, task.outputs, task.input_size, task.output_size) else None


def card_body(model: Model) -> CardBody:
    """Everything a page needs to offer a model, to run it and to say what it can do."""
    card, network, task = model.card, model.network, task_of(model)
    unnamed: Words = {"en": model.name, "ja": model.name}
    label, about = (task.label, task.about) if task else (unnamed, None)
    body = {
        "name": model.name,
        "label": card.get("label", label),
        "about": card.get("about", about),
        "fails": card.get("fails"),
        "cell": network.cell.name,
        "layers": len(network.cells),
        "hidden_size": network.hidden_size,
        "trained": card["trained"],
        "quantities": [_quantity(asdict(q)) for q in network.cell.quantities],
        "alphabet": card["alphabet"],
        "input_size": network.input_size,
        "outputs": card["outputs"],
        "readout": network.readout.kind,
        "limits": card["limits"],
        "task": card["task"],
        "group": task.group if task else None,
        "by": task.by if task else None,
        "tolerance": task.tolerance if task else None,
        "line_break": task.line_break if task else None,
        "guess": task.guess if task else None,
        "presets": _presets(network.cell),
        "generator": [cast(GeneratorParameter, asdict(p)) for p in task.parameters] if task else [],
        "examples": card["examples"],
        "units": card.get("units", []),
        "accuracy": card["accuracy"],
        "training": card["training"],
    }
    return cast(CardBody, body)


def _presets(cell: type[Cell]) -> list[PresetBody]:
    """What can be tried on a cell at once, as edits that leave out what is the same in each."""
    keys = {quantity.name: quantity.key for quantity in cell.quantities}
    return [
        {
            "name": preset.name,
            "edits": [{"kind": "clamp", "quantity": keys[one.quantity], "value": one.value} for one in preset.clamps],
        }
        for preset in PRESETS.get(cell.name, ())
    ]


def _quantity(facts: dict[str, object]) -> QuantityBody:
    """A row of the gate table without its Python name."""
    return cast(QuantityBody, {key: value for key, value in facts.items() if key != "name"})
