"""Errors in systemd's journal.

Only the identifier, the unit and the priority of a record are asked for: journalctl then does not even print its text.
Source: journalctl(1), `--output-fields`; syslog(3): 0 emergency, 1 alert, 2 critical, 3 error.
"""

from collectors.input import BadOutput
from collectors.inputs.event_log.counts import Findings, tally
from collectors.json_text import Record, load_json
from collectors.scalar import as_int, as_text

LOG = "journal"
MOST_RECORDS = 5000
ARGUMENTS = (
    "--priority=3", "--since=-24h", "--no-pager", "--output=json", f"--lines={MOST_RECORDS}",
    "--output-fields=SYSLOG_IDENTIFIER,_SYSTEMD_UNIT,_COMM,PRIORITY",
)  # fmt: skip
"""What is asked of journalctl."""
NO_PERMISSION = "You are currently not seeing messages"
_CRITICAL = 2
_ERROR = 3


def is_journal(text: str) -> bool:
    """Tell whether a text is records of the journal as JSON lines."""
    start = text.lstrip("\ufeff \r\n").split("\n", 1)[0]
    return start.startswith("{") and '"__REALTIME_TIMESTAMP"' in start


def read(text: str) -> Findings:
    """Return the counts in the answer to `ARGUMENTS`.

    Raises:
        BadOutput: a line is damaged or cut off.
    """
    records = [_record(line) for line in text.splitlines() if line.strip()]
    told = [(LOG, _source(each), priority <= _CRITICAL) for each in records if (priority := _priority(each)) <= _ERROR]
    return Findings(tally(told), capped=len(records) >= MOST_RECORDS)


def _record(line: str) -> Record:
    loaded = load_json(line)
    if not isinstance(loaded, dict):
        raise BadOutput("a line of the journal is no record")
    return loaded


def _priority(record: Record) -> int:
    found = as_int(record.get("PRIORITY"))
    return found if found is not None and found >= 0 else _ERROR + 1


def _source(record: Record) -> str:
    names = (as_text(record.get(name)) for name in ("SYSLOG_IDENTIFIER", "_COMM", "_SYSTEMD_UNIT"))
    return next((name for name in names if name), "")
