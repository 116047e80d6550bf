#!/bin/sh
# Make a virtual environment and install a locked list into it, only when the list is not the one installed last.
# Usage: scripts/environment.sh FOLDER LIST [PYTHON]
# The list that was installed is kept in the folder, so that a second start compares two files and does nothing else.
# Knows no package by name.

folder=$1
list=$2
python=$3
installed="$folder/installed-$list"

if [ -e "$folder" ] && ! "$folder/bin/python" -c '' 2>/dev/null; then
    echo "The Python behind $folder is gone: making $folder anew."
    rm -rf "$folder"
fi
cmp -s "$list" "$installed" && exit 0

if [ -e "$folder" ] && ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    echo "$folder was left half made: making it anew."
    rm -rf "$folder"
fi
if [ ! -e "$folder" ]; then
    if [ -z "$python" ]; then
        python=$(scripts/find_python.sh) || exit 1
    elif ! "$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "PYTHON=$python will not do: it must start, be 3.11 or newer, and have the modules venv and ensurepip." >&2
        exit 1
    fi
    echo "Making $folder with $("$python" --version)."
    if ! "$python" -m venv "$folder"; then
        rm -rf "$folder"
        echo "Python could not make the virtual environment; its own words stand above." >&2
        exit 1
    fi
fi

echo "Installing the packages of $list into $folder (once; a minute or so, by the speed of the network)."
quiet=--quiet
[ -t 1 ] && quiet=""
if ! "$folder/bin/python" -m pip install --disable-pip-version-check --require-hashes $quiet --requirement "$list"; then
    echo "The packages could not be installed; pip's own words stand above. Is the network there?" >&2
    echo "Run the same command again to go on from here." >&2
    exit 1
fi
cp "$list" "$installed"
