"""What is read is what inputs declare: a renamed field must fail here and not show up as unknown on a page."""

import pytest

from api.readings.consumption import LEVEL, PRINTED
from api.readings.device import DEVICE_SOURCES
from api.readings.equipment import EVENT, NETWORK_DEVICE
from api.readings.hardware import HARDWARE_SOURCES
from api.readings.history import PAGES
from api.readings.outlook import FORECAST
from api.readings.presence import AGENT, PROBE
from api.readings.printer import PRINTER_SOURCES
from api.readings.scope import Source
from collectors import catalogue
from collectors.declaration import STAMPED_TAGS

DECLARED = catalogue.measurements()


SOURCES = (
    *(*DEVICE_SOURCES, *PRINTER_SOURCES, PAGES, *HARDWARE_SOURCES),
    *(AGENT, PROBE, FORECAST, LEVEL, PRINTED, NETWORK_DEVICE, EVENT),
)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.measurement)
def test_it_reads_only_what_is_declared(source: Source) -> None:
    declared = DECLARED[source.measurement]

    assert set(source.fields) <= {each.name for each in declared.fields}
    assert {*source.tags, *source.where} <= {each.name for each in declared.tags} | STAMPED_TAGS


def test_it_reads_the_checks_that_inputs_declare() -> None:
    assert {"antivirus", "firewall", "patches"} <= {source.measurement for source in DEVICE_SOURCES}
