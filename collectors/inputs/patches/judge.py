"""Facts of a device's updates to one verdict."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from collectors.inputs.patches import wording
from collectors.inputs.patches.facts import Facts
from collectors.inputs.patches.lag import Basis, Lag
from collectors.text import Text
from collectors.verdict import Verdict

MAX_LAG_DAYS = 30.0
"""A security update may be missing this long: one month, the rhythm of Microsoft's releases."""

MAX_CHECK_AGE_DAYS = 14.0
"""A list of updates older than this does not tell whether all are installed."""

_RELEASE_CYCLE_DAYS = 35.0
"""At most this many days lie between two monthly releases, so a PC that has them all can be that old."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts as bad.

    Attributes:
        max_lag_days: days for which a security update may be missing.
        max_check_age_days: age up to which a list of updates is believed.
    """

    max_lag_days: float = MAX_LAG_DAYS
    max_check_age_days: float = MAX_CHECK_AGE_DAYS


DEFAULT_POLICY = Policy()


def judge(facts: Facts, behind: Lag | None, now_ns: int, policy: Policy) -> Verdict:
    """Return the verdict: the end of support first, then missing updates, then what is not known."""
    return (
        _support(facts, datetime.fromtimestamp(now_ns // 10**9, UTC).date())
        or _too_late(facts, behind, policy)
        or _not_known(facts, behind, now_ns, policy)
        or _in_order(facts, behind)
    )


def _support(facts: Facts, today: date) -> Verdict | None:
    support = facts.system.support
    if support is None or support.end is None or today <= support.end:
        return None
    name = facts.system.name or support.version
    if support.extended_end and today <= support.extended_end:
        if facts.system.has_extension:
            return None
        note = support.note or Text("", "")
        return wording.verdict("os_extension_unknown", name=name, end=support.end.isoformat(), note=note)
    return wording.verdict("os_unsupported", name=name, end=support.end.isoformat())


def _too_late(facts: Facts, behind: Lag | None, policy: Policy) -> Verdict | None:
    if behind is None:
        return None
    limit = policy.max_lag_days
    if facts.security_count is None and not facts.lacks_security:
        # Only that nothing was installed is known; with monthly updates that is normal for a month more.
        limit += _RELEASE_CYCLE_DAYS
        if not facts.monthly or behind.days <= limit:
            return None
        return wording.verdict("no_success_too_long", days=f"{behind.days:.0f}", limit=f"{limit:g}")
    if behind.basis is Basis.NONE_MISSING or behind.days <= limit or not facts.lacks_security:
        return None
    return wording.verdict("missing_too_long", days=f"{behind.days:.0f}", limit=f"{limit:g}")


def _not_known(facts: Facts, behind: Lag | None, now_ns: int, policy: Policy) -> Verdict | None:
    missing = facts.security_count
    if facts.partial and facts.pending is not None:
        return wording.verdict("list_incomplete")
    if missing is None:
        return wording.unreadable(facts.unread) if facts.unread else wording.verdict("pending_unknown")
    if facts.last_check is None:
        return wording.verdict("check_unknown")
    age = (now_ns / 1e9 - facts.last_check.timestamp()) / 86_400
    if age > policy.max_check_age_days:
        return wording.verdict("check_too_old", days=f"{age:.0f}")
    if missing and behind is None:
        return wording.verdict("lag_unknown", count=str(missing))
    return None


def _in_order(facts: Facts, behind: Lag | None) -> Verdict:
    if facts.security_count and behind:
        return wording.verdict("within_limit", count=str(facts.security_count), days=f"{behind.days:.0f}")
    return wording.verdict("up_to_date")
