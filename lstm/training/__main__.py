"""`python -m lstm.training MODEL`: see command.py. Sets the process up before anything loads NumPy.

One BLAS thread: these products are small, and a second thread costs more than it brings. Memory is kept: a step of
training wants what the last one wanted, and taking it anew took up to two thirds of the time.
"""

import os
import sys

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

if __name__ == "__main__":
    from lstm import allocator
    from lstm.training.command import main

    allocator.keep()
    sys.exit(main())
