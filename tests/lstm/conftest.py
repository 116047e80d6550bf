"""What the tests of the mathematics share: the draws of a module's RNG, the same whatever ran before."""

from __future__ import annotations

from copy import deepcopy

import pytest


@pytest.fixture(autouse=True)
def _same_draws(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test the RNG of its module as it was when the module was read, and not as other tests have left it."""
    module = request.module
    if hasattr(module, "RNG"):
        monkeypatch.setattr(module, "RNG", deepcopy(module.RNG))
