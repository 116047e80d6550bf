"""A model as one file: Network + tokenizer + card, to and from a .safetensors file.

The file holds tensors under PyTorch's names and, in its metadata under "gatescope", the card as JSON. A file may come
from anywhere: sizes, names, shapes, dtypes and numbers are checked, and whatever serving reads from the card; each
fault says what was wrong. Does not know which models there are, nor how they were trained.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypedDict, cast

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_safetensors

from lstm.activations import Array
from lstm.cells import CELLS
from lstm.errors import BadCheckpoint, GatescopeError
from lstm.gates import TABLES
from lstm.network import Network, ReadoutKind
from lstm.tokenizers import NumberTokenizer, SymbolTokenizer

METADATA_KEY: Final = "gatescope"
MAX_FILE_BYTES: Final = 512 * 2**20
MAX_HEADER_BYTES: Final = 2 * 2**20
MAX_LAYERS: Final = 8
MAX_UNITS: Final = 4096
MAX_INPUT_SIZE: Final = 4096
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_DTYPES: Final = {"F32": np.dtype(np.float32), "F64": np.dtype(np.float64)}


class Words(TypedDict):
    """A text for people, in each language of the page."""

    en: str
    ja: str


class Example(TypedDict):
    """A prepared input, with a note on what to watch."""

    input: Any
    note: Words


class _Facts(TypedDict):
    """What every card has."""

    name: str
    cell: str
    readout: ReadoutKind
    trained: bool
    alphabet: list[str] | None
    outputs: list[str] | None
    task: str | None
    limits: dict[str, float]
    accuracy: dict[str, Any] | None
    training: dict[str, Any] | None
    examples: list[Example]


class Card(_Facts, total=False):
    """What a file says about its model. What follows from the weights or the gate table is not in it a second time.

    `task` names an entry of lstm/tasks, `limits` has a colour scale's limit for a quantity by its JSON key, `accuracy`
    and `training` are null for an untrained network. The rest of the words are for people.
    """

    label: Words
    about: Words
    fails: Words


@dataclass(frozen=True)
class Model:
    """A network, how it reads its input, and what is known about it."""

    network: Network
    tokenizer: SymbolTokenizer | NumberTokenizer
    card: Card

    @property
    def name(self) -> str:
        """The name in the card."""
        return self.card["name"]

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all. Raises BadCheckpoint where `load` would refuse what was written."""
        _check_card(path, self.card, self.network.input_size, self.network.output_size)
        tensors = {name: np.ascontiguousarray(value) for name, value in self.network.parameters().items()}
        data = to_safetensors(tensors, {METADATA_KEY: json.dumps(self.card, ensure_ascii=False, allow_nan=False)})
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        unfinished.write_bytes(data)
        unfinished.replace(path)


def load(path: Path) -> Model:
    """Read and check a model file. Raises BadCheckpoint with the reason, whatever is wrong."""
    try:
        metadata, tensors = _read(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise BadCheckpoint(path, f"it is not a readable safetensors file ({error})") from error
    card = _parse_card(path, metadata)
    if card.get("cell") not in CELLS:
        raise BadCheckpoint(path, f"the card's cell should be one of {', '.join(CELLS)}")
    if card.get("readout") not in ("softmax", "linear"):
        raise BadCheckpoint(path, "the card's readout should be softmax or linear")
    try:
        network = Network.from_parameters(card["cell"], tensors, card["readout"])
    except ValueError as error:
        raise BadCheckpoint(path, str(error)) from error
    checked = _check_card(path, card, network.input_size, network.output_size)
    alphabet = checked["alphabet"]
    tokenizer = NumberTokenizer(network.input_size) if alphabet is None else SymbolTokenizer(alphabet)
    for example in checked["examples"]:
        try:
            tokenizer.encode(example["input"])
        except GatescopeError as error:
            raise BadCheckpoint(path, f"an example of its card cannot be read: {error.detail}") from error
    return Model(network, tokenizer, checked)


def _read(path: Path) -> tuple[Mapping[str, str], dict[str, Array]]:
    """The metadata and the tensors, after all sizes were looked at. ValueError with the reason."""
    if not path.is_file():
        raise ValueError("not a regular file")
    if (size := path.stat().st_size) > MAX_FILE_BYTES:
        raise ValueError(f"it has {size:,} bytes, at most {MAX_FILE_BYTES:,} are read")
    with path.open("rb") as file:
        if int.from_bytes(file.read(8), "little") > MAX_HEADER_BYTES:
            raise ValueError(f"its header is larger than {MAX_HEADER_BYTES:,} bytes")
    with safe_open(path, framework="numpy") as file:
        names = file.keys()
        if len(names) > 4 * MAX_LAYERS + 2:
            raise ValueError(f"it holds {len(names)} tensors, more than {MAX_LAYERS} layers have")
        dtypes = set()
        for name in names:
            part = file.get_slice(name)
            if part.get_dtype() not in _DTYPES:
                raise ValueError(f"{name} has the dtype {part.get_dtype()}; F32 and F64 can be run")
            shape = part.get_shape()
            if (
                len(shape) not in (1, 2)
                or 0 in shape
                or max(shape) > 4 * MAX_UNITS
                or shape[-1] > max(4 * MAX_UNITS, MAX_INPUT_SIZE)
            ):
                raise ValueError(f"{name} has the shape {tuple(shape)}, which no weight here can have")
            dtypes.add(part.get_dtype())
        if len(dtypes) != 1:
            raise ValueError("all tensors should have one dtype")
        tensors = {name: file.get_tensor(name) for name in names}
        for name, values in tensors.items():
            if not np.isfinite(values).all():
                raise ValueError(f"{name} holds NaN or infinity")
        return file.metadata() or {}, tensors


def _parse_card(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    if METADATA_KEY not in metadata:
        raise BadCheckpoint(path, f'its metadata has no card (a JSON text under "{METADATA_KEY}")')
    try:
        card = json.loads(metadata[METADATA_KEY], parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadCheckpoint(path, "its card is not valid JSON") from error
    if not isinstance(card, dict):
        raise BadCheckpoint(path, "its card is not a JSON object")
    return card


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _check_card(path: Path, card: Mapping[str, Any], input_size: int, output_size: int) -> Card:
    """The card with all that serving relies on checked, against the weights where they know better."""
    unknown = card.keys() - Card.__annotations__.keys()
    missing = Card.__required_keys__ - card.keys()
    rules = {
        f"it has unknown fields: {', '.join(sorted(unknown))}": not unknown,
        f"it lacks: {', '.join(sorted(missing))}": not missing,
    }
    _require(path, rules)
    symbols = card["alphabet"]
    outputs = card["outputs"]
    keys = [quantity.key for quantity in TABLES[card["cell"]]] if card["cell"] in TABLES else []
    _require(
        path,
        {
            "its name is lower-case letters, digits, dots and dashes": _is_name(card["name"]),
            f"its cell is one of {', '.join(CELLS)}": card["cell"] in CELLS,
            "trained is true or false": isinstance(card["trained"], bool),
            f"its alphabet is {input_size} distinct symbols, or null": symbols is None
            or _are_symbols(symbols, input_size),
            f"its outputs are {output_size} strings, or null": outputs is None or _are_strings(outputs, output_size),
            "a softmax has named outputs and a linear readout has none": (outputs is None)
            == (card["readout"] == "linear"),
            "its task is a name or null": card["task"] is None or _is_name(card["task"]),
            f"its limits are positive numbers for {', '.join(keys)}": _are_limits(card["limits"], keys),
            "accuracy and training are objects or null": all(
                card[name] is None or isinstance(card[name], dict) for name in ("accuracy", "training")
            ),
            "label, about and fails are texts in en and ja": all(
                _are_words(card[name]) for name in ("label", "about", "fails") if name in card
            ),
            "its examples are inputs with a note in en and ja": _are_examples(card["examples"]),
        },
    )
    return cast(Card, dict(card))


def _require(path: Path, rules: Mapping[str, bool]) -> None:
    for rule, holds in rules.items():
        if not holds:
            raise BadCheckpoint(path, f"its card is not right where {rule}")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _are_strings(value: object, size: int) -> bool:
    return isinstance(value, list) and len(value) == size and all(isinstance(text, str) and text for text in value)


def _are_symbols(value: object, size: int) -> bool:
    return (
        _are_strings(value, size)
        and all(len(symbol) == 1 for symbol in cast(list[str], value))
        and len(set(cast(list[str], value))) == size
    )


def _are_limits(value: object, keys: list[str]) -> bool:
    return isinstance(value, dict) and all(
        key in keys and type(limit) in (int, float) and 0 < limit < math.inf for key, limit in value.items()
    )


def _are_words(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"en", "ja"}
        and all(isinstance(text, str) for text in value.values())
    )


def _are_examples(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(example, dict) and example.keys() == {"input", "note"} and _are_words(example["note"])
        for example in value
    )
