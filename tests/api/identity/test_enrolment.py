import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import Database
from api.identity.enrolment import Enrolment, EnrolmentRefused, Machine, enrol
from api.identity.tokens import secret_hash
from api.models import Contract, ContractEvent, Device, DeviceKind, DeviceToken, InstallId, Site
from api.models.base import utc_now
from api.models.device import count_targets
from api.models.install_id import VALID_FOR
from tests.api.office import Office
from tests.api.stored import everything


def refusal_of(office: Office, machine_id: str, kind: DeviceKind = DeviceKind.PC, code: str | None = None) -> str:
    with pytest.raises(EnrolmentRefused) as caught:
        office.enrol(machine_id, kind, code)
    return caught.value.code


def in_use(session: Session, office: Office) -> int:
    return count_targets(session, session.scalars(select(Contract.id).filter_by(public_id=office.contract)).one())


def test_a_machine_becomes_a_device_of_the_install_ids_contract_and_site(office: Office, session: Session) -> None:
    done = office.enrol("1")
    device = session.scalars(select(Device)).one()
    assert (done.device, done.contract, done.site) == (device.public_id, office.contract, office.site)
    assert (done.name, done.is_new) == ("山田商事株式会社", True)
    assert (device.hostname, device.kind, device.os) == ("host-1", DeviceKind.PC, "Windows 11 Pro")
    assert (device.contract.public_id, device.site.public_id) == (office.contract, office.site)


def test_secrets_and_machine_ids_are_not_in_the_database(office: Office, database: Database) -> None:
    code = office.issue()
    done = office.enrol("secret-machine", code=code)
    stored = everything(database)
    for secret in (code, code.replace("-", ""), done.token, done.token.removeprefix("okd_"), "machine-id-secret"):
        assert secret not in stored
    assert secret_hash(done.token) in stored


def test_the_first_ten_go_on_and_the_eleventh_is_refused(office: Office, session: Session) -> None:
    code = office.issue()
    kinds = [DeviceKind.PC] * 7 + [DeviceKind.SERVER] * 2 + [DeviceKind.NAS]
    for number, kind in enumerate(kinds):
        office.enrol(str(number), kind, code)
    with pytest.raises(EnrolmentRefused) as caught:
        office.enrol("eleventh", code=code)
    assert caught.value.code == "quota_exceeded"
    assert caught.value.details == {"quota": 10, "in_use": 10}
    assert "10台まで" in caught.value.message.ja
    assert in_use(session, office) == 10


def test_an_option_makes_room_for_the_eleventh(office: Office) -> None:
    for number in range(10):
        office.enrol(str(number))
    assert refusal_of(office, "eleventh") == "quota_exceeded"
    office.add_devices(1)
    assert office.enrol("eleventh").is_new
    assert refusal_of(office, "twelfth") == "quota_exceeded"


def test_a_revoked_device_frees_its_place(office: Office) -> None:
    first = office.enrol("0")
    for number in range(1, 10):
        office.enrol(str(number))
    office.revoke(first.device)
    assert office.enrol("another").is_new
    assert refusal_of(office, "one more") == "quota_exceeded"


def test_a_probe_takes_no_place(office: Office, session: Session) -> None:
    for number in range(10):
        office.enrol(str(number))
    assert office.enrol("probe", DeviceKind.PROBE).is_new
    assert in_use(session, office) == 10


def test_a_pc_cannot_enter_as_a_probe(office: Office) -> None:
    assert refusal_of(office, "1", DeviceKind.PROBE, office.issue()) == "kind_not_allowed"
    assert refusal_of(office, "1", DeviceKind.PC, office.issue(DeviceKind.PROBE)) == "kind_not_allowed"
    assert refusal_of(office, "1", DeviceKind.PC, office.issue(DeviceKind.NAS)) == "kind_not_allowed"


def test_the_same_machine_again_keeps_its_device_and_takes_no_second_place(office: Office, session: Session) -> None:
    first = office.enrol("1")
    machine = Machine("renamed", "machine-id-1", DeviceKind.SERVER, "Windows Server 2025")
    again = enrol(office.database, office.issue(), machine, utc_now())
    assert (again.device, again.is_new) == (first.device, False)
    assert again.token != first.token
    assert in_use(session, office) == 1
    device = session.scalars(select(Device)).one()
    assert (device.hostname, device.kind, device.os) == ("renamed", DeviceKind.SERVER, "Windows Server 2025")


def test_the_same_machine_again_needs_no_free_place_and_no_use(office: Office, session: Session) -> None:
    code = office.issue(max_uses=10)
    for number in range(10):
        office.enrol(str(number), code=code)
    assert not office.enrol("3", code=code).is_new
    assert session.scalars(select(InstallId.uses)).one() == 10


def test_the_same_machine_in_another_contract_is_another_device(office: Office, other_office: Office) -> None:
    first, second = office.enrol("1"), other_office.enrol("1")
    assert second.is_new
    assert (first.device, first.contract) != (second.device, second.contract)


def test_a_machine_may_be_both_a_target_device_and_the_probe(office: Office) -> None:
    assert office.enrol("1").device != office.enrol("1", DeviceKind.PROBE).device


def test_a_revoked_machine_comes_back_by_a_new_install_id_only(office: Office) -> None:
    code = office.issue()
    first = office.enrol("1", code=code)
    office.revoke(first.device)
    assert refusal_of(office, "1", code=code) == "device_revoked"
    again = office.enrol("1")
    assert (again.device, again.is_new) == (first.device, False)


def test_a_revoked_machine_needs_a_free_place_to_come_back(office: Office) -> None:
    first = office.enrol("0")
    office.revoke(first.device)
    for number in range(1, 11):
        office.enrol(str(number))
    assert refusal_of(office, "0") == "quota_exceeded"


@pytest.mark.parametrize(
    ("event", "state"), [(ContractEvent.SUSPEND, "suspended"), (ContractEvent.TERMINATE, "terminated")]
)
def test_nothing_enrols_under_a_contract_that_is_not_active(office: Office, event: ContractEvent, state: str) -> None:
    code = office.issue()
    office.apply(event, "料金未払い")
    with pytest.raises(EnrolmentRefused) as caught:
        office.enrol("1", code=code)
    assert caught.value.code == "contract_not_active"
    assert caught.value.details["state"] == state
    assert "料金未払い" in caught.value.details["reason"]


def test_an_install_id_ends_at_its_moment(office: Office) -> None:
    code, machine = office.issue(), Machine("h", "machine-id", DeviceKind.PC)
    with office.database.reading() as session:
        end = session.scalars(select(InstallId.expires_at)).one()
    with pytest.raises(EnrolmentRefused) as caught:
        enrol(office.database, code, machine, end)
    assert caught.value.code == "install_id_expired"
    assert enrol(office.database, code, machine, end - timedelta(seconds=1)).is_new
    assert abs(end - utc_now() - VALID_FOR) < timedelta(minutes=5)


def test_an_install_id_adds_as_many_devices_as_it_may(office: Office) -> None:
    code = office.issue(max_uses=2)
    office.enrol("1", code=code)
    office.enrol("2", code=code)
    assert refusal_of(office, "3", code=code) == "install_id_used_up"


@pytest.mark.parametrize(("code", "mistyped"), [("7K2M9", True), ("0" * 20, False)])
def test_an_unknown_install_id_is_refused(office: Office, code: str, mistyped: bool) -> None:
    with pytest.raises(EnrolmentRefused) as caught:
        office.enrol("1", code=code)
    assert (caught.value.code, caught.value.details) == ("install_id_unknown", {"mistyped": mistyped})


def test_a_refusal_changes_nothing(office: Office, session: Session) -> None:
    for number in range(10):
        office.enrol(str(number))
    before = session.query(DeviceToken).count()
    assert refusal_of(office, "eleventh") == "quota_exceeded"
    session.rollback()
    assert session.query(DeviceToken).count() == before
    assert session.query(Device).count() == 10
    assert session.scalars(select(InstallId.uses).order_by(InstallId.id.desc())).first() == 0


def test_it_moves_with_its_machine_to_another_site(office: Office, session: Session) -> None:
    office.enrol("1")
    with office.database.writing.begin() as writing:
        contract = writing.scalars(select(Contract)).one()
        branch = Site(name="大阪支店", prefecture="27")
        contract.sites.append(branch)
        writing.flush()
        place = branch.public_id
    moved = Office(office.database, office.contract, place).enrol("1")
    assert (moved.site, moved.is_new) == (place, False)


def race(attempts: list[tuple[Office, str, str]]) -> tuple[list[Enrolment], list[EnrolmentRefused]]:
    """Enrol several machines at the same moment, each in a thread of its own."""
    start, won, lost = threading.Barrier(len(attempts)), [], []

    def attempt(office: Office, machine_id: str, code: str) -> None:
        start.wait()
        try:
            won.append(office.enrol(machine_id, code=code))
        except EnrolmentRefused as refused:
            lost.append(refused)

    threads = [threading.Thread(target=attempt, args=each) for each in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won, lost


@pytest.mark.parametrize("round_", range(3))
def test_of_several_at_once_one_gets_the_last_place(office: Office, session: Session, round_: int) -> None:
    code = office.issue()
    for number in range(9):
        office.enrol(str(number), code=code)
    won, lost = race([(office, f"late-{round_}-{number}", code) for number in range(6)])
    assert len(won) == 1
    assert [refused.code for refused in lost] == ["quota_exceeded"] * 5
    assert in_use(session, office) == 10


def test_one_machine_that_asks_twice_at_once_is_one_device(office: Office, session: Session) -> None:
    code = office.issue()
    won, lost = race([(office, "same", code)] * 4)
    assert lost == []
    assert len({done.device for done in won}) == 1
    assert len({done.token for done in won}) == 4
    assert sum(done.is_new for done in won) == 1
    assert in_use(session, office) == 1
