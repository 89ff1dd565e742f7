"""The rollup filled from a real influxd, with its progress in a real database."""

import gzip
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from api.app import create_app
from api.influx.engine import Engine, EngineError, EngineUnavailable, RawAnswer, WriteOutcome
from api.influx.registry import create_engine
from api.models.base import utc_now
from api.readings.scope import to_ns
from api.rollup.fields import functions_of, stored_name
from api.rollup.fill import Filler, Stopped
from api.rollup.hours import HOUR, due_until, hour_of
from api.rollup.late import SETTLED
from api.rollup.progress import LEASE, AlreadyFilling, Lease, RollupError
from collectors.catalogue import measurements
from collectors.declaration import Field, FieldType
from collectors.point import Point
from tests.api.office import Office
from tests.api.rollup.conftest import NOW, RETENTION_DAYS, Place, ago, mem


class Faulty:
    """A real engine that answers some calls with what a test says."""

    def __init__(
        self,
        engine: Engine,
        *,
        write: Callable[[int], WriteOutcome | None] = lambda _n: None,
        ask: Callable[[str], None] = lambda _statement: None,
    ) -> None:
        self._engine, self._write, self._ask = engine, write, ask
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def write(self, database: str, lines: bytes, precision: str) -> WriteOutcome:
        self.writes += 1
        return self._write(self.writes) or self._engine.write(database, lines, precision)

    def ask(self, database: str, statement: str, form: Any, timeout_s: float) -> RawAnswer:
        self._ask(statement)
        return self._engine.ask(database, statement, form, timeout_s)


def raise_from(first: int) -> Callable[[int], WriteOutcome | None]:
    def write(number: int) -> WriteOutcome | None:
        if number >= first:
            raise EngineUnavailable("no answer from the engine")
        return None

    return write


def test_it_rolls_up_every_hour_that_is_over(place: Place) -> None:
    place.put("c-1", mem(ago(3, 1), 10), mem(ago(3, 59), 30), mem(ago(1), 5), mem(ago(0, 1), 7))
    filled = place.run()
    assert {hour: row["used_mean"] for hour, row in place.rolled("mem").items()} == {ago(3): 20, ago(1): 5}
    assert (filled.done_until, filled.points, filled.refused) == (hour_of(NOW), 2, "")
    assert filled.hours == RETENTION_DAYS * 24 - 1  # the hour that is half past retention is left out


def test_it_leaves_an_hour_that_ended_just_now(place: Place) -> None:
    place.put("c-1", mem(ago(1), 5))
    just_after = hour_of(NOW) + timedelta(seconds=100)
    assert place.run(now=lambda: just_after).done_until == ago(1)
    assert place.rolled("mem") == {}


def test_it_keeps_names_and_tags_and_keeps_series_apart(place: Place) -> None:
    tags = {"path": "C:", "fstype": "データ, 2=x"}
    for path, free in (("C:", 1), ("/My Files", 2)):
        place.put("c-1", Point("disk", {**tags, "path": path}, {"free": free}, to_ns(ago(1, 5))))
    place.put("c-2", Point("disk", tags, {"free": 3}, to_ns(ago(1, 5))))
    place.run()
    found = place.engine.query(place.config.influx_rollup_database, "SELECT free_last FROM disk GROUP BY *")
    rows = [{k: v for k, v in series.tags.items() if v} | {"last": series.values[0][1]} for series in found]
    stamp = {"contract": "c-1", "device": "d-1", "fstype": "データ, 2=x"}
    assert sorted(rows, key=lambda row: row["last"]) == [
        {**stamp, "path": "C:", "last": 1},
        {**stamp, "path": "/My Files", "last": 2},
        {**stamp, "contract": "c-2", "path": "C:", "last": 3},
    ]


SAMPLES = {
    FieldType.FLOAT: st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 3)),
    FieldType.INTEGER: st.integers(-(2**50), 2**50),
    FieldType.STRING: st.text("abc \"\\,='漢字", max_size=8),
    FieldType.BOOLEAN: st.booleans(),
}
KINDS = ("mem", "net", "antivirus", "collector_run", "printer")


@st.composite
def points(draw: st.DrawFn) -> Point:
    """A point of some declared measurement with some of its fields, within the last hours."""
    declared = measurements()[draw(st.sampled_from(KINDS))]
    chosen = draw(st.lists(st.sampled_from(declared.fields), min_size=1, max_size=4, unique_by=lambda f: f.name))
    fields: dict[str, Any] = {field.name: draw(SAMPLES[field.type]) for field in chosen}
    at = ago(6) + timedelta(seconds=draw(st.integers(0, 6 * 3600 - 1)))
    return Point(declared.name, {}, fields, to_ns(at))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_it_agrees_with_the_engines_own_aggregates(place: Place, data: st.DataObject) -> None:
    stored = data.draw(st.lists(points(), min_size=1, max_size=40))
    contract = f"c-{data.draw(st.uuids())}"
    place.put(contract, *stored)
    place.filler().run(since=ago(8))
    for name in KINDS:
        rolled = place.rolled(name, contract)
        for field in measurements()[name].fields:
            for function in functions_of(field):
                wanted = aggregate(place, name, field, function, contract)
                key = stored_name(field.name, function)
                got = {hour: row[key] for hour, row in rolled.items() if key in row}
                assert got.keys() == wanted.keys()
                for hour, value in wanted.items():
                    assert same(got[hour], value), (key, got[hour], value)


def aggregate(place: Place, name: str, field: Field, function: str, contract: str) -> dict[datetime, Any]:
    """The engine's own aggregate by hour."""
    statement = (
        f'SELECT {function}("{field.name}") AS x FROM "{name}" WHERE contract = \'{contract}\''
        f" AND time >= {to_ns(ago(8))} AND time < {to_ns(ago(0))} GROUP BY time(1h) fill(none)"
    )
    found = place.engine.query(place.config.influx_database, statement)
    rows = (row for series in found for row in series.rows())
    return {ago(0) - timedelta(seconds=(to_ns(ago(0)) - row["time"]) // 10**9): row["x"] for row in rows}


def same(got: Any, wanted: Any) -> bool:
    """Alike, but for the last digits of a sum of floats that InfluxDB adds in another order."""
    if isinstance(wanted, float):
        return math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-3)
    return bool(got == wanted)


def test_it_stores_each_partial_with_its_declared_type(place: Place) -> None:
    place.put("c-1", mem(ago(1), 10, used_percent=5.0), mem(ago(1, 1), 20))
    place.put("c-1", Point("collector_run", {"input": "cpu"}, {"ok": True, "outcome": "ok"}, to_ns(ago(1))))
    place.run()
    found = place.engine.query(place.config.influx_rollup_database, "SHOW FIELD KEYS")
    types = {row["fieldKey"]: row["fieldType"] for series in found for row in series.rows()}
    assert types == {
        "used_mean": "float",
        **{f"used_{function}": "integer" for function in ("sum", "min", "max", "last", "count")},
        **{f"used_percent_{function}": "float" for function in ("mean", "sum", "min", "max", "last")},
        "used_percent_count": "integer",
        "ok_last": "boolean",
        "ok_count": "integer",
        "outcome_last": "string",
        "outcome_count": "integer",
    }


def test_it_writes_the_same_again(place: Place) -> None:
    place.put("c-1", *(mem(ago(hours, 7), hours) for hours in range(1, 30)))
    place.run()
    before = place.rolled("mem")
    assert len(before) == 29
    again = place.filler().run(since=ago(40))
    assert place.rolled("mem") == before
    assert (again.hours, again.points) == (0, 29)


def test_it_catches_up_after_it_was_off(place: Place) -> None:
    place.put("c-1", mem(ago(9), 9))
    place.run(now=lambda: ago(8, 5))
    place.put("c-1", mem(ago(6), 6), mem(ago(1), 1))
    done: list[tuple[int, int]] = []
    filled = place.run(progress=lambda hours, due: done.append((hours, due)))
    assert (filled.hours, filled.points) == (8, 2)
    assert set(place.rolled("mem")) == {ago(9), ago(6), ago(1)}
    assert done[-1] == (8, 8)
    assert done == sorted(done)
    assert place.run().hours == 0


def test_it_goes_on_from_what_is_kept_where_it_was_off_for_longer_than_raw_points_are(place: Place) -> None:
    place.run(now=lambda: NOW - timedelta(days=RETENTION_DAYS + 3))
    place.put("c-1", mem(ago(1), 1))
    filled = place.run()
    assert (filled.done_until, filled.hours) == (hour_of(NOW), RETENTION_DAYS * 24 - 1)
    assert set(place.rolled("mem")) == {ago(1)}


@pytest.mark.parametrize("first", [1, 2, 3])
def test_it_loses_nothing_where_the_engine_goes_away_half_way(place: Place, first: int) -> None:
    for hours in (30, 20, 2):
        place.put("c-1", mem(ago(hours), hours), Point("net", {}, {"bytes_recv": hours}, to_ns(ago(hours))))
    with pytest.raises(RollupError, match="the next run goes on from where it was: no answer"):
        place.run(engine=Faulty(place.engine, write=raise_from(first)))
    filled = place.run()
    assert filled.done_until == hour_of(NOW)
    for name in ("mem", "net"):
        assert set(place.rolled(name)) == {ago(30), ago(20), ago(2)}


def test_it_keeps_what_it_has_done_where_it_cannot_go_on(place: Place) -> None:
    place.put("c-1", mem(ago(40), 1), mem(ago(1), 1))
    with pytest.raises(RollupError):
        place.run(engine=Faulty(place.engine, write=raise_from(2)))
    assert place.run().hours <= 25


def test_it_says_so_where_the_engine_is_away(place: Place) -> None:
    config = replace(place.config, influx_url="http://127.0.0.1:9")
    with pytest.raises(RollupError) as raised:
        Filler(place.database, create_engine(config), config).run()
    assert raised.value.text.ja.startswith("時系列データベースのため集計を続けられません")
    place.run()


@pytest.mark.parametrize("status", [401, 404, 500, 503])
def test_it_does_not_take_for_stored_what_the_engine_did_not_take(place: Place, status: int) -> None:
    place.put("c-1", mem(ago(1), 1))
    with pytest.raises(RollupError, match=f"the engine answered {status}"):
        place.run(engine=Faulty(place.engine, write=lambda _n: WriteOutcome(status)))
    assert place.run().points == 1


def test_it_goes_on_past_points_that_the_engine_refuses_and_tells(place: Place) -> None:
    place.put("c-1", mem(ago(1), 1, used_percent=2.5))
    place.run()
    wrong = f'mem,contract=c-1,device=d-1 free_max="x" {to_ns(ago(1))}'.encode()
    assert place.engine.write(place.config.influx_rollup_database, wrong, "ns").status == 204
    place.put("c-1", mem(ago(1, 1), 1, free=5))
    filled = place.filler().run(since=ago(2))
    assert "field type conflict" in filled.refused
    assert place.run().refused == ""


def test_it_asks_for_less_where_the_engine_cannot_answer_for_a_whole_day(place: Place) -> None:
    place.put("c-1", *(mem(ago(hours), hours) for hours in range(1, 8)))
    asked: list[str] = []

    def ask(statement: str) -> None:
        asked.append(statement)
        low, high = (int(part.split()[0]) for part in statement.replace("time < ", "time >= ").split("time >= ")[1:])
        if high - low > 2 * 3600 * 10**9:
            raise EngineError("query timeout reached")

    filled = place.run(engine=Faulty(place.engine, ask=ask))
    assert (filled.points, set(place.rolled("mem"))) == (7, {ago(hours) for hours in range(1, 8)})

    place.put("c-2", mem(ago(1), 1))

    def ask_of_one(statement: str) -> None:
        if '"contract" = ' not in statement:
            raise EngineError("query timeout reached")

    again = place.filler(engine=Faulty(place.engine, ask=ask_of_one)).run(since=ago(3))
    assert again.points == 4
    assert set(place.rolled("mem", "c-2")) == {ago(1)}

    def refuse(_statement: str) -> None:
        raise EngineError("unable to parse")

    with pytest.raises(RollupError, match="unable to parse"):
        place.filler(engine=Faulty(place.engine, ask=refuse)).run(since=ago(3))


def test_it_can_be_stopped_and_goes_on_later(place: Place) -> None:
    place.put("c-1", mem(ago(40), 1), mem(ago(1), 1))
    done: list[int] = []
    with pytest.raises(Stopped):
        place.run(progress=lambda hours, _due: done.append(hours), going=lambda: not done)
    assert place.run().done_until == hour_of(NOW)
    assert set(place.rolled("mem")) == {ago(40), ago(1)}


def test_it_works_alone(place: Place) -> None:
    place.put("c-1", mem(ago(1), 1))
    met: list[AlreadyFilling] = []

    def second(_done: int, _due: int) -> None:
        with pytest.raises(AlreadyFilling) as raised:
            place.run()
        met.append(raised.value)

    place.run(progress=second)
    assert met
    assert "another process is rolling up" in str(met[0])
    assert place.run().hours == 0


def test_it_takes_over_from_one_that_was_killed(place: Place) -> None:
    place.put("c-1", mem(ago(1), 1))
    Lease(place.database, lambda: NOW).acquire()  # and nobody ever gives it back
    with pytest.raises(AlreadyFilling):
        place.run()
    later = NOW + LEASE
    assert place.run(now=lambda: later).points == 1


def test_it_ends_where_another_took_over_meanwhile(place: Place) -> None:
    place.put("c-1", mem(ago(40), 1), mem(ago(1), 1))
    clock = [NOW]

    def fall_asleep(_done: int, _due: int) -> None:
        clock[0] = NOW + LEASE
        Lease(place.database, lambda: clock[0]).acquire()

    faulty = Faulty(place.engine)
    with pytest.raises(AlreadyFilling):
        place.run(engine=faulty, progress=fall_asleep, now=lambda: clock[0])
    assert faulty.writes <= 1


def test_it_rolls_up_late_points_again_and_only_of_their_contract(
    place: Place, office: Office, other_office: Office
) -> None:
    mine, other = office.contract, other_office.contract
    for contract in (mine, other):
        place.put(contract, mem(ago(5), 10), mem(ago(2), 10))
    place.run()
    for contract in (mine, other):
        place.put(contract, mem(ago(5, 1), 30), mem(ago(2, 1), 30))
    place.note(mine, ago(2))
    place.note(mine, ago(5))
    filled = place.run()
    assert (filled.contracts, filled.hours) == (1, 0)
    assert [row["used_sum"] for row in place.rolled("mem", mine).values()] == [40, 40]
    assert [row["used_sum"] for row in place.rolled("mem", other).values()] == [10, 10]
    assert place.pending() == {}


def test_it_waits_until_what_a_note_stands_for_is_in_the_engine(place: Place, office: Office) -> None:
    place.run()
    waits: list[float] = []
    place.note(office.contract, ago(3), at=NOW - timedelta(seconds=1))
    place.run(pause=waits.append)
    assert waits == [SETTLED.total_seconds() - 1]
    place.note(office.contract, ago(3), at=NOW - timedelta(hours=1))
    place.run(pause=waits.append)
    place.note(office.contract, ago(3), at=NOW + timedelta(hours=1))
    place.run(pause=waits.append)
    assert waits[1:] == [0, SETTLED.total_seconds()]


def test_it_keeps_a_note_that_comes_while_it_runs(place: Place, office: Office) -> None:
    place.run()
    place.put(office.contract, mem(ago(9), 9))
    place.note(office.contract, ago(9))
    place.run(progress=lambda _done, _due: place.note(office.contract, ago(4)))
    # The nine hours are done; what came meanwhile is not, and is all that remains.
    assert place.pending() == {office.contract: ago(4)}
    assert set(place.rolled("mem", office.contract)) == {ago(9)}
    place.run()
    assert place.pending() == {}


def test_it_keeps_a_note_where_it_could_not_do_it(place: Place, office: Office) -> None:
    place.run()
    place.put(office.contract, mem(ago(9), 9))
    place.note(office.contract, ago(9))
    with pytest.raises(RollupError):
        place.run(engine=Faulty(place.engine, write=raise_from(1)))
    assert place.pending() == {office.contract: ago(9)}
    place.run()
    assert (set(place.rolled("mem", office.contract)), place.pending()) == ({ago(9)}, {})


def test_it_need_not_roll_up_twice_what_was_late_before_the_first_run(place: Place, office: Office) -> None:
    place.put(office.contract, mem(ago(20), 1))
    place.note(office.contract, ago(20))
    filled = place.run()
    assert (filled.contracts, filled.points, place.pending()) == (0, 1, {})


def test_it_touches_no_hour_of_which_raw_points_may_be_gone(place: Place, office: Office) -> None:
    place.put(office.contract, mem(ago(RETENTION_DAYS * 24 + 5), 1), mem(ago(1), 1))
    place.run()
    place.note(office.contract, ago(RETENTION_DAYS * 24 + 5))
    place.run()
    assert set(place.rolled("mem", office.contract)) == {ago(1)}


def test_it_rolls_up_what_comes_late_through_the_gateway(place: Place, office: Office) -> None:
    client = create_app(place.config).test_client()
    headers = {"Authorization": f"Token {office.enrol('pc1').token}", "Content-Encoding": "gzip"}
    late = hour_of(utc_now()) - 5 * HOUR

    def send(*times: datetime) -> None:
        body = "\n".join(f"mem used={i + 1}i {to_ns(time)}" for i, time in enumerate(times)).encode()
        assert client.post("/api/v2/write", data=gzip.compress(body), headers=headers).status_code == 204

    def roll_up() -> None:
        # With its real wait: it is longer than a note stands for others, so that the second one is not skipped.
        Filler(place.database, place.engine, place.config).run()

    send(late + timedelta(minutes=1), utc_now())
    roll_up()
    send(utc_now())
    assert place.pending() == {}
    send(late + timedelta(minutes=2), late + timedelta(minutes=3), utc_now())
    assert place.pending() == {office.contract: late}
    roll_up()
    (row,) = [row for hour, row in place.rolled("mem", office.contract).items() if hour == late]
    assert (row["used_count"], row["used_sum"], row["used_last"]) == (3, 4, 2)
    assert place.pending() == {}


def test_it_confirms_no_late_point_while_the_database_is_away(place: Place, office: Office) -> None:
    client = create_app(place.config).test_client()
    headers = {"Authorization": f"Token {office.enrol('pc1').token}"}
    in_time = f"mem used=1i {to_ns(utc_now())}".encode()
    assert client.post("/api/v2/write", data=in_time, headers=headers).status_code == 204
    with place.database.writing.begin() as session:
        session.execute(text("ALTER TABLE rollup_pending RENAME TO away"))
    late = f"mem used=1i {to_ns(utc_now() - 5 * HOUR)}".encode()
    answer = client.post("/api/v2/write", data=late, headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert client.post("/api/v2/write", data=in_time, headers=headers).status_code == 204


def test_it_is_done_until_the_hour_that_is_due(place: Place) -> None:
    assert place.run(now=utc_now).done_until == due_until(utc_now())
