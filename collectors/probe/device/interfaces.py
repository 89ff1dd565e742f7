"""Rows of ifTable, ifXTable, dot3StatsTable and pethPsePortTable to interfaces. Any column may be missing or wrong."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from collectors.probe.device import mib
from collectors.probe.device.model import Interface
from collectors.probe.octets import mac_of, number_of, text_of
from collectors.probe.snmp import Row, Table

_ETHERNET: Final = (6, 7, 117)
"""ifType ethernetCsmacd, iso88023Csmacd, gigabitEthernet (IANAifType-MIB)."""

_ETHERNET_MEGABITS: Final = (10, 100, 1000, 2500, 5000, 10_000, 25_000, 40_000, 100_000)
_MOST_SPEED_32: Final = 2**32 - 1
_MEGA: Final = 1_000_000
_FIRST_GROUP: Final = 1
_OF_IF_TABLE: Final = {"ifDescr", "ifType", "ifAdminStatus", "ifOperStatus", "ifInOctets"}


def interfaces(table: Table, poe: Table) -> tuple[Interface, ...]:
    """Return the interfaces by index, each with a name of its own.

    Args:
        table: columns of `mib.INTERFACES`.
        poe: columns of `mib.POE_PORTS`.
    """
    rows = {index[0]: row for index, row in table.rows.items() if len(index) == 1}
    # ifXTable and dot3StatsTable extend ifTable; what it does not list is no interface.
    listed = {index: row for index, row in rows.items() if _OF_IF_TABLE & row.keys()}
    found = [_interface(index, row) for index, row in (listed or rows).items()]
    return tuple(_with_poe(_with_own_names(found), poe))


def _interface(index: int, row: Row) -> Interface:
    counters, wide = _counters(row)
    description = text_of(row.get("ifDescr"))
    kind = number_of(row.get("ifType"))
    return Interface(
        index=index,
        name=text_of(row.get("ifName")) or description or f"if{index}",
        type="" if kind is None else mib.IF_TYPE.get(kind, f"type {kind}"),
        description=description,
        alias=text_of(row.get("ifAlias")),
        mac=mac_of(row.get("ifPhysAddress")),
        admin_state=_word(mib.ADMIN_STATUS, row, "ifAdminStatus"),
        oper_state=_word(mib.OPER_STATUS, row, "ifOperStatus"),
        speed_bps=_speed(row, kind),
        duplex=mib.DUPLEX.get(number_of(row.get("dot3StatsDuplexStatus")) or 0, ""),
        mtu=_positive(row, "ifMtu"),
        counters=counters,
        wide=wide,
        discontinuity=number_of(row.get("ifCounterDiscontinuityTime")),
    )


def _counters(row: Row) -> tuple[dict[str, int], frozenset[str]]:
    counters: dict[str, int] = {}
    wide: set[str] = set()
    for name, (wide_column, narrow_column) in mib.COUNTERS.items():
        long, short = number_of(row.get(wide_column)), number_of(row.get(narrow_column))
        # Some agents have the 64-bit columns and never count in them.
        if long is not None and 0 <= long < 2**64 and (long or not short):
            counters[name] = long
            wide.add(name)
        elif short is not None and 0 <= short < 2**32:
            counters[name] = short
    return counters, frozenset(wide)


def _speed(row: Row, kind: int | None) -> int | None:
    """Return bits per second: ifSpeed up to its limit, ifHighSpeed above (RFC 2863 section 3.1.7).

    No Ethernet is slower than 1 Mbit/s: there an agent has told Mbit/s, or nothing that makes sense.
    """
    low, high = number_of(row.get("ifSpeed")) or 0, number_of(row.get("ifHighSpeed")) or 0
    if high * _MEGA >= _MOST_SPEED_32 or not 0 < low < _MOST_SPEED_32:
        return high * _MEGA if high > 0 else None
    if kind in _ETHERNET and low < _MEGA:
        return max(high, low if low in _ETHERNET_MEGABITS else 0) * _MEGA or None
    return low


def _word(words: Mapping[int, str], row: Row, column: str) -> str:
    told = number_of(row.get(column))
    return "" if told is None else words.get(told, f"code {told}")


def _positive(row: Row, column: str) -> int | None:
    told = number_of(row.get(column))
    return told if told is not None and 0 < told < 2**31 - 1 else None


def _with_own_names(found: list[Interface]) -> list[Interface]:
    names = Counter(each.name for each in found)
    return [replace(each, name=f"{each.name}#{each.index}") if names[each.name] > 1 else each for each in found]


def _with_poe(found: list[Interface], poe: Table) -> list[Interface]:
    """Join what ports give over Ethernet, where the port's number is plainly the interface's.

    RFC 3621 leaves open how a port is joined to an interface; most switches of one unit number both alike.
    """
    states = {
        index[1]: _word(mib.POE_STATUS, row, "pethPsePortDetectionStatus")
        for index, row in poe.rows.items()
        if len(index) == 2 and index[0] == _FIRST_GROUP
    }
    ethernet = {each.index for each in found if each.type == "ethernetCsmacd"}
    joined = bool(states) and set(states) <= ethernet
    return [replace(each, poe_state=states.get(each.index, "")) if joined else each for each in found]
