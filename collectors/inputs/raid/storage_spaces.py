"""Storage Spaces of Windows: pools, virtual disks, the physical disks in them, and repairs that run.

Sources: MSFT_VirtualDisk, MSFT_StoragePool, MSFT_PhysicalDisk and MSFT_StorageJob of the Storage Management API
(https://learn.microsoft.com/windows-hardware/drivers/storage/storage-management-api-reference). The classes are read
as numbers, because the words that the cmdlets make of them may follow the language of Windows.
"""

from collections.abc import Callable, Iterable, Sequence

from collectors.inputs.raid.array import Array, Findings
from collectors.inputs.raid.wording import REASONS
from collectors.json_text import Record
from collectors.scalar import as_bool, as_int, as_text
from collectors.text import Text
from collectors.verdict import Verdict
from collectors.windows import powershell
from collectors.windows.powershell import Document

KIND = "raid"
SOURCE = "storage_spaces"

SCRIPT = powershell.script(
    KIND,
    r"""
$space = 'root/Microsoft/Windows/Storage'
Read-Part 'pools' {
    Get-CimInstance -Namespace $space -ClassName MSFT_StoragePool -Filter 'IsPrimordial = FALSE' |
        ForEach-Object { Get-Plain $_ @('FriendlyName', 'HealthStatus', 'OperationalStatus', 'IsReadOnly') }
}
Read-Part 'disks' {
    Get-CimInstance -Namespace $space -ClassName MSFT_VirtualDisk |
        ForEach-Object { Get-Plain $_ @(
            'FriendlyName', 'HealthStatus', 'OperationalStatus', 'ResiliencySettingName', 'DetachedReason') }
}
Read-Part 'members' {
    Get-CimInstance -Namespace $space -ClassName MSFT_PhysicalDisk -Filter 'CanPool = FALSE' |
        Where-Object { $_.Usage -ne $null -and $_.CannotPoolReason -contains 2 } |
        ForEach-Object { Get-Plain $_ @('FriendlyName', 'HealthStatus', 'OperationalStatus', 'Usage') }
}
Read-Part 'jobs' {
    Get-CimInstance -Namespace $space -ClassName MSFT_StorageJob |
        ForEach-Object { Get-Plain $_ @('Name', 'JobState', 'PercentComplete') }
}
""",
)

_HEALTH = {"healthy": 0, "warning": 1, "unhealthy": 2, "正常": 0, "警告": 1, "異常": 2}
"""HealthStatus in words, as the cmdlets print it: 0 healthy, 1 warning, 2 unhealthy, 5 unknown."""
_OPERATIONAL = {
    2: "OK",
    3: "Degraded",
    4: "Stressed",
    5: "Predictive Failure",
    6: "Error",
    7: "Non-Recoverable Error",
    0xD000: "Scrubbing",
    0xD001: "Read-only",
    0xD002: "Detached",
    0xD003: "Incomplete",
    0xD004: "Failed Media",
    0xD005: "Split",
    0xD007: "Lost Communication",
}
_JOB_RUNNING = (4, "4", "running")


def findings(document: Document) -> Findings:
    """Return what the script's answer tells, and what could not be read."""
    unread = tuple(_failed(document, part) for part in ("pools", "disks") if part not in document.items)
    pools = document.items.get("pools", [])
    # Which pool a disk belongs to is not told, and need not be where there is one.
    disks = document.items.get("members", []) if len(pools) == 1 else []
    arrays = [
        *from_records(pools, _pool(disks)),
        *from_records(document.items.get("disks", []), _virtual_disk(document.items.get("jobs", []))),
    ]
    return Findings(tuple(arrays), unread)


def from_records(records: Iterable[Record], make: Callable[[str, Record], Array]) -> list[Array]:
    """Return an array for each record that has a name."""
    return [make(name, record) for record in records if (name := as_text(record.get("friendlyname"), limit=80))]


def is_virtual_disk(record: Record) -> bool:
    """Tell whether a record is a virtual disk or a pool made by an administrator."""
    return "healthstatus" in record and (
        "resiliencysettingname" in record or as_bool(record.get("isprimordial")) is False
    )


def read_records(records: Sequence[Record]) -> list[Array]:
    """Return the arrays among objects of Get-VirtualDisk and Get-StoragePool, in whatever form they were printed."""
    return from_records([each for each in records if is_virtual_disk(each)], _virtual_disk([]))


def _pool(disks: Sequence[Record]) -> Callable[[str, Record], Array]:
    def make(name: str, record: Record) -> Array:
        failed = sum(_health(each) == 2 for each in disks)
        verdict = REASONS.verdict("read_only") if as_bool(record.get("isreadonly")) else _verdict(record)
        return Array(
            name,
            SOURCE,
            verdict,
            level="pool",
            members=len(disks) or None,
            members_active=len(disks) - failed if disks else None,
            failed=failed if disks else None,
            spares=sum(each.get("usage") in (3, "HotSpare", "Hot Spare") for each in disks) if disks else None,
        )

    return make


def _virtual_disk(jobs: Sequence[Record]) -> Callable[[str, Record], Array]:
    def make(name: str, record: Record) -> Array:
        running = [job for job in jobs if _is_running(job) and name.lower() in str(job.get("name", "")).lower()]
        percent = as_int(running[0].get("percentcomplete")) if running else None
        return Array(
            name,
            SOURCE,
            _verdict(record),
            level=as_text(record.get("resiliencysettingname"), limit=40),
            operation="repair" if running else None,
            percent=float(percent) if percent is not None and 0 <= percent <= 100 else None,
        )

    return make


def _is_running(job: Record) -> bool:
    state = job.get("jobstate")
    return (state.lower() if isinstance(state, str) else state) in _JOB_RUNNING


def _verdict(record: Record) -> Verdict:
    health = _health(record)
    what = _operational(record.get("operationalstatus"))
    if health == 0:
        return REASONS.verdict("ok")
    if health in (1, 2):
        return REASONS.verdict("failed", what=what or ("Warning" if health == 1 else "Unhealthy"))
    return REASONS.verdict("not_told", what=what or "HealthStatus")


def _health(record: Record) -> int | None:
    value = record.get("healthstatus")
    number = as_int(value)
    return number if number is not None else _HEALTH.get((as_text(value) or "").lower())


def _operational(value: object) -> str:
    listed = value if isinstance(value, list) else [value]
    numbers = [as_int(each) for each in listed]
    words = [
        _OPERATIONAL.get(number, str(number)) if number is not None else as_text(each, limit=40)
        for each, number in zip(listed, numbers, strict=True)
    ]
    return ", ".join(word for word in words[:4] if word)


def _failed(document: Document, part: str) -> Text:
    error = document.errors.get(part)
    if error is None:
        return Text("記憶域スペースの応答がありません", "Storage Spaces gave no answer")
    return Text(f"記憶域スペースを読み取れません（{error.message}）", str(powershell.typed(error, "Storage Spaces")))
