"""The command line: serve, run a trace, list the models, list the settings.

Knows what to print; everything else is asked of the modules that the web asks.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import orjson
import uvicorn
from anyio import move_on_after
from pydantic import ValidationError

from app.cards import card_body
from app.deps import prepare
from app.errors import Fault, describe, wanted
from app.main import create_app
from app.messages import encode, messages
from app.schemas.run import TraceRequest
from app.settings import PREFIX, Settings, entries
from app.streaming import error_line
from lstm.catalog import Catalog
from lstm.errors import GatescopeError

EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - the names of the choice, not the choice

UNSENT_BYTES: Final = 1 << 18
"""How much of an answer the system holds for a slow reader, about a batch of steps; left alone it takes megabytes."""

FLUSH_SECONDS: Final = 1.0
"""How long a reader whose stream is cut has to take the lines already written; after that, half a line may be lost."""


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
    listener = _listen(settings.host, settings.port)
    config = uvicorn.Config(
        create_app(settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_no_cancellation)
    try:
        Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        print("Stopped.")
    return 0


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    """A stream that is cut because the server was asked to stop is no fault to be shown with its stack."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


class Server(uvicorn.Server):
    """uvicorn, which says where it is once it answers, and cuts a stream between two lines."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the address."""
        await super().startup(sockets)
        for listener in sockets or ():
            host, port = listener.getsockname()[:2]
            shown = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
            also = " (and at this machine's other addresses)" if host in EVERYWHERE else ""
            print(f"Gatescope is at http://{shown}:{port}{also} — press Ctrl+C to stop", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; of a stream that went on for too long and was cut, send what was written: whole lines."""
        await super().shutdown(sockets)
        with move_on_after(FLUSH_SECONDS):
            while self.server_state.connections:  # noqa: ASYNC110 - uvicorn gives no sign of it
                await asyncio.sleep(0.01)


def trace(options: argparse.Namespace) -> int:
    """Run a model over an input and print each message as a line of JSON."""
    settings = _settings()
    text = sys.stdin.read().strip("\n") if options.input == "-" else options.input
    catalog = Catalog(settings.models)
    reads_numbers = catalog.load(options.model).tokenizer.alphabet is None
    include = options.include.split(",") if options.include else None
    request = TraceRequest(model=options.model, input=_numbers(text) if reads_numbers else text, include=include)
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
    catalog = Catalog(_settings().models)
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


def _numbers(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Sorry("This model reads numbers: give a JSON list of them, such as '[0.1, 0.5]'.") from None


def _listen(host: str, port: int) -> socket.socket:
    """A socket bound to an address. Raises Sorry in a sentence where it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise Sorry(
            f"There is no address {host!r} to listen on. Try 127.0.0.1, or 0.0.0.0 to let other machines in."
        ) from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(AttributeError, OSError):  # not every system has it; connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    try:
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        reasons = {
            errno.EADDRINUSE: f"Port {port} is taken by another program. Choose another one: make run PORT={port + 1}",
            errno.EACCES: f"Port {port} is reserved for the system. Choose one above 1023: make run PORT=8000",
            errno.EADDRNOTAVAIL: f"{host} is not an address of this machine. Try 127.0.0.1, or 0.0.0.0 for all.",
        }
        raise Sorry(reasons.get(error.errno or 0, f"Cannot listen on {host}, port {port}: {error.strerror}.")) from None
    return listener
