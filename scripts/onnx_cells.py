"""The LSTM cells in onnxruntime, which knows peepholes, coupled gates and other squashing functions; float32 only.

ONNX has the gates in the order i o f c, two biases, and the peepholes in the order i o f. Knows the layout of our
weights and nothing else of lstm/.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper

Numbers = NDArray[Any]


class Form(NamedTuple):
    """How a cell is said in ONNX: our order of its rows, the functions σ g h with α and β, and `input_forget`."""

    rows: tuple[str, ...]
    functions: tuple[str, str, str] = ("Sigmoid", "Tanh", "Tanh")
    alpha: tuple[float, ...] = ()
    beta: tuple[float, ...] = ()
    input_forget: int = 0


FORMS = {
    "lstm": Form(("i", "f", "c", "o")),
    "lstm-peephole": Form(("i", "f", "c", "o")),
    "lstm-coupled": Form(("f", "c", "o"), input_forget=1),
    # 4σ(z) − 2 = 2·tanh(z/2) and 2σ(C) − 1 = tanh(C/2)
    "lstm1997": Form(("i", "c", "o"), ("Sigmoid", "ScaledTanh", "ScaledTanh"), (2.0, 1.0), (0.5, 0.5)),
    "lstm1997-open": Form(("i", "c"), ("Sigmoid", "Sigmoid", "Affine"), (1.0,), (0.0,)),
}
ORDER, PEEPHOLES = ("i", "o", "f", "c"), ("i", "o", "f")
ALWAYS_OPEN = 100.0
"""A bias for a gate that the cell does not have: its σ is 1."""


def in_onnx_order(form: Form, values: Numbers, absent: float) -> Numbers:
    """Our rows in ONNX's order; the rows of a gate that is not ours hold `absent`.

    onnxruntime's `input_forget` leaves i free and computes f = 1 − i, where our f is free: our f is its i with the
    other sign, since σ(−z) = 1 − σ(z). It must not look at the rows for f, so those hold a number that would show.
    """
    gates = dict(zip(form.rows, np.split(values, len(form.rows)), strict=True))
    nothing = np.full_like(gates["c"], absent)
    if form.input_forget:
        gates |= {"i": -gates["f"], "f": np.full_like(gates["f"], 0.7)}
    return np.concatenate([gates.get(gate, nothing) for gate in ORDER])


def steps(cell: str, weights: dict[str, Numbers], x: Numbers, h: Numbers, c: Numbers) -> tuple[Numbers, Numbers]:
    """One step of one layer from each of B states: x (B, X), h and c (B, H) give the next h and c."""
    form = FORMS[cell]
    biases = (in_onnx_order(form, weights["bias_ih"], ALWAYS_OPEN), in_onnx_order(form, weights["bias_hh"], 0))
    feeds = {
        "x": x[np.newaxis],
        "w": in_onnx_order(form, weights["weight_ih"], 0)[np.newaxis],
        "r": in_onnx_order(form, weights["weight_hh"], 0)[np.newaxis],
        "b": np.concatenate(biases)[np.newaxis],
        "h": h[np.newaxis],
        "c": c[np.newaxis],
    }
    if "weight_ch" in weights:
        p = dict(zip(("i", "f", "o"), np.split(weights["weight_ch"], 3), strict=True))
        feeds["p"] = np.concatenate([p[gate] for gate in PEEPHOLES])[np.newaxis]
    node = helper.make_node(
        "LSTM",
        ["x", "w", "r", "b", "", "h", "c", *(["p"] if "p" in feeds else [])],
        ["", "h_after", "c_after"],
        hidden_size=h.shape[-1],
        activations=list(form.functions),
        input_forget=form.input_forget,
        **({"activation_alpha": list(form.alpha), "activation_beta": list(form.beta)} if form.alpha else {}),
    )
    described = [helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape) for name, value in feeds.items()]
    after = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("h_after", "c_after")]
    graph = helper.make_graph([node], cell, described, after)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    h_after, c_after = session.run(None, feeds)
    return h_after[0], c_after[0]
