"""Record what PyTorch and onnxruntime compute, for the tests of the cells: every gate of every step, and gradients.

PyTorch's own modules show only h (and the last C), so a loop written in PyTorch shows the gates (torch_cells). Before
anything is written, its h and C are asserted against `nn.LSTM`, `nn.GRU` and `nn.RNN` where they are the same cell, and
in float32 against onnxruntime, which has every form of the LSTM (onnx_cells). Gradients are PyTorch's own. Run it where
torch, onnx and onnxruntime are installed, from the repository:

    python -m scripts.record_oracles

It writes tests/lstm/oracles/, which is kept in the repository; run it again when a shipped model is trained again.
Knows nothing of lstm/ but the names of quantities and where the shipped weights are.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from scripts import torch_edits
from scripts.onnx_cells import FORMS
from scripts.onnx_cells import steps as onnx_steps
from scripts.torch_cells import AGREE, STEPS, Changes, Found, checked, loop, module_of, nothing, state_names
from scripts.torch_gradients import jacobian_norms, saliency

ROOT = Path(__file__).parent.parent
FOLDER, SHIPPED = ROOT / "tests" / "lstm" / "oracles", ROOT / "lstm" / "pretrained"
SHIPPED_STEPS, SHIPPED_NUMBERS = 100, 4_000
STEPS_LONG, FREE_STEPS, BATCH, INPUTS, UNITS, FREE_UNITS, OUTPUTS = 12, 200, 3, 5, 6, 8, 4
LOGITS = ((11, 1), (6, 3))
"""The step and the output of the logits whose gradients are recorded."""


def record(cell: str, layers: int, dtype: torch.dtype) -> Found:
    """A batch of short runs, with every quantity and part; its steps are compared one at a time."""
    torch.manual_seed(10 * layers + len(cell))
    module = module_of(cell, INPUTS, UNITS, layers).double()
    # Larger than PyTorch's first weights, so that no two gates and no two biases are nearly alike.
    module.load_state_dict({name: torch.randn_like(values) for name, values in module.state_dict().items()})
    readout = {"weight": torch.randn(OUTPUTS, UNITS).double(), "bias": torch.randn(OUTPUTS).double()}
    x = torch.randn(STEPS_LONG, BATCH, INPUTS).double().to(dtype)
    drawn = {name: torch.randn(layers, BATCH, UNITS).double().tanh().to(dtype) for name in state_names(cell)}
    first = {f"{name}.{k}": values[k].clone() for name, values in drawn.items() for k in range(layers)}
    module = module.to(dtype)
    found = checked(cell, module, x, first)
    logits = found[-1]["h"] @ readout["weight"].to(dtype).T + readout["bias"].to(dtype)
    saved = {f"weights.{name}": values for name, values in module.state_dict().items()}
    saved |= {f"weights.readout.{name}": values.to(dtype) for name, values in readout.items()}
    saved |= {"x": x, "logits": logits, "y": torch.softmax(logits, dim=-1)}
    saved |= {f"first.{name}": values for name, values in first.items()}
    saved |= {f"layers.{k}.{name}": values for k, layer in enumerate(found) for name, values in layer.items()}
    if dtype == torch.float64:
        d_logits = torch.randn(STEPS_LONG, BATCH, OUTPUTS).double()
        saved |= {"d_logits": d_logits} | gradients(cell, module, readout, x, first, d_logits)
    elif cell in FORMS:
        saved |= by_onnx(cell, module, x, first, found)
    return saved


def gradients(
    cell: str,
    module: Any,  # noqa: ANN401 - of torch
    readout: Found,
    x: Tensor,
    first: Found,
    d_logits: Tensor,
    *,
    changes: Changes = nothing,
) -> Found:
    """The derivatives of Σ d_logits·logits by the weights, the input and the first states, by PyTorch's autograd."""
    named = {name: values.detach() for name, values in module.named_parameters()}
    named |= {f"readout.{name}": values for name, values in readout.items()}
    named |= {"x": x} | {f"first.{name}": values for name, values in first.items()}
    leaves = {name: values.clone().requires_grad_() for name, values in named.items()}
    weights = {name: values for name, values in leaves.items() if "_l" in name}
    with torch.enable_grad():
        at = {name: leaves[f"first.{name}"] for name in first}
        h = torch.func.functional_call(
            Loop(cell, module, changes), {f"module.{k}": v for k, v in weights.items()}, (leaves["x"], at)
        )
        logits = h @ leaves["readout.weight"].T + leaves["readout.bias"]
        (d_logits * logits).sum().backward()
    return {f"gradients.{name}": values.grad for name, values in leaves.items() if values.grad is not None}


def record_gradients(cell: str, layers: int) -> Found:
    """Of the first sequence of the float64 recording: Jacobians, and what two logits depend on."""
    recorded, module, readout = recorded_run(cell, layers)
    return of_first_sequence(cell, module, readout, recorded, recorded["logits"])


def record_edits(cell: str, layers: int) -> tuple[Found, torch_edits.Edits]:
    """The float64 recording once more with what-if edits: every quantity, logits and gradients; and the edits."""
    recorded, module, readout = recorded_run(cell, layers)
    states = state_names(cell)
    gates = sorted({name.split(".")[2] for name in recorded if name.startswith("layers.0.")} - {"pre", *states})
    edits = torch_edits.some_of_every_kind(gates, "c" if "c" in states else "h", layers)
    changes = partial(torch_edits.at, edits)
    first = {name.removeprefix("first."): values for name, values in recorded.items() if name.startswith("first.")}
    found = loop(cell, module, recorded["x"], first, changes)
    logits = found[-1]["h"] @ readout["weight"].T + readout["bias"]
    saved = {f"layers.{k}.{name}": v for k, layer in enumerate(found) for name, v in layer.items()} | {"logits": logits}
    saved |= gradients(cell, module, readout, recorded["x"], first, recorded["d_logits"], changes=changes)
    return saved | of_first_sequence(cell, module, readout, recorded, logits, changes), edits


def recorded_run(cell: str, layers: int) -> tuple[Found, Any, Found]:
    """The float64 recording, a module with its weights, and its readout."""
    recorded: Found = load_file(FOLDER / f"{cell}-{layers}-float64.safetensors")
    weights = {name.removeprefix("weights."): v for name, v in recorded.items() if name.startswith("weights.")}
    readout = {name: weights.pop(f"readout.{name}") for name in ("weight", "bias")}
    module = module_of(cell, INPUTS, UNITS, layers).double()
    module.load_state_dict(weights)
    return recorded, module, readout


def of_first_sequence(
    cell: str,
    module: Any,  # noqa: ANN401 - of torch
    readout: Found,
    recorded: Found,
    logits: Tensor,
    changes: Changes = nothing,
) -> Found:
    """Jacobians of the first sequence of a recorded batch, and what two of its logits depend on."""
    x, layers = recorded["x"][:, 0], module.num_layers
    first = [{name: recorded[f"first.{name}.{k}"][0] for name in state_names(cell)} for k in range(layers)]
    saved = jacobian_norms(cell, module, x, first, changes)
    for t, output in LOGITS:
        found = saliency(cell, module, readout, x, first, (t, output), changes=changes)
        torch.testing.assert_close(found["logit"], logits[t, 0, output], rtol=1e-12, atol=0)
        saved |= {f"logit.{t}.{output}.{name}": values for name, values in found.items()}
    return saved


class Loop(torch.nn.Module):  # type: ignore[misc]  # torch is not followed
    """The loop as a module, so that its weights can be others."""

    def __init__(self, cell: str, module: Any, changes: Changes) -> None:  # noqa: ANN401 - of torch
        super().__init__()
        self.cell, self.module, self.changes = cell, module, changes

    def forward(self, x: Tensor, first: Found) -> Tensor:
        """The last layer's h over time."""
        return loop(self.cell, self.module, x, first, self.changes)[-1]["h"]


def by_onnx(cell: str, module: Any, x: Tensor, first: Found, found: list[Found]) -> Found:  # noqa: ANN401 - of torch
    """What onnxruntime makes of every step from the recorded state before it, found to be what the loop says."""
    saved = {}
    for k, layer in enumerate(found):
        inputs = found[k - 1]["h"] if k else x
        before = {n: torch.cat([first[f"{n}.{k}"][None], layer[n][:-1]]).flatten(0, 1).numpy() for n in ("h", "c")}
        weights = {n.removesuffix(f"_l{k}"): v.numpy() for n, v in module.state_dict().items() if n.endswith(f"_l{k}")}
        after = onnx_steps(cell, weights, inputs.flatten(0, 1).numpy(), before["h"], before["c"])
        for name, values in zip(("h", "c"), after, strict=True):
            np.testing.assert_allclose(values, layer[name].flatten(0, 1), rtol=AGREE[x.dtype], atol=AGREE[x.dtype])
            saved[f"onnx.{k}.{name}"] = torch.from_numpy(values).reshape(layer[name].shape)
    return saved


def record_free(cell: str, layers: int) -> Found:
    """A long run over symbols with PyTorch's first weights, in float64, and how far PyTorch's float32 is from it."""
    torch.manual_seed(100 * layers + len(cell))
    module = module_of(cell, INPUTS, FREE_UNITS, layers)
    symbols = torch.randint(INPUTS, (FREE_STEPS,))
    x = torch.nn.functional.one_hot(symbols, INPUTS).float()
    first = zeros(cell, layers, FREE_UNITS)
    single = checked(cell, module, x, first)
    weights = {f"weights.{name}": values.clone() for name, values in module.state_dict().items()}
    double = checked(cell, module.double(), x.double(), {name: values.double() for name, values in first.items()})
    saved: Found = {**weights, "symbols": symbols}
    for k, (layer, exact) in enumerate(zip(single, double, strict=True)):
        for name in (name for name in exact if not name.startswith("pre.")):
            saved[f"layers.{k}.{name}"] = exact[name]
            saved[f"distance.{k}.{name}"] = (layer[name].double() - exact[name]).abs().max()
    return saved


def record_shipped(path: Path) -> Found:
    """A shipped model on the beginnings of its first two examples: every quantity, computed in float64, and y.

    A digest of the weights goes with it, so that a test knows whether they are still those that were recorded.
    """
    with safe_open(path, "pt") as file:
        card = json.loads(file.metadata()["gatescope"])
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    layers, units = sum(name.startswith("weight_hh") for name in weights), weights["weight_hh_l0"].shape[1]
    inputs = weights["weight_ih_l0"].shape[1]
    module = module_of(card["cell"], inputs, units, layers)
    module.load_state_dict({name: values for name, values in weights.items() if not name.startswith("readout.")})
    saved = {"weights": torch.tensor(list(digest({k: v.numpy() for k, v in weights.items()})), dtype=torch.uint8)}
    for n, example in enumerate(card["examples"][:2]):
        given = example["input"][: min(SHIPPED_STEPS, SHIPPED_NUMBERS // (layers * units))]
        if card["alphabet"] is None:
            saved[f"{n}.input"] = torch.tensor(given, dtype=torch.float32).reshape(-1, inputs)
            x = saved[f"{n}.input"].double()
        else:
            saved[f"{n}.input"] = torch.tensor([card["alphabet"].index(symbol) for symbol in given])
            x = torch.nn.functional.one_hot(saved[f"{n}.input"], inputs).double()
        first = {name: values.double() for name, values in zeros(card["cell"], layers, units).items()}
        found = checked(card["cell"], module.double(), x, first)
        outputs = found[-1]["h"] @ weights["readout.weight"].double().T + weights["readout.bias"].double()
        for k, layer in enumerate(found):
            saved |= {f"{n}.{k}.{name}": values.float() for name, values in layer.items() if "." not in name}
        saved[f"{n}.y"] = (torch.softmax(outputs, dim=-1) if card["readout"] == "softmax" else outputs).float()
    return saved


def digest(weights: Mapping[str, Any]) -> bytes:
    """32 bytes that tell these weights from others: SHA-256 over the arrays in the order of their names."""
    joined = b"".join(np.ascontiguousarray(weights[name]).tobytes() for name in sorted(weights))
    return hashlib.sha256(joined).digest()


def zeros(cell: str, layers: int, units: int) -> Found:
    """The state that a run starts from, for one sequence."""
    return {f"{name}.{k}": torch.zeros(units) for name in state_names(cell) for k in range(layers)}


def write(name: str, saved: Found, edits: torch_edits.Edits | None = None) -> None:
    """Write one file, with the versions of what computed it and the edits of the run."""
    tensors = {key: values.detach().clone().contiguous() for key, values in saved.items()}
    versions = {"torch": torch.__version__, "onnxruntime": onnxruntime.__version__}
    facts = versions if edits is None else {**versions, "edits": json.dumps(edits)}
    save_file(tensors, FOLDER / f"{name}.safetensors", facts)


def main() -> int:
    """Record everything; says what was written."""
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for cell in STEPS:
        for layers in (1, 2):
            write(f"{cell}-{layers}-float32", record(cell, layers, torch.float32))
            write(f"{cell}-{layers}-float64", record(cell, layers, torch.float64))
            write(f"{cell}-{layers}-free", record_free(cell, layers))
            write(f"{cell}-{layers}-gradients", record_gradients(cell, layers))
            write(f"{cell}-{layers}-edits", *record_edits(cell, layers))
    for path in SHIPPED.glob("*.safetensors"):
        write(f"shipped-{path.stem}", record_shipped(path))
    written = list(FOLDER.glob("*.safetensors"))
    print(
        f"{len(written)} files, {sum(path.stat().st_size for path in written):,} bytes, by PyTorch {torch.__version__}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
