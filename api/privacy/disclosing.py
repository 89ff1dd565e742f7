"""Recording what was handed over because a law required it."""

from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.audit.actor import Actor
from api.audit.log import record
from api.models import Contract, Disclosure
from api.models.base import service_day
from api.told import ToldError
from collectors.text import Text


class DisclosureRefused(ToldError, ValueError):
    """It cannot have been so; the message says why."""


def disclose(session: Session, actor: Actor, contract: Contract, made: Disclosure, now: datetime) -> Disclosure:
    """Add a disclosure.

    The audit log names the contract of a secret one only by the disclosure's id: entries about a contract are part of
    what its customer may have.

    Raises:
        DisclosureRefused: it is dated into the future, or before the contract was made.
    """
    _check(contract, made.disclosed_on, now)
    made.contract_id, made.recorded_by, made.recorded_at = contract.id, actor.name, now
    session.add(made)
    session.flush()
    about = "" if made.is_secret else contract.public_id
    record(session, actor, "privacy.disclose", at=now, contract=about, target=made.public_id)
    return made


def _check(contract: Contract, on: date, now: datetime) -> None:
    if on > service_day(now):
        raise DisclosureRefused(
            Text(f"開示日 {on} はまだ来ていません", f"the day of the disclosure, {on}, is still to come")
        )
    begun = service_day(contract.created_at)
    if on < begun:
        raise DisclosureRefused(
            Text(
                f"開示日 {on} は契約の登録（{begun}）より前です",
                f"the day of the disclosure, {on}, is before the contract was made ({begun})",
            )
        )


def disclosures_of(contract: Contract) -> Select[Disclosure]:
    """Return the query of a contract's disclosures, also of secret ones, the newest first."""
    return select(Disclosure).where(Disclosure.contract_id == contract.id).order_by(Disclosure.id.desc())
