"""What the `temp` input collects and how it is made. Names and units are Telegraf's `temp` plugin's (format v2)."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from collectors.declaration import Field, FieldType, Measurement, Tag
from collectors.decode import decode_text
from collectors.input import AVAILABLE, Availability, BadOutput, Input, Recording
from collectors.inputs.temp import hwmon, lm_sensors, windows
from collectors.inputs.temp.reading import to_points
from collectors.json_text import load_json
from collectors.point import Point
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS
from collectors.windows import powershell
from collectors.windows.records import read_records

TEMP = Measurement(
    name="temp",
    text=Text("CPUや基板の温度", "temperature of processor and board"),
    tags=(
        Tag("sensor", Text("センサーの名前", "name of the sensor")),
        Tag("chip", Text("センサーのあるチップ", "chip or device that the sensor belongs to"), sent_as="device"),
    ),
    fields=(Field("temp", FieldType.FLOAT, Text("温度", "temperature"), "°C"),),
)
STATUS = Measurement(
    name="temp_status",
    text=Text("温度を読み取れたか", "whether temperatures could be read"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        Field("sensors", FieldType.INTEGER, Text("読み取れたセンサーの数", "sensors that were read")),
        Field(
            "dropped", FieldType.INTEGER, Text("値が異常なため除いたセンサーの数", "sensors left out as implausible")
        ),
    ),
)


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recording.

    It may be `sensors -j`, `sensors -u`, plain `sensors`, a `/sys/class/hwmon` tree packed as JSON (path to content),
    the answer of the Windows script, or printed MSAcpi_ThermalZoneTemperature objects.

    Raises:
        BadOutput: it is none of these, or is cut off.
    """
    text = decode_text(recording.data).lstrip("\ufeff")
    if powershell.is_document(text, windows.KIND):
        return windows.from_document(text)
    if "currenttemperature" in text.lower() and (zones := windows.from_records(read_records(text))):
        return zones
    if text.lstrip().startswith("{"):
        return _parse_json(text)
    readings = lm_sensors.from_text(text)
    if readings is None:
        raise BadOutput("neither the output of sensors nor a hwmon tree")
    return to_points(readings)


def _parse_json(text: str) -> list[Point]:
    loaded = load_json(lm_sensors.without_trailing_commas(text))
    if isinstance(loaded, dict) and hwmon.looks_like_tree(loaded):
        return to_points(
            hwmon.from_tree({path: content for path, content in loaded.items() if isinstance(content, str)})
        )
    if isinstance(loaded, dict) and (not loaded or any(lm_sensors.is_chip(name) for name in loaded)):
        return to_points(lm_sensors.from_json(loaded))
    raise BadOutput("neither the output of sensors -j nor a hwmon tree")


class LinuxTemp:
    """Reads `/sys`."""

    def __init__(self, tree: Callable[[], Mapping[str, str]] = hwmon.read_tree) -> None:
        self._tree = tree

    def gather(self) -> list[Point]:
        """Read once; a machine without sensors gives only the status `unknown`."""
        return to_points(hwmon.from_tree(self._tree()))


class WindowsTemp:
    """Asks PowerShell for the ACPI thermal zones."""

    def __init__(self, ask: powershell.Ask = powershell.ask, timeout_s: float = 30.0) -> None:
        self._ask = ask
        self._timeout_s = timeout_s

    def gather(self) -> list[Point]:
        """Read once.

        Raises:
            InputError: PowerShell could not be asked.
        """
        return windows.from_document(self._ask(powershell.script(windows.KIND, windows.BODY), self._timeout_s))


class NoTemp:
    """Stands for systems that offer no temperature."""

    def gather(self) -> list[Point]:
        """Return the status `unknown`."""
        return to_points([], windows.NOT_OFFERED)


_BY_SYSTEM: Mapping[str, type[LinuxTemp | WindowsTemp]] = {"linux": LinuxTemp, "win32": WindowsTemp}


def _create(_settings: Mapping[str, Any]) -> LinuxTemp | WindowsTemp | NoTemp:
    return _BY_SYSTEM.get(sys.platform, NoTemp)()


def _available() -> Availability:
    if sys.platform in _BY_SYSTEM:
        return AVAILABLE
    return Availability(
        ok=False,
        reason=Text("このOSは温度を知らせません", "this operating system offers no temperature"),
    )


INPUT = Input(
    name="temp",
    text=TEMP.text,
    measurements=(TEMP, STATUS),
    create=_create,
    parse=parse,
    available=_available,
    # On Windows each reading starts a PowerShell.
    interval_s=900.0 if sys.platform == "win32" else 60.0,
    timeout_s=40.0 if sys.platform == "win32" else 20.0,
)
