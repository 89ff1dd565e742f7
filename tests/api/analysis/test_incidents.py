"""The simulated office through a real engine: the diagnosis of a month names every incident that lies in it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from alert_rules.advice import advice
from alert_rules.registry import entries
from api.analysis.diagnosis import diagnose
from api.analysis.tree import Area, Diagnosis, Grade, Reason, Trend
from api.config import Config
from api.db import open_database
from api.demo.calendar import DAY_S
from api.demo.equipment import PBX
from api.demo.incidents import OFFICE, Incident
from api.demo.mfp import MFPS
from api.demo.truth import all_incidents
from api.local.influxd import Influxd
from api.reports.inputs import ReportInputs, freeze, thaw
from tests.api.analysis import simulated
from tests.api.analysis.simulated import Place
from tests.bench.judged import EXPECTED

pytestmark = pytest.mark.timeout(300)

MONTHS = ("2026-10", "2026-11")
LINGERS_S = DAY_S
"""So long after an incident a finding of it may still begin."""

WAITS_DAYS = {
    "patches_lagging": 63,  # four weeks until the first update that is missed, and 35 days of grace
    "antivirus_stale": 8,
    "device_silent": 6,
}
"""Rules wait until something has lasted for so long; of other kinds a day."""


@pytest.fixture(scope="module")
def place(influxd: Influxd, schema_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The office after seven weeks."""
    folder = tmp_path_factory.mktemp("analysis")
    shutil.copy(schema_file, folder / "karte.db")
    database = open_database(f"sqlite:///{folder / 'karte.db'}")
    config = Config(
        database_url=str(database.engine.url),
        secret_key="a key for tests only, long enough to sign",
        influx_url=influxd.url,
        influx_database="karte_analysis",
        influx_rollup_database="karte_analysis_1h",
    )
    yield simulated.build(config, database)
    database.close()


@pytest.fixture(scope="module")
def months(place: Place) -> dict[str, ReportInputs]:
    """What the report of each month is made from."""
    return {month: place.inputs(month) for month in MONTHS}


@pytest.fixture(scope="module")
def diagnoses(months: dict[str, ReportInputs]) -> dict[str, Diagnosis]:
    """The diagnosis of each month."""
    return {month: diagnose(inputs) for month, inputs in months.items()}


def within(incident: Incident, inputs: ReportInputs) -> bool:
    """Tell whether an incident lies in a month, and could be found before its end."""
    start, end = (each.timestamp() for each in (inputs.period.start, inputs.period.end))
    found = incident.start + WAITS_DAYS.get(incident.kind, 1) * DAY_S
    return found <= end and (incident.end is None or incident.end > max(start, simulated.START))


def subject(incident: Incident, place: Place) -> str:
    """Return whom the finding of an incident is about; "" for anybody."""
    assets = {**{mfp.key: mfp.serial for mfp in MFPS}, PBX.key: PBX.asset}
    return "" if incident.device == OFFICE else {**place.devices, **assets}[incident.device]


def reasons_for(incident: Incident, diagnosis: Diagnosis, place: Place) -> list[Reason]:
    wanted = subject(incident, place)
    return [
        reason
        for reason in diagnosis.overall.reasons
        if reason.rule in EXPECTED[incident.kind]
        and (wanted in ("", reason.subject.id) or reason.rule == "telephone_service_down")
        and (incident.end is None or reason.since is None or reason.since.timestamp() < incident.end + LINGERS_S)
        and (reason.until is None or reason.until.timestamp() > incident.start)
    ]


@pytest.mark.parametrize("month", MONTHS)
def test_every_incident_of_the_month_is_in_the_diagnosis_with_its_advice(
    month: str, place: Place, months: dict[str, ReportInputs], diagnoses: dict[str, Diagnosis]
) -> None:
    incidents = [each for each in all_incidents(place.simulated) if within(each, months[month])]
    assert len(incidents) > 5

    missing = [each for each in incidents if not reasons_for(each, diagnoses[month], place)]

    assert missing == []
    for incident in incidents:
        for reason in reasons_for(incident, diagnoses[month], place):
            assert reason.advice == entries()[reason.rule].rule.advice_id
            assert advice(reason.advice, "ja").steps
            assert advice(reason.advice, "en").steps


def test_what_lasts_is_among_what_to_do(place: Place, diagnoses: dict[str, Diagnosis]) -> None:
    november = diagnoses["2026-11"]

    assert len(november.actions) == 5
    advised = [action.advice for action in november.actions]
    assert advised[:3] == ["drive_failing", "os_support_ended", "antivirus_definitions_old"]
    assert all(action.lasts for action in november.actions)
    named = {each.id for action in november.actions for each in action.subjects}
    assert {place.devices[key] for key in ("pc-uketsuke", "pc-soumu", "pc-keiri2", "sv-kaikei")} <= named


def test_grades_follow_what_went_wrong(place: Place, diagnoses: dict[str, Diagnosis]) -> None:
    november = diagnoses["2026-11"]

    grades = {each.subject.id: each.overall.grade for each in november.devices}
    assert november.overall.grade in (Grade.C, Grade.D)
    assert grades[place.devices["pc-uketsuke"]] in (Grade.D, Grade.E)  # out of support
    drive = next(each for each in november.devices if each.subject.id == place.devices["nas"])
    assert drive.areas[Area.HARDWARE].grade is Grade.C  # SMART warns of a drive
    watched = next(each for each in november.equipment if each.subject.name == "NAS-01")
    assert watched.overall.grade is Grade.D  # its maker calls it bad
    assert grades[place.devices["pc-eigyo"]] is None  # silent for days
    assert november.overall.compared.trend is not Trend.UNKNOWN


def test_the_lifecycle_knows_systems_drives_and_batteries(place: Place, diagnoses: dict[str, Diagnosis]) -> None:
    plan = diagnoses["2026-11"].lifecycle

    due = {(each.subject.id, each.advice) for each in plan.replacements if each.is_due}
    assert (place.devices["pc-uketsuke"], "os_support_ended") in due
    assert (place.devices["nas"], "drive_failing") in due or (place.devices["nas"], "drive_warning") in due
    assert (place.devices["pc-daihyo"], "battery_worn") in due
    ages = {each.subject.id: each.years_at_least for each in plan.devices}
    assert ages[place.devices["nas"]] == pytest.approx(31_200 / 8766, abs=0.2)


def test_printers_tell_pages_supplies_and_orders(diagnoses: dict[str, Diagnosis]) -> None:
    first = next(each for each in diagnoses["2026-11"].printers if each.subject.name == "MFP-1F")

    (pages,) = [each for each in first.pages if each.counter == "page_count"]
    assert pages.pages is not None
    assert pages.before is not None
    assert 5_000 < pages.pages < 20_000
    black = next(each for each in first.supplies if each.index == "1")
    assert black.order_now
    assert black.used_percent is not None
    assert black.used_percent == pytest.approx(100 * pages.pages / 24_000, abs=8)


def test_a_month_whose_raw_points_are_gone_is_told_from_the_rollup(
    place: Place, months: dict[str, ReportInputs]
) -> None:
    october = months["2026-10"]

    assert october.kept_since > october.period.start
    assert set(place.devices.values()) <= set(october.reading.devices)
    assert all(None not in each.cpu_percent.values[12:] for each in october.history.devices.values())
    server = october.presence.devices[place.devices["sv-kaikei"]]
    assert set(server[:12]) == {0}
    assert [day for day, hours in enumerate(server[13:], start=14) if hours < 24] == [28]  # the power failure


def test_both_months_stay_the_same_when_made_again(
    months: dict[str, ReportInputs], diagnoses: dict[str, Diagnosis]
) -> None:
    for month, inputs in months.items():
        again = diagnose(thaw(freeze(inputs)))
        assert msgspec.json.encode(again) == msgspec.json.encode(diagnoses[month])
        other = diagnose(replace(inputs, lang="en"))
        assert other == diagnoses[month]
