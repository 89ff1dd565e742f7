"""RAID volumes of LVM, from `lvs --reportformat json`.

Source: lvs(8) and lvmraid(7), "lv_health_status".
"""

from collectors.inputs.raid.array import Array
from collectors.inputs.raid.wording import REASONS
from collectors.json_text import Record, objects_in
from collectors.scalar import as_text
from collectors.verdict import Verdict

SOURCE = "lvm"
ARGUMENTS = (
    "--reportformat", "json", "-o", "vg_name,lv_name,segtype,lv_health_status,raid_sync_action,copy_percent",
)  # fmt: skip
"""What is asked of lvs."""


def is_report(value: object) -> bool:
    """Tell whether a JSON value is a report of lvs with what is asked for."""
    return isinstance(value, dict) and isinstance(value.get("report"), list)


def read(value: object) -> list[Array]:
    """Return the volumes of a RAID level among the logical volumes."""
    return [_array(each) for each in objects_in(value) if _level(each) and as_text(each.get("lv_name"))]


def _level(volume: Record) -> str | None:
    level = as_text(volume.get("segtype")) or ""
    return level if level.startswith("raid") or level == "mirror" else None


def _array(volume: Record) -> Array:
    action = as_text(volume.get("raid_sync_action")) or ""
    return Array(
        name="/".join(filter(None, (as_text(volume.get("vg_name")), as_text(volume.get("lv_name"))))),
        source=SOURCE,
        verdict=_verdict(volume.get("lv_health_status")),
        level=_level(volume),
        operation=action if action not in ("", "idle") else None,
        percent=_percent(volume.get("copy_percent")) if action not in ("", "idle") else None,
    )


def _verdict(health: object) -> Verdict:
    if not isinstance(health, str):
        return REASONS.verdict("not_told", what="lv_health_status")
    if health.strip() == "mismatches exist":
        return REASONS.verdict("data_errors", what="mismatches exist")
    if health.strip():
        return REASONS.verdict("failed", what=health.strip()[:60])
    return REASONS.verdict("ok")


def _percent(value: object) -> float | None:
    try:
        found = float(value.replace(",", ".")) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and 0 <= found <= 100 else None
