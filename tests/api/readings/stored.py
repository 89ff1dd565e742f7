"""Points as they lie in the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.display.tokyo import TOKYO
from api.influx.engine import Engine
from api.readings.scope import to_ns
from collectors import catalogue
from collectors.point import FieldValue, Point, to_lines

NOW = datetime(2026, 11, 23, 17, 35, tzinfo=TOKYO)

Fields = Mapping[str, FieldValue]
Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Store:
    """Stores points in one database."""

    engine: Engine
    database: str

    def put(self, contract: str, device: str, points: list[Point], now: datetime = NOW) -> None:
        """Store declared points of a device, moved to another `now` than `NOW` where one is given."""
        assert catalogue.problems(points) == []
        stamp = {"contract": contract, "site": "s-1", "device": device}
        later = to_ns(now) - to_ns(NOW)
        lines = to_lines(
            replace(point, tags={**point.tags, **stamp}, time_ns=(point.time_ns or 0) + later) for point in points
        )
        assert self.engine.write(self.database, lines.encode(), "ns").status == 204


def point(measurement: str, fields: Fields, tags: Tags | None = None, age: timedelta = timedelta(minutes=1)) -> Point:
    """Return a point of some time before `NOW`."""
    return Point(measurement, tags or {}, fields, to_ns(NOW - age))


def pc(age: timedelta = timedelta(minutes=1), idle: float = 88.0) -> list[Point]:
    """Return what the agent of a healthy PC sends."""
    return [
        point("cpu", {"usage_idle": idle}, {"cpu": "cpu-total"}, age),
        point("cpu", {"usage_idle": 1.0}, {"cpu": "cpu0"}, age),
        point("mem", {"used_percent": 41.5, "total": 17_179_869_184}, {}, age),
        point("disk", {"used_percent": 61.2, "free": 33_700_000_000, "total": 511_000_000_000}, {"path": "C:"}, age),
        point("temp", {"temp": 52.0}, {"chip": "coretemp", "sensor": "package"}, age),
        point("temp", {"temp": 44.0}, {"chip": "coretemp", "sensor": "core_0"}, age),
        point("antivirus", verdict("ok", "有効です", "on"), {}, age),
        point("collector_run", {"ok": True, "outcome": "ok"}, {"input": "cpu"}, age),
    ]


def verdict(state: str, ja: str, en: str) -> Fields:
    """Return the fields of a judged measurement."""
    code = {"ok": 0, "unknown": 1, "bad": 2}[state]
    return {"state": state, "state_code": code, "reason_code": "test", "reason": ja, "reason_en": en}


def mfp(asset: str = "mfp-1", name: str = "複合機 2F") -> list[Point]:
    """Return what a probe sends of a colour printer whose cyan toner is low."""
    printer = {"asset": asset}
    about: Fields = {"name": name, "maker": "KARTE", "model": "MFP 3000", "status": "idle", "errors": "low_toner"}
    left = {"black": 62.0, "cyan": 8.0, "magenta": 41.0, "yellow": 77.0}
    supplies = [
        point(
            "printer_supply",
            {"percent": percent, "state": "low" if percent < 10 else "ok"},
            {**printer, "index": str(index), "type": "toner", "color": color, "class": "consumed"},
        )
        for index, (color, percent) in enumerate(left.items(), start=1)
    ]
    return [
        point("printer", {**about, "page_count": 184_022}, printer),
        point("printer", {**about, "page_count": 183_000}, printer, timedelta(days=2)),
        *supplies,
        point(
            "printer_supply",
            {"description": "Waste Toner Box", "state": "some_left"},
            {**printer, "index": "5", "type": "waste_toner", "class": "receptacle"},
        ),
        point("printer_tray", {"name": "カセット1", "percent": 75.0, "state": "ok"}, {**printer, "index": "1"}),
        point("printer_alert", {"severity": "warning", "description": "Cyan low"}, {**printer, "index": "0"}),
    ]
