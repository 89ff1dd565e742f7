"""How likely drives are to fail, in bands, from what they counted over weeks; `signs` is the table.

High: the drive says so itself, or new damage came on three days of thirty. Raised: a counter speaks. No sign: what
could speak was told for long enough, and did not. Else nobody can tell. That several counters speak makes it no worse:
the same bad place is counted as pending, as an error, and as replaced.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from api.analysis.days import day_text
from api.analysis.devices.counters import Counted, counted
from api.analysis.devices.history import DriveHistory
from api.analysis.devices.hourly import Values
from api.analysis.devices.signs import (
    BAD_PLACES,
    CRITICAL_BITS,
    FRESH_DAYS,
    GONE_DAYS,
    HOT_DAYS,
    LASTING_DAYS,
    LASTING_RISES,
    LEAST_DAYS,
    LEAST_READINGS,
    OLD_HOURS,
    SIGNS,
    SILENT_DAYS,
    UNREADABLE,
    WORN_OUT_PERCENT,
    WORN_PERCENT,
    CounterSign,
)
from api.analysis.devices.tree import DriveRisk, DriveSign, Risk
from api.analysis.tree import Subject
from collectors.inputs.smart.attributes import LARGEST_COUNT
from collectors.inputs.smart.drive import Access, Kind
from collectors.inputs.smart.rules import HOT_C, Level
from collectors.text import Text

_EPOCH = date(1970, 1, 1)
_ORDER = (Risk.HIGH, Risk.RAISED, Risk.CANNOT_TELL, Risk.LOW)
_ADVICE = {Risk.HIGH: "drive_failing", Risk.RAISED: "drive_warning"}
_HOURS_OF_YEAR = 8766
_TOLD = 2
"""Signs in the sentence; all of them are in `DriveRisk.signs`."""


def drive_risks(drives: Sequence[DriveHistory], subjects: Mapping[str, Subject], today: float) -> tuple[DriveRisk, ...]:
    """Return how drives stand, the gravest first.

    Args:
        drives: all that is known of them; drives of other devices than the subjects are left out.
        subjects: public id -> device.
        today: the last day that is looked at, days since 1970 in Tokyo.
    """
    by_place: defaultdict[tuple[str, str], list[DriveHistory]] = defaultdict(list)
    for each in drives:
        if each.device in subjects and len(each.days):
            by_place[each.device, each.name].append(each)
    found = []
    for (device, _name), those in by_place.items():
        *gone, newest = sorted(those, key=lambda one: one.days[-1])
        if today - newest.days[-1] > GONE_DAYS:
            continue
        # A drive that told nothing since another came into its place was replaced.
        new = bool(gone) and newest.days[0] >= gone[-1].days[-1]
        found.append(drive_risk(newest, subjects[device], today, is_new=new))
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.risk), one.subject.name, one.subject.id, one.drive)))


def drive_risk(drive: DriveHistory, subject: Subject, today: float, *, is_new: bool = False) -> DriveRisk:
    """Return how one drive stands; see `drive_risks`.

    Args:
        drive: what it told.
        subject: the device that it is in.
        today: the last day that is looked at, days since 1970 in Tokyo; what was told later is not.
        is_new: whether it took another one's place.
    """
    looked = drive.days <= today
    days = drive.days[looked]
    # What fell silent is judged as of its last day: a drive that spoke of its end before it did must not be lost.
    at = min(today, float(days[-1])) if len(days) else today
    counts = {
        sign: told
        for sign in SIGNS
        if (not sign.kinds or drive.kind in sign.kinds)
        and (values := drive.counts.get(sign.field)) is not None
        and (told := counted(days, values[looked], at - FRESH_DAYS + 1, sign.largest)) is not None
    }
    context = list(_context(drive, counts, at, is_new=is_new))
    why_not = _silence(drive, counts, days, today)
    signs = _ordered(
        (*_own_verdict(drive), *_damage(drive, looked, at), *_counters(counts, at), *_hardships(drive, days))
    )
    risk = _band(signs)
    if why_not and risk is Risk.HIGH:
        context.append(why_not)
        why_not = None
    elif why_not:
        signs = ()
    elif risk is Risk.LOW:
        why_not = _too_little(counts)
    if why_not:
        risk = Risk.CANNOT_TELL
    return DriveRisk(
        subject=subject,
        drive=drive.name,
        model=drive.model,
        serial=drive.serial,
        risk=risk,
        text=_text(drive, risk, signs, why_not, counts),
        signs=signs,
        context=tuple(context),
        days=int(days[-1] - days[0]) if len(days) else 0,
        advice=_ADVICE.get(risk, ""),
    )


def _band(signs: Sequence[DriveSign]) -> Risk:
    return next((risk for risk in (Risk.HIGH, Risk.RAISED) if any(sign.risk is risk for sign in signs)), Risk.LOW)


def _ordered(signs: Sequence[DriveSign]) -> tuple[DriveSign, ...]:
    return tuple(sorted(signs, key=lambda sign: _ORDER.index(sign.risk)))


def _silence(drive: DriveHistory, counts: Mapping[CounterSign, Counted], days: Values, today: float) -> Text | None:
    """Return why nothing at all is said of a drive; None where something can be."""
    last = max((told.last_day for told in counts.values()), default=None)
    if last is not None and today - last <= SILENT_DAYS:
        return None  # asleep or unreadable just now, but read not long ago
    if drive.today.access and drive.today.access != Access.OK:
        return UNREADABLE.get(drive.today.access, Text("読み取れませんでした", "it could not be read"))
    if last is None and len(days) and today - days[-1] <= SILENT_DAYS:
        return None  # it tells something, if no numbers
    if last is None and not len(days):
        return Text("まだ読み取れていません", "it has not been read yet")
    at = day_text(_EPOCH + timedelta(days=int(days[-1] if last is None else last)))
    return Text(f"{at.ja}を最後に読み取れていません", f"it was last read on {at.en}")


def _too_little(counts: Mapping[CounterSign, Counted]) -> Text | None:
    """Return why nothing good is said of a drive that shows no sign; None where it is."""
    telling = [told for sign, told in counts.items() if sign.alone]
    if not telling:
        return Text(
            "故障の兆候を示す項目を、このドライブは返しません", "it tells none of the numbers that speak of failure"
        )
    span, readings = max(told.known_days for told in telling), max(told.readings for told in telling)
    if span < LEAST_DAYS or readings < LEAST_READINGS:
        return Text(
            f"記録が{span}日分（{readings}回）しかありません（{LEAST_DAYS}日以上が必要です）",
            f"only {span} days ({readings} readings) are known of it; {LEAST_DAYS} days are needed",
        )
    return None


def _own_verdict(drive: DriveHistory) -> Iterator[DriveSign]:
    told = drive.today
    if (told.critical_warning or 0) & CRITICAL_BITS:
        text = Text("ドライブ自身が重大な警告を出しています", "the drive itself gives a critical warning")
        yield DriveSign(text, Risk.HIGH, "critical_warning", sources=("nvme2",))
    elif told.healthy is False and not told.critical_warning:
        # Of an NVMe drive the verdict is "failed" for any warning bit, heat included: there the bits decide.
        text = Text("ドライブ自身が故障を予告しています", "the drive itself predicts its failure")
        yield DriveSign(text, Risk.HIGH, "health_ok")
    if told.state == Level.FAILING and told.reason.ja:
        yield DriveSign(told.reason, Risk.HIGH, "state")


def _damage(drive: DriveHistory, looked: NDArray[np.bool_], today: float) -> Iterator[DriveSign]:
    """Yield that bad places of a hard disk become more and more."""
    for replaced, waiting in BAD_PLACES if drive.kind in (Kind.HDD, Kind.UNKNOWN) else ():
        values = [drive.counts[name][looked] for name in (replaced, waiting) if name in drive.counts]
        told = (
            counted(drive.days[looked], np.sum(values, axis=0), today - LASTING_DAYS + 1, LARGEST_COUNT)
            if values
            else None
        )
        if told is not None and len(told.rises) >= LASTING_RISES:
            text = Text(
                f"不良セクターがこの{LASTING_DAYS}日のうち{len(told.rises)}日で増え、合計{told.count}になりました",
                f"new bad sectors on {len(told.rises)} of the last {LASTING_DAYS} days, {told.count} by now",
            )
            yield DriveSign(text, Risk.HIGH, "bad_sectors", told.count, told.growth, ("google2007",))


def _counters(counts: Mapping[CounterSign, Counted], today: float) -> Iterator[DriveSign]:
    for sign, told in counts.items():
        risk = _speaks(sign, told, today)
        if risk is None:
            continue
        yield DriveSign(_counter_text(sign, told), risk, sign.field, told.count, told.growth, sign.sources)


def _speaks(sign: CounterSign, told: Counted, today: float) -> Risk | None:
    """Return which band a counter speaks for; None where it says nothing. One that may not speak alone says "low"."""
    lately = [day for day in told.rises if day > today - LASTING_DAYS]
    if sign.lasting and len(lately) >= LASTING_RISES and told.growth >= sign.growth:
        return Risk.HIGH
    stands = sign.falls and told.count > 0
    # Where it is not known for 60 days nobody can say that an old count stands still.
    is_undated = sign.alone and told.count >= sign.growth and told.known_days < FRESH_DAYS and not _is_flash(sign)
    if told.growth >= sign.growth or stands or is_undated:
        return Risk.RAISED if sign.alone else Risk.LOW
    return None


def _is_flash(sign: CounterSign) -> bool:
    return Kind.SSD in sign.kinds


def _counter_text(sign: CounterSign, told: Counted) -> Text:
    words = sign.words
    if told.growth:
        span = min(FRESH_DAYS, max(1, told.known_days))
        return Text(
            f"{words.ja}が{told.count}（この{span}日で{told.growth}増、うち増えた日は{len(told.rises)}日）",
            f"{words.en}: {told.count}, {told.growth} of them new within {span} days, on {len(told.rises)} days",
        )
    if told.known_days < FRESH_DAYS:
        return Text(
            f"{words.ja}が{told.count}（いつからかは分かりません）",
            f"{words.en}: {told.count}, nobody knows since when",
        )
    return Text(f"{words.ja}が{told.count}", f"{words.en}: {told.count}")


def _hardships(drive: DriveHistory, days: Values) -> Iterator[DriveSign]:
    used = drive.today.endurance_used
    if used is not None and used >= WORN_OUT_PERCENT:
        text = Text(
            f"書き込み寿命の{used:.0f}%を使いました（保証された量を超えています）",
            f"{used:.0f} % of the write endurance is used: more than it was made for",
        )
        yield DriveSign(text, Risk.RAISED, "endurance_used_percent", sources=("nvme2",))
    hot = _hot_days(drive, len(days))
    if hot >= HOT_DAYS:
        limit = HOT_C.get(drive.kind, HOT_C[Kind.UNKNOWN])
        text = Text(
            f"この30日のうち{hot}日、{limit}℃以上になりました（データシートの上限）",
            f"at {limit} °C or more, the limit of data sheets, on {hot} of the last 30 days",
        )
        yield DriveSign(text, Risk.RAISED, "temp_c")


def _hot_days(drive: DriveHistory, count: int) -> int:
    if not count:
        return 0
    lately = drive.days[:count] > drive.days[count - 1] - LASTING_DAYS
    celsius = drive.celsius[:count][lately]
    return int((celsius[np.isfinite(celsius)] >= HOT_C.get(drive.kind, HOT_C[Kind.UNKNOWN])).sum())


def _context(
    drive: DriveHistory, counts: Mapping[CounterSign, Counted], today: float, *, is_new: bool
) -> Iterator[Text]:
    if is_new:
        since = day_text(_EPOCH + timedelta(days=int(drive.days[0])))
        yield Text(f"{since.ja}から使われている新しいドライブです", f"a new drive, in use since {since.en}")
    for sign, told in counts.items():
        if told.is_reset and not sign.falls:
            yield Text(
                f"{sign.words.ja}の数が{told.highest}から{told.count}に戻りました（カウンターのリセット）",
                f"the count of {sign.words.en} was set back from {told.highest} to {told.count}",
            )
        elif told.count and sign.alone and _speaks(sign, told, today) is None and told.known_days >= FRESH_DAYS:
            yield Text(
                f"{sign.words.ja}は{told.count}ですが、{FRESH_DAYS}日以上増えていません",
                f"{sign.words.en}: {told.count}, none of them new for {FRESH_DAYS} days",
            )
    yield from _condition_context(drive)


def _condition_context(drive: DriveHistory) -> Iterator[Text]:
    hours, used = drive.today.power_on_hours, drive.today.endurance_used
    if hours is not None and hours >= OLD_HOURS:
        years = hours / _HOURS_OF_YEAR
        yield Text(
            f"通電{years:.1f}年。交換される割合は使用年数とともに上がります",
            f"has run for {years:.1f} years; the rate of replacement grows with age",
        )
    if used is not None and WORN_PERCENT <= used < WORN_OUT_PERCENT:
        yield Text(f"書き込み寿命の{used:.0f}%を使いました", f"{used:.0f} % of the write endurance is used")


def _text(
    drive: DriveHistory,
    risk: Risk,
    signs: Sequence[DriveSign],
    why_not: Text | None,
    counts: Mapping[CounterSign, Counted],
) -> Text:
    if why_not:
        return Text(f"{drive.name}：判断できません。{why_not.ja}", f"{drive.name}: cannot tell, {why_not.en}")
    if not signs or risk is Risk.LOW:
        number = len({sign.field for sign in counts})
        return Text(
            f"{drive.name}：故障の兆候は見つかりません（{number}項目を確認）",
            f"{drive.name}: no sign of failure (looked at: {number} of its numbers)",
        )
    told = [sign.text for sign in signs if sign.risk is not Risk.LOW][:_TOLD]
    more = len(signs) - len(told)
    others = Text(f"。ほか{more}件", f"; and {more} more") if more else Text("", "")
    return Text(
        f"{drive.name}：故障の可能性が{risk.text.ja}。{'。'.join(each.ja for each in told)}{others.ja}",
        f"{drive.name}: the risk of failure is {risk.text.en}; {'; '.join(each.en for each in told)}{others.en}",
    )
