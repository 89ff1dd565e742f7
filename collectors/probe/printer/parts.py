"""Rows of the supplies, input and alert tables to what they mean. Any column may be missing."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from collectors.probe.octets import number_of, text_of
from collectors.probe.printer import mib
from collectors.probe.printer.amounts import NO_RESTRICTION, UNKNOWN, amount
from collectors.probe.printer.makers import Maker, SupplyRule, any_maker
from collectors.probe.printer.model import Alert, Amount, AmountState, Supply, Tray
from collectors.probe.snmp import Row, Table, TimeTicks

CONSUMED: Final = "supplyThatIsConsumed"
RECEPTACLE: Final = "receptacleThatIsFilled"

_GRAVITY: Final = {"critical": 0, "warning": 1}


def supplies(
    table: Table, colorants: Table, alerts: Sequence[Alert], known: Iterable[Maker], charset: str
) -> tuple[Supply, ...]:
    """Return the supplies by index, with colour and alert joined.

    Args:
        table: prtMarkerSuppliesTable.
        colorants: prtMarkerColorantTable.
        alerts: the device's alerts.
        known: makers whose rules hold.
        charset: Python codec of the device's texts; "" if not told.
    """
    rules = [*chain.from_iterable(maker.supplies for maker in known), *any_maker().supplies]
    colors = {
        index[-1]: text_of(row.get("prtMarkerColorantValue"), charset).lower()
        for index, row in colorants.rows.items()
        if index
    }
    complaints = _complaints(alerts)
    found = [_supply(index[-1], row, colors, complaints, rules, charset) for index, row in table.rows.items() if index]
    return tuple(_with_common_step(found))


def _supply(
    index: int, row: Row, colors: Mapping[int, str], alerts: Mapping[int, str], rules: list[SupplyRule], charset: str
) -> Supply:
    kind = mib.word(mib.SUPPLY_TYPE, number_of(row.get("prtMarkerSuppliesType")))
    description = text_of(row.get("prtMarkerSuppliesDescription"), charset)
    concerned = [rule for rule in rules if rule.concerns(kind, description)]
    supply_class = _class(mib.word(mib.SUPPLY_CLASS, number_of(row.get("prtMarkerSuppliesClass"))), kind)
    unit = mib.word(mib.UNIT, number_of(row.get("prtMarkerSuppliesSupplyUnit")))
    level = number_of(row.get("prtMarkerSuppliesLevel"))
    capacity = number_of(row.get("prtMarkerSuppliesMaxCapacity"))
    told = amount(level, capacity, unit, receptacle=supply_class == RECEPTACLE)
    special = next((rule.special_levels[level] for rule in concerned if level in rule.special_levels), None)
    ghost = any(rule.ghost for rule in concerned) or _stands_for_nothing(kind, description, level, capacity)
    return Supply(
        index=index,
        description=description,
        type=kind,
        color=_color(colors.get(number_of(row.get("prtMarkerSuppliesColorantIndex")) or 0, ""), description),
        supply_class=supply_class,
        unit=unit,
        amount=_amount(told, special, ghost),
        step_percent=next((rule.step_percent for rule in concerned if rule.step_percent), None),
        ghost=ghost,
        alert=alerts.get(index, ""),
    )


def _amount(told: Amount, special: str | None, ghost: bool) -> Amount:
    if ghost:
        # Nothing is there, so there is nothing to be low or empty.
        return replace(told, percent=None, state=AmountState.UNKNOWN)
    return replace(told, state=AmountState(special)) if special else told


def _class(told: str | None, kind: str | None) -> str | None:
    """Return the class told, else the one that the type implies."""
    if told in (CONSUMED, RECEPTACLE):
        return told
    if kind in (None, "other", "unknown"):
        return told
    return RECEPTACLE if kind.startswith("waste") else CONSUMED


def _stands_for_nothing(kind: str | None, description: str, level: int | None, capacity: int | None) -> bool:
    """Tell a row for a part that is not installed: no capacity and no level, or no name, no kind and no amount."""
    no_room = capacity == 0 and level in (None, 0, NO_RESTRICTION, UNKNOWN)
    nameless = not description and kind in (None, "other", "unknown") and level in (None, UNKNOWN)
    return no_room or nameless


_COLOR_WORDS: Final = (
    ("light cyan", ("light cyan", "ライトシアン")),
    ("light magenta", ("light magenta", "ライトマゼンタ")),
    ("photo black", ("photo black", "フォトブラック")),
    ("matte black", ("matte black", "マットブラック")),
    ("cyan", ("cyan", "シアン")),
    ("magenta", ("magenta", "マゼンタ")),
    ("yellow", ("yellow", "イエロー")),
    ("black", ("black", "ブラック", "黒")),
)


def _color(told: str, description: str) -> str:
    """Return the colorant's name, else the colour that the description names; "" if neither does."""
    if told and told not in ("none", "other", "unknown"):
        return told
    lowered = description.lower()
    return next((color for color, words in _COLOR_WORDS if any(each in lowered for each in words)), "")


def _complaints(alerts: Sequence[Alert]) -> dict[int, str]:
    """Return supply index to the code of the gravest alert on it."""
    about = [each for each in alerts if each.group == "markerSupplies" and each.group_index is not None and each.code]
    about.sort(key=lambda each: _GRAVITY.get(each.severity or "", 2), reverse=True)
    return {each.group_index: each.code for each in about if each.group_index is not None and each.code}


def _with_common_step(found: list[Supply]) -> list[Supply]:
    """Note the step that the levels of a device's colours have in common, where three or more show it.

    That three levels within the scale are multiples of 10 % by chance happens once in a thousand devices.
    """
    colours = [each for each in found if each.color and each.supply_class == CONSUMED and not each.ghost]
    inner = [each.amount.percent for each in colours if each.amount.percent and each.amount.percent < 100]
    if len(inner) < 3 or len(set(inner)) < 2 or any(each % 1 for each in inner):
        return found
    step = math.gcd(*(int(each) for each in inner))
    if step < 10 or 100 % step:
        return found
    shown = {each.index for each in colours if each.amount.percent is not None}
    return [
        replace(each, step_percent=float(step)) if each.index in shown and each.step_percent is None else each
        for each in found
    ]


_AVAILABILITY: Final = {1: None, 3: False, 5: None}
"""The lowest three bits of PrtSubUnitStatusTC: on request, broken, unknown; even values are available."""

_OFF_LINE: Final = 32

_MANUAL_NAME: Final = re.compile(r"bypass|by-pass|manual|multi.?purpose|\bMP\b|手差し", re.IGNORECASE)


def trays(table: Table, charset: str) -> tuple[Tray, ...]:
    """Return the input trays by index."""
    return tuple(_tray(index[-1], row, charset) for index, row in table.rows.items() if index)


def _tray(index: int, row: Row, charset: str) -> Tray:
    unit = mib.word(mib.UNIT, number_of(row.get("prtInputCapacityUnit")))
    level, capacity = number_of(row.get("prtInputCurrentLevel")), number_of(row.get("prtInputMaxCapacity"))
    kind = mib.word(mib.INPUT_TYPE, number_of(row.get("prtInputType")))
    name = text_of(row.get("prtInputName"), charset) or text_of(row.get("prtInputDescription"), charset)
    return Tray(
        index=index,
        name=name,
        type=kind,
        manual=kind == "sheetFeedManual" or _MANUAL_NAME.search(name) is not None,
        media=text_of(row.get("prtInputMediaName"), charset),
        unit=unit,
        amount=amount(level, capacity, unit),
        available=_available(number_of(row.get("prtInputStatus"))),
    )


def _available(status: int | None) -> bool | None:
    if status is None or status < 0:
        return None
    return False if status & _OFF_LINE else _AVAILABILITY.get(status & 7, True)


def alerts(table: Table, uptime: TimeTicks | None, charset: str) -> tuple[Alert, ...]:
    """Return the alerts by index.

    Args:
        table: prtAlertTable.
        uptime: sysUpTime, from which alerts' times are counted.
        charset: Python codec of the device's texts; "" if not told.
    """
    return tuple(_alert(index[-1], row, uptime, charset) for index, row in table.rows.items() if index)


def _alert(index: int, row: Row, uptime: TimeTicks | None, charset: str) -> Alert:
    return Alert(
        index=index,
        severity=mib.word(mib.ALERT_SEVERITY, number_of(row.get("prtAlertSeverityLevel"))),
        training=mib.word(mib.ALERT_TRAINING, number_of(row.get("prtAlertTrainingLevel"))),
        group=mib.word(mib.ALERT_GROUP, number_of(row.get("prtAlertGroup"))),
        group_index=_told(number_of(row.get("prtAlertGroupIndex"))),
        location=_told(number_of(row.get("prtAlertLocation"))),
        code=mib.word(mib.ALERT_CODE, number_of(row.get("prtAlertCode"))),
        description=text_of(row.get("prtAlertDescription"), charset),
        age_s=_age_s(row.get("prtAlertTime"), uptime),
    )


def _told(number: int | None) -> int | None:
    """Return a number; None for -1 and -2, which say that it does not apply or is not known."""
    return number if number is not None and number >= 0 else None


def _age_s(began: object, uptime: TimeTicks | None) -> float | None:
    if not isinstance(began, TimeTicks) or uptime is None or began > uptime:
        return None
    return (uptime - began) / 100
