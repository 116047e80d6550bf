"""Finds a Chromium for the tests and, run as a program, gets one and a Japanese font where it may.

`find_chromium()` only looks, and is what the tests and the benchmark of the page call. `python -m scripts.browser` also
installs: Debian's packages where it may (root and apt-get), else Playwright's own download. Knows nothing of the page.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

INSTALLED = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
WHAT_TO_INSTALL = """\
No Chromium was found, and none could be installed from here. The browser tests need one. Any of these will do:
  Debian:   sudo apt install chromium
  anywhere: .venv/bin/python -m playwright install --with-deps chromium
  or name one that is already there: CHROMIUM=/path/to/chrome make test"""
NO_JAPANESE = "Note: no Japanese font was found, so pictures of Japanese pages show boxes (apt install fonts-noto-cjk)."


def find_chromium() -> Path | None:
    """Return a Chromium that starts: the one named by CHROMIUM, else an installed one, else Playwright's own."""
    if named := os.environ.get("CHROMIUM"):
        return _works(named)
    return next((path for name in INSTALLED if (path := _works(name))), None) or _works(str(_playwrights_own()))


def launch_arguments() -> list[str]:
    """Return the flags that keep Chromium from calling its maker, and let it start as root in a container."""
    flags = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    return [*flags, "--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else flags


def _works(name: str) -> Path | None:
    """Return the program's path if it answers to --version: Ubuntu ships a stub of that name that does not."""
    if (path := shutil.which(name)) is None:
        return None
    answer = subprocess.run([path, "--version"], capture_output=True, check=False)
    return Path(path) if answer.returncode == 0 else None


def _playwrights_own() -> Path:
    """Return where Playwright's download of Chromium lies, or would lie."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not needed where a Chromium is installed

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _install_from_debian(package: str) -> None:
    """Install one of Debian's packages, where this user may."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    print(f"Installing Debian's package {package} …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", package],
    ):
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)


def _install_playwrights_own() -> None:
    """Let Playwright download its Chromium into the user's cache."""
    print("Downloading Playwright's own Chromium (once; about 180 MB) …", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def has_japanese_font() -> bool:
    """Return whether fontconfig knows a font for Japanese; without fontconfig (macOS, Windows) there is one."""
    if shutil.which("fc-list") is None:
        return not sys.platform.startswith("linux")
    return bool(subprocess.run(["fc-list", ":lang=ja"], capture_output=True, check=False).stdout.strip())


def main() -> int:
    """Make sure of a Chromium and, if possible, of a Japanese font; return the exit status."""
    chromium = find_chromium()
    if chromium is None and (named := os.environ.get("CHROMIUM")):
        print(f"CHROMIUM={named} does not start. Name another, or leave CHROMIUM out to look for one.", file=sys.stderr)
        return 1
    if chromium is None:
        _install_from_debian("chromium")
        chromium = find_chromium()
    if chromium is None:
        _install_playwrights_own()
        chromium = find_chromium()
    if chromium is None:
        print(WHAT_TO_INSTALL, file=sys.stderr)
        return 1
    if not has_japanese_font():
        _install_from_debian("fonts-noto-cjk")
    if not has_japanese_font():
        print(NO_JAPANESE)
    print(f"Browser for the tests: {chromium}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
