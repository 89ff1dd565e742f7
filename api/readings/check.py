"""Verdicts that inputs give about a device: antivirus, firewall, patches and what else is declared as judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.display.words import CHECK_TITLE
from api.readings.reader import Row
from api.readings.scope import Source
from collectors.catalogue import measurements
from collectors.declaration import Measurement
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS, State


@dataclass(frozen=True, slots=True)
class Check:
    """One verdict.

    Attributes:
        name: measurement that holds it, e.g. "antivirus".
        title: what is judged, for people.
        state: ok, bad or unknown.
        reason: why, for people.
    """

    name: str
    title: Text
    state: State
    reason: Text


def _is_judged(measurement: Measurement) -> bool:
    # Those with tags of their own judge a part (one antivirus product, one firewall profile), not the device.
    return set(VERDICT_FIELDS) <= set(measurement.fields) and not measurement.tags


_JUDGED: tuple[Measurement, ...] = tuple(each for each in measurements().values() if _is_judged(each))
CHECK_SOURCES: tuple[Source, ...] = tuple(
    Source(each.name, ("state", "reason", "reason_en"), ("device",), {}) for each in _JUDGED
)


def to_checks(rows: Mapping[str, Sequence[Row]]) -> tuple[Check, ...]:
    """Return a device's verdicts from its newest rows by measurement."""
    return tuple(_to_check(judged, row) for judged in _JUDGED for row in rows.get(judged.name, ()))


def _to_check(judged: Measurement, row: Row) -> Check:
    state = row.text("state")
    reason = row.text("reason") or ""
    return Check(
        name=judged.name,
        title=CHECK_TITLE.get(judged.name, judged.text),
        state=State(state) if state in set(State) else State.UNKNOWN,
        reason=Text(reason, row.text("reason_en") or reason),
    )
