"""Ask the package index whether a locked package has a known vulnerability: `python -m scripts.audit FOLDER TOOL`.

pip-audit does the asking, from an environment of its own in FOLDER, made when it is first needed. Where it cannot be
installed, or the index gives no such answers, that is said and is no failure: a check has to work without the network.
Knows no vulnerability.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

LIST = "requirements.txt"
"""What a server runs. What only tests and checks use is not reached by strangers."""


class Verdict(NamedTuple):
    """What to print, and the exit status."""

    words: str
    status: int


def main(arguments: Sequence[str]) -> int:
    """Audit the locked list; 1 where a vulnerability is known."""
    folder, tool = Path(arguments[0]), arguments[1]
    command = folder / "bin" / "pip-audit"
    if not command.exists():
        venv.create(folder, with_pip=True)
        pip = [str(folder / "bin" / "pip"), "install", "--disable-pip-version-check", "--quiet", tool]
        if subprocess.run(pip, capture_output=True, check=False).returncode:
            print(f"{tool} could not be installed: the packages were not audited.")
            return 0
    options = ["--requirement", LIST, "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    ran = subprocess.run([command, *options], capture_output=True, text=True, check=False)
    found = verdict(ran.stdout)
    print(found.words)
    return found.status


def verdict(report: str) -> Verdict:
    """What pip-audit's JSON means; it prints none when it reached nothing."""
    try:
        packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError):
        return Verdict("The data on vulnerabilities could not be reached: the packages were not audited.", 0)
    asked = [package for package in packages if "skip_reason" not in package]
    if not asked:
        return Verdict("The package index here tells of no vulnerabilities: the packages were not audited.", 0)
    known = [
        f"{package['name']} {package['version']}: {fault['id']}, mended in {' '.join(fault['fix_versions']) or 'none'}"
        for package in asked
        for fault in package["vulns"]
    ]
    if known:
        return Verdict("\n".join(["Known vulnerabilities:", *known, "Next: UPGRADE=1 make lock."]), 1)
    left_out = f"; {len(packages) - len(asked)} could not be asked about" if len(asked) < len(packages) else ""
    return Verdict(f"No vulnerability is known of {len(asked)} packages{left_out}.", 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
