"""Which tool wrote a recorded output, by its content; and what it tells."""

from collectors.input import BadOutput, Recording
from collectors.inputs.service_health import unix, windows
from collectors.inputs.service_health.finding import Evidence, Service
from collectors.inputs.service_health.points import to_points
from collectors.inputs.service_health.product import known_products
from collectors.point import Point
from collectors.recorded_text import recorded_text
from collectors.windows import powershell
from collectors.windows.records import read_records


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recorded output.

    Known are: the answer of our own PowerShell script; Win32_Service and Get-Service as list, CSV or JSON; `systemctl
    list-units --type=service --all --plain`.

    Raises:
        BadOutput: the output is none of these, is empty, or is damaged.
    """
    products = known_products()
    text = recorded_text(recording).lstrip("\ufeff")
    if powershell.is_document(text, windows.KIND):
        seen = windows.read(powershell.read_document(text), products)
    elif unix.is_units(text):
        units = unix.read_units(text)
        seen = Evidence("linux", tuple(Service(name, "", running) for name, running in units.items()))
    else:
        seen = Evidence("windows", tuple(windows.services(read_records(text))))
        if not seen.services:
            raise BadOutput("this is not a list of services that is known here")
    return to_points(products, seen, recording.now_ns // 10**9)
