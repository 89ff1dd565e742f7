"""Who this machine is: its name, an identity that says nothing of it, and what kind of machine it probably is."""

import hashlib
import platform
import secrets
import socket
import sys
from pathlib import Path

from collectors.agent.wording import AgentError, fill
from collectors.text import Text

_MACHINE_ID_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_NAS_FILES = (Path("/etc/synoinfo.conf"), Path("/etc/config/uLinux.conf"), Path("/etc/buffalo"))
_CHASSIS = Path("/sys/class/dmi/id/chassis_type")
# SMBIOS 3.7, 7.4.1: desktops and towers (3-7), portables (8-11, 14), all in one (13), space-saving (15), sealed (24),
# tablets and convertibles (30-32), mini and stick PCs (35, 36). Servers and virtual machines have other numbers.
_PC_CHASSIS = frozenset({3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 24, 30, 31, 32, 35, 36})
_WINDOWS_WORKSTATION = 1  # OSVERSIONINFOEX.wProductType: VER_NT_WORKSTATION

_NO_PLACE = Text("機器の識別子を{path}に保存できません: {why}", "cannot keep this machine's identity in {path}: {why}")


def host_name() -> str:
    """Return the computer's name, as the tag `host` carries it."""
    return socket.gethostname() or "unknown"


def machine_id(data_dir: Path) -> str:
    """Return an identity that stays the same on this machine and from which its own identifiers cannot be told.

    A SHA-256 of the system's machine ID, as machine-id(5) asks for; where the system has none, of a random one that is
    kept in `data_dir`.

    Raises:
        AgentError: there is none and it cannot be kept.
    """
    raw = _system_id() or _kept_id(data_dir / "machine-id")
    return hashlib.sha256(b"office-karte machine\n" + raw.encode()).hexdigest()


def _system_id() -> str:
    if sys.platform == "win32":
        return _machine_guid()
    for path in _MACHINE_ID_FILES:
        try:
            text = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if len(text) == 32:  # while an image is being prepared the file is empty or says "uninitialized"
            return text
    return ""


def _machine_guid() -> str:
    if sys.platform == "win32":
        import winreg

        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography", 0, access) as key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        except OSError:
            return ""
    return ""


def _kept_id(path: Path) -> str:
    try:
        kept = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        kept = ""
    if kept:
        return kept
    made = secrets.token_hex(16)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{made}\n", encoding="ascii")
    except OSError as error:
        raise AgentError(fill(_NO_PLACE, path=path, why=error.strerror)) from None
    return made


def os_name() -> str:
    """Return "linux", "windows", "macos", or what Python calls the system."""
    return {"Darwin": "macos"}.get(platform.system(), platform.system().lower())


def machine_kind() -> str:
    """Return "pc", "server" or "nas": a guess, which enrolment lets people correct."""
    if sys.platform == "win32":
        return "pc" if sys.getwindowsversion().product_type == _WINDOWS_WORKSTATION else "server"
    if sys.platform == "darwin":
        return "pc"
    if any(path.exists() for path in _NAS_FILES):
        return "nas"
    return "pc" if _chassis() in _PC_CHASSIS else "server"


def _chassis() -> int:
    try:
        return int(_CHASSIS.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
