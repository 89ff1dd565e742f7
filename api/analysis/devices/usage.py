"""How machines are used in office hours: idle, overloaded, seldom on; and what could move where.

A PC that is off and one whose data does not arrive look alike, and a machine that is seldom on tells little about its
load: both are said. Servers and NAS work at night as well, so only one that is idle at all hours is idle.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.analysis.devices.hourly import HOURS_OF_DAY, Hourly, Values
from api.analysis.devices.tree import Move, Usage, Use
from api.analysis.tree import Subject
from collectors.text import Text

ALWAYS_ON = frozenset({"server", "nas"})


@dataclass(frozen=True, slots=True)
class UsageLimits:
    """What counts as what.

    Attributes:
        first_hour: first office hour of a working day in Tokyo.
        end_hour: the first hour after office hours.
        days: working days of a week, from Monday on. Public holidays are not known: they count as hours off.
        least_hours: told office hours below which nothing is said about load: a week of them.
        seldom_share: a PC that is on in less of its office hours is seldom on.
        busy_percent: processor use of a whole hour from which on people wait.
        full_percent: memory use from which on a machine begins to swap.
        overloaded_share: share of the told hours that must be so: more than one hour of a day of eight.
        idle_percent: processor use that a machine has which does nothing but keep itself up to date.
        idle_share: share of the told hours that must be so: a machine used for half a day a week is not idle.
        spare_cpu_percent: processor use below which a machine has room for more work, in nine of ten hours.
        spare_memory_percent: the same of memory, with what comes from the other machine.
        moved_share: share of the other machine's memory that comes along: some of its work, and not its system.
    """

    first_hour: int = 9
    end_hour: int = 18
    days: int = 5
    least_hours: int = 40
    seldom_share: float = 0.2
    busy_percent: float = 80.0
    full_percent: float = 90.0
    overloaded_share: float = 0.15
    idle_percent: float = 6.0
    idle_share: float = 0.95
    spare_cpu_percent: float = 40.0
    spare_memory_percent: float = 85.0
    moved_share: float = 0.5


LIMITS = UsageLimits()


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """What a device's processors and memory did over a period.

    Attributes:
        cpu: use of all processors, mean of each hour, %.
        memory: memory in use, mean of each hour, %.
        memory_bytes: installed memory; None if not told.
    """

    cpu: Hourly
    memory: Hourly
    memory_bytes: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What a device showed.

    Attributes:
        total: office hours.
        on: those in which anything was told.
        cpu: processor use in those in which it was told, %.
        memory: the same of memory.
        cpu_always: processor use in all told hours, %.
    """

    total: int
    on: int
    cpu: Values
    memory: Values
    cpu_always: Values


def usage_of(subject: Subject, load: Load | None, office_hours: int, limits: UsageLimits = LIMITS) -> Usage:
    """Return how a device was used.

    Args:
        subject: the device.
        load: what it told; None where it told nothing.
        office_hours: office hours of the period, for a device that told nothing.
        limits: what counts as what.
    """
    seen = _seen(load, office_hours, limits)
    use, text = _judged(subject, seen, limits)
    return _usage(subject, use, text, seen, limits)


def office_hours_of(hours: Hourly, limits: UsageLimits = LIMITS) -> NDArray[np.bool_]:
    """Return for each hour whether it is an office hour."""
    place = hours.hours_of_week
    day, hour = place // HOURS_OF_DAY, place % HOURS_OF_DAY
    return (day < limits.days) & (hour >= limits.first_hour) & (hour < limits.end_hour)


def moves_of(usage: Sequence[Usage], loads: Mapping[str, Load], limits: UsageLimits = LIMITS) -> tuple[Move, ...]:
    """Return which overloaded machine's work could move to which other one of the same kind and site.

    The target has room for the memory that the other one uses, as far as both tell it; each is taken once.
    """
    taken: set[str] = set()
    found = []
    for source in (each for each in usage if each.use is Use.OVERLOADED):
        room = [
            (_rank(target), target)
            for target in usage
            if target.subject.id not in taken and _has_room(source, target, loads, limits)
        ]
        if room:
            _, target = min(room, key=lambda one: one[0])
            taken.add(target.subject.id)
            found.append(_move(source, target))
    return tuple(found)


_NOTHING = Text("この期間のデータがありません", "no data came within the period")


def _seen(load: Load | None, office_hours: int, limits: UsageLimits) -> _Seen:
    if load is None:
        return _Seen(office_hours, 0, np.empty(0), np.empty(0), np.empty(0))
    office = office_hours_of(load.cpu, limits)
    return _Seen(
        total=int(office.sum()),
        on=int((office & (load.cpu.told | load.memory.told)).sum()),
        cpu=load.cpu.values[office & load.cpu.told],
        memory=load.memory.values[office & load.memory.told],
        cpu_always=load.cpu.values[load.cpu.told],
    )


def _judged(subject: Subject, seen: _Seen, limits: UsageLimits) -> tuple[Use, Text]:
    if not seen.on:
        return Use.CANNOT_TELL, _NOTHING
    share = seen.on / seen.total
    if subject.kind in ALWAYS_ON and share < 0.5:
        return Use.CANNOT_TELL, Text(
            f"営業時間の{_percent(1 - share)}でデータが届いておらず、使われ方を判断できません",
            f"in {_percent(1 - share)} of office hours no data came, so nothing can be said about its use",
        )
    if share < limits.seldom_share:
        return Use.SELDOM_ON, Text(
            f"営業時間{seen.total}時間のうち、電源が入っていたのは{seen.on}時間（{_percent(share)}）です。"
            "電源オフと通信なしは区別できません",
            f"on in {seen.on} of {seen.total} office hours ({_percent(share)});"
            " being off and being cut off cannot be told apart",
        )
    if seen.on < limits.least_hours:
        return Use.CANNOT_TELL, Text(
            f"データのある営業時間が{seen.on}時間しかありません（{limits.least_hours}時間以上が必要です）",
            f"only {seen.on} office hours with data; {limits.least_hours} are needed",
        )
    return _by_load(subject, seen, limits)


def _by_load(subject: Subject, seen: _Seen, limits: UsageLimits) -> tuple[Use, Text]:
    overloaded = list(_overloads(seen, limits))
    if overloaded:
        return Use.OVERLOADED, _joined(overloaded)
    all_hours = subject.kind in ALWAYS_ON
    cpu = seen.cpu_always if all_hours else seen.cpu
    if not len(cpu):
        return Use.CANNOT_TELL, Text("CPU使用率が届いていません", "processor use was not told")
    still = float((cpu <= limits.idle_percent).mean())
    if still >= limits.idle_share:
        when = Text("夜間を含む", "hours, nights included,") if all_hours else Text("営業時間の", "office hours")
        return Use.IDLE, Text(
            f"{when.ja}{len(cpu)}時間のうち{_percent(still)}で、CPU使用率が{limits.idle_percent:g}%以下です",
            f"in {_percent(still)} of {len(cpu)} {when.en} processor use was {limits.idle_percent:g} % or less",
        )
    return Use.ORDINARY, Text(
        f"営業時間のCPU使用率は中央値{np.median(seen.cpu):.0f}%" if len(seen.cpu) else "営業時間外に使われています",
        f"median processor use in office hours: {np.median(seen.cpu):.0f} %"
        if len(seen.cpu)
        else "used outside of office hours",
    )


def _overloads(seen: _Seen, limits: UsageLimits) -> Iterator[Text]:
    for values, limit, name in (
        (seen.cpu, limits.busy_percent, Text("CPU使用率", "processor use")),
        (seen.memory, limits.full_percent, Text("メモリー使用率", "memory use")),
    ):
        hours = int((values >= limit).sum())
        if len(values) and hours / len(values) >= limits.overloaded_share:
            yield Text(
                f"{name.ja}が{limit:g}%以上の時間が、営業時間{len(values)}時間のうち{hours}時間"
                f"（{_percent(hours / len(values))}）",
                f"{name.en} of {limit:g} % or more in {hours} of {len(values)} office hours"
                f" ({_percent(hours / len(values))})",
            )


_ADVICE = {Use.OVERLOADED: "cpu_busy"}


def _usage(subject: Subject, use: Use, text: Text, seen: _Seen, limits: UsageLimits) -> Usage:
    busy, full = int((seen.cpu >= limits.busy_percent).sum()), int((seen.memory >= limits.full_percent).sum())
    by_memory = len(seen.memory) and full / len(seen.memory) >= limits.overloaded_share
    return Usage(
        subject=subject,
        use=use,
        text=text,
        office_hours=seen.total,
        told_hours=seen.on,
        cpu_busy_hours=busy if len(seen.cpu) else None,
        memory_full_hours=full if len(seen.memory) else None,
        cpu_percent=_median(seen.cpu),
        memory_percent=_median(seen.memory),
        advice="memory_full" if use is Use.OVERLOADED and by_memory else _ADVICE.get(use, ""),
    )


def _has_room(source: Usage, target: Usage, loads: Mapping[str, Load], limits: UsageLimits) -> bool:
    same = (source.subject.kind, source.subject.site) == (target.subject.kind, target.subject.site)
    if not same or target.use not in (Use.IDLE, Use.ORDINARY):
        return False
    giver, taker = loads[source.subject.id], loads[target.subject.id]
    cpu, memory = taker.cpu.values[taker.cpu.told], taker.memory.values[taker.memory.told]
    if not len(cpu) or not len(memory) or np.percentile(cpu, 90) > limits.spare_cpu_percent:
        return False
    if giver.memory_bytes is None or taker.memory_bytes is None or source.memory_percent is None:
        return False
    moved = limits.moved_share * giver.memory_bytes * source.memory_percent
    return (
        moved + taker.memory_bytes * float(np.percentile(memory, 90))
    ) / taker.memory_bytes <= limits.spare_memory_percent


def _rank(target: Usage) -> tuple[bool, float, str]:
    return (target.use is not Use.IDLE, target.cpu_percent or 0.0, target.subject.id)


def _move(source: Usage, target: Usage) -> Move:
    one, other = source.subject.name, target.subject.name
    state = target.use.text
    return Move(
        source.subject,
        target.subject,
        Text(
            f"{one}の作業の一部を{other}（{state.ja}、CPU使用率の中央値{target.cpu_percent or 0:.0f}%）に移すか、"
            "2台を入れ替える候補です。ソフトウェアのライセンスと処理性能の差は確認が必要です",
            f"some of the work of {one} could move to {other} ({state.en}, median processor use"
            f" {target.cpu_percent or 0:.0f} %), or the two change places; look at licences and at how fast they are",
        ),
    )


def _median(values: Values) -> float | None:
    return round(float(np.median(values)), 1) if len(values) else None


def _joined(texts: Sequence[Text]) -> Text:
    return Text("。".join(each.ja for each in texts), "; ".join(each.en for each in texts))


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"
