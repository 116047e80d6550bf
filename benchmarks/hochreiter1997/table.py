"""From the results file to docs/hochreiter1997.md: the table, what it shows, the method, the machine and the time.

Every number in the tables but the paper's comes from the runs; where ours is worse than the paper's, it says so. What
the method tells of the search for settings is written by hand: those runs are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean
from typing import Final

from benchmarks.hochreiter1997.experiments import EXPERIMENTS, TEST, Experiment, Setting, weights
from benchmarks.hochreiter1997.method import METHOD
from benchmarks.hochreiter1997.results import Results, Run

DOCUMENT: Final = "hochreiter1997.md"
NAMES: Final = {
    "lstm1997": "1997 LSTM",
    "lstm1997-open": "1997 LSTM, no output gate",
    "lstm": "LSTM with forget gate",
    "rnn": "plain RNN",
}
_KINDS: Final = (
    (("lstm1997", "lstm1997-open"), "The LSTM of 1997"),
    (("lstm",), "The LSTM with a forget gate"),
    (("rnn",), "The plain RNN"),
)
_HEADING: Final = (
    "# The paper's tables\n\nHochreiter & Schmidhuber, *Long short-term memory*, Neural Computation 9(8), 1997, beside"
    " the same experiments here. `python -m benchmarks.hochreiter1997` runs what has not been run and makes this file"
    " from [the runs](hochreiter1997.json)."
)
_HEAD: Final = (
    "network",
    "weights",
    "solved",
    "sequences to success, mean",
    "from–to",
    "of the paper's",
    f"wrong of {TEST:,}, mean",
    "mean error in the test",
)


def write(results: Results, path: Path) -> Path:
    """Write the document from the results; returns where."""
    path.write_text(document(results), "utf-8")
    return path


def document(results: Results, experiments: Sequence[Experiment] = EXPERIMENTS) -> str:
    """The whole document."""
    parts = [
        _HEADING,
        "\n".join(f"- {sentence}" for sentence in verdicts(results, experiments)),
        *(section(results, experiment) for experiment in experiments),
        METHOD,
        f"## Settings\n\n{_settings(experiments)}",
        f"## Machine and time\n\n{_machine(results, experiments)}",
    ]
    return "\n\n".join(parts) + "\n"


def section(results: Results, experiment: Experiment) -> str:
    """One experiment: its table, and what falls short."""
    rows = [_paper(experiment)]
    notes = []
    for setting in experiment.settings:
        runs = results.of(experiment, setting)
        rows.append(_ours(experiment, setting, runs))
        notes += _short(experiment, setting, runs)
    lines = [_line(_HEAD), _line("---" for _ in _HEAD), *map(_line, rows)]
    return "\n".join([f"## Experiment {experiment.label}", "", *lines, *(["", *notes] if notes else [])])


def verdicts(results: Results, experiments: Sequence[Experiment]) -> list[str]:
    """What the runs show of each kind of network, in a few sentences."""
    return [_verdict(results, experiments, cells, name) for cells, name in _KINDS]


def _verdict(results: Results, experiments: Sequence[Experiment], cells: Sequence[str], name: str) -> str:
    solved, failed, seldomer, worse, missing = list[str](), list[str](), list[str](), list[str](), list[str]()
    for experiment in experiments:
        runs = results.of(experiment, next(own for own in experiment.settings if own.cell in cells))
        if len(runs) < experiment.seeds:
            missing.append(experiment.key)
        elif all(run.solved for run in runs):
            solved.append(experiment.key)
        if not all(run.solved for run in runs):
            failed.append(experiment.key)
        if _seldomer(experiment, runs):
            seldomer.append(experiment.key)
        if any(run.solved for run in runs) and _mean_of(runs) >= experiment.paper.sequences:
            worse.append(experiment.key)
    colon = ": " if solved else ""
    sentences = [
        f"{name} solves {len(solved)} of {len(experiments)} experiments in every seed{colon}{_listed(solved)}."
    ]
    for what, keys in (
        ("Not solved by every seed", failed),
        ("In a smaller share of seeds than of the paper's trials", seldomer),
        ("In more sequences than the paper's mean", worse),
        ("Not all seeds have been run", missing),
    ):
        sentences += [f"{what}: {_listed(keys)}."] if keys else []
    return " ".join(sentences)


def _paper(experiment: Experiment) -> tuple[str, ...]:
    paper = experiment.paper
    return (
        f"the paper, table {paper.table}",
        f"{paper.weights:,}",
        _trials(experiment),
        f"{paper.sequences:,}",
        "",
        "",
        "" if paper.wrong is None else f"{paper.wrong:g}",
        "",
    )


def _ours(experiment: Experiment, setting: Setting, runs: Sequence[Run]) -> tuple[str, ...]:
    count = f"{weights(experiment, setting):,}"
    name = f"{NAMES[setting.cell]}, {setting.hidden_size} units"
    if not runs:
        return name, count, "not run", "", "", "", "", ""
    solved = [run for run in runs if run.solved]
    share = f"{len(solved)} of {len(runs)} seeds"
    wrong, error = f"{mean(run.wrong for run in runs):.1f}", f"{mean(run.error for run in runs):.4f}"
    if not solved:
        return name, count, share, f"none in {experiment.cap:,}", "", "", wrong, error
    counts = [run.sequences for run in solved]
    ratio = mean(counts) / experiment.paper.sequences
    return (
        name,
        count,
        share,
        f"{mean(counts):,.0f}",
        f"{min(counts):,}–{max(counts):,}",
        f"{ratio:.3g}×" if ratio < 1 else f"worse: {ratio:.3g}×",
        wrong,
        error,
    )


def _short(experiment: Experiment, setting: Setting, runs: Sequence[Run]) -> list[str]:
    """Sentences about what is missing or worse than the paper."""
    name = NAMES[setting.cell]
    sentences = []
    if 0 < len(runs) < experiment.seeds:
        sentences.append(f"{name}: machine time allowed {len(runs)} of {experiment.seeds} seeds.")
    if failed := sum(not run.solved for run in runs):
        sentences.append(
            f"{name}: {failed} of {len(runs)} seeds had not solved it after {experiment.cap:,} sequences, twice the"
            " paper's count, and were stopped."
            + (f" The paper's: {_trials(experiment)}." if _seldomer(experiment, runs) else "")
        )
    wrong = experiment.paper.wrong
    if wrong is not None and (tested := [run.wrong for run in runs if run.solved]) and mean(tested) > wrong:
        sentences.append(
            f"{name}: {mean(tested):.1f} wrong predictions in the test on average where it was solved (at most"
            f" {max(tested)}), more than the paper's {wrong:g}."
        )
    return sentences


def _trials(experiment: Experiment) -> str:
    paper = experiment.paper
    return "" if paper.solved is None else f"{paper.solved:.0%} of {paper.trials} trials"


def _seldomer(experiment: Experiment, runs: Sequence[Run]) -> bool:
    """Whether a smaller share of the seeds solved it than of the paper's trials."""
    solved = experiment.paper.solved
    return solved is not None and bool(runs) and mean(run.solved for run in runs) < solved


def _settings(experiments: Sequence[Experiment]) -> str:
    head = ("experiment", "network", "begins", "biases", "learning rate", "falls below", "batch", "Adam’s β₂")
    rows = [
        (
            experiment.key,
            f"{NAMES[setting.cell]}, {setting.hidden_size} units",
            setting.initialisation,
            ", ".join(f"{gate} {bias:+g}" for gate, bias in setting.biases.items()),
            f"{setting.learning_rate:g}",
            f"{setting.slow_below:g}" if setting.slow_below else "never falls",
            f"{setting.batch_size}",
            f"{setting.beta_2:g}",
        )
        for experiment in experiments
        for setting in experiment.settings
    ]
    return "\n".join([_line(head), _line("---" for _ in head), *map(_line, rows)])


def _machine(results: Results, experiments: Sequence[Experiment]) -> str:
    rows = [("experiment", *(NAMES[cell] for cell in ("lstm1997", "lstm", "rnn")))]
    machines: dict[str, None] = {}
    total = 0.0
    for experiment in experiments:
        cells = []
        for setting in experiment.settings:
            runs = results.of(experiment, setting)
            machines |= dict.fromkeys(run.machine for run in runs)
            seconds = sum(run.seconds for run in runs)
            total += seconds
            cells.append(f"{seconds / 60:.1f} min" if runs else "")
        rows.append((experiment.label, *cells))
    lines = [_line(rows[0]), _line("---" for _ in rows[0]), *map(_line, rows[1:])]
    where = "; ".join(machines) or "none yet"
    return (
        f"Run on: {where}. One process and one BLAS thread each; {total / 60:.0f} minutes of the processor's time in"
        " all, tests included:\n\n" + "\n".join(lines)
    )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _listed(keys: Sequence[str]) -> str:
    return ", ".join(keys)


def _mean_of(runs: Sequence[Run]) -> float:
    return mean(run.sequences for run in runs if run.solved)
