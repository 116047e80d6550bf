"""`python -m benchmarks.load [PART …] [--seconds 3600]`: many clients at one server.

500 streams at once, beside a bare ASGI application that sends the same bytes; 1,000 clients that leave in mid-stream;
readers at 1 kB/s; what it takes to refuse; first visits of a class; everything at once for a time. Each prints what
must hold and what was measured; 1 where something does not. All of it stays on loopback, and server and clients share
this machine's cores.
Knows the API from outside and what Linux tells of a process.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.clients import Answer, ask, dawdle, leave, request
from benchmarks.rows import Row, print_rows
from benchmarks.served import ROOT, Server, serving
from lstm.checkpoint import Model
from lstm.untrained import untrained

ALPHABET: Final = "()[]abcd"
MODEL: Final = "untrained-lstm-64"
STREAM: Final = "/api/v1/trace/stream"
STEPS: Final = 200
STREAMS: Final = 500
LEAVERS: Final = 1_000
SLOW: Final = 50
VISITS_A_SECOND: Final = 5
SETTLED: Final = 30.0
"""Seconds within which everything a client left behind has to be gone."""


def _model() -> Model:
    return untrained("lstm", 64, alphabet=ALPHABET, name=MODEL)


def run_of(steps: int) -> bytes:
    """A request for a stream."""
    return request("POST", STREAM, {"model": MODEL, "input": (ALPHABET * steps)[:steps]})


def streams() -> Iterator[Row]:
    """500 streams at once, each of 200 steps of H = 64, and the same bytes from a bare ASGI application."""
    with serving(_model()) as server:
        asyncio.run(ask(server.port, run_of(STEPS)))
        recorded = asyncio.run(ask(server.port, run_of(STEPS))).body
        ours = asyncio.run(at_once(server.port, STREAMS))
        memory, peak = server.memory, server.peak
    with bare(recorded) as port:
        asyncio.run(ask(port, run_of(STEPS)))
        theirs = asyncio.run(at_once(port, STREAMS))
    whole = sum(answer.ended and answer.lines == STEPS + 2 for answer in ours)
    yield Row(f"{STREAMS} streams at once: whole, last line end", f"{STREAMS}", "", f"{whole}", whole == STREAMS)
    measured = f"{_p(ours, 50):.2f} s, {_p(ours, 99):.2f} s; bare: {_p(theirs, 50):.2f} s, {_p(theirs, 99):.2f} s"
    yield Row("  time to the first line: median, 99 %", "", "", measured, None)
    rates = [STREAMS * STEPS / max(answer.whole for answer in answers) for answers in (ours, theirs)]
    yield Row("  steps a second", "", "", f"{rates[0]:,.0f}; bare, with nothing to compute: {rates[1]:,.0f}", None)
    measured = f"{peak:.0f} MB, {memory:.0f} MB"
    yield Row("  memory of the server: at most, afterwards", "<= 256 MB", "", measured, peak <= 256)


def leavers() -> Iterator[Row]:
    """1,000 clients that leave in mid-stream; what they leave behind."""
    with serving(_model()) as server:
        asyncio.run(_leave_all(server.port, 500))  # so that all threads and buffers are there
        before = _settled(server, server.files)
        asyncio.run(_leave_all(server.port, LEAVERS))
        after = _settled(server, before[0])
    yield Row(f"{LEAVERS} leave in mid-stream: files open", f"{before[0]}", "", f"{after[0]}", after[0] <= before[0])
    yield Row("  threads", f"{before[1]}", "", f"{after[1]}", after[1] <= before[1])
    grown = after[2] - before[2]
    yield Row("  memory grown", "<= 10 MB", "", f"{grown:+.1f} MB, to {after[2]:.0f} MB", grown <= 10)


def slow() -> Iterator[Row]:
    """Fifty readers at 1 kB/s, and others beside them."""
    with serving(_model()) as server:
        asyncio.run(at_once(server.port, 20))
        alone, beside = asyncio.run(_beside_slow_ones(server.port))
    ratio = min(beside) / min(alone)
    measured = f"{ratio:.2f}x: {min(alone):.2f} s alone, {min(beside):.2f} s beside them"
    yield Row(f"{SLOW} readers at 1 kB/s: time of 20 other streams", "<= 1.25x", "", measured, ratio <= 1.25)


def refusals() -> Iterator[Row]:
    """What it takes to say no, connecting included: to too much (429), to one too many (503), too large, or wrong."""
    run = request("POST", STREAM, {"model": MODEL, "input": "a"})
    declared = request("POST", STREAM).replace(b"Content-Length: 0", b"Content-Length: 9000000")
    wrong = request("POST", STREAM, {"model": MODEL, "input": ALPHABET * 1_000 + "!"})
    with serving(_model(), GATESCOPE_REQUESTS_PER_MINUTE="1") as server:
        times = {429: asyncio.run(_refused(server.port, run, 429))}
    with serving(_model(), GATESCOPE_MAX_STREAMS="1", GATESCOPE_REQUESTS_PER_MINUTE="0") as server:
        times |= {413: asyncio.run(_refused(server.port, declared, 413))}
        times |= {422: asyncio.run(_refused(server.port, wrong, 422))}
        times |= {503: asyncio.run(_beside_one(server.port, run))}
    for status, taken in sorted(times.items()):
        taken.sort()
        middle, late = statistics.median(taken) * 1e3, taken[int(0.95 * (len(taken) - 1))] * 1e3
        yield Row(
            f"refusing with {status}: median, 95 %", "<= 5 ms", "", f"{middle:.1f} ms, {late:.1f} ms", middle <= 5
        )


def visits(seconds: int) -> Iterator[Row]:
    """First visits, five a second: the page, its files and its first run, nothing cached."""
    with serving(_model()) as server:
        found = asyncio.run(_visit_for(server.port, seconds))
    number, wrong = len(found), sum(not complete for _, complete in found)
    times = sorted(taken for taken, _ in found)
    yield Row(f"{number} first visits in {seconds} s: not whole", "0", "", f"{wrong}", wrong == 0)
    measured = f"{statistics.median(times):.2f} s, {times[int(0.99 * (number - 1))]:.2f} s"
    yield Row("  time of all that a visit fetches: median, 99 %", "", "", measured, None)


def soak(seconds: int) -> Iterator[Row]:
    """Everything at once for a time: memory, files and threads stay where they are."""
    with serving(_model(), GATESCOPE_REQUESTS_PER_MINUTE="0") as server:
        samples, asked, wrong = asyncio.run(_everything(server, seconds))
        files = _settled(server, samples[0][1])[0]
    third = len(samples) // 3
    middle, last = ([memory for memory, _ in part] for part in (samples[third : 2 * third], samples[2 * third :]))
    grown = statistics.median(last) - statistics.median(middle)
    yield Row(f"{seconds} s of everything, {asked:,} requests: not as they should be", "0", "", f"{wrong}", wrong == 0)
    measured = f"{grown:+.1f} MB, at {statistics.median(last):.0f} MB, at most {max(last):.0f} MB"
    yield Row("  memory, last third against the one before", "<= 5 MB", "", measured, grown <= 5)
    yield Row("  files open afterwards", f"{samples[0][1]}", "", f"{files}", files <= samples[0][1])


async def at_once(port: int, number: int) -> list[Answer]:
    """So many streams, all asked for at the same moment."""
    return list(await asyncio.gather(*(ask(port, run_of(STEPS)) for _ in range(number))))


async def _leave_all(port: int, number: int) -> None:
    """They come fifty at a time, and leave anywhere in the first 200 kB of 9 MB."""
    chance = random.Random(1)  # noqa: S311 - nothing is secret
    for _ in range(number // 50):
        await asyncio.gather(*(leave(port, run_of(2_000), chance.randrange(200_000)) for _ in range(50)))


async def _beside_slow_ones(port: int) -> tuple[list[float], list[float]]:
    """The median times of 20 streams in turn alone and beside slow readers, once the buffers of those are full."""
    alone, beside = [], []
    for _ in range(5):
        alone.append(statistics.median(answer.whole for answer in await at_once(port, 20)))
        slow_ones = [asyncio.create_task(dawdle(port, run_of(2_000), 60)) for _ in range(SLOW)]
        await asyncio.sleep(4)
        beside.append(statistics.median(answer.whole for answer in await at_once(port, 20)))
        for task in slow_ones:
            task.cancel()
        await asyncio.gather(*slow_ones, return_exceptions=True)
        await asyncio.sleep(1)
    return alone, beside


async def _refused(port: int, sent: bytes, status: int) -> list[float]:
    """How long 200 refusals took, one after the other. Raises RuntimeError where one is none."""
    await ask(port, sent)  # the one that a minute has
    answers = [await ask(port, sent) for _ in range(200)]
    if wrong := [answer.status for answer in answers if answer.status != status]:
        raise RuntimeError(f"{status} was wanted, {wrong[0]} came")
    return [answer.whole for answer in answers]


async def _beside_one(port: int, sent: bytes) -> list[float]:
    """The same while the one run that there is room for is held by a reader who dawdles."""
    held = asyncio.create_task(dawdle(port, run_of(2_000), 60))
    await asyncio.sleep(1)
    try:
        return await _refused(port, sent, 503)
    finally:
        held.cancel()


async def _visit_for(port: int, seconds: int) -> list[tuple[float, bool]]:
    tasks = []
    for _ in range(seconds * VISITS_A_SECOND):
        tasks.append(asyncio.create_task(_visit(port)))
        await asyncio.sleep(1 / VISITS_A_SECOND)
    return list(await asyncio.gather(*tasks))


async def _visit(port: int) -> tuple[float, bool]:
    """What a browser fetches: how long it took, and whether all of it came."""
    started, packed = time.perf_counter(), {"Accept-Encoding": "gzip"}
    page = await ask(port, request("GET", "/"))
    names = set(re.findall(rb'(?:src|href)="(static/[^"]+)"', page.body))
    paths = [name.decode() for name in names if not name.endswith((b".svg", b".png"))]
    plotly = re.sub(r"[^/]+$", "plotly.min.js", paths[0])
    wanted = [f"/{path}" for path in {*paths, plotly}] + ["/api/v1/models"]
    files = await asyncio.gather(*(ask(port, request("GET", path, headers=packed)) for path in wanted))
    run = await ask(port, request("POST", STREAM, {"model": "brackets-lstm", "input": "((a)[b]c)"}))
    complete = run.ended and all(answer.complete and answer.status == 200 for answer in (page, *files))
    return time.perf_counter() - started, complete


async def _everything(server: Server, seconds: int) -> tuple[list[tuple[float, int]], int, int]:
    """Memory and files each second; how many requests there were, and how many were not answered as they should be."""
    end = time.monotonic() + seconds
    counted = [0, 0]
    samples = [(server.memory, server.files)]

    async def client(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - nothing is secret
        while time.monotonic() < end:
            counted[0] += 1
            counted[1] += not await _something(server.port, chance)

    clients = [asyncio.create_task(client(seed)) for seed in range(16)]
    while time.monotonic() < end:
        await asyncio.sleep(1)
        samples.append((server.memory, server.files))
    await asyncio.gather(*clients)
    return samples, counted[0], counted[1]


async def _something(port: int, chance: random.Random) -> bool:
    """One request of some kind; whether it was answered as it should be."""
    text = "".join(chance.choices(ALPHABET, k=chance.randrange(1, 300)))
    body = {"model": MODEL, "input": text}
    match chance.randrange(8):
        case 0:
            await leave(port, run_of(2_000), chance.randrange(100_000))
            return True
        case 1:
            answer = await ask(port, request("POST", "/api/v1/trace", body))
        case 2:
            answer = await ask(port, request("POST", "/api/v1/trace", {**body, "input": text + "!"}))
            return answer.status == 422
        case 3:
            answer = await ask(port, request("GET", "/api/v1/models"))
        case 4:
            answer = await ask(port, request("POST", "/api/v1/explain/ledger", {**body, "unit": 3, "t": 0}))
        case 5:
            answer = await ask(port, request("GET", f"/no/{chance.random()}"))
            return answer.status == 404
        case _:
            return (await ask(port, request("POST", STREAM, body))).ended
    return answer.complete and answer.status == 200


def _settled(server: Server, files: int) -> tuple[int, int, float]:
    """Files, threads and memory, once no more files are open than these, or it is too late."""
    end = time.monotonic() + SETTLED
    while server.files > files and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(1)
    return server.files, server.threads, server.memory


def _p(answers: Iterable[Answer], percent: int) -> float:
    """A percentile of the times to the first line."""
    times = sorted(answer.first for answer in answers)
    return times[int(percent / 100 * (len(times) - 1))]


@contextmanager
def bare(recorded: bytes) -> Iterator[int]:
    """benchmarks/bare.py with these bytes; its port."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lines"
        path.write_bytes(recorded)
        command = [sys.executable, "-m", "benchmarks.bare", str(path)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield int(process.stdout.readline() if process.stdout else "")
            finally:
                process.terminate()


def main(arguments: list[str]) -> int:
    """Measure the parts named, or all; 1 where something does not hold."""
    parser = argparse.ArgumentParser("python -m benchmarks.load", description="Many clients at one server.")
    parts: dict[str, Callable[[int], Iterator[Row]]] = {
        "streams": lambda _: streams(),
        "leavers": lambda _: leavers(),
        "slow": lambda _: slow(),
        "refusals": lambda _: refusals(),
        "visits": visits,
        "soak": soak,
    }
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(parts)}; all if none is named")
    parser.add_argument("--seconds", type=int, default=60, help="how long visits and soak go on (60)")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(parts):
        parser.error(f"there is no part {unknown.pop()!r}")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65_536, most), most))
    rows = []
    for name, measure in parts.items():
        if name in given.parts or not given.parts:
            print(f"Measuring {name} …", file=sys.stderr, flush=True)
            rows += list(measure(given.seconds))
    return 0 if print_rows(rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
