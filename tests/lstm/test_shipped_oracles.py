"""The shipped models on the beginnings of their first two examples are what PyTorch computes from the same weights."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from safetensors.numpy import load_file

from lstm.catalog import Catalog
from tests.lstm.oracle import FOLDER

CATALOG = Catalog()


@pytest.mark.parametrize("name", CATALOG.names())
def test_a_shipped_model_is_what_pytorch_computes(name: str) -> None:
    model = CATALOG.load(name)
    recorded = load_file(FOLDER / f"shipped-{name}.safetensors")
    weights = model.network.parameters()
    joined = b"".join(np.ascontiguousarray(weights[key]).tobytes() for key in sorted(weights))
    assert hashlib.sha256(joined).digest() == bytes(recorded["weights"]), "trained again since? record again"
    for n, example in enumerate(model.card["examples"][:2]):
        expected = recorded[f"{n}.input"]
        encoded = model.tokenizer.encode(example["input"][: len(expected)])
        np.testing.assert_array_equal(encoded.x.astype(expected.dtype), expected)
        trace = model.network.run(encoded.x)
        assert trace.y is not None
        computed = {f"{n}.{k}.{q}": values for k, layer in enumerate(trace.layers) for q, values in layer.items()}
        for key, values in {**computed, f"{n}.y": trace.y}.items():
            distance = np.abs(values - recorded[key]) / np.maximum(1, np.abs(recorded[key]))
            assert distance.max() < 1e-4, key
