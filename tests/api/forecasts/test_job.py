"""The job on a real engine and database: what it forecasts of stored days, where it refuses, and what it bears."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.forecasts.make import NotForecast
from api.influx.registry import create_engine
from api.jobs.forecast import Forecaster
from api.models import ContractEvent, RollupPending
from api.readings.scope import to_ns
from api.rollup.fill import Filler
from api.standing.store import NotStored
from collectors.point import Point
from tests.api.forecasts.conftest import NOW, Place, declared

GIB = 1 << 30
PC = {"device": "d-1", "host": "PC-1"}
MFP = {"asset": "SN-1", "device": "d-2", "host": "PROBE"}
TONER = {**MFP, "index": "1", "type": "toner", "color": "black", "class": "consumed"}


def run(place: Place, forecaster: Forecaster | None = None, later: timedelta = timedelta(0)) -> None:
    (forecaster or Forecaster()).run(place.tools, NOW + later)


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(rows) == 1
    return rows[0]


def a_disk(place: Place) -> None:
    tags = {**PC, "path": "C:", "fstype": "NTFS", "mode": "rw"}
    place.put("disk", tags, lambda ago: {"used": (400 - 2 * ago) * GIB, "free": (100 + 2 * ago) * GIB})


def test_it_forecasts_a_disk(place: Place) -> None:
    a_disk(place)
    run(place)
    row = only(place.now())

    assert declared([row]) == []
    assert (row["kind"], row["path"], row["device"], row["host"]) == ("disk_full", "C:", "d-1", "PC-1")
    assert (row["contract"], row["site"]) == (place.office.contract, place.office.site)
    # 2 GiB a day, 100 GiB left.
    assert row["days_left"] == pytest.approx(50, abs=1)
    assert row["days_left_low"] <= row["days_left"] <= row["days_left_high"]
    assert (row["state"], row["readings"]) == ("ok", 60)
    assert row["confidence"] >= 0.99


def test_a_disk_that_was_made_larger_has_the_new_room(place: Place) -> None:
    tags = {**PC, "path": "C:", "fstype": "NTFS", "mode": "rw"}
    place.put(
        "disk",
        tags,
        lambda ago: {"used": (400 - 2 * ago) * GIB, "free": ((600 if ago < 5 else 100) + 2 * ago) * GIB},
    )
    run(place)

    assert only(place.now())["days_left"] == pytest.approx(300, abs=1)


def test_a_disk_that_was_cleaned_up_begins_anew(place: Place) -> None:
    tags = {**PC, "path": "C:", "fstype": "NTFS", "mode": "rw"}

    def days(ago: int) -> dict[str, Any]:
        used = (450 - 5 * (ago - 20) if ago >= 20 else 250 - ago) * GIB
        return {"used": used, "free": 500 * GIB - used}

    place.put("disk", tags, days)
    run(place)
    row = only(place.now())

    assert row["readings"] == 20
    assert row["days_left"] == pytest.approx(250, abs=1)


@pytest.mark.parametrize("other", [{"mode": "ro"}, {"fstype": "squashfs"}])
def test_it_leaves_out_what_cannot_be_written_to(place: Place, other: dict[str, str]) -> None:
    place.put(
        "disk",
        {**PC, "path": "/snap", "fstype": "ext4", "mode": "rw", **other},
        lambda ago: {"used": 1000 - ago, "free": 5},
    )
    run(place)

    assert place.now() == []


def test_it_forecasts_a_supply_without_the_probe_that_told_of_it(place: Place) -> None:
    place.put("printer_supply", TONER, lambda ago: {"percent": 20.0 + ago, "description": "ブラックトナー"})
    run(place)
    row = only(place.now())

    assert (row["kind"], row["asset"], row["index"], row["color"]) == ("supply_empty", "SN-1", "1", "black")
    assert "device" not in row
    assert row["description"] == "ブラックトナー"
    assert row["days_left"] == pytest.approx(20, abs=1)
    # It moves by a percent a day, and within that nobody knows.
    assert row["days_left_high"] - row["days_left_low"] < 6


def test_a_supply_is_forecast_by_the_steps_that_it_tells(place: Place) -> None:
    place.put("printer_supply", TONER, lambda ago: {"percent": float((20 + ago) // 10 * 10), "step_percent": 10.0})
    run(place)
    row = only(place.now())

    assert row["days_left_low"] <= 20 <= row["days_left_high"]
    assert row["days_left_high"] - row["days_left_low"] >= 18


def test_a_supply_that_was_replaced_is_not_forecast_at_once(place: Place) -> None:
    place.put("printer_supply", TONER, lambda ago: {"percent": 100.0 if ago == 0 else 20.0 + ago})
    run(place)
    row = only(place.now())

    assert (row["state"], row["readings"]) == ("too_few", 1)
    assert "days_left" not in row


@pytest.mark.parametrize("word", ["some_left", "unknown", "no_limit"])
def test_levels_that_are_states_never_become_numbers(place: Place, word: str) -> None:
    place.put("printer_supply", TONER, lambda _ago: {"state": word, "level": -3, "description": "Toner"})
    run(place)
    row = only(place.now())

    assert row["state"] == "not_told"
    assert not {"days_left", "days_left_low", "days_left_high", "confidence"} & set(row)


def test_a_supply_whose_level_is_told_no_more_is_not_forecast_by_what_it_was(place: Place) -> None:
    place.put("printer_supply", TONER, lambda ago: {"state": "some_left"} if ago < 10 else {"percent": 20.0 + ago})
    run(place)

    assert only(place.now())["state"] == "not_told"


def test_what_is_gone_for_a_week_is_not_forecast(place: Place) -> None:
    place.put("printer_supply", TONER, lambda ago: {"percent": 20.0 + ago} if ago > 8 else {})
    run(place)

    assert place.now() == []


def test_it_forecasts_a_battery_until_half_of_its_capacity_is_left(place: Place) -> None:
    place.put("battery", {**PC, "name": "BAT0"}, lambda ago: {"health_percent": 60.0 + 0.1 * ago})
    run(place)
    row = only(place.now())

    assert (row["kind"], row["name"], row["state"]) == ("battery_worn", "BAT0", "ok")
    assert row["days_left"] == pytest.approx(100, abs=1)


def test_it_forecasts_an_ssd_that_wears_out_in_whole_percent(place: Place) -> None:
    tags = {**PC, "block_device": "nvme0", "serial_no": "SN-9", "model": "M"}
    place.put("smart_device", tags, lambda ago: {"endurance_used_percent": float(80 - ago // 5)})
    run(place)
    row = only(place.now())

    assert (row["kind"], row["block_device"], row["serial_no"]) == ("ssd_worn", "nvme0", "SN-9")
    assert row["days_left_low"] < 100 < row["days_left_high"]


def test_a_drive_that_tells_no_wear_is_not_told(place: Place) -> None:
    tags = {**PC, "block_device": "sda", "serial_no": "SN-8"}
    place.put("smart_device", tags, lambda _ago: {"temp_c": 35.0})
    run(place)

    assert place.now() == []


def test_it_reads_what_the_rollup_makes_of_raw_points(place: Place) -> None:
    tags = {"contract": place.office.contract, "site": place.office.site, **PC, "path": "C:", "fstype": "NTFS"}
    hours = [NOW - timedelta(hours=n) for n in range(24 * 20)]
    points = [
        Point("disk", {**tags, "mode": "rw"}, {"used": 10_000 - 5 * n, "free": 2400 + 5 * n}, to_ns(at))
        for n, at in enumerate(hours)
    ]
    place.write(place.raw, points)
    Filler(place.tools.database, place.engine, place.tools.config, now=lambda: NOW, pause=lambda _s: None).run()
    run(place)

    # 120 a day.
    assert only(place.now())["days_left"] == pytest.approx(20, abs=0.5)


def test_the_days_before_are_forecast_once_as_they_would_have_been(place: Place) -> None:
    a_disk(place)
    run(place)
    rows = sorted(place.forecasts(), key=lambda row: str(row["time"]))
    kept = place.tools.config.raw_retention_days

    assert len(rows) == min(60, kept)
    for ago, row in enumerate(reversed(rows)):
        if row["state"] == "ok":
            assert row["days_left"] == pytest.approx(50 + ago, abs=1.5)
    with place.tools.database.reading() as session:
        assert len(session.scalars(select(RollupPending)).all()) == 1
    run(place)
    assert len(place.forecasts()) == len(rows)


def test_it_forecasts_each_contract_once_in_six_hours(place: Place) -> None:
    a_disk(place)
    forecaster = Forecaster()
    run(place, forecaster)
    before = len(place.forecasts())
    run(place, forecaster, timedelta(minutes=60))
    assert len(place.forecasts()) == before
    run(place, forecaster, timedelta(hours=6))
    assert len(place.forecasts()) == before + 1


def test_a_run_leaves_to_the_next_one_what_takes_too_long(place: Place) -> None:
    a_disk(place)
    clock = iter([0.0, 0.0, 100.0, 200.0, 200.0, 200.0])
    slow = Forecaster(clock=lambda: next(clock))
    place.write(
        place.rollup,
        [
            Point(
                "disk",
                {"contract": place.other.contract, "site": "s", **PC, "path": "D:", "fstype": "NTFS", "mode": "rw"},
                {"used_last": 100 - n, "free_last": 100 + n},
                to_ns(NOW - timedelta(days=n)),
            )
            for n in range(1, 30)
        ],
    )
    run(place, slow)
    assert (bool(place.forecasts()), bool(place.forecasts(place.other.contract))) == (True, False)
    run(place, slow, timedelta(minutes=5))
    assert place.forecasts(place.other.contract)


def test_it_forecasts_only_for_active_contracts(place: Place) -> None:
    a_disk(place)
    place.office.apply(ContractEvent.SUSPEND, "unpaid")
    run(place)

    assert place.forecasts() == []


def test_an_engine_that_is_away_is_told_and_nothing_is_taken_for_done(place: Place) -> None:
    a_disk(place)
    forecaster = Forecaster()
    away = replace(place.tools, engine=create_engine(replace(place.tools.config, influx_url="http://127.0.0.1:9")))
    with pytest.raises((NotForecast, NotStored)) as caught:
        forecaster.run(away, NOW)
    assert caught.value.text.ja
    run(place, forecaster)

    assert place.now()
