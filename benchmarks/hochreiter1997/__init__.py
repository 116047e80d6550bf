"""The tables of the paper that brought the LSTM, beside ours: `python -m benchmarks.hochreiter1997`.

Hochreiter & Schmidhuber, Long short-term memory, Neural Computation 9(8), 1997; "the paper" in this package.

    experiments   what the paper did and found, and our networks for it: data
    criteria      when an experiment counts as solved
    problems      the sequences of an experiment, and how wrong an answer is
    nets          lstm's networks, and what experiment 2a adds to them
    training      several seeds side by side, until each is solved or stopped
    results       the file that keeps each finished run
    runner        processes, progress, Ctrl-C
    table         from the results to docs/hochreiter1997.md
"""
