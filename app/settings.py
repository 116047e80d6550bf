"""Every setting of the server, once: its name, default, unit, range and a sentence.

`python -m app settings` prints this class and docs are checked against it. Knows nothing of what the settings do.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "GATESCOPE_"
KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE
ORIGIN = re.compile(r"https?://[\w.-]+(:\d{1,5})?")
"""Scheme, host and perhaps a port: what a browser sends as its page's origin."""


class Settings(BaseSettings):
    """What an operator may choose; read from the environment as GATESCOPE_NAME, checked at start."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    models: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(),
        description="More folders with .safetensors models, parted as in PATH; a broken file is reported and skipped.",
        json_schema_extra={"unit": "folders"},
    )
    host: str = Field(
        default="127.0.0.1",
        description="The address to listen on; 0.0.0.0 lets other machines in.",
    )
    port: int = Field(
        default=8000,
        ge=0,
        le=65535,
        description="The port to listen on; 0 takes a free one.",
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="How many processes serve; each has limits of its own, and none knows what another needs.",
        json_schema_extra={"unit": "processes"},
    )
    root_path: str = Field(
        default="",
        pattern=r"^(/[\w.~-]+)*$",
        examples=["/gatescope"],
        description="The path under which a proxy shows the server, such as /gatescope, if it is not cut off.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        pattern=r"^([\w.:/]+(,[\w.:/]+)*)?$",
        examples=["127.0.0.1,10.0.0.0/8"],
        description="Addresses and networks of the proxies whose X-Forwarded-For says who the client is.",
    )
    max_steps: int = Field(
        default=10_000,
        ge=1,
        le=1_000_000,
        description="The longest input of one run.",
        json_schema_extra={"unit": "steps"},
    )
    max_units: int = Field(
        default=4_096,
        ge=1,
        le=65_536,
        description="The widest layer of a model; a file with a wider one is reported and skipped.",
        json_schema_extra={"unit": "units"},
    )
    max_body_bytes: int = Field(
        default=2 * MEBIBYTE,
        ge=KIBIBYTE,
        le=256 * MEBIBYTE,
        description="The largest request body.",
        json_schema_extra={"unit": "bytes"},
    )
    max_bodies_bytes: int = Field(
        default=64 * MEBIBYTE,
        ge=KIBIBYTE,
        le=16 * 1024 * MEBIBYTE,
        description="The most memory of all request bodies that are being read or checked, their bytes and 80 for each "
        "value in them: a larger one is refused (413), one that finds no room is told to come again (503).",
        json_schema_extra={"unit": "bytes"},
    )
    max_document_numbers: int = Field(
        default=12_000_000,
        ge=1_000,
        le=100_000_000,
        description="The most numbers in all documents (not streams) that are made or read at once, 11 bytes each, and "
        "what they are made from: a larger one is refused (422), one that finds no room is told to come again (503).",
        json_schema_extra={"unit": "numbers"},
    )
    max_jacobian_multiplications: int = Field(
        default=20_000_000_000,
        ge=1_000_000,
        le=1_000_000_000_000,
        description="The most multiplications of one Jacobian; a step of an LSTM of H units takes 8·H³ of them.",
        json_schema_extra={"unit": "multiplications"},
    )
    max_streams: int = Field(
        default=1_000,
        ge=1,
        le=100_000,
        description="How many runs, streamed or not, a process works on at once; one more is told to come again (503).",
        json_schema_extra={"unit": "runs"},
    )
    stream_seconds: int = Field(
        default=600,
        ge=1,
        le=86_400,
        description="The longest that one answer may take, its reader included; then it ends, and the connection too.",
        json_schema_extra={"unit": "seconds"},
    )
    request_seconds: int = Field(
        default=30,
        ge=1,
        le=3_600,
        description="The longest that a client may take to send its request; then the connection is closed.",
        json_schema_extra={"unit": "seconds"},
    )
    requests_per_minute: int = Field(
        default=6_000,
        ge=0,
        le=10_000_000,
        description="What one client (an address, or a /64 of IPv6) may ask of the API, at once or over a minute; "
        "0 is no limit. A whole school can be one address.",
        json_schema_extra={"unit": "requests"},
    )
    batch_steps: int = Field(
        default=64,
        ge=1,
        le=1024,
        description="How many steps are computed and sent in one go; a run whose reader has left stops within as many.",
        json_schema_extra={"unit": "steps"},
    )
    compute_threads: int = Field(
        default=2,
        ge=1,
        le=64,
        description="How many runs of one process compute at the same moment; the others take turns.",
        json_schema_extra={"unit": "threads"},
    )
    shutdown_seconds: int = Field(
        default=2,
        ge=0,
        le=600,
        description="How long open streams may go on after a request to stop.",
        json_schema_extra={"unit": "seconds"},
    )
    frame_ancestors: str = Field(
        default="'self'",
        pattern=r"^[\w.:/*' -]+$",
        examples=["'self' https://lms.example.org"],
        description="Which pages may show Gatescope in a frame: the value of the policy's frame-ancestors.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        examples=["https://course.example.org,https://lab.example.org"],
        description="Whose pages may ask the API from a browser: origins parted by commas, * for all, none if empty.",
        json_schema_extra={"unit": "origins"},
    )
    log_requests: bool = Field(
        default=False,
        description="Write one line of JSON for each request to the error stream, and all other messages as JSON too.",
    )
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="The port of GET /metrics for Prometheus, where all processes add up; 0 is off.",
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        description="The address at which the metrics are shown; not one that strangers reach.",
    )
    debug: bool = Field(
        default=False,
        description="Read templates and static files anew for each request, so that a change shows on reload.",
    )

    @field_validator("models", mode="before")
    @classmethod
    def _split_folders(cls, value: Any) -> Any:  # noqa: ANN401 - what the environment or a caller gives is checked after this
        return tuple(Path(part) for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: Any) -> Any:  # noqa: ANN401 - as above
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [part for part in value if part != "*" and not ORIGIN.fullmatch(part)]:
            raise ValueError(f"{wrong[0]} is not an origin")
        return value


class Entry(NamedTuple):
    """One setting as a reader needs it."""

    name: str
    value: str
    default: str
    unit: str
    range: str
    sentence: str


def entries(settings: Settings) -> Iterator[Entry]:
    """Each setting with its value, default, unit, range and sentence, in the order of the class."""
    properties = Settings.model_json_schema()["properties"]
    for name, field in Settings.model_fields.items():
        schema = properties[name]
        low, high = schema.get("minimum"), schema.get("maximum")
        yield Entry(
            name=PREFIX + name.upper(),
            value=_text(name, getattr(settings, name)),
            default=_text(name, field.default),
            unit=schema.get("unit", ""),
            range=f"{low} to {high}" if low is not None else "true or false" if field.annotation is bool else "",
            sentence=field.description or "",
        )


def _text(name: str, value: object) -> str:
    """A value as the environment would give it."""
    if isinstance(value, tuple):
        return (os.pathsep if name == "models" else ",").join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
