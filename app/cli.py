"""The command line: serve, run a trace, list the models, list the settings.

Knows what to print; everything else is asked of the modules that the web asks.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from shutil import rmtree
from typing import Any, Final

import orjson
from pydantic import ValidationError

from app import server
from app.cards import card_body
from app.deps import prepare
from app.errors import Fault, describe, wanted
from app.logs import write_json
from app.main import create_app
from app.messages import encode, messages
from app.metrics import Metrics
from app.schemas.run import TraceRequest
from app.settings import PREFIX, Settings, entries
from app.streaming import error_line
from lstm import allocator
from lstm.catalog import Catalog
from lstm.errors import GatescopeError

FREED: Final = 131_072
"""Bytes. With glibc's own threshold memory stayed with the process: 210 MB after 3,500 clients had left in mid-stream,
with this one 116 MB. With half of it each array of a Jacobian was new memory, and it took three times as long."""

EDIT: Final = '{"kind": "clamp", "quantity": "f", "value": 1}'
"""An edit to show the form of one."""


class Sorry(Exception):
    """The command cannot be carried out, for a reason that a sentence says."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command and return the exit status; `serve` is meant where none is named."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help")):
        given.insert(0, "serve")
    try:
        try:
            return _carry_out(given)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # whoever reads the lines, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python flushes at its end
        return 0


def _carry_out(given: Sequence[str]) -> int:
    options = _parser().parse_args(given)
    try:
        return int(options.command(options))
    except Sorry as error:
        print(error, file=sys.stderr)
    except (GatescopeError, Fault, ValidationError) as error:
        print(describe(error)["detail"], file=sys.stderr)
    return 1


def serve(options: argparse.Namespace) -> int:
    """Serve the page and the API until Ctrl+C."""
    given = {name: getattr(options, name) for name in ("host", "port") if getattr(options, name) is not None}
    settings = _settings(**given)
    try:
        listeners = server.listen(settings.host, settings.port, settings.workers)
        if settings.metrics_port:
            for probe in server.listen(settings.metrics_host, settings.metrics_port):
                probe.close()
    except server.CannotListen as error:
        raise Sorry(error) from None
    if settings.log_requests:
        write_json()
    logging.getLogger("uvicorn.error").addFilter(server.is_no_cancellation)
    server.open_files()
    allocator.give_back(FREED, arenas=2)
    metrics = Metrics(shared=settings.workers > 1) if settings.metrics_port else None
    try:
        return (_serve_alone if settings.workers == 1 else _serve_together)(settings, listeners, metrics)
    finally:
        if metrics is not None and metrics.folder is not None:
            rmtree(metrics.folder, ignore_errors=True)


def _serve_alone(settings: Settings, listeners: list[socket.socket], metrics: Metrics | None) -> int:
    """Serve in this process."""
    config = server.configured(create_app(settings, metrics=metrics), settings)
    if metrics is not None:
        metrics.show(settings.metrics_port, settings.metrics_host)
    try:
        server.Server(config, lambda: _announce(listeners[0])).run(sockets=listeners)
    except KeyboardInterrupt:
        print("Stopped.")
    return 0


def _serve_together(settings: Settings, listeners: list[socket.socket], metrics: Metrics | None) -> int:
    """Serve in several processes, which this one starts and keeps; the last one shows the metrics of all."""
    catalog = Catalog(settings.models, most_units=settings.max_units)
    catalog.names()  # read once, before the processes part
    config = server.configured(create_app(settings, catalog, metrics), settings)
    parent, (reader, writer) = os.getpid(), os.pipe()
    os.set_blocking(reader, False)
    os.write(writer, b"." * (settings.workers - 1) + b"!")  # each that answers takes one; the last says where

    def started() -> None:
        with suppress(BlockingIOError):  # nothing is left for one that is started again
            if os.read(reader, 1) == b"!":
                _announce(listeners[0])

    def work(listener: socket.socket) -> None:
        server.Server(config, started, parent).run(sockets=[listener])

    def show() -> None:
        if metrics is not None:
            metrics.show(settings.metrics_port, settings.metrics_host)
            while os.getppid() == parent:
                time.sleep(1)

    works = [partial(work, listener) for listener in listeners]
    asked = server.Children([*works, *([show] if metrics else [])], metrics.died if metrics else lambda _: None).run()
    if asked == signal.SIGINT:
        print("Stopped.")
    else:
        signal.raise_signal(asked)
    return 0


def _announce(listener: socket.socket) -> None:
    print(f"Gatescope is at {server.address(listener)} — press Ctrl+C to stop", flush=True)


def trace(options: argparse.Namespace) -> int:
    """Run a model over an input and print each message as a line of JSON."""
    settings = _settings()
    text = sys.stdin.read().strip("\n") if options.input == "-" else options.input
    catalog = Catalog(settings.models, most_units=settings.max_units)
    reads_numbers = catalog.load(options.model).tokenizer.alphabet is None
    include = options.include.split(",") if options.include else None
    given = (
        _json(text, "This model reads numbers: give a JSON list of them, such as '[0.1, 0.5]'.")
        if reads_numbers
        else text
    )
    edits = _json(options.edits, f"The edits are not JSON: give a list of them, such as '[{EDIT}]'.")
    request = TraceRequest(model=options.model, input=given, include=include, edits=edits)
    run = prepare(request, catalog, settings.max_steps)
    lines = sys.stdout.buffer
    try:
        for message in messages(run, run.batch_steps(settings.batch_steps)):
            lines.write(encode(message))
    except GatescopeError as error:
        lines.write(error_line(error))
        return 1
    return 0


def models(_options: argparse.Namespace) -> int:
    """Print what each model is, and which files cannot be used."""
    settings = _settings()
    catalog = Catalog(settings.models, most_units=settings.max_units)
    for name in catalog.names():
        card = card_body(catalog.load(name))
        accuracy = f"{card['accuracy']['value']:.2%} right" if card["accuracy"] else "untrained"
        size = f"{card['layers']} x {card['hidden_size']}"
        print(f"{name:<24} {card['cell']:<5} {size:<8} {accuracy:<14} {card['label']['en']}")
    for fault in catalog.faults:
        print(fault.detail, file=sys.stderr)
    return 1 if catalog.faults else 0


def show_settings(_options: argparse.Namespace) -> int:
    """Print every setting with its value, default, unit, range and a sentence."""
    for entry in entries(_settings()):
        facts = [f"default {entry.default or 'none'}", entry.range, entry.unit]
        print(f"{entry.name}={entry.value}  ({', '.join(fact for fact in facts if fact)})\n    {entry.sentence}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m app", description="Watch the gates of a trained LSTM, step by step.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("serve", help="serve the page and the API (what happens without a command)")
    command.add_argument("--host", help="the address to listen on (127.0.0.1)")
    command.add_argument("--port", type=int, help="the port to listen on (8000)")
    command.set_defaults(command=serve)
    command = commands.add_parser("trace", help="run a model over an input and print each step as a line of JSON")
    command.add_argument("model", help="a name that `models` lists")
    command.add_argument("input", help="text, or a JSON list of numbers; - reads it from standard input")
    command.add_argument(
        "--include", metavar="f,C,pre", help="only these quantities; pre adds the pre-activations' parts"
    )
    command.add_argument("--edits", default="[]", metavar="JSON", help=f"what-if edits as the API takes them: [{EDIT}]")
    command.set_defaults(command=trace)
    commands.add_parser("models", help="list the models").set_defaults(command=models)
    commands.add_parser("settings", help="list the settings").set_defaults(command=show_settings)
    return parser


def _settings(**given: object) -> Settings:
    """The settings of the environment and of the command. Raises Sorry with what is wrong."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise Sorry("\n".join(map(_wrong_setting, error.errors()))) from None


def _wrong_setting(fault: Mapping[str, Any]) -> str:
    """What pydantic found wrong with a setting, in a sentence."""
    name = str(fault["loc"][0])
    examples = Settings.model_fields[name].examples
    # An example says more than a pattern.
    right = f"look like {examples[0]}" if examples else wanted(fault)
    return f"{PREFIX}{name.upper()} should {right}, and is {str(fault['input'])[:80]!r}."


def _json(text: str, otherwise: str) -> Any:  # noqa: ANN401 - whatever JSON holds; the request checks it
    """JSON from the command line. Raises Sorry with what it should have been."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Sorry(otherwise) from None
