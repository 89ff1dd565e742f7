"""Windows Security Center (`root/SecurityCenter2`): which products Windows knows, and their productState.

Microsoft does not document productState. As six hexadecimal digits TTSSUU: TT the kind of provider; the high digit
of SS 0 off, 1 on, 2 snoozed, 3 expired (these are WSC_SECURITY_PRODUCT_STATE of iwscapi.h), its low digit 1 for a
Microsoft product; UU 00 up to date, else not. SecurityCenter2 does not exist on Windows Server.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from collectors.json_text import Record
from collectors.scalar import as_bool, as_int, as_text


class Switch(StrEnum):
    """Whether a registered product is on."""

    ON = "on"
    OFF = "off"
    SNOOZED = "snoozed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


_SWITCHES = {0: Switch.OFF, 1: Switch.ON, 2: Switch.SNOOZED, 3: Switch.EXPIRED}
_OLD_MARK = "productuptodate"
"""Windows XP's `root/SecurityCenter` has two truth values in the place of productState."""

_SMALLEST, _LARGEST = 0x010000, 0xFFFFFF
_TABLE_ROW = re.compile(
    r"(?P<name>\S.*?)\s{2,}.*?(?<![\w.])(?P<state>\d{6,8})\s*|(?P<state2>\d{6,8})\s+(?P<name2>\S.*)"
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A product that is registered with Security Center.

    Attributes:
        name: as Windows shows it.
        state: productState as it is; None if it is missing.
        switch: on, off, snoozed, expired; unknown if the number is missing or cannot be a productState.
        up_to_date: whether its definitions are; None if that is unknown.
    """

    name: str
    state: int | None
    switch: Switch
    up_to_date: bool | None


def decode(value: int) -> tuple[Switch, bool | None]:
    """Return what a productState says: whether it is on, and up to date. Other numbers say nothing."""
    if not _SMALLEST <= value <= _LARGEST:
        return Switch.UNKNOWN, None
    switch = _SWITCHES.get(value >> 12 & 0xF, Switch.UNKNOWN)
    return switch, None if switch is Switch.UNKNOWN else value & 0xFF == 0


def is_product(record: Record) -> bool:
    """Tell whether an object is an AntiVirusProduct or FirewallProduct of Security Center."""
    if "productstate" in record or _OLD_MARK in record:
        return True
    if "displayname" in record and ("instanceguid" in record or "pathtosignedproductexe" in record):
        return True
    state = as_int(record.get("state"))
    return "name" in record and state is not None and _SMALLEST <= state <= _LARGEST


def read(records: Iterable[Record]) -> list[Registered]:
    """Return the products that Security Center lists; one whose state is missing is listed as unknown."""
    return [_product(record) for record in records if is_product(record)]


def read_table(text: str) -> list[Registered]:
    """Return the products of a `Format-Table` or `wmic … get` table that has displayName and productState."""
    products: list[Registered] = []
    for line in text.splitlines():
        row = _TABLE_ROW.fullmatch(line.strip())
        if row:
            name, state = row["name"] or row["name2"], row["state"] or row["state2"]
            products.append(_product({"displayname": name, "productstate": state}))
    return products


def is_table(text: str) -> bool:
    """Tell whether a text has the heading of such a table."""
    heads = text.lstrip("\ufeff \r\n").split("\n", 1)[0].lower().split()
    return "displayname" in heads and "productstate" in heads


def _product(record: Record) -> Registered:
    value = as_int(record.get("productstate", record.get("state")))
    switch, up_to_date = decode(value) if value is not None else _old_state(record)
    name = as_text(record.get("displayname", record.get("name")), limit=100)
    return Registered(name or (f"unnamed {value:#08x}" if value is not None else "unnamed"), value, switch, up_to_date)


def _old_state(record: Record) -> tuple[Switch, bool | None]:
    enabled = as_bool(record.get("onaccessscanningenabled", record.get("enabled")))
    switch = Switch.UNKNOWN if enabled is None else Switch.ON if enabled else Switch.OFF
    return switch, as_bool(record.get(_OLD_MARK))
