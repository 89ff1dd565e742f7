"""From where on values are coloured: the thresholds of the rules, and our own where no rule judges a value."""

from alert_rules.registry import entries
from alert_rules.rule import Compare, Rule
from dashboards.panels.parts import Limits

_JUST_ABOVE = 0.01
"""Grafana colours a value from a step on: what is beyond a limit only above it, or still at it, needs the next step."""


def _rule(name: str) -> Rule:
    return entries()[name].rule


def _step(rule: Rule) -> float:
    return rule.limit + (_JUST_ABOVE if rule.compare in (Compare.ABOVE, Compare.AT_MOST) else 0)


def judged(attention: str, act: str = "") -> Limits:
    """Return the thresholds of rules that judge the same value.

    Args:
        attention: id of the rule from whose threshold on the value deserves attention.
        act: id of the rule from whose threshold on something must be done; "" where no rule says so.
    """
    first = _rule(attention)
    return Limits(_step(first), _step(_rule(act)) if act else None, falling=not first.compare.upward)


ANY = Limits(attention=1, act=1)
"""Of counts that should be 0."""

SOME = Limits(attention=1)
"""Of counts that deserve attention at most."""

DEFINITIONS_AGE = judged("antivirus_definitions_old")
UPDATES_LAG = judged("patches_lagging", "patches_far_behind")
SUPPORT_LEFT = judged("os_support_ends_soon", "os_support_ended")
DAYS_TO_FULL = judged("disk_fills_soon")
BACKUP_AGE = judged("backup_old")

SPACE_USED = judged("disk_nearly_full", "disk_full")
NAS_SPACE_USED = judged("nas_volume_nearly_full")
MEMORY_USED = judged("memory_full")
PROCESSOR_USED = Limits(attention=100 - _rule("cpu_busy").limit + _JUST_ABOVE)
"""Percent; the rule judges what is idle."""

ENDURANCE_USED = judged("drive_worn")
DRIVE_HEAT = judged("drive_hot")
"""°C, for drives of all kinds: those that bear least set the mark."""

SENSOR_HEAT = judged("temperature_high")

SUPPLY_LEFT = Limits(attention=_step(_rule("toner_low")), act=_JUST_ABOVE, falling=True)
"""Percent of a supply or a tray; empty is what the rule on empty ones calls so."""

SUPPLY_DAYS = judged("supply_runs_out")

NO_ANSWER = judged("internet_lossy", "internet_down")
LINE_USED = judged("interface_busy")
CERTIFICATE_LEFT = judged("certificate_expires")
UPS_RUNTIME = judged("ups_runtime_short")

UPS_CHARGE = Limits(attention=90, act=50, falling=True)
"""Percent; no rule judges it. A UPS on mains is full; one that is half empty will not hold as long as planned."""

UPS_LOAD = Limits(attention=80, act=100)
"""Percent; no rule judges it. Above 100 the probe calls it overloaded; above 80 no device should be added."""

EQUIPMENT_BUSY = Limits(attention=80, act=95)
"""Percent of a processor or memory; no rule judges these of equipment."""

SILENCE = Limits(attention=_step(_rule("server_silent")), act=_step(_rule("device_silent")))
"""Seconds: a server or NAS, and a PC."""

QUOTA = Limits(attention=90, act=_step(_rule("quota_reached")))
"""Percent of the quota in use; from 90 on, who plans looks."""
