"""A model file comes back as it was written, and whatever else is in a file is refused with a reason."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import save_file

from lstm import checkpoint
from lstm.card import Card
from lstm.cells import CELLS
from lstm.checkpoint import MAX_HEADER_BYTES, MAX_LAYERS, METADATA_KEY, Model, load
from lstm.errors import BadCheckpoint, NonFinite
from lstm.network import Network
from lstm.untrained import untrained

Parameters = dict[str, NDArray[Any]]


def written(folder: Path, change: Callable[[Parameters, dict[str, Any]], object] = lambda *_: None) -> Path:
    """A file of a small model, its tensors and its card changed before they are written."""
    model = untrained("lstm", 3, alphabet="ab", name="small")
    parameters, card = dict(model.network.parameters()), cast(dict[str, Any], dict(model.card))
    change(parameters, card)
    path = folder / "small.safetensors"
    save_file({name: np.array(v, order="C") for name, v in parameters.items()}, path, {METADATA_KEY: json.dumps(card)})
    return path


def reason(path: Path) -> str:
    """Why a file is refused."""
    with pytest.raises(BadCheckpoint) as caught:
        load(path)
    assert caught.value.params["file"] == path.name
    assert caught.value.path == path
    return str(caught.value.params["reason"])


@settings(max_examples=30)
@given(
    cell=st.sampled_from(sorted(CELLS)),
    hidden_size=st.integers(1, 9),
    layers=st.integers(1, 3),
    reads=st.integers(1, 4) | st.lists(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6, unique=True),
    dtype=st.sampled_from([np.float32, np.float64]),
    note=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_a_model_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    *,
    cell: str,
    hidden_size: int,
    layers: int,
    reads: int | list[str],
    dtype: type[np.floating[Any]],
    note: str,
) -> None:
    of = {"input_size": reads} if isinstance(reads, int) else {"alphabet": reads}
    model = untrained(cell, hidden_size, layers, dtype=dtype, name="model", **of)
    example: Any = [[0.5] * reads] if isinstance(reads, int) else reads[0]
    model.card["examples"] = [{"input": example, "note": {"en": note, "ja": note}}]
    path = tmp_path_factory.mktemp("round") / "model.safetensors"
    model.save(path)
    again = load(path)
    assert again.card == model.card
    assert again.name == "model"
    assert again.tokenizer.alphabet == model.tokenizer.alphabet
    assert again.tokenizer.input_size == model.tokenizer.input_size
    assert again.network.cell is model.network.cell
    assert again.network.readout.kind == model.network.readout.kind
    parameters = again.network.parameters()
    for name, values in model.network.parameters().items():
        assert parameters[name].dtype == dtype
        assert parameters[name].tobytes() == values.tobytes()


@settings(max_examples=150)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_still_a_sound_model(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = written(tmp_path_factory.mktemp("damaged"))
    whole = bytearray(path.read_bytes())
    if data.draw(st.booleans(), "truncate"):
        whole = whole[: data.draw(st.integers(0, len(whole) - 1), "length")]
    else:
        for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4), "bytes"):
            whole[at] = data.draw(st.integers(0, 255), "value")
    path.write_bytes(whole)
    with contextlib.suppress(BadCheckpoint, NonFinite):
        model = load(path)
        assert all(np.isfinite(values).all() for values in model.network.parameters().values())
        assert model.network.run(model.tokenizer.encode("".join(model.tokenizer.alphabet or ())).x).y is not None


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    path = tmp_path_factory.mktemp("noise") / "small.safetensors"
    path.write_bytes(noise)
    assert reason(path)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    assert load(written(tmp_path)).name == "small"


BROKEN: list[tuple[str, Callable[[Parameters, dict[str, Any]], object]]] = [
    ("bias_hh_l0 holds NaN", lambda p, _: p.update(bias_hh_l0=np.full(12, np.nan, np.float32))),
    ("bias_hh_l0 holds NaN or infinity", lambda p, _: p.update(bias_hh_l0=np.full(12, -np.inf, np.float32))),
    ("F32 or all F64, and are F16", lambda p, _: p.update({k: v.astype(np.float16) for k, v in p.items()})),
    ("and are F32, F64", lambda p, _: p.update(bias_hh_l0=np.zeros(12))),
    ("and are F32, I32", lambda p, _: p.update(bias_hh_l0=np.zeros(12, np.int32))),
    ("shape (12, 2, 1)", lambda p, _: p.update(weight_ih_l0=np.zeros((12, 2, 1), np.float32))),
    ("shape ()", lambda p, _: p.update(bias_hh_l0=np.zeros((), np.float32))),
    ("shape (0,)", lambda p, _: p.update(bias_hh_l0=np.zeros(0, np.float32))),
    ("shape (20000,)", lambda p, _: p.update(bias_hh_l0=np.zeros(20_000, np.float32))),
    ("missing: bias_hh_l0", lambda p, _: p.pop("bias_hh_l0")),
    ("lstm with 1 layers: optimiser", lambda p, _: p.update(optimiser=np.zeros(2, np.float32))),
    ("and 8 layers have 34", lambda p, _: p.update({f"x{k}": np.zeros(1, np.float32) for k in range(4 * MAX_LAYERS)})),
    ("weight_hh", lambda p, _: p.update(weight_hh_l0=np.zeros((12, 4), np.float32))),
    ("weight_hh", lambda _, card: card.update(cell="gru")),
    ("cell should be one of lstm, gru, rnn", lambda _, card: card.update(cell="mamba")),
    ("alphabet should have 2 entries", lambda _, card: card.update(alphabet=list("abc"))),
    ("outputs should have 2 entries", lambda _, card: card.update(outputs=list("abc"))),
    ("lacks name, trained", lambda _, card: (card.pop("name"), card.pop("trained"))),
    (
        "example in its card cannot be read: This model does not know the symbol 'c'",
        lambda _, card: card.update(examples=[{"input": "abc", "note": {"en": "", "ja": ""}}]),
    ),
]


@pytest.mark.parametrize(("words", "change"), BROKEN)
def test_what_is_wrong_in_a_file_is_said(
    tmp_path: Path, words: str, change: Callable[[Parameters, dict[str, Any]], object]
) -> None:
    assert words in reason(written(tmp_path, change))


WRONG_PARAMETERS: list[tuple[str, str, Callable[[Parameters], object]]] = [
    ("lstm-peephole", "missing: weight_ch_l0", lambda p: p.pop("weight_ch_l0")),
    ("lstm-peephole", "weight_ch has the shape (12,)", lambda p: p.update(weight_ch_l0=np.zeros(12, np.float32))),
    ("lstm-peephole", "weight_ch has the shape (3, 3)", lambda p: p.update(weight_ch_l0=np.zeros((3, 3), np.float32))),
    ("lstm-peephole", "holds NaN", lambda p: p.update(weight_ch_l0=np.full(9, np.nan, np.float32))),
    ("lstm-peephole", "lstm-peephole with 1 layers: weight_ch_l1", lambda p: p.update(weight_ch_l1=p["weight_ch_l0"])),
    ("lstm-peephole", "and 8 layers have 42", lambda p: p.update({f"x{k}": p["bias_hh_l0"] for k in range(40)})),
    ("lstm", "lstm with 1 layers: weight_ch_l0", lambda p: p.update(weight_ch_l0=np.zeros(9, np.float32))),
    ("lstm", "and 8 layers have 34", lambda p: p.update({f"x{k}": p["bias_hh_l0"] for k in range(32)})),
    ("lstm-coupled", "weight_hh", lambda p: p.update(weight_hh_l0=np.zeros((12, 3), np.float32))),
    ("lstm1997-open", "weight_hh", lambda p: p.update(weight_hh_l0=np.zeros((9, 3), np.float32))),
]


@pytest.mark.parametrize(("cell", "words", "change"), WRONG_PARAMETERS)
def test_a_cells_parameters_are_its_own(
    tmp_path: Path, cell: str, words: str, change: Callable[[Parameters], object]
) -> None:
    model = untrained(cell, 3, alphabet="ab", name="small")
    parameters = {name: np.array(values, order="C") for name, values in model.network.parameters().items()}
    path = tmp_path / "small.safetensors"
    save_file(parameters, path, {METADATA_KEY: json.dumps(model.card)})
    assert load(path).network.cell.name == cell
    change(parameters)
    save_file(parameters, path, {METADATA_KEY: json.dumps(model.card)})
    assert words in reason(path)


def test_a_file_without_a_card_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "foreign.safetensors"
    tensors = {name: values.copy() for name, values in untrained("rnn", 2, input_size=1).network.parameters().items()}
    save_file(tensors, path)
    assert "no card" in reason(path)
    for text in ("{", "[" * 100_000, '{"a": 1'):
        save_file(tensors, path, {METADATA_KEY: text})
        assert reason(path) == "its card is not JSON"
    save_file(tensors, path, {METADATA_KEY: "[]"})
    assert "object" in reason(path)


def test_sizes_are_looked_at_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    path.write_bytes((MAX_HEADER_BYTES + 1).to_bytes(8, "little") + path.read_bytes()[8:])
    assert "header is larger" in reason(path)
    written(tmp_path)
    monkeypatch.setattr(checkpoint, "MAX_FILE_BYTES", 100)
    assert "at most 100" in reason(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert reason(tmp_path) == "it is not a file"
    assert reason(tmp_path / "missing.safetensors") == "it is not a file"
    pipe = tmp_path / "pipe.safetensors"
    os.mkfifo(pipe)
    assert reason(pipe) == "it is not a file"  # and opening it did not wait for a writer for ever


def test_a_card_that_could_not_be_loaded_is_not_saved(tmp_path: Path) -> None:
    model = untrained("rnn", 2, alphabet="ab", name="small")
    path = tmp_path / "small.safetensors"
    for wrong in ({"outputs": ["a"]}, {"trained": None}, {"limits": {"C": 1}}):
        with pytest.raises(BadCheckpoint):
            Model(model.network, model.tokenizer, cast(Card, {**model.card, **wrong})).save(path)
    assert list(tmp_path.iterdir()) == []
    model.save(path)
    model.save(path)
    assert list(tmp_path.iterdir()) == [path]


def test_weights_of_any_memory_layout_are_saved_as_they_read(tmp_path: Path) -> None:
    model = untrained("gru", 3, alphabet="ab", name="small")
    turned = {name: np.asfortranarray(values) for name, values in model.network.parameters().items()}
    path = tmp_path / "small.safetensors"
    Model(Network.from_parameters("gru", turned, "softmax"), model.tokenizer, model.card).save(path)
    for name, values in load(path).network.parameters().items():
        assert np.array_equal(values, turned[name])
