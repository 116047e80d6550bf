"""What-if edits: PyTorch's edited loop and its autograd, answers known beforehand, and runs that never meet."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lstm import backward as backward_module
from lstm.backward import backward
from lstm.cells import CELLS
from lstm.edits import PRESETS, Ablate, Clamp, Edit, Edits, SetState, clampable, settable, until
from lstm.errors import BadParameter, GatescopeError, NotEditable, NotFinite, OutOfRange, UnknownQuantity
from lstm.explain.arithmetic import arithmetic
from lstm.explain.jacobian import jacobian
from lstm.explain.ledger import history, identity, left
from lstm.explain.saliency import saliency
from lstm.gates import TABLES
from lstm.network import Network
from lstm.trace import State, Trace
from lstm.untrained import untrained
from tests.lstm.by_hand import BY_HAND, SUMS
from tests.lstm.formula import evaluate
from tests.lstm.oracle import CASES, assert_near, first_sequence, load_edits, load_oracle

STEPS, UNITS = 9, 5


def a_network(cell: str, layers: int = 1) -> Network:
    return untrained(cell, UNITS, layers, alphabet="abcd", seed=7).network


def symbols(steps: int = STEPS) -> NDArray[np.intp]:
    return np.random.default_rng(3).integers(4, size=steps)


def a_state(network: Network) -> State:
    rng = np.random.default_rng(4)
    zeros = network.initial_state()
    return tuple({name: rng.normal(size=UNITS).astype(network.dtype) / 2 for name in row} for row in zeros)


def assert_same(found: Trace, expected: Trace, steps: slice = slice(None)) -> None:
    """Two runs are one and the same, bit for bit."""
    for ours, theirs in zip(found.layers, expected.layers, strict=True):
        for name, values in theirs.items():
            assert np.array_equal(ours[name][steps], values[steps]), name
    assert found.y is not None
    assert expected.y is not None
    assert np.array_equal(found.y[steps], expected.y[steps])


# --- what PyTorch says ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_every_quantity_and_part_of_an_edited_run_is_pytorchs(cell: str, layers: int) -> None:
    oracle, edits, recorded = load_oracle(cell, layers, "float64"), *load_edits(cell, layers)
    state = first_of(oracle.network, oracle.recorded)
    trace = oracle.network.run(oracle.recorded["x"], state, pre=True, edits=edits)
    assert trace.pre is not None
    for k, (rows, gates) in enumerate(zip(trace.layers, trace.pre, strict=True)):
        for name, values in rows.items():
            assert_near(values, recorded[f"layers.{k}.{name}"], 1e-12, f"{k} {name}")
        for gate, parts in gates.items():
            for part, values in parts.items():
                assert_near(values, recorded[f"layers.{k}.pre.{gate}.{part}"], 1e-12, f"{k} {gate} {part}")
    plain = oracle.network.run(oracle.recorded["x"], state).layers[-1]["h"]
    assert np.abs(trace.layers[-1]["h"] - plain).max() > 0.1, "the edits do something"


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_every_gradient_of_an_edited_run_is_pytorchs(cell: str, layers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backward_module, "BLOCK", 5)  # so that edits lie on both sides of a border
    oracle, edits, recorded = load_oracle(cell, layers, "float64"), *load_edits(cell, layers)
    network, state = oracle.network, first_of(oracle.network, oracle.recorded)
    found = backward(network, network.run(oracle.recorded["x"], state, edits=edits), oracle.recorded["d_logits"])
    assert found.inputs is not None
    ours = {**found.parameters, "x": found.inputs}
    ours |= {f"first.{name}.{k}": values for k, row in enumerate(found.initial) for name, values in row.items()}
    theirs = {name.removeprefix("gradients."): v for name, v in recorded.items() if name.startswith("gradients.")}
    assert ours.keys() == theirs.keys()
    for name, values in theirs.items():
        assert_near(ours[name], values, 1e-11, name)


@pytest.mark.parametrize(("cell", "layers"), CASES)
def test_every_jacobian_and_saliency_of_an_edited_run_is_pytorchs(cell: str, layers: int) -> None:
    oracle, edits, recorded = load_oracle(cell, layers, "float64"), *load_edits(cell, layers)
    network, (x, state) = oracle.network, first_sequence(oracle)
    for layer in range(layers):
        found = jacobian(network, x, state, layer=layer, t=len(x) - 1, edits=edits)
        for (of, by), logs in found.blocks.items():
            expected = recorded[f"jacobian.{layer}.{of}.{by}"]
            assert 10**logs == pytest.approx(expected, rel=1e-9, abs=0), (layer, of, by)
    logits = {match[0] for name in recorded if (match := re.match(r"logit\.(\d+)\.(\d+)", name))}
    assert len(logits) == 2
    for prefix in logits:
        t, output = map(int, prefix.split(".")[1:])
        of_logit = saliency(network, x, state, t=t, output=output, edits=edits)
        assert of_logit.logit == pytest.approx(recorded[f"{prefix}.logit"], rel=1e-12)
        assert of_logit.inputs == pytest.approx(recorded[f"{prefix}.inputs"], rel=1e-9, abs=0)
        for k, gates in enumerate(of_logit.pre):
            joined = np.concatenate([gates[gate] for gate in network.cell.torch_order], axis=-1)
            assert joined == pytest.approx(recorded[f"{prefix}.pre.{k}"], rel=1e-9, abs=1e-12), (prefix, k)


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_by_a_state_that_is_set_is_that_by_the_value_it_is_set_to(cell: str) -> None:
    oracle = load_oracle(cell, 2, "float64")
    network, (x, state) = oracle.network, first_sequence(oracle)
    name, units, d_logits = settable(network.cell.quantities).name, (1, 3), oracle.recorded["d_logits"][:, 0]

    def run(value: float) -> Trace:
        return network.run(x, state, edits=Edits((SetState(name, value, 4, 0, units), Ablate(0, (3,), 4, 4))))

    losses = [float((d_logits * network.readout.logits(run(0.5 + e).layers[-1]["h"])).sum()) for e in (1e-5, -1e-5)]
    by_state = backward(network, run(0.5), d_logits).states[0][name][4]
    # Where h is the state, what is set in the ablated unit is never read.
    slope = by_state[1] + (by_state[3] if name == "c" else 0)
    assert slope == pytest.approx((losses[0] - losses[1]) / 2e-5, rel=1e-6)
    assert abs(slope) > 1e-6


@pytest.mark.parametrize("cell", SUMS)
def test_the_direct_path_ends_where_a_state_is_set(cell: str) -> None:
    network, x = a_network(cell), symbols()
    name, edits = (
        settable(network.cell.quantities).name,
        Edits((SetState(settable(network.cell.quantities).name, 0.5, 4),)),
    )
    found = jacobian(network, x, layer=0, t=STEPS - 1, edits=edits)
    plain = jacobian(network, x[5:], network.run(x[:5], edits=edits).final, layer=0, t=STEPS - 6)
    assert found.direct is not None
    assert plain.direct is not None
    assert found.direct[:4].tolist() == [-np.inf] * 4
    assert found.direct[5:] == pytest.approx(plain.direct, rel=1e-5)
    assert np.isfinite(found.direct[4])
    assert found.blocks[name, name][4] > -10


def first_of(network: Network, recorded: Any) -> State:  # noqa: ANN401 - arrays by name
    """The recorded states before a batch of runs."""
    names, layers = network.cell.state_names, range(len(network.cells))
    return tuple({name: recorded[f"first.{name}.{k}"] for name in names} for k in layers)


# --- what is known beforehand --------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["lstm", "lstm-peephole"])
def test_an_open_forget_gate_and_a_shut_input_gate_keep_c_bit_for_bit(cell: str) -> None:
    network, x = a_network(cell, 2), symbols()
    trace = network.run(x, edits=Edits((Clamp("f", 1, 1, first=3), Clamp("i", 0, 1, first=3))))
    c = trace.layers[1]["c"]
    assert np.array_equal(c[3:], np.repeat(c[2:3], STEPS - 3, axis=0))
    assert np.abs(c[2]).min() > 0
    assert_same(trace, network.run(x), slice(0, 3))


@pytest.mark.parametrize("cell", ["lstm", "lstm-peephole"])
def test_a_shut_forget_gate_leaves_only_what_is_written(cell: str) -> None:
    rows = a_network(cell).run(symbols(), edits=Edits((Clamp("f", 0, units=(1, 3)),))).layers[0]
    assert np.array_equal(rows["c"][:, [1, 3]], (rows["i"] * rows["c_tilde"])[:, [1, 3]])
    assert not np.array_equal(rows["c"][:, 2], (rows["i"] * rows["c_tilde"])[:, 2])


@pytest.mark.parametrize("cell", [cell for cell, table in TABLES.items() if any(q.name == "o" for q in table)])
def test_a_shut_output_gate_shows_nothing(cell: str) -> None:
    rows = a_network(cell).run(symbols(), edits=Edits((Clamp("o", 0),))).layers[0]
    assert not rows["h"].any()
    assert rows["c"].all()


def test_a_coupled_cell_that_keeps_all_writes_nothing_and_the_other_way_round() -> None:
    network = a_network("lstm-coupled")
    kept = network.run(symbols(), edits=Edits((Clamp("f", 1, first=4),))).layers[0]["c"]
    assert np.array_equal(kept[4:], np.repeat(kept[3:4], STEPS - 4, axis=0))
    rows = network.run(symbols(), edits=Edits((Clamp("f", 0),))).layers[0]
    assert np.array_equal(rows["c"], rows["c_tilde"])


def test_a_gru_keeps_with_z_and_writes_without_it() -> None:
    network = a_network("gru")
    kept = network.run(symbols(), edits=Edits((Clamp("z", 1, first=4),))).layers[0]["h"]
    assert np.array_equal(kept[4:], np.repeat(kept[3:4], STEPS - 4, axis=0))
    rows = network.run(symbols(), edits=Edits((Clamp("z", 0),))).layers[0]
    assert np.array_equal(rows["h"], rows["n"])


@pytest.mark.parametrize("cell", ["lstm1997", "lstm1997-open"])
def test_a_carousel_that_is_not_written_to_keeps_all(cell: str) -> None:
    c = a_network(cell).run(symbols(), edits=Edits((Clamp("i", 0, first=4),))).layers[0]["c"]
    assert np.array_equal(c[4:], np.repeat(c[3:4], STEPS - 4, axis=0))


@pytest.mark.parametrize("cell", CELLS)
def test_all_readers_of_a_layer_that_is_ablated_get_zeros(cell: str) -> None:
    """The next step, the layer above and the readout: each as if h, or the input, had been 0."""
    network, x = a_network(cell, 2), symbols()
    trace = network.run(x, a_state(network), edits=Edits((Ablate(0), Ablate(1))))
    assert trace.y is not None
    assert not trace.layers[0]["h"].any()
    silent = network.run(x, edits=Edits((Ablate(0),))).layers
    for t in range(1, STEPS):
        before = tuple(
            {name: np.zeros_like(row["h"][t]) if name == "h" else row[name][t - 1] for name in network.cell.state_names}
            for row in trace.layers
        )
        step = network.run(x[t : t + 1], before)
        for name, values in step.layers[0].items():
            if name != "h":
                assert np.array_equal(trace.layers[0][name][t], values[0]), name
    alone = Network([network.cells[1]], network.readout).run(np.zeros((STEPS, UNITS), np.float32), y=False)
    for name, values in alone.layers[0].items():
        assert silent[1][name] == pytest.approx(values, abs=1e-6), name
    assert np.array_equal(trace.y, np.repeat(network.readout(np.zeros(UNITS, np.float32))[np.newaxis], STEPS, axis=0))


@pytest.mark.parametrize("cell", CELLS)
def test_a_state_that_is_set_is_that_of_a_run_that_starts_from_it(cell: str) -> None:
    network, x = a_network(cell, 2), symbols()
    name = settable(network.cell.quantities).name
    trace = network.run(x, edits=Edits((SetState(name, 0.25, 3, layer=1, units=(0, 2)),)))
    assert trace.layers[1][name][3, [0, 2]].tolist() == [0.25, 0.25]
    assert_same(trace, network.run(x), slice(0, 3))
    after: State = tuple({state: row[state][3] for state in network.cell.state_names} for row in trace.layers)
    rest = network.run(x[4:], after)
    for ours, theirs in zip(trace.layers, rest.layers, strict=True):
        assert all(ours[quantity][4:] == pytest.approx(values, abs=2e-6) for quantity, values in theirs.items())
    if name == "c":  # h of the very step is made from it
        rows = {q.key: trace.layers[1][q.name][3].astype(float) for q in network.cell.quantities}
        shown = next(q.formula for q in network.cell.quantities if q.key == "h")
        assert rows["h"] == pytest.approx(evaluate(shown, rows), abs=1e-6)


def test_the_later_of_two_edits_holds_and_an_ablation_above_all() -> None:
    network = a_network("gru")
    rows = network.run(
        symbols(),
        edits=Edits((Ablate(units=(0,), first=2), SetState("h", 0.5, 4), Clamp("z", 0.25), Clamp("z", 0.75, first=3))),
    ).layers[0]
    assert rows["h"][4].tolist() == [0, 0.5, 0.5, 0.5, 0.5]
    assert rows["z"][:, 0].tolist() == [0.25] * 3 + [0.75] * 6


# --- edits of any kind ---------------------------------------------------------------------------------------------


@st.composite
def edited(draw: st.DrawFn) -> tuple[Network, Edits]:
    """A network of two layers, and some edits that fit it."""
    network = a_network(draw(st.sampled_from(sorted(CELLS))), 2)
    table, steps = network.cell.quantities, st.integers(0, STEPS - 1)
    units = st.none() | st.lists(st.integers(0, UNITS - 1), min_size=1, max_size=3).map(tuple)
    found: list[Edit] = []
    for _ in range(draw(st.integers(1, 5))):
        kind, layer, of, first = draw(st.sampled_from("cas")), draw(st.integers(0, 1)), draw(units), draw(steps)
        last = draw(st.none() | st.integers(first, STEPS - 1))
        if kind == "c" and clampable(table):
            quantity = draw(st.sampled_from(clampable(table)))
            value = draw(st.floats(quantity.min or 0, quantity.max or 0, width=32))
            found.append(Clamp(quantity.name, value, layer, of, first, last))
        elif kind == "s":
            found.append(SetState(settable(table).name, draw(st.floats(-1, 1, width=32)), first, layer, of))
        else:
            found.append(Ablate(layer, of, first, last))
    return network, Edits(tuple(found))


@given(edited(), st.integers(1, STEPS), st.integers(1, STEPS))
@settings(max_examples=60)
def test_blocks_batches_and_a_shorter_run_change_nothing(case: tuple[Network, Edits], block: int, steps: int) -> None:
    network, edits = case
    x, state = symbols(), a_state(network)
    whole = network.run(x, state, pre=True, edits=edits)
    for t, step in enumerate(network.steps(x, state, block=block, edits=edits)):
        for row, rows in zip(step.layers, whole.layers, strict=True):
            assert all(np.array_equal(row[name], rows[name][t]) for name in rows)
    shorter = network.run(x[:steps], state, edits=until(edits, steps))
    assert_same(shorter, whole, slice(0, steps))
    batched = network.run(
        np.stack([x, x[::-1]], 1), tuple({n: np.stack([v, v]) for n, v in row.items()} for row in state), edits=edits
    )
    for one, two in zip(whole.layers, batched.layers, strict=True):
        assert all(two[name][:, 0] == pytest.approx(values, abs=1e-5) for name, values in one.items())


@given(edited())
@settings(max_examples=60)
def test_edits_are_where_they_say_and_nothing_else_leaves_its_formula(case: tuple[Network, Edits]) -> None:
    """Each quantity is its formula of the others, in float64, but where the arithmetic says that it is edited."""
    network, edits = case
    x = symbols()
    trace = network.run(x, edits=edits)
    places = {(e.layer, e.quantity, u, t) for e in edits.edits for u in e.units or range(UNITS) for t in spanned(e)}
    for layer, unit, t in ((0, 1, 2), (1, 3, 5), (1, 0, STEPS - 1)):
        for line in arithmetic(network, x, None, layer=layer, unit=unit, t=t, edits=edits).lines:
            name = line.quantity.name
            assert line.edited == ((layer, name, unit, t) in places)
            assert line.value == trace.layers[layer][name][t, unit]
            if not line.edited:
                assert line.computed == pytest.approx(line.value, abs=2e-6)


def spanned(edit: Edit) -> range:
    """The steps of an edit."""
    if isinstance(edit, SetState):
        return range(edit.t, edit.t + 1)
    return range(edit.first, STEPS if edit.last is None else edit.last + 1)


@given(edited())
@settings(max_examples=40)
def test_the_ledger_of_an_edited_run_adds_up(case: tuple[Network, Edits]) -> None:
    network, edits = case
    found, x, state = identity(network.cell), symbols(), a_state(network)
    if found is None:
        assert history(network, x, state, layer=1, unit=2, edits=edits) is None
        return
    rows = network.run(x, state, edits=edits).layers
    for layer, unit in ((0, 1), (1, 2)):
        followed = history(network, x, state, layer=layer, unit=unit, edits=edits)
        assert followed is not None
        for t in range(STEPS):
            terms = left(followed, t)
            assert terms.sum() == pytest.approx(
                rows[layer][found.state][t, unit], abs=2e-6 * max(1, np.abs(terms).sum())
            )


def test_a_ledger_forgets_all_where_a_state_is_set_and_names_that_step_as_the_writer() -> None:
    network, x = a_network("lstm"), symbols()
    edits = Edits((SetState("c", 0.5, 4, units=(2,)), Clamp("f", 1, units=(2,), first=5)))
    followed = history(network, x, a_state(network), layer=0, unit=2, edits=edits)
    assert followed is not None
    terms = left(followed, STEPS - 1)
    assert not terms[:5].any(), "the state before, and the steps 0 to 3"
    assert terms[5] == 0.5, "f = 1 has kept all of it"
    assert terms[6:].all()


def test_a_network_is_never_changed_and_runs_side_by_side_never_meet() -> None:
    """Plain and differently edited runs of one model, in threads: each is what it is alone, bit for bit."""
    network = untrained("lstm", 48, 2, alphabet="abcd", seed=1).network
    before = {name: values.copy() for name, values in network.parameters().items()}
    x = np.random.default_rng(0).integers(4, size=300)
    cases = [None, Edits((Clamp("f", 1),)), Edits((Ablate(0, (3, 7)),)), Edits((SetState("c", 2, 100, 1),)), None]
    alone = [network.run(x, edits=edits) for edits in cases]
    assert len({run.y.tobytes() for run in alone if run.y is not None}) == 4
    with ThreadPoolExecutor(8) as pool:
        for _ in range(4):
            for found, expected in zip(pool.map(lambda edits: network.run(x, edits=edits), cases), alone, strict=True):
                assert_same(found, expected)
    assert all(np.array_equal(values, before[name]) for name, values in network.parameters().items())


# --- what is refused -----------------------------------------------------------------------------------------------

REFUSED: list[tuple[str, Edit, type[GatescopeError], dict[str, object]]] = [
    ("lstm", Clamp("q", 1), UnknownQuantity, {"quantity": "q"}),
    ("lstm", Clamp("c", 1), NotEditable, {"quantity": "C", "edit": "clamp", "allowed": ["f", "i", "C_tilde", "o"]}),
    ("rnn", Clamp("h", 1), NotEditable, {"quantity": "h", "edit": "clamp", "allowed": []}),
    ("lstm", SetState("h", 0, 1), NotEditable, {"quantity": "h", "edit": "set", "allowed": ["C"]}),
    ("gru", SetState("z", 0, 1), NotEditable, {"quantity": "z", "edit": "set", "allowed": ["h"]}),
    ("lstm", Clamp("f", 1.5), OutOfRange, {"quantity": "f", "value": 1.5, "min": 0, "max": 1}),
    ("lstm1997", Clamp("c_tilde", -2.5), OutOfRange, {"quantity": "C_tilde", "min": -2, "max": 2}),
    ("lstm", SetState("c", 2e6, 1), OutOfRange, {"quantity": "C", "max": 1e6}),
    ("gru", SetState("h", -1.5, 1), OutOfRange, {"quantity": "h", "min": -1}),
    ("lstm", Clamp("f", float("nan")), NotFinite, {}),
    ("lstm", Clamp("f", 1, layer=1), BadParameter, {"parameter": "layer", "min": 0, "max": 0}),
    ("lstm", Ablate(units=(0, UNITS)), BadParameter, {"parameter": "units", "value": UNITS, "max": UNITS - 1}),
    ("lstm", Ablate(units=(-1,)), BadParameter, {"parameter": "units", "value": -1}),
    ("lstm", Ablate(first=STEPS), BadParameter, {"parameter": "from", "max": STEPS - 1}),
    ("lstm", Ablate(first=3, last=2), BadParameter, {"parameter": "to", "min": 3, "max": STEPS - 1}),
    ("lstm", Ablate(first=3, last=STEPS), BadParameter, {"parameter": "to", "value": STEPS}),
    ("lstm", SetState("c", 0, STEPS), BadParameter, {"parameter": "t", "max": STEPS - 1}),
]


@pytest.mark.parametrize(("cell", "edit", "error", "params"), REFUSED)
def test_an_edit_that_does_not_fit_is_refused_before_the_first_step(
    cell: str, edit: Edit, error: type[GatescopeError], params: dict[str, object]
) -> None:
    network = a_network(cell)
    with pytest.raises(error) as raised:
        network.steps(symbols(), edits=Edits((Ablate(), edit)))
    assert raised.value.params | params == raised.value.params
    assert raised.value.detail.endswith(".")


@pytest.mark.parametrize("cell", BY_HAND)
def test_what_can_be_edited_is_every_gate_and_candidate_and_the_state_that_is_carried(cell: str) -> None:
    squashed = [key for key in BY_HAND[cell].keys.split() if key not in ("C", "h")]
    assert [quantity.key for quantity in clampable(TABLES[cell])] == squashed
    assert settable(TABLES[cell]).key == BY_HAND[cell].state


@pytest.mark.parametrize("cell", PRESETS)
def test_a_preset_does_what_its_name_says(cell: str) -> None:
    network, x = a_network(cell), symbols()
    state, before = settable(network.cell.quantities).name, a_state(network)
    for preset in PRESETS[cell]:
        rows = network.run(x, before, edits=Edits(preset.clamps)).layers[0]
        by_key = {quantity.key: rows[quantity.name] for quantity in network.cell.quantities}
        match preset.name:
            case "remember":
                assert np.array_equal(rows[state], np.repeat(before[0][state][np.newaxis], STEPS, axis=0))
            case "forget":
                assert np.array_equal(rows[state], evaluate(SUMS[cell][1], by_key))
            case "overwrite":
                (candidate,) = (q.name for q in network.cell.quantities if q.kind == "candidate")
                assert np.array_equal(rows[state], rows[candidate])
            case "hide":
                assert not rows["h"].any()
