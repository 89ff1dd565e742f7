"""What to type on a machine to enrol it, system by system. Pure; the steps are those of `karte agent service`."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.models import DeviceKind
from collectors.text import Text

_WINDOWS_DIR = r"C:\ProgramData\karte"
_WINDOWS_CONFIG = rf"{_WINDOWS_DIR}\agent.toml"


@dataclass(frozen=True, slots=True)
class Recipe:
    """The commands for one system.

    Attributes:
        id: for links within the page.
        name: of the system.
        where: in which program they are typed.
        lines: one command each, in their order.
    """

    id: str
    name: Text
    where: Text
    lines: tuple[str, ...]


def recipes(url: str, code: str, kind: DeviceKind | None) -> Sequence[Recipe]:
    """Return the commands for each system that an install ID may be used on.

    Args:
        url: how agents reach this service.
        code: of the install ID.
        kind: the only kind that it enrols; None for any target device.
    """
    terminal = Text("ターミナル", "a terminal")
    option = f" --kind {kind}" if kind in (DeviceKind.SERVER, DeviceKind.PROBE) else ""
    enrol = f"karte agent enroll {url} {code}"
    linux = Recipe("linux", Text("Linux", "Linux"), terminal, _with_systemd(f"{enrol}{option}"))
    nas = Recipe("nas", Text("NAS（SSHで接続）", "NAS, over SSH"), terminal, _with_systemd(f"{enrol} --kind nas"))
    windows = Recipe(
        "windows",
        Text("Windows", "Windows"),
        Text("管理者として開いた PowerShell", "PowerShell, opened as administrator"),
        (
            f"mkdir {_WINDOWS_DIR}",
            f'icacls {_WINDOWS_DIR} /inheritance:r /grant "*S-1-5-18:(OI)(CI)F" "*S-1-5-32-544:(OI)(CI)F"',
            f"Set-Content {_WINDOWS_CONFIG} '[agent]', \"data_dir = '{_WINDOWS_DIR}'\"",
            f"{enrol}{option} --config {_WINDOWS_CONFIG}",
            f"karte agent check --config {_WINDOWS_CONFIG}",
            # PowerShell's own redirection would write another encoding than the file names.
            rf'cmd /c "karte agent service --format windows > {_WINDOWS_DIR}\karte-agent.xml"',
            rf'schtasks /Create /TN "Office Karte Agent" /XML {_WINDOWS_DIR}\karte-agent.xml',
        ),
    )
    mac = Recipe(
        "macos",
        Text("macOS", "macOS"),
        terminal,
        (f"sudo {enrol}{option}", "sudo karte agent check", "sudo karte agent run"),
    )
    if kind is DeviceKind.NAS:
        return (nas,)
    if kind is DeviceKind.PROBE:
        return (linux, windows)
    return (windows, linux, mac, nas) if kind is None else (windows, linux, mac)


def _with_systemd(enrol: str) -> tuple[str, ...]:
    return (
        f"sudo {enrol}",
        "sudo karte agent check",
        "karte agent service --format systemd | sudo tee /etc/systemd/system/karte-agent.service",
        "sudo systemctl daemon-reload && sudo systemctl enable --now karte-agent",
    )
