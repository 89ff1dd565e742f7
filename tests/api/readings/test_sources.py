"""What is read is what inputs declare: a renamed field must fail here and not show up as unknown on a page."""

import pytest

from api.readings.device import DEVICE_SOURCES
from api.readings.history import PAGES
from api.readings.printer import PRINTER_SOURCES
from api.readings.scope import Source
from collectors import catalogue
from collectors.declaration import STAMPED_TAGS

DECLARED = catalogue.measurements()


@pytest.mark.parametrize("source", [*DEVICE_SOURCES, *PRINTER_SOURCES, PAGES], ids=lambda source: source.measurement)
def test_it_reads_only_what_is_declared(source: Source) -> None:
    declared = DECLARED[source.measurement]

    assert set(source.fields) <= {each.name for each in declared.fields}
    assert {*source.tags, *source.where} <= {each.name for each in declared.tags} | STAMPED_TAGS


def test_it_reads_the_checks_that_inputs_declare() -> None:
    assert {"antivirus", "firewall", "patches"} <= {source.measurement for source in DEVICE_SOURCES}
