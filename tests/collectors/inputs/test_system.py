import pytest

from collectors import catalogue
from collectors.inputs.system import INPUT, Reading, System, format_uptime, to_points
from collectors.point import FieldValue


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(59, " 0:00"), (3_600 * 11 + 60 * 7, "11:07"), (86_400, "1 day,  0:00"), (14 * 86_400 + 40_020, "14 days, 11:07")],
)
def test_it_writes_uptime_as_telegraf_does(seconds: int, text: str) -> None:
    assert format_uptime(seconds) == text


def test_it_counts_users_but_names_none() -> None:
    (point,) = to_points(Reading((0.5, 0.25, 0.0), 90.5, ("sato", "sato", "suzuki")), {"n_cpus": 4})
    assert point.fields == {
        "load1": 0.5, "load5": 0.25, "load15": 0.0, "n_users": 3, "n_unique_users": 2,
        "uptime": 90, "uptime_format": " 0:01", "n_cpus": 4,
    }  # fmt: skip
    assert catalogue.problems([point]) == []


def test_it_leaves_out_what_the_system_does_not_tell() -> None:
    (point,) = to_points(Reading(load=None, uptime_s=1.0, users=None), {})
    assert point.fields.keys() == {"uptime", "uptime_format"}


def test_it_asks_once_for_what_does_not_change() -> None:
    asked: list[int] = []

    def fixed() -> dict[str, FieldValue]:
        asked.append(1)
        return {"n_cpus": 2}

    system = System(lambda: Reading(None, 1.0, None), fixed)
    system.gather()
    system.gather()
    assert len(asked) == 1


def test_it_reads_this_machine() -> None:
    points = INPUT.create({}).gather()
    assert catalogue.problems(points) == []
    assert int(points[0].fields["uptime"]) > 0
    assert points[0].fields["os"]
