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
