import pytest

from collectors import catalogue
from collectors.inputs.temp.reading import Reading, to_points


def _reading(celsius: float | None, **changes: object) -> Reading:
    known = {"chip": "nct6775", "where": "", "feature": "temp1", "label": "SYSTIN", "celsius": celsius, **changes}
    return Reading(**known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reading",
    [
        _reading(None),
        _reading(0.0),
        _reading(127.0),
        _reading(-62.0),
        _reading(65261.85),
        _reading(float("nan")),
        _reading(40.0, fault=True),
        _reading(8.3, chip="acpitz", critical=31.3),
    ],
)
def test_it_drops_what_can_be_no_temperature(reading: Reading) -> None:
    (status,) = to_points([reading])
    assert (status.measurement, status.fields["reason_code"]) == ("temp_status", "implausible")
    assert status.fields["dropped"] == 1


@pytest.mark.parametrize(
    ("chip", "feature", "label", "name"),
    [
        ("coretemp", "temp1", "Package id 0", "coretemp_package_id_0"),
        ("k10temp", "temp1", "Tctl", "k10temp_tctl"),
        ("nvme", "temp1", "Composite", "nvme_composite"),
        ("acpitz", "temp1", "", "acpitz"),
        ("acpitz", "temp2", "", "acpitz_temp2"),
    ],
)
def test_it_names_sensors_as_telegraf_does(chip: str, feature: str, label: str, name: str) -> None:
    assert Reading(chip, "", feature, label, 40.0).sensor == name


def test_it_keeps_sensors_of_the_same_name_apart_by_chip() -> None:
    points = to_points([_reading(40.0, where="coretemp.0"), _reading(41.0, where="coretemp.1")])
    assert len({tuple(point.tags.items()) for point in points}) == 3
    assert catalogue.problems(points) == []


def test_it_says_unknown_where_there_is_no_sensor() -> None:
    (status,) = to_points([])
    assert (status.fields["state"], status.fields["reason_code"]) == ("unknown", "no_sensor")
