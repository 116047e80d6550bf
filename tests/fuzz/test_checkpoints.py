"""Every model file, almost right: it is read and can be run, or it is refused with a reason; nothing else happens."""

from __future__ import annotations

import json
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm.catalog import Catalog
from lstm.checkpoint import METADATA_KEY, Model, load
from lstm.errors import MOST_REASON, BadCheckpoint, NonFinite
from lstm.untrained import untrained
from tests.fuzz.mutations import changed, often, scrambled


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small model's file."""
    path = tmp_path_factory.mktemp("whole") / "small.safetensors"
    untrained("lstm", 3, alphabet="ab", layers=2, name="small").save(path)
    return path.read_bytes()


def parts(whole: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the numbers of a safetensors file."""
    (size,) = struct.unpack("<Q", whole[:8])
    header: dict[str, Any] = json.loads(whole[8 : 8 + size])
    return header, whole[8 + size :]


def file_of(header: object, numbers: bytes, claimed: int | None = None) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text) if claimed is None else claimed) + text + numbers


@st.composite
def files(draw: st.DrawFn, whole: bytes) -> bytes:
    """The file with its header, its card, its claimed size or its bytes changed."""
    header, numbers = parts(whole)
    what = draw(st.sampled_from(["header", "card", "claim", "bytes", "head"]))
    if what == "header":
        return file_of(draw(changed(header)), numbers)
    if what == "card":
        card = draw(changed(json.loads(header["__metadata__"][METADATA_KEY])))
        return file_of({**header, "__metadata__": {METADATA_KEY: json.dumps(card)}}, numbers)
    if what == "claim":
        return file_of(header, numbers, draw(st.integers(0, 2**64 - 1) | st.integers(0, 4_000)))
    if what == "head":
        return draw(scrambled(whole[:600])) + whole[600:]
    return draw(scrambled(whole))


@often(fast=150)
@given(data=st.data())
def test_no_file_is_more_than_refused(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    path = tmp_path / "small.safetensors"
    path.write_bytes(data.draw(files(whole)))
    try:
        model = load(path)
    except BadCheckpoint as fault:
        reason = str(fault.params["reason"])
    else:
        reason = "none"
        run(model)
    assert 0 < len(reason) <= MOST_REASON


def run(model: Model) -> None:
    """A file that is read can be run: what it computes may leave the range of its numbers, and nothing else."""
    with suppress(NonFinite):
        model.network.run(np.zeros(3, np.intp) if model.tokenizer.alphabet else np.zeros((3, model.network.input_size)))


def test_a_file_that_is_cut_anywhere_is_left_out_and_the_others_load(tmp_path: Path, whole: bytes) -> None:
    (tmp_path / "small.safetensors").write_bytes(whole)
    for length in range(0, len(whole), 97):
        (tmp_path / f"cut{length}.safetensors").write_bytes(whole[:length])
    catalog = Catalog([tmp_path], shipped=tmp_path / "..")
    assert catalog.names() == ("small",)
    assert len(catalog.faults) == len(range(0, len(whole), 97))
    assert all("cut" in fault.detail for fault in catalog.faults)
