"""Which tool wrote a recorded output, by its content; and what it tells."""

from collectors.input import BadOutput, Recording
from collectors.inputs.backup import archives, unix, windows
from collectors.inputs.backup.job import Findings
from collectors.inputs.backup.points import to_points
from collectors.json_text import load_json
from collectors.point import Point
from collectors.recorded_text import recorded_text
from collectors.windows import powershell
from collectors.windows.records import read_records


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recorded output.

    Known are: the answer of our own PowerShell script; Get-WBSummary as JSON; events of a backup log as JSON; the
    lists of `restic snapshots --json` and `borg list --json`; `systemctl show --timestamp=unix` of a unit.

    Raises:
        BadOutput: the output is none of these, is empty, or is damaged.
    """
    return to_points(_findings(recorded_text(recording).lstrip("\ufeff")), recording.now_ns)


def _findings(text: str) -> Findings:
    if powershell.is_document(text, windows.KIND):
        return windows.findings(powershell.read_document(text))
    if text.startswith("LoadState=") or "\nLoadState=" in text:
        return Findings((unix.read_unit("backup", text),))
    if not text.lstrip().startswith(("[", "{")):
        raise BadOutput("this is not the output of a backup tool that is known here")
    job = archives.read(load_json(text))
    if job:
        return Findings((job,))
    records = read_records(text)
    jobs = [found for record in records if (found := windows.from_summary(record))] or windows.from_events(records)
    if not jobs:
        raise BadOutput("this is not the output of a backup tool that is known here")
    return Findings(tuple(jobs))
