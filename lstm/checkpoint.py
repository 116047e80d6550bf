"""A model as one file: Network + tokenizer + card, to and from a .safetensors file.

The file holds tensors under PyTorch's names and, in its metadata under "gatescope", the card as JSON. A file may come
from anywhere: sizes are looked at before anything is read, then the card, names, shapes, dtypes and numbers are
checked, and each fault says what was wrong. Does not know which models there are, nor how they were trained.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_safetensors

from lstm.activations import Array
from lstm.card import Card, Example, Words, checked
from lstm.cells import CELLS
from lstm.errors import BadCheckpoint, GatescopeError
from lstm.network import Network
from lstm.tokenizers import NumberTokenizer, SymbolTokenizer

__all__ = ["Card", "Example", "Model", "Words", "load"]

METADATA_KEY: Final = "gatescope"
MAX_FILE_BYTES: Final = 512 * 2**20
MAX_HEADER_BYTES: Final = 2 * 2**20
MAX_LAYERS: Final = 8
MAX_SIZE: Final = 4096
"""The largest number of units, of inputs and of outputs."""
_DTYPES: Final = ("F32", "F64")


class _File(Protocol):
    """What is used of `safe_open`, whose own methods carry no types."""

    def keys(self) -> Iterable[str]: ...
    def get_slice(self, name: str) -> Any: ...  # noqa: ANN401 - a type that safetensors does not name
    def get_tensor(self, name: str) -> Array: ...


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
        """Write the file, whole or not at all. Raises BadCheckpoint for a card that `load` would refuse; OSError."""
        try:
            _tokenizer(checked(self.card), self.network)
        except ValueError as error:
            raise BadCheckpoint(path, str(error)) from error
        tensors = {name: np.ascontiguousarray(values) for name, values in self.network.parameters().items()}
        data = to_safetensors(tensors, {METADATA_KEY: json.dumps(self.card, ensure_ascii=False, allow_nan=False)})
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            unfinished.write_bytes(data)
            unfinished.replace(path)
        except OSError:  # such as a disk that is full
            unfinished.unlink(missing_ok=True)
            raise


def load(path: Path) -> Model:
    """Read and check a model file. Raises BadCheckpoint with the reason, whatever is wrong."""
    try:
        _check_size(path)
        with safe_open(path, framework="numpy") as file:
            card = _card(file.metadata() or {})
            tensors = {name: _tensor(file, name) for name in _names(file, card["cell"])}
        network = Network.from_parameters(card["cell"], tensors, card["readout"])
        return Model(network, _tokenizer(card, network), card)
    except SafetensorError as error:
        raise BadCheckpoint(path, f"it is not a whole safetensors file ({error})") from error
    except OSError as error:
        raise BadCheckpoint(path, f"it cannot be read ({error.strerror or error})") from error
    except (ValueError, RecursionError) as error:
        raise BadCheckpoint(path, str(error)) from error


def _check_size(path: Path) -> None:
    """Refuse a file that is too large to be looked into. Raises ValueError, OSError."""
    if not path.is_file():
        raise ValueError("it is not a file")
    if (size := path.stat().st_size) > MAX_FILE_BYTES:
        raise ValueError(f"it has {size:,} bytes, and at most {MAX_FILE_BYTES:,} are read")
    with path.open("rb") as file:
        header = int.from_bytes(file.read(8), "little")
    if header > MAX_HEADER_BYTES:
        raise ValueError(f"it is not a safetensors file, or its header is larger than {MAX_HEADER_BYTES:,} bytes")


def _card(metadata: Mapping[str, str]) -> Card:
    """The card in a file's metadata. Raises ValueError, RecursionError."""
    if METADATA_KEY not in metadata:
        raise ValueError(f'it has no card: a JSON text under "{METADATA_KEY}" in its metadata')
    try:
        card = json.loads(metadata[METADATA_KEY])
    except (ValueError, RecursionError):
        raise ValueError("its card is not JSON") from None
    return checked(card)


def _names(file: _File, cell: str) -> list[str]:
    """The names of a file's tensors, no more than such cells can have and all of one dtype. Raises ValueError."""
    names = list(file.keys())
    most = len(CELLS[cell].shapes(1, 1)) * MAX_LAYERS + 2
    if len(names) > most:
        raise ValueError(f"it holds {len(names)} tensors, and {MAX_LAYERS} layers have {most}")
    dtypes = {file.get_slice(name).get_dtype() for name in names}
    if len(dtypes) != 1 or not dtypes <= set(_DTYPES):
        raise ValueError(f"its tensors should all be {' or all '.join(_DTYPES)}, and are {', '.join(sorted(dtypes))}")
    return names


def _tensor(file: _File, name: str) -> Array:
    """A tensor of a size that a weight can have, read and found finite. Raises ValueError."""
    shape = file.get_slice(name).get_shape()
    if len(shape) not in (1, 2) or not all(0 < size <= 4 * MAX_SIZE for size in shape):
        raise ValueError(f"{name} has the shape {tuple(shape)}, which no weight here can have")
    values: Array = file.get_tensor(name)
    if not np.isfinite(values).all():
        raise ValueError(f"{name} holds NaN or infinity")
    return values


def _tokenizer(card: Card, network: Network) -> SymbolTokenizer | NumberTokenizer:
    """How the model reads its input; the card's symbols and examples fit the weights. Raises ValueError."""
    alphabet, outputs = card["alphabet"], card["outputs"]
    for what, symbols, size in (("alphabet", alphabet, network.input_size), ("outputs", outputs, network.output_size)):
        if symbols is not None and len(symbols) != size:
            raise ValueError(
                f"its card's {what} should have {size} entries, as many as its weights, and has {len(symbols)}"
            )
    tokenizer = NumberTokenizer(network.input_size) if alphabet is None else SymbolTokenizer(alphabet)
    for example in card["examples"]:
        try:
            tokenizer.encode(example["input"])
        except GatescopeError as error:
            raise ValueError(f"an example in its card cannot be read: {error.detail}") from error
    return tokenizer
