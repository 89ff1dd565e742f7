"""Make a checkout ready: system packages, `.venv`, locked dependencies.

`make` runs this with the system's Python before anything is installed, so it imports the standard library only.
Each step looks before it acts; when all is in place it takes a fraction of a second.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "karte-ready"
MINIMUM = (3, 11)
_NEWER = ("python3.11", "python3.12", "python3.13", "python3.14")


class Package(NamedTuple):
    """A Debian package that the product or its tests need.

    Attributes:
        name: of the package.
        purpose: what for, in a few words.
        present: tells whether what it brings is on this machine, by whatever way it came.
    """

    name: str
    purpose: str
    present: Callable[[], bool]


def _program(name: str) -> Callable[[], bool]:
    places = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
    return lambda: shutil.which(name, path=places) is not None


def _library(name: str) -> Callable[[], bool]:
    def present() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return present


def _japanese_font() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    found = subprocess.run([lister, ":lang=ja", "family"], capture_output=True, text=True, check=False)
    return "Noto Sans CJK JP" in found.stdout


def _venv_module() -> bool:
    probe = "import ensurepip, venv"
    return subprocess.run([_python() or sys.executable, "-c", probe], capture_output=True, check=False).returncode == 0


def _postgresql() -> bool:
    # Debian keeps its programs off the PATH, a directory a version.
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb") is not None


FOR_RUN = [
    Package("python3-venv", "makes the virtual environment", _venv_module),
    Package("influxdb", "the time-series database", _program("influxd")),
    Package("smartmontools", "reads the drives' health", _program("smartctl")),
    Package("fontconfig", "finds fonts for the PDF report", _program("fc-list")),
    Package("fonts-noto-cjk", "Japanese characters in the PDF report", _japanese_font),
    Package("libpango-1.0-0", "text layout of the PDF report", _library("libpango-1.0.so.0")),
    Package("libpangoft2-1.0-0", "text layout of the PDF report", _library("libpangoft2-1.0.so.0")),
    Package("libharfbuzz-subset0", "embeds fonts into the PDF report", _library("libharfbuzz-subset.so.0")),
]
FOR_TEST = [
    Package("snmp", "snmpbulkwalk, the measure for our own SNMP speed", _program("snmpbulkwalk")),
    Package("iproute2", "network namespaces for tests", _program("ip")),
    Package("influxdb-client", "the influx shell, tried against the gateway", _program("influx")),
    Package("postgresql", "the same tests on the other database", _postgresql),
    Package("chromium", "opens the pages as a person's browser does", _program("chromium")),
]


class NotReady(Exception):
    """Something is missing that cannot be had from here; the message lists all of it and how to get it."""


def _python() -> str | None:
    """Return a Python of at least `MINIMUM`: this one, or a newer one on PATH."""
    if sys.version_info[:2] >= MINIMUM:
        return sys.executable
    return next((found for found in map(shutil.which, _NEWER) if found), None)


def _say(message: str) -> None:
    sys.stdout.write(f"karte: {message}\n")
    sys.stdout.flush()


def ensure_packages(wanted: list[Package]) -> None:
    """Install what is missing of the wanted packages.

    Raises:
        NotReady: something is missing and neither root nor sudo is at hand, or apt failed.
    """
    missing = [package for package in wanted if not package.present()]
    if not missing:
        return
    names = [package.name for package in missing]
    install = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    prefix = _privilege()
    if prefix is None or shutil.which("apt-get") is None:
        lines = [f"  {package.name:<20} {package.purpose}" for package in missing]
        raise NotReady(
            "these system packages are missing:\n" + "\n".join(lines) + "\n"
            "Install them as an administrator, then run the same make command again:\n"
            f"  sudo apt-get update && sudo {' '.join(install)}\n"
            "(On a system without apt: the packages that bring the same programs, libraries and fonts.)"
        )
    _say(f"installing system packages: {' '.join(names)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], install):
        done = subprocess.run([*prefix, *command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            tail = done.stdout.decode(errors="replace").strip().splitlines()[-5:]
            raise NotReady(f"'{' '.join([*prefix, *command])}' failed:\n  " + "\n  ".join(tail))
    still = [package.name for package in missing if not package.present()]
    if still:
        raise NotReady(f"apt installed {' '.join(still)}, and yet what they bring is not found on this machine")


def _privilege() -> list[str] | None:
    """Return what to put before a command to run it as root; None if that is not possible."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    if subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    # A person at a terminal can type the password; a script cannot.
    return [sudo] if sys.stdin.isatty() else None


def ensure_venv() -> None:
    """Make `.venv` with exactly the locked dependencies.

    Raises:
        NotReady: no Python of at least `MINIMUM`, or the installation failed.
    """
    python = _python()
    if python is None:
        raise NotReady(f"Python {MINIMUM[0]}.{MINIMUM[1]} or later is needed; this is {sys.version.split()[0]}")
    wanted = _fingerprint(python)
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    inside = str(VENV / "bin" / "python")
    # The first start of a checkout, or the lock has changed: pip brings the environment to the lock and no further.
    if not Path(inside).exists():
        _say("making .venv")
        _run([python, "-m", "venv", "--clear", str(VENV)])
    _say("installing the locked dependencies (about a minute the first time)")
    _run([inside, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(ROOT / "requirements.lock")])
    _run([inside, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    STAMP.write_text(wanted, encoding="utf-8")


def _fingerprint(python: str) -> str:
    digest = hashlib.sha256()
    for name in ("requirements.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{version} {ROOT} {digest.hexdigest()}"


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        raise NotReady(f"'{' '.join(command)}' ended with {done.returncode}; its own words are above")


def main() -> int:
    """Get ready, or say in one message what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--for", dest="purpose", choices=["run", "test"], default="run")
    purpose = parser.parse_args().purpose
    try:
        ensure_packages(FOR_RUN + (FOR_TEST if purpose == "test" else []))
        ensure_venv()
    except NotReady as missing:
        sys.stderr.write(f"karte: not ready: {missing}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
