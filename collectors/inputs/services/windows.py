"""Services of Windows that start automatically and do not run.

Sources: Win32_Service (https://learn.microsoft.com/windows/win32/cimwin32prov/win32-service); a service with a start
trigger has a key TriggerInfo below its own ("Service Trigger Events", Microsoft Learn).
"""

import functools
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from importlib import resources

import msgspec
import yaml

from collectors.inputs.services.service import Down, Findings
from collectors.json_text import Record
from collectors.scalar import as_bool, as_int, as_text
from collectors.windows import powershell
from collectors.windows.powershell import Document

KIND = "services"

SCRIPT = powershell.script(
    KIND,
    r"""
Read-Part 'boot' {
    $os = Get-CimInstance Win32_OperatingSystem
    @{ UptimeSeconds = [long]($os.LocalDateTime - $os.LastBootUpTime).TotalSeconds }
}
Read-Part 'services' {
    Get-CimInstance Win32_Service -Filter "StartMode = 'Auto'" | ForEach-Object {
        $plain = Get-Plain $_ @('Name', 'State', 'StartMode', 'ExitCode', 'DelayedAutoStart')
        if ($plain.State -ne 'Running') {
            $key = "HKLM:\SYSTEM\CurrentControlSet\Services\$($_.Name)\TriggerInfo"
            $plain['Triggered'] = Test-Path -LiteralPath $key
        }
        $plain
    }
}
""",
)

_AFTER_START_S = 600
"""Services with a delayed start begin two minutes after the others; slow machines need more."""
_NEVER_STARTED = 1077
"""ERROR_SERVICE_NEVER_STARTED."""
_STOPPED = ("stopped", "1")
_LUID = re.compile(r"_[0-9a-f]{4,8}$")


class Excused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of `excused.yaml`."""

    name: str
    why: str


@functools.cache
def excused() -> tuple[Excused, ...]:
    """Return the services that may be stopped, in the order of the file."""
    text = resources.files(__package__).joinpath("excused.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), tuple[Excused, ...])


def is_excused(name: str) -> bool:
    """Tell whether a service of that name may be stopped."""
    return any(fnmatchcase(name.lower(), each.name.lower()) for each in excused())


def findings(document: Document) -> Findings:
    """Return what the script's answer tells.

    Raises:
        NoPermission: the services may not be read.
        InputError: the services could not be read.
    """
    if "services" not in document.items:
        error = document.errors.get("services", powershell.PartError("no answer", "", None))
        raise powershell.typed(error, "the services")
    boot = document.items.get("boot", [])
    uptime_s = as_int(boot[0].get("uptimeseconds")) if boot else None
    return from_records(document.items["services"], just_started=uptime_s is not None and uptime_s < _AFTER_START_S)


def is_service(record: Record) -> bool:
    """Tell whether a record is a service with its start mode."""
    return "name" in record and "state" in record and "startmode" in record


def from_records(records: Iterable[Record], *, just_started: bool = False, whole: bool = True) -> Findings:
    """Return the automatic services that are stopped among Win32_Service objects."""
    automatic = [each for each in records if is_service(each) and _word(each, "startmode").startswith("auto")]
    stopped = [each for each in automatic if _word(each, "state") in _STOPPED]
    down = [each for each in stopped if not _may_be_stopped(each, just_started)]
    return Findings(
        tuple(_down(each) for each in down), len(stopped) - len(down), len(automatic) if whole else None, whole
    )


def _may_be_stopped(service: Record, just_started: bool) -> bool:
    if as_bool(service.get("triggered")):
        return True
    if just_started and as_bool(service.get("delayedautostart")):
        return True
    return is_excused(as_text(service.get("name")) or "")


def _down(service: Record) -> Down:
    code = as_int(service.get("exitcode"))
    name = as_text(service.get("name"), limit=120) or "?"
    # A service of a logon session carries the session's number, which would make a new name at every logon.
    return Down(_LUID.sub("", name), failed=code not in (None, 0, _NEVER_STARTED), exit_code=code)


def _word(record: Record, name: str) -> str:
    return str(record.get(name, "")).strip().lower()
