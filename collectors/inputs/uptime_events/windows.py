"""Starts and unexpected shutdowns in the System log of Windows: numbers and times of events, never their texts.

Sources: "System Restarts" events, Microsoft Learn: 41 of Kernel-Power and 6008 of EventLog are written at the start
after an unexpected shutdown, 6005 at every start of the event log, 1074 and 6006 at an orderly end.
"""

from dataclasses import replace
from datetime import datetime

from collectors.inputs.uptime_events.history import Findings, apart, since_start
from collectors.json_text import Record
from collectors.scalar import as_int, as_text
from collectors.windows import powershell
from collectors.windows.dates import read_instant
from collectors.windows.powershell import Document

KIND = "uptime_events"

SCRIPT = powershell.script(
    KIND,
    r"""
Read-Part 'os' { Get-Plain (Get-CimInstance Win32_OperatingSystem) @('LastBootUpTime') }
Read-Part 'events' {
    $path = [System.Diagnostics.Eventing.Reader.PathType]::LogName
    $text = '*[System[(EventID=41 or EventID=6008 or EventID=6005) and ' +
        "Provider[@Name='Microsoft-Windows-Kernel-Power' or @Name='EventLog'] and " +
        'TimeCreated[timediff(@SystemTime) <= 604800000]]]'
    $query = New-Object System.Diagnostics.Eventing.Reader.EventLogQuery 'System', $path, $text
    $reader = New-Object System.Diagnostics.Eventing.Reader.EventLogReader $query
    for ($count = 0; $count -lt 1000; $count++) {
        $event = $reader.ReadEvent()
        if ($event -eq $null) { break }
        Get-Plain $event @('Id', 'TimeCreated')
        $event.Dispose()
    }
}
Read-Part 'oldest' {
    $path = [System.Diagnostics.Eventing.Reader.PathType]::LogName
    $query = New-Object System.Diagnostics.Eventing.Reader.EventLogQuery 'System', $path, '*'
    $event = (New-Object System.Diagnostics.Eventing.Reader.EventLogReader $query).ReadEvent()
    if ($event -ne $null) { Get-Plain $event @('TimeCreated') }
}
""",
)

_CRASH_IDS = (41, 6008)
_START_ID = 6005


def findings(document: Document, now_s: int) -> Findings:
    """Return what the script's answer tells.

    Raises:
        NoPermission: the log may not be read.
        InputError: the log could not be read.
    """
    if "events" not in document.items:
        raise powershell.typed(document.errors.get("events", powershell.PartError("no answer", "", None)), "the log")
    boot = _times(document.items.get("os", []), "lastbootuptime")
    oldest = _times(document.items.get("oldest", []), "timecreated")
    found = from_events(document.items["events"])
    found = replace(found, reaches_back_s=max(0, now_s - oldest[0]) if oldest else None)
    return since_start(found, boot[0], now_s) if boot else found


def is_event(record: Record) -> bool:
    """Tell whether a record is an event of the log with its number and time."""
    return _id(record) is not None and read_instant(record.get("timecreated")) is not None


def from_events(records: list[Record]) -> Findings:
    """Return what events of the System log tell."""
    crashes = [_unix(each) for each in records if _id(each) in _CRASH_IDS]
    starts = sorted(at for each in records if _id(each) == _START_ID and (at := _unix(each)) is not None)
    return Findings(
        "eventlog", starts[-1] if starts else None, apart(at for at in crashes if at is not None), tuple(starts)
    )


def _id(record: Record) -> int | None:
    return as_int(record.get("id", record.get("eventid")))


def _unix(record: Record) -> int | None:
    found = read_instant(record.get("timecreated"))
    return int(found.timestamp()) if found else None


def _times(records: list[Record], name: str) -> list[int]:
    read: list[datetime | None] = [read_instant(as_text(each.get(name))) for each in records]
    return [int(at.timestamp()) for at in read if at]
