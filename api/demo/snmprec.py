"""What the simulated MFPs answer over SNMP, as snmpsim's data files.

Source: RFC 3805 (Printer-MIB v2), RFC 2790 (Host Resources MIB), RFC 2863 (IF-MIB), RFC 3418 (system group); the file
format is described at https://docs.lextudio.com/snmpsim/documentation/simulation-data.html. The enterprise number 32473
is the one that RFC 5612 reserves for examples.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from api.demo.mfp import Colour, Mfp, MfpState, Supply, SupplyKind

INTEGER, OCTETS, OBJECT, COUNTER, GAUGE, TICKS = "2", "4", "6", "65", "66", "67"

NEARLY_EMPTY_PERCENT = 10.0
"""At and below this a toner or waste box raises an alert, as MFPs commonly do."""

_SYSTEM = "1.3.6.1.2.1.1"
_INTERFACES = "1.3.6.1.2.1.2"
_HOST = "1.3.6.1.2.1.25.3"
_PRINTER = "1.3.6.1.2.1.43"
_EXAMPLE_ENTERPRISE = "1.3.6.1.4.1.32473"

_SUPPLY_TYPE: dict[SupplyKind, int] = {"toner": 3, "waste_toner": 4, "drum": 9}  # PrtMarkerSuppliesTypeTC
_CONSUMED, _FILLED = 3, 4  # PrtMarkerSuppliesClassTC
_SUPPLY_UNIT = {"percent": 19, "impressions": 7}  # PrtMarkerSuppliesSupplyUnitTC
_SOME_LEFT = -3
_SHEETS = 8  # PrtCapacityUnitTC
_COLOURS: tuple[Colour, ...] = ("black", "cyan", "magenta", "yellow")

Row = tuple[str, str, str | int | bytes]
"""OID, snmpsim type, value."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A row of prtAlertTable: severity, group, index within the group, code (PrtAlertCodeTC), text."""

    severity: int
    group: int
    index: int
    code: int
    text: str


def document(state: MfpState, uptime_s: int) -> str:
    """Return the data file of an MFP at a moment."""
    return "".join(f"{oid}|{_encode(kind, value)}\n" for oid, kind, value in rows_of(state, uptime_s))


def rows_of(state: MfpState, uptime_s: int) -> list[Row]:
    """Return all that an MFP answers at a moment, sorted by OID as snmpsim demands."""
    rows = [
        *_system(state.mfp, uptime_s),
        *_interface(state.mfp),
        *_host_resources(state),
        *_general(state),
        *_trays(state),
        *_marker(state),
        *_supplies(state),
        *_alerts(state),
    ]
    rows.sort(key=lambda row: _numbers(row[0]))
    return rows


@cache
def _numbers(oid: str) -> tuple[int, ...]:
    return tuple(map(int, oid.split(".")))


def _encode(kind: str, value: str | int | bytes) -> str:
    if isinstance(value, str) and not value.isascii():
        value = value.encode()
    return f"{kind}x|{value.hex()}" if isinstance(value, bytes) else f"{kind}|{value}"


def _system(mfp: Mfp, uptime_s: int) -> Iterator[Row]:
    yield f"{_SYSTEM}.1.0", OCTETS, mfp.description
    yield f"{_SYSTEM}.2.0", OBJECT, f"{_EXAMPLE_ENTERPRISE}.1.{len(mfp.supplies)}"
    yield f"{_SYSTEM}.3.0", TICKS, uptime_s * 100
    yield f"{_SYSTEM}.5.0", OCTETS, mfp.name
    yield f"{_SYSTEM}.6.0", OCTETS, mfp.location
    yield f"{_SYSTEM}.7.0", INTEGER, 72


def _interface(mfp: Mfp) -> Iterator[Row]:
    mac = bytes((0x02, 0x00, 0x5E, *mfp.serial.encode()[-3:]))  # locally administered
    entry = f"{_INTERFACES}.2.1"
    yield f"{_INTERFACES}.1.0", INTEGER, 1
    columns: dict[int, tuple[str, str | int | bytes]] = {
        1: (INTEGER, 1),
        2: (OCTETS, "Ethernet"),
        3: (INTEGER, 6),
        4: (INTEGER, 1500),
        5: (GAUGE, 1_000_000_000),
        6: (OCTETS, mac),
        7: (INTEGER, 1),
        8: (INTEGER, 1),
        10: (COUNTER, mfp.page_count * 9_000 % 2**32),
        16: (COUNTER, mfp.page_count * 700 % 2**32),
    }
    for column, (kind, value) in columns.items():
        yield f"{entry}.{column}.1", kind, value


def _host_resources(state: MfpState) -> Iterator[Row]:
    alerts = alerts_of(state)
    stopped = any(alert.severity == 3 for alert in alerts)
    device = f"{_HOST}.2.1"
    yield f"{device}.1.1", INTEGER, 1
    yield f"{device}.2.1", OBJECT, f"{_HOST}.1.5"
    yield f"{device}.3.1", OCTETS, f"{state.mfp.maker} {state.mfp.model}"
    yield f"{device}.5.1", INTEGER, 5 if stopped else 3 if alerts else 2  # hrDeviceStatus: down, warning, running
    yield f"{_HOST}.5.1.1.1", INTEGER, 1 if stopped else 4 if state.printing else 3  # other, printing, idle
    yield f"{_HOST}.5.1.2.1", OCTETS, _detected_errors(state)


def _detected_errors(state: MfpState) -> bytes:
    """Return hrPrinterDetectedErrorState: bit 0 is the highest bit of the first byte."""
    bits = set()
    if any(state.levels[supply.index] <= NEARLY_EMPTY_PERCENT for supply in _toners(state.mfp)):
        bits.add(2)  # lowToner
    if state.jammed:
        bits.add(5)  # jammed
    if 0 in state.sheets.values():
        bits.add(13)  # inputTrayEmpty
    return sum(1 << (15 - bit) for bit in bits).to_bytes(2, "big")


def _general(state: MfpState) -> Iterator[Row]:
    mfp, alerts = state.mfp, alerts_of(state)
    general = f"{_PRINTER}.5.1.1"
    yield f"{general}.1.1", COUNTER, 12
    yield f"{general}.2.1", INTEGER, 1
    yield f"{general}.16.1", OCTETS, f"{mfp.maker} {mfp.model}"
    yield f"{general}.17.1", OCTETS, mfp.serial
    yield f"{general}.18.1", COUNTER, sum(1 for alert in alerts if alert.severity == 3)
    yield f"{general}.19.1", COUNTER, len(alerts)
    japanese = not mfp.supplies[0].name.isascii()
    yield f"{_PRINTER}.7.1.1.2.1.1", OCTETS, "ja" if japanese else "en"
    yield f"{_PRINTER}.7.1.1.3.1.1", OCTETS, "JP"
    yield f"{_PRINTER}.7.1.1.4.1.1", INTEGER, 106  # UTF-8 (IANA charset MIBenum)
    yield f"{_PRINTER}.6.1.1.2.1.1", OCTETS, "前面カバー" if japanese else "Front Cover"
    yield f"{_PRINTER}.6.1.1.3.1.1", INTEGER, 4  # coverClosed
    ready = ("印刷できます", "Ready")[not japanese]
    yield f"{_PRINTER}.16.5.1.2.1.1", OCTETS, alerts[0].text if alerts else ready


def _trays(state: MfpState) -> Iterator[Row]:
    size = {"A4": (297_000, 210_000), "A3": (420_000, 297_000)}
    for tray in state.mfp.trays:
        feed, cross = size[tray.media]
        sheets = state.sheets[tray.index]
        columns: dict[int, str | int] = {
            **{2: 3, 3: 4, 4: feed, 5: cross, 6: feed, 7: cross, 8: _SHEETS, 9: tray.capacity, 10: sheets},
            **{11: 0 if sheets else 9, 12: tray.media, 13: tray.name, 18: tray.name, 19: 3},
        }
        for column, value in columns.items():
            yield f"{_PRINTER}.8.2.1.{column}.1.{tray.index}", INTEGER if isinstance(value, int) else OCTETS, value
    for column, number in {2: 3, 3: _SHEETS, 4: 500, 5: -3, 6: 0}.items():
        yield f"{_PRINTER}.9.2.1.{column}.1.1", INTEGER, number


def _marker(state: MfpState) -> Iterator[Row]:
    coloured = len(_toners(state.mfp))
    yield f"{_PRINTER}.10.2.1.2.1.1", INTEGER, 4  # electrophotographicLaser
    yield f"{_PRINTER}.10.2.1.3.1.1", INTEGER, 7  # impressions
    yield f"{_PRINTER}.10.2.1.4.1.1", COUNTER, state.page_count
    yield f"{_PRINTER}.10.2.1.5.1.1", COUNTER, state.page_count % 900
    yield f"{_PRINTER}.10.2.1.6.1.1", INTEGER, coloured
    yield f"{_PRINTER}.10.2.1.15.1.1", INTEGER, 0
    for number, colour in enumerate(_COLOURS[:coloured], start=1):
        yield f"{_PRINTER}.12.1.1.2.1.{number}", INTEGER, 1
        yield f"{_PRINTER}.12.1.1.3.1.{number}", INTEGER, 3  # process
        yield f"{_PRINTER}.12.1.1.4.1.{number}", OCTETS, colour
        yield f"{_PRINTER}.12.1.1.5.1.{number}", INTEGER, 2 if coloured == 1 else 256


def _supplies(state: MfpState) -> Iterator[Row]:
    for supply in state.mfp.supplies:
        capacity, level = capacity_and_level(supply, state.levels[supply.index])
        columns: dict[int, str | int] = {
            2: 1,
            3: _COLOURS.index(supply.colour) + 1 if supply.colour else 0,
            4: _FILLED if supply.kind == "waste_toner" else _CONSUMED,
            5: _SUPPLY_TYPE[supply.kind],
            6: supply.name,
            7: _SUPPLY_UNIT[supply.unit],
            8: capacity,
            9: level,
        }
        for column, value in columns.items():
            kind = OCTETS if column == 6 else INTEGER
            yield f"{_PRINTER}.11.1.1.{column}.1.{supply.index}", kind, value


def capacity_and_level(supply: Supply, percent: float) -> tuple[int, int]:
    """Return prtMarkerSuppliesMaxCapacity and -Level; a supply that does not tell its level says -3, some is left."""
    capacity = 100 if supply.unit == "percent" else supply.pages
    if not supply.tells_level and percent > NEARLY_EMPTY_PERCENT:
        return capacity, _SOME_LEFT
    return capacity, round(capacity * percent / 100)


def alerts_of(state: MfpState) -> list[Alert]:
    """Return what the MFP complains of."""
    japanese = not state.mfp.supplies[0].name.isascii()
    found = []
    if state.jammed:
        found.append(Alert(3, 13, 1, 8, "紙詰まり" if japanese else "Paper jam"))
    for tray in state.mfp.trays:
        if state.sheets[tray.index] == 0:
            found.append(Alert(3, 8, tray.index, 808, f"{tray.name} " + ("用紙なし" if japanese else "out of paper")))
    for supply in state.mfp.supplies:
        if supply.kind == "drum" or state.levels[supply.index] > NEARLY_EMPTY_PERCENT:
            continue
        toner = supply.kind == "toner"
        words = (
            ("残りわずか" if toner else "まもなく満杯") if japanese else ("almost empty" if toner else "almost full")
        )
        found.append(Alert(4, 11, supply.index, 1104 if toner else 1107, f"{supply.name} {words}"))
    return found


def _alerts(state: MfpState) -> Iterator[Row]:
    for number, alert in enumerate(alerts_of(state), start=1):
        columns: dict[int, str | int] = {
            **{2: alert.severity, 3: 3, 4: alert.group, 5: alert.index, 6: 0, 7: alert.code, 8: alert.text},
        }
        for column, value in columns.items():
            yield f"{_PRINTER}.18.1.1.{column}.1.{number}", INTEGER if isinstance(value, int) else OCTETS, value


def _toners(mfp: Mfp) -> list[Supply]:
    return [supply for supply in mfp.supplies if supply.kind == "toner"]
