"""Backups on Windows: Windows Server Backup, and tools that write to an event log how they ended.

Of events only number, level and time are read. Sources: Get-WBSummary
(https://learn.microsoft.com/powershell/module/windowsserverbackup/get-wbsummary) and those named in `event_tools.yaml`.
"""

import functools
from collections.abc import Iterable
from importlib import resources

import msgspec
import yaml

from collectors.inputs.backup.job import Findings, Job
from collectors.json_text import Record
from collectors.scalar import as_int, as_text
from collectors.text import Text
from collectors.windows import powershell
from collectors.windows.dates import read_instant
from collectors.windows.powershell import Document

KIND = "backup"
SERVER_BACKUP = "windows_server_backup"
_ERROR = 2
_EARLIEST_YEAR = 2000


class EventTool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of `event_tools.yaml`."""

    tool: str
    log: str
    finished: tuple[int, ...]
    failed: tuple[int, ...]
    source: str


@functools.cache
def event_tools() -> tuple[EventTool, ...]:
    """Return the tools, in the order of the file."""
    text = resources.files(__package__).joinpath("event_tools.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), tuple[EventTool, ...])


_BODY = r"""
Read-Part 'summary' {
    Get-WBSummary | ForEach-Object {
        Get-Plain $_ @('LastSuccessfulBackupTime', 'LastBackupTime', 'LastBackupResultHR')
    }
}
Read-Part 'events' {
    foreach ($log in @(%s)) {
        try {
            $path = [System.Diagnostics.Eventing.Reader.PathType]::LogName
            $query = New-Object System.Diagnostics.Eventing.Reader.EventLogQuery $log, $path, '*'
            $query.ReverseDirection = $true
            $reader = New-Object System.Diagnostics.Eventing.Reader.EventLogReader $query
        } catch { continue }
        for ($count = 0; $count -lt 500; $count++) {
            $event = $reader.ReadEvent()
            if ($event -eq $null) { break }
            $plain = Get-Plain $event @('Id', 'Level', 'TimeCreated')
            $plain['Log'] = $log
            $plain
            $event.Dispose()
        }
    }
}
"""


def script() -> str:
    """Return the script, which asks the logs of all known tools."""
    logs = ", ".join(f"'{each.log}'" for each in event_tools())
    return powershell.script(KIND, _BODY % logs)


def findings(document: Document) -> Findings:
    """Return what the script's answer tells."""
    jobs = [job for record in document.items.get("summary", []) if (job := from_summary(record))]
    from_logs = from_events(document.items.get("events", []))
    jobs += [each for each in from_logs if each.tool not in {job.tool for job in jobs}]
    error = document.errors.get("summary")
    if error is None or error.is_missing_command:
        return Findings(tuple(jobs))
    why = Text(
        f"Windows Server バックアップを読み取れません（{error.message}）", str(powershell.typed(error, "Get-WBSummary"))
    )
    return Findings(tuple(jobs), (why,))


def from_summary(record: Record) -> Job | None:
    """Return the backup of a WBSummary; None where none was ever tried."""
    tried, succeeded = _unix(record.get("lastbackuptime")), _unix(record.get("lastsuccessfulbackuptime"))
    if tried is None and succeeded is None:
        return None
    result = as_int(record.get("lastbackupresulthr"))
    return Job(
        SERVER_BACKUP,
        succeeded_at=succeeded,
        failed_at=tried if result not in (0, None) else None,
        never=succeeded is None,
    )


def from_events(events: Iterable[Record]) -> list[Job]:
    """Return a backup for each tool whose events tell how a run ended."""
    told = [(as_text(each.get("log", each.get("logname"))), as_int(each.get("id")), each) for each in events]
    jobs: list[Job] = []
    for tool in event_tools():
        ended: dict[bool, list[float]] = {True: [], False: []}
        for log, number, event in told:
            at = _unix(event.get("timecreated"))
            if log == tool.log and at is not None and number in (*tool.finished, *tool.failed):
                ended[number in tool.finished and as_int(event.get("level")) != _ERROR].append(at)
        if ended[True] or ended[False]:
            latest = {ok: max(times, default=None) for ok, times in ended.items()}
            # A log holds only so much: that no success is in it does not mean that there never was one.
            jobs.append(Job(tool.tool, succeeded_at=latest[True], failed_at=latest[False]))
    return jobs


def _unix(value: object) -> float | None:
    found = read_instant(as_text(value))
    return found.timestamp() if found and found.year >= _EARLIEST_YEAR else None
