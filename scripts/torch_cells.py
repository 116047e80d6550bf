"""Each cell as a loop in PyTorch that shows its gates, written from the equations; and PyTorch's module of it, if any.

The weights lie as in our files. Knows nothing of lstm/ but the names of quantities, and which of them a cell carries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import torch
from torch import Tensor

from lstm.cells import CELLS

Found: TypeAlias = dict[str, Tensor]
Edit: TypeAlias = Callable[[str, Tensor], Tensor]
"""What becomes of a quantity, by its name, before anything reads it."""
Changes: TypeAlias = Callable[[int, int], Edit]
"""The edit of a layer at a step."""

AGREE = {torch.float32: 1e-5, torch.float64: 1e-13}
MODULES = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}
ROWS = {"lstm": 4, "gru": 3, "rnn": 1, "lstm1997": 3, "lstm1997-open": 2, "lstm-peephole": 4, "lstm-coupled": 3}
"""How many gates lie in the rows of a cell's weights."""
PEEPHOLES = 3


class Layers(torch.nn.Module):  # type: ignore[misc]  # torch is not followed
    """The parameters of a cell that PyTorch does not have, drawn as PyTorch draws: evenly from ±1/√units."""

    def __init__(self, cell: str, inputs: int, units: int, layers: int = 1) -> None:
        super().__init__()
        self.num_layers, self.hidden_size = layers, units
        rows = ROWS[cell] * units
        for k in range(layers):
            shapes: dict[str, tuple[int, ...]] = {
                "weight_ih": (rows, units if k else inputs),
                "weight_hh": (rows, units),
                "bias_ih": (rows,),
                "bias_hh": (rows,),
            }
            if cell == "lstm-peephole":
                shapes["weight_ch"] = (PEEPHOLES * units,)
            for name, shape in shapes.items():
                values = torch.empty(shape).uniform_(-(units**-0.5), units**-0.5)
                self.register_parameter(f"{name}_l{k}", torch.nn.Parameter(values))


def untouched(_: str, values: Tensor) -> Tensor:
    """No edit at all."""
    return values


def nothing(_layer: int, _t: int) -> Edit:
    """A run without edits."""
    return untouched


def parts_of(gates: list[str], x: Tensor, h: Tensor, w: list[Tensor]) -> tuple[Found, list[Tensor]]:
    """What x, h(t−1) and the biases put into each gate, by name, and each gate's sum of them."""
    w_ih, w_hh, b_ih, b_hh = w
    from_x, from_h, b = x @ w_ih.T, h @ w_hh.T, b_ih + b_hh
    parts = {"x": from_x, "h": from_h, "b": b.expand_as(from_x)}
    split = {part: values.chunk(len(gates), dim=-1) for part, values in parts.items()}
    named = {f"pre.{gate}.{part}": split[part][k] for k, gate in enumerate(gates) for part in parts}
    return named, list((from_x + from_h + b).chunk(len(gates), dim=-1))


def lstm_step(x: Tensor, h: Tensor, c: Tensor, w: list[Tensor], edit: Edit = untouched) -> Found:
    """One step with PyTorch's rows: input gate, forget gate, candidate, output gate."""
    parts, (z_i, z_f, z_g, z_o) = parts_of(["i", "f", "c_tilde", "o"], x, h, w)
    i, f = edit("i", torch.sigmoid(z_i)), edit("f", torch.sigmoid(z_f))
    g, o = edit("c_tilde", torch.tanh(z_g)), edit("o", torch.sigmoid(z_o))
    c = edit("c", f * c + i * g)
    return {"f": f, "i": i, "c_tilde": g, "c": c, "o": o, "h": edit("h", o * torch.tanh(c)), **parts}


def gru_step(x: Tensor, h: Tensor, _: Tensor, w: list[Tensor], edit: Edit = untouched) -> Found:
    """One step with PyTorch's rows: reset gate, update gate, new gate."""
    w_ih, w_hh, b_ih, b_hh = w
    from_x, from_h = x @ w_ih.T, h @ w_hh.T
    x_r, x_z, x_n = (from_x + b_ih).chunk(3, dim=-1)
    h_r, h_z, h_n = (from_h + b_hh).chunk(3, dim=-1)
    r, z = edit("r", torch.sigmoid(x_r + h_r)), edit("z", torch.sigmoid(x_z + h_z))
    n = edit("n", torch.tanh(x_n + r * h_n))
    found = {"r": r, "z": z, "n": n, "h": edit("h", (1 - z) * n + z * h)}
    biases = [part.expand_as(r) for part in (b_ih + b_hh).chunk(3)]
    for k, gate in enumerate("rzn"):
        found |= {f"pre.{gate}.x": from_x.chunk(3, dim=-1)[k], f"pre.{gate}.h": from_h.chunk(3, dim=-1)[k]}
        if gate != "n":
            found[f"pre.{gate}.b"] = biases[k]
    found["pre.n.b_ih"], found["pre.n.b_hh"] = b_ih.chunk(3)[2].expand_as(r), b_hh.chunk(3)[2].expand_as(r)
    return found


def rnn_step(x: Tensor, h: Tensor, _: Tensor, w: list[Tensor], edit: Edit = untouched) -> Found:
    """One step of the simple network."""
    parts, (z,) = parts_of(["h"], x, h, w)
    return {"h": edit("h", torch.tanh(z)), **parts}


def lstm1997_step(x: Tensor, h: Tensor, c: Tensor, w: list[Tensor], edit: Edit = untouched) -> Found:
    """One step as Hochreiter & Schmidhuber write it (1997, section 4 and appendix A.1), with their g and h."""
    parts, (z_i, z_c, z_o) = parts_of(["i", "c_tilde", "o"], x, h, w)
    i, o = edit("i", torch.sigmoid(z_i)), edit("o", torch.sigmoid(z_o))
    g = edit("c_tilde", 4 * torch.sigmoid(z_c) - 2)
    c = edit("c", c + i * g)
    return {"i": i, "c_tilde": g, "c": c, "o": o, "h": edit("h", o * (2 * torch.sigmoid(c) - 1)), **parts}


def lstm1997_open_step(x: Tensor, h: Tensor, c: Tensor, w: list[Tensor], edit: Edit = untouched) -> Found:
    """One step of the form of their experiment 2a: no output gate, g = σ, h the identity."""
    parts, (z_i, z_c) = parts_of(["i", "c_tilde"], x, h, w)
    i, g = edit("i", torch.sigmoid(z_i)), edit("c_tilde", torch.sigmoid(z_c))
    c = edit("c", c + i * g)
    return {"i": i, "c_tilde": g, "c": c, "h": edit("h", c.clone()), **parts}


def peephole_step(x: Tensor, h: Tensor, c: Tensor, w: list[Tensor], edit: Edit = untouched) -> Found:
    """One step with peepholes (Gers & Schmidhuber 2000): i and f see C(t−1), o sees C(t)."""
    *w, p = w
    p_i, p_f, p_o = p.chunk(PEEPHOLES)
    parts, (z_i, z_f, z_g, z_o) = parts_of(["i", "f", "c_tilde", "o"], x, h, w)
    i, f = edit("i", torch.sigmoid(z_i + p_i * c)), edit("f", torch.sigmoid(z_f + p_f * c))
    g = edit("c_tilde", torch.tanh(z_g))
    parts |= {"pre.i.c": p_i * c, "pre.f.c": p_f * c}
    c = edit("c", f * c + i * g)
    o = edit("o", torch.sigmoid(z_o + p_o * c))
    h = edit("h", o * torch.tanh(c))
    return {"f": f, "i": i, "c_tilde": g, "c": c, "o": o, "h": h, **parts, "pre.o.c": p_o * c}


def coupled_step(x: Tensor, h: Tensor, c: Tensor, w: list[Tensor], edit: Edit = untouched) -> Found:
    """One step whose input gate is what the forget gate leaves."""
    parts, (z_f, z_g, z_o) = parts_of(["f", "c_tilde", "o"], x, h, w)
    f, o = edit("f", torch.sigmoid(z_f)), edit("o", torch.sigmoid(z_o))
    g = edit("c_tilde", torch.tanh(z_g))
    c = edit("c", f * c + (1 - f) * g)
    return {"f": f, "c_tilde": g, "c": c, "o": o, "h": edit("h", o * torch.tanh(c)), **parts}


STEPS: dict[str, Callable[..., Found]] = {
    "lstm": lstm_step,
    "gru": gru_step,
    "rnn": rnn_step,
    "lstm1997": lstm1997_step,
    "lstm1997-open": lstm1997_open_step,
    "lstm-peephole": peephole_step,
    "lstm-coupled": coupled_step,
}


def module_of(cell: str, inputs: int, units: int, layers: int = 1) -> Any:  # noqa: ANN401 - a module of torch
    """PyTorch's module of a cell, or our parameters for one that it does not have; with its first weights."""
    return MODULES[cell](inputs, units, layers) if cell in MODULES else Layers(cell, inputs, units, layers)


def weights_of(module: Any, k: int) -> list[Tensor]:  # noqa: ANN401 - a module of torch
    """The parameters of layer k."""
    return [values for name, values in module.named_parameters() if name.endswith(f"_l{k}")]


def state_names(cell: str) -> tuple[str, ...]:
    """What the cell carries from step to step."""
    return CELLS[cell].state_names


def loop(
    cell: str,
    module: Any,  # noqa: ANN401 - a module of torch
    x: Tensor,
    first: Found,
    changes: Changes = nothing,
) -> list[Found]:
    """Every quantity of every layer, each (T, …, H), from x (T, …, X) and the states before, "h.0" …, each (…, H).

    `changes` says what is edited.
    """
    found = []
    for k in range(module.num_layers):
        h = first[f"h.{k}"]
        c = first.get(f"c.{k}", h)
        steps = []
        for t, x_t in enumerate(x):
            step = STEPS[cell](x_t, h, c, weights_of(module, k), changes(k, t))
            h, c = step["h"], step.get("c", c)
            steps.append(step)
        found.append({name: torch.stack([step[name] for step in steps]) for name in steps[0]})
        x = found[-1]["h"]
    return found


def checked(cell: str, module: Any, x: Tensor, first: Found) -> list[Found]:  # noqa: ANN401 - a module of torch
    """What `loop` finds, after its h, its last h and its last C were found to be those of PyTorch's own module."""
    found = loop(cell, module, x, first)
    scale = 1
    if cell == "lstm1997":
        module, scale = as_lstm(module, x), 2
    elif cell not in MODULES:
        return found  # the recorder asks onnxruntime
    states = [torch.stack([first[f"{name}.{k}"] for k in range(module.num_layers)]) for name in state_names(cell)]
    h, last = module(x, (states[0], states[1] / scale) if len(states) > 1 else states[0])
    last_h, last_c = last if len(states) > 1 else (last, None)
    close = {"rtol": 0, "atol": AGREE[x.dtype]}
    torch.testing.assert_close(found[-1]["h"], h, **close)
    for k, layer in enumerate(found):
        torch.testing.assert_close(layer["h"][-1], last_h[k], **close)
        if last_c is not None:
            torch.testing.assert_close(layer["c"][-1], last_c[k] * scale, **close)
    return found


def as_lstm(module: Any, x: Tensor) -> Any:  # noqa: ANN401 - modules of torch
    """The cell of 1997 as an `nn.LSTM` that carries C/2: f = 1, and the candidate's rows are halved.

    4σ(z) − 2 = 2·tanh(z/2) and 2σ(C) − 1 = tanh(C/2), so C/2 gains i·tanh(z/2), and h = o·tanh(C/2).
    """
    lstm = torch.nn.LSTM(x.shape[-1], module.hidden_size, module.num_layers).to(x.dtype)
    for name, values in lstm.named_parameters():
        i, c_tilde, o = getattr(module, name).detach().chunk(3)
        f = torch.full_like(i, 100) if name.startswith("bias") else torch.zeros_like(i)  # σ(200) is 1, exactly
        values.data = torch.cat([i, f, c_tilde / 2, o])
    return lstm
