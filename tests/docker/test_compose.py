"""The files for containers: no engine runs them here, so each part is tried outside of one."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml

from api.cli import karte
from api.config import load
from api.grafana.wanted import SOURCE_MARK, Subject, boards_of, wanted
from api.local.child import start_child, stop_child
from api.local.grafana import sign_in_settings
from api.local.influxd import Influxd
from api.local.ports import free_port
from api.models import ContractState
from dashboards.registry import BOARDS

DOCKER = Path(__file__).resolve().parents[2] / "docker"
OURS = ("prepare", "api", "worker")
NOT_ROOT = re.compile(r"[1-9]\d*:\d+")
STAFF_FILES = {"fleet", "contract", "rules", "service"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def dockerfile() -> list[list[str]]:
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.split(maxsplit=1) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_it_is_as_the_compose_specification_says(compose: dict[str, Any], repository: Path) -> None:
    schema = json.loads((repository / "tests/data/compose/compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(compose)


def test_people_enter_grafana_by_what_the_local_stack_uses_too(compose: dict[str, Any]) -> None:
    environment = compose["services"]["grafana"]["environment"]
    wanted_settings = {
        **sign_in_settings("${KARTE_PUBLIC_URL:-http://localhost:8100}"),
        "GF_AUTH_JWT_ENABLED": "${KARTE_GRAFANA_SIGN_IN:-false}",
    }
    found = {name: value for name, value in environment.items() if name.startswith("GF_AUTH_JWT_")}
    expected = "GF_AUTH_JWT_EXPECT_CLAIMS"
    assert json.loads(found.pop(expected)) == json.loads(wanted_settings.pop(expected))
    assert found == wanted_settings


def test_every_service_is_hardened(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert NOT_ROOT.fullmatch(service["user"]), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service.get("read_only", False) or name == "influxdb", name
        assert name == "prepare" or service["healthcheck"]["test"][0] == "CMD", name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name


def test_every_image_is_pinned(compose: dict[str, Any], dockerfile: list[list[str]]) -> None:
    named = [each["image"] for each in compose["services"].values() if "build" not in each]
    named += [words[1].split()[0] for words in dockerfile if words[0] == "FROM"]
    for image in named:
        assert re.search(r":\d+\.\d+\.\d+", image), image


def test_no_secret_is_in_an_environment(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        secret = [key for key in service["environment"] if re.search("PASSWORD|TOKEN|SECRET", key)]
        assert secret, name
        for key in secret:
            assert key.endswith("_FILE"), key
            assert service["environment"][key].removeprefix("/run/secrets/") in service["secrets"]
    mentioned = {each for service in compose["services"].values() for each in service["secrets"]}
    assert mentioned == compose["secrets"].keys()


def test_its_hosts_and_volumes_exist(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for value in service["environment"].values():
            host = re.match(r"http://([a-z]+):", str(value))
            assert host is None or host[1] in {*compose["services"], "localhost"}
        for volume in service["volumes"]:
            assert volume.partition(":")[0] in compose["volumes"]
        for needed in service.get("depends_on", {}):
            assert needed in compose["services"]


def _environment(service: dict[str, Any], **changes: str) -> dict[str, str]:
    plain = {name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value)) for name, value in service["environment"].items()}
    return {**plain, **changes}


def test_the_service_knows_every_variable(compose: dict[str, Any], tmp_path: Path) -> None:
    source = (DOCKER.parent / "api" / "config.py").read_text(encoding="utf-8")
    known = set(re.findall(r'"(KARTE_[A-Z0-9_]+)"', source))
    secret = tmp_path / "secret"
    secret.write_text("a secret for tests\n", encoding="utf-8")
    for name in OURS:
        service = compose["services"][name]
        assert {key.removesuffix("_FILE") for key in service["environment"]} <= known
        files = {key: str(secret) for key in service["environment"] if key.endswith("_FILE")}
        config = load(_environment(service, **files))
        assert (config.influx_engine, config.influx_token) == ("influxdb2", "a secret for tests")
        assert config.grafana_password == "a secret for tests"
        for path in (config.report_dir, config.grafana_export_dir):
            assert path.is_relative_to("/var/lib/karte")
    retention = compose["services"]["influxdb"]["environment"]["DOCKER_INFLUXDB_INIT_RETENTION"]
    assert int(retention.removesuffix("h")) == config.raw_retention_days * 24
    assert compose["services"]["influxdb"]["environment"]["DOCKER_INFLUXDB_INIT_BUCKET"] == config.influx_database


def test_its_commands_are_ones_of_the_program(compose: dict[str, Any]) -> None:
    commands = [compose["services"][name].get("command", []) for name in OURS]
    commands += [compose["services"][name]["healthcheck"]["test"][1:] for name in ("api", "worker")]
    commands += [shlex.split(found) for found in re.findall(r"(karte [a-z -]+[a-z])", _readme())]
    tried = 0
    for command in commands:
        if command[0] == "karte":
            _parse(command[1:])
            tried += 1
    assert tried >= 4


def _parse(arguments: list[str]) -> None:
    found: click.Command | None = karte
    context = click.Context(karte)
    while isinstance(found, click.Group) and arguments:
        found, arguments = found.get_command(context, arguments[0]), arguments[1:]
    assert isinstance(found, click.Command), arguments
    assert not isinstance(found, click.Group), arguments


def _readme() -> str:
    return (DOCKER / "README.md").read_text(encoding="utf-8")


def test_what_is_copied_exists_and_is_not_ignored(dockerfile: list[list[str]], repository: Path) -> None:
    ignored = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for words in dockerfile:
        if words[0] != "COPY" or words[1].startswith("--from"):
            continue
        *sources, _target = words[1].split()
        for source in sources:
            assert (repository / source).exists(), source
            assert f"!{source}" in ignored


def test_the_image_has_what_the_bootstrap_installs_for_the_report(
    dockerfile: list[list[str]], repository: Path
) -> None:
    bootstrap = (repository / "api/local/bootstrap.py").read_text(encoding="utf-8")
    needed = re.findall(r'Package\("([a-z0-9.-]+)", "[^"]*PDF report"', bootstrap)
    installed = " ".join(words[1] for words in dockerfile if words[0] == "RUN")
    assert needed
    assert [name for name in needed if name not in installed] == []


def _program(command: list[str], port: int) -> list[str]:
    there = {"gunicorn": ["-m", "gunicorn"], "karte": ["-m", "api.cli"], "python": []}[command[0]]
    words = [word.replace("0.0.0.0:8100", f"127.0.0.1:{port}").replace(":8100", f":{port}") for word in command[1:]]
    return [sys.executable, *there, *words]


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = start_child(command, subprocess.DEVNULL, subprocess.DEVNULL, environment)
    try:
        yield process
    finally:
        stop_child(process)


def _ends_well(command: list[str], environment: dict[str, str], within_s: float = 60) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if subprocess.run(command, env={**os.environ, **environment}, capture_output=True, check=False).returncode == 0:
            return True
        time.sleep(0.5)
    return False


def test_its_processes_run_and_their_health_checks_tell(
    compose: dict[str, Any], influxd: Influxd, tmp_path: Path
) -> None:
    services, port = compose["services"], free_port()
    secret = tmp_path / "secret"
    secret.write_text("a key for tests only, long enough to sign", encoding="utf-8")
    environment = _environment(
        services["api"],
        KARTE_DATABASE_URL=f"sqlite:///{tmp_path / 'karte.db'}",
        KARTE_INFLUX_ENGINE="influxdb1",  # the one at hand; InfluxDB 2 has live tests of its own
        KARTE_INFLUX_URL=influxd.url,
        KARTE_SECRET_KEY_FILE=str(secret),
        KARTE_REPORT_DIR=str(tmp_path),
        KARTE_GRAFANA_EXPORT_DIR=str(tmp_path),
    )
    for name in ("KARTE_INFLUX_TOKEN_FILE", "KARTE_GRAFANA_PASSWORD_FILE"):
        del environment[name]
    assert _ends_well(_program(services["prepare"]["command"], port), environment, 1)
    healthy = {name: _program(services[name]["healthcheck"]["test"][1:], port) for name in ("api", "worker")}
    assert not _ends_well(healthy["api"], environment, 0.1)
    with _running(_program(services["api"]["command"], port), environment):
        assert _ends_well(healthy["api"], environment)
    with _running(_program(services["worker"]["command"], port), environment) as worker:
        assert _ends_well(healthy["worker"], environment)
        assert worker.poll() is None


def test_the_files_for_an_offices_own_grafana_leave_out_the_staffs_dashboards() -> None:
    assert {entry.name for entry in BOARDS if entry.audience == "staff"} <= STAFF_FILES
    (removed,) = re.findall(r"rm -f (.*)\)", _readme())
    assert {name.removesuffix(".json") for name in removed.split()} == STAFF_FILES


def test_the_provisioned_data_source_is_the_one_that_sync_makes() -> None:
    text = (DOCKER / "grafana/provisioning/datasources/karte.yaml").read_text(encoding="utf-8")
    (source,) = yaml.safe_load(text)["datasources"]
    subject = Subject("c-office", 1, "x", ContractState.ACTIVE, "ja")
    made = dict(wanted(subject, boards_of({}, ""), "${KARTE_URL}").source)
    made["jsonData"] = {name: value for name, value in made["jsonData"].items() if name != SOURCE_MARK}
    assert {name: source[name] for name in made} == made
