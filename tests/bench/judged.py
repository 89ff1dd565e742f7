"""What rules find of the simulated office's incidents, how soon, and what they find beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alert_rules.backtest import Spell
from alert_rules.rule import Rule
from api.demo.calendar import DAY_S
from api.demo.cast import MACHINES
from api.demo.equipment import PBX
from api.demo.incidents import OFFICE, Incident
from api.demo.mfp import MFPS

EXPECTED: Mapping[str, tuple[str, ...]] = {
    "disk_filling": ("disk_fills_soon", "disk_nearly_full", "disk_full"),
    "drive_failing": ("drive_warning", "drive_failing"),
    "antivirus_stale": ("antivirus_definitions_old",),
    "antivirus_off": ("antivirus_off",),
    "firewall_off": ("firewall_off",),
    "patches_lagging": ("patches_lagging", "patches_far_behind"),
    "os_out_of_support": ("os_support_ended", "os_support_ends_soon"),
    "device_silent": ("device_silent", "server_silent"),
    "unexpected_shutdown": ("unexpected_shutdown", "unexpected_shutdowns", "server_silent"),
    "service_down": ("service_stopped",),
    "battery_worn": ("battery_worn",),
    "cpu_runaway": ("cpu_busy",),
    "memory_leak": ("memory_full", "memory_pressure", "swap_used"),
    "overheating": ("temperature_high", "drive_hot", "ssd_hot"),
    "toner_low": ("toner_low", "toner_empty"),
    "waste_nearly_full": ("waste_box_full",),
    "paper_empty": ("paper_empty",),
    "paper_jam": ("printer_jammed", "printer_down"),
    "pbx_outage": ("pbx_unreachable", "telephone_service_down", "pbx_not_well"),
    "internet_loss": ("internet_down", "internet_lossy"),
    "power_outage": ("ups_on_battery",),
}
"""Kind of incident -> rules of which one has to find it."""

FOLLOWS: Mapping[str, tuple[str, ...]] = {
    # The UPS runs empty, and what hangs on it is off.
    "power_outage": ("ups_runtime_short", "ups_unreachable", "equipment_state_bad", "equipment_unreachable"),
    "pbx_outage": ("telephone_service_lossy",),
    "paper_empty": ("printer_down",),
    # The probe sees the NAS's disk, too, under the name that its maker gives it.
    "drive_failing": ("nas_disk_bad",),
}
"""Kind of incident -> rules that tell of what comes of it, whatever they are about; they are not false."""

_LINGERS_S = DAY_S
"""So long after an incident a finding of it may still open: counts of 24 hours, mean values, keep-firing times."""

_SUBJECTS = {
    **{each.key: f"d-{each.key}" for each in MACHINES},
    **{each.key: each.serial for each in MFPS},
    PBX.key: PBX.asset,
}


@dataclass(frozen=True, slots=True)
class Caught:
    """An incident and what found it.

    Attributes:
        incident: what went wrong.
        after_s: rule -> seconds from its beginning until the rule's first finding of it.
    """

    incident: Incident
    after_s: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """What rules are worth.

    Attributes:
        caught: every incident that began within the span.
        beside: findings of no incident, with their rule.
    """

    caught: Sequence[Caught]
    beside: Sequence[tuple[Rule, Spell]]


def judge(incidents: Sequence[Incident], found: Mapping[str, tuple[Rule, Sequence[Spell]]], start: int) -> Judged:
    """Compare findings with incidents.

    Args:
        incidents: all of them.
        found: id of a rule -> the rule and what it found.
        start: where the span begins; what began before is known, but not asked for.
    """
    caught = [Caught(each, dict(_after(each, found))) for each in incidents if each.start >= start]
    beside = [
        (rule, spell)
        for rule, spells in found.values()
        for spell in spells
        if not any(_explains(incident, rule, spell) for incident in incidents)
    ]
    return Judged(caught, beside)


def _after(incident: Incident, found: Mapping[str, tuple[Rule, Sequence[Spell]]]) -> Iterator[tuple[str, int]]:
    for name in EXPECTED[incident.kind]:
        rule, spells = found[name]
        mine = [each.opened for each in spells if _explains(incident, rule, each)]
        if mine:
            yield name, max(0, min(mine) - incident.start)


def _explains(incident: Incident, rule: Rule, spell: Spell) -> bool:
    """Tell whether a finding is of an incident: the rule, the device, its part and the time."""
    follows = rule.id in FOLLOWS.get(incident.kind, ())
    if not follows and (rule.id not in EXPECTED[incident.kind] or not _is_about(incident, rule, spell)):
        return False
    until = None if incident.end is None else incident.end + _LINGERS_S
    is_before_end = until is None or spell.opened < until
    return is_before_end and (spell.closed is None or spell.closed > incident.start)


def _is_about(incident: Incident, rule: Rule, spell: Spell) -> bool:
    tags = dict(zip(rule.tags, spell.key, strict=True))
    if incident.device != OFFICE and _SUBJECTS[incident.device] not in (tags.get("device"), tags.get("asset")):
        # A site's check of its telephone service names the target, not the PBX.
        return incident.kind == "pbx_outage" and rule.id == "telephone_service_down"
    # A volume's path is "\\D:" in Telegraf's way of writing it.
    return not incident.part or not rule.by or incident.part in {value.lstrip("\\") for value in tags.values()}
