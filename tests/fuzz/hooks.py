"""What schemathesis is told of Gatescope (SCHEMATHESIS_HOOKS=tests.fuzz.hooks): how lines are read, and one check.

Of its own checks one is left out, `positive_data_acceptance`: it wants all that fits the schema to be accepted, and
which symbols, quantities, units, layers and steps are right depends on the model that the same request names, which no
schema can say. The check here takes its place.
"""

from __future__ import annotations

import json
from typing import Any, Final

import schemathesis
from schemathesis import Case, CheckContext, DeserializationContext, Response

LEFT_OUT: Final = "positive_data_acceptance"
OF_THE_MODEL: Final = frozenset(
    {
        *("unknown-symbol", "unknown-quantity", "unknown-output", "wants-text", "wants-numbers", "wrong-shape"),
        *("bad-parameter", "missing-field", "document-too-large", "too-many-steps", "not-editable", "out-of-range"),
        *("input-too-long", "non-finite"),
    }
)
"""What can be wrong with a request that fits the schema, because of the model that it names."""


@schemathesis.deserializer("application/jsonl")
def lines(_context: DeserializationContext, response: Response) -> Any:  # noqa: ANN401 - what the schema says
    """A stream as the list that its schema describes."""
    return [json.loads(line) for line in response.content.splitlines()]


@schemathesis.check
def refused_because_of_the_model(_context: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """What fits the schema and is refused all the same does not fit the model."""
    if case.meta is not None and case.meta.generation.mode.is_positive and response.status_code == 422:
        slug = response.json()["type"]
        assert slug in OF_THE_MODEL, f"{slug} is something that the schema could have said"
    return None
