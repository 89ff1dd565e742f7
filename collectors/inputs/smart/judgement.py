"""From what a drive tells, now and before, to a state with its reasons. Pure: no clock, no I/O."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from collectors.inputs.smart import attributes as ata
from collectors.inputs.smart.drive import Access, Attribute, Drive, ExitStatus, Failed, Kind
from collectors.inputs.smart.rules import (
    DAY_S,
    HOT_C,
    LIMITS,
    SCSI_WARNING_ASC,
    SETTLED_S,
    SPARE_MARGIN,
    TEMPERATURE_ATTRIBUTES,
    WARNING_BITS,
    WEAR_PACE_HOURS,
    WEAR_PACE_PERCENT,
    WEAR_PERCENT,
    Level,
    Limit,
    Reason,
)
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a drive counted at an earlier time.

    Attributes:
        at: Unix time in seconds.
        counts: counters by name, as `counts_of` gives them.
    """

    at: float
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state of a drive.

    Attributes:
        level: ok, unknown, warning or failing.
        reasons: why, the weightiest first; never empty.
    """

    level: Level
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> str:
        """The codes of the reasons, joined by commas."""
        return ",".join(dict.fromkeys(reason.code for reason in self.reasons))

    @property
    def text(self) -> Text:
        """The reasons in words."""
        texts = [reason.text for reason in self.reasons]
        return Text(ja="。".join(each.ja for each in texts), en="; ".join(each.en for each in texts))


def judge(drive: Drive, history: Sequence[Snapshot] = (), at: float = 0.0) -> Judgement:
    """Judge a drive.

    Args:
        drive: what it tells now.
        history: what it counted before, oldest first; may be empty.
        at: the time now, Unix seconds; only used against `history`.

    Returns:
        `unknown` where the drive could not be read, or gives neither a verdict nor a sign of trouble.
    """
    if drive.access is not Access.OK:
        return Judgement(Level.UNKNOWN, (Reason(str(drive.access), Level.UNKNOWN),))
    found = [*_own_verdict(drive), *_thresholds(drive), *_counters(drive, history, at), *_conditions(drive)]
    if not found:
        silent = drive.passed is None
        return _single("no_verdict", Level.UNKNOWN) if silent else _single("no_findings", Level.OK)
    if any(reason.code == "hot" for reason in found):
        found = [reason for reason in found if reason.code != "too_hot"]  # the same, without the numbers
    ordered = tuple(sorted(found, key=lambda reason: -reason.level.code))
    return Judgement(ordered[0].level, ordered)


def _single(code: str, level: Level) -> Judgement:
    return Judgement(level, (Reason(code, level),))


def counts_of(drive: Drive) -> dict[str, int]:
    """Return everything that a drive counts and that is judged."""
    judged = {limit.counter for limit in LIMITS}
    past = sum(1 for each in drive.attributes if _failed_in_past(each))
    found = {**ata.counters(drive.attributes), **drive.log, **drive.counters}
    if drive.attributes:
        found["past_failures"] = past
    return {name: count for name, count in found.items() if name in judged}


def _own_verdict(drive: Drive) -> Iterator[Reason]:
    bits = drive.log.get("critical_warning", 0)
    for bit in WARNING_BITS:
        if bits & bit.mask:
            yield Reason(bit.code, bit.level)
    if drive.scsi_error and drive.scsi_error.asc == SCSI_WARNING_ASC:
        yield Reason("scsi_warning", Level.WARNING)
    elif drive.passed is False and not bits:
        # smartctl calls an NVMe drive failed for any warning bit, heat included: there the bits decide.
        yield Reason("drive_says_failing", Level.FAILING)
    elif drive.passed is None and drive.exit_status and drive.exit_status & ExitStatus.FAILING:
        yield Reason("drive_says_failing", Level.FAILING)


def _thresholds(drive: Drive) -> Iterator[Reason]:
    now = [each for each in drive.attributes if each.failed is Failed.NOW and each.id not in TEMPERATURE_ATTRIBUTES]
    failing = [each.name for each in now if each.is_prefail]
    aged = [each.name for each in now if not each.is_prefail]
    if failing:
        yield Reason("attribute_failing", Level.FAILING, {"names": ", ".join(failing)})
    elif not drive.attributes and drive.exit_status and drive.exit_status & ExitStatus.PREFAIL_NOW:
        yield Reason("attribute_failing", Level.FAILING, {"names": "SMART"})
    if aged:
        yield Reason("attribute_at_limit", Level.WARNING, {"names": ", ".join(aged)})
    if any(each.failed is Failed.NOW and each.id in TEMPERATURE_ATTRIBUTES for each in drive.attributes):
        yield Reason("too_hot", Level.WARNING)


def _failed_in_past(attribute: Attribute) -> bool:
    # A drive that was once too hot, or whose age attribute once touched its limit, is not failing today.
    return attribute.failed is Failed.PAST and attribute.is_prefail and attribute.id not in TEMPERATURE_ATTRIBUTES


def _counters(drive: Drive, history: Sequence[Snapshot], at: float) -> Iterator[Reason]:
    counts = counts_of(drive)
    names = ", ".join(each.name for each in drive.attributes if _failed_in_past(each))
    for limit in LIMITS:
        count = counts.get(limit.counter)
        if count is None or (limit.kinds and drive.kind not in limit.kinds):
            continue
        growth = _growth(limit.counter, count, history, at)
        level = _level(limit, count, growth)
        if level is Level.WARNING and growth == 0 and limit.settles and _has_settled(limit.counter, count, history, at):
            continue
        if level is not Level.OK:
            level = _trusted(level, drive)
            yield Reason(limit.counter, level, {"count": count, "growth": growth, "names": names})


def _level(limit: Limit, count: int, growth: int) -> Level:
    if _reached(count, limit.fail) or _reached(growth, limit.fail_growth):
        return Level.FAILING
    return Level.WARNING if _reached(count, limit.warn) or _reached(growth, limit.warn_growth) else Level.OK


def _reached(number: int, limit: int | None) -> bool:
    return limit is not None and number >= limit


def _trusted(level: Level, drive: Drive) -> Level:
    # smartctl guesses the names of attributes of an SSD that its database does not know: enough for a warning only.
    guessed = drive.kind is Kind.SSD and bool(drive.attributes) and not drive.in_database
    return Level.WARNING if guessed and level is Level.FAILING else level


def _growth(counter: str, count: int, history: Sequence[Snapshot], at: float) -> int:
    """Return the increase within the last day; 0 where nothing is known, or the counter was set back."""
    recent = [
        snapshot.counts[counter] for snapshot in history if _is_within(snapshot, at) and counter in snapshot.counts
    ]
    # After a long silence the last known count is all there is to compare with.
    known = recent or [snapshot.counts[counter] for snapshot in history[-1:] if counter in snapshot.counts]
    return max(0, count - known[0]) if known else 0


def _is_within(snapshot: Snapshot, at: float) -> bool:
    return at - DAY_S <= snapshot.at <= at


def _has_settled(counter: str, count: int, history: Sequence[Snapshot], at: float) -> bool:
    """Tell whether the count stood where it is for all of the last `SETTLED_S`."""
    old = [snapshot for snapshot in history if counter in snapshot.counts and snapshot.at <= at - SETTLED_S]
    return bool(old) and old[-1].counts[counter] == count


def _conditions(drive: Drive) -> Iterator[Reason]:
    yield from _wear(drive)
    yield from _spare(drive)
    usual = HOT_C.get(drive.kind, HOT_C[Kind.UNKNOWN])
    limit = min(drive.temperature_limit or usual, usual)
    if drive.temperature is not None and drive.temperature >= limit:
        yield Reason("hot", Level.WARNING, {"count": drive.temperature, "limit": limit})
    if drive.self_test_failed:
        yield Reason("self_test_failed", Level.WARNING)


def _wear(drive: Drive) -> Iterator[Reason]:
    used, hours = drive.endurance_used, drive.power_on_hours
    if used is None:
        return
    if used >= WEAR_PERCENT:
        yield Reason("wear_high", Level.WARNING, {"count": used})
    elif used >= WEAR_PACE_PERCENT and hours:
        left = hours * (100 - used) // used
        if left < WEAR_PACE_HOURS:
            yield Reason("wear_fast", Level.WARNING, {"count": used, "hours": left})


def _spare(drive: Drive) -> Iterator[Reason]:
    spare, threshold = drive.log.get("available_spare"), drive.log.get("available_spare_threshold", 0)
    if spare is None or spare > 100 or threshold >= 100:
        return
    if spare < threshold and not drive.log.get("critical_warning", 0) & 1:
        yield Reason("spare_exhausted", Level.FAILING)
    elif spare >= threshold and (spare - threshold) / (100 - threshold) < SPARE_MARGIN:
        yield Reason("spare_low", Level.WARNING, {"count": spare})
