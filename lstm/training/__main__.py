"""`python -m lstm.training MODEL`: see command.py. Sets the number of BLAS threads before anything loads NumPy.

One thread: these products are small, and a second thread costs more than it brings.
"""

import os
import sys

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

if __name__ == "__main__":
    from lstm.training.command import main

    sys.exit(main())
