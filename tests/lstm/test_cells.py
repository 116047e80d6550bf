"""The cells against what PyTorch computed (tests/lstm/oracles): every quantity and every part of it, not only h.

The forms of the LSTM that PyTorch has no module for are held to onnxruntime as well.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lstm.activations import sigmoid_of_minus, tanh
from lstm.backward import backward
from lstm.cells import CELLS, CoupledLSTMCell, LSTM1997Cell, LSTMCell, PeepholeLSTMCell
from lstm.gates import LSTM1997, TABLES
from lstm.network import Network
from tests.lstm.by_hand import BY_HAND
from tests.lstm.oracle import CASES, TOLERANCE, Oracle, assert_near, load_oracle

DTYPES = sorted(TOLERANCE)


def one_layer(oracle: Oracle, k: int) -> Network:
    """Layer k of a recorded network, alone."""
    return Network([oracle.network.cells[k]], oracle.network.readout)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_a_step_from_each_recorded_state_is_pytorchs(cell: str, layers: int, dtype: str) -> None:
    oracle = load_oracle(cell, layers, dtype)
    for k in range(layers):
        network, before, x, layer = one_layer(oracle, k), oracle.before(k), oracle.inputs(k), oracle.layer(k)
        for t, b in np.ndindex(x.shape[:2]):
            state = ({name: values[t, b] for name, values in before.items()},)
            (step,) = network.steps(x[t, b][np.newaxis], state, pre=True)
            assert step.pre is not None
            found = {**step.layers[0]}
            found |= {f"pre.{gate}.{part}": v for gate, parts in step.pre[0].items() for part, v in parts.items()}
            assert found.keys() == layer.keys()
            for name, values in found.items():
                assert values.dtype == np.dtype(dtype)
                assert_near(values, layer[name][t, b], TOLERANCE[dtype], f"{name} of layer {k} at step {t}")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_a_batch_of_steps_is_pytorchs(cell: str, layers: int, dtype: str) -> None:
    oracle = load_oracle(cell, layers, dtype)
    for k in range(layers):
        layer = oracle.layer(k)
        trace = one_layer(oracle, k).run(oracle.inputs(k)[np.newaxis], (oracle.before(k),), pre=True)
        assert trace.pre is not None
        found = {**trace.layers[0]}
        found |= {f"pre.{gate}.{part}": v for gate, parts in trace.pre[0].items() for part, v in parts.items()}
        for name, values in found.items():
            assert_near(values[0], layer[name], TOLERANCE[dtype], f"{name} of layer {k}")


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", [name for name, cell in CELLS.items() if "c" in cell.state_names])
def test_a_batch_of_steps_is_onnxruntimes(cell: str, layers: int) -> None:
    oracle = load_oracle(cell, layers, "float32")
    for k in range(layers):
        trace = one_layer(oracle, k).run(oracle.inputs(k)[np.newaxis], (oracle.before(k),))
        recorded = oracle.by_onnx(k)
        assert set(recorded) == {"h", "c"}, f"{cell} carries C: say it in FORMS of scripts/onnx_cells.py and record it"
        for name, values in recorded.items():
            assert_near(trace.layers[0][name][0], values, TOLERANCE["float32"], f"{name} of layer {k}")


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_a_free_run_is_as_near_to_float64_as_pytorch_is(cell: str, layers: int) -> None:
    oracle = load_oracle(cell, layers, "free")
    trace = oracle.network.run(oracle.recorded["symbols"])
    for k in range(layers):
        for name, exact in oracle.layer(k).items():
            distance = float(np.abs(trace.layers[k][name] - exact).max())
            assert distance <= 4 * oracle.distances(k)[name], f"{name} of layer {k}"


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_a_free_run_in_float64_is_pytorchs(cell: str, layers: int) -> None:
    oracle = load_oracle(cell, layers, "free")
    exact = {name: values.astype(np.float64) for name, values in oracle.network.parameters().items()}
    trace = Network.from_parameters(cell, exact, "softmax").run(oracle.recorded["symbols"])
    for k in range(layers):
        for name, values in oracle.layer(k).items():
            assert_near(trace.layers[k][name], values, 1e-12, f"{name} of layer {k}")


@pytest.mark.parametrize("cell", BY_HAND)
def test_the_recorded_gates_could_not_be_mixed_up(cell: str) -> None:
    """The oracle can tell things apart: no two quantities, parts or biases of it are nearly alike."""
    oracle = load_oracle(cell, 1, "float64")
    layer = oracle.layer(0)
    same = {entry.name for entry in TABLES[cell] if entry.formula in {other.key for other in TABLES[cell]}}
    names = sorted(layer.keys() - same)  # h of a cell that shows its C as it is
    for a, first in enumerate(names):
        for second in names[a + 1 :]:
            assert np.abs(layer[first] - layer[second]).max() > 0.1, (first, second)
    weights = oracle.network.parameters()
    assert np.abs(weights["bias_ih_l0"] - weights["bias_hh_l0"]).min() > 1e-3
    assert same == ({"h"} if BY_HAND[cell].shown == "C" else set())


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_has_the_quantities_of_its_table(name: str) -> None:
    cell = CELLS[name]
    assert cell.name == name
    assert cell.quantities is TABLES[name]
    network = load_oracle(name, 1, "float32").network
    assert list(network.run(np.zeros(1, int)).layers[0]) == [quantity.name for quantity in TABLES[name]]
    assert set(cell.torch_order) <= {quantity.name for quantity in TABLES[name]}


def test_gates_reach_their_bounds_exactly() -> None:
    z = np.array([-200.0, 200.0], np.float32)
    cell = LSTMCell(np.tile(z[:, np.newaxis], (4, 1)), np.zeros((8, 2), np.float32), *np.zeros((2, 8), np.float32))
    readout = load_oracle("lstm", 1, "float32").network.readout
    network = Network([cell], type(readout)(np.zeros((1, 2), np.float32), np.zeros(1, np.float32), "linear"))
    (step,) = network.steps(np.ones((1, 1)))
    (row,) = step.layers
    for gate in ("f", "i", "o"):
        assert row[gate].tolist() == [0, 1]
    assert row["c_tilde"].tolist() == [-1, 1]
    assert row["c"].tolist() == [0, 1]
    assert row["h"].tolist() == [0, float(tanh(np.float32(1)))]


@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        (((8, 3), (8, 2), (8,), (7,)), "biases"),
        (((8, 3), (8, 3), (8,), (8,)), "weight_hh"),
        (((8, 3), (7, 2), (8,), (8,)), "weight_hh"),
        (((9, 3), (8, 2), (8,), (8,)), "weight_ih"),
        (((8, 0), (8, 2), (8,), (8,)), "weight_ih"),
        (((0, 3), (0, 0), (0,), (0,)), "weight_hh"),
    ],
)
def test_weights_that_do_not_fit_are_refused(shapes: tuple[tuple[int, ...], ...], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        LSTMCell(*(np.zeros(shape, np.float32) for shape in shapes))


def test_weights_of_two_dtypes_are_refused() -> None:
    single, double = np.zeros((8, 2), np.float32), np.zeros((8, 2))
    with pytest.raises(ValueError, match="dtype"):
        LSTMCell(single, double, np.zeros(8), np.zeros(8))


def test_the_gradients_of_w_return_to_where_the_weights_came_from() -> None:
    """W is linear in the weights, so ⟨W(weights), d⟩ = ⟨weights, gradients(d)⟩ for any d."""
    rng = np.random.default_rng(0)
    for name in CELLS:
        cell = load_oracle(name, 1, "float64").network.cells[0]
        d_w = rng.normal(size=cell.w.shape) * (cell.w != 0)
        gradients = cell.gradients(d_w)
        back = sum(float((values * gradients[key]).sum()) for key, values in cell.parameters().items())
        assert back == pytest.approx(float((cell.w * d_w).sum()), rel=1e-12)


def test_peephole_weights_that_do_not_fit_are_refused() -> None:
    fitting = [np.zeros(shape, np.float32) for shape in PeepholeLSTMCell.shapes(3, 2).values()]
    assert [values.shape for values in fitting] == [(8, 3), (8, 2), (8,), (8,), (6,)]
    for wrong in (np.zeros(8, np.float32), np.zeros((3, 2), np.float32), np.zeros(6)):
        with pytest.raises(ValueError, match="weight_ch"):
            PeepholeLSTMCell(*fitting[:-1], *[wrong])


def test_without_peepholes_the_peephole_cell_is_the_lstm() -> None:
    oracle = load_oracle("lstm", 2, "float64")
    nothing = {f"weight_ch_l{k}": np.zeros(18) for k in range(2)}
    weights = dict(oracle.network.parameters())
    x = oracle.recorded["x"]
    closed = Network.from_parameters("lstm-peephole", weights | nothing, "softmax").run(x)
    for rows, others in zip(oracle.network.run(x).layers, closed.layers, strict=True):
        for name, values in rows.items():
            assert_near(others[name], values, 1e-14, name)


def test_the_coupled_cells_free_gate_is_f() -> None:
    """A large bias of f keeps everything and writes nothing; the other way round C is the candidate."""
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(size=shape) for name, shape in CoupledLSTMCell.shapes(3, 2).items()}
    readout = load_oracle("lstm", 1, "float64").network.readout
    state = ({"h": np.zeros(2), "c": np.array([0.25, -0.5])},)
    found = {}
    for bias in (200.0, -200.0):
        weights["bias_ih"][:2] = bias
        cell = CoupledLSTMCell(*weights.values())
        network = Network([cell], type(readout)(np.zeros((1, 2)), np.zeros(1), "linear"))
        found[bias] = network.run(rng.normal(size=(5, 3)), state).layers[0]
    assert (found[200.0]["c"] == [0.25, -0.5]).all()
    assert np.array_equal(found[-200.0]["c"], found[-200.0]["c_tilde"])


def test_the_cell_of_1997_forgets_nothing() -> None:
    """With a closed input gate C stays to the bit, and so does the gradient that reaches it from later steps."""
    rng = np.random.default_rng(1)
    weights = {name: rng.normal(size=shape) for name, shape in LSTM1997Cell.shapes(3, 2).items()}
    weights["bias_ih"][:2] = -800.0  # σ(−800) is 0 in float64
    weights["weight_hh"][:] = 0  # so that nothing comes back to C by way of h
    readout = load_oracle("lstm", 1, "float64").network.readout
    network = Network([LSTM1997Cell(*weights.values())], type(readout)(rng.normal(size=(1, 2)), np.zeros(1), "linear"))
    c = np.array([0.3, -7.0])
    trace = network.run(rng.normal(size=(100, 3)), ({"h": np.zeros(2), "c": c},))
    assert (trace.layers[0]["c"] == c).all()
    d_logits = np.zeros((100, 1))
    d_logits[-1] = 1
    by_c = backward(network, trace, d_logits).states[0]["c"]
    assert by_c[-1].all()
    assert (by_c == by_c[-1]).all()


def test_the_options_of_the_1997_cell_decide_its_rows() -> None:
    class Gated(LSTM1997Cell):
        name = "gated"
        quantities = (*LSTM1997[:1], replace(LSTM1997[1], min=0, max=1), *LSTM1997[2:])
        wide_g = False

    weights = load_oracle("lstm1997", 1, "float64").network.cells[0].parameters()
    x, readout = np.random.default_rng(2).normal(size=(7, 5)), load_oracle("lstm", 1, "float64").network.readout
    wide, narrow = (Network([kind(**weights)], readout).run(x).layers[0] for kind in (LSTM1997Cell, Gated))
    assert Gated.torch_order == ("i", "c_tilde", "o")
    assert_near(narrow["c_tilde"][0], (wide["c_tilde"][0] + 2) / 4, 1e-14, "σ out of 4σ − 2")
    assert_near(narrow["h"], narrow["o"] * np.tanh(narrow["c"] / 2), 1e-14, "h")


def test_sigmoid_rows_carry_the_minus() -> None:
    z = np.linspace(-5, 5, 11)
    assert sigmoid_of_minus(-z) == pytest.approx(1 / (1 + np.exp(-z)), rel=1e-15)
