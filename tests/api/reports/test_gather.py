"""All that a diagnosis needs, from a real engine and a real database; another contract's is never in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from alert_rules.machine import End
from api import inventory
from api.config import Config
from api.db import Database
from api.display.tokyo import TOKYO
from api.gateway.grant import WriteGrant
from api.influx.engine import Engine, Series
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models import Contract, Device, DeviceKind, Finding, RuleRun
from api.models.base import utc_now
from api.readings.scope import Window
from api.reports.build import gather_inputs
from api.reports.gather import period_before
from api.reports.inputs import ReportInputs, freeze, thaw
from api.reports.period import Period, period_of, week_of
from collectors.inventory import ASSETS, SOFTWARE, AssetItem, DeviceFacts, Kind, SoftwareItem, make_document
from collectors.inventory.kind import ItemT
from tests.api.office import Office
from tests.api.readings.stored import Store, mfp, pc

NOW = utc_now()
HOUR = timedelta(hours=1)
LAST_MONTH = period_of(f"{period_before(period_of(None, NOW)).start:%Y-%m}", NOW)


@dataclass
class Place:
    """What a report is gathered from."""

    config: Config
    database: Database
    engine: Engine
    office: Office

    def gather(self, period: Period | None = None) -> ReportInputs:
        with self.database.reading() as session:
            contract = _contract(session, self.office)
            return gather_inputs(contract, self.engine, self.config, period or period_of(None, NOW), "ja", NOW)

    def find(self, office: Office, rule: str, opened: datetime, closed: datetime | None = None, **tags: str) -> None:
        with self.database.writing.begin() as session:
            contract = _contract(session, office)
            session.add(
                Finding(
                    contract_id=contract.id,
                    rule=rule,
                    key=f"{rule}{opened}{sorted(tags.items())}",
                    tags={"contract": office.contract, "site": office.site, **tags},
                    since=opened - HOUR,
                    opened_at=opened,
                    value=97.5,
                    threshold=95.0,
                    closed_at=closed,
                    end=End.RECOVERED if closed else None,
                )
            )

    def list_(self, device: str, kind: Kind[ItemT], items: Sequence[ItemT], at: datetime) -> None:
        document = make_document(kind, items, int(at.timestamp()) * 10**9, DeviceFacts(host="x"))
        grant = WriteGrant(self.office.contract, self.office.site, device)
        inventory.store(self.database, grant, document, NOW)


def _contract(session: Session, office: Office) -> Contract:
    return session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()


@pytest.fixture
def place(influxd: Influxd, config: Config, database: Database, database_name: str, office: Office) -> Place:
    live = replace(config, influx_url=influxd.url, influx_database=database_name)
    engine = create_engine(live)
    engine.ensure_database(database_name, timedelta(days=4000))
    return Place(live, database, engine, office)


def test_findings_are_as_they_stood_at_the_period_s_end(place: Place) -> None:
    period = LAST_MONTH
    inside = period.start + timedelta(days=5)
    own = place.office.enrol("own")
    place.find(place.office, "disk_full", inside, period.end + HOUR, device=own.device, host="PC", path="D:")
    place.find(place.office, "firewall_off", inside, inside + HOUR, device=own.device, host="PC")
    place.find(place.office, "firewall_off", period.start - timedelta(days=20), inside, device=own.device, host="PC")
    long_ago = period.start - timedelta(days=90)
    place.find(place.office, "cpu_busy", long_ago, long_ago + HOUR, device=own.device)
    place.find(place.office, "cpu_busy", period.end + HOUR, device=own.device)
    place.find(place.office, "no_such_rule", inside, device=own.device)

    found = place.gather(period).findings

    assert [(each.rule, each.closed_at is None) for each in found.findings] == [
        ("firewall_off", False),
        ("disk_full", True),
        ("firewall_off", False),
        ("no_such_rule", True),
    ]
    disk = found.findings[1]
    assert disk.message.ja == "D: の使用率が 98% です（基準 95%）。保存できなくなるおそれがあります"
    assert "contract" not in disk.tags
    assert found.rules["disk_full"].severity == "critical"
    assert found.rules["no_such_rule"].advice == ""
    assert (found.evaluated_at, found.is_cut) == (None, False)


def test_parts_are_named_as_people_call_them(place: Place) -> None:
    inside = LAST_MONTH.start + timedelta(days=5)
    device = place.office.enrol("own").device
    toner = {"asset": "mfp-1", "index": "1", "type": "toner", "color": "cyan"}
    place.find(place.office, "disk_nearly_full", inside, device=device, host="PC", path="\\D:")
    place.find(place.office, "toner_low", inside + HOUR, None, **toner)
    place.find(
        place.office, "supply_runs_out", inside + 2 * HOUR, None, **{**toner, "type": "waste_toner", "color": ""}
    )

    disk, low, soon = place.gather(LAST_MONTH).findings.findings

    assert disk.message.ja.startswith("D: の使用率")
    assert "シアン" in low.message.ja
    assert "cyan" in low.message.en
    assert soon.message.ja.startswith("廃トナーボックスは")
    assert "(" not in soon.message.en.split("will")[0]


def test_another_contract_s_findings_and_lists_are_not_read(place: Place, other_office: Office) -> None:
    foreign = other_office.enrol("foreign")
    place.find(other_office, "disk_full", NOW - HOUR, device=foreign.device, host="FOREIGN", path="D:")
    store = Store(place.engine, place.config.influx_database)
    store.put(other_office.contract, foreign.device, [*pc(), *mfp("mfp-9", "よその複合機")], NOW)

    frozen = freeze(place.gather()).decode()

    for secret in (other_office.contract, foreign.device, "FOREIGN", "よその複合機", "disk_full"):
        assert secret not in frozen


def test_when_rules_were_evaluated_is_known(place: Place) -> None:
    with place.database.writing.begin() as session:
        session.add(RuleRun(rule="disk_full", evaluated_at=NOW - HOUR))
        session.add(RuleRun(rule="cpu_busy", evaluated_at=NOW - 2 * HOUR, failed_at=NOW, error="x"))

    found = place.gather().findings

    assert found.evaluated_at == NOW - HOUR
    assert found.failing == ("cpu_busy",)
    assert not found.by_grafana


def test_software_is_grouped_over_devices_and_packages_only_counted(place: Place) -> None:
    first, second = place.office.enrol("one"), place.office.enrol("two")
    tool = SoftwareItem(name="Tool", version="1", publisher="P", source="registry")
    package = SoftwareItem(name="openssl", version="3", source="dpkg")
    place.list_(first.device, SOFTWARE, [tool], NOW - 3 * HOUR)
    place.list_(second.device, SOFTWARE, [tool, package], NOW - 3 * HOUR)
    newer = SoftwareItem(name="Tool", version="2", publisher="P", source="registry")
    place.list_(first.device, SOFTWARE, [newer, SoftwareItem(name="New", source="store")], NOW - HOUR)
    place.list_(second.device, SOFTWARE, [tool], NOW - HOUR)

    software = place.gather(Period(NOW.year, NOW.month, NOW)).software

    assert [(each.name, each.version, each.devices) for each in software.products] == [
        ("New", "", 1),
        ("Tool", "1", 1),
        ("Tool", "2", 1),
    ]
    assert software.packages == {}
    assert [(each.change, each.name, each.before, each.after) for each in software.changes] == [
        ("added", "New", "", ""),
        ("updated", "Tool", "1", "2"),
    ]
    assert set(software.listed) == {first.device, second.device}


def test_assets_and_what_came_and_went_are_read(place: Place) -> None:
    probe = place.office.enrol("probe", DeviceKind.PROBE)
    old = AssetItem(asset="a-old", kind="phone", names=("TEL",))
    new = AssetItem(asset="a-new", kind="unknown", maker="ACME", first_seen=NOW - HOUR)
    place.list_(probe.device, ASSETS, [old], NOW - 3 * HOUR)
    place.list_(probe.device, ASSETS, [new], NOW - HOUR)

    assets = place.gather(Period(NOW.year, NOW.month, NOW)).assets

    assert [(each.asset, each.name, each.kind) for each in assets.assets] == [("a-new", "ACME", "unknown")]
    assert [(each.change, each.asset.name) for each in assets.moves] == [("added", "ACME"), ("removed", "TEL")]
    assert list(assets.listed) == [probe.device]


def test_devices_that_left_and_probes_are_told_apart(place: Place) -> None:
    kept, gone = place.office.enrol("kept"), place.office.enrol("gone")
    probe = place.office.enrol("watcher", DeviceKind.PROBE)
    place.office.revoke(gone.device)

    facts = place.gather(Period(NOW.year, NOW.month, utc_now() + HOUR)).contract

    assert [each.id for each in facts.devices] == [kept.device]
    assert [each.id for each in facts.left] == [gone.device]
    assert [each.id for each in facts.probes] == [probe.device]
    assert facts.sites == {place.office.site: "本社"}


def test_a_contract_without_data_has_empty_inputs(place: Place) -> None:
    inputs = place.gather()

    assert (inputs.before, inputs.forecasts, inputs.hardware, inputs.printers) == (None, (), {}, {})
    assert thaw(freeze(inputs)) == inputs


@pytest.mark.parametrize("devices", [1, 12])
def test_it_asks_as_much_of_many_devices_as_of_one(place: Place, devices: int) -> None:
    store = Store(place.engine, place.config.influx_database)
    for number in range(devices):
        enrolled = place.office.enrol(str(number)) if number < 10 else place.office.enrol("0")
        store.put(place.office.contract, enrolled.device, pc(), NOW)
    with place.database.reading() as session:
        assert len(session.scalars(select(Device)).all()) == min(devices, 10)
    asked = _Counting(place.engine)
    statements: list[str] = []
    event.listen(place.database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]), named=False)

    Place(place.config, place.database, asked, place.office).gather(Period(NOW.year, NOW.month, NOW))  # type: ignore[arg-type]

    assert asked.count < 100
    assert len(statements) < 30


class _Counting:
    """An engine that counts what it is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.count = 0

    def query(self, database: str, statement: str) -> list[Series]:
        self.count += 1
        return self._engine.query(database, statement)


@pytest.mark.parametrize(
    ("period", "start"),
    [
        (Period(2026, 1, datetime(2026, 1, 9, tzinfo=TOKYO)), datetime(2025, 12, 1, tzinfo=TOKYO)),
        (Period(2026, 3, datetime(2026, 4, 1, tzinfo=TOKYO)), datetime(2026, 2, 1, tzinfo=TOKYO)),
        (week_of("2026-W02", datetime(2026, 2, 1, tzinfo=TOKYO)), datetime(2025, 12, 29, tzinfo=TOKYO)),
    ],
)
def test_the_period_before_ends_where_the_period_begins(period: Period, start: datetime) -> None:
    assert period_before(period) == Window(start, period.start)
