"""From a run to the messages of the contract: start, one for each step, end.

One generator serves the stream, the document and the command line. Knows the names of JSON; does not know HTTP.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import orjson

from app.cards import task_of
from app.schemas.edits import EditShown
from app.schemas.run import EndMessage, Mark, Message, Next, Numbers, Output, Parts, StartMessage, StepMessage
from lstm.activations import Array
from lstm.checkpoint import Model
from lstm.edits import Edits
from lstm.gates import Quantity
from lstm.tasks import Judgement
from lstm.tasks.task import is_right
from lstm.tokenizers import Encoded
from lstm.trace import Row, State, Step

TOP: Final = 5
"""How many of the most probable symbols a step names."""

BATCH_NUMBERS: Final = 200_000
"""A batch holds about this many numbers at most (2 MB of JSON), however wide the network."""


@dataclass(frozen=True, slots=True)
class Run:
    """Everything a run needs, already checked: what follows can fail only by a number that is not finite.

    `judgement` is None where the model's task is unknown; `quantities` are those to send; `pre` adds the parts.
    `edits` are what the core changes, `shown` all edits as the request has them.
    """

    model: Model
    encoded: Encoded
    judgement: Judgement | None
    state: State | None
    quantities: tuple[Quantity, ...]
    pre: bool
    edits: Edits | None = None
    shown: tuple[EditShown, ...] = ()

    def __len__(self) -> int:
        return len(self.encoded.tokens)

    @property
    def numbers_per_step(self) -> int:
        """About how many numbers a step's message holds (the parts of a gate counted as three)."""
        return self._numbers(len(self.quantities))

    @property
    def computed_per_step(self) -> int:
        """About how many numbers are computed for it: every quantity, whether it is sent or not."""
        return self._numbers(len(self.model.network.cell.quantities))

    def _numbers(self, quantities: int) -> int:
        network = self.model.network
        rows = quantities + (3 * len(network.cell.torch_order) if self.pre else 0)
        return len(network.cells) * network.hidden_size * rows

    def batch_steps(self, most: int) -> int:
        """How many steps to compute and send in one go: `most`, or fewer where the network is wide."""
        return max(1, min(most, BATCH_NUMBERS // self.numbers_per_step))


def messages(run: Run, block: int) -> Generator[Message, None, None]:
    """The messages of a run, each step as it is computed (in blocks of `block` steps).

    Raises NonFinite instead of the step in which the network leaves the range of its numbers.
    """
    yield start_message(run)
    network = run.model.network
    names = {q.name: q.key for q in network.cell.quantities}
    describe = _Outputs(run)
    layers: tuple[Row, ...] = ()
    for step in network.steps(run.encoded.x, run.state, pre=run.pre, block=block, edits=run.edits):
        layers = step.layers
        yield _step_message(run, step, names, describe(step))
    final_state: dict[str, list[Numbers]] = {
        names[name]: [row[name] for row in layers] for name in network.cell.state_names
    }
    end: EndMessage = {"type": "end", "steps": len(run), "final_state": final_state}
    yield end


def start_message(run: Run) -> StartMessage:
    """What is known before the first step."""
    network, judgement = run.model.network, run.judgement
    off_task = judgement.off_task if judgement else None
    marks: list[Mark] | None = None
    if judgement is not None and run.state is None:
        marks = [{"from": mark.start, "to": mark.stop, "kind": mark.kind} for mark in judgement.marks]
    return {
        "type": "start",
        "model": run.model.card["name"],
        "cell": network.cell.name,
        "layers": len(network.cells),
        "hidden_size": network.hidden_size,
        "steps": len(run),
        "tokens": run.encoded.tokens,
        "marks": marks,
        "off_task": {"from": off_task.from_, "reason": off_task.reason, **off_task.params} if off_task else None,
        "edits": list(run.shown),
    }


def encode(message: Message) -> bytes:
    """One message as a line of JSON, with its end; float32 numbers in the shortest form that parses back exactly."""
    return orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE)


def _step_message(run: Run, step: Step, names: Mapping[str, str], y: Output | None) -> StepMessage:
    layers: list[dict[str, Numbers | Parts]] = [{q.key: row[q.name] for q in run.quantities} for row in step.layers]
    if step.pre is not None:
        for layer, gates in zip(layers, step.pre, strict=True):
            layer["pre"] = {names[gate]: dict(parts) for gate, parts in gates.items()}
    return {"type": "step", "t": step.t, "token": run.encoded.tokens[step.t], "layers": layers, "y": y}


class _Outputs:
    """Says what the network's y means: the most probable symbols, what comes next, and whether that is right."""

    def __init__(self, run: Run) -> None:
        self._tokens = run.encoded.tokens
        self._symbols = run.model.card["outputs"]
        self._index = {symbol: k for k, symbol in enumerate(self._symbols or ())}
        self._judgement = run.judgement
        self._task = task_of(run.model)

    def __call__(self, step: Step) -> Output | None:
        y, judgement = step.y, self._judgement
        if y is None:
            return None
        answer = judgement.answer(step.t) if judgement else None
        truth = judgement.truth(step.t) if judgement else None
        top = None
        if self._symbols is not None:
            order = np.negative(y).argsort(kind="stable")[:TOP].tolist()
            top = [(self._symbols[k], y[k]) for k in order]
        return {
            "top": top,
            "value": y if top is None else None,
            "next": None if top is None else self._next(step.t, y),
            "answer": list(answer) if isinstance(answer, tuple) else answer,
            "right": None if answer is None or self._task is None else is_right(answer, y, self._task),
            "truth": None if truth is None else dict(truth),
        }

    def _next(self, t: int, y: Array) -> Next | None:
        symbol = self._tokens[t + 1] if t + 1 < len(self._tokens) else None
        return {"symbol": symbol, "p": y[self._index[symbol]]} if symbol in self._index else None
