import pytest
from sqlalchemy.exc import IntegrityError

from api.db import Database
from api.identity.accounts import AccountError, contracts_of, create_user, find_user, reset_password
from api.identity.passwords import PasswordRefused, password_matches
from api.models import Contract, Role, User
from api.models.base import utc_now
from tests.api.office import PASSWORD, Office


def test_a_person_of_a_contract_is_a_customer_and_sees_only_it(
    database: Database, office: Office, other_office: Office, customer: str, staff: str
) -> None:
    with database.reading() as session:
        person, boss = find_user(session, customer), find_user(session, staff)
        assert person is not None
        assert boss is not None
        assert (person.role, boss.role) == (Role.CUSTOMER, Role.STAFF)
        assert [c.public_id for c in session.scalars(contracts_of(person))] == [office.contract]
        assert [c.public_id for c in session.scalars(contracts_of(boss))] == [office.contract, other_office.contract]


@pytest.mark.parametrize("again", ["boss", "BOSS", " boss ", "ＢＯＳＳ"])
def test_one_name_is_one_person_however_it_is_written(database: Database, staff: str, again: str) -> None:
    with database.writing.begin() as session, pytest.raises(AccountError, match=f"there is a user {staff} already"):
        create_user(session, again, PASSWORD, None)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 255])
def test_it_refuses_a_name_that_cannot_be_typed(database: Database, name: str) -> None:
    with database.writing.begin() as session, pytest.raises(AccountError):
        create_user(session, name, PASSWORD, None)


def test_a_new_password_replaces_the_old_one_and_ends_the_sessions(database: Database, staff: str) -> None:
    with database.writing.begin() as session:
        person = find_user(session, staff)
        assert person is not None
        before = person.session_epoch
        reset_password(person, "another long password")
        assert password_matches(person.password_hash, "another long password")
        assert not password_matches(person.password_hash, PASSWORD)
        assert person.session_epoch > before


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_it_refuses_a_password_of_no_use(database: Database, staff: str, password: str) -> None:
    with database.writing.begin() as session:
        person = find_user(session, staff)
        assert person is not None
        with pytest.raises(PasswordRefused, match="12 to 200 characters"):
            reset_password(person, password)


def test_disabling_ends_the_sessions_and_keeps_the_first_moment(database: Database, staff: str) -> None:
    with database.writing.begin() as session:
        person = find_user(session, staff)
        assert person is not None
        first = utc_now()
        person.disable(first)
        person.disable(utc_now())
        assert (person.disabled_at, person.session_epoch) == (first, 2)


@pytest.mark.parametrize(("role", "of_contract"), [(Role.CUSTOMER, False), (Role.STAFF, True)])
def test_the_database_itself_keeps_roles_and_contracts_together(
    database: Database, office: Office, role: Role, of_contract: bool
) -> None:
    with database.reading() as session:
        contract_id = session.query(Contract.id).scalar() if of_contract else None
    with pytest.raises(IntegrityError, match="customer_has_contract"), database.writing.begin() as session:
        session.add(User(username="x", password_hash="x", role=role, contract_id=contract_id))
