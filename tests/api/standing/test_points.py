"""Facts to points: pure, and within the catalogue."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alert_rules.registry import entries
from api.alerts.thresholds import Thresholds
from api.gateway.counters import Counters
from api.models import ContractState, DeviceKind, TransitionKind
from api.readings.scope import to_ns
from api.rollup.status import Status
from api.standing.devices import ContractFacts, DeviceFacts, contract_points, device_points
from api.standing.findings import FindingFacts, TransitionFacts, open_points, transition_points
from api.standing.gateway import gateway_point
from api.standing.service import Look, engine_points, job_point, rollup_points
from api.standing.thresholds import distance, threshold_points
from api.standing.trouble import Trouble
from collectors.catalogue import measurements
from collectors.declaration import STAMPED_TAGS
from collectors.point import Point

AT = datetime(2026, 11, 25, 3, 4, tzinfo=UTC)
NOW = AT + timedelta(seconds=5)
DISK = FindingFacts(
    "c-1",
    "disk_full",
    {"contract": "c-1", "site": "s-1", "device": "d-1", "host": "PC-1", "path": "C:"},
    AT - timedelta(hours=2),
    AT - timedelta(hours=1),
    97.5,
    95.0,
)


def within_the_catalogue(point: Point) -> Point:
    bare = Point(
        point.measurement,
        {name: value for name, value in point.tags.items() if name not in STAMPED_TAGS},
        point.fields,
        point.time_ns,
    )
    assert measurements()[point.measurement].problems(bare) == []
    return point


HEADLINE = entries()[DISK.rule].rule.name.text


def test_a_device_tells_how_long_it_is_silent_and_never_less_than_nothing() -> None:
    silent = DeviceFacts("c-1", "s-1", "d-1", "PC-1", DeviceKind.PC, NOW - timedelta(minutes=7))
    ahead = DeviceFacts("c-1", "s-1", "d-2", "NAS-1", DeviceKind.NAS, NOW + timedelta(seconds=3))
    first, second = map(within_the_catalogue, device_points([silent, ahead], NOW, AT))
    assert first.tags == {"contract": "c-1", "site": "s-1", "device": "d-1", "host": "PC-1", "kind": "pc"}
    assert first.fields == {"seconds_since_seen": 420.0}
    assert first.time_ns == to_ns(AT)
    assert second.fields == {"seconds_since_seen": 0.0}


def test_a_contract_tells_its_share_only_where_there_is_a_quota() -> None:
    some = ContractFacts("c-1", "山田商事", ContractState.ACTIVE, 5, 10, 1)
    none = ContractFacts("c-2", "鈴木医院", ContractState.DRAFT, 0, 0, 0)
    first, second = map(within_the_catalogue, contract_points([some, none], AT))
    assert first.fields["devices_used_percent"] == 50.0
    assert "devices_used_percent" not in second.fields


def test_a_contract_tells_of_silence_only_where_points_are_expected() -> None:
    active = ContractFacts("c-1", "山田商事", ContractState.ACTIVE, 5, 10, 1, Trouble(1, 2, 0, 3))
    closed = ContractFacts("c-2", "鈴木医院", ContractState.SUSPENDED, 5, 10, 1, Trouble(1, 2))
    first, second = map(within_the_catalogue, contract_points([active, closed], AT))
    told = {"findings_critical": 1, "findings_warning": 2, "silent_always_on": 0, "silent_pcs": 3}
    assert told.items() <= first.fields.items()
    assert {"silent_always_on", "silent_pcs"} & second.fields.keys() == set()


def test_a_finding_opens_and_closes_on_one_series() -> None:
    opened = TransitionFacts(1, TransitionKind.OPENED, DISK.opened_at, DISK)
    closed = TransitionFacts(2, TransitionKind.CLOSED, AT, DISK)
    first, second = map(within_the_catalogue, transition_points([opened, closed], entries()))
    assert first.tags == second.tags
    assert (first.tags["category"], first.tags["part"]) == ("capacity", "C:")
    assert first.fields == {
        "opened": 1,
        "open": 1,
        "value": 97.5,
        "threshold": 95.0,
        "since": DISK.since.timestamp(),
        "advice": "disk_nearly_full",
        "detail": f"{HEADLINE.ja}（{DISK.tags['host']} C:）",
        "detail_en": f"{HEADLINE.en} ({DISK.tags['host']} C:)",
    }
    assert second.fields == {"closed": 1, "open": 0, "open_s": 3600.0, "advice": "disk_nearly_full"}
    (still,) = map(within_the_catalogue, open_points([DISK], entries(), AT))
    assert (still.tags, still.fields) == (first.tags, {"open": 1, "advice": "disk_nearly_full"})


def test_a_finding_of_a_rule_that_is_gone_tells_what_is_known() -> None:
    (point,) = transition_points([TransitionFacts(1, TransitionKind.OPENED, AT, DISK)], {})
    assert {"category", "severity", "part"} & set(within_the_catalogue(point).tags) == set()
    assert point.fields["detail"] == f"{DISK.rule}（{DISK.tags['host']}）"


def test_a_threshold_is_told_beside_the_rule_s_own() -> None:
    set_for = Thresholds({("disk_full", "c-1", ""): 90.0, ("no_such_rule", "c-1", ""): 1.0})
    (point,) = map(within_the_catalogue, threshold_points(set_for, [], entries(), AT))
    own = entries()["disk_full"].rule.limit
    assert point.fields == {"value": 90.0, "own": own, "delta": 90.0 - own}
    assert "device" not in {name for name, value in point.tags.items() if value}


def test_a_device_s_threshold_is_told_as_its_distance_from_the_contract_s() -> None:
    set_for = Thresholds({("disk_full", "c-1", ""): 90.0, ("disk_full", "c-1", "d-1"): 92.0})
    _wide, point = threshold_points(set_for, [], entries(), AT)
    assert (point.tags["subject"], point.tags["device"], point.fields["delta"]) == ("d-1", "d-1", 2.0)
    printer = Thresholds({("toner_low", "c-1", "SN-1"): 15.0})
    (point,) = map(within_the_catalogue, threshold_points(printer, [], entries(), AT))
    assert (point.tags["asset"], point.fields["delta"]) == ("SN-1", 5.0)


def test_a_threshold_that_was_taken_back_is_told_as_no_distance() -> None:
    gone = [("disk_full", "c-1", "d-1"), ("no_such_rule", "c-1", "")]
    (point,) = threshold_points(Thresholds({}), gone, entries(), AT)
    assert (point.tags["device"], point.fields) == ("d-1", {"delta": 0.0})


def test_the_service_tells_of_itself_and_of_no_contract() -> None:
    points = [
        *engine_points([Look(AT - timedelta(minutes=1), None), Look(AT, 1.5, "1.6.7")]),
        *rollup_points(Status(AT, 3, None, ()), AT),
        job_point("rollup", AT, 0.5, ""),
        job_point("rollup", AT, 0.5, "no good"),
        gateway_point("host-1", Counters().take(), Counters().take(), 60.0, AT),
    ]
    for point in points:
        assert not STAMPED_TAGS & set(within_the_catalogue(point).tags)
    assert [point.fields["reachable"] for point in points[:2]] == [0, 1]
    assert "answer_ms" not in points[0].fields
    assert "error" not in points[3].fields
    assert list(rollup_points(Status(None, None, None, ()), AT)) == []


def test_a_process_tells_what_came_since_its_last_point() -> None:
    counters = Counters()
    counters.add(requests=2, lines_forwarded=10)
    counters.took(0.5)
    counters.took(0.25)
    first = gateway_point("host-1", counters.take(), Counters().take(), 60.0, AT).fields
    assert (first["writes"], first["lines_forwarded"], first["write_ms"], first["write_max_ms"]) == (2, 10, 750, 500)
    assert "query_ms" not in first
    counters.add(requests=1)
    second = gateway_point("host-1", counters.take(), Counters().take(), 60.0, AT).fields
    assert (second["writes"], second["lines_forwarded"]) == (1, 0)
    assert "write_ms" not in second
    assert counters.snapshot()["requests"] == 3


@given(st.integers(1, 9990), st.integers(1, 9990))
def test_a_threshold_comes_out_within_its_last_digit(value: int, wider: int) -> None:
    assert wider + distance(value, wider) == value
    set_to, own = value / 10, wider / 10
    # For some pairs, e.g. 27.7 and 7.9, there is no number whose sum with the wider one is the narrower one itself.
    assert own + distance(set_to, own) == pytest.approx(set_to, rel=1e-12)


@pytest.mark.parametrize(("value", "wider"), [(21.3, 15.0), (21.3, 7.4), (0.3, 0.1), (90.0, 80.1)])
def test_where_there_is_a_number_that_comes_out_exactly_it_is_taken(value: float, wider: float) -> None:
    assert wider + distance(value, wider) == value
