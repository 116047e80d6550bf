"""Record what PyTorch computes, for the tests of the cells: every gate of every step, in float32 and float64.

PyTorch's own modules show only h (and the last C), so a loop written in PyTorch shows the gates, and its h and C are
asserted against `nn.LSTM`, `nn.GRU` and `nn.RNN` before anything is written. Run it where torch is installed:

    python scripts/record_oracles.py

It writes tests/lstm/oracles/, which is kept in the repository; run it again when a shipped model is trained again.
Knows nothing of lstm/ but the names of quantities and where the shipped weights are.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TypeAlias

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

ROOT = Path(__file__).parent.parent
FOLDER, SHIPPED = ROOT / "tests" / "lstm" / "oracles", ROOT / "lstm" / "pretrained"
STEPS, FREE_STEPS, BATCH, INPUTS, UNITS, FREE_UNITS, OUTPUTS = 12, 200, 3, 5, 6, 8, 4
MODULES = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}
AGREE = {torch.float32: 1e-5, torch.float64: 1e-13}

Found: TypeAlias = dict[str, Tensor]


def lstm_step(x: Tensor, h: Tensor, c: Tensor, w: list[Tensor]) -> Found:
    """One step with PyTorch's rows: input gate, forget gate, candidate, output gate."""
    w_ih, w_hh, b_ih, b_hh = w
    from_x, from_h, b = x @ w_ih.T, h @ w_hh.T, b_ih + b_hh
    z_i, z_f, z_g, z_o = (from_x + from_h + b).chunk(4, dim=-1)
    i, f, g, o = torch.sigmoid(z_i), torch.sigmoid(z_f), torch.tanh(z_g), torch.sigmoid(z_o)
    c = f * c + i * g
    found = {"f": f, "i": i, "c_tilde": g, "c": c, "o": o, "h": o * torch.tanh(c)}
    for k, gate in enumerate(("i", "f", "c_tilde", "o")):
        parts = {"x": from_x, "h": from_h, "b": b.expand_as(from_x)}
        found |= {f"pre.{gate}.{part}": values.chunk(4, dim=-1)[k] for part, values in parts.items()}
    return found


def gru_step(x: Tensor, h: Tensor, w: list[Tensor]) -> Found:
    """One step with PyTorch's rows: reset gate, update gate, new gate."""
    w_ih, w_hh, b_ih, b_hh = w
    from_x, from_h = x @ w_ih.T, h @ w_hh.T
    x_r, x_z, x_n = (from_x + b_ih).chunk(3, dim=-1)
    h_r, h_z, h_n = (from_h + b_hh).chunk(3, dim=-1)
    r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + r * h_n)
    found = {"r": r, "z": z, "n": n, "h": (1 - z) * n + z * h}
    biases = [part.expand_as(r) for part in (b_ih + b_hh).chunk(3)]
    for k, gate in enumerate("rzn"):
        found |= {f"pre.{gate}.x": from_x.chunk(3, dim=-1)[k], f"pre.{gate}.h": from_h.chunk(3, dim=-1)[k]}
        if gate != "n":
            found[f"pre.{gate}.b"] = biases[k]
    found["pre.n.b_ih"], found["pre.n.b_hh"] = b_ih.chunk(3)[2].expand_as(r), b_hh.chunk(3)[2].expand_as(r)
    return found


def rnn_step(x: Tensor, h: Tensor, w: list[Tensor]) -> Found:
    """One step of the simple network."""
    w_ih, w_hh, b_ih, b_hh = w
    from_x, from_h, b = x @ w_ih.T, h @ w_hh.T, b_ih + b_hh
    h = torch.tanh(from_x + from_h + b)
    return {"h": h, "pre.h.x": from_x, "pre.h.h": from_h, "pre.h.b": b.expand_as(h)}


def loop(cell: str, module: Any, x: Tensor, first: Found) -> list[Found]:  # noqa: ANN401 - one of three classes
    """Every quantity of every layer, each (T, …, H), from x (T, …, X) and the states before, each (layers, …, H)."""
    found = []
    for k in range(module.num_layers):
        w = [getattr(module, f"{name}_l{k}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        h, c = first["h"][k], first.get("c", first["h"])[k]
        steps = []
        for x_t in x:
            if cell == "lstm":
                step = lstm_step(x_t, h, c, w)
                c = step["c"]
            else:
                step = (gru_step if cell == "gru" else rnn_step)(x_t, h, w)
            h = step["h"]
            steps.append(step)
        found.append({name: torch.stack([step[name] for step in steps]) for name in steps[0]})
        x = found[-1]["h"]
    return found


def state_names(cell: str) -> tuple[str, ...]:
    """What the cell carries from step to step."""
    return ("h", "c") if cell == "lstm" else ("h",)


def checked(cell: str, module: Any, x: Tensor, first: Found) -> list[Found]:  # noqa: ANN401 - one of three classes
    """What `loop` finds, after its h, its last h and its last C were found to be the module's."""
    found = loop(cell, module, x, first)
    states = (first["h"], first["c"]) if cell == "lstm" else first["h"]
    h, last = module(x, states)
    last_h, last_c = last if cell == "lstm" else (last, None)
    close = {"rtol": 0, "atol": AGREE[x.dtype]}
    torch.testing.assert_close(found[-1]["h"], h, **close)
    for k, layer in enumerate(found):
        torch.testing.assert_close(layer["h"][-1], last_h[k], **close)
        if last_c is not None:
            torch.testing.assert_close(layer["c"][-1], last_c[k], **close)
    return found


def record(cell: str, layers: int, dtype: torch.dtype) -> Found:
    """A batch of short runs, with every quantity and part; its steps are compared one at a time."""
    torch.manual_seed(10 * layers + len(cell))
    module = MODULES[cell](INPUTS, UNITS, layers).double()
    # Larger than PyTorch's first weights, so that no two gates and no two biases are nearly alike.
    module.load_state_dict({name: torch.randn_like(values) for name, values in module.state_dict().items()})
    readout = {"weight": torch.randn(OUTPUTS, UNITS).double(), "bias": torch.randn(OUTPUTS).double()}
    x = torch.randn(STEPS, BATCH, INPUTS).double().to(dtype)
    first = {name: torch.randn(layers, BATCH, UNITS).double().tanh().to(dtype) for name in state_names(cell)}
    module = module.to(dtype)
    found = checked(cell, module, x, first)
    logits = found[-1]["h"] @ readout["weight"].to(dtype).T + readout["bias"].to(dtype)
    saved = {f"weights.{name}": values for name, values in module.state_dict().items()}
    saved |= {f"weights.readout.{name}": values.to(dtype) for name, values in readout.items()}
    saved |= {"x": x, "logits": logits, "y": torch.softmax(logits, dim=-1)}
    saved |= {f"first.{name}.{k}": first[name][k] for name in first for k in range(layers)}
    saved |= {f"layers.{k}.{name}": values for k, layer in enumerate(found) for name, values in layer.items()}
    return saved


def record_free(cell: str, layers: int) -> Found:
    """A long run over symbols with PyTorch's first weights, in float64, and how far PyTorch's float32 is from it."""
    torch.manual_seed(100 * layers + len(cell))
    module = MODULES[cell](INPUTS, FREE_UNITS, layers)
    symbols = torch.randint(INPUTS, (FREE_STEPS,))
    x = torch.nn.functional.one_hot(symbols, INPUTS).float()
    first = {name: torch.zeros(layers, FREE_UNITS) for name in state_names(cell)}
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
    """A shipped model on its first two examples, in float64: every quantity, and what it says of each step."""
    with safe_open(path, "pt") as file:
        card = json.loads(file.metadata()["gatescope"])
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    module = MODULES[card["cell"]](len(card["alphabet"]), weights["weight_hh_l0"].shape[1])
    module.load_state_dict({name: values for name, values in weights.items() if not name.startswith("readout.")})
    saved = {f"weights.{name}": values for name, values in weights.items()}
    for n, example in enumerate(card["examples"][:2]):
        symbols = torch.tensor([card["alphabet"].index(symbol) for symbol in example["input"]])
        x = torch.nn.functional.one_hot(symbols, len(card["alphabet"])).double()
        first = {name: torch.zeros(1, module.hidden_size).double() for name in state_names(card["cell"])}
        (found,) = checked(card["cell"], module.double(), x, first)
        logits = found["h"] @ weights["readout.weight"].double().T + weights["readout.bias"].double()
        saved |= {f"{n}.{name}": values for name, values in found.items() if not name.startswith("pre.")}
        saved |= {f"{n}.symbols": symbols, f"{n}.y": torch.softmax(logits, dim=-1)}
    return saved


def write(name: str, saved: Found) -> None:
    """Write one file, with the version of PyTorch that computed it."""
    tensors = {key: values.detach().clone().contiguous() for key, values in saved.items()}
    save_file(tensors, FOLDER / f"{name}.safetensors", {"torch": torch.__version__})


def main() -> int:
    """Record everything; says what was written."""
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for cell in MODULES:
        for layers in (1, 2):
            write(f"{cell}-{layers}-float32", record(cell, layers, torch.float32))
            write(f"{cell}-{layers}-float64", record(cell, layers, torch.float64))
            write(f"{cell}-{layers}-free", record_free(cell, layers))
    for path in SHIPPED.glob("*.safetensors"):
        write(f"shipped-{path.stem}", record_shipped(path))
    written = list(FOLDER.glob("*.safetensors"))
    print(
        f"{len(written)} files, {sum(path.stat().st_size for path in written):,} bytes, by PyTorch {torch.__version__}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
