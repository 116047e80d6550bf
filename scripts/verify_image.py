"""What must hold of the image, asked of it while it runs: `python -m scripts.verify_image BASE IMAGE FOLDER`.

scripts/verify-image builds it and calls this. The container shares this machine's network, so that all traffic stays on
loopback. Needs nothing but Python's own library and the clients of benchmarks/; knows the API's addresses and no inside
of the application.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

from benchmarks.clients import Answer, ask, request

ROOT: Final = Path(__file__).parent.parent
NAME: Final = "gatescope-verify"
MOST_MEGABYTES: Final = 200
STOP_SECONDS: Final = 5.0
PATIENCE: Final = 60.0
HARDENED: Final = {
    "--read-only": [],
    "--cap-drop": ["ALL"],
    "--security-opt": ["no-new-privileges"],
    "--pids-limit": ["64"],
    "--memory": ["256m"],
}
PODMAN: Final = ["podman", "--cgroup-manager", "cgroupfs", "--runtime", "runc"]
STREAM: Final = "/api/v1/trace/stream"
SHORT: Final = {"model": "brackets-lstm", "input": "([a])"}
LONG: Final = {
    "model": "brackets-lstm",
    "input": "(a[b]cd)" * 1_250,
    "include": ["f", "i", "C_tilde", "C", "o", "h", "pre"],
}
"""A stream of 36 MB: too much for any buffer on its way."""

MOST_MEMORY: Final = 256.0
MOST_THREADS: Final = 64
CROWD: Final = 500
CROWDED: Final = {"model": "shakespeare-lstm", "input": "To be, or " * 20, "include": ["f", "h"]}
"""200 steps of 512 numbers: more than six quantities of 64 units."""

FLOOD: Final = 200
FLOODING: Final = {"model": "brackets-lstm", "input": [[]] * 500_000}
"""A body of 2 MB, whose values take 36 MB when they are parsed."""


class Missed(Exception):
    """Something does not hold."""


def main(arguments: Sequence[str]) -> int:
    """Ask everything; 1 where something does not hold."""
    base, image, folder = arguments[0], arguments[1], Path(arguments[2])
    try:
        _size(base, image)
        with _container(image) as (port, metrics):
            _answers(port)
            with _nginx(folder, port) as proxy:
                _streams(port, "through the container")
                _streams(proxy, "through nginx")
                _withstands(port)
                _is_not_collected(proxy, metrics)
                _stops(proxy)
            _log()
    except Missed as missed:
        print(f"MISSED: {missed}")
        return 1
    print("The image holds what it should.")
    return 0


def _size(base: str, image: str) -> None:
    inspected = _podman("image", "inspect", "--format", "{{.Size}}", base, image)
    sizes = [int(line) for line in inspected.splitlines()]
    added = (sizes[1] - sizes[0]) / 1e6
    labels = json.loads(_podman("image", "inspect", "--format", "{{json .Labels}}", image))
    print(f"It adds {added:.0f} MB to its base; its version is {labels['org.opencontainers.image.version']}.")
    if added >= MOST_MEGABYTES:
        raise Missed(f"the image adds {added:.0f} MB to its base; at most {MOST_MEGABYTES} are meant")


@contextmanager
def _container(image: str) -> Iterator[tuple[int, int]]:
    """Run it with every restriction that this kernel lets be enforced; the ports of the server and of its metrics."""
    port, metrics = _free_port(), _free_port()
    given = [f"GATESCOPE_PORT={port}", "GATESCOPE_HOST=127.0.0.1", f"GATESCOPE_METRICS_PORT={metrics}"]
    variables = [part for variable in given for part in ("--env", variable)]
    wanted = dict(HARDENED)
    _podman("rm", "--force", "--ignore", NAME)
    while True:
        hardened = [part for flag, values in wanted.items() for part in (flag, *values)]
        how = ["--detach", "--name", NAME, "--network", "host", *_limits(), *hardened, *variables]
        ran = subprocess.run(
            [*PODMAN, "run", *how, image],
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode == 0:
            break
        last = ran.stderr.strip().splitlines()[-1:]
        culprit = next((flag for flag in ("--memory", "--pids-limit") if flag in wanted), None)
        if culprit is None:
            raise Missed(f"the container does not start: {last}")
        print(f"This machine cannot enforce {culprit} {' '.join(wanted.pop(culprit))}: {' '.join(last)[:200]}")
        _podman("rm", "--force", "--ignore", NAME)
    print(f"It runs with {' '.join(part for flag, values in wanted.items() for part in (flag, *values))}.")
    _enforced(_process(), wanted)
    try:
        yield port, metrics
    finally:
        _podman("rm", "--force", "--ignore", "--time", "0", NAME)


def _limits() -> list[str]:
    """Limits that any root may set: podman's own are higher than some machines', and not every root may raise them."""
    limits = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
    values = {name: min(4_096, resource.getrlimit(kind)[1]) for name, kind in limits.items()}
    return [part for name, value in values.items() for part in ("--ulimit", f"{name}={value}:{value}")]


def _answers(port: int) -> None:
    started = time.monotonic()
    while _get(port, "/readyz") != 200:
        if time.monotonic() - started > PATIENCE:
            raise Missed(f"it does not answer: {_logged()[-2000:]}")
        time.sleep(0.1)
    print(f"It answered after {time.monotonic() - started:.1f} s.")
    if subprocess.run([*PODMAN, "healthcheck", "run", NAME], capture_output=True, check=False).returncode:
        raise Missed("its HEALTHCHECK fails")
    status = _status(_process())
    if status["Uid"].split()[0] == "0" or int(status["CapEff"], 16) or status["NoNewPrivs"] != "1":
        raise Missed("the process has rights that it should not have")
    print(f"Its user is {status['Uid'].split()[0]}, without capabilities or new privileges; HEALTHCHECK passes.")
    wrote = subprocess.run([*PODMAN, "exec", NAME, "touch", "/gatescope/x"], capture_output=True, check=False)
    if wrote.returncode == 0:
        raise Missed("it can write to its own files")


def _streams(port: int, how: str) -> None:
    for body, steps in ((SHORT, 5), (LONG, 10_000)):
        lines = b"".join(_read(_ask(port, body))).splitlines()
        kinds = [json.loads(line)["type"] for line in lines]
        if kinds != ["start", *["step"] * steps, "end"]:
            raise Missed(f"a stream {how} has {len(kinds)} lines and ends with {kinds[-1:]}")
    print(f"Streams of 5 and of 10,000 steps arrive whole {how}.")


def _withstands(port: int) -> None:
    """As many streams at once as it takes, and bodies that it must not take: neither memory nor threads run out."""
    process = _process()
    answers = asyncio.run(_all_at_once(port, CROWDED, CROWD))
    whole = sum(answer.ended and answer.lines == 202 for answer in answers)
    print(f"{CROWD} streams at once, 200 steps of 512 numbers each: {whole} whole; {_taken(process)}.")
    refused = asyncio.run(_all_at_once(port, FLOODING, FLOOD))
    taken = sum(answer.status == 200 for answer in refused)
    print(f"{FLOOD} bodies of 2 MB at once that are mostly brackets: {taken} taken; {_taken(process)}.")
    status = _status(process)
    memory, threads = int(status["VmHWM"].split()[0]) * 1_024 / 2**20, int(status["Threads"])
    if whole < CROWD or taken or memory > MOST_MEMORY or threads > MOST_THREADS or _get(port, "/readyz") != 200:
        raise Missed("it does not bear a crowd")


async def _all_at_once(port: int, body: object, number: int) -> list[Answer]:
    sent = request("POST", STREAM, body)
    return list(await asyncio.gather(*(ask(port, sent) for _ in range(number))))


def _taken(process: int) -> str:
    """What the container has taken at most, as its cgroup says where there is one, and as the process does."""
    status = _status(process)
    taken = [f"at most {int(status['VmHWM'].split()[0]) / 1_024:.0f} MiB resident, {status['Threads']} threads"]
    for kind, name in (("memory", "memory.peak"), ("memory", "memory.max_usage_in_bytes")):
        if (most := _controlled(process, kind, name)) is not None:
            taken.append(f"{int(most) / 2**20:.0f} MiB counted by its cgroup")
    return ", ".join(taken)


def _enforced(process: int, wanted: Mapping[str, Sequence[str]]) -> None:
    """What the kernel says of the limits that were asked for."""
    found = {}
    for flag, kind, names in (
        ("--memory", "memory", ("memory.max", "memory.limit_in_bytes")),
        ("--pids-limit", "pids", ("pids.max",)),
    ):
        values = [value for name in names if (value := _controlled(process, kind, name)) is not None]
        if flag in wanted and values:
            found[kind] = values[0]
        elif flag in wanted:
            print(f"Whether {flag} is enforced, the kernel does not say here.")
    if found.get("memory", "268435456") != "268435456" or found.get("pids", "64") != "64":
        raise Missed(f"the kernel enforces other limits: {found}")
    print(f"Its cgroup enforces {', '.join(f'{kind} {value}' for kind, value in found.items()) or 'nothing'}.")


def _controlled(process: int, kind: str, name: str) -> str | None:
    """A file of the control group of a process, of the second version or of the first."""
    for line in Path(f"/proc/{process}/cgroup").read_text("ascii").splitlines():
        _, kinds, path = line.split(":", 2)
        if kinds == "" or kind in kinds.split(","):
            for root in ("/sys/fs/cgroup", f"/sys/fs/cgroup/{kinds}"):
                file = Path(f"{root}{path}/{name}")
                if file.exists():
                    return file.read_text("ascii").strip()
    return None


def _process() -> int:
    return int(_podman("inspect", "--format", "{{.State.Pid}}", NAME))


def _status(process: int) -> dict[str, str]:
    """What Linux says of a process."""
    return dict(re.findall(r"^(\w+):\s+(.*)$", Path(f"/proc/{process}/status").read_text("ascii"), re.MULTILINE))


def _is_not_collected(proxy: int, metrics: int) -> None:
    """A reader who pauses holds the server back, which a proxy that collects answers would not."""
    answer = _ask(proxy, LONG)
    seen = answer.read(100_000)
    time.sleep(2)
    told = _body(metrics, "/metrics").decode()
    if "gatescope_requests_open 1.0" not in told:
        raise Missed("nginx collects the stream: the server is done while the reader is not")
    answer.close()
    print(f"nginx hands lines on as they come: {len(seen):,} bytes read, and the server waits for the reader.")


def _stops(proxy: int) -> None:
    """In mid-stream, of one who reads and of one who takes a minute: soon, and after a whole line."""
    answers = {"who reads": _ask(proxy, LONG), "who dawdles": _ask(proxy, LONG)}
    seen = {who: [answer.read(100_000)] for who, answer in answers.items()}
    process, ended = Path(f"/proc/{_process()}"), Event()
    with ThreadPoolExecutor() as pool:
        started = time.monotonic()
        _podman("kill", "--signal", "TERM", NAME)
        rest = {who: pool.submit(_read, answer, ended, 0.1 * (who == "who dawdles")) for who, answer in answers.items()}
        while process.exists() and time.monotonic() - started < PATIENCE:
            time.sleep(0.02)
        taken = time.monotonic() - started
        ended.set()
        print(f"Told to stop in mid-stream it ended after {taken:.1f} s.")
        for who, parts in rest.items():
            text = b"".join([*seen[who], *parts.result()])
            lines = text.splitlines()
            last = json.loads(lines[-1])["type"] if text.endswith(b"\n") else "half a line"
            print(f"  The last line, the {len(lines):,}th, of one {who}: {last}.")
            if last == "half a line":
                raise Missed("a stream is not cut after a whole line")
    if taken > STOP_SECONDS:
        raise Missed("it does not stop in time")


def _log() -> None:
    """Each request has a line."""
    lines = [json.loads(line) for line in _logged().splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    if not requests or any("[a]" in json.dumps(line) for line in lines):
        raise Missed("the log has no requests, or it has what was typed")
    outcomes = {line["outcome"] for line in requests}
    print(f"Its log has {len(requests)} requests ({', '.join(sorted(outcomes))}) and nothing that was typed.")


@contextmanager
def _nginx(folder: Path, port: int) -> Iterator[int]:
    """deploy/nginx.conf as it is, but for the two addresses."""
    listen = _free_port()
    conf = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    conf = conf.replace("server gatescope:8000;", f"server 127.0.0.1:{port};")
    conf = conf.replace("listen 8080;", f"listen 127.0.0.1:{listen};")
    path = folder / "nginx.conf"
    path.write_text(conf, "utf-8")
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    with subprocess.Popen([program, "-c", path, "-g", "daemon off;"]) as process:
        started = time.monotonic()
        while _get(listen, "/healthz") != 200:
            if time.monotonic() - started > PATIENCE:
                raise Missed("nginx does not answer")
            time.sleep(0.1)
        try:
            yield listen
        finally:
            process.terminate()


def _podman(*arguments: str) -> str:
    """What a podman command prints."""
    return subprocess.run([*PODMAN, *arguments], capture_output=True, text=True, check=False).stdout


def _logged() -> str:
    """What the container wrote."""
    ran = subprocess.run(
        [*PODMAN, "logs", NAME], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return ran.stdout


def _ask(port: int, request: object) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("POST", STREAM, json.dumps(request), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise Missed(f"a run is answered with {answer.status}")
    return answer


def _read(answer: http.client.HTTPResponse, hurry: Event | None = None, pause: float = 0.0) -> list[bytes]:
    """What comes until the end, or until the connection is cut; after each part a pause, until there is a hurry."""
    parts = []
    try:
        while part := answer.read1(1 << 16):
            parts.append(part)
            if hurry is not None:
                hurry.wait(pause)
    except (http.client.IncompleteRead, ConnectionError) as cut:
        parts.append(getattr(cut, "partial", b""))
    return parts


def _get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def _body(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    return connection.getresponse().read()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
