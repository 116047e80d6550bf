"""What two runs differ by as the API gives it: from a request to two checked runs, from what the core finds to JSON.

Knows the names of JSON and the limits of this server; does not know HTTP or what a difference is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import orjson
from fastapi import Depends

from app.deps import Shared, at, edited, opened, trace_numbers, within
from app.errors import Fault
from app.schemas import difference as schema
from lstm.checkpoint import Model
from lstm.edits import Edits, until
from lstm.errors import UnknownQuantity
from lstm.explain.difference import Travel, difference
from lstm.gates import Quantity
from lstm.tokenizers import Encoded
from lstm.trace import State


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runs of one model, checked: what follows can fail only by a number that is not finite.

    Each has edits of its own; those of tokens are in its input already.
    """

    model: Model
    first: Encoded
    second: Encoded
    state: State | None
    layer: int
    quantities: tuple[Quantity, ...]
    tolerance: float
    part: float
    values: bool
    edits: tuple[Edits | None, Edits | None]

    def __len__(self) -> int:
        """How many steps are compared."""
        return min(len(self.first.tokens), len(self.second.tokens))

    @property
    def numbers(self) -> int:
        """About what it takes to answer, in numbers of a document: two traces in float32, and doubles thrice over."""
        network = self.model.network
        a_step = 3 * (len(self.quantities) + 1)
        if self.values:
            a_step += len(self.quantities) * network.hidden_size + network.output_size
        read = len(self.first.tokens) + len(self.second.tokens)
        return 4 * len(self) * a_step + 3 * trace_numbers(self.model, read) // 4


def checked_difference(request: schema.DifferenceRequest, shared: Shared) -> Pair:
    """Two runs whose difference fits into a document. Raises the core's errors, or Fault, with a `pointer`."""
    model, first, state, edits = opened(request, shared.catalog, shared.settings.max_steps)
    with at("/other_input"):
        second = model.tokenizer.encode(request.other_input, limit=shared.settings.max_steps)
    other_edits = edits
    if request.other_edits is not None:
        second, other_edits = edited(second, request.other_edits, model, "/other_edits")
    within("layer", request.layer, len(model.network.cells))
    quantities = _included(request.include, model)
    pair = Pair(
        *(model, first, second, state, request.layer, quantities),
        request.tolerance,
        request.part,
        request.values,
        (edits, other_edits),
    )
    _limited(pair, shared.settings.max_document_numbers)
    return pair


CheckedDifference = Annotated[Pair, Depends(checked_difference)]


def difference_answer(asked: Pair) -> bytes:
    """Run both, compare them and write a DifferenceBody. Raises NonFinite."""
    network = asked.model.network
    both = zip((asked.first.x, asked.second.x), asked.edits, strict=True)
    runs = [network.run(x, asked.state, edits=until(edits, len(x))) for x, edits in both]
    found = difference(*runs, layer=asked.layer, tolerance=asked.tolerance, part=asked.part)
    tokens = (asked.first.tokens, asked.second.tokens)
    quantities = {q.key: found.quantities[q.name] for q in asked.quantities}
    outputs: schema.OutputsTravel | None = None
    if found.outputs is not None:
        outputs = {
            **_travel(found.outputs, values=asked.values),
            "output": found.outputs.index.tolist(),
            "prediction": found.prediction,
        }
    body: schema.DifferenceBody = {
        "model": asked.model.name,
        "cell": network.cell.name,
        "layer": asked.layer,
        "steps": found.length,
        "lengths": [len(one) for one in tokens],
        "tokens": [t for t in range(found.length) if tokens[0][t] != tokens[1][t]],
        "tolerance": asked.tolerance,
        "part": asked.part,
        "quantities": {
            key: {**_travel(one, values=asked.values), "unit": one.index.tolist()} for key, one in quantities.items()
        },
        "outputs": outputs,
    }
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)


def _travel(found: Travel, *, values: bool) -> schema.Travel:
    return {
        "first": found.first,
        "last": found.last,
        "peak": found.peak,
        "passed": found.passed,
        "travels": found.steps,
        "size": found.size,
        "largest": found.largest,
        "values": list(found.values) if values else None,
    }


def _included(include: list[str] | None, model: Model) -> tuple[Quantity, ...]:
    """The quantities to compare, in the table's order; all of them where none is named."""
    table = model.network.cell.quantities
    keys = [quantity.key for quantity in table]
    for place, key in enumerate(include or ()):
        if key not in keys:
            with at(f"/include/{place}"):
                raise UnknownQuantity(key, keys)
    return tuple(q for q in table if not include or q.key in include)


def _limited(pair: Pair, limit: int) -> None:
    """Raises Fault where the answer takes more than this server has for documents."""
    if pair.numbers > limit:
        detail = (
            f"This difference takes the room of about {pair.numbers:,} numbers, and there is room for {limit:,}. "
            "Leave out values, ask for fewer quantities with include, or take shorter inputs."
        )
        raise Fault("document-too-large", 422, detail, pointer="/input", numbers=pair.numbers, limit=limit)
