"""systemd's journal: starts and orderly ends, by the message IDs of journald itself.

Source: systemd, src/systemd/sd-messages.h. Only the ID, the boot and the time of a record are asked for, never its
text.
"""

from collections.abc import Iterable

from collectors.input import BadOutput
from collectors.inputs.uptime_events.history import Kind, Record
from collectors.json_text import load_json
from collectors.scalar import as_int, as_text

_START = "f77379a8490b408bbe5f6940505a777b"
_STOP = "d93fb3c9c24d451a97cea615ce59c00b"
ARGUMENTS = (
    f"MESSAGE_ID={_START}", f"MESSAGE_ID={_STOP}", "--since=-30d", "--no-pager", "--output=json",
    "--output-fields=MESSAGE_ID,_BOOT_ID", "--lines=2000",
)  # fmt: skip
"""What is asked of journalctl."""


def is_journal(text: str) -> bool:
    """Tell whether a text is the answer to `ARGUMENTS`."""
    start = text.lstrip("\ufeff \r\n").split("\n", 1)[0]
    return start.startswith("{") and '"_BOOT_ID"' in start and (_START in start or _STOP in start)


def read(text: str) -> list[Record]:
    """Return the starts and ends; a boot is one start, and has ended in order if journald's last word is its stop.

    Raises:
        BadOutput: a line is damaged.
    """
    boots: dict[str, list[tuple[int, bool]]] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        row = load_json(line)
        if not isinstance(row, dict):
            raise BadOutput("a line of the journal is no record")
        at, boot = as_int(row.get("__REALTIME_TIMESTAMP")), as_text(row.get("_BOOT_ID"))
        if at is not None and boot and row.get("MESSAGE_ID") in (_START, _STOP):
            boots.setdefault(boot, []).append((at // 10**6, row["MESSAGE_ID"] == _STOP))
    return [record for told in boots.values() for record in _boot(told)]


def _boot(told: Iterable[tuple[int, bool]]) -> list[Record]:
    ordered = sorted(told)
    records = [Record(ordered[0][0], Kind.START)]
    if ordered[-1][1]:
        records.append(Record(ordered[-1][0], Kind.CLEAN_END))
    return records
