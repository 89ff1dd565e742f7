"""Which tool wrote a recorded output, by its content; and what it tells."""

from collections.abc import Callable

from collectors.input import BadOutput, NothingToReport, Recording
from collectors.inputs.battery import acpi, power_supply, upower, windows
from collectors.inputs.battery.cell import Battery
from collectors.inputs.battery.points import to_points
from collectors.inputs.temp.reading import Reading
from collectors.inputs.temp.reading import to_points as temperature_points
from collectors.json_text import load_json
from collectors.point import Point
from collectors.recorded_text import recorded_text
from collectors.windows import powershell
from collectors.windows.records import read_records


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recorded output.

    Known are: a /sys/class/power_supply tree packed as JSON (path to content); `upower -i` and `-d`; `acpi -V`, whose
    temperature comes out as `temp`; `powercfg /batteryreport /xml`; Win32_Battery; the answer of our own PowerShell
    script.

    Raises:
        BadOutput: the output is none of these, is empty, or is damaged.
        NothingToReport: it says that there is no battery.
    """
    text = recorded_text(recording).lstrip("\ufeff")
    points = to_points(_batteries(text))
    if acpi.is_acpi(text):
        zones = [Reading("acpitz", "", f"temp{at}", "", celsius) for at, celsius in acpi.temperatures(text)]
        points += temperature_points(zones) if zones else []
    if not points:
        raise NothingToReport("there is no battery of the computer")
    return points


def _batteries(text: str) -> list[Battery]:
    if powershell.is_document(text, windows.KIND):
        return windows.batteries(powershell.read_document(text))
    read = next((read for matches, read in _FORMS if matches(text)), None)
    if read:
        return read(text)
    if text.lstrip().startswith("{"):
        loaded = load_json(text)
        if isinstance(loaded, dict) and power_supply.is_tree(loaded):
            return power_supply.from_tree(loaded)
    found = windows.from_win32_battery(read_records(text))
    if not found:
        raise BadOutput("this is not the output of a battery tool that is known here")
    return found


_FORMS: tuple[tuple[Callable[[str], bool], Callable[[str], list[Battery]]], ...] = (
    (windows.is_report, windows.read_report),
    (upower.is_upower, upower.read),
    (acpi.is_acpi, acpi.read),
)
