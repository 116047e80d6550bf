"""Settings: read from the environment, checked, each documented."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings, entries


def test_every_setting_has_a_default_and_a_sentence() -> None:
    for name, field in Settings.model_fields.items():
        assert not field.is_required(), name
        assert field.description is not None, name
        assert field.description.endswith("."), name
    assert Settings() == Settings.model_construct()


def test_an_example_of_a_setting_is_right() -> None:
    examples = {name: field.examples for name, field in Settings.model_fields.items() if field.examples}
    assert set(examples) == {"root_path", "trusted_proxies", "frame_ancestors", "cors_origins"}
    for name, (example,) in examples.items():
        value = getattr(Settings(**{name: example}), name)
        assert (",".join(value) if isinstance(value, tuple) else value) == example


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    monkeypatch.setenv("GATESCOPE_MODELS", os.pathsep.join(map(str, folders)))
    monkeypatch.setenv("GATESCOPE_MAX_STEPS", "12")
    monkeypatch.setenv("GATESCOPE_DEBUG", "true")
    settings = Settings()
    assert (settings.models, settings.max_steps, settings.debug) == (tuple(folders), 12, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "http"),
        ("MAX_STEPS", "0"),
        ("BATCH_STEPS", "-1"),
        ("MAX_BODY_BYTES", "1e3"),
        ("ROOT_PATH", "gatescope"),
        ("ROOT_PATH", "/gatescope/"),
        ("WORKERS", "0"),
        ("STREAM_SECONDS", "0"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1"),
        ("CORS_ORIGINS", "https://a.example.org/page"),
        ("CORS_ORIGINS", "null"),
        ("FRAME_ANCESTORS", "'self'; script-src *"),
        ("FRAME_ANCESTORS", "'self'\nSet-Cookie: a=b"),
    ],
)
def test_a_setting_that_is_not_right_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"GATESCOPE_{name}", value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert [error["loc"] for error in refused.value.errors()] == [(name.lower(),)]


def test_entries_tell_all_there_is_to_know() -> None:
    listed = {entry.name: entry for entry in entries(Settings(max_steps=5, debug=True))}
    assert list(listed) == [f"GATESCOPE_{name.upper()}" for name in Settings.model_fields]
    steps = listed["GATESCOPE_MAX_STEPS"]
    assert (steps.value, steps.default, steps.unit, steps.range) == ("5", "10000", "steps", "1 to 1000000")
    assert (listed["GATESCOPE_DEBUG"].value, listed["GATESCOPE_DEBUG"].range) == ("true", "true or false")
    assert listed["GATESCOPE_MODELS"].value == ""
