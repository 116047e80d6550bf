"""The command line: the same lines as the API, plain words for what goes wrong, a clean start and stop."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest
from fastapi.testclient import TestClient

from app.cli import main
from app.server import FLUSH_SECONDS
from app.settings import Settings
from tests.app.asking import STREAM
from tests.app.serving import Address, parsed, read_all
from tests.conftest import ROOT


class Ran(NamedTuple):
    """What a command left behind."""

    status: int
    printed: str
    complained: str


Run = Callable[..., Ran]


@pytest.fixture
def run(model_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Carry out `python -m app …` in this process, with the models of the tests."""
    monkeypatch.setenv("GATESCOPE_MODELS", str(model_folder))

    def carry_out(*arguments: str) -> Ran:
        status = main(arguments)
        printed, complained = capsys.readouterr()
        return Ran(status, printed, complained)

    return carry_out


def test_trace_prints_the_lines_of_the_stream(client: TestClient, run: Run) -> None:
    request = {"model": "toy-lstm", "input": "(a[b])", "include": ["h", "pre"]}
    expected = client.post(STREAM, json=request).text
    assert run("trace", "toy-lstm", "(a[b])", "--include", "h,pre") == (0, expected, "")


def test_trace_reads_numbers_and_standard_input(client: TestClient, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("[[1, 2.5]]\n"))
    expected = client.post(STREAM, json={"model": "numbers-lstm", "input": [[1, 2.5]]}).text
    assert run("trace", "numbers-lstm", "-") == (0, expected, "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("none", "a"), "There is no model named 'none'."),
        (("toy-lstm", "a!"), "symbol '!' at position 1"),
        (("numbers-lstm", "abc"), "This model reads numbers"),
        (("toy-lstm", "a", "--include", "q"), "no quantity 'q'"),
        (("toy-lstm", "a", "--include", ",".join("f" * 99)), "include"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(run: Run, arguments: tuple[str, ...], says: str) -> None:
    status, printed, complained = run("trace", *arguments)
    assert (status, printed) == (1, "")
    assert says in complained
    assert len(complained.splitlines()) == 1


def test_a_run_that_fails_ends_with_its_error_line(client: TestClient, run: Run) -> None:
    expected = client.post(STREAM, json={"model": "overflowing", "input": [0.1, 10]}).text
    assert run("trace", "overflowing", "[0.1, 10]") == (1, expected, "")


def test_models_are_listed(run: Run) -> None:
    status, printed, complained = run("models")
    assert (status, complained) == (0, "")
    assert {"brackets-lstm", "toy-lstm", "numbers-gru"} <= {line.split()[0] for line in printed.splitlines()}


def test_broken_model_files_are_reported(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.safetensors").write_bytes(b"no")
    monkeypatch.setenv("GATESCOPE_MODELS", str(tmp_path))
    status, printed, complained = run("models")
    assert status == 1
    assert "brackets-lstm" in printed
    assert "broken.safetensors" in complained


def test_every_setting_is_listed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATESCOPE_MAX_STEPS", "77")
    listed = run("settings").printed
    assert "GATESCOPE_MAX_STEPS=77  (default 10000, 1 to 1000000, steps)" in listed
    for name, field in Settings.model_fields.items():
        assert f"GATESCOPE_{name.upper()}=" in listed
        assert (field.description or "") in listed


def test_a_port_that_is_taken_is_said_in_one_sentence(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run("--port", str(port))
    says = f"Port {port} is taken by another program. Choose another one: make run PORT={port + 1}\n"
    assert ran == (1, "", says)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "abc", "GATESCOPE_PORT should be a whole number, and is 'abc'.\n"),
        ("PORT", "70000", "GATESCOPE_PORT should be at most 65,535, and is '70000'.\n"),
        ("PORT", "9" * 5_000, f"GATESCOPE_PORT should be a smaller number, and is '{'9' * 80}'.\n"),
        ("MAX_STEPS", "0", "GATESCOPE_MAX_STEPS should be at least 1, and is '0'.\n"),
        ("MAX_STEPS", "1.5", "GATESCOPE_MAX_STEPS should be a whole number, and is '1.5'.\n"),
        ("DEBUG", "perhaps", "GATESCOPE_DEBUG should be true or false, and is 'perhaps'.\n"),
        ("ROOT_PATH", "gatescope", "GATESCOPE_ROOT_PATH should look like /gatescope, and is 'gatescope'.\n"),
        (
            "FRAME_ANCESTORS",
            "a;\nb",
            "GATESCOPE_FRAME_ANCESTORS should look like 'self' https://lms.example.org, and is 'a;\\nb'.\n",
        ),
        ("HOST", "no.such.host.invalid", "There is no address 'no.such.host.invalid'"),
        ("HOST", "192.0.2.1", "192.0.2.1 is not an address of this machine"),
    ],
)
def test_a_setting_that_is_not_right_is_said_in_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"GATESCOPE_{name}", value)
    status, printed, complained = run()
    assert (status, printed) == (1, "")
    assert complained.startswith(says)
    assert len(complained.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("settings",),
        ("models",),
        ("--help",),
        ("trace", "recall-rnn", "A?"),
        ("trace", "recall-rnn", f"A{'w' * 2_000}?"),
    ],
)
def test_a_reader_who_has_seen_enough_is_no_fault(arguments: tuple[str, ...]) -> None:
    """As in `python -m app settings | head -3`; this one reads nothing at all."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "app", *arguments]
    ran = subprocess.run(command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (0, "")


@contextmanager
def serving(**environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`python -m app` in a process of its own, and its address."""
    command = [sys.executable, "-m", "app", "--port", "0"]
    everything = {**os.environ, **environment}
    with subprocess.Popen(
        command, cwd=ROOT, env=everything, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = said.removeprefix("Gatescope is at ").removesuffix(" — press Ctrl+C to stop\n")
        assert address != said
        yield process, address


@pytest.mark.parametrize(("sign", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_serving_prints_its_address_and_stops_when_asked(sign: signal.Signals, status: int) -> None:
    with serving() as (process, address):
        assert httpx2.get(f"{address}/healthz").json()["status"] == "ok"
        process.send_signal(sign)
        said, complained = process.communicate(timeout=60)
    assert (process.returncode, complained) == (status, "")
    assert said == ("Stopped.\n" if sign == signal.SIGINT else "")


def test_a_stream_that_nobody_reads_does_not_keep_the_server_from_stopping(model_folder: Path) -> None:
    request = {"model": "toy-lstm", "input": "a" * 10_000, "include": ["pre"]}
    with (
        serving(GATESCOPE_MODELS=str(model_folder), GATESCOPE_SHUTDOWN_SECONDS="1") as (process, address),
        httpx2.stream("POST", f"{address}{STREAM}", json=request) as answer,
    ):
        assert next(answer.iter_bytes())
        process.send_signal(signal.SIGINT)
        said, complained = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "Stopped.\n")
    assert "Traceback" not in complained


@contextmanager
def streaming(address: str) -> Iterator[tuple[socket.socket, bytes]]:
    """A stream of 36 MB, too much for any buffer, of which the reader has read the beginning."""
    everything = ["f", "i", "C_tilde", "C", "o", "h", "pre"]
    request = {"model": "brackets-lstm", "input": "(a[b]cd)" * 1_250, "include": everything}
    server = Address(int(address.rpartition(":")[2]))
    with server.ask("POST", STREAM, request) as connection:
        seen = b""
        while seen.count(b"\n") < 100:
            seen += connection.recv(1 << 16)
        yield connection, seen


def test_a_stream_may_come_to_its_end_while_the_server_stops() -> None:
    with serving(GATESCOPE_SHUTDOWN_SECONDS="60") as (process, address), streaming(address) as (connection, seen):
        process.send_signal(signal.SIGTERM)
        status, _, body = parsed(seen + read_all(connection))
        _, complained = process.communicate(timeout=60)
    assert status == 200
    assert json.loads(body.splitlines()[-1])["type"] == "end"
    assert (process.returncode, complained) == (-signal.SIGTERM, "")


@pytest.mark.parametrize("reads", ["as it is cut", "when the server is gone"])
def test_a_stream_that_takes_too_long_is_cut_after_a_whole_line(reads: str) -> None:
    """Nothing is read until the server has given the stream up, so that its buffers are full when it does."""
    with serving(GATESCOPE_SHUTDOWN_SECONDS="1") as (process, address), streaming(address) as (connection, seen):
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        assert "Cancel 1 running task" in process.stderr.readline()
        if reads == "when the server is gone":
            process.wait(timeout=60)
        time.sleep(0.2)  # long enough for a server that does not wait to be gone
        answer = seen + read_all(connection)
        assert process.wait(timeout=60) == -signal.SIGTERM
    with pytest.raises(AssertionError, match="the last chunk is missing"):
        parsed(answer)
    lines = parsed(answer + b"0\r\n\r\n")[2].splitlines(keepends=True)
    assert [json.loads(line)["t"] for line in lines[1:]] == list(range(len(lines) - 1))
    assert lines[-1].endswith(b"\n")
    assert len(answer) < 12_000_000, "beyond what the system's buffers hold, at most 6 MB a side, nothing is made"


def test_the_server_stops_within_five_seconds() -> None:
    assert Settings().shutdown_seconds + FLUSH_SECONDS < 5


def test_blas_has_one_thread_before_numpy_is_loaded() -> None:
    code = "import os, sys, app.__main__; print(os.environ['OPENBLAS_NUM_THREADS'], 'numpy' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert printed.stdout == "1 False\n"
