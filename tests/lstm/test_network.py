"""Runs: steps and traces are one and the same, a cut changes nothing, and what is not finite never gets out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lstm.activations import softmax
from lstm.cells import CELLS
from lstm.edits import STATE_BOUND
from lstm.errors import EmptyInput, NonFinite, NotFinite, OutOfBounds, UnknownQuantity, WrongShape
from lstm.network import Network, Readout
from lstm.trace import State, Step, Trace, collect
from lstm.untrained import untrained
from tests.lstm.oracle import CASES, TOLERANCE, assert_near, load_oracle

ALPHABET = "abcde"
LENGTH = 150
"""More than two blocks of a stream."""


def symbols(length: int = LENGTH, seed: int = 0, batch: tuple[int, ...] = ()) -> NDArray[Any]:
    return np.random.default_rng(seed).integers(len(ALPHABET), size=(length, *batch))


def network_of(cell: str, layers: int, hidden_size: int = 7) -> Network:
    return untrained(cell, hidden_size, layers, alphabet=ALPHABET, seed=5).network


def a_state(network: Network, batch: tuple[int, ...] = ()) -> State:
    rng = np.random.default_rng(9)
    zeros = network.initial_state(batch)
    return tuple({name: rng.normal(size=row.shape) for name, row in layer.items()} for layer in zeros)


def assert_same(one: Trace, other: Trace, at: slice = slice(None)) -> None:
    """`other` is, bit for bit, a part of `one`."""
    for whole, part in zip(one.layers, other.layers, strict=True):
        assert whole.keys() == part.keys()
        for name, values in part.items():
            assert np.array_equal(whole[name][at], values), name
    assert one.y is not None
    assert other.y is not None
    assert np.array_equal(one.y[at], other.y)
    if one.pre is not None and other.pre is not None:
        for gates, others in zip(one.pre, other.pre, strict=True):
            for gate, parts in gates.items():
                for name, values in parts.items():
                    assert np.array_equal(values[at], others[gate][name]), (gate, name)


@pytest.mark.parametrize(("cell", "layers"), CASES)
@settings(max_examples=25)
@given(length=st.integers(1, LENGTH), block=st.integers(1, LENGTH), seed=st.integers(0, 99))
def test_a_trace_is_its_steps_collected(cell: str, layers: int, length: int, block: int, seed: int) -> None:
    network = network_of(cell, layers)
    x, state = symbols(length, seed), a_state(network)
    trace = network.run(x, state, pre=True)
    steps = list(network.steps(x, state, pre=True, block=block))
    assert [step.t for step in steps] == list(range(length))
    collected = collect(steps, trace.inputs, trace.initial)
    assert_same(trace, collected)
    assert len(trace) == len(collected) == length
    for one, other in zip(trace.final, collected.final, strict=True):
        assert {name: row.tolist() for name, row in one.items()} == {name: row.tolist() for name, row in other.items()}


@pytest.mark.parametrize(("cell", "layers"), CASES)
@pytest.mark.parametrize("cut", [1, LENGTH // 2, LENGTH - 1])
def test_a_run_cut_anywhere_goes_on_as_if_it_were_not(cell: str, layers: int, cut: int) -> None:
    network = network_of(cell, layers)
    whole = network.run(symbols(), a_state(network))
    first = network.run(symbols()[:cut], a_state(network))
    second = network.run(symbols()[cut:], first.final)
    assert_same(whole, first, slice(cut))
    assert_same(whole, second, slice(cut, None))


@pytest.mark.parametrize(("cell", "layers"), CASES)
@settings(max_examples=25)
@given(cut=st.integers(1, 59), hidden_size=st.integers(1, 40), numbers=st.booleans())
def test_a_cut_changes_nothing_at_any_size(cell: str, layers: int, cut: int, hidden_size: int, numbers: bool) -> None:
    network = network_of(cell, layers, hidden_size)
    x = np.random.default_rng(cut).normal(size=(60, len(ALPHABET))) if numbers else symbols(60, cut)
    whole, first = network.run(x), network.run(x[:cut])
    second = network.run(x[cut:], first.final)
    assert whole.y is not None
    assert second.y is not None
    for k in range(layers):
        for name, values in second.layers[k].items():
            # The contract: bit for bit for one layer over symbols, else within 2e-6.
            tolerance = 0 if layers == 1 and not numbers else 2e-6
            assert_near(values, whole.layers[k][name][cut:], tolerance, name)
    assert_near(second.y, whole.y[cut:], 0 if layers == 1 and not numbers else 2e-6, "y")


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_symbols_are_their_one_hot_vectors(cell: str, layers: int) -> None:
    network = network_of(cell, layers)
    assert_same(network.run(symbols(), pre=True), network.run(np.eye(len(ALPHABET))[symbols()], pre=True))


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_asking_for_parts_or_for_no_output_changes_nothing(cell: str, layers: int) -> None:
    network = network_of(cell, layers)
    plain = network.run(symbols())
    assert plain.pre is None
    assert_same(network.run(symbols(), pre=True), plain)
    bare = network.run(symbols(), y=False)
    assert bare.y is None
    assert [step.y for step in network.steps(symbols(5), y=False)] == [None] * 5
    for one, other in zip(plain.layers, bare.layers, strict=True):
        assert all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(("cell", "layers"), CASES)
@pytest.mark.parametrize("batch", [(3,), (2, 3)])
def test_a_batch_is_its_sequences_side_by_side(cell: str, layers: int, batch: tuple[int, ...]) -> None:
    network = network_of(cell, layers)
    x, state = symbols(30, batch=batch), a_state(network, batch)
    together = network.run(x, state, pre=True)
    assert together.y is not None
    for at in np.ndindex(batch):
        here = (slice(None), *at)
        alone = network.run(x[here], tuple({name: row[at] for name, row in layer.items()} for layer in state), pre=True)
        assert alone.y is not None
        for k in range(layers):
            for name, values in alone.layers[k].items():
                assert_near(together.layers[k][name][here], values, 2e-6, name)
            for name, values in alone.final[k].items():
                assert_near(together.final[k][name][at], values, 2e-6, name)
        assert_near(together.y[here], alone.y, 2e-6, "y")
        assert together.pre is not None
        assert alone.pre is not None
        for gate, parts in alone.pre[-1].items():
            for name, values in parts.items():
                assert_near(together.pre[-1][gate][name][here], values, 2e-6, f"{gate} {name}")


@pytest.mark.parametrize("dtype", sorted(TOLERANCE))
@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_the_stack_and_its_readout_are_pytorchs(cell: str, layers: int, dtype: str) -> None:
    """One step of all layers at once, from each recorded state."""
    oracle = load_oracle(cell, layers, dtype)
    state = tuple(oracle.before(k) for k in range(layers))
    trace = oracle.network.run(oracle.recorded["x"][np.newaxis], state)
    assert trace.y is not None
    h = trace.layers[-1]["h"][0]
    assert_near(h, oracle.layer(layers - 1)["h"], 4 * TOLERANCE[dtype], "h")  # two steps deep
    assert_near(oracle.network.readout.logits(h), oracle.recorded["logits"], 8 * TOLERANCE[dtype], "logits")
    assert_near(trace.y[0], oracle.recorded["y"], 4 * TOLERANCE[dtype], "y")
    assert_near(oracle.network.readout(h), oracle.recorded["y"], 4 * TOLERANCE[dtype], "y of h alone")


def test_a_linear_readout_gives_plain_numbers() -> None:
    h = np.array([[1.0, 2.0], [0.5, -1.0]])
    readout = Readout(np.array([[1.0, 1.0], [0.0, 2.0], [3.0, 0.0]]), np.array([0.5, 0.0, -1.0]), "linear")
    assert readout(h).tolist() == [[3.5, 4, 2], [0, -2, 0.5]]
    softened = Readout(readout.weight, readout.bias, "softmax")
    assert softened(h).tolist() == softmax(readout(h)).tolist()


@pytest.mark.parametrize("cell", CELLS)
def test_everything_is_in_the_dtype_of_the_weights(cell: str) -> None:
    for dtype in (np.float32, np.float64):
        network = untrained(cell, 4, 2, input_size=2, dtype=dtype).network
        trace = network.run(np.ones((3, 2)), pre=True)
        assert trace.y is not None
        assert trace.pre is not None
        arrays = [
            *trace.layers[1].values(),
            *trace.final[0].values(),
            *trace.initial[0].values(),
            trace.y,
            trace.inputs,
        ]
        arrays += [part for parts in trace.pre[0].values() for part in parts.values()]
        assert {values.dtype for values in arrays} == {np.dtype(dtype)}


def test_what_a_run_gives_cannot_be_written_to() -> None:
    network = network_of("lstm", 1)
    trace = network.run(symbols(3), pre=True)
    (step, *_) = network.steps(symbols(3), pre=True)
    assert trace.pre is not None
    assert step.pre is not None
    for row in (trace.layers[0], step.layers[0], trace.pre[0]["f"], step.pre[0]["f"], trace.final[0]):
        for values in row.values():
            with pytest.raises(ValueError, match="read-only"):
                values[...] = 0


def test_the_state_of_a_caller_is_neither_kept_nor_changed() -> None:
    network = network_of("gru", 2)
    state = a_state(network)
    before = [row["h"].copy() for row in state]
    trace = network.run(symbols(5), state)
    for row, kept in zip(state, before, strict=True):
        assert np.array_equal(row["h"], kept)
        row["h"][...] = 7
    assert np.array_equal(trace.initial[0]["h"], before[0].astype(np.float32))


def overflowing(cell: str, layers: int) -> tuple[Network, NDArray[Any]]:
    """A network and inputs that are well until step 70, where a sum of the last layer's input part is not a number."""
    parameters = {name: values.copy() for name, values in network_of(cell, layers).parameters().items()}
    network = Network.from_parameters(cell, parameters, "softmax")
    x = np.eye(len(ALPHABET), dtype=np.float32)[symbols(LENGTH)]
    x[70, :2] = np.inf, -np.inf
    return network, x


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("cell", "first"), [("lstm", "f"), ("gru", "r"), ("rnn", "h")])
@pytest.mark.parametrize("pre", [False, True])
def test_what_is_not_finite_is_not_yielded(cell: str, first: str, pre: bool) -> None:
    network, x = overflowing(cell, 2)
    seen: list[Step] = []
    with pytest.raises(NonFinite) as caught:
        seen.extend(network.steps(x, pre=pre))
    assert caught.value.params == {"step": 70, "layer": 0, "quantity": first}
    assert [step.t for step in seen] == list(range(70))
    assert all(np.isfinite(values).all() for step in seen for row in step.layers for values in row.values())
    with pytest.raises(NonFinite, match="step 70"):
        network.run(x, pre=pre)


@pytest.mark.parametrize("cell", CELLS)
def test_an_output_or_a_part_that_is_not_finite_is_found_as_well(cell: str) -> None:
    parameters = dict(untrained(cell, 3, 2, input_size=1).network.parameters())
    parameters["readout.weight"] = np.full((1, 3), 3e38, np.float32)
    parameters["bias_hh_l1"] = np.full_like(parameters["bias_hh_l1"], 100)
    network = Network.from_parameters(cell, parameters, "linear")
    ones = tuple({name: np.ones_like(row) for name, row in layer.items()} for layer in network.initial_state())
    with pytest.raises(NonFinite) as caught:
        network.run(np.ones((2, 1)), ones)
    assert caught.value.params == {"step": 0, "layer": 1, "quantity": "y"}
    parameters["weight_ih_l0"] = np.full_like(parameters["weight_ih_l0"], 1e35)
    steep = Network.from_parameters(cell, parameters, "linear")
    assert np.isfinite(steep.run(np.full((2, 1), 1e6), y=False).layers[0]["h"]).all()  # σ and tanh bear an infinity
    with pytest.raises(NonFinite) as caught:
        steep.run(np.full((2, 1), 1e6), y=False, pre=True)
    assert caught.value.params["step"] == 0


@pytest.mark.parametrize("index", [-1, len(ALPHABET)])
def test_an_index_outside_of_the_alphabet_is_refused(index: int) -> None:
    with pytest.raises(OutOfBounds):
        network_of("rnn", 1).run(np.array([0, index]))


@pytest.mark.parametrize("x", [np.zeros(0, int), np.zeros((0, 5)), np.zeros((), int), np.zeros((0, 2), int)])
def test_no_step_is_refused(x: NDArray[Any]) -> None:
    with pytest.raises(EmptyInput):
        network_of("rnn", 1).steps(x)


@pytest.mark.parametrize("x", [np.zeros(3), np.zeros((3, 4)), np.zeros((3, 2, 6))])
def test_numbers_of_another_size_are_refused(x: NDArray[Any]) -> None:
    with pytest.raises(WrongShape):
        network_of("rnn", 1).run(x)


def test_a_state_that_does_not_fit_is_refused() -> None:
    network = network_of("lstm", 2)
    good = network.initial_state()
    x = symbols(3)
    with pytest.raises(WrongShape, match="2 x 7"):
        network.run(x, good[:1])
    with pytest.raises(WrongShape, match="initial state's C"):
        network.run(x, (good[0], {"h": good[1]["h"]}))
    with pytest.raises(WrongShape, match="initial state's h"):
        network.run(x, (good[0], {"h": np.zeros(6), "c": good[1]["c"]}))
    with pytest.raises(UnknownQuantity) as caught:
        network.run(x, (good[0], {**good[1], "f": good[1]["h"]}))
    assert caught.value.params == {"quantity": "f", "allowed": ["h", "C"]}
    for value, error in ((np.nan, NotFinite), (np.inf, NotFinite), (-2 * STATE_BOUND, OutOfBounds)):
        with pytest.raises(error, match="initial state's C"):
            network.run(x, (good[0], {"h": good[1]["h"], "c": np.full(7, value)}))


def test_the_parameters_are_those_given_under_pytorchs_names() -> None:
    network = network_of("lstm", 2)
    parameters = network.parameters()
    assert list(parameters) == [
        *(f"{name}_l{k}" for k in range(2) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")),
        "readout.weight",
        "readout.bias",
    ]
    again = Network.from_parameters("lstm", parameters, "softmax")
    assert all(again.parameters()[name] is values for name, values in parameters.items())
    assert_same(network.run(symbols()), again.run(symbols()))


def test_parameters_that_make_no_network_are_refused() -> None:
    good = network_of("lstm", 2).parameters()

    def refused(match: str, **changed: NDArray[Any] | None) -> None:
        wanted = {name.replace(".", "_"): name for name in good}
        edited = {**good, **{wanted.get(name, name): values for name, values in changed.items()}}
        with pytest.raises(ValueError, match=match):
            Network.from_parameters("lstm", {k: v for k, v in edited.items() if v is not None}, "softmax")

    refused("missing: bias_hh_l1", bias_hh_l1=None)
    refused("missing: readout.bias", readout_bias=None)
    refused("not part of a lstm with 2 layers: weight_ih_l0_reverse", weight_ih_l0_reverse=good["weight_ih_l0"])
    refused("missing: weight_hh_l0", weight_hh_l0=None)
    refused("readout", readout_weight=np.zeros((5, 6), np.float32))
    refused("readout", readout_bias=np.zeros(4, np.float32))
    refused("cannot follow", weight_ih_l1=np.zeros((28, 6), np.float32))
    refused("one dtype", weight_hh_l1=good["weight_hh_l1"].astype(np.float64))
    with pytest.raises(ValueError, match="softmax or linear"):
        Network.from_parameters("lstm", good, "sigmoid")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least one layer"):
        Network([], network_of("lstm", 1).readout)
    with pytest.raises(ValueError, match="one kind of cell"):
        Network([network_of("lstm", 1).cells[0], network_of("gru", 1).cells[0]], network_of("lstm", 1).readout)
