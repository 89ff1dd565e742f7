from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.influx.engine import Engine
from api.readings.device import MEMORY
from api.readings.reader import Reader
from api.readings.scope import Scope, Window, from_ns, latest_statement, to_ns
from tests.api.readings.stored import NOW, Store, point

WINDOW = Window(NOW - timedelta(days=1), NOW)

HOSTILE = (
    "a' OR \"contract\" = 'victim",
    "a' OR 1=1 --",
    "a\\' OR \"contract\" = 'victim",
    "a\\",
    '"',
    "a'; DROP MEASUREMENT mem; --",
    "victim' --",
    "契約 🔒",
    "a=b,c d",
)


def test_it_refuses_an_empty_contract() -> None:
    with pytest.raises(ValueError, match="contract"):
        Scope("", WINDOW)


def test_it_refuses_times_without_a_zone_and_windows_that_end_before_they_start() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Window(datetime(2026, 11, 1), datetime(2026, 11, 2))
    with pytest.raises(ValueError, match="ends"):
        Window(NOW, NOW - timedelta(seconds=1))


def test_it_bounds_every_statement_by_contract_and_time() -> None:
    statement = latest_statement(Scope("c-1", WINDOW), MEMORY)

    condition = f"\"contract\" = 'c-1' AND time >= {to_ns(WINDOW.start)} AND time < {to_ns(WINDOW.end)}"
    assert statement.partition(" WHERE ")[2] == f'{condition} GROUP BY "device" ORDER BY time DESC LIMIT 1'


@pytest.mark.parametrize("contract", HOSTILE)
def test_it_reads_only_the_contract_whatever_its_id(
    engine: Engine, database_name: str, store: Store, contract: str
) -> None:
    store.put("victim", "d-victim", [point("mem", {"used_percent": 99.0})])
    store.put(contract.rstrip("\\") + "x", "d-near", [point("mem", {"used_percent": 98.0})])

    found = Reader(engine, database_name, Scope(contract, WINDOW)).latest(MEMORY)

    assert found == []
    everything = Reader(engine, database_name, Scope("victim", WINDOW)).latest(MEMORY)
    assert [row.tags["device"] for row in everything] == ["d-victim"]


@pytest.mark.parametrize("contract", [each for each in HOSTILE if not each.endswith("\\")])
def test_it_finds_the_points_of_a_contract_with_a_hostile_id(
    engine: Engine, database_name: str, store: Store, contract: str
) -> None:
    store.put(contract, "d-own", [point("mem", {"used_percent": 12.0})])

    found = Reader(engine, database_name, Scope(contract, WINDOW)).latest(MEMORY)

    assert [row.number("used_percent") for row in found] == [12.0]


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_it_turns_times_to_nanoseconds_and_back(moment: datetime) -> None:
    assert from_ns(to_ns(moment)) == moment
