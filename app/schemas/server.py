"""The JSON of what the server says about itself."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict


class Ready(TypedDict):
    """The server can run models: how many there are, and how many files were left out as unusable."""

    status: Literal["ready"]
    models: int
    unusable: int
