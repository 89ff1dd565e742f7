"""The newest values of printers that a probe watches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.display.words import SUPPLY_TYPE, ink, word
from api.readings.reader import PART_GONE_AFTER, Row
from api.readings.scope import Source
from collectors.text import Text

PRINTER = Source(
    "printer",
    ("name", "description", "maker", "model", "serial", "status", "errors", "page_count"),
    ("device", "asset"),
    {},
)
SUPPLY = Source(
    "printer_supply",
    ("description", "percent", "state", "alert"),
    ("device", "asset", "index", "type", "color", "class"),
    {},
)
TRAY = Source("printer_tray", ("name", "percent", "state", "available"), ("device", "asset", "index"), {})
ALERT = Source("printer_alert", ("severity", "code", "description"), ("device", "asset", "index"), {})

PRINTER_SOURCES: tuple[Source, ...] = (PRINTER, SUPPLY, TRAY, ALERT)


@dataclass(frozen=True, slots=True)
class Supply:
    """Toner, ink, a drum, a waste box.

    Attributes:
        index: its number in the printer.
        description: as the printer names it; "" if it does not.
        type: e.g. "toner"; "" if not told.
        color: e.g. "cyan"; "" if it has none.
        is_receptacle: True for a box that fills up, such as for waste toner.
        percent: what is left, or the room left in a receptacle, %; None if the printer does not tell.
        state: how much there is in one word, e.g. "low", or "some_left" where no amount is told.
        alert: code of the printer's own alert on it; "" if there is none.
    """

    index: str
    description: str
    type: str
    color: str
    is_receptacle: bool
    percent: float | None
    state: str
    alert: str = ""

    @property
    def name(self) -> Text:
        """What it is called: the printer's own words, or its type and colour where the printer has none."""
        if self.description:
            return Text(self.description, self.description)
        kind = word(SUPPLY_TYPE, self.type or "other")
        color = ink(self.color).word
        return Text(f"{color.ja}{kind.ja}", f"{color.en} {kind.en}".strip())


@dataclass(frozen=True, slots=True)
class Tray:
    """An input tray.

    Attributes:
        index: its number in the printer.
        name: as the printer names it; "" if it does not.
        percent: paper left, %; None if the printer does not tell.
        state: as of `Supply`.
        is_available: False if it is broken, missing or off-line; None if not told.
    """

    index: str
    name: str
    percent: float | None
    state: str
    is_available: bool | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """What the printer itself complains of.

    Attributes:
        severity: e.g. "warning"; "" if not told.
        text: in the printer's own words, or the code of the alert where it has none.
    """

    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class PrinterReading:
    """What was last read from a printer.

    Attributes:
        asset: its id, unique within the contract.
        probe: public id of the probe that read it.
        name: for people; the asset's id if the printer has none.
        model: maker and model, or the printer's own description; "" if not told.
        serial: serial number; "" if not told.
        status: e.g. "idle"; "unknown" if not told.
        errors: what it detects of itself, e.g. "low_toner".
        page_count: pages in its life; None if not told.
        last_seen: time of the newest reading.
        supplies: by index.
        trays: by index.
        alerts: those that stand at the newest reading.
    """

    asset: str
    probe: str
    name: str
    model: str
    serial: str
    status: str
    errors: tuple[str, ...]
    page_count: int | None
    last_seen: datetime
    supplies: tuple[Supply, ...] = ()
    trays: tuple[Tray, ...] = ()
    alerts: tuple[Alert, ...] = ()


def to_printers(answers: Mapping[str, Sequence[Row]]) -> tuple[PrinterReading, ...]:
    """Return the printers, by name."""
    newest: dict[str, Row] = {}
    for row in answers.get(PRINTER.measurement, ()):
        asset = row.tags.get("asset")
        if asset and (asset not in newest or row.time > newest[asset].time):
            newest[asset] = row
    return tuple(sorted((_printer(row, answers) for row in newest.values()), key=lambda p: (p.name, p.asset)))


def _printer(row: Row, answers: Mapping[str, Sequence[Row]]) -> PrinterReading:
    asset = row.tags["asset"]
    told = " ".join(text for text in (row.text("maker"), row.text("model")) if text)
    return PrinterReading(
        asset=asset,
        probe=row.tags.get("device", ""),
        name=row.text("name") or asset,
        model=told or row.text("description") or "",
        serial=row.text("serial") or "",
        status=row.text("status") or "unknown",
        errors=tuple(part for part in (row.text("errors") or "").split(",") if part),
        page_count=row.integer("page_count"),
        last_seen=row.time,
        supplies=tuple(_supply(part) for part in _parts(SUPPLY, row, answers)),
        trays=tuple(_tray(part) for part in _parts(TRAY, row, answers)),
        alerts=tuple(_alert(part) for part in _parts(ALERT, row, answers) if part.time == row.time),
    )


def _parts(source: Source, printer: Row, answers: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Return the printer's own rows that are about as new as its own, the newest of each index, by index."""
    newest: dict[str, Row] = {}
    for row in sorted(answers.get(source.measurement, ()), key=lambda row: row.time):
        if row.tags.get("asset") == printer.tags["asset"] and printer.time - row.time < PART_GONE_AFTER:
            newest[row.tags.get("index", "")] = row
    return sorted(newest.values(), key=_index)


def _index(row: Row) -> tuple[int, str]:
    index = row.tags.get("index", "")
    return (int(index) if index.isdecimal() else 0, index)


def _supply(row: Row) -> Supply:
    return Supply(
        index=row.tags.get("index", ""),
        description=row.text("description") or "",
        type=row.tags.get("type", ""),
        color=row.tags.get("color", ""),
        is_receptacle=row.tags.get("class") == "receptacle",
        percent=row.number("percent"),
        state=row.text("state") or "unknown",
        alert=row.text("alert") or "",
    )


def _tray(row: Row) -> Tray:
    return Tray(
        index=row.tags.get("index", ""),
        name=row.text("name") or "",
        percent=row.number("percent"),
        state=row.text("state") or "unknown",
        is_available=row.flag("available"),
    )


def _alert(row: Row) -> Alert:
    return Alert(severity=row.text("severity") or "", text=row.text("description") or row.text("code") or "")
