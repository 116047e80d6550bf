"""What training makes small: the loss of each scored step, and its slope by the network's outputs.

Does not know networks or tasks.
"""

from __future__ import annotations

import numpy as np

from lstm.activations import Array
from lstm.network import ReadoutKind
from lstm.tasks import Batch


def cross_entropy(logits: Array, targets: Array) -> tuple[Array, Array]:
    """−Σ target·log y, y = softmax(logits), of each step (…), in nats, and its derivative by the logits (…, O).

    Each target is a distribution.
    """
    z = np.moveaxis(logits, -1, 0).copy()  # outputs first: NumPy is slow in reducing a short last axis
    truth = np.moveaxis(targets, -1, 0)
    z -= z.max(axis=0)
    y = np.exp(z)
    total = y.sum(axis=0)
    y /= total
    z -= np.log(total)
    loss: Array = -(truth * z).sum(axis=0)
    y -= truth
    return loss, np.moveaxis(y, 0, -1)


def squared_error(y: Array, targets: Array) -> tuple[Array, Array]:
    """Σ (y − target)² / 2 of each step (…), and its derivative by y (…, O)."""
    slope = y - targets
    loss: Array = (slope * slope).sum(axis=-1) / 2
    return loss, slope


LOSSES = {"softmax": cross_entropy, "linear": squared_error}


def mean_loss(kind: ReadoutKind, outputs: Array, batch: Batch, stack: tuple[int, ...] = ()) -> tuple[Array, Array]:
    """The mean loss over the scored steps, () or (S,) for each network of a stack, and its derivative by the outputs.

    `outputs` (S, B, O), or (S, networks, B, O), are logits or numbers by the kind of the readout.
    """
    loss, slope = LOSSES[kind](outputs, batch.targets)
    if batch.scored is None:
        steps = np.array(loss.size // max(1, *stack, 1), outputs.dtype)
        slope /= steps
    else:
        loss = loss * batch.scored
        steps = np.maximum(batch.scored.sum(axis=(0, -1)), 1).astype(outputs.dtype)
        slope *= (batch.scored / steps[..., np.newaxis])[..., np.newaxis]
    total: Array = loss.sum(axis=(0, -1)) / steps
    return total, slope
