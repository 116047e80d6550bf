#!/bin/sh
# Print the newest Python that can run Gatescope (3.11 or newer, able to make a virtual environment), or say what is
# missing. With a version, as in `scripts/find_python.sh 3.13`, look for that one only, in pyenv's folder too.
# Knows nothing of packages: scripts/environment.sh installs those.

suitable() {  # A pyenv shim may exist for a Python that is switched off, so each candidate is run, not only looked up.
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_make_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

if [ -n "$1" ]; then
    candidates="python$1"
    for path in "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1"*/bin/python"$1"; do
        candidates="$candidates $path"
    done
else
    candidates="python3.14 python3.13 python3.12 python3.11 python3 python"
fi

without_venv=""
for candidate in $candidates; do
    suitable "$candidate" || continue
    if can_make_venv "$candidate"; then
        command -v "$candidate"
        exit 0
    fi
    without_venv="${without_venv:-$candidate}"
done

if [ -n "$without_venv" ]; then
    version=$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Python $version is here, but it cannot make a virtual environment: its venv or ensurepip module is missing." >&2
    echo "On Debian or Ubuntu: sudo apt install python$version-venv. Then run the same command again." >&2
elif [ -n "$1" ]; then
    echo "Python $1 was not found." >&2
else
    echo "Gatescope needs Python 3.11 or newer; none was found (looked for: $candidates)." >&2
    echo "Install one from https://www.python.org/downloads/ or with your system's packages, or name it:" >&2
    echo "make run PYTHON=/path/to/python3" >&2
fi
exit 1
