"""Bitdefender Endpoint Security Tools for Linux: `bduitool get ps` (product status)."""

import re
from datetime import UTC, datetime, timedelta, timezone

from collectors.inputs.antivirus.product import Mode, Product
from collectors.scalar import as_bool, as_text

NAME = "Bitdefender"

_LINE = re.compile(r"\s*(?:- )?(?P<name>[A-Z][A-Za-z ]+): (?P<value>.+)")
_DATE = re.compile(
    r"(\d{4}-\d\d-\d\d) at (\d\d:\d\d:\d\d)(?: (?:GMT|UTC)(?P<sign>[+-])?(?P<hours>\d{1,2})?(?::?(?P<minutes>\d\d))?)?"
)
_MARKS = ("Antimalware status", "Last security content update", "Engines version")


def is_status(text: str) -> bool:
    """Tell whether a text is the answer of `bduitool get ps`."""
    return sum(mark in text for mark in _MARKS) >= 2


def read(text: str, now_ns: int) -> Product:
    """Return Bitdefender as its status describes it."""
    # The last line is whole only if its end was written.
    lines = text.split("\n")[:-1]
    said = {match["name"]: match["value"].strip() for line in lines if (match := _LINE.fullmatch(line.rstrip()))}
    on = as_bool(said.get("Antimalware status"))
    newer = as_bool(said.get("New security content available"))
    updated = _instant(said.get("Last security content update"))
    age = None if updated is None else (now_ns / 1e9 - updated.timestamp()) / 86_400
    return Product(
        name=NAME,
        source="bduitool",
        mode=Mode.UNKNOWN if on is None else Mode.ON if on else Mode.OFF,
        up_to_date=None if newer is None else not newer,
        version=as_text(said.get("Product version"), limit=40),
        definitions_version=as_text(said.get("Engines version"), limit=40),
        definitions_date=None if updated is None else updated.date(),
        # A date that lies ahead by more than time zones can explain tells nothing of an age.
        definitions_age_days=None if age is None or age < -1 else max(age, 0.0),
    )


def _instant(text: str | None) -> datetime | None:
    found = _DATE.fullmatch(text) if text else None
    if not found:
        return None
    offset = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    try:
        zone = timezone(-offset if found["sign"] == "-" else offset)
        return datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=zone if offset else UTC)
    except ValueError:
        return None
