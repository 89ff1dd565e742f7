"""Equipment that a probe watches, as it was last read, and what changed on the LAN."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.influx.influxql import quote_identifier
from api.readings.reader import Reader, Row, to_rows
from api.readings.scope import Source
from collectors.text import Text

NETWORK_DEVICE = Source(
    "network_device",
    ("reachable", "state", "reason", "reason_en", "name", "maker", "model", "serial"),
    ("asset", "kind", "site"),
    {},
)
EVENT = Source(
    "asset_event", ("mac", "ip", "vendor", "name", "maker", "model", "detail", "detail_en"), ("asset", "kind"), {}
)

MOST_EVENTS = 300
"""Of one window; a LAN on which more comes and goes is told as such."""


@dataclass(frozen=True, slots=True)
class EquipmentReading:
    """What was last read of a router, switch, NAS, IP-PBX or UPS.

    Attributes:
        asset: its id.
        kind: "router", "switch", "nas", "pbx", "ups", "server" or "unknown".
        site: public id of the site; "" if not told.
        name: for people; the asset's id if it has none.
        model: maker and model; "" if not told.
        serial: "" if not told.
        is_reachable: None if not told.
        state: "ok", "unknown" or "bad"; "unknown" if not told.
        reason: why, for people.
        last_seen: time of the newest reading.
    """

    asset: str
    kind: str
    site: str
    name: str
    model: str
    serial: str
    is_reachable: bool | None
    state: str
    reason: Text
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class LanEvent:
    """Something that came, went or changed on a LAN, as a probe's scan told it.

    Attributes:
        asset: its id.
        event: "new", "vanished", "returned", "moved" …
        kind: as of `EquipmentReading`, also "pc", "phone" …
        name: what is best known of it: name, model or maker of the network card; its id where nothing is.
        at: when it was noticed.
        detail: what changed; None if not told.
    """

    asset: str
    event: str
    kind: str
    name: str
    at: datetime
    detail: Text | None = None


@dataclass(frozen=True, slots=True)
class LanEvents:
    """What changed on the LANs of a contract within a window.

    Attributes:
        events: the earliest first, at most `MOST_EVENTS`.
        is_cut: whether there were more.
    """

    events: tuple[LanEvent, ...] = ()
    is_cut: bool = False


def read_equipment(reader: Reader) -> tuple[EquipmentReading, ...]:
    """Return what was last read of each piece of equipment, by name; one query.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    return to_equipment(reader.latest(NETWORK_DEVICE))


def to_equipment(rows: Sequence[Row]) -> tuple[EquipmentReading, ...]:
    """Return the equipment of rows, the newest of each, by name."""
    newest: dict[str, Row] = {}
    for row in rows:
        asset = row.tags.get("asset")
        if asset and (asset not in newest or row.time > newest[asset].time):
            newest[asset] = row
    return tuple(sorted(map(_equipment, newest.values()), key=lambda each: (each.name, each.asset)))


def read_lan_events(reader: Reader) -> LanEvents:
    """Return what changed on the LANs within the reader's window; one query.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    fields = ", ".join(map(quote_identifier, EVENT.fields))
    # Without GROUP BY tags come as columns, and LIMIT counts all series together.
    columns = f'{fields}, "asset", "kind", "event"'
    where = reader.scope.condition({})
    statement = f"SELECT {columns} FROM {quote_identifier(EVENT.measurement)} WHERE {where} LIMIT {MOST_EVENTS + 1}"  # noqa: S608  # quoted
    return to_lan_events(to_rows(reader.engine.query(reader.database, statement)))


def to_lan_events(rows: Sequence[Row]) -> LanEvents:
    """Return the events that rows tell."""
    events = [event for row in rows if (event := _event(row)) is not None]
    return LanEvents(tuple(events[:MOST_EVENTS]), len(events) > MOST_EVENTS)


def _equipment(row: Row) -> EquipmentReading:
    reason = row.text("reason") or ""
    return EquipmentReading(
        asset=row.tags["asset"],
        kind=row.tags.get("kind", "unknown"),
        site=row.tags.get("site", ""),
        name=row.text("name") or row.tags["asset"],
        model=" ".join(text for text in (row.text("maker"), row.text("model")) if text),
        serial=row.text("serial") or "",
        is_reachable=row.flag("reachable"),
        state=row.text("state") or "unknown",
        reason=Text(reason, row.text("reason_en") or reason),
        last_seen=row.time,
    )


def _event(row: Row) -> LanEvent | None:
    asset, event = row.text("asset"), row.text("event")
    if asset is None or event is None:
        return None
    model = " ".join(text for text in (row.text("maker"), row.text("model")) if text)
    detail = row.text("detail")
    return LanEvent(
        asset=asset,
        event=event,
        kind=row.text("kind") or "unknown",
        name=row.text("name") or model or row.text("vendor") or asset,
        at=row.time,
        detail=Text(detail, row.text("detail_en") or detail) if detail else None,
    )
