"""How old devices are, how long their systems are supported, and how worn their parts are.

No input reads when a machine was made or bought, so an age is never told; what is known is for how long its drives have
run, and that it is at least so old.
"""

from collections.abc import Sequence
from datetime import date, datetime

from api.analysis.days import day_text, days_from
from api.analysis.roster import Roster
from api.analysis.tree import Lifecycle, Subject, Wear
from api.display.tokyo import TOKYO
from api.readings.drive import Drive
from api.readings.hardware import Battery, Hardware, PhysicalDisk, System
from api.readings.outlook import Forecast
from api.reports.inputs import ReportInputs
from collectors.text import Text

HOURS_OF_YEAR = 8766.0
_SMALLEST_AGE_YEARS = 0.1


def lifecycles_of(inputs: ReportInputs, roster: Roster) -> tuple[Lifecycle, ...]:
    """Return age, support and wear of all devices at the period's end."""
    today = inputs.period.last_moment.astimezone(TOKYO).date()
    return tuple(_lifecycle(subject, inputs, today) for subject in roster.devices)


def system_name(system: System) -> str:
    """Return an operating system with its release: "Windows 11 Pro 25H2"; a release in the name is not repeated."""
    if not system.version or system.version in system.name:
        return system.name
    return f"{system.name} {system.version}"


def _lifecycle(subject: Subject, inputs: ReportInputs, today: date) -> Lifecycle:
    hardware = inputs.hardware.get(subject.id, Hardware())
    reading = inputs.reading.devices.get(subject.id)
    drives = reading.drives if reading else ()
    told_os = next((each.os for each in inputs.contract.devices if each.id == subject.id), "")
    system = hardware.system
    end = system.support_end if system else None
    hours = [
        each for each in (*(d.power_on_hours for d in drives), *(d.power_on_hours for d in hardware.disks)) if each
    ]
    years = round(max(hours) / HOURS_OF_YEAR, 1) if hours else None
    forecasts = {(each.kind, each.part): each for each in inputs.forecasts if each.subject == subject.id}
    return Lifecycle(
        subject=subject,
        system=(system_name(system) if system else "") or told_os,
        support_end=end,
        support_days_left=(end - today).days if end else None,
        support=_support(end, system.note if system else None, today),
        years_at_least=years if years is not None and years >= _SMALLEST_AGE_YEARS else None,
        age=_age(years),
        wear=(
            *(_drive(each, forecasts.get(("ssd_worn", each.name)), inputs.period.end) for each in drives),
            *(_disk(each) for each in (hardware.disks if not drives else ())),
            *(
                _battery(each, forecasts.get(("battery_worn", each.name)), inputs.period.end)
                for each in hardware.batteries
            ),
        ),
    )


def _support(end: date | None, note: Text | None, today: date) -> Text:
    if end is None:
        return Text("サポート終了日は分かりません", "when its support ends is not known")
    day, left = day_text(end), (end - today).days
    if left < 0:
        text = Text(f"{day.ja}にサポートが終了しています", f"support ended on {day.en}")
    else:
        text = Text(f"{day.ja}までサポートされます（あと{left}日）", f"supported until {day.en} ({left} days left)")
    return Text(f"{text.ja}。{note.ja}", f"{text.en}; {note.en}") if note else text


def _age(years: float | None) -> Text:
    if years is None or years < _SMALLEST_AGE_YEARS:
        return Text("使用年数は分かりません", "its age is not known")
    return Text(
        f"使用年数は不明（ドライブの通電時間から、少なくとも{years:.1f}年）",
        f"age not known; at least {years:.1f} years by the running hours of its drives",
    )


def _drive(drive: Drive, forecast: Forecast | None, end: datetime) -> Wear:
    ja = [f"通電 {drive.power_on_hours:,}時間"] if drive.power_on_hours is not None else []
    en = [f"ran {drive.power_on_hours:,} hours"] if drive.power_on_hours is not None else []
    if drive.wear_percent is not None:
        ja.append(f"書き込み寿命の{drive.wear_percent:.0f}%を使用")
        en.append(f"{drive.wear_percent:.0f}% of its endurance is used")
    return _wear(drive.name, drive.wear_percent, drive.power_on_hours, ja, en, forecast, end)


def _disk(disk: PhysicalDisk) -> Wear:
    ja = [f"書き込み寿命の{disk.wear_percent:.0f}%を使用"] if disk.wear_percent is not None else []
    en = [f"{disk.wear_percent:.0f}% of its endurance is used"] if disk.wear_percent is not None else []
    if disk.power_on_hours is not None:
        ja.insert(0, f"通電 {disk.power_on_hours:,}時間")
        en.insert(0, f"ran {disk.power_on_hours:,} hours")
    return _wear(disk.name, disk.wear_percent, disk.power_on_hours, ja, en, None, None)


def _battery(battery: Battery, forecast: Forecast | None, end: datetime) -> Wear:
    health = battery.health_percent
    ja = [f"容量は新品の{health:.0f}%"] if health is not None else []
    en = [f"holds {health:.0f}% of what a new one does"] if health is not None else []
    if battery.cycles is not None:
        ja.append(f"充電 {battery.cycles:,}回")
        en.append(f"{battery.cycles:,} charges")
    worn = max(0.0, 100.0 - health) if health is not None else None
    return _wear(battery.name, worn, None, ja, en, forecast, end)


def _wear(
    part: str,
    worn: float | None,
    hours: int | None,
    ja: Sequence[str],
    en: Sequence[str],
    forecast: Forecast | None,
    end: datetime | None,
) -> Wear:
    left = low = high = None
    if forecast is not None and end is not None and forecast.is_sure:
        left, low, high = days_from(forecast, end)
    if not ja:
        return Wear(part, Text("消耗の程度は分かりません", "how worn it is is not told"), worn, hours)
    return Wear(part, Text("、".join(ja), ", ".join(en)), worn, hours, left, low, high)
