"""Points of the simulated MFPs' past: the same answers that snmpsim gives, understood by the probe's own code.

For the present the probe itself asks the simulated devices over the network.
"""

from collections.abc import Mapping
from functools import cache

from api.demo.mfp import Mfp, MfpState, state_at
from api.demo.office import Office
from api.demo.poll import poll_point
from api.demo.snmprec import OBJECT, OCTETS, TICKS, rows_of
from collectors.point import Point
from collectors.probe.printer import mib
from collectors.probe.printer.build import to_printer
from collectors.probe.printer.points import to_points
from collectors.probe.printer.raw import RawPrinter
from collectors.probe.snmp import ObjectIdentifier, Oid, Table, TimeTicks, Value, oid

NS = 10**9
_oid = cache(oid)
_DEVICE: Oid = (1,)
_MARKER: Oid = (1, 1)


def printer_points(office: Office, mfp: Mfp, moment_s: int, host: str) -> list[Point]:
    """Return what a probe stores of an MFP at a moment.

    Args:
        office: the office.
        mfp: which MFP.
        moment_s: Unix seconds.
        host: host name of the probe, which it adds as a tag.
    """
    printer = to_printer(_raw(state_at(office, mfp, moment_s), moment_s - office.history_start))
    asked = poll_point(office.key(mfp.key, "poll"), printer.identity.asset, mfp.name, "printer", moment_s)
    return [
        Point(point.measurement, {"host": host, **point.tags}, point.fields, moment_s * NS)
        for point in (asked, *to_points(printer))
    ]


def _raw(state: MfpState, uptime_s: int) -> RawPrinter:
    values = {_oid(text): _value(kind, value) for text, kind, value in rows_of(state, uptime_s)}
    instances = {
        **mib.SYSTEM,
        **{name: column + _DEVICE for name, column in mib.PER_DEVICE.items()},
        **{name: column + _MARKER for name, column in mib.PER_MARKER.items()},
        "prtLocalizationCharacterSet": mib.CHARACTER_SET + _MARKER,
    }
    return RawPrinter(
        address=state.mfp.name,
        objects={name: values[instance] for name, instance in instances.items() if instance in values},
        supplies=_table(values, mib.SUPPLIES),
        colorants=_table(values, mib.COLORANTS),
        trays=_table(values, mib.TRAYS),
        alerts=_table(values, mib.ALERTS),
    )


def _table(values: Mapping[Oid, Value], columns: Mapping[str, Oid]) -> Table:
    names = {column: name for name, column in columns.items()}
    depth = len(next(iter(names)))
    found: dict[Oid, dict[str, Value]] = {}
    for bound, value in values.items():
        name = names.get(bound[:depth])
        if name:
            found.setdefault(bound[depth:], {})[name] = value
    return Table(found)


def _value(kind: str, value: str | int | bytes) -> Value:
    if isinstance(value, bytes):
        return value
    if kind == OCTETS:
        return str(value).encode()
    if kind == OBJECT:
        return ObjectIdentifier(_oid(str(value)))
    return TimeTicks(value) if kind == TICKS else int(value)
