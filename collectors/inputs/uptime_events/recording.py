"""Which tool wrote a recorded output, by its content; and what it tells."""

from dataclasses import replace

from collectors.input import BadOutput, Recording
from collectors.inputs.patches import systeminfo
from collectors.inputs.uptime_events import journal, windows, wtmp
from collectors.inputs.uptime_events.history import Findings, from_records
from collectors.inputs.uptime_events.points import to_points
from collectors.point import Point
from collectors.recorded_text import recorded_text
from collectors.windows import powershell
from collectors.windows.records import read_records


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recorded output.

    Known are: the answer of our own PowerShell script; events of the System log as JSON; a wtmp file; `last -x` with
    full times; journald's own records as JSON lines; `systeminfo`, for the time of the last start.

    Raises:
        BadOutput: the output is none of these, is empty, or is damaged.
        NoPermission: the log could not be read for want of rights.
    """
    now_s = recording.now_ns // 10**9
    if wtmp.is_wtmp(recording.data):
        return to_points(from_records("wtmp", wtmp.read_wtmp(recording.data), now_s), recording.now_ns)
    return to_points(_findings(recorded_text(recording).lstrip("\ufeff"), recording), recording.now_ns)


def _findings(text: str, recording: Recording) -> Findings:
    now_s = recording.now_ns // 10**9
    if powershell.is_document(text, windows.KIND):
        return windows.findings(powershell.read_document(text), now_s)
    if journal.is_journal(text):
        return from_records("journal", journal.read(text), now_s)
    if wtmp.is_last(text):
        records, local = wtmp.read_last(text)
        return from_records("last", records, now_s) if local is None else Findings("last", boot_local=local)
    if systeminfo.is_systeminfo(text):
        booted = systeminfo.read(text, recording.now_ns).booted_at
        return Findings("systeminfo", boot_local=booted.strftime("%Y-%m-%dT%H:%M:%S") if booted else None)
    events = [record for record in read_records(text) if windows.is_event(record)]
    if not events:
        raise BadOutput("this is not a record of starts and shutdowns that is known here")
    # Which numbers were picked is not known: that no start is among them tells nothing.
    return replace(windows.from_events(events), starts=None)
