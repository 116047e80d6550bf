#!/bin/sh
# Compile pyproject.toml into requirements.txt (to run) and requirements-dev.txt (to run, test and check).
# Usage: scripts/lock.sh FOLDER UV — FOLDER: a virtual environment to make for it; UV: the uv to use, as in uv==0.13.9
# A version stands in a list as long as pyproject.toml allows it; `UPGRADE=1 make lock` takes the newest of everything.
# The lists hold for every Python from 3.11 on, with environment markers where a package's versions differ, and name no
# download host: --no-config keeps this machine's own indexes out.
set -e
folder=$1
uv=$2
[ -x "$folder/bin/python" ] || "$(scripts/find_python.sh)" -m venv "$folder"
"$folder/bin/python" -m pip install --disable-pip-version-check --quiet "$uv"

compile() {
    "$folder/bin/uv" --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links \
        --custom-compile-command "make lock" ${UPGRADE:+--upgrade} pyproject.toml "$@"
}
compile --output-file requirements.txt
compile --group dev --constraint requirements.txt --output-file requirements-dev.txt
echo "Renewed requirements.txt and requirements-dev.txt. Next: make test, then commit both."
