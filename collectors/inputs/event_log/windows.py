"""Errors in the System and Application logs of Windows.

The script counts on the machine and gives numbers by log, source and level; it never renders a message.
Source: EventLogReader of .NET (https://learn.microsoft.com/dotnet/api/system.diagnostics.eventing.reader); levels of
winmeta.xml: 1 critical, 2 error.
"""

from collectors.inputs.event_log.counts import Count, Findings, tally
from collectors.json_text import Record
from collectors.scalar import as_bool, as_int, as_text
from collectors.windows import powershell
from collectors.windows.powershell import Document

KIND = "event_log"
LOGS = ("System", "Application")

SCRIPT = powershell.script(
    KIND,
    r"""
function Read-Log([string]$log) {
    $path = [System.Diagnostics.Eventing.Reader.PathType]::LogName
    $text = '*[System[(Level=1 or Level=2) and TimeCreated[timediff(@SystemTime) <= 86400000]]]'
    $query = New-Object System.Diagnostics.Eventing.Reader.EventLogQuery $log, $path, $text
    $reader = New-Object System.Diagnostics.Eventing.Reader.EventLogReader $query
    $counts = @{}
    $capped = $true
    for ($count = 0; $count -lt 20000; $count++) {
        $event = $reader.ReadEvent()
        if ($event -eq $null) { $capped = $false; break }
        $key = "$($event.Level)|$($event.ProviderName)"
        $counts[$key] = 1 + $counts[$key]
        $event.Dispose()
    }
    foreach ($key in $counts.Keys) {
        $level, $source = $key.Split('|', 2)
        @{ Level = [int]$level; Source = $source; Count = $counts[$key] }
    }
    @{ Capped = $capped }
}
Read-Part 'System' { Read-Log 'System' }
Read-Part 'Application' { Read-Log 'Application' }
""",
)

_CRITICAL, _ERROR = 1, 2


def findings(document: Document) -> Findings:
    """Return what the script's answer tells; a log that could not be read is told with the reason."""
    counts: dict[tuple[str, str], Count] = {}
    capped = False
    for log in LOGS:
        for record in document.items.get(log, []):
            capped = capped or as_bool(record.get("capped")) is True
            _add(counts, log, record)
    missing = powershell.PartError("no answer", "", None)
    unread = [
        str(powershell.typed(document.errors.get(log, missing), f"the {log} log"))
        for log in LOGS
        if log not in document.items
    ]
    return Findings(counts, capped, tuple(unread))


def _add(counts: dict[tuple[str, str], Count], log: str, record: Record) -> None:
    source, number, level = as_text(record.get("source"), 80), as_int(record.get("count")), as_int(record.get("level"))
    if source and number and 0 < number < 10**9 and level in (_CRITICAL, _ERROR):
        own = Count(critical=number) if level == _CRITICAL else Count(errors=number)
        counts[log, source] = counts.get((log, source), Count()).plus(own)


def is_event(record: Record) -> bool:
    """Tell whether a record is an event of Get-WinEvent with its level."""
    return as_text(record.get("providername")) is not None and as_int(record.get("level")) is not None


def from_events(records: list[Record]) -> Findings:
    """Return the counts among events of Get-WinEvent; their texts are not looked at."""
    return Findings(
        tally(
            (as_text(each.get("logname")) or "System", as_text(each["providername"]) or "", level == _CRITICAL)
            for each in records
            if is_event(each) and (level := as_int(each["level"])) in (_CRITICAL, _ERROR)
        )
    )
