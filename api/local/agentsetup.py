"""Configures and enrols the agent of this machine."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from api.demo.mfp import MFPS
from api.local.child import run_child
from api.local.datadir import DataDir
from api.local.state import write_private
from api.local.supervisor import ChildError
from collectors.agent.credentials import Credentials, load
from collectors.agent.setting import settings_of
from collectors.agent.settings import ProbeDevice, ProbeSettings
from collectors.agent.wording import AgentError
from collectors.text import Lang, Text

_TIMEOUT_S = 120.0


def config_path(data: DataDir) -> Path:
    """Return where the local agent's configuration is."""
    return data.agent / "agent.toml"


def write_config(data: DataDir, lang: Lang, mfp_ports: Mapping[str, int]) -> Path:
    """Write the agent's configuration.

    With simulated MFPs it is written at every start, as their ports may change; else once, and is then the user's.

    Args:
        data: the data directory.
        lang: language of the agent.
        mfp_ports: UDP port of each simulated MFP, by its key; empty without them.
    """
    path = config_path(data)
    head = Text(
        "# karte up が作成。設定項目の一覧: karte agent sample\n",
        "# Made by karte up. All settings: karte agent sample\n",
    ).in_(lang)
    agent = f"[agent]\ndata_dir = {_quoted(str(data.agent))}\nlang = {_quoted(lang)}\n"
    if mfp_ports:
        write_private(path, head + agent + _simulated(mfp_ports))
    elif not path.exists():
        write_private(path, head + agent + _example(lang))
    return path


def _simulated(ports: Mapping[str, int]) -> str:
    interval, timeout = settings_of(ProbeSettings)["interval_s"].key, settings_of(ProbeDevice)["timeout_s"].key
    devices = (
        f'\n[[probe.device]]\nhost = "127.0.0.1"\nport = {ports[mfp.key]}\nname = {_quoted(mfp.name)}\n'
        f'community = {_quoted(mfp.key)}\n{timeout} = "3s"\nretries = 3\n'
        for mfp in MFPS
    )
    return f'\n[probe]\n{interval} = "1m"\n' + "".join(devices)


def _example(lang: Lang) -> str:
    text = Text("# 複合機を監視するには:\n", "# To watch an MFP:\n").in_(lang)
    return f'\n{text}# [[probe.device]]\n# host = "192.168.1.20"\n# community = "public"\n'


def _quoted(value: str) -> str:
    # A JSON string is a TOML basic string, for all that a path or a language can hold.
    return json.dumps(value, ensure_ascii=False)


def credentials_path(data: DataDir) -> Path:
    """Return the file that enrolment writes."""
    return data.agent / "credentials.json"


def credentials(data: DataDir) -> Credentials:
    """Return what enrolment gave to this machine's agent.

    Raises:
        ChildError: it is not enrolled, or the file cannot be read.
    """
    try:
        return load(credentials_path(data))
    except AgentError as error:
        raise ChildError(error.text) from None


def is_enrolled(data: DataDir, url: str) -> bool:
    """Tell whether the agent has credentials for the service at a URL."""
    try:
        return load(credentials_path(data)).url == url
    except AgentError:
        return False


def enrol(config: Path, url: str, code: str) -> None:
    """Enrol this machine's agent.

    Raises:
        ChildError: it was refused.
    """
    done = _agent("enroll", url, code, config=config)
    if done.returncode != 0:
        why = done.stderr.decode(errors="replace").strip()
        raise ChildError(Text(f"この機器を登録できませんでした: {why}", f"this machine was not enrolled: {why}"))


def collect_once(config: Path) -> None:
    """Let the agent collect from this machine and its probe's devices once, and send all of it.

    Raises:
        ChildError: it failed.
    """
    done = _agent("once", config=config)
    if done.returncode != 0:
        why = done.stderr.decode(errors="replace").strip()
        raise ChildError(Text(f"収集に失敗しました: {why}", f"collecting failed: {why}"))


def _agent(*arguments: str, config: Path) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "api.cli", "agent", *arguments, "--config", str(config)]
    return run_child(command, _TIMEOUT_S)
