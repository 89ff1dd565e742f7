"""What the relational database knows of Grafana: for whom there are organisations, what was done, which tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from api.db import Database
from api.grafana.wanted import STAFF, Noted, Person, Subject
from api.identity.reading import issue_read_token
from api.models import Contract, ContractState, GrafanaOrg, ReadToken, Role, User
from collectors.text import Lang, Text

TOKEN_LABEL = "grafana-sync"  # noqa: S105  # what the token is for, not the token
"""Of the tokens that data sources hold; others, which people have issued by hand, are left alone."""

OVERLAP = timedelta(minutes=1)
"""A replaced token lives as long: Grafana keeps a data source's settings for some seconds."""

_STAFF_NAME = Text("スタッフ", "Staff")


def read_subjects(session: Session, now: datetime) -> list[Subject]:
    """Return the staff and all contracts, each with its people and what was noted of it."""
    noted = {each.contract_id: _noted(each, now) for each in session.scalars(_NOTES)}
    staff = session.scalars(select(User).where(User.role == Role.STAFF).order_by(User.id)).all()
    contracts = session.scalars(select(Contract).options(selectinload(Contract.users)).order_by(Contract.id))
    return [_staff(staff, noted), *(_customer(contract, noted) for contract in contracts)]


_NOTES = select(GrafanaOrg).options(selectinload(GrafanaOrg.token))


def _staff(staff: Sequence[User], noted: Mapping[int | None, Noted]) -> Subject:
    entering = [user for user in staff if user.disabled_at is None]
    lang = _lang(entering[0].language) if entering else "ja"
    people = tuple(Person(user.public_id, user.username, user.disabled_at is None) for user in staff)
    return Subject(STAFF, None, _STAFF_NAME.in_(lang), ContractState.ACTIVE, lang, people, noted.get(None, Noted()))


def _customer(contract: Contract, noted: Mapping[int | None, Noted]) -> Subject:
    is_active, is_gone = contract.state is ContractState.ACTIVE, contract.state is ContractState.TERMINATED
    people = tuple(
        Person(user.public_id, user.username, is_active and user.disabled_at is None, is_gone)
        for user in contract.users
    )
    return Subject(
        contract.public_id,
        contract.id,
        contract.name,
        contract.state,
        _lang(contract.language),
        people,
        noted.get(contract.id, Noted()),
    )


def _lang(language: str) -> Lang:
    return "en" if language == "en" else "ja"


def _noted(row: GrafanaOrg, now: datetime) -> Noted:
    token = row.token
    return Noted(
        row.org_id,
        token is not None and token.revoked_at is None and not token.expired(now),
        row.source_version,
        row.fingerprint,
        row.checked_at,
        row.exported_to,
        row.emptied_at is not None,
    )


@dataclass(frozen=True, slots=True)
class Notes:
    """Writes what was done, each in one short transaction.

    Attributes:
        database: the relational database.
    """

    database: Database

    def made(self, subject: Subject, org: int) -> None:
        """Note which organisation is a contract's, before anything is done there.

        Until all is done it has no fingerprint, so that a run that is cut short is done again.
        """
        with self.database.writing.begin() as session:
            row = _row(session, subject)
            if row.org_id != org:
                row.token_id, row.source_version, row.checked_at, row.emptied_at = None, 0, None, None
            row.org_id, row.fingerprint = org, ""

    def issue_token(self, subject: Subject, org: int, now: datetime) -> tuple[int, str]:
        """Make a read token for an organisation's data source, and return its row and its plain form."""
        with self.database.writing.begin() as session:
            contract = None if subject.row is None else session.get_one(Contract, subject.row)
            token, plain = issue_read_token(session, contract, TOKEN_LABEL, now, grafana_org=org)
            return token.id, plain

    def holds_token(self, subject: Subject, token_id: int, source_version: int, now: datetime) -> None:
        """Note which token the data source holds, and let the others of this contract end soon."""
        with self.database.writing.begin() as session:
            row = _row(session, subject)
            row.token_id, row.source_version = token_id, source_version
            for other in session.scalars(_tokens(subject)):
                if other.id != token_id:
                    other.end_by(now + OVERLAP)

    def in_order(self, subject: Subject, fingerprint: str, now: datetime, is_changed: bool) -> None:
        """Note that all is as wanted, and that the contents were looked at."""
        with self.database.writing.begin() as session:
            row = _row(session, subject)
            row.fingerprint, row.checked_at = fingerprint, now
            if is_changed:
                row.applied_at = now

    def revoke_tokens(self, subject: Subject, now: datetime) -> None:
        """Refuse all tokens of a contract's data sources from now on."""
        with self.database.writing.begin() as session:
            for token in session.scalars(_tokens(subject)):
                token.revoke(now)

    def exported(self, subject: Subject, directory: str) -> None:
        """Note where all that an organisation held is."""
        with self.database.writing.begin() as session:
            _row(session, subject).exported_to = directory

    def emptied(self, subject: Subject, org: int, now: datetime) -> None:
        """Note that an organisation is empty, as Grafana would not remove it."""
        with self.database.writing.begin() as session:
            row = _row(session, subject)
            row.org_id, row.fingerprint = org, ""
            row.emptied_at, row.checked_at = row.emptied_at or now, now

    def removed(self, subject: Subject, now: datetime) -> None:
        """Note that an organisation is no more."""
        with self.database.writing.begin() as session:
            row = _row(session, subject)
            row.org_id, row.token_id, row.fingerprint, row.applied_at, row.emptied_at = None, None, "", now, None


def _row(session: Session, subject: Subject) -> GrafanaOrg:
    which = GrafanaOrg.contract_id.is_(None) if subject.row is None else GrafanaOrg.contract_id == subject.row
    row = session.scalar(select(GrafanaOrg).where(which))
    if row is None:
        row = GrafanaOrg(contract_id=subject.row, source_version=0, fingerprint="", exported_to="")
        session.add(row)
    return row


def _tokens(subject: Subject) -> Select[ReadToken]:
    which = ReadToken.contract_id.is_(None) if subject.row is None else ReadToken.contract_id == subject.row
    return select(ReadToken).where(which, ReadToken.label == TOKEN_LABEL, ReadToken.revoked_at.is_(None))
