"""Which tool wrote a recorded output, by its content; and what it tells."""

from collectors.input import BadOutput, Recording
from collectors.inputs.services import systemd, windows
from collectors.inputs.services.points import to_points
from collectors.inputs.services.service import Findings
from collectors.point import Point
from collectors.recorded_text import recorded_text
from collectors.windows import powershell
from collectors.windows.records import is_cut, read_records


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recorded output.

    Known are: the answer of our own PowerShell script; Win32_Service as list, CSV or JSON; `systemctl list-units` and
    `systemctl --failed` as text or JSON.

    Raises:
        BadOutput: the output is none of these, is empty, or is damaged.
        NoPermission: the services could not be read for want of rights.
    """
    return to_points(_findings(recorded_text(recording).lstrip("\ufeff")))


def _findings(text: str) -> Findings:
    if powershell.is_document(text, windows.KIND):
        return windows.findings(powershell.read_document(text))
    if systemd.is_listing(text):
        return systemd.read(text)
    if text.lstrip().startswith("[") and '"unit"' in text:
        return systemd.read_json(text)
    records = read_records(text)
    if not any(windows.is_service(record) for record in records):
        raise BadOutput("this is not a list of services that is known here")
    # A printed list does not show where it ends; JSON and CSV are refused where they are damaged.
    return windows.from_records(records, whole=text.lstrip().startswith(("[", "{")) or not is_cut(text))
