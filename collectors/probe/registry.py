"""All that the probe may store. A new kind of device adds its measurements here."""

from typing import Final

from collectors.declaration import Measurement
from collectors.probe.device.declaration import MEASUREMENTS as DEVICE_MEASUREMENTS
from collectors.probe.discovery.declaration import MEASUREMENTS as DISCOVERY_MEASUREMENTS
from collectors.probe.printer.declaration import MEASUREMENTS as PRINTER_MEASUREMENTS
from collectors.probe.reachability.declaration import MEASUREMENTS as REACHABILITY_MEASUREMENTS
from collectors.probe.reading import DEVICE_POLL

PROBE_MEASUREMENTS: Final[tuple[Measurement, ...]] = (
    DEVICE_POLL,
    *PRINTER_MEASUREMENTS,
    *DEVICE_MEASUREMENTS,
    *DISCOVERY_MEASUREMENTS,
    *REACHABILITY_MEASUREMENTS,
)
