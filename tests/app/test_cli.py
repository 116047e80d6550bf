"""The command line, in processes of its own: the same lines as the API, plain words for what goes wrong."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from app.settings import Settings
from tests.app.asking import STREAM
from tests.conftest import ROOT


def run(
    *arguments: str, folder: Path | None = None, given: str = "", more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `python -m app` to its end."""
    environment = {**os.environ, "GATESCOPE_MODELS": str(folder or ""), **(more or {})}
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, timeout=60, check=False
    )


def test_trace_prints_the_lines_of_the_stream(client: TestClient, model_folder: Path) -> None:
    printed = run("trace", "toy-lstm", "(a[b])", "--include", "h,pre", folder=model_folder)
    assert (printed.returncode, printed.stderr) == (0, "")
    request = {"model": "toy-lstm", "input": "(a[b])", "include": ["h", "pre"]}
    assert printed.stdout == client.post(STREAM, json=request).text


def test_trace_reads_numbers_and_standard_input(client: TestClient, model_folder: Path) -> None:
    printed = run("trace", "numbers-lstm", "-", folder=model_folder, given="[[1, 2.5]]\n")
    assert printed.stdout == client.post(STREAM, json={"model": "numbers-lstm", "input": [[1, 2.5]]}).text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("none", "a"), "There is no model named 'none'."),
        (("toy-lstm", "a!"), "symbol '!' at position 1"),
        (("numbers-lstm", "abc"), "This model reads numbers"),
        (("toy-lstm", "a", "--include", "q"), "no quantity 'q'"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(model_folder: Path, arguments: tuple[str, ...], says: str) -> None:
    printed = run("trace", *arguments, folder=model_folder)
    assert (printed.returncode, printed.stdout) == (1, "")
    assert says in printed.stderr
    assert len(printed.stderr.splitlines()) == 1


def test_a_run_that_fails_ends_with_its_error_line(client: TestClient, model_folder: Path) -> None:
    printed = run("trace", "overflowing", "[0.1, 10]", folder=model_folder)
    assert printed.returncode == 1
    assert printed.stdout == client.post(STREAM, json={"model": "overflowing", "input": [0.1, 10]}).text


def test_models_are_listed_and_broken_files_reported(model_folder: Path, tmp_path: Path) -> None:
    listed = run("models", folder=model_folder)
    assert listed.returncode == 0
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    assert {"brackets-lstm", "toy-lstm", "numbers-gru"} <= set(names)
    (tmp_path / "broken.safetensors").write_bytes(b"no")
    broken = run("models", folder=tmp_path)
    assert broken.returncode == 1
    assert "broken.safetensors" in broken.stderr


def test_every_setting_is_listed() -> None:
    listed = run("settings", more={"GATESCOPE_MAX_STEPS": "77"}).stdout
    assert "GATESCOPE_MAX_STEPS=77  (default 10000, 1 to 1000000, steps)" in listed
    for name, field in Settings.model_fields.items():
        assert f"GATESCOPE_{name.upper()}=" in listed
        assert (field.description or "") in listed


def test_a_port_that_is_taken_is_said_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        printed = run("--port", str(port))
    assert printed.returncode == 1
    assert printed.stderr == (
        f"Port {port} is taken by another program. Choose another one: make run PORT={port + 1}\n"
    )


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"GATESCOPE_PORT": "http"}, "GATESCOPE_PORT: "),
        ({"GATESCOPE_MAX_STEPS": "0"}, "GATESCOPE_MAX_STEPS: "),
        ({"GATESCOPE_HOST": "no.such.host.invalid"}, "There is no address 'no.such.host.invalid'"),
        ({"GATESCOPE_HOST": "192.0.2.1"}, "192.0.2.1 is not an address of this machine"),
    ],
)
def test_a_setting_that_is_not_right_is_said_in_one_sentence(more: dict[str, str], says: str) -> None:
    printed = run("serve", more={"GATESCOPE_PORT": "0", **more})
    assert (printed.returncode, printed.stdout) == (1, "")
    assert printed.stderr.startswith(says)
    assert len(printed.stderr.splitlines()) == 1


@pytest.mark.parametrize(("sign", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_serving_prints_its_address_and_stops_when_asked(sign: signal.Signals, status: int) -> None:
    command = [sys.executable, "-m", "app", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("Gatescope is at ").removesuffix(" — press Ctrl+C to stop\n")
        assert httpx2.get(f"{address}/healthz").json()["status"] == "ok"
        process.send_signal(sign)
        said, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (status, "")
    assert said == ("Stopped.\n" if sign == signal.SIGINT else "")


def test_blas_has_one_thread_before_numpy_is_loaded() -> None:
    code = "import os, sys, app.__main__; print(os.environ['OPENBLAS_NUM_THREADS'], 'numpy' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert printed.stdout == "1 False\n"
