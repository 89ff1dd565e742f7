"""The table of all inputs. A new input is one module and one line here."""

from collectors.input import Input
from collectors.inputs import (
    antivirus,
    backup,
    battery,
    clock,
    cpu,
    disk,
    disk_encryption,
    disk_outlook,
    diskio,
    event_log,
    firewall,
    mem,
    memory_pressure,
    net,
    patches,
    physical_disk,
    processes,
    raid,
    service_health,
    services,
    smart,
    software,
    swap,
    system,
    temp,
    uptime_events,
)

INPUTS: tuple[Input, ...] = (
    cpu.INPUT,
    mem.INPUT,
    swap.INPUT,
    disk.INPUT,
    diskio.INPUT,
    net.INPUT,
    system.INPUT,
    processes.INPUT,
    temp.INPUT,
    smart.INPUT,
    antivirus.INPUT,
    firewall.INPUT,
    patches.INPUT,
    software.INPUT,
    raid.INPUT,
    battery.INPUT,
    services.INPUT,
    uptime_events.INPUT,
    event_log.INPUT,
    memory_pressure.INPUT,
    disk_outlook.INPUT,
    clock.INPUT,
    backup.INPUT,
    service_health.INPUT,
    physical_disk.INPUT,
    disk_encryption.INPUT,
)


def input_named(name: str) -> Input:
    """Return the input of that name.

    Raises:
        KeyError: there is none.
    """
    return {each.name: each for each in INPUTS}[name]
