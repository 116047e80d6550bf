"""`python -m app`: see app/cli.py. Sets the number of BLAS threads before anything loads NumPy.

One thread a process: with two on a busy two-core machine a small product takes up to twenty times as long.
"""

import os
import sys

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

if __name__ == "__main__":
    from app.cli import main

    sys.exit(main())
