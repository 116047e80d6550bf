"""Side-by-side measurements, each a ratio within one run. `python -m benchmarks` prints them all.

Every measurement has one BLAS thread: with two, on a busy machine with two cores, a small product takes many times
longer. The libraries read this when they are first imported, so it stands here, before any of them.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
