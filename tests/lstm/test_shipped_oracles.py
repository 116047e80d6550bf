"""The shipped models on their first two examples are what PyTorch computes from the same weights."""

from __future__ import annotations

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
    for key, weights in model.network.parameters().items():
        np.testing.assert_array_equal(weights, recorded[f"weights.{key}"], "trained again since? record again")
    for n, example in enumerate(model.card["examples"][:2]):
        encoded = model.tokenizer.encode(example["input"])
        np.testing.assert_array_equal(encoded.x, recorded[f"{n}.input"])
        trace = model.network.run(encoded.x)
        assert trace.y is not None
        for k, layer in enumerate(trace.layers):
            for quantity, values in layer.items():
                expected = recorded[f"{n}.{k}.{quantity}"]
                distance = np.abs(values - expected) / np.maximum(1, np.abs(expected))
                assert distance.max() < 1e-4, (k, quantity)
        np.testing.assert_allclose(trace.y, recorded[f"{n}.y"], rtol=0, atol=1e-4)
