"""What is stored of equipment other than printers."""

from typing import Final

from collectors.declaration import Measurement
from collectors.probe.device.declaration.network import NETWORK_DEVICE, NETWORK_INTERFACE
from collectors.probe.device.declaration.power import SENSOR, UPS
from collectors.probe.device.declaration.storage import NAS_DISK, NAS_RAID, NAS_VOLUME
from collectors.probe.device.declaration.voice import PBX

__all__ = [
    "MEASUREMENTS",
    "NAS_DISK",
    "NAS_RAID",
    "NAS_VOLUME",
    "NETWORK_DEVICE",
    "NETWORK_INTERFACE",
    "PBX",
    "SENSOR",
    "UPS",
]

MEASUREMENTS: Final[tuple[Measurement, ...]] = (
    NETWORK_DEVICE,
    NETWORK_INTERFACE,
    NAS_VOLUME,
    NAS_DISK,
    NAS_RAID,
    PBX,
    UPS,
    SENSOR,
)
