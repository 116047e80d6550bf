"""Reads what scripts/record_oracles.py wrote: the numbers that PyTorch and onnxruntime computed, by layer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import load_file

from lstm.cells import CELLS
from lstm.edits import Ablate, Clamp, Edit, Edits, SetState
from lstm.network import Network
from lstm.trace import State

FOLDER = Path(__file__).parent / "oracles"
CASES = [(cell, layers) for cell in CELLS for layers in (1, 2)]
TOLERANCE = {"float32": 2e-6, "float64": 1e-13}
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Oracle:
    """A recorded run: the network with its weights, and everything else by name."""

    network: Network
    recorded: Mapping[str, Numbers]

    def layer(self, k: int) -> dict[str, Numbers]:
        """The quantities of a layer, (T, …, H), and the parts of its pre-activations as "pre.f.x" and so on."""
        return self._under(f"layers.{k}.")

    def before(self, k: int) -> dict[str, Numbers]:
        """The states before each step of a layer, (T, …, H)."""
        layer, first = (
            self.layer(k),
            {name: self.recorded[f"first.{name}.{k}"] for name in self.network.cell.state_names},
        )
        return {name: np.concatenate([value[np.newaxis], layer[name][:-1]]) for name, value in first.items()}

    def inputs(self, k: int) -> Numbers:
        """What a layer reads, (T, …, ·)."""
        return self.layer(k - 1)["h"] if k else self.recorded["x"]

    def distances(self, k: int) -> dict[str, float]:
        """How far PyTorch's float32 was from its float64, at most, in each quantity of a layer."""
        return {name: float(value) for name, value in self._under(f"distance.{k}.").items()}

    def by_onnx(self, k: int) -> dict[str, Numbers]:
        """What onnxruntime made of each step of a layer from the state before it: h and c, (T, …, H)."""
        return self._under(f"onnx.{k}.")

    def gradients(self) -> dict[str, Numbers]:
        """PyTorch's derivatives of Σ d_logits·logits by everything: weights, "x" and "first.h.0" and so on."""
        return self._under("gradients.")

    def _under(self, prefix: str) -> dict[str, Numbers]:
        return {key.removeprefix(prefix): value for key, value in self.recorded.items() if key.startswith(prefix)}


def load_oracle(cell: str, layers: int, kind: str) -> Oracle:
    """A recording; `kind` is float32, float64 or free. A free run has no readout of its own and gets one of zeros."""
    recorded = load_file(FOLDER / f"{cell}-{layers}-{kind}.safetensors")
    weights = {key.removeprefix("weights."): value for key, value in recorded.items() if key.startswith("weights.")}
    hidden_size = weights["weight_hh_l0"].shape[1]
    dtype = weights["weight_hh_l0"].dtype
    weights.setdefault("readout.weight", np.zeros((1, hidden_size), dtype))
    weights.setdefault("readout.bias", np.zeros(1, dtype))
    return Oracle(Network.from_parameters(cell, weights, "softmax"), recorded)


def load_gradients(cell: str, layers: int) -> Mapping[str, Numbers]:
    """PyTorch's gradients of the float64 recording's first sequence, as "jacobian.0.h.c" or "logit.11.1.inputs"."""
    return load_file(FOLDER / f"{cell}-{layers}-gradients.safetensors")


def first_sequence(oracle: Oracle) -> tuple[Numbers, State]:
    """The input of the first sequence of a recorded batch, and its initial state."""
    names, layers = oracle.network.cell.state_names, len(oracle.network.cells)
    state = tuple({name: oracle.recorded[f"first.{name}.{k}"][0] for name in names} for k in range(layers))
    return oracle.recorded["x"][:, 0], state


def assert_near(found: Numbers, expected: Numbers, tolerance: float, what: str) -> None:
    """Both are of one shape, and nowhere further apart than tolerance·max(1, |expected|)."""
    assert found.shape == expected.shape, what
    distance = np.abs(found - expected) / np.maximum(1, np.abs(expected))
    assert distance.max() <= tolerance, f"{what} is off by {distance.max():.2e}"


def load_edits(cell: str, layers: int) -> tuple[Edits, Mapping[str, Numbers]]:
    """The edits of the float64 recording's second run, and what PyTorch made of it, gradients and Jacobians too."""
    path = FOLDER / f"{cell}-{layers}-edits.safetensors"
    with safe_open(path, "np") as file:
        return Edits(tuple(map(_edit, json.loads(file.metadata()["edits"])))), load_file(path)


def _edit(facts: Mapping[str, Any]) -> Edit:
    units = None if facts["units"] is None else tuple(facts["units"])
    if facts["kind"] == "set":
        return SetState(facts["quantity"], facts["value"], facts["t"], facts["layer"], units)
    where = (facts["layer"], units, facts["from"], facts["to"])
    return Ablate(*where) if facts["kind"] == "ablate" else Clamp(facts["quantity"], facts["value"], *where)
