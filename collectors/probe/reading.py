"""What any kind of device gives the probe, and what is stored of the asking itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from collectors.declaration import Field, FieldType, Measurement, PersonalData, Rollup, Tag
from collectors.point import Point
from collectors.probe.snmp import SnmpSession
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class DeviceReading:
    """One reading of one device.

    Attributes:
        kind: "printer", "router", "ups" …
        asset: the device's id; see `collectors.probe.asset`.
        points: what was measured.
        partial: for a person, what could not be read to its end.
    """

    kind: str
    asset: str
    points: tuple[Point, ...]
    partial: tuple[str, ...] = ()


DeviceReader = Callable[[SnmpSession], Awaitable[DeviceReading]]
"""Reads a device; raises `NotThisKind` for a device of another kind, `SnmpError` for one that cannot be read."""


DEVICE_POLL: Final = Measurement(
    name="device_poll",
    text=Text("SNMPで機器に問い合わせた結果", "outcome of asking a device over SNMP"),
    tags=(
        Tag(
            "asset",
            Text(
                "機器の識別子（一度も応答がなければアドレス）", "id of the equipment; its address until it has answered"
            ),
            PersonalData.DEVICE,
        ),
        Tag(
            "target", Text("設定にある機器の名前またはアドレス", "name or address in the settings"), PersonalData.DEVICE
        ),
    ),
    fields=(
        Field("ok", FieldType.BOOLEAN, Text("応答があったか", "whether it answered"), rollup=Rollup.STATE),
        Field("duration", FieldType.FLOAT, Text("かかった時間", "how long it took"), "s"),
        Field("kind", FieldType.STRING, Text("機器の種類", "kind of device"), rollup=Rollup.STATE),
        Field(
            "partial",
            FieldType.STRING,
            Text("最後まで読めなかったもの", "what could not be read to its end"),
            rollup=Rollup.STATE,
            personal=PersonalData.DEVICE,
        ),
        Field("error_class", FieldType.STRING, Text("失敗の種類", "kind of failure"), rollup=Rollup.STATE),
        Field(
            "error",
            FieldType.STRING,
            Text("失敗の理由", "why it failed"),
            rollup=Rollup.STATE,
            personal=PersonalData.DEVICE,
        ),
    ),
)
