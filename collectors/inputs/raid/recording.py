"""Which tool wrote a recorded output, by its content; and what it tells."""

from collections.abc import Callable

from collectors.input import BadOutput, NothingToReport, Recording
from collectors.inputs.raid import btrfs, lvm, mdadm, mdstat, storage_spaces, zpool
from collectors.inputs.raid.array import Findings
from collectors.inputs.raid.points import to_points
from collectors.json_text import load_json
from collectors.point import Point
from collectors.recorded_text import recorded_text
from collectors.windows import powershell
from collectors.windows.records import read_records


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recorded output.

    Known are: /proc/mdstat; `mdadm --detail`; `zpool status`; `btrfs device stats`; `lvs --reportformat json`; the
    answer of our own PowerShell script; Get-VirtualDisk and Get-StoragePool as list, CSV or JSON.

    Raises:
        BadOutput: the output is none of these, is empty, or is damaged.
        NothingToReport: it says that there is no RAID.
    """
    findings = _findings(recorded_text(recording).lstrip("\ufeff"), recording.now_ns)
    if not findings.arrays and not findings.unread:
        raise NothingToReport("there is no RAID")
    return to_points(findings)


def _findings(text: str, now_ns: int) -> Findings:
    if powershell.is_document(text, storage_spaces.KIND):
        return storage_spaces.findings(powershell.read_document(text))
    read = next((read for matches, read in _FORMS if matches(text)), None)
    if read:
        return read(text, now_ns)
    if text.lstrip().startswith("{"):
        loaded = load_json(text)
        if lvm.is_report(loaded):
            return Findings(tuple(lvm.read(loaded)))
    arrays = storage_spaces.read_records(read_records(text))
    if not arrays:
        raise BadOutput("this is not the output of a RAID tool that is known here")
    return Findings(tuple(arrays))


_FORMS: tuple[tuple[Callable[[str], bool], Callable[[str, int], Findings]], ...] = (
    (mdstat.is_mdstat, lambda text, _: mdstat.read(text)),
    (mdadm.is_detail, lambda text, _: mdadm.read(text)),
    (zpool.is_status, zpool.read),
    (btrfs.is_stats, lambda text, _: Findings((btrfs.read(text, "btrfs"),))),
)
