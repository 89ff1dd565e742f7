"""Runs against a server that answers as Grafana does; `tests/live/` has the same and more on a real one."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api.db import Database
from api.grafana.api import Grafana
from api.grafana.errors import GrafanaAway
from api.grafana.outcome import Outcome, lines
from api.grafana.sync import How, Sync
from api.identity.accounts import create_user
from api.models import Contract, ContractEvent, GrafanaLease
from tests.api.grafana.samples import boards
from tests.api.grafana.server import CLOSED, PASSWORD, USER, Answer, World, grafana
from tests.api.office import PASSWORD as PERSONS_PASSWORD
from tests.api.office import Office, make_office

PAUSES_S = (0.01, 0.01, 0.01)
ONCE = {"POST /api/orgs", "POST /api/datasources"}


@dataclass
class Place:
    database: Database
    world: World
    url: str
    export: Path
    office: Office = field(init=False)

    def __post_init__(self) -> None:
        self.office = make_office(self.database, "山田商事")
        with self.database.writing.begin() as session:
            contract = session.query(Contract).one()
            self.login = create_user(session, "taro@example.jp", PERSONS_PASSWORD, contract).public_id

    def run(self, **how: Any) -> Outcome:
        server = Grafana(self.url, USER, PASSWORD, pauses_s=PAUSES_S)
        return Sync(self.database, server, "http://gateway:8100", self.export, boards).run(How(**how))

    def told(self, **how: Any) -> list[str]:
        return [line.en for line in lines(self.run(**how), in_full=True)]


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Iterator[Place]:
    world = World()
    with grafana(world) as url:
        yield Place(database, world, url, tmp_path / "export")


def test_it_makes_what_there_must_be_and_then_leaves_it_alone(place: Place) -> None:
    assert place.run().is_good
    org = place.world.named(place.office.contract)
    assert org.dashboards.keys() == boards().documents.keys()
    assert org.secrets["karte"]["httpHeaderValue1"].startswith("Token okr_")
    assert place.world.logins(org) == {USER: "Admin", place.login: "Viewer"}
    written = len(place.world.writes)
    for how in ({}, {"is_deep": True}, {"is_quick": True}):
        assert not place.run(**how).has_changed
    assert len(place.world.writes) == written


def test_a_quick_run_with_nothing_new_asks_nothing(place: Place) -> None:
    place.run()
    asked = len(place.world.calls)
    place.run(is_quick=True)
    assert len(place.world.calls) == asked


def test_a_dry_run_writes_nothing(place: Place) -> None:
    assert any("make the organisation" in line for line in place.told(is_dry=True))
    assert place.world.writes == []


def test_it_knows_an_organisation_that_has_lost_its_name_and_its_data_source(place: Place) -> None:
    place.run()
    org = place.world.named(place.office.contract)
    org.name = "renamed"
    org.sources.clear()
    told = place.told(is_deep=True)
    assert len(place.world.orgs) == 2
    assert org.name.endswith(f"[{place.office.contract}]")
    assert any("make the data source" in line for line in told)


@pytest.mark.parametrize("at", range(1, 12))
def test_what_was_cut_short_anywhere_is_completed(place: Place, at: int) -> None:
    place.world.fault = lambda number, _call: (503, {"message": "down"}) if number >= at else None
    with contextlib.suppress(GrafanaAway):
        assert not place.run().is_good
    place.world.fault = lambda _number, _call: None
    assert place.run().is_good
    org = place.world.named(place.office.contract)
    assert org.dashboards.keys() == boards().documents.keys()
    assert place.world.logins(org) == {USER: "Admin", place.login: "Viewer"}
    assert len(place.world.orgs) == 2
    assert not place.run(is_deep=True).has_changed


def test_one_contract_that_fails_does_not_stop_the_others(place: Place) -> None:
    make_office(place.database, "別の会社")
    place.world.fault = lambda _number, call: (500, {"message": "no"}) if call == "POST /api/folders" else None
    outcome = place.run()
    assert not outcome.is_good
    assert len(place.world.orgs) == 3
    assert outcome.stopped_by is None


def _once_each(fault: Answer | None) -> Callable[[int, str], Answer | None]:
    """Every request that changes something fails at its first try."""
    seen: set[str] = set()

    def decide(_number: int, call: str) -> Answer | None:
        is_first = call not in seen
        seen.add(call)
        return fault if is_first and call not in ONCE else None

    return decide


@pytest.mark.parametrize("fault", [CLOSED, (500, {"message": "database is locked"}), (503, {"message": "down"})])
def test_what_fails_for_the_moment_is_asked_again(place: Place, fault: Answer) -> None:
    place.world.fault = _once_each(fault)
    assert place.run().is_good
    org = place.world.named(place.office.contract)
    assert org.dashboards.keys() == boards().documents.keys()
    assert place.world.logins(org) == {USER: "Admin", place.login: "Viewer"}
    assert not place.run(is_deep=True).has_changed


@pytest.mark.parametrize("lost", sorted(ONCE))
def test_what_would_make_a_second_thing_is_not_asked_again(place: Place, lost: str) -> None:
    place.world.fault = lambda _number, call: CLOSED if call == lost else None
    with contextlib.suppress(GrafanaAway):
        assert not place.run().is_good
    assert place.world.calls.count(lost) <= 2, "once for the staff and once for the contract"
    place.world.fault = lambda _number, _call: None
    assert place.run().is_good


def test_a_slow_answer_is_waited_for_once(place: Place) -> None:
    place.world.delay_s = 0.5
    server = Grafana(place.url, USER, PASSWORD, timeout_s=0.1, pauses_s=PAUSES_S)
    with pytest.raises(GrafanaAway, match=r"gave no answer within 0\.1 s"):
        Sync(place.database, server, "http://gateway:8100", place.export, boards).run(How())


def test_a_suspended_contract_is_closed(place: Place) -> None:
    place.run()
    place.office.apply(ContractEvent.SUSPEND, "料金未払い")
    place.run()
    org = place.world.named(place.office.contract)
    assert place.world.logins(org) == {USER: "Admin"}
    assert place.world.user(place.login)[1]["isDisabled"]
    assert org.dashboards


@pytest.mark.parametrize("removes", [True, False])
def test_an_ended_contract_is_exported_before_it_goes(place: Place, removes: bool) -> None:
    place.world.removes_orgs = removes
    place.run()
    place.office.apply(ContractEvent.TERMINATE, "解約")
    place.run()
    (whole,) = place.export.iterdir()
    assert (whole / "dashboards" / "karte-overview.json").is_file()
    left = [org for org in place.world.orgs.values() if place.office.contract in org.name]
    assert len(left) == (0 if removes else 1)
    for org in left:
        assert (org.dashboards, org.sources, place.world.logins(org)) == ({}, {}, {USER: "Admin"})
    assert not place.run().has_changed


def test_the_lease_is_given_back(place: Place) -> None:
    place.run()
    with place.database.reading() as session:
        assert session.query(GrafanaLease).one().holder is None
