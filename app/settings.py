"""Every setting of the server, once: its name, default, unit, range and a sentence.

`python -m app settings` prints this class and docs are checked against it. Knows nothing of what the settings do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "GATESCOPE_"
KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE


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
    root_path: str = Field(
        default="",
        pattern=r"^(/[\w.~-]+)*$",
        examples=["/gatescope"],
        description="The path under which a proxy shows the server, such as /gatescope, if it is not cut off.",
    )
    max_steps: int = Field(
        default=10_000,
        ge=1,
        le=1_000_000,
        description="The longest input of one run.",
        json_schema_extra={"unit": "steps"},
    )
    max_body_bytes: int = Field(
        default=2 * MEBIBYTE,
        ge=KIBIBYTE,
        le=256 * MEBIBYTE,
        description="The largest request body.",
        json_schema_extra={"unit": "bytes"},
    )
    max_document_numbers: int = Field(
        default=8_000_000,
        ge=1_000,
        le=100_000_000,
        description="The most numbers in one document of POST /api/v1/trace, 11 bytes each; a stream has no limit.",
        json_schema_extra={"unit": "numbers"},
    )
    max_jacobian_multiplications: int = Field(
        default=20_000_000_000,
        ge=1_000_000,
        le=1_000_000_000_000,
        description="The most multiplications of one Jacobian; a step of an LSTM of H units takes 8·H³ of them.",
        json_schema_extra={"unit": "multiplications"},
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
        default=3,
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
    debug: bool = Field(
        default=False,
        description="Read templates and static files anew for each request, so that a change shows on reload.",
    )

    @field_validator("models", mode="before")
    @classmethod
    def _split_folders(cls, value: Any) -> Any:  # noqa: ANN401 - what the environment or a caller gives is checked after this
        return tuple(Path(part) for part in value.split(os.pathsep) if part) if isinstance(value, str) else value


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
            value=_text(getattr(settings, name)),
            default=_text(field.default),
            unit=schema.get("unit", ""),
            range=f"{low} to {high}" if low is not None else "true or false" if field.annotation is bool else "",
            sentence=field.description or "",
        )


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return os.pathsep.join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
