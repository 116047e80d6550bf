"""What-if edits in PyTorch: some of every kind for a cell, in the form of the API, and what they do to the loop.

A quantity that is edited is replaced by `torch.where`, so autograd itself says what passes a gradient. Knows
nothing of lstm/ but the names of quantities.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import torch
from torch import Tensor

from scripts.torch_cells import Edit

Edits: TypeAlias = list[dict[str, Any]]


def some_of_every_kind(gates: list[str], state: str, layers: int) -> Edits:
    """Clamps of every gate, overlapping and of all units too, ablations and states that are set, in every layer."""
    found: Edits = []
    for layer in range(layers):
        for k, gate in enumerate(gates):
            units, value = [k, k + 2], 0.1 + 0.2 * k
            found.append(clamp(gate, value, layer, units, k, k + 3 + layer))
        if gates:
            found.append(clamp(gates[-1], 0.75, layer, None, 8, 8))
            found.append(clamp(gates[0], 0.5, layer, [5], 9, None))
            found.append(clamp(gates[0], 1.0, layer, [5], 10, 10))
        found.append({"kind": "set", "quantity": state, "value": 0.5, "layer": layer, "units": [1, 4], "t": 5 + layer})
        found.append({"kind": "set", "quantity": state, "value": -0.25, "layer": layer, "units": None, "t": 2})
        found.append({"kind": "ablate", "layer": layer, "units": [2], "from": 3, "to": 6})
        found.append({"kind": "ablate", "layer": layer, "units": [0, 4], "from": 5, "to": None})
    return found


def clamp(
    quantity: str, value: float, layer: int, units: list[int] | None, first: int, last: int | None
) -> dict[str, Any]:
    """One clamp as the API has it, but for the quantity's name, which is the one in Python."""
    where = {"layer": layer, "units": units, "from": first, "to": last}
    return {"kind": "clamp", "quantity": quantity, "value": value, **where}


def at(edits: Edits, layer: int, t: int) -> Edit:
    """What replaces a quantity of a layer at a step: a clamp or a state that is set, and last of all an ablation."""
    here = [edit for edit in edits if edit["layer"] == layer and covers(edit, t)]
    ordered = sorted(here, key=lambda edit: edit["kind"] == "ablate")

    def edited(name: str, values: Tensor) -> Tensor:
        for edit in ordered:
            if edit.get("quantity", "h") == name:
                mask = torch.zeros(values.shape[-1], dtype=torch.bool)
                mask[slice(None) if edit["units"] is None else edit["units"]] = True
                values = torch.where(mask, torch.tensor(edit.get("value", 0.0), dtype=values.dtype), values)
        return values

    return edited


def covers(edit: Mapping[str, Any], t: int) -> bool:
    """Say whether an edit changes a step."""
    if edit["kind"] == "set":
        return bool(edit["t"] == t)
    return edit["from"] <= t and (edit["to"] is None or t <= edit["to"])
