import re

import pytest

from collectors.inputs.antivirus.known import by_unix, by_windows_service, known_products, named
from collectors.inputs.antivirus.product import Mode

NOW_NS = 1_790_000_000_000_000_000  # 2026-09-21


@pytest.mark.parametrize(
    ("display", "name"),
    [
        ("ウイルスバスター クラウド", "ウイルスバスター クラウド"),
        ("Trend Micro Apex One Security Agent", "Trend Micro Apex One / ウイルスバスター Corp."),
        ("Trend Micro Deep Security Agent", "Trend Micro Deep Security Agent"),
        ("ESET Endpoint Antivirus", "ESET"),
        ("Sentinel Agent", "SentinelOne"),
        ("CrowdStrike Falcon Sensor", "CrowdStrike Falcon"),
        ("Symantec Endpoint Protection", "Symantec Endpoint Protection"),
        ("ノートン 360", "Norton"),
        ("WithSecure Elements Agent", "WithSecure / F-Secure"),
        ("FFRI yarai", "FFRI yarai"),
    ],
)
def test_it_knows_products_by_their_display_name(display: str, name: str) -> None:
    found = named(display)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("display", ["Some Other Guard", "Averages", "K70 Driver", ""])
def test_it_does_not_find_a_product_inside_other_words(display: str) -> None:
    assert named(display) is None


def test_it_names_every_product_once_and_compiles_every_pattern() -> None:
    names = [each.name for each in known_products()]
    assert len(names) == len(set(names))
    for product in known_products():
        for place in product.registry:
            if place.definitions:
                groups = re.compile(place.definitions.pattern).groupindex
                assert set(groups) == {"year", "month", "day"}


def test_it_takes_one_running_service_for_on_and_all_stopped_for_off() -> None:
    services: list[dict[str, object]] = [
        {"name": "SAVService", "displayname": "", "state": "Stopped"},
        {"name": "Sophos File Scanner Service", "displayname": "", "state": "Running"},
        {"name": "ekrn", "displayname": "ESET Service", "state": "Stopped"},
        {"name": "AVP21.9", "displayname": "Kaspersky", "state": "Start Pending"},
        {"name": "Spooler", "displayname": "Print Spooler", "state": "Running"},
    ]
    modes = {each.name: each.mode for each in by_windows_service(services, [], NOW_NS)}
    assert modes == {"Sophos": Mode.ON, "ESET": Mode.OFF, "Kaspersky": Mode.UNKNOWN}


@pytest.mark.parametrize("value", ["32105 (20269999)", "garbage", "", None, 5, "32105 (20991231)"])
def test_it_reads_no_age_from_a_registry_value_that_is_no_date(value: object) -> None:
    key = "SOFTWARE\\ESET\\ESET Security\\CurrentVersion\\Info"
    services: list[dict[str, object]] = [{"name": "ekrn", "displayname": "", "state": "Running"}]
    (product,) = by_windows_service(services, [{"key": key, "name": "ScannerVersion", "value": value}], NOW_NS)
    assert product.definitions_age_days is None


def test_it_finds_agents_on_linux_by_service_and_by_process() -> None:
    found = by_unix({"falcon-sensor": "active", "eea": "inactive"}, ["kesl", "bash"], "linux")
    assert {each.name: each.mode for each in found} == {
        "CrowdStrike Falcon": Mode.ON,
        "ESET": Mode.OFF,
        "Kaspersky": Mode.ON,
    }
