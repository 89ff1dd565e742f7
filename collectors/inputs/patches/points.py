"""Facts and verdict to one point."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from collectors.inputs.patches import hotfixes
from collectors.inputs.patches.declaration import DEVICE
from collectors.inputs.patches.facts import Facts
from collectors.inputs.patches.judge import Policy, judge
from collectors.inputs.patches.lag import lag
from collectors.point import FieldValue, Point
from collectors.scalar import as_text

_MAX_NAMES = 50
_MAX_HOTFIXES = 400

_Values = Mapping[str, FieldValue | None]


def to_points(facts: Facts, now_ns: int, policy: Policy) -> list[Point]:
    """Return the device's point."""
    behind = lag(facts, now_ns)
    values: dict[str, FieldValue | None] = {
        **judge(facts, behind, now_ns, policy).fields(),
        "source": facts.source,
        "pending_security": facts.security_count,
        "pending_other": facts.other_count,
        "pending_total": facts.total_count,
        "pending_names": _names(facts),
        "reboot_required": facts.reboot_required,
        "services_to_restart": facts.services_to_restart,
        "containers_to_restart": facts.containers_to_restart,
        "sessions_to_restart": facts.sessions_to_restart,
        "kernel_running": facts.kernel_running,
        "kernel_expected": facts.kernel_expected,
        "last_success_age_s": _age(facts.last_success, now_ns),
        "last_check_age_s": _age(facts.last_check, now_ns),
        "lag_days": behind.days if behind else None,
        "lag_basis": str(behind.basis) if behind else None,
        "booted_at": facts.booted_at.replace(tzinfo=None).isoformat() if facts.booted_at else None,
        **_hotfix_values(facts),
        **_system_values(facts, datetime.fromtimestamp(now_ns // 10**9, UTC).date()),
    }
    return [Point(DEVICE.name, {}, {name: value for name, value in values.items() if value is not None})]


def _names(facts: Facts) -> str | None:
    """Return the names of the missing updates, security updates first and marked."""
    ordered = sorted(facts.pending or (), key=lambda update: not update.security)
    texts = [f"{update.name} [security]" if update.security else update.name for update in ordered[:_MAX_NAMES]]
    return as_text("; ".join(texts), limit=4000)


def _hotfix_values(facts: Facts) -> _Values:
    if facts.hotfixes is None:
        return {}
    numbers = " ".join(each.id for each in facts.hotfixes[:_MAX_HOTFIXES]) or None
    if facts.hotfixes_cut:
        return {"hotfix_ids": numbers}
    newest = hotfixes.newest(facts.hotfixes)
    described = any(each.security for each in facts.hotfixes)
    return {
        "hotfixes": len(facts.hotfixes),
        # A list that calls none a security update may be one that does not tell.
        "security_hotfixes": sum(1 for each in facts.hotfixes if each.security) if described else None,
        "hotfix_ids": numbers,
        "newest_hotfix_date": newest[0].isoformat() if newest else None,
        "newest_hotfix_ids": " ".join(newest[1][:_MAX_NAMES]) if newest else None,
    }


def _system_values(facts: Facts, today: date) -> _Values:
    system, support = facts.system, facts.system.support
    end = support.end if support else None
    if support and support.extended_end and system.has_extension:
        end = support.extended_end
    return {
        "os_name": system.name,
        "os_build": system.build,
        "os_version": support.version if support else None,
        "os_support_end": end.isoformat() if end else None,
        "os_support_days_left": (end - today).days if end else None,
        "os_support_note": support.note.ja if support and support.note else None,
        "os_support_note_en": support.note.en if support and support.note else None,
    }


def _age(moment: datetime | None, now_ns: int) -> int | None:
    """Return whole seconds since a moment; None if it lies ahead by more than a day, which is a wrong clock."""
    if moment is None:
        return None
    seconds = int(now_ns / 1e9 - moment.timestamp())
    return max(seconds, 0) if seconds > -86_400 else None
