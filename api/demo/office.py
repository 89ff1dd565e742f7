"""The office at a point in time: which incident holds, which machine runs, since when."""

from bisect import bisect_right
from collections import defaultdict
from datetime import date, timedelta

from api.demo.calendar import DAY_S, at, business_day_after, local_day
from api.demo.cast import MACHINES, Machine
from api.demo.incidents import Incident, planned
from api.demo.noise import unit

HISTORY_DAYS = 90
_UPKEEP_BEFORE_DAYS = 220
_UPKEEP_AFTER_DAYS = 5 * 365


class Office:
    """The simulated office of one seed and anchor.

    Attributes:
        anchor: Unix seconds; where the history ended when the office was made. Incidents lie before it.
        seed: another seed gives another office with the same incidents.
        incidents: what goes wrong, the earliest first.
    """

    def __init__(self, anchor: int, seed: int = 1) -> None:
        self.anchor = anchor
        self.seed = seed
        self.incidents = planned(anchor)
        self._by_device: dict[tuple[str, str], list[Incident]] = defaultdict(list)
        for incident in self.incidents:
            self._by_device[incident.kind, incident.device].append(incident)
        self.releases = tuple(_release_times(anchor))
        self._installs = {each.key: self._install_times(each) for each in MACHINES}
        self._boots = {each.key: self._boot_times(each) for each in MACHINES}

    @property
    def history_start(self) -> int:
        """Unix seconds of the first moment of the history."""
        return self.anchor - HISTORY_DAYS * DAY_S

    def key(self, device: str, what: str) -> str:
        """Return a key for `api.demo.noise` that is the office's own."""
        return f"{self.seed}:{device}:{what}"

    def active(self, kind: str, device: str, moment_s: int) -> Incident | None:
        """Return the incident of a kind that holds for a device at a moment, if any."""
        for incident in self._by_device.get((kind, device), ()):
            if incident.holds_at(moment_s):
                return incident
        return None

    def of(self, kind: str, device: str) -> list[Incident]:
        """Return all incidents of a kind for a device."""
        return self._by_device.get((kind, device), [])

    def sends(self, machine: Machine, moment_s: int) -> bool:
        """Tell whether a machine runs and its data arrives."""
        return not (
            self.active("device_silent", machine.key, moment_s)
            or self.active("unexpected_shutdown", machine.key, moment_s)
        )

    def booted_at(self, machine: Machine, moment_s: int) -> int:
        """Return when a machine was last started, Unix seconds."""
        boots = self._boots[machine.key]
        return boots[max(bisect_right(boots, moment_s) - 1, 0)]

    def boots_between(self, machine: Machine, after: int, until: int) -> tuple[int, ...]:
        """Return when a machine was started in `after` < time <= `until`."""
        return tuple(boot for boot in self._boots[machine.key] if after < boot <= until)

    def patched_at(self, machine: Machine, moment_s: int) -> int:
        """Return when a machine last installed the monthly updates, Unix seconds."""
        installs = self._installs[machine.key]
        return installs[max(bisect_right(installs, moment_s) - 1, 0)]

    def missing_releases(self, machine: Machine, moment_s: int) -> list[int]:
        """Return when each monthly update that a machine lacks was released, the oldest first."""
        patched = self.patched_at(machine, moment_s)
        return [release for release in self.releases if patched < release <= moment_s]

    def _install_times(self, machine: Machine) -> list[int]:
        times = [self._install_time(machine, release) for release in self.releases]
        return [moment for moment in times if not self.active("patches_lagging", machine.key, moment)]

    def _install_time(self, machine: Machine, release: int) -> int:
        if machine.kind == "pc":
            wait = 1 + int(3 * unit(self.key(machine.key, "install"), release))
            return at(business_day_after(release, wait), 12, 20)
        # Servers and the NAS are restarted in the night to Sunday.
        day = local_day(release)
        return at(day + timedelta(days=6 - day.weekday()), 3, 0)

    def _boot_times(self, machine: Machine) -> list[int]:
        restarts = [moment + 240 for moment in self._installs[machine.key]]
        recoveries = [each.end for each in self.of("unexpected_shutdown", machine.key) if each.end is not None]
        return sorted(restarts + recoveries)


def _release_times(anchor: int) -> list[int]:
    """Second Tuesday of each month at 10:00 Pacific time, which is the night to Wednesday in Japan."""
    first, last = (local_day(anchor + days * DAY_S) for days in (-_UPKEEP_BEFORE_DAYS, _UPKEEP_AFTER_DAYS))
    months = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    tuesdays = (month + timedelta(days=(1 - month.weekday()) % 7 + 7) for month in months)
    return [at(day + timedelta(days=1), 3, 0) for day in tuesdays if first <= day <= last]
