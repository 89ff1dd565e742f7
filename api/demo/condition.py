"""Points of a simulated machine's condition: restarts, logged errors, services, clock, RAID arrays, batteries.

All of it is judged by the inputs' code.
"""

from api.demo.calendar import DAY_S, activity
from api.demo.cast import Machine
from api.demo.host import memory_share
from api.demo.noise import smooth, unit
from api.demo.office import Office
from collectors.inputs import memory_pressure as memory
from collectors.inputs.battery.cell import Battery
from collectors.inputs.battery.points import to_points as battery_points
from collectors.inputs.clock.points import to_points as clock_points
from collectors.inputs.clock.status import Clock
from collectors.inputs.event_log.counts import Count
from collectors.inputs.event_log.counts import Findings as EventFindings
from collectors.inputs.event_log.points import to_points as event_points
from collectors.inputs.raid import array, points
from collectors.inputs.raid.wording import REASONS
from collectors.inputs.services import points as service_points
from collectors.inputs.services.service import Down, Findings
from collectors.inputs.uptime_events import points as uptime_points
from collectors.inputs.uptime_events.history import Findings as UptimeFindings
from collectors.point import Point
from collectors.windows.commit import Commit

NS = 10**9
_DESIGN_MWH = 50_000
_BATTERIES = {"pc-daihyo": (44.0, 3.0), "pc-eigyo": (83.0, 0.5)}
"""Key of the notebook -> percent of its design capacity at the anchor, and what it loses in 30 days."""
_COMMIT_LIMIT = 1.3
"""Memory and page file of Windows, in parts of the memory."""
_LOG_REACHES_BACK_S = 60 * DAY_S
_WINDOWS_SOURCES = {"DCOM": 9, "Service Control Manager": 5, "WindowsUpdateClient": 3}
_LINUX_SOURCES = {"smbd": 6, "sshd": 4}
"""What records errors in the log -> the most of a day."""


def uptime_events(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return when the machine was started, and how often after an unexpected shutdown."""
    ends = [each.end for each in office.of("unexpected_shutdown", machine.key)]
    crashes = tuple(end for end in ends if end is not None and moment_s - _LOG_REACHES_BACK_S < end <= moment_s)
    starts = office.boots_between(machine, moment_s - _LOG_REACHES_BACK_S, moment_s)
    source = "eventlog" if machine.is_windows else "journal"
    booted = office.booted_at(machine, moment_s)
    findings = UptimeFindings(source, booted, crashes, starts, _LOG_REACHES_BACK_S)
    return _stamped(machine, uptime_points.to_points(findings, moment_s * NS), moment_s)


def event_log(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return how many errors were logged within a day: some every day, many around a service that is down."""
    log, sources = ("System", _WINDOWS_SOURCES) if machine.is_windows else ("journal", _LINUX_SOURCES)
    day = moment_s // DAY_S
    counts = {
        (log, source): Count(errors=int(most * unit(office.key(machine.key, source), day)))
        for source, most in sources.items()
    }
    if office.active("service_down", machine.key, moment_s):
        counts[log, "Service Control Manager"] = Count(errors=180)
    found = {key: count for key, count in counts.items() if count.total}
    return _stamped(machine, event_points(EventFindings(found)), moment_s)


def clock(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return how right the clock is."""
    offset = 18.0 * smooth(office.key(machine.key, "clock"), moment_s, 6 * 3600)
    method = "w32time" if machine.is_windows else "chrony"
    found = Clock(method, round(offset, 2), True, True, 3, "ntp.example.jp", float(moment_s % 1024))
    return _stamped(machine, clock_points(found), moment_s)


def services(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return whether all services run."""
    incident = office.active("service_down", machine.key, moment_s)
    down = (Down(incident.part, failed=True, exit_code=1067),) if incident else ()
    checked = 86 if machine.is_windows else 41
    return _stamped(machine, service_points.to_points(Findings(down, excused=2, checked=checked)), moment_s)


def raid(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return the arrays of the NAS; the failing drive still takes part."""
    if machine.kind != "nas":
        return []
    members = len(machine.drives)
    since_scrub = (moment_s - office.history_start) // DAY_S % 30
    found = array.Array(
        "md2", "mdadm", REASONS.verdict("ok"), "raid5", members, members, 0, 0, scrub_age_days=since_scrub
    )
    return _stamped(machine, points.to_points(array.Findings((found,))), moment_s)


def battery(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return the battery of a notebook."""
    if machine.key not in _BATTERIES:
        return []
    health, loss = _BATTERIES[machine.key]
    health += loss * (office.anchor - moment_s) / (30 * DAY_S)
    away = activity(moment_s) > 0.5 and unit(office.key(machine.key, "away"), moment_s // 7200) > 0.8
    cell = Battery(
        name="BAT0",
        status="discharging" if away else "fully-charged",
        charge_percent=round(55.0 + 35.0 * unit(office.key(machine.key, "charge"), moment_s // 600), 1)
        if away
        else 100.0,
        design_mwh=_DESIGN_MWH,
        full_mwh=int(_DESIGN_MWH * health / 100.0),
        on_mains=not away,
    )
    return _stamped(machine, battery_points([cell]), moment_s)


def memory_pressure(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return what the operating system tells of a lack of memory: Windows what is promised, Linux who had to wait."""
    share = memory_share(office, machine, moment_s)
    if machine.is_windows:
        commit = Commit(int(machine.memory * share), int(machine.memory * _COMMIT_LIMIT))
        return _stamped(machine, memory.to_points(memory.Reading(commit=commit)), moment_s)
    waited = round(4.0 * share * min(activity(moment_s), 1.0), 2)
    pressure = {"some_avg60": waited, "some_avg300": waited, "full_avg60": 0.0, "full_avg300": 0.0}
    return _stamped(machine, memory.to_points(memory.Reading(pressure)), moment_s)


def _stamped(machine: Machine, found: list[Point], moment_s: int) -> list[Point]:
    return [
        Point(point.measurement, {"host": machine.host, **point.tags}, point.fields, moment_s * NS) for point in found
    ]
