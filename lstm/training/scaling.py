"""Numbers far from 1, such as thousands of passengers: brought near it for learning, and the scale folded into weights.

A network learns badly from numbers in the hundreds. It learns from scaled ones; then its first and last weights take
the scale in, so that the network itself reads and says the true numbers. Does not know tasks.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lstm.network import Network
from lstm.tasks import Batch
from lstm.tasks.task import Scale


def near_one(batch: Batch, scale: Scale) -> Batch:
    """Return a batch over numbers with (number − centre) / spread in place of each, and the tolerance to match."""
    return replace(
        batch,
        x=(batch.x - scale.centre) / scale.spread,
        targets=((batch.targets - scale.centre) / scale.spread).astype(np.float32),
        tolerance=None if batch.tolerance is None else batch.tolerance / scale.spread,
    )


def folded(network: Network, scale: Scale) -> Network:
    """Return a network that does with true numbers what this one, of a linear readout, does with scaled ones.

    W·(x − centre)/spread + b = (W/spread)·x + (b − W·centre/spread), and y·spread + centre at the end.
    """
    found = {name: values.astype(np.float64) for name, values in network.parameters().items()}
    weight = found["weight_ih_l0"] / scale.spread
    found["weight_ih_l0"] = weight
    found["bias_ih_l0"] -= weight.sum(axis=1) * scale.centre
    found["readout.weight"] *= scale.spread
    found["readout.bias"] = found["readout.bias"] * scale.spread + scale.centre
    dtype = network.parameters()["weight_ih_l0"].dtype
    return Network.from_parameters(
        network.cell.name, {name: values.astype(dtype) for name, values in found.items()}, network.readout.kind
    )
