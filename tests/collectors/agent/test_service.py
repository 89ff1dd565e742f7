"""The agent against the real service: gunicorn, the database and influxd."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.local.influxd import Influxd
from tests.serving import Served, serving


@pytest.fixture(scope="module")
def served(influxd: Influxd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("agent") / "data", influxd.url) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "agent.toml"
    path.write_text(f'[agent]\ndata_dir = "{tmp_path}/data"\nlang = "en"\n')
    return path


def agent(config: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "api.cli", "agent", *arguments, "--config", str(config)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100)


def stored(served: Served, device: str, measurement: str) -> list[dict[str, object]]:
    statement = f'SELECT * FROM "{measurement}" WHERE "device" = \'{device}\''
    return [row for series in served.engine.query(served.database_name, statement) for row in series.rows()]


def test_it_enrols_checks_and_sends_to_the_real_gateway(served: Served, config: Path, tmp_path: Path) -> None:
    enrolment = agent(config, "enroll", served.url, served.office.issue(), "--kind", "pc")
    assert enrolment.returncode == 0, enrolment.stderr
    device = json.loads((tmp_path / "data" / "credentials.json").read_text())["device"]

    check = agent(config, "check")
    once = agent(config, "once")

    assert check.returncode == 0, check.stdout
    assert "[ok] device token: accepted" in check.stdout
    assert once.returncode == 0, once.stderr
    assert not (tmp_path / "data" / "spool" / "rejects.lp").exists()
    (memory,) = stored(served, device, "mem")
    assert (memory["contract"], memory["site"]) == (served.office.contract, served.office.site)
    runs = {row["input"]: row["outcome"] for row in stored(served, device, "collector_run")}
    assert runs["mem"] == "ok"
    (itself,) = stored(served, device, "agent")
    assert itself["dropped_points"] == 0


def test_it_sets_aside_what_the_real_gateway_refuses_and_stores_the_rest(
    served: Served, config: Path, tmp_path: Path
) -> None:
    assert agent(config, "enroll", served.url, served.office.issue(), "--kind", "pc").returncode == 0
    device = json.loads((tmp_path / "data" / "credentials.json").read_text())["device"]
    fill = f"""
from pathlib import Path
from collectors.agent.spool import Spool
spool = Spool(Path({str(tmp_path / "data" / "spool")!r}))
spool.append(["mem,host=a used_percent=1.5", "nothing_such v=1"])
spool.append(["mem,host=b used_percent=2.5", "mem used_percent=true"])
spool.close()
"""
    subprocess.run([sys.executable, "-c", fill], check=True)

    once = agent(config, "once")

    assert once.returncode == 0, once.stderr
    assert "the gateway refused 2 lines" in once.stderr
    kept = (tmp_path / "data" / "spool" / "rejects.lp").read_text()
    assert "\nnothing_such v=1\n" in kept
    assert "\nmem used_percent=true\n" in kept
    assert {row["used_percent"] for row in stored(served, device, "mem")} >= {1.5, 2.5}


def test_it_shows_the_services_reason_for_a_refused_enrolment(served: Served, config: Path) -> None:
    done = agent(config, "enroll", served.url, "AAAAA-AAAAA-AAAAA-AAAAA")

    assert done.returncode == 1
    assert "install_id_unknown" in done.stderr
    assert done.stderr.count("\n") == 1
