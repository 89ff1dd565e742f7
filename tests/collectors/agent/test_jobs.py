import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from collectors.agent.jobs import jobs_of
from collectors.agent.settings import (
    AgentSettings,
    Config,
    GatewaySettings,
    InputSettings,
    ProbeSettings,
    SpoolSettings,
)
from collectors.input import Gatherer, Input
from collectors.inputs.disk_outlook import INPUT as DISK_OUTLOOK
from collectors.inputs.smart import INPUT as SMART
from collectors.text import Text


class _Seen(Exception):
    pass


@pytest.mark.parametrize(("file", "place"), [("a.json", "DATA/a.json"), ("/srv/b.json", "/srv/b.json"), ("", "")])
def test_it_keeps_history_files_in_the_agents_directory(tmp_path: Path, file: str, place: str) -> None:
    def create(settings: Mapping[str, Any]) -> Gatherer:
        raise _Seen(settings["history_file"])

    declared = Input("x", Text("例", "example"), (), create, MappingProxyType({"history_file": ""}))
    chosen = InputSettings(True, 60.0, 10.0, {"history_file": file})
    agent = AgentSettings(data_dir=str(tmp_path))
    config = Config(agent, SpoolSettings(), GatewaySettings(), ProbeSettings(), {"x": chosen})
    (job,) = jobs_of(config, [declared])
    with pytest.raises(_Seen, match=f"^{place.replace('DATA', str(tmp_path))}$"):
        job.create()


def test_it_lets_the_outlook_of_disks_outlive_a_restart(tmp_path: Path) -> None:
    chosen = InputSettings(True, 60.0, 10.0, DISK_OUTLOOK.settings)
    agent = AgentSettings(data_dir=str(tmp_path))
    config = Config(agent, SpoolSettings(), GatewaySettings(), ProbeSettings(), {DISK_OUTLOOK.name: chosen})
    (job,) = jobs_of(config, [DISK_OUTLOOK])
    job.create().gather()
    assert (tmp_path / "disk-history.json").read_text("utf-8").startswith("{")


_SMARTCTL = """#!/bin/sh
case "$1" in
--scan) echo '{"smartctl": {"version": [7, 4], "exit_status": 0},
  "devices": [{"name": "/dev/sda", "type": "sat", "protocol": "ATA"}]}' ;;
*) echo '{"smartctl": {"version": [7, 4], "exit_status": 0}, "device": {"name": "/dev/sda", "protocol": "ATA"},
  "model_name": "KARTE SSD", "serial_number": "S-1", "smart_status": {"passed": true},
  "ata_smart_attributes": {"table": [{"id": 197, "name": "Current_Pending_Sector", "value": 100, "worst": 100,
  "thresh": 0, "flags": {"prefailure": false}, "raw": {"value": 8, "string": "8"}}]}}' ;;
esac
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for smartctl is a shell script")
def test_it_remembers_what_drives_counted_over_a_restart(tmp_path: Path) -> None:
    smartctl = tmp_path / "smartctl"
    smartctl.write_text(_SMARTCTL)
    smartctl.chmod(0o755)
    chosen = InputSettings(True, 60.0, 10.0, {**SMART.settings, "smartctl": str(smartctl)})
    agent = AgentSettings(data_dir=str(tmp_path / "data"))
    config = Config(agent, SpoolSettings(), GatewaySettings(), ProbeSettings(), {SMART.name: chosen})
    (job,) = jobs_of(config, [SMART])
    job.create().gather()
    kept = json.loads((tmp_path / "data" / "smart-history.json").read_text("utf-8"))
    assert [counts["pending"] for ((_at, counts),) in kept.values()] == [8]
