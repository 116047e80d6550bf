"""Gradients through a run by PyTorch's autograd: Jacobians of a state cut from its past, and what one logit depends on.

The runs are those of the loop in torch_cells, one sequence at a time. Knows nothing of lstm/ but names of quantities.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from scripts.torch_cells import STEPS, Changes, Found, nothing, state_names, weights_of

State = list[dict[str, Tensor]]
"""For each layer, each state (H,)."""


def run(
    cell: str,
    module: Any,  # noqa: ANN401 - of torch
    x: Tensor,
    first: State,
    nudges: list[Tensor] | None = None,
    *,
    changes: Changes = nothing,
    start: int = 0,
) -> list[State]:
    """The states of all layers after each step; `nudges`, (T, rows) a layer, are added to its pre-activations.

    `changes` says what is edited, in steps of which the first is `start`.
    """
    state, states = first, []
    for t, inputs in enumerate(x):
        after: State = []
        for k, before in enumerate(state):
            w_ih, w_hh, b_ih, *others = weights_of(module, k)
            bias = b_ih if nudges is None else b_ih + nudges[k][t]
            edit = changes(k, start + t)
            below = after[k - 1]["h"] if k else inputs
            step = STEPS[cell](below, before["h"], before.get("c", before["h"]), [w_ih, w_hh, bias, *others], edit)
            after.append({name: step[name] for name in state_names(cell)})
        state = after
        states.append(state)
    return states


def jacobian_norms(cell: str, module: Any, x: Tensor, first: State, changes: Changes = nothing) -> Found:  # noqa: ANN401 - of torch
    """The Frobenius norms of ∂s(T)/∂s(t) of each layer, by block, (T,): the graph is cut at the state after step t.

    All layers run on from there, with the other layers' states as they were.
    """
    names = state_names(cell)
    with torch.no_grad():
        states = run(cell, module, x, first, changes=changes)
    saved: Found = {}
    for layer in range(len(first)):
        norms = torch.empty(len(x), len(names), len(names), dtype=x.dtype)
        for t, state in enumerate(states):

            def last(*cut: Tensor, t: int = t, state: State = state, layer: int = layer) -> tuple[Tensor, ...]:
                start = [*state[:layer], dict(zip(names, cut, strict=True)), *state[layer + 1 :]]
                after = [start, *run(cell, module, x[t + 1 :], start, changes=changes, start=t + 1)][-1][layer]
                return tuple(after[name].clone() for name in names)

            with torch.enable_grad():
                found = torch.autograd.functional.jacobian(last, tuple(state[layer][name].clone() for name in names))
            norms[t] = torch.stack([torch.stack([torch.linalg.norm(block) for block in row]) for row in found])
        saved |= {
            f"jacobian.{layer}.{of}.{by}": norms[:, a, b] for a, of in enumerate(names) for b, by in enumerate(names)
        }
    return saved


def saliency(
    cell: str,
    module: Any,  # noqa: ANN401 - of torch
    readout: Found,
    x: Tensor,
    first: State,
    at: tuple[int, int],
    *,
    changes: Changes = nothing,
) -> Found:
    """The logit `at` (step t, output), ‖∂logit/∂x(s)‖₂, (t+1,), and ∂logit/∂z(s) of each layer, (t+1, rows)."""
    t, output = at
    x = x[: t + 1].clone().requires_grad_()
    rows = [len(weights_of(module, k)[2]) for k in range(len(first))]
    nudges = [torch.zeros(t + 1, n, dtype=x.dtype, requires_grad=True) for n in rows]
    with torch.enable_grad():
        h = run(cell, module, x, first, nudges, changes=changes)[-1][-1]["h"]
        logit = readout["weight"][output] @ h + readout["bias"][output]
        by_x, *by_z = torch.autograd.grad(logit, [x, *nudges])
    saved = {"logit": logit, "inputs": torch.linalg.norm(by_x, dim=-1)}
    return saved | {f"pre.{k}": values for k, values in enumerate(by_z)}
