"""Which tool wrote a recorded output, by its content; and what it tells."""

from collectors.input import BadOutput, Recording
from collectors.inputs.event_log import journal, windows
from collectors.inputs.event_log.counts import Findings
from collectors.inputs.event_log.points import to_points
from collectors.point import Point
from collectors.recorded_text import recorded_text
from collectors.windows import powershell
from collectors.windows.records import read_records


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recorded output.

    Known are: the answer of our own PowerShell script; events of Get-WinEvent as JSON or CSV; records of the journal
    as JSON lines.

    Raises:
        BadOutput: the output is none of these, is empty, or is damaged.
    """
    return to_points(_findings(recorded_text(recording).lstrip("\ufeff")))


def _findings(text: str) -> Findings:
    if powershell.is_document(text, windows.KIND):
        return windows.findings(powershell.read_document(text))
    if journal.is_journal(text):
        return journal.read(text)
    # A printed list does not show where it ends, and a number of errors that is too small is a wrong number.
    records = read_records(text) if text.lstrip().startswith(("[", "{", '"', "#TYPE")) else []
    if not any(windows.is_event(each) for each in records):
        raise BadOutput("this is not a list of events that is known here")
    return windows.from_events(records)
