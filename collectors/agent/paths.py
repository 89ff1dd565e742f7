"""Where the agent keeps its files when nobody says otherwise."""

import os
import sys
from pathlib import Path

import platformdirs

_NAME = "karte"


def is_root() -> bool:
    """Tell whether this process is the system's agent rather than a person's."""
    return sys.platform != "win32" and os.geteuid() == 0


def config_path() -> Path:
    """Return the path of the configuration file: `/etc/karte/agent.toml` for root on Linux."""
    if is_root() and sys.platform == "linux":
        return Path("/etc") / _NAME / "agent.toml"
    if is_root():
        return Path(platformdirs.site_config_dir(_NAME, appauthor=False)) / "agent.toml"
    return Path(platformdirs.user_config_dir(_NAME, appauthor=False)) / "agent.toml"


def data_dir() -> Path:
    """Return the directory of the spool and the credentials: `/var/lib/karte` for root on Linux."""
    if is_root() and sys.platform == "linux":
        return Path("/var/lib") / _NAME
    return Path(platformdirs.user_data_dir(_NAME, appauthor=False))
