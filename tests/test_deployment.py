"""What is said about deploying is so: the settings' table, the example of the log, compose, nginx, the manifests.

Knows the files; what they do is tried by scripts/verify-image and scripts/verify-manifests.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from app import VERSION
from app.records import Outcome
from app.settings import Settings, entries

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
MANIFESTS = sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))


def manifest(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "kubernetes" / name).read_text(encoding="utf-8"))
    return found


def table() -> str:
    """The settings as the guide should list them."""
    rows = []
    for entry in entries(Settings.model_construct()):
        default = f"`{entry.default}`" if entry.default else ""
        right = " ".join(part for part in (entry.range, entry.unit) if part)
        rows.append(f"| `{entry.name}` | {default} | {right} | {entry.sentence} |\n")
    return "".join(rows)


def test_the_guide_lists_every_setting_as_it_is() -> None:
    assert GUIDE.partition("|---|---|---|---|\n")[2] == table(), "the right rows are on the other side"


def test_every_setting_that_a_file_names_exists() -> None:
    files = [ROOT / name for name in ("compose.yaml", "Dockerfile", "Makefile", "docs/deployment.md")]
    for path in [*files, *MANIFESTS]:
        named = set(re.findall(r"GATESCOPE_([A-Z_]+)", path.read_text(encoding="utf-8"))) - {"PORT"}
        assert {name.lower() for name in named} <= set(Settings.model_fields), path.name


def test_the_image_fits_into_the_memory_that_the_guide_gives_it() -> None:
    image = dict(re.findall(r"GATESCOPE_(\w+)=(\w+)", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
    formula = "`75 + (workers − 1)·30 + workers·(streams·0.25 + numbers·11/1,000,000 + bodies/1,000,000)`"
    assert formula in " ".join(GUIDE.split())
    held = int(image["MAX_DOCUMENT_NUMBERS"]) * 11 / 1e6 + int(image["MAX_BODIES_BYTES"]) / 1e6
    needed = 75 + int(image["MAX_STREAMS"]) * 0.25 + held
    assert needed == 249
    assert f"{needed:.0f} for the image" in GUIDE
    assert needed < 256


def test_the_guide_s_line_of_the_log_has_the_fields_of_a_real_one() -> None:
    line = json.loads(re.search(r"```json\n(.*?)```", GUIDE, re.DOTALL)[1])  # type: ignore[index]
    assert list(line) == [
        *("time", "level", "event", "id", "method", "route", "status", "model", "steps", "seconds", "outcome"),
    ]
    outcomes = GUIDE.partition("`outcome` is")[2].partition("What people type")[0]
    assert set(get_args(Outcome)) == set(re.findall(r"`([a-z]+)`", outcomes))


def test_compose_runs_both_with_nothing_they_do_not_need() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["pids_limit"] == 64
    assert (services["gatescope"]["mem_limit"], services["gatescope"].get("ports")) == ("256m", None)
    nginx = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert "server gatescope:8000;" in nginx
    assert services["nginx"]["ports"] == [f"8080:{port}" for port in re.findall(r"listen (\d+);", nginx)]
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_buffering" not in nginx, "streams switch it off themselves; the rest may be collected"


def test_the_manifests_say_what_the_image_needs() -> None:
    pod = manifest("deployment.yaml")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    user = re.search(r"^USER (\d+):(\d+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert user is not None
    security = pod["securityContext"]
    assert (security["runAsUser"], security["runAsGroup"], security["runAsNonRoot"]) == (*map(int, user.groups()), True)
    assert container["securityContext"] == {
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"] == "256Mi"
    assert {container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")} == {
        *("/readyz", "/healthz"),
    }
    assert pod["enableServiceLinks"] is False
    sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert sleep + Settings().shutdown_seconds + 2 <= pod["terminationGracePeriodSeconds"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    given = {variable["name"]: variable["value"] for variable in container["env"]}
    assert given["GATESCOPE_METRICS_PORT"] == str(ports["metrics"])
    assert manifest("service.yaml")["spec"]["ports"][0]["targetPort"] == "http"
    assert manifest("disruption.yaml")["spec"]["minAvailable"] < manifest("autoscaler.yaml")["spec"]["minReplicas"]


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_every_manifest_is_part_of_the_whole(path: Path) -> None:
    whole = manifest("kustomization.yaml")
    assert path.name in [*whole["resources"], "kustomization.yaml"]


def test_the_image_says_its_version_everywhere() -> None:
    label = re.findall(r'image\.version="(.*)"', (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert label == [VERSION]
    assert manifest("kustomization.yaml")["images"] == [{"name": "gatescope", "newTag": VERSION}]
